import type * as pulumi from "@pulumi/pulumi";
import { replicasFor } from "../core/capacity";
import { Cidr } from "../core/cidr";
import { invalid, validateArgs, type Keys, each } from "../core/errors";
import { dnsLabel, domainName } from "../core/names";
import { countInRange, integerInRange } from "../core/numbers";
import type { Gateway } from "../infrastructure/gateway";
import { isolatedFrom, type Network } from "../infrastructure/network";
import { checkedElastic, type ElasticPool, elasticPoolKeys } from "./elastic-pool";
import {
  type ApplicationPool,
  applicationPoolKeys,
  checkedMedia,
  checkedPools,
  type GpuPool,
  gpuPoolKeys,
  type MediaPool,
  mediaPoolKeys,
  type MemberPool,
  memberPoolKeys,
  toolkitKey,
} from "./pools";
import { checkedSnapshots, type Snapshots, snapshotsKeys } from "./snapshots";

export interface ClusterArgs {
  readonly network: Network;
  readonly gateway: Gateway;
  /** Domain of the deployment; the API answers as `api.<domain>`. */
  readonly domain: string;
  /** Hosts of the control plane: 3, 5 or 7, each with a protected volume for etcd, encrypted and opened at boot by any of the gateways. */
  readonly controlPlane: MemberPool & { readonly dataGib?: number };
  /** Private hosts for everything but media. */
  readonly application: MemberPool;
  /**
   * Pools of doors for media, by name: hosts with public addresses and host-network ports, taint `sovereign-uc/media=true:NoSchedule`. Workloads take the name
   * as their `pool`. A service may have a pool of its own or share one; most blueprints have one pool, called `media`. The names follow the rules of
   * `pools`, and `media` is allowed. @default - none
   */
  readonly media?: Readonly<Record<string, MediaPool>>;
  /**
   * Private hosts with graphics processors, for speech and language models: pool `gpu`, taint `sovereign-uc/gpu=true:NoSchedule`, runtime class
   * `nvidia`. Sharing them out by `nvidia.com/gpu` takes a device plugin on the cluster. @default - none
   */
  readonly gpu?: GpuPool;
  /**
   * More pools of private hosts, by name: role and label of their pool are the name, which workloads take as their `pool`. At most 15
   * characters, and none of "gateway", "control", "control-plane", "application", "media", "gpu". @default - none
   */
  readonly pools?: Readonly<Record<string, ApplicationPool>>;
  /**
   * Hosts that come and go with the load, where the cloud has that: a network with an `elasticRange`, and an `Autoscaler` on this cluster, which asks the
   * cloud for them. The control plane takes each in with a token of its own that lives minutes. They carry pods of the pool `application`. @default - none
   */
  readonly elastic?: ElasticPool;
  /** @default "10.42.0.0/16" */
  readonly podRange?: string;
  /** @default "10.43.0.0/16" */
  readonly serviceRange?: string;
  /**
   * Destination of snapshots of etcd every six hours, beside the members' own disks. They contain every Secret encrypted, and the keys to them encrypted with
   * the members' join token: restoring one takes that token, which only the stack's state has. @default - nowhere else
   */
  readonly snapshots?: Snapshots;
  /** True if data volumes and their keys are protected. @default true */
  readonly keepData?: boolean;
  /** Which gateway leads to the API: another one while the first is down. @default 0 */
  readonly apiGateway?: number;
}

export const clusterArgsKeys: Keys<ClusterArgs> = {
  network: true,
  gateway: true,
  domain: true,
  controlPlane: { ...memberPoolKeys, dataGib: true },
  application: memberPoolKeys,
  media: each(mediaPoolKeys),
  gpu: gpuPoolKeys,
  pools: each(applicationPoolKeys),
  elastic: elasticPoolKeys,
  podRange: true,
  serviceRange: true,
  snapshots: snapshotsKeys,
  keepData: true,
  apiGateway: true,
};

/** Size of the data volume of a control-plane host. */
export const controlPlaneGib = 20;

