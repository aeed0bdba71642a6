import type { Cloud } from "../clouds/cloud";
import { invalid, validate } from "../core/errors";
import { layout, type Layout } from "../core/layout";
import type { HostSize } from "../core/plan";
import { type CapacityArgs, type ReadArgs, readArgs, type Region, sizeOf } from "./arguments";
import type { ParticipantKbps } from "./bandwidth";
import { type AskedConference, type Conference, type ConferenceService, type PlannedConference } from "./conference";
import { conferences } from "./conferences";
import { cost, type MonthlyCost, type PlannedHosts } from "./cost";
import { type UserDelay, delays } from "./delay";
import type { CheckedFigure } from "./figures";
import { misfit } from "./fit";
import type { MediaPath } from "./media-paths";
import { type PlannedTier, tiersOf } from "./tiers";

/** Capacity, cost and latency of conferences: a plan as plain data. */
export interface CapacityPlan {
  readonly service: ConferenceService;
  readonly participants: number;
  readonly rooms: number;
  readonly recordings: number;
  readonly region: string;
  readonly cloud: string;
  /** Participants of a room. */
  readonly roomSize: number;
  /** Platforms that the participants are split over, each in a network of its own: one, unless a network is too small. */
  readonly platforms: number;
  /** Reason why one platform fewer does not do; undefined for one. */
  readonly split: string | undefined;
  /** Replicas over all platforms, the spare ones included: `{ bridges: 6, relays: 6, shards: 2 }`. */
  readonly replicas: Readonly<Record<string, number>>;
  readonly hosts: readonly PlannedHosts[];
  /** An upper bound: every camera is on. */
  readonly bandwidth: {
    /** Mbit/s of one participant. */
    readonly sentMbps: number;
    readonly receivedMbps: number;
    /** Mbit/s of one media host with another one lost. */
    readonly hostInMbps: number;
    readonly hostOutMbps: number;
    /** Of them, to other media hosts over the private network. */
    readonly betweenHostsMbps: number;
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
 * Numbers of replicas come from the same functions as a real deployment (`planJitsi`, `planBigBlueButton`, `planOpenVidu`, `layout`); this adds what they mean.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const { replicas, cost, fullFirst } = planCapacity({ participants: 500, rooms: 40, region: "ch-gva-2", users: ["zurich", "berlin"] });
 */
export function planCapacity(args: CapacityArgs): CapacityPlan {
  const read = readArgs(args);
  const { service, participants, rooms, recordings, region, machineTypes, hoursPerMonth } = read;
  const conference = conferences[service];
  const perHost = read.participantsPerHost ?? conference.perHost;
  const size = (role: keyof typeof machineTypes): HostSize => sizeOf(region, machineTypes[role]);
  const asked: AskedConference = { participants, perHost, recordings, media: size("media") };
  validate({
    rooms: () => roomsOf(read, conference, perHost),
    participantsPerHost: () => carriedBy(region, machineTypes.media, conference, perHost),
  });
  const sizes = { applicationSize: size("application"), dataSize: size("data") };
  const { platforms, split, one, planned, placed } = platformsFor(asked, conference, {
    cloud: region.cloud,
    rooms,
    ...sizes,
  });

  const roomSize = Math.ceil(participants / rooms);
  const media = planned.media(placed).count;
  const traffic = trafficOf(conference, { participants: one.participants, perHost, roomSize, hosts: media });
  const outMbps = (traffic.one.received * participants) / 1_000;
  const trafficTb = (outMbps * hoursPerMonth * 3_600) / 8 / 1_000_000;
  const fits = (more: number): boolean =>
    layout({ plans: conference.plan({ ...one, participants: more }).plans, ...sizes }).application.count <=
    placed.application.count;
  const hosts = hostsOf(conference, placed, media).map(({ count, ...host }): PlannedHosts => ({
    ...host,
    type: machineTypes[host.role],
    ...size(host.role),
    count: count * platforms,
  }));
  const tiers = tiersOf({
    plans: planned.plans,
    layout: placed,
    rows: planned.tiers(media),
    platforms,
    participants,
    onOne: one.participants,
    application: sizes.applicationSize,
    media: { name: conference.hosts.media, count: media, mbps: Math.max(traffic.in, traffic.out) },
    fits,
    plannable: (more) => conference.limit({ ...one, participants: more }) === undefined,
  });
  return {
    service,
    participants,
    rooms,
    recordings,
    region: region.code,
    cloud: region.cloud.id,
    roomSize,
    platforms,
    split,
    replicas: Object.fromEntries(
      Object.entries(planned.parts(media)).map(([name, count]) => [name, count * platforms]),
    ),
    hosts,
    bandwidth: {
      sentMbps: tenths(traffic.one.sent / 1_000),
      receivedMbps: tenths(traffic.one.received / 1_000),
      hostInMbps: Math.round(traffic.in),
      hostOutMbps: Math.round(traffic.out),
      betweenHostsMbps: Math.round(traffic.between),
      inMbps: Math.round((traffic.one.sent * participants) / 1_000),
      outMbps: Math.round(outMbps),
      hoursPerMonth,
      trafficTb: tenths(trafficTb),
    },
    tiers,
    fullFirst: tiers.filter(({ fullAt }) => fullAt === tiers[0]?.fullAt).map(({ name }) => name),
    cost: cost({
      prices: region.prices,
      hosts,
      participants,
      trafficTb,
      hours: hoursPerMonth,
      unpriced: conference.unpriced(recordings),
    }),
    delays: delays(read.users, region.city, conference.delayMs),
    paths: conference.paths,
    figures: conference.figures({
      participants: one.participants,
      perHost,
      hosts: media,
      host: size("media"),
      roomSize,
      inMbps: traffic.in,
      outMbps: traffic.out,
    }),
  };
}

const tenths = (figure: number): number => Math.round(figure * 10) / 10;

/** Load of one participant in kbit/s, and of one media host with another one lost in Mbit/s. */
function trafficOf(
  { kbps, betweenKbps }: Conference,
  of: { readonly participants: number; readonly perHost: number; readonly roomSize: number; readonly hosts: number },
): { readonly one: ParticipantKbps; readonly in: number; readonly out: number; readonly between: number } {
  const { participants, perHost, roomSize, hosts } = of;
  const one = kbps(roomSize);
  // With one lost, the others carry all.
  const onHost = participants / (hosts - 1);
  const between = (betweenKbps(roomSize, perHost) * onHost) / Math.min(roomSize, perHost);
  return {
    one,
    in: (one.sent * onHost + between) / 1_000,
    out: (one.received * onHost + between) / 1_000,
    between: between / 1_000,
  };
}

/** Hosts of one platform by their role. */
function hostsOf(
  { hosts }: Conference,
  placed: Layout,
  media: number,
): readonly Pick<PlannedHosts, "role" | "name" | "count" | "volumeGib">[] {
  return [
    { role: "gateway", name: "gateways", count: placed.gateway.count },
    { role: "controlPlane", name: "control plane", count: placed.controlPlane.count },
    { role: "application", name: "application hosts", count: placed.application.count },
    { role: "media", name: hosts.media, count: media },
    ...Object.values(placed.data).map(({ count, volumes }) => ({
      role: "data" as const,
      name: hosts.data,
      count,
      volumeGib: volumes.reduce((sum, { gib }) => sum + gib, 0),
    })),
  ];
}

/** @throws RangeError for rooms of one, and for rooms that are too large for what carries one as a whole. */
function roomsOf({ participants, rooms }: ReadArgs, { largestRoom }: Conference, perHost: number): void {
  if (rooms > participants / 2)
    throw invalid(
      `at most ${Math.floor(participants / 2)} rooms for ${participants} participants`,
      rooms,
      "plan for two in a room at least",
    );
  const { most, carrier } = largestRoom(perHost);
  if (Math.ceil(participants / rooms) > most)
    throw invalid(
      `at least ${Math.ceil(participants / most)} rooms for ${participants} participants`,
      rooms,
      `a room lives on one ${carrier}, which carries ${most}: plan for smaller rooms`,
    );
}

/** @throws RangeError when a media host is too small for so many, with the type that would do. */
function carriedBy(
  region: Region,
  type: string,
  { mostPerHost, mostSource, hosts }: Conference,
  perHost: number,
): void {
  const most = mostPerHost(sizeOf(region, type));
  if (perHost <= most) return;
  const larger = Object.entries(region.prices?.hosts ?? {})
    .filter(([other]) => {
      const size = region.cloud.hostSize?.(other);
      return region.forMedia(other) && size !== undefined && mostPerHost(size) >= perHost;
    })
    .sort(([, a], [, b]) => a.euros - b.euros)[0]?.[0];
  throw invalid(
    `at most ${most} participants on each of the ${hosts.media} of type ${type}, by ${mostSource}`,
    perHost,
    larger === undefined
      ? `no machine type of ${region.cloud.id} with a known price carries so many: plan for more hosts`
      : `take ${larger} for media, or plan for more hosts`,
  );
}

interface Place {
  readonly cloud: Cloud;
  readonly rooms: number;
  readonly applicationSize: HostSize;
  readonly dataSize: HostSize;
}

interface Platforms {
  readonly platforms: number;
  readonly split: string | undefined;
  /** The share of each, its plan and its hosts. */
  readonly one: AskedConference;
  readonly planned: PlannedConference;
  readonly placed: Layout;
}

/** The fewest equal platforms that fit into a network each. @throws RangeError when there are fewer rooms than that. */
function platformsFor(
  asked: AskedConference,
  { limit, plan }: Conference,
  { cloud, rooms, ...sizes }: Place,
): Platforms {
  let split: string | undefined;
  for (let platforms = 1; platforms <= rooms; platforms++) {
    const share = (all: number): number => Math.ceil(all / platforms);
    const one = { ...asked, participants: share(asked.participants), recordings: share(asked.recordings) };
    const beyond = limit(one);
    if (beyond !== undefined) {
      split = beyond;
      continue;
    }
    const planned = plan(one);
    const placed = layout({ plans: planned.plans, ...sizes });
    const reason = misfit(placed, cloud);
    if (reason === undefined) return { platforms, split, one, planned, placed };
    split = reason;
  }
  throw invalid(
    "rooms that can be split over several platforms",
    rooms,
    `one needs ${split ?? "more"}: plan for more rooms`,
  );
}
