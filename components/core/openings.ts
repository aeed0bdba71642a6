import { Cidr, ranges } from "./cidr";
import { problem } from "./errors";

/**
 * One hole in a default-deny filter. Everything that is not opened is closed, in both directions, and an opening cannot name a range
 * that its network is isolated from.
 */
export interface Opening {
  readonly direction: "in" | "out";
  readonly protocol: "tcp" | "udp";
  /** One port, or the first and last port of a range. */
  readonly port: number | readonly [first: number, last: number];
  /** Ranges of the other side: sources when `in`, destinations when `out`. */
  readonly peers: readonly string[];
  /** Why it is open: stands beside the rule on the host and in every report. */
  readonly reason: string;
  /** The only system user on the host whose connections it lets out. @default - every user */
  readonly user?: string;
}

/** An opening for what comes in. */
export const inbound = (
  protocol: Opening["protocol"],
  port: Opening["port"],
  peers: readonly string[],
  reason: string,
): Opening => ({
  direction: "in",
  protocol,
  port,
  peers,
  reason,
});

/** An opening for what goes out. */
export const outbound = (
  protocol: Opening["protocol"],
  port: Opening["port"],
  peers: readonly string[],
  reason: string,
): Opening => ({
  ...inbound(protocol, port, peers, reason),
  direction: "out",
});

/** First and last port of an opening. */
export const portRange = ({ port }: Opening): readonly [first: number, last: number] =>
  typeof port === "number" ? [port, port] : port;

/** Ports as text: `443` or `49152-65535`. */
export const portText = (opening: Opening): string => [...new Set(portRange(opening))].join("-");

/**
 * Checks openings: ports from 1 to 65535 in order, at least one peer, peers outside the isolated ranges, a reason.
 *
 * @throws RangeError with every problem.
 */
export function openings(values: readonly Opening[], isolatedFrom: readonly Cidr[]): readonly Opening[] {
  const problems: string[] = [];
  for (const opening of values) {
    const [first, last] = portRange(opening);
    const what = `${opening.direction} ${opening.protocol} ${first}${first === last ? "" : `-${last}`}`;
    if (![first, last].every((port) => Number.isInteger(port) && port >= 1 && port <= 65535) || first > last)
      problems.push(
        problem("ports from 1 to 65535, the lower first", opening.port, `mend the opening ${what}`).message,
      );
    if (typeof opening.reason !== "string" || opening.reason.trim() === "" || /["\n\\]/.test(opening.reason))
      problems.push(problem("a reason on one line without quotes", opening.reason, `say why ${what} is open`).message);
    try {
      for (const peer of ranges(opening.peers, 1)) {
        const isolated = peer.prefix === 0 ? undefined : isolatedFrom.find((range) => range.overlaps(peer));
        if (isolated)
          problems.push(
            problem(
              `peers outside the isolated range ${isolated.toString()}`,
              peer.toString(),
              `remove this peer of ${what}`,
            ).message,
          );
      }
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0) throw new RangeError(problems.join("\n"));
  return values;
}
