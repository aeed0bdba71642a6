import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type * as pulumi from "@pulumi/pulumi";
import { image } from "../../core/images";
import { tier } from "../../core/tier";
import { blockImages } from "../../kubernetes/images";
import type { Namespace } from "../../kubernetes/namespace";
import { Task } from "../../kubernetes/task";
import { toApi } from "../../kubernetes/ways-out";
import type { Workload } from "../../kubernetes/workload";
import { scripts } from "./files";
import { type BridgeScaling, floorTable } from "./scaling";
import { jitsiUser } from "./shard";

export interface ScheduleArgs {
  /** The service's own namespace: the bridges' is privileged. */
  readonly namespace: Namespace;
  readonly bridge: Workload;
  readonly scaling: BridgeScaling;
  /** Maximum number of bridges where they follow their stress. */
  readonly most: number;
  readonly followStress: boolean;
}

/**
 * Makes the schedule that says to the bridges' autoscaler how many there are at least. It looks at the clock every five minutes, and may change the bounds of that one
 * autoscaler and nothing else.
 */
export function schedule(name: string, args: ScheduleArgs, opts: pulumi.ComponentResourceOptions): void {
  const { namespace, bridge, scaling, most, followStress } = args;
  const { cluster } = namespace;
  const task = `${name}-bridge-floor`;
  const own = { ...opts, provider: cluster.provider };
  const here = { name: task, namespace: namespace.name };
  const there = { name: task, namespace: bridge.namespace.name };
  const after = { ...own, dependsOn: [...namespace.ready, ...bridge.namespace.ready] };
  const rights = [
    new ServiceAccount(task, { metadata: here, automountServiceAccountToken: false }, after),
    new Role(
      task,
      {
        metadata: there,
        rules: [
          {
            apiGroups: ["autoscaling"],
            resources: ["horizontalpodautoscalers"],
            resourceNames: [bridge.name],
            verbs: ["get", "patch"],
          },
        ],
      },
      after,
    ),
    new RoleBinding(
      task,
      {
        metadata: there,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: task },
        subjects: [{ kind: "ServiceAccount", ...here }],
      },
      after,
    ),
  ];
  new Task(
    task,
    {
      namespace,
      tier: tier(namespace.name, task, {}),
      role: "bridge-schedule",
      schedule: "*/5 * * * *",
      timeoutSeconds: 120,
      retries: 1,
      account: task,
      user: jitsiUser,
      init: [
        {
          name: "floor",
          // For its shell; the edge has it on every cluster.
          image: image(cluster.registry, blockImages.haproxy),
          command: ["sh", "/scripts/bridge-floor.sh"],
          env: { AT_LEAST: `${scaling.least}`, AT_MOST: `${most}`, FOLLOW_LOAD: `${followStress}` },
        },
      ],
      image: image(cluster.registry, blockImages.kubectl),
      args: [
        ...["patch", "horizontalpodautoscaler", bridge.name, `--namespace=${bridge.namespace.name}`],
        ...["--type=merge", "--patch-file=/results/patch.json"],
      ],
      mounts: [
        { name: "scripts", path: "/scripts", files: scripts.floor, executable: true },
        { name: "floors", path: "/floors", files: { floors: floorTable(scaling) } },
        { name: "results", path: "/results", memoryMib: 1 },
      ],
      resources: { cpu: 0.05, memoryMib: 128 },
      egress: [toApi(cluster, "bounds of the bridges' autoscaler")],
    },
    { ...opts, dependsOn: [...rights, bridge] },
  );
}
