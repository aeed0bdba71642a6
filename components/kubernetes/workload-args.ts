import type * as pulumi from "@pulumi/pulumi";
import type { Capacity } from "../core/capacity";
import type { Mount } from "./mounts";
import type { Namespace } from "./namespace";
import type { Allowed } from "./peers";
import type { Drain, Port, Probes, Resources, Shard } from "./pod";

/** What a workload is made of. */
export interface WorkloadArgs {
  readonly namespace: Namespace;
  /** What it is in the service: "signalling", "bridge". */
  readonly tier: string;
  /** Reference in the operator's registry; see `image()`. */
  readonly image: string;
  /** How many. Fewer than the capacity asks for, and one more, is refused. */
  readonly replicas: number;
  readonly capacity: Capacity;
  /** How the service goes on while its only replica is away. Allows exactly one replica. @default - no singleton */
  readonly singleton?: string;
  /** The part of the service that is lost together with it; its pods keep off the hosts of other parts. @default - it is no such part's */
  readonly shard?: Shard;
  /** `StatefulSet` where replicas must keep their names. @default "Deployment" */
  readonly kind?: "Deployment" | "StatefulSet";
  /** The hosts it runs on: "application", "media", or a further pool of the cluster by its name. @default "application" */
  readonly pool?: string;
  /** Only on hosts that stay: where something outside the cluster leads to its pods by the addresses of hosts. @default false */
  readonly stableHostsOnly?: boolean;
  /**
   * Ports straight on the host's addresses: for media. Network policies do not count there, so none is made and `in` and `out` must be empty; openings of the
   * host pool are the wall.
   *
   * @default false
   */
  readonly hostNetwork?: boolean;
  /** Whether its program may bind ports below 1024 without being root. @default false */
  readonly lowPorts?: boolean;
  /** @default - the image's */
  readonly command?: readonly string[];
  /** @default - the image's */
  readonly args?: readonly string[];
  /** Number of the user, never 0. */
  readonly user: number;
  /** @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables with facts of the pod: `{ NODE_NAME: "spec.nodeName" }`. @default {} */
  readonly podFields?: Readonly<Record<string, string>>;
  /** Variables that are secret; they go into a Secret. @default {} */
  readonly secretEnv?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Another value rolls the pods: a digest of what is secret and not generated once. @default - secrets never change */
  readonly secretsVersion?: pulumi.Input<string>;
  /** @default [] */
  readonly mounts?: readonly Mount[];
  readonly ports: readonly Port[];
  readonly probes: Probes;
  readonly resources: Resources;
  /** @default - 30 seconds, the first 10 of them for load balancers to notice */
  readonly drain?: Drain;
  /** Account under which its pods ask the cluster's API; what it may do is the caller's to say. @default - none: they cannot ask it */
  readonly account?: string;
  /** Names that its pods know beside those of the resolver, with their addresses. @default {} */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** Connections that may come in. @default [] */
  readonly ingress?: readonly Allowed[];
  /** Connections that may go out, beside names inside the cluster. @default [] */
  readonly egress?: readonly Allowed[];
}
