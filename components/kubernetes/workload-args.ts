import type * as pulumi from "@pulumi/pulumi";
import { type Capacity, capacityKeys } from "../core/capacity";
import { type HostPort, hostPortKeys } from "../core/ledger";
import { type Link, linkKeys } from "../core/link";
import { type Secret, secretKeys } from "../core/secret";
import { type Tier, tierKeys } from "../core/tier";
import {
  type InitContainer,
  initContainerKeys,
  type Metrics,
  metricsKeys,
  type Probes,
  probesKeys,
  type Resources,
  resourcesKeys,
} from "./container";
import { type Mount, mountKeys } from "./mounts";
import type { Namespace } from "./namespace";
import { type Allowed, allowedKeys } from "./peers";
import { type Drain, drainKeys, type Shard, shardKeys } from "./pod";
import type { Policies } from "./policies";
import { type Scale, scaleKeys } from "./scale";
import { type WorkloadVolume, workloadVolumeKeys } from "./volume";
import { type Keys, each } from "../core/errors";

/** Arguments of everything that runs pods. */
export interface PodArgs {
  readonly namespace: Namespace;
  /** Name, namespace and ports. The component has the tier's name, or one that ends with it: objects in Kubernetes have the tier's in any case. */
  readonly tier: Tier;
  /** Part that it plays in the service: "signalling", "bridge". @default - the tier's name */
  readonly role?: string;
  /** Policies that were made beforehand, with this tier among theirs; they have the links. @default - it makes its own of `links`, `ingress` and `egress` */
  readonly policies?: Policies;
  /** Links of the service: it takes those of its own tier out of them. @default [] */
  readonly links?: readonly Link[];
  /** Connections that may come in, beside links. @default [] */
  readonly ingress?: readonly Allowed[];
  /** Connections that may go out, beside links and names inside the cluster. @default [] */
  readonly egress?: readonly Allowed[];
  /** Reference in the operator's registry; see `image()`. */
  readonly image: string;
  /** The hosts it runs on: "application", or another pool of the cluster by its name. @default "application" */
  readonly pool?: string;
  /** Only on hosts that stay: where something outside the cluster leads to its pods by the addresses of hosts. @default false */
  readonly stableHostsOnly?: boolean;
  /** @default - the image's */
  readonly command?: readonly string[];
  /** @default - the image's */
  readonly args?: readonly string[];
  /** Number of the user, never 0. */
  readonly user: number;
  /** @default {} */
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Variables with fields of the pod: `{ NODE_NAME: "spec.nodeName" }`. @default {} */
  readonly podFields?: Readonly<Record<string, string>>;
  /** Secret variables; they go into a Secret. Another version of one replaces the pods. @default {} */
  readonly secretEnv?: Readonly<Record<string, Secret>>;
  /** @default [] */
  readonly mounts?: readonly Mount[];
  /** Containers that run to their end before its own, one after the other. @default [] */
  readonly init?: readonly InitContainer[];
  readonly resources: Resources;
  /** Account under which its pods ask the cluster's API; what it may do is the caller's to say. @default - none: they cannot ask it */
  readonly account?: string;
  /** Runtime class of its containers: `nvidia` where they work with graphics processors. @default - the cluster's own */
  readonly runtimeClass?: string;
  /** Names that its pods know beside those of the resolver, with their addresses. @default {} */
  readonly names?: Readonly<Record<string, readonly string[]>>;
}

export const podArgsKeys: Keys<PodArgs> = {
  namespace: true,
  tier: tierKeys,
  role: true,
  policies: true,
  links: each(linkKeys),
  ingress: each(allowedKeys),
  egress: each(allowedKeys),
  image: true,
  pool: true,
  stableHostsOnly: true,
  command: true,
  args: true,
  user: true,
  env: true,
  podFields: true,
  secretEnv: each(secretKeys),
  mounts: each(mountKeys),
  init: each(initContainerKeys),
  resources: resourcesKeys,
  account: true,
  runtimeClass: true,
  names: true,
};

/** Arguments without which not even the inputs of the component can be said. */
export const podObjectsNeeded = { namespace: "new Namespace(…)", tier: "tier(…)" } as const;

/** Arguments of a workload. */
export interface WorkloadArgs extends PodArgs {
  /** Number of pods. Fewer than the capacity asks for, and one more, is refused. @default - what the capacity asks for, and one more; 1 for a singleton */
  readonly replicas?: number;
  readonly capacity: Capacity;
  /** Bounds within which Kubernetes changes the number of pods: a Deployment's only. @default - it stays */
  readonly scale?: Scale;
  /** Fail-over of the service while its only replica is away. Allows exactly one replica. @default - no singleton */
  readonly singleton?: string;
  /** The part of the service that is lost together with it; its pods keep off the hosts of other parts. @default - it is no such part's */
  readonly shard?: Shard;
  /** `StatefulSet` where replicas must keep their names or have volumes. @default "Deployment" */
  readonly kind?: "Deployment" | "StatefulSet";
  /**
   * Ports straight on the host's addresses: for media. Network policies do not count there, so none is made and no connection can be given; openings of the host
   * pool are the wall. No other workload of the cluster can have the same port on the same pool.
   *
   * @default false
   */
  readonly hostNetwork?: boolean;
  /** Ports that its program takes on the host beside those of its tier: ranges for media, management ports on the loopback address. @default [] */
  readonly hostPorts?: readonly HostPort[];
  /** True if its program may bind ports below 1024 without being root. @default false */
  readonly lowPorts?: boolean;
  /**
   * True if the pod's own first process takes what commands in its container leave behind (probes, the drain), where its program, as the first process, would not: each
   * would stay as a zombie until no process can be started. BusyBox' `timeout` leaves one each time (coreutils/timeout.c at 371fe9f: its watcher becomes the first process' child). Not for images
   * whose program must be the first process.
   *
   * @default false
   */
  readonly shareProcessNamespace?: boolean;
  /** Volumes of the pool's hosts, one of each per replica; only for a StatefulSet. @default [] */
  readonly volumes?: readonly WorkloadVolume[];
  readonly probes: Probes;
  /** @default - 30 seconds, the first 10 of them for load balancers to notice */
  readonly drain?: Drain;
  /**
   * Metrics endpoint: opens the port to the monitoring tier. On the host network the pool's hosts must open it, to application hosts only: a media opening of the plan
   * with `peers: "application"`. @default - nowhere
   */
  readonly metrics?: Metrics;
}

export const workloadArgsKeys: Keys<WorkloadArgs> = {
  ...podArgsKeys,
  replicas: true,
  capacity: capacityKeys,
  scale: scaleKeys,
  singleton: true,
  shard: shardKeys,
  kind: true,
  hostNetwork: true,
  hostPorts: each(hostPortKeys),
  lowPorts: true,
  shareProcessNamespace: true,
  volumes: each(workloadVolumeKeys),
  probes: probesKeys,
  drain: drainKeys,
  metrics: metricsKeys,
};
