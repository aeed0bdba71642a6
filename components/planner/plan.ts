import { invalid, validate } from "../core/errors";
import { layout, type Layout } from "../core/layout";
import type { HostSize } from "../core/plan";
import { type CapacityArgs, type ReadArgs, readArgs, type Region, sizeOf } from "./arguments";
import type { AskedConference, Conference, ConferenceService } from "./conference";
import { conferences } from "./conferences";
import { cost, type MonthlyCost, type PlannedHosts } from "./cost";
import { type UserDelay, delays } from "./delay";
import type { CheckedFigure } from "./figures";
import type { MediaPath } from "./media-paths";
import { platformsFor } from "./platforms";
import { type PlannedTier, tiersOf } from "./tiers";
import { type Bandwidth, bandwidthOf, trafficOf, trafficTb } from "./traffic";

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
  readonly bandwidth: Bandwidth;
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
  const shares = Object.fromEntries(read.regions.map((one) => [one.code, one.participants / participants]));
  const asked: AskedConference = { participants, perHost, recordings, media: size("media"), regions: shares };
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
    bandwidth: bandwidthOf(traffic, participants, hoursPerMonth),
    tiers,
    fullFirst: tiers.filter(({ fullAt }) => fullAt === tiers[0]?.fullAt).map(({ name }) => name),
    cost: cost({
      prices: region.prices,
      hosts,
      participants,
      trafficTb: trafficTb(traffic.one, participants, hoursPerMonth),
      hours: hoursPerMonth,
      unpriced: conference.unpriced(recordings),
    }),
    delays: delays(read.users, [region.city, ...read.regions.map(({ city }) => city)], conference.delayMs),
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
