import type * as pulumi from "@pulumi/pulumi";
import { gpuPool, gpuTaint, mediaTaint, poolLabel } from "../core/taints";
import type { Opening } from "../core/openings";
import { type Host, HostPool } from "../infrastructure/host";
import { ownLabels } from "../recipe/admission";
import { dataVolume } from "../recipe/parts/data-volume";
import { gpu as gpuDriver } from "../recipe/parts/gpu";
import { agent, type MemberSettings, paths, podForwards, server } from "../recipe/parts/k3s";
import { privateHost, type Surroundings } from "../recipe/parts/private-host";
import { volumes } from "../recipe/parts/volumes";
import { combine, type Recipe } from "../recipe/recipe";
import { scripts } from "../recipe/scripts";
import type { CheckedCluster, ClusterSettings } from "./cluster-args";
import type { ClusterKeys } from "./cluster-keys";
import type { ElasticPlace, elasticPool } from "./elastic-pool";
import type { GpuPool, MediaPool, MemberPool } from "./pools";
import { dataGib, type HostVolume } from "./volume";

/** Settings that the pools of one cluster share. */
export interface Membership {
  readonly name: string;
  readonly settings: ClusterSettings;
  readonly keys: ClusterKeys;
  readonly surroundings: Surroundings;
  readonly member: Omit<MemberSettings, "address" | "labels" | "taints">;
  /** The zone is the host's own word, and spreads replicas as far as that goes; the pool decides. */
  readonly zone: Readonly<Record<string, string>>;
  readonly parent: pulumi.Resource;
}

export function membership(
  name: string,
  settings: ClusterSettings,
  valid: CheckedCluster,
  keys: ClusterKeys,
  parent: pulumi.Resource,
): Membership {
  const { network, gateway, podRange, serviceRange } = settings;
  const { mtu } = network.cloud;
  return {
    name,
    settings,
    keys,
    surroundings: { gateways: gateway.addresses, mirror: gateway.mirror, routes: gateway.siteRoutes },
    member: {
      mirror: gateway.mirror,
      range: network.range.toString(),
      podRange,
      serviceRange,
      controlPlane: valid["controlPlane.firstHost"],
      ...(mtu === undefined ? {} : { mtu }),
    },
    zone: zoneOf(network.location),
    parent,
  };
}

const common = ({ network, gateway, keepData, podRange }: ClusterSettings) => ({
  network,
  sshFrom: gateway.addresses.map((address) => `${address}/32`),
  jumpHosts: gateway.paths,
  keepData,
  forwards: podForwards(network.range.toString(), podRange),
});

/** Labels that the control plane gives the hosts of a pool. */
const labels = (pool: string, zone: Membership["zone"]): Readonly<Record<string, string>> => ({
  [poolLabel]: pool,
  ...zone,
});

const zoneOf = (location: string): Membership["zone"] => ({ "topology.kubernetes.io/zone": location });

/** Settings of autoscaled hosts in the cluster. */
export const elasticPlace = (cluster: Membership): ElasticPlace => {
  const { network, gateway } = cluster.settings;
  const { member, surroundings } = cluster;
  const { forwards } = common(cluster.settings);
  return { network, gateway, member, labels: labels("application", cluster.zone), surroundings, forwards };
};

/** The control plane. Each member has a protected data volume for etcd. */
export function controlPool(cluster: Membership, elastic: ReturnType<typeof elasticPool> | undefined): HostPool {
  const { name, settings, member, surroundings, zone, keys, parent } = cluster;
  const { network, gateway, endpoint } = settings;
  const bucket = snapshotPlace(name, settings);
  return new HostPool(
    `${name}-control`,
    {
      ...common(settings),
      ...settings.controlPlane,
      role: "control-plane",
      recipe: ({ address, ...place }) =>
        combine(
          privateHost(surroundings),
          elastic?.recipe({ ...place, address }) ?? {},
          dataVolume({
            device: network.cloud.dataDevice(address),
            path: "/var/lib/rancher/k3s/server/db",
            before: "k3s.service",
            gateways: gateway.addresses,
          }),
          server({
            ...member,
            address,
            endpoint,
            labels: zone,
            taints: ["node-role.kubernetes.io/control-plane:NoSchedule"],
            ...(bucket === undefined ? {} : { snapshots: bucket }),
          }),
        ),
      secrets: ({ name: host, address }) => [
        ...gateway.journalFilesOf({ name: host, address }),
        ...(elastic?.secrets ?? []),
        ...keys.memberFiles(host),
      ],
      leaveThrough: () => "itself",
      foundBy: scripts.bootstrap,
    },
    { parent },
  );
}

