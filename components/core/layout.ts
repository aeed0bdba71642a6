import { Capacity, replicasFor } from "./capacity";
import { edgeRequest } from "./edge-load";
import { invalid, validate } from "./errors";
import { applicationHosts, dataHostsHold, graphicsHosts } from "./host-count";
import {
  carried,
  mediaChoices,
  type MediaPoolChoice,
  placeOf,
  type PlacedMediaPool,
  type PlacedPool,
} from "./media-layout";
import {
  connectionsOf,
  dataPool,
  type HostNeed,
  type HostSize,
  hostTiers,
  mediaHosts,
  mediaTiers,
  type ServicePlan,
  type VolumeNeed,
} from "./plan";

export {
  kindred,
  type MediaPoolChoice,
  mediaPoolChoiceKeys,
  type PlacedMediaPool,
  type PlacedPool,
  poolNames,
} from "./media-layout";

/** A pool of private hosts that carry volumes. */
export interface PlacedDataPool extends PlacedPool {
  readonly volumes: readonly VolumeNeed[];
}

/** A pool of hosts outside the cluster, of one tier of a plan. */
export interface PlacedHosts extends PlacedPool {
  readonly need: HostNeed;
}

/** All hosts of a platform, by what its plans add up to. */
export interface Layout {
  readonly gateway: PlacedPool & { readonly capacity: Capacity };
  readonly controlPlane: PlacedPool;
  readonly application: PlacedPool;
  readonly media: Readonly<Record<string, PlacedMediaPool>>;
  readonly data: Readonly<Record<string, PlacedDataPool>>;
  /** Hosts with graphics processors, where a plan works with them. */
  readonly graphics: PlacedPool | undefined;
  /** Hosts of services of their own, by `<plan>/<tier>`. */
  readonly hosts: Readonly<Record<string, PlacedHosts>>;
}

export interface LayoutArgs {
  readonly plans: readonly ServicePlan[];
  /** @default - one pool "media" that carries every media tier, and one for each other location: "media-hel1" */
  readonly mediaPools?: Readonly<Record<string, MediaPoolChoice>> | undefined;
  /** @default - from the sum of the plans and the size of the machine type */
  readonly applicationHosts?: number | undefined;
  /** Size of application hosts. */
  readonly applicationSize?: HostSize | undefined;
  /** Size of hosts with volumes. @default - unknown: that their pods fit is not checked */
  readonly dataSize?: HostSize | undefined;
  /** True if the platform may have hosts with graphics processors. @default false */
  readonly hasGraphics?: boolean;
  /** Size of hosts with graphics processors. @default - unknown: that their pods fit is not checked */
  readonly graphicsSize?: HostSize | undefined;
}

/** Host numbers where pools begin, far apart, so that each can grow in place. Further pools of media, data and services' own hosts follow at a distance of 20. */
const first = {
  gateway: 10,
  controlPlane: 20,
  application: 30,
  media: 60,
  graphics: 120,
  data: 140,
  hosts: 200,
} as const;
const distance = 20;

/** Hosts of the control plane: with three, one may be lost. */
const members = 3;

/** Connections that a gateway carries over all published ports: what HAProxy keeps for one by default. */
const perGateway = 20_000;

/**
 * Adds up plans.
 *
 * @throws RangeError with every problem: media tiers that no pool or two pools carry, application hosts of an unknown size, hosts that are too small.
 */
