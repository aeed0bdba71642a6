import { type City, distanceKm, roundTrip } from "./places";

/** Bounds of the delay from mouth to ear, in milliseconds: up to the first one good, from the second one on bad. */
export const delayBounds = { good: 150, bad: 300 } as const;

/**
 * Shares of the delay that are not the network's, in milliseconds.
 *
 * | share | source |
 * |---|---|
 * | terminals: 80 both together | ITU-T G.114 (05/2003), appendix II, after Y.1541 appendix X: packets of 20 ms, as Opus has them, with concealment of losses |
 * | last mile: 10 for each side | assumption: a fixed line or good radio; mobile networks have more |
 * | media host: 2 for Jitsi and OpenVidu; 24 for BigBlueButton, whose voices pass the SFU twice and are mixed in intervals of 20 | assumption until measured |
 */
export const delayShares = { terminals: 80, lastMile: 10 } as const;

/** One-way delay between users of two cities, through the media hosts that are nearest to each. */
export interface UserDelay {
  readonly from: City;
  readonly to: City;
  /** Kilometres of the straight way, over the media hosts. */
  readonly km: number;
  readonly terminalsMs: number;
  readonly lastMilesMs: number;
  readonly networkMs: number;
  readonly mediaMs: number;
  readonly totalMs: number;
  readonly verdict: "good" | "acceptable" | "bad";
  /** Origin of the network's share. */
  readonly network: "measured" | "estimated";
}

/** Verdict on a delay. */
export const verdictOf = (ms: number): UserDelay["verdict"] =>
  ms <= delayBounds.good ? "good" : ms < delayBounds.bad ? "acceptable" : "bad";

/**
 * One-way delay between users of two cities.
 *
 * @param media cities of the media hosts: each user is at the nearest, and two of them send to each other.
 * @param mediaMs share of one media host.
 */
export function delay(from: City, to: City, media: readonly City[], mediaMs: number): UserDelay {
  const [first, last] = [nearest(from, media), nearest(to, media)];
  const ways: readonly (readonly [City, City])[] = [
    [from, first],
    ...(first === last ? [] : [[first, last] as const]),
    [last, to],
  ];
  const trips = ways.map(([one, other]) => roundTrip(one, other));
  const shares = {
    terminalsMs: delayShares.terminals,
    lastMilesMs: 2 * delayShares.lastMile,
    networkMs: Math.round(trips.reduce((sum, { ms }) => sum + ms, 0) / 2),
    mediaMs: first === last ? mediaMs : 2 * mediaMs,
  };
  const totalMs = shares.terminalsMs + shares.lastMilesMs + shares.networkMs + shares.mediaMs;
  return {
    from,
    to,
    km: Math.round(ways.reduce((sum, [one, other]) => sum + distanceKm(one, other), 0)),
    ...shares,
    totalMs,
    verdict: verdictOf(totalMs),
    network: trips.every((trip) => trip.from === "measured") ? "measured" : "estimated",
  };
}

/** The media hosts with the shortest round trip; the first where there is one only. */
const nearest = (user: City, media: readonly City[]): City =>
  [...media].sort((one, other) => roundTrip(user, one).ms - roundTrip(user, other).ms)[0] ?? user;

/** The longest way of each city's users: to each other, and to users of every other city. The worst first. */
export const delays = (users: readonly City[], media: readonly City[], mediaMs: number): readonly UserDelay[] =>
  users
    .map((from) => users.map((to) => delay(from, to, media, mediaMs)).sort((a, b) => b.totalMs - a.totalMs)[0])
    .filter((one) => one !== undefined)
    .sort((a, b) => b.totalMs - a.totalMs);