/** Destination of snapshots of etcd, without the credentials. */
export const snapshotPlace = (name: string, { snapshots }: ClusterSettings) =>
  snapshots === undefined
    ? undefined
    : { endpoint: snapshots.endpoint, bucket: snapshots.bucket, region: snapshots.region, folder: name };

/** A pool whose hosts join the control plane. */
interface JoiningPool {
  /** Stands in the hosts' names and in the label by which pods are placed. */
  readonly pool: string;
  /** @default - the pool */
  readonly role?: string;
  readonly hosts: MemberPool & Pick<MediaPool, "location">;
  readonly taints?: readonly string[];
  /** Labels of the hosts beside those of the pool and the zone. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly openings?: readonly Opening[];
  readonly door?: boolean;
  /** Recipe of a host beside k3s. */
  readonly recipe?: Recipe;
  /** Volumes of each host. */
  readonly volumes?: Readonly<Record<string, HostVolume>>;
}

/** Taints of all hosts that run pods. */
export const podTaints = ({ media, gpu, pools }: ClusterSettings): readonly string[] => [
  ...(Object.keys(media).length === 0 ? [] : [mediaTaint]),
  ...(gpu === undefined ? [] : [gpuTaint]),
  ...Object.values(pools).flatMap(({ taints = [] }) => taints),
];

/** Joining hosts by kind of pool. */
export interface JoiningPools {
  readonly application: HostPool;
  /** By pool. */
  readonly media: Readonly<Record<string, HostPool>>;
  readonly gpu: HostPool | undefined;
  /** By pool. */
  readonly further: Readonly<Record<string, HostPool>>;
}

/** Makes every pool beside the control plane. */
export function joiningPools(cluster: Membership, control: HostPool): JoiningPools {
  const { application, media, gpu, pools, gateway } = cluster.settings;
  const join = (pool: JoiningPool): HostPool => joining(cluster, control, pool);
  return {
    application: join({ pool: "application", hosts: application }),
    media: byName(media, (pool, { openings, ...hosts }) =>
      join({ pool, role: "media", hosts, taints: [mediaTaint], openings, door: true }),
    ),
    gpu:
      gpu &&
      join({
        pool: gpuPool,
        hosts: withoutKey(gpu),
        taints: [gpuTaint],
        recipe: gpuDriver({ mirror: gateway.mirror, toolkitKey: gpu.toolkitKey }),
      }),
    further: byName(pools, (pool, { taints = [], labels = {}, volumes = {}, ...hosts }) =>
      join({ pool, hosts, taints, labels, volumes }),
    ),
  };
}

function joining(cluster: Membership, control: HostPool, asked: JoiningPool): HostPool {
  const { name, settings, member, surroundings, keys, parent } = cluster;
  const { pool, role = pool, hosts, taints = [], labels: further = {}, openings = [], door = false } = asked;
  const { network, gateway } = settings;
  const zone = hosts.location === undefined ? cluster.zone : zoneOf(hosts.location);
  const carried = Object.keys(asked.volumes ?? {});
  const memberFor = (index: number): Host => control.hosts[index % control.hosts.length] as Host;
  // The members are made one after another: when the last one is healthy, all are.
  const { ready: after } = control.hosts.at(-1) as Host;
  return new HostPool(
    `${name}-${pool}`,
    {
      ...common(settings),
      ...hosts,
      role,
      pool,
      door,
      openings,
      recipe: ({ address, index }) =>
        combine(
          privateHost(surroundings),
          asked.recipe ?? {},
          carried.length === 0
            ? {}
            : volumes(carried, {
                device: network.cloud.dataDevice(address),
                before: "k3s.service",
                gateways: gateway.addresses,
              }),
          agent({ ...member, address, labels: ownLabels({ ...further, ...zone }), taints, door }, index),
        ),
      dataGib: dataGib(asked.volumes ?? {}),
      secrets: (place) => [
        ...gateway.journalFilesOf(place),
        ...(carried.length === 0 ? [] : [keys.volumeKey(place.name)]),
      ],
      leaveThrough: ({ index }) => memberFor(index),
      joins: ({ index }) => ({
        through: memberFor(index),
        after,
        labels: { ...further, ...labels(pool, zone) },
        taints,
        secret: keys.joining,
        file: (word) => ({ path: paths.token, content: keys.token(word), mode: "0600" }),
      }),
    },
    // The pool itself depends on nothing: what is protected in it would keep everything that its pool depends on from a destroy.
    { parent },
  );
}

/** A pool as hosts: the key is the driver's. */
const withoutKey = ({ toolkitKey: _, ...hosts }: GpuPool): MemberPool => hosts;

const byName = <T, R>(pools: Readonly<Record<string, T>>, make: (name: string, pool: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(pools).map(([name, pool]) => [name, make(name, pool)]));
