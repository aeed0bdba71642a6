/** Addresses of the hosts of the rendered stack, of the isolated systems, and of the internet. */

/** Role of a host. */
export type Role = "gateway" | "control" | "application" | "media";

/** An IPv4 and an IPv6 address. */
export interface Pair {
  readonly ip: string;
  readonly ip6: string;
}

/** A host of the rendered stack, with an address for IPv6 even where the stack has none: a filter must not depend on that. */
export interface Place {
  readonly name: string;
  readonly role: Role;
  readonly private: Pair;
  /** Hosts with a public address have one. */
  readonly public?: Pair;
  /** A pod on it, and the host's own address towards pods. */
  readonly pod?: Pair;
  readonly bridge?: Pair;
}

/** Names and first numbers of the pools that `infrastructure()` makes. */
const pools: readonly { readonly prefix: string; readonly role: Role; readonly first: number }[] = [
  { prefix: "door", role: "gateway", first: 10 },
  { prefix: "uc-control", role: "control", first: 20 },
  { prefix: "uc-application", role: "application", first: 30 },
  { prefix: "uc-media", role: "media", first: 60 },
];

/** Address of a rendered host. @throws RangeError when its name belongs to no known pool. */
export function place(name: string): Place {
  const [, prefix, index] = /^(.*)-(\d+)$/.exec(name) ?? [];
  const pool = pools.find((one) => one.prefix === prefix);
  if (pool === undefined)
    throw new RangeError(`expected a host of ${pools.map((one) => one.prefix).join(", ")}, got ${name}; add its pool`);
  const { role, first } = pool;
  const number = first + Number(index) - 1;
  const outside = role === "gateway" || role === "media";
  return {
    name,
    role,
    private: { ip: `10.20.0.${number}`, ip6: `fd20::${number}` },
    ...(outside ? { public: { ip: `198.51.100.${number}`, ip6: `2001:db8:51::${number}` } } : {}),
    ...(role === "gateway"
      ? {}
      : {
          pod: { ip: `10.42.${number}.2`, ip6: `fd42:${number}::2` },
          bridge: { ip: `10.42.${number}.1`, ip6: `fd42:${number}::1` },
        }),
  };
}

/** The systems under attack and a colleague's computer beside them: all inside the ranges that `infrastructure()` is isolated from. */
export const isolated = {
  directory: { ip: "10.0.0.5", ip6: "fd00:10::5" },
  mail: { ip: "10.0.16.25", ip6: "fd00:10:0:16::25" },
  files: { ip: "10.0.8.20", ip6: "fd00:10:0:8::20" },
  office: { ip: "10.0.2.7", ip6: "fd00:10:0:2::7" },
} as const satisfies Readonly<Record<string, Pair>>;

export type System = keyof typeof isolated;
export const systems = ["directory", "mail", "files"] as const satisfies readonly System[];

/** First and last addresses of the isolated ranges, which a range that is too short would miss. */
export const edges = {
  directory: ["10.0.0.1", "10.0.15.254", "fd00:10::1", "fd00:10:0:ffff:ffff:ffff:ffff:fffe"],
  mail: ["10.0.16.1", "10.0.16.254"],
} as const;

/** Hosts on the internet. */
export const internet = {
  client: { ip: "192.0.2.77", ip6: "2001:db8:77::77" },
  administrator: { ip: "203.0.113.7", ip6: "2001:db8:113::7" },
  web: { ip: "192.0.2.80", ip6: "2001:db8:80::80" },
  resolver: { ip: "192.0.2.53", ip6: "2001:db8:53::53" },
  secondResolver: { ip: "198.51.100.53", ip6: "2001:db8:53::54" },
  clock: { ip: "192.0.2.123", ip6: "2001:db8:123::1" },
  secondClock: { ip: "198.51.100.123", ip6: "2001:db8:123::2" },
} as const satisfies Readonly<Record<string, Pair>>;

/** Addresses that are translated to others, as a Kubernetes service's are. */
export const translated = {
  /** A service of ours that points at the directory. */
  service: { ip: "10.43.0.10", ip6: "fd43::10" },
  /** An address of the directory's range that is used for a service of ours. */
  stolen: { ip: "10.0.0.99", ip6: "fd00:10::99" },
  /** The port under which every member passes connections on to its pod, and the pod's. */
  nodePort: 30443,
  podPort: 8443,
} as const;

/** A private host outside all pools, and a pod on no host: openings to a range include them. */
export const stranger = { ip: "10.20.0.200", ip6: "fd20::200" } as const satisfies Pair;

export const both = ({ ip, ip6 }: Pair): readonly string[] => [ip, ip6];
export const sameFamily = (one: string, other: string): boolean => one.includes(":") === other.includes(":");

/** The address of a pair with the same family as another address. */
export const addressLike = (pair: Pair, address: string): string => (address.includes(":") ? pair.ip6 : pair.ip);
