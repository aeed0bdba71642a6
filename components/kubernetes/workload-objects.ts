import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { PersistentVolume } from "@pulumi/kubernetes/core/v1/persistentVolume";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import type * as input from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { gpuPool } from "../core/taints";
import { allPodsService, monitoringTier, podsService, type Tier } from "../core/tier";
import { policySpec, reasons } from "./peers";
import type { Port } from "./pod";
import { metadataOf, podTemplate, selectorOf } from "./pod-objects";
import { scaler } from "./scale";
import { claimTemplates, volumeClaims } from "./volume";
import { metricsPort, portsOf, type WorkloadSettings } from "./workload-settings";

/** Makes what stands beside the pods of a workload and before them: volumes, services, a budget, the way of monitoring. */
export const besidePods = (
  workload: WorkloadSettings,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] => [
  ...volumes(workload, opts),
  ...(workload.hostNetwork ? [] : services(workload, opts)),
  ...(workload.metrics === undefined || workload.hostNetwork ? [] : [monitored(workload, workload.metrics, opts)]),
  ...(workload.singleton === undefined ? [budget(workload, opts)] : []),
];

/** The volumes of the replicas, and a claim to each. Deleting either deletes no data: that is in the host's volume, which is protected there. */
const volumes = (
  { volumes: own, use, prefix }: WorkloadSettings,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] =>
  volumeClaims(own, use).flatMap(({ name, persistentVolume, claim }) => {
    const volume = new PersistentVolume(prefix + persistentVolume.metadata.name, persistentVolume, opts);
    return [volume, new PersistentVolumeClaim(prefix + name, claim, { ...opts, dependsOn: [volume] })];
  });

function services(workload: WorkloadSettings, opts: pulumi.CustomResourceOptions): readonly pulumi.Resource[] {
  const { ports, kind, edge, tier } = workload;
  const selector = selectorOf(workload);
  if (ports.length === 0) return [];
  // The replicas of a StatefulSet are known one by one, also to each other while they start.
  const headless = kind === "StatefulSet" ? { clusterIP: "None", publishNotReadyAddresses: true } : {};
  const spec = { selector, ports: servicePorts(ports), ...headless };
  const made = [new Service(workload.prefix + workload.name, { metadata: metadataOf(workload), spec }, opts)];
  return edge ? [...made, ...podsServices(tier, workload.prefix, metadataOf(workload), selector, opts)] : made;
}

/**
 * Makes the headless services by which the edge finds the pods of a tier one by one: those that are ready, and all. A ClusterIP goes on leading to the pods of a
 * dead host until Kubernetes takes it for dead. The edge asks each pod itself.
 */
export const podsServices = (
  tier: Tier,
  prefix: string,
  metadata: input.meta.v1.ObjectMeta,
  selector: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): readonly Service[] =>
  [
    { name: podsService(tier), all: {} },
    { name: allPodsService(tier), all: { publishNotReadyAddresses: true } },
  ].map(
    ({ name, all }) =>
      new Service(
        prefix + name,
        {
          metadata: { ...metadata, name },
          spec: { selector, ports: servicePorts(portsOf(tier)), clusterIP: "None", ...all },
        },
        opts,
      ),
  );

/** The same ports on the service of a workload. */
const servicePorts = (values: readonly Port[]): input.core.v1.ServicePort[] =>
  values.map(({ name, port, protocol = "tcp" }) => ({
    name,
    port,
    targetPort: name,
    protocol: protocol.toUpperCase(),
  }));

/** Policies add up: this one lets the monitoring in, whoever made the workload's own. */
function monitored(
  workload: WorkloadSettings,
  metrics: NonNullable<WorkloadSettings["metrics"]>,
  opts: pulumi.CustomResourceOptions,
): NetworkPolicy {
  const { name, namespace: monitoring } = monitoringTier;
  const port = metricsPort(metrics, workload.ports);
  const allowed = [{ peer: { workload: name, namespace: monitoring }, port, reason: "metrics" }];
  const { policyTypes, egress, ...spec } = policySpec(workload.name, allowed, [], workload.namespace.isolatedFrom);
  const metadata = metadataOf(workload, "metrics");
  return new NetworkPolicy(
    workload.prefix + metadata.name,
    {
      metadata: { ...metadata, annotations: { "sovereign-uc/reasons": reasons("in", allowed).join("\n") } },
      spec: { ...spec, policyTypes: ["Ingress"] },
    },
    opts,
  );
}

const budget = (workload: WorkloadSettings, opts: pulumi.CustomResourceOptions): pulumi.Resource =>
  new PodDisruptionBudget(
    workload.prefix + workload.name,
    {
      metadata: metadataOf(workload),
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: selectorOf(workload) },
      },
    },
    opts,
  );

/** Annotations by which the monitoring finds the pods: the usual ones of Prometheus' configurations for Kubernetes. */
const scraped = ({ metrics, ports }: WorkloadSettings): Readonly<Record<string, string>> =>
  metrics === undefined
    ? {}
    : {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": `${metricsPort(metrics, ports)}`,
        "prometheus.io/path": metrics.path ?? "/metrics",
      };

/** Makes the Deployment or StatefulSet. */
export function controller(workload: WorkloadSettings, opts: pulumi.CustomResourceOptions): void {
  const { name, prefix, kind, replicas, singleton, scale, hostNetwork, drain, ports, probes } = workload;
  // One at a time, and each may take as long to leave and to start as its drain and its probes allow.
  const most = scale?.most ?? replicas;
  const leaving = (hostNetwork ? most : 1) * drain.seconds;
  const rolloutTimeoutSeconds = Math.max(600, most * (probes.startSeconds ?? 0)) + leaving;
  const metadata = {
    ...metadataOf(workload),
    annotations: {
      "pulumi.com/timeoutSeconds": `${rolloutTimeoutSeconds}`,
      // For whoever finds one replica and asks: people, and the packs.
      ...(singleton === undefined ? {} : { "sovereign-uc/singleton": singleton }),
    },
  };
  const common = {
    replicas,
    selector: { matchLabels: selectorOf(workload) },
    revisionHistoryLimit: 3,
    template: podTemplate(workload, { ports, probes, drain }, scraped(workload)),
  };
  if (kind === "StatefulSet") {
    const templates = claimTemplates(workload.volumes);
    const claims = templates.length === 0 ? {} : { volumeClaimTemplates: templates };
    new StatefulSet(
      prefix + name,
      { metadata, spec: { ...common, serviceName: name, podManagementPolicy: "Parallel", ...claims } },
      opts,
    );
    return;
  }
  // A second replica has no room beside the first where ports are the host's, or a pod takes the host's graphics processor.
  const rollingUpdate =
    hostNetwork || workload.pool === gpuPool ? { maxSurge: 0, maxUnavailable: 1 } : { maxSurge: 1, maxUnavailable: 0 };
  const strategy = singleton === undefined ? { type: "RollingUpdate", rollingUpdate } : { type: "Recreate" };
  const deployment = new Deployment(
    prefix + name,
    { metadata, spec: { ...common, progressDeadlineSeconds: rolloutTimeoutSeconds, strategy } },
    // How many there are is its autoscaler's to say from then on.
    scale === undefined ? opts : { ...opts, ignoreChanges: ["spec.replicas"] },
  );
  if (scale !== undefined) scaler(workload, scale, { ...opts, dependsOn: [deployment] });
}
