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
 * | bridge: 2 | assumption until measured |
 */
export const delayShares = { terminals: 80, lastMile: 10, bridge: 2 } as const;

/** One-way delay between users of two cities, through the bridges of a region. */
export interface UserDelay {
  readonly from: City;
  readonly to: City;
  /** Kilometres of the straight way, over the bridges. */
  readonly km: number;
  readonly terminalsMs: number;
  readonly lastMilesMs: number;
  readonly networkMs: number;
  readonly bridgeMs: number;
  readonly totalMs: number;
  readonly verdict: "good" | "acceptable" | "bad";
  /** Origin of the network's share. */
  readonly network: "measured" | "estimated";
}

/** Verdict on a delay. */
export const verdictOf = (ms: number): UserDelay["verdict"] =>
  ms <= delayBounds.good ? "good" : ms < delayBounds.bad ? "acceptable" : "bad";

/** One-way delay between users of two cities. */
export function delay(from: City, to: City, bridges: City): UserDelay {
  const [up, down] = [roundTrip(from, bridges), roundTrip(bridges, to)];
  const shares = {
    terminalsMs: delayShares.terminals,
    lastMilesMs: 2 * delayShares.lastMile,
    networkMs: Math.round((up.ms + down.ms) / 2),
    bridgeMs: delayShares.bridge,
  };
  const totalMs = shares.terminalsMs + shares.lastMilesMs + shares.networkMs + shares.bridgeMs;
  return {
    from,
    to,
    km: Math.round(distanceKm(from, bridges) + distanceKm(bridges, to)),
    ...shares,
    totalMs,
    verdict: verdictOf(totalMs),
    network: up.from === "measured" && down.from === "measured" ? "measured" : "estimated",
  };
}

/** The longest way of each city's users: to each other, and to users of every other city. The worst first. */
export const delays = (users: readonly City[], bridges: City): readonly UserDelay[] =>
  users
    .map((from) => users.map((to) => delay(from, to, bridges)).sort((a, b) => b.totalMs - a.totalMs)[0])
    .filter((one) => one !== undefined)
    .sort((a, b) => b.totalMs - a.totalMs);
