import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type * as pulumi from "@pulumi/pulumi";
import { image } from "../../core/images";
import { tier } from "../../core/tier";
import type { Namespace } from "../../kubernetes/namespace";
import { Task } from "../../kubernetes/task";
import { toApi } from "../../kubernetes/ways-out";
import type { Workload } from "../../kubernetes/workload";
import { scripts } from "./files";
import { jitsiImages } from "./images";
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
 * autoscaler and nothing else. Its pods have the bridge's image, which has a shell and curl, and is on every mirror already.
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
      role: "bridge schedule",
      schedule: "*/5 * * * *",
      timeoutSeconds: 120,
      retries: 1,
      account: task,
      user: jitsiUser,
      image: image(cluster.registry, jitsiImages.jvb),
      command: ["/bin/bash", "/scripts/bridge-floor.sh"],
      env: {
        LEAST: `${scaling.least}`,
        MOST: `${most}`,
        FOLLOW_LOAD: `${followStress}`,
        NAMESPACE: bridge.namespace.name,
        AUTOSCALER: bridge.name,
      },
      mounts: [
        { name: "scripts", path: "/scripts", files: scripts.floor, executable: true },
        { name: "floors", path: "/floors", files: { table: floorTable(scaling) } },
        { name: "tmp", path: "/tmp", memoryMib: 8 },
      ],
      resources: { cpu: 0.05, memoryMib: 64 },
      egress: [toApi(cluster, "bounds of the bridges' autoscaler")],
    },
    { ...opts, dependsOn: [...rights, bridge] },
  );
}
