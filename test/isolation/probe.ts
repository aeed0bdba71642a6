import type { User } from "./allowed";

/** Header fields of a packet that a filter looks at. */
export interface Packet {
  readonly source: string;
  readonly target: string;
  /** A name, or the number of a protocol that is neither. */
  readonly protocol: "tcp" | "udp" | "icmp" | "icmpv6" | number;
  readonly fromPort?: number;
  readonly port?: number;
  /** TCP's flags. @default "syn" */
  readonly flags?: "syn" | "ack" | "synack" | "rst" | "none" | "all";
  /** Type and code of an ICMP message. */
  readonly icmp?: readonly [type: number, code: number];
  /** The packet that an ICMP error is about. */
  readonly quotes?: Packet;
  /** Time to live, or hop limit. @default 64 */
  readonly hops?: number;
  /** True if it is sent in two fragments. @default false */
  readonly fragmented?: boolean;
}

/** A packet on its way. */
export interface Probe extends Packet {
  /** Namespace that sends it. */
  readonly origin: string;
  /** Link on which to send, whatever the routes say; for the wire only: `door-1/public`. */
  readonly link?: string;
  /** User of the host who sends it. @default "root" */
  readonly user?: User;
  /** Namespace in which it is looked for: on a host, what its filter has let in; elsewhere, what came by a link. */
  readonly at: string;
}

/** A probe with its expected result. */
export interface Path extends Probe {
  /** Kind of path, for the report. */
  readonly group: string;
  readonly expected: boolean;
  /** True if it must arrive once the filters are removed. @default - not known */
  readonly unfiltered?: boolean;
}

/** One line that describes a path. */
export const described = ({
  group,
  origin,
  link,
  user,
  at,
  source,
  target,
  protocol,
  fromPort,
  port,
  ...rest
}: Path): string =>
  [
    `${group}: ${origin}${link === undefined ? "" : ` by ${link}`}${user === undefined ? "" : ` as ${user}`} to ${at}:`,
    `${protocol} ${source}:${fromPort ?? ""} > ${target}:${port ?? ""}`,
    ...(["flags", "icmp", "hops", "fragmented"] as const).flatMap((key) =>
      rest[key] === undefined ? [] : [`${key} ${String(rest[key])}`],
    ),
  ].join(" ");

let lastPort = 20_000;

/** A source port that no recent probe had: the answer to one must not pass for the answer to another. */
export const freePort = (): number => (lastPort = lastPort >= 60_000 ? 20_000 : lastPort + 1);
