import { invalid, validate } from "../core/errors";
import { layout, type Layout } from "../core/layout";
import type { HostSize } from "../core/plan";
import { type JitsiPlan, planJitsi } from "../services/jitsi/plan";
import { type CapacityArgs, mostParticipants, type ReadArgs, readArgs, type Region, sizeOf } from "./arguments";
import { betweenBridgesKbps, participantKbps } from "./bandwidth";
import { cost, type MonthlyCost, type PlannedHosts } from "./cost";
import { type UserDelay, delays } from "./delay";
import { type CheckedFigure, figures, mostPerBridge, seed } from "./figures";
import { misfit } from "./fit";
import { jitsiPaths, type MediaPath } from "./media-paths";
import { type PlannedTier, tiersOf } from "./tiers";

/** Capacity, cost and latency of conferences: a plan as plain data. */
export interface CapacityPlan {
  readonly participants: number;
  readonly rooms: number;
  readonly region: string;
  readonly cloud: string;
  /** Participants of a room. */
  readonly roomSize: number;
  /** Platforms that the participants are split over, each in a network of its own: one, unless a network is too small. */
  readonly platforms: number;
  /** Reason why one platform fewer does not do; undefined for one. */
  readonly split: string | undefined;
  /** Replicas over all platforms, the spare ones included. */
  readonly shards: number;
  readonly bridges: number;
  readonly relays: number;
  readonly hosts: readonly PlannedHosts[];
  /** An upper bound: every camera is on. */
  readonly bandwidth: {
    /** Mbit/s of one participant. */
    readonly sentMbps: number;
    readonly receivedMbps: number;
    /** Mbit/s of one bridge with another one lost. */
    readonly bridgeInMbps: number;
    readonly bridgeOutMbps: number;
    /** Of them, to other bridges over the private network. */
    readonly betweenBridgesMbps: number;
    /** Mbit/s that enter and leave the cloud. */
    readonly inMbps: number;
    readonly outMbps: number;
    readonly hoursPerMonth: number;
    /** TB (10^12 bytes) that leave it in a month. */
    readonly trafficTb: number;
  };
  /** The one that fills first at the head. */
  readonly tiers: readonly PlannedTier[];
  /** Names of the tiers that fill first. */
  readonly fullFirst: readonly string[];
  readonly cost: MonthlyCost;
  readonly delays: readonly UserDelay[];
  readonly paths: readonly MediaPath[];
  readonly figures: readonly CheckedFigure[];
}

/**
 * Plans the capacity of conferences before anything is made: machines, bandwidth, list prices, the tier that fills first, and the delay between users.
 *
 * Numbers of replicas come from the same functions as a real deployment (`planJitsi`, `layout`); this adds what they mean.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const { bridges, cost, fullFirst } = planCapacity({ participants: 500, rooms: 40, region: "ch-gva-2", users: ["zurich", "berlin"] });
 */
export function planCapacity(args: CapacityArgs): CapacityPlan {
  const read = readArgs(args);
  const { participants, rooms, region, participantsPerBridge, machineTypes, hoursPerMonth } = read;
  const size = (role: keyof typeof machineTypes): HostSize => sizeOf(region, machineTypes[role]);
  validate({
    rooms: () => roomsOf(read),
    participantsPerBridge: () => carriedBy(region, machineTypes.media, participantsPerBridge),
  });
  const { platforms, split, plan, placed } = platformsFor(read, size("application"), size("media"));
  const { sizes } = plan;

  const roomSize = Math.ceil(participants / rooms);
  const one = participantKbps(roomSize);
  const media = placed.media["media"]?.count ?? sizes.bridges;
  // With one bridge lost, the others carry all.
  const onBridge = plan.participants / (media - 1);
  const roomsOnBridge = onBridge / Math.min(roomSize, participantsPerBridge);
  const between = betweenBridgesKbps(roomSize, participantsPerBridge) * roomsOnBridge;
  const bridgeIn = one.sent * onBridge + between;
  const bridgeOut = one.received * onBridge + between;
  const outMbps = (one.received * participants) / 1_000;
  const trafficTb = (outMbps * hoursPerMonth * 3_600) / 8 / 1_000_000;

  const hosts = (
    [
      ["gateway", placed.gateway.count],
      ["controlPlane", placed.controlPlane.count],
      ["application", placed.application.count],
      ["media", media],
    ] as const
  ).map(([role, count]): PlannedHosts => ({ role, type: machineTypes[role], ...size(role), count: count * platforms }));
  const tiers = tiersOf({
    plan,
    layout: placed,
    platforms,
    participants,
    application: size("application"),
    bridgeMbps: Math.max(bridgeIn, bridgeOut) / 1_000,
    fitOnApplication: mostOn(placed.application.count, size("application"), plan.participants),
  });
  return {
    participants,
    rooms,
    region: region.code,
    cloud: region.cloud.id,
    roomSize,
    platforms,
    split,
    shards: sizes.shards * platforms,
    bridges: media * platforms,
    relays: media * platforms,
    hosts,
    bandwidth: {
      sentMbps: tenths(one.sent / 1_000),
      receivedMbps: tenths(one.received / 1_000),
      bridgeInMbps: Math.round(bridgeIn / 1_000),
      bridgeOutMbps: Math.round(bridgeOut / 1_000),
      betweenBridgesMbps: Math.round(between / 1_000),
      inMbps: Math.round((one.sent * participants) / 1_000),
      outMbps: Math.round(outMbps),
      hoursPerMonth,
      trafficTb: tenths(trafficTb),
    },
    tiers,
    fullFirst: tiers.filter(({ fullAt }) => fullAt === tiers[0]?.fullAt).map(({ name }) => name),
    cost: cost({ prices: region.prices, hosts, participants, trafficTb, hours: hoursPerMonth }),
    delays: delays(read.users, region.city),
    paths: jitsiPaths,
    figures: figures({
      participants: plan.participants,
      perBridge: participantsPerBridge,
      bridges: media,
      host: size("media"),
      mbps: (bridgeIn + bridgeOut) / 1_000,
    }),
  };
}