export function layout(args: LayoutArgs): Layout {
  const { plans, mediaPools, applicationHosts: asked, applicationSize, dataSize } = args;
  const { hasGraphics = false, graphicsSize } = args;
  const tiers = mediaTiers(plans);
  const connections = connectionsOf(plans);
  // The edge stands on application hosts too, and grows with the connections of all plans.
  const edge = connections === 0 ? [] : [edgeRequest(connections)];
  const requests = [...plans.flatMap((plan) => plan.requests), ...edge];
  const valid = validate({
    mediaPools: () => carried(mediaChoices(mediaPools, tiers), tiers),
    applicationHosts: () => {
      if (asked !== undefined) return asked;
      if (applicationSize === undefined)
        throw invalid(
          "application hosts of a known size",
          undefined,
          "give applicationHosts, the number of them; on metal, cores and memoryGib of the machines in the inventory do as well",
        );
      return applicationHosts(requests, applicationSize);
    },
    dataHosts: () => dataSize && dataHostsHold(requests, dataSize),
    graphics: () => graphicsHosts(requests, hasGraphics, graphicsSize),
  });
  const capacity: Capacity = {
    load: connections,
    perReplica: perGateway,
    unit: "connections",
    source: "places that a gateway keeps for published ports",
  };
  return {
    gateway: { firstHost: first.gateway, count: replicasFor(capacity), capacity },
    controlPlane: { firstHost: first.controlPlane, count: members },
    application: { firstHost: first.application, count: valid.applicationHosts },
    media: spaced(first.media, valid.mediaPools),
    data: dataPools(plans),
    graphics: valid.graphics === 0 ? undefined : { firstHost: first.graphics, count: valid.graphics },
    hosts: spaced(first.hosts, placedHosts(plans)),
  };
}

/** Hosts of services of their own: as many as the load asks for, and never one alone. */
export const placedHosts = (plans: readonly ServicePlan[]): Readonly<Record<string, Omit<PlacedHosts, "firstHost">>> =>
  Object.fromEntries(
    Object.entries(hostTiers(plans)).map(([tier, need]) => [tier, { need, count: mediaHosts([need]) }]),
  );

/**
 * Media pools of hosts that are there already: every tier in one pool, with enough hosts.
 *
 * @param hosts number of hosts by pool.
 * @throws RangeError with every tier that no pool or two carry, and every pool that is too small.
 */
export function adoptedMedia(
  { plans, mediaPools }: Pick<LayoutArgs, "plans" | "mediaPools">,
  hosts: Readonly<Record<string, number>>,
): Readonly<Record<string, PlacedMediaPool>> {
  const tiers = mediaTiers(plans);
  // The owner of the hosts knows where they stand.
  const pools = carried(
    mapped(mediaChoices(mediaPools, tiers), (pool) => ({ ...pool, ...placeOf(pool, tiers) })),
    tiers,
  );
  validate(
    Object.fromEntries(
      Object.entries(pools).map(([pool, { count }]) => [
        `mediaPools["${pool}"]`,
        () => {
          const there = hosts[pool] ?? 0;
          if (there < count)
            throw invalid(`at least ${count} media hosts in pool "${pool}"`, there, "add hosts, or plan for less");
        },
      ]),
    ),
  );
  return Object.fromEntries(
    Object.entries(pools).map(([pool, placed]) => [pool, { ...placed, firstHost: 0, count: hosts[pool] ?? 0 }]),
  );
}

const mapped = <T, R>(values: Readonly<Record<string, T>>, make: (value: T) => R): Readonly<Record<string, R>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, make(value)]));

/** Gives each pool the number of its first host. */
function spaced<T>(
  from: number,
  pools: Readonly<Record<string, T>>,
): Record<string, T & { readonly firstHost: number }> {
  return Object.fromEntries(
    Object.entries(pools).map(([name, pool], i) => [name, { ...pool, firstHost: from + i * distance }]),
  );
}

/**
 * One pool "data" for all volumes, and those that plans name: as many hosts each as its volume with the most replicas has. The numbers of "data" stay free where
 * there is none, so that no other pool moves when one comes.
 */
function dataPools(plans: readonly ServicePlan[]): Readonly<Record<string, PlacedDataPool>> {
  const all = plans.flatMap((plan) => plan.volumes ?? []);
  const poolOf = ({ pool = dataPool }: VolumeNeed): string => pool;
  const volumesOf = (pool: string) => ({ volumes: all.filter((one) => poolOf(one) === pool) });
  const placed = spaced(
    first.data,
    Object.fromEntries([dataPool, ...all.map(poolOf)].map((pool) => [pool, volumesOf(pool)])),
  );
  return Object.fromEntries(
    Object.entries(placed)
      .filter(([, { volumes }]) => volumes.length > 0)
      .map(([pool, one]) => [pool, { ...one, count: Math.max(...one.volumes.map(({ replicas }) => replicas)) }]),
  );
}
