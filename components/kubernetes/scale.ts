import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler";
import type * as pulumi from "@pulumi/pulumi";
import { type Keys, validate } from "../core/errors";
import { countInRange } from "../core/numbers";
import { record } from "../core/shapes";
import { metadataOf, type PodOwner } from "./pod-objects";

/** Bounds between which Kubernetes changes the number of a workload's pods. It is never below the workload's own replicas, which are the N+1. */
export interface Scale {
  /** Maximum number of pods. */
  readonly most: number;
  /**
   * Load above which there are more pods, in percent of the processors that they ask for, as the cluster's resource metrics say it: see `ResourceMetrics`.
   *
   * @default - the load changes nothing: there are as many as its least, which a schedule may raise
   */
  readonly cpuPercent?: number;
  /** Time in seconds for which the load has to be lower before a pod leaves. @default 1800 */
  readonly calmSeconds?: number;
  /** True if a schedule changes the bounds in the cluster: updates leave them alone then. @default false */
  readonly scheduled?: boolean;
}

export const scaleKeys: Keys<Scale> = { most: true, cpuPercent: true, calmSeconds: true, scheduled: true };

/** @throws RangeError with everything that is no scale of a workload with that many replicas. */
export function readScale(value: Scale | undefined, replicas: number): Required<Scale> | undefined {
  if (value === undefined) return undefined;
  const {
    most,
    cpuPercent = 0,
    calmSeconds = 1_800,
    scheduled = false,
  } = record(value, "a scale", "{ most: 6, cpuPercent: 60 }");
  const valid = validate({
    most: () => countInRange(most, `pods, not fewer than its ${replicas} replicas`, replicas, 100),
    cpuPercent: () => (value.cpuPercent === undefined ? 0 : countInRange(cpuPercent, "percent", 10, 90)),
    calmSeconds: () => countInRange(calmSeconds, "seconds of calm", 0, 3_600),
  });
  return { ...valid, scheduled };
}

/**
 * Makes Kubernetes' own autoscaler of a workload.
 *
 * | claim | where | revision |
 * |---|---|---|
 * | fewer pods than `minReplicas`, or more than `maxReplicas`, are corrected at once, without metrics | pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler | seen with kube-controller-manager 1.34.2 |
 * | without metrics the number between the two stays as it is | the same | the same |
 * | one that states no metric is given one, 80 % of the processors | pkg/apis/autoscaling/v2/defaults.go | the same |
 *
 * So without a load to follow, least and most are the same number, and nothing has to be measured.
 *
 * A pod that leaves gets its pre-stop hook and its whole drain, as with any other end. No budget counts for it: where the load falls one leaves at a time, and when
 * a schedule lowers the most, all that are too many begin to drain together.
 */
export const scaler = (
  owner: PodOwner & { readonly kind: string; readonly replicas: number; readonly drain: { readonly seconds: number } },
  { most, cpuPercent, calmSeconds, scheduled }: Required<Scale>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource =>
  new HorizontalPodAutoscaler(
    owner.name,
    {
      metadata: metadataOf(owner),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: owner.kind, name: owner.name },
        minReplicas: owner.replicas,
        maxReplicas: cpuPercent === 0 ? owner.replicas : most,
        ...(cpuPercent === 0
          ? {}
          : {
              metrics: [
                {
                  type: "Resource",
                  resource: { name: "cpu", target: { type: "Utilization", averageUtilization: cpuPercent } },
                },
              ],
            }),
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 0,
            selectPolicy: "Max",
            policies: [{ type: "Pods", value: most, periodSeconds: 60 }],
          },
          scaleDown: {
            stabilizationWindowSeconds: calmSeconds,
            selectPolicy: "Max",
            // The next one leaves when the one before has had its time to drain.
            policies: [{ type: "Pods", value: 1, periodSeconds: Math.min(1_800, Math.max(60, owner.drain.seconds)) }],
          },
        },
      },
    },
    scheduled ? { ...opts, ignoreChanges: ["spec.minReplicas", "spec.maxReplicas"] } : opts,
  );