const tenths = (figure: number): number => Math.round(figure * 10) / 10;

/** The most participants whose pods fit onto so many application hosts. @param least a number of which it is known. */
function mostOn(hosts: number, size: HostSize, least: number): number {
  const fits = (participants: number): boolean =>
    layout({ plans: [planned(participants)], applicationSize: size }).application.count <= hosts;
  let [low, high] = [least, mostParticipants + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** @throws RangeError for rooms of one, and for rooms that no shard carries: a room lives on one. */
function roomsOf({ participants, rooms }: ReadArgs): void {
  if (rooms > participants / 2)
    throw invalid(
      `at most ${Math.floor(participants / 2)} rooms for ${participants} participants`,
      rooms,
      "plan for two in a room at least",
    );
  const { perReplica } = planned(participants).sizes.shard;
  const most = Math.ceil(participants / rooms);
  if (most > perReplica)
    throw invalid(
      `at least ${Math.ceil(participants / perReplica)} rooms for ${participants} participants`,
      rooms,
      `a room lives on one shard, which carries ${perReplica}: plan for smaller rooms`,
    );
}

/** @throws RangeError when a media host is too small for so many, with the type that would do. */
function carriedBy(region: Region, type: string, perBridge: number): void {
  const most = mostPerBridge(sizeOf(region, type));
  if (perBridge <= most) return;
  const larger = Object.entries(region.prices?.hosts ?? {})
    .filter(([other]) => {
      const size = region.cloud.hostSize?.(other);
      return region.forMedia(other) && size !== undefined && mostPerBridge(size) >= perBridge;
    })
    .sort(([, a], [, b]) => a.euros - b.euros)[0]?.[0];
  throw invalid(
    `at most ${most} participants per bridge on ${type}, by 150 for ${seed.cores} cores and ${seed.memoryGib} GiB`,
    perBridge,
    larger === undefined
      ? `no machine type of ${region.cloud.id} with a known price carries so many: plan for more bridges`
      : `take ${larger} for media hosts, or plan for more bridges`,
  );
}

/** A Jitsi for so many. Its name and domain do not matter here. */
const planned = (participants: number, perBridge = 100, media: HostSize = seed): JitsiPlan =>
  planJitsi({
    name: "meetings",
    domain: "meet.example.ch",
    participants,
    participantsPerBridge: perBridge,
    // The default is for 16 cores and 32 GiB; on a smaller host the bridge asks for the same share.
    ...(media.cores < seed.cores || media.memoryGib < seed.memoryGib
      ? { bridge: { cpu: media.cores * 0.75, memoryMib: media.memoryGib * 640 } }
      : {}),
  });

interface Platforms {
  readonly platforms: number;
  readonly split: string | undefined;
  /** The plan and the hosts of each of them. */
  readonly plan: JitsiPlan;
  readonly placed: Layout;
}

/** The fewest equal platforms that fit into a network each. @throws RangeError when there are fewer rooms than that. */
function platformsFor(read: ReadArgs, application: HostSize, media: HostSize): Platforms {
  const { participants, rooms, region, participantsPerBridge } = read;
  let split: string | undefined;
  for (let platforms = 1; platforms <= rooms; platforms++) {
    const plan = planned(Math.ceil(participants / platforms), participantsPerBridge, media);
    const placed = layout({ plans: [plan], applicationSize: application });
    const reason = misfit(placed, region.cloud);
    if (reason === undefined) return { platforms, split, plan, placed };
    split = reason;
  }
  throw invalid(
    "rooms that can be split over several platforms",
    rooms,
    `one needs ${split ?? "more"}: plan for more rooms`,
  );
}