/** Arguments of a cluster with every default filled in. */
export type ClusterSettings = ReturnType<typeof withDefaults>;

export const withDefaults = ({ controlPlane, ...args }: ClusterArgs) => ({
  media: {},
  pools: {},
  keepData: true,
  podRange: "10.42.0.0/16",
  serviceRange: "10.43.0.0/16",
  apiGateway: 0,
  ...args,
  controlPlane: { ...controlPlane, count: controlPlane.count ?? 3, dataGib: controlPlane.dataGib ?? controlPlaneGib },
  endpoint: `api.${args.domain}`,
});

/** Names of the cluster's pools, in the order in which they are made. */
export const poolNames = ({ media, gpu, pools }: ClusterSettings): readonly string[] => [
  "control-plane",
  "application",
  ...Object.keys(media),
  ...(gpu === undefined ? [] : ["gpu"]),
  ...Object.keys(pools),
];

/** Parsed arguments of a cluster. */
export type CheckedCluster = ReturnType<typeof checkedCluster>;

/** @throws pulumi.ResourceError with everything that cannot work. */
export function checkedCluster(cluster: pulumi.Resource, name: string, settings: ClusterSettings, network: Network) {
  const { gateway, domain, controlPlane, media, gpu, pools, snapshots, elastic } = settings;
  const { podRange, serviceRange, apiGateway } = settings;
  return validateArgs(cluster, name, {
    name: () => dnsLabel(name, 24),
    domain: () => domainName(domain),
    "controlPlane.count": () => {
      countInRange(controlPlane.count, "hosts", 3, 7);
      if (controlPlane.count % 2 === 0)
        throw invalid(
          "an odd number of control-plane hosts",
          controlPlane.count,
          "take 3, 5 or 7: an even one survives no more losses",
        );
    },
    "controlPlane.firstHost": () => opened(network.addresses(controlPlane.firstHost, controlPlane.count), gateway),
    ranges: () =>
      apart(
        { "host range": network.range, podRange: Cidr.parse(podRange), serviceRange: Cidr.parse(serviceRange) },
        isolatedFrom(network),
      ),
    "gpu.type": () => gpu && network.cloud.graphics(gpu.type),
    "gpu.toolkitKey": () => gpu && toolkitKey(gpu.toolkitKey),
    pools: () => {
      checkedPools(pools);
      for (const { firstHost, count, capacity, volumes = {} } of Object.values(pools))
        if (Object.keys(volumes).length > 0)
          opened(network.addresses(firstHost, count ?? (capacity === undefined ? 1 : replicasFor(capacity))), gateway);
    },
    media: () => checkedMedia(media, pools),
    snapshots: () => snapshots && checkedSnapshots(snapshots, gateway.egress),
    elastic: () => elastic && checkedElastic(`${name}-elastic`, elastic, network, gateway),
    apiGateway: () => integerInRange(apiGateway, "the number of a gateway", 0, gateway.paths.length - 1),
  });
}

/** @throws RangeError when the gateways do not open the volume of one of the hosts: it would wait for ever at its next boot. */
export function opened(hosts: readonly string[], { volumeHosts }: Gateway): readonly string[] {
  const left = hosts.filter((host) => !volumeHosts.includes(host));
  if (left.length > 0)
    throw invalid(
      `gateways that open the volumes of ${hosts.join(", ")}`,
      volumeHosts,
      "name these hosts in the gateway's volumeHosts; apiPort does so for the control plane",
    );
  return hosts;
}

function apart(own: Readonly<Record<string, Cidr>>, isolated: readonly Cidr[]): void {
  const all = Object.entries(own);
  all.forEach(([what, range], i) => {
    for (const [other, second] of all.slice(i + 1))
      if (range.overlaps(second))
        throw invalid(
          `${what} apart from ${other} ${second.toString()}`,
          range.toString(),
          "choose ranges that do not overlap",
        );
    const touched = isolated.find((one) => one.overlaps(range));
    if (touched)
      throw invalid(`${what} outside the isolated range ${touched.toString()}`, range.toString(), "choose another");
  });
}
