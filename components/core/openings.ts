import { Cidr, ranges } from "./cidr";
import { validate, invalid, type Keys } from "./errors";
import { list, oneOf, record } from "./shapes";

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
  /** The only system user on the host whose connections it lets out: one of Debian's base, since filters are loaded before packages. @default - every user */
  readonly user?: string;
}

export const openingKeys: Keys<Opening> = {
  direction: true,
  protocol: true,
  port: true,
  peers: true,
  reason: true,
  user: true,
};

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

const directions = ["in", "out"] as const;
const protocols = ["tcp", "udp"] as const;
const example = '{ direction: "in", protocol: "tcp", port: 443, peers: ["192.0.2.0/24"], reason: "web" }';

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
  list(values, "openings", `openings like [${example}]`, (value) => {
    const { direction, protocol, port, peers, reason, user } = record(value, "an opening", example);
    validate({
      direction: () => oneOf(direction, "a direction", directions),
      protocol: () => oneOf(protocol, "a protocol", protocols),
      port: () => ports(port),
      peers: () => {
        for (const peer of ranges(peers ?? [], 1)) {
          const isolated = peer.prefix === 0 ? undefined : isolatedFrom.find((range) => range.overlaps(peer));
          if (isolated)
            throw invalid(
              `peers outside the isolated range ${isolated.toString()}`,
              peer.toString(),
              "remove this peer",
            );
        }
      },
      reason: () => {
        if (typeof reason !== "string" || reason.trim() === "" || /["\n\\]/.test(reason))
          throw invalid("a reason on one line without quotes", reason, "say why it is open");
      },
      user: () => {
        if (user !== undefined && (typeof user !== "string" || !/^[a-z_][a-z0-9_-]{0,31}$/.test(user)))
          throw invalid("a system user", user, 'give one like "_apt"');
      },
    });
  });
  return values;
}

function ports(value: unknown): void {
  const [first, last, ...rest] = Array.isArray(value) ? (value as readonly unknown[]) : [value, value];
  const valid = [first, last].every(
    (port) => typeof port === "number" && Number.isInteger(port) && port >= 1 && port <= 65535,
  );
  if (!valid || rest.length > 0 || Number(first) > Number(last))
    throw invalid("ports from 1 to 65535, the lower first", value, "give one like 443 or [49152, 65535]");
}
