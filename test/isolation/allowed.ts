/**
 * Every intended opening of the stack of `infrastructure()`, written down a second time: the packets that a rendered filter lets
 * through are judged by this, never by the filter's own text.
 */
import { Cidr } from "../../components/core/cidr";
import { internet, type Role } from "./addresses";

/** One opening in a host's filter. */
export interface Way {
  readonly roles: readonly Role[];
  readonly direction: "in" | "out";
  readonly protocol: "tcp" | "udp";
  readonly ports: readonly [first: number, last: number];
  /** Ranges of the other side. */
  readonly peers: readonly string[];
  /** The only users of the host that may use it. @default - every user */
  readonly user?: User;
}

/** Destinations that the gateways' proxy allows beside port 443, on which two hosts of the mirror are reached. */
export const egress = [{ host: "relay.example.ch", port: 8465, reason: "a test" }] as const;
export const registry = { host: "registry.example.ch", port: 5443 } as const;

/** The user that a gateway's filter treats differently, and apt's, which may not connect out directly; on Debian their ids are fixed (base-passwd: proxy; apt: _apt). */
export const users = { root: 0, proxy: 13, _apt: 42 } as const;
export type User = keyof typeof users;

const hosts = "10.20.0.0/24";
const pods = "10.42.0.0/16";
const gateways = ["10.20.0.10/32", "10.20.0.11/32"];
const controlPlane = ["10.20.0.20/32", "10.20.0.21/32", "10.20.0.22/32"];
const application = ["10.20.0.30/32", "10.20.0.31/32"];
const administrators = ["203.0.113.0/24"];
const anyone = ["0.0.0.0/0"];
const members = ["control", "application", "media"] as const;

type Ports = number | readonly [first: number, last: number];

const way =
  (direction: Way["direction"]) =>
  (roles: readonly Role[], protocol: Way["protocol"], ports: Ports, peers: readonly string[], user?: User): Way => ({
    roles,
    direction,
    protocol,
    ports: typeof ports === "number" ? [ports, ports] : ports,
    peers,
    ...(user === undefined ? {} : { user }),
  });
const comes = way("in");
const goes = way("out");

export const ways: readonly Way[] = [
  // What is published, and the administrators' way.
  comes(["gateway"], "tcp", 443, anyone),
  comes(["gateway"], "tcp", [22, 22], administrators),
  comes(["gateway"], "tcp", 6443, administrators),
  comes(["media"], "udp", 10000, anyone),
  goes(["gateway"], "tcp", 30443, application),
  goes(["gateway"], "tcp", 6443, controlPlane),
  goes(["gateway"], "tcp", 22, [hosts]),
  comes(members, "tcp", 22, gateways),

  // Names, time and the proxy.
  ...(
    [
      [53, "udp"],
      [53, "tcp"],
      [123, "udp"],
      [3128, "tcp"],
    ] as const
  ).flatMap(([port, protocol]) => [
    comes(["gateway"], protocol, port, [hosts]),
    goes(members, protocol, port, gateways),
  ]),
  // Journals.
  comes(["gateway"], "tcp", 19532, [hosts]),
  goes([...members, "gateway"], "tcp", 19532, gateways),

  // Data volumes are opened.
  comes(["gateway"], "tcp", 7500, controlPlane),
  goes(["control"], "tcp", 7500, gateways),

  goes(["gateway"], "tcp", 853, [`${internet.resolver.ip}/32`, `${internet.secondResolver.ip}/32`]),
  goes(["gateway"], "udp", 123, [`${internet.clock.ip}/32`, `${internet.secondClock.ip}/32`]),
  ...[443, registry.port, egress[0].port].map((port) => goes(["gateway"], "tcp", port, Cidr.anywhere, "proxy")),

  // Kubernetes among its members.
  comes(members, "udp", 51820, [hosts]),
  goes(members, "udp", 51820, [hosts]),
  comes(members, "tcp", 10250, [hosts]),
  goes(["control"], "tcp", 10250, [hosts]),
  comes(["control"], "tcp", 6443, [hosts, pods]),
  goes(members, "tcp", 6443, [hosts]),
  comes(["control"], "tcp", [2379, 2380], controlPlane),
  goes(["control"], "tcp", [2379, 2380], controlPlane),
  goes(members, "tcp", [1, 65535], [pods]),
  goes(members, "udp", [1, 65535], [pods]),

  // Media goes to any address.
  goes(["media"], "udp", [1024, 65535], anyone),
];

/** Isolated ranges, blocked whatever is open: the arguments of `infrastructure()`. */
const isolatedRanges = ["10.0.0.0/20", "fd00:10::/48", "10.0.16.0/24"].map((range) => Cidr.parse(range));

/** True if an address belongs to an isolated system. */
export const isIsolated = (address: string): boolean => isolatedRanges.some((range) => range.contains(address));

/** Ranges between which members forward packets, both ways: those of pods and of hosts, but never from host to host. */
export const isForwarded = (source: string, target: string): boolean => {
  const isPod = (address: string): boolean => Cidr.parse(pods).contains(address);
  const isOurs = (address: string): boolean => isPod(address) || Cidr.parse(hosts).contains(address);
  return (isPod(source) && isOurs(target)) || (isOurs(source) && isPod(target));
};

/** Packet that a filter judges. */
export interface Question {
  readonly direction: Way["direction"];
  readonly protocol: string | number;
  readonly source: string;
  readonly target: string;
  readonly port: number;
  readonly user: User;
}

/** True if a host of this role lets a first packet through. */
export function isAllowed(role: Role, { direction, protocol, source, target, port, user }: Question): boolean {
  if (isIsolated(source) || isIsolated(target)) return false;
  const peer = direction === "in" ? source : target;
  return ways.some(
    (one) =>
      one.roles.includes(role) &&
      one.direction === direction &&
      one.protocol === protocol &&
      one.ports[0] <= port &&
      port <= one.ports[1] &&
      (one.user === undefined || one.user === user) &&
      one.peers.some((range) => Cidr.parse(range).contains(peer)),
  );
}
