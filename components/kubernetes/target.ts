import type * as pulumi from "@pulumi/pulumi";
import type { Isolated } from "../core/isolation";
import type { HostPorts } from "../core/ledger";
import type { Opening } from "../core/openings";
import { fields, record } from "../core/shapes";
import type { Host } from "../infrastructure/host";
import { gpuPool, gpuTaint, mediaTaint } from "../core/taints";
import type { OfferedVolumes } from "./volume";

/** A media host, under its Kubernetes node name. */
export interface MediaHost {
  readonly name: string;
  readonly address: string;
  readonly publicAddress: pulumi.Output<string>;
}

/** A cluster as services see it: ours, or one that somebody else made. */
export interface KubernetesTarget {
  /** Goes as `{ provider }` on every Kubernetes resource. */
  readonly provider: pulumi.ProviderResource;
  /** The operator's registry, which mirrors every image. */
  readonly registry: string;
  readonly podRange: string;
  readonly serviceRange: string;
  /** Private addresses of the hosts, by pool. */
  readonly hostAddresses: {
    readonly controlPlane: readonly string[];
    readonly application: readonly string[];
    /** Of all media pools. */
    readonly media: readonly string[];
    /** @default - none */
    readonly gpu?: readonly string[];
    /** Further pools of private hosts, by name. @default - none */
    readonly pools?: Readonly<Record<string, readonly string[]>>;
  };
  /**
   * Label of hosts with the name of their pool. Whoever may change it on a host decides which pods get there.
   *
   * @default - one that only the cluster's control plane can set
   */
  readonly poolLabel?: string;
  /** Taints that the workloads of a further pool must tolerate, by its name. @default - nothing */
  readonly taints?: Readonly<Record<string, readonly string[]>>;
  /** Volumes that the hosts of its pools carry. @default - none */
  readonly volumes?: OfferedVolumes;
  /** Private addresses of the gateways: where published traffic comes from. */
  readonly gatewayAddresses: readonly string[];
  /** Media hosts by pool: doors on whose host network pods may run. */
  readonly mediaPools: Readonly<Record<string, readonly MediaHost[]>>;
  /** Openings of the media hosts by pool: the wall of pods on their host network. @default - not known: somebody else filters the hosts */
  readonly mediaOpenings?: Readonly<Record<string, readonly Opening[]>>;
  /** Hosts of the control plane, for steps that ask the cluster on it (`k3s kubectl`). @default - none: it is somebody else's */
  readonly controlPlane?: readonly Pick<Host, "connection">[];
  readonly isolatedFrom: readonly Isolated[];
  /** Ledger of the ports that pods have on the addresses of hosts. */
  readonly hostPorts: HostPorts;
  /** Resources that the first object waits for. */
  readonly ready: readonly pulumi.Resource[];
}

/** A place for what stands on a cluster: a platform, or any cluster as `{ cluster }`. */
export interface OnCluster {
  readonly cluster: KubernetesTarget;
}

/** Reads the place of what stands on a cluster. @throws RangeError for anything else. */
export function onCluster(value: OnCluster): OnCluster {
  record(fields(value).cluster, "a platform", "new Platform(…), new AdoptedPlatform(…) or { cluster }");
  return value;
}

/** Names of the pools of private hosts. */
export const privatePools = ({ hostAddresses }: KubernetesTarget): readonly string[] => [
  "application",
  ...((hostAddresses.gpu ?? []).length === 0 ? [] : [gpuPool]),
  ...Object.keys(hostAddresses.pools ?? {}),
];

/** Names of the pools of media hosts: the only ones whose hosts open ports of their own. */
export const mediaPools = (target: KubernetesTarget): readonly string[] => Object.keys(target.mediaPools);

/** Taints that the workloads of a pool must tolerate. */
export const taintsOf = (target: KubernetesTarget, pool: string): readonly string[] =>
  mediaPools(target).includes(pool) ? [mediaTaint] : pool === gpuPool ? [gpuTaint] : (target.taints?.[pool] ?? []);
