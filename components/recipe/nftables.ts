import type { Keys } from "../core/errors";
import { Cidr } from "../core/cidr";
import { Opening, portText } from "../core/openings";
import { RecipeFile } from "./recipe";

/** Interfaces by which packets must come or leave to be passed on. */
export interface Interfaces {
  /** @default - every interface */
  readonly in?: readonly string[];
  /** @default - every interface */
  readonly out?: readonly string[];
}

export const interfacesKeys: Keys<Interfaces> = {
  in: true,
  out: true,
};

/** Input of a host's filter. */
export interface Filter {
  /** Ranges that are dropped in both directions before anything else. */
  readonly isolatedFrom: readonly Cidr[];
  readonly openings: readonly Opening[];
  /**
   * From which range to which the host passes packets on, why ("pods" where nothing is said), and by which interfaces; nothing else is ever forwarded.
   * @default []
   */
  readonly forwards?: readonly (readonly [
    from: Cidr,
    to: Cidr,
    reason?: string | undefined,
    interfaces?: Interfaces | undefined,
  ])[];
  /** Addresses with which it exchanges VRRP (protocol 112, which has no ports and so is no opening) inside its segment. @default [] */
  readonly segment?: readonly string[];
}

/**
 * A host's `/etc/nftables.conf`: default deny in, out and through. The drops of isolated ranges stand in two chains of their own that
 * every packet passes: the first before connection tracking and address translation (what comes in), the last after translation (what leaves or is
 * passed on), so that neither an opening, nor an established connection, nor a Kubernetes service that points at an isolated address gets past them. A drop
 * is final in nftables, an accept is not.
 *
 * The table replaces itself alone: k3s keeps its own tables beside it.
 */
export function ruleset({ isolatedFrom, openings, forwards = [], segment = [] }: Filter): string {
  const isolated = (["ip", "ip6"] as const).flatMap((family) => {
    const ranges = isolatedFrom.filter((range) => range.family === family);
    return ranges.length === 0 ? [] : [{ family, set: `isolated_${family}`, ranges }];
  });
  const drops = (side: "saddr" | "daddr"): string[] =>
    isolated.map(({ family, set }) => `${family} ${side} @${set} counter drop comment "isolated"`);
  const both = [...drops("saddr"), ...drops("daddr")];
  const chain = (name: string, hook: string, priority: string, policy: string, rules: readonly string[]): string[] => [
    `  chain ${name} {`,
    `    type filter hook ${hook} priority ${priority}; policy ${policy};`,
    ...rules.map((rule) => `    ${rule}`),
    "  }",
  ];
  const known = [
    'ct state established,related accept comment "answers"',
    'ct state invalid drop comment "no connection"',
  ];
  const through = forwards.map(
    ([from, to, reason = "pods", interfaces = {}]) =>
      `${named("iifname", interfaces.in)}${named("oifname", interfaces.out)}` +
      `${from.family} saddr ${from.toString()} ${to.family} daddr ${to.toString()} accept comment "${reason}"`,
  );
  const shared = (side: "saddr" | "daddr"): string[] =>
    segment.length === 0
      ? []
      : [`ip ${side} { ${segment.join(", ")} } ip protocol 112 accept comment "the virtual address"`];
  return [
    "#!/usr/sbin/nft -f",
    "table inet sovereign_uc",
    "delete table inet sovereign_uc",
    "table inet sovereign_uc {",
    ...isolated.flatMap(({ family, set, ranges }) => [
      `  set ${set} {`,
      `    type ${family === "ip" ? "ipv4" : "ipv6"}_addr; flags interval; auto-merge;`,
      `    elements = { ${ranges.map((range) => range.toString()).join(", ")} }`,
      "  }",
    ]),
    ...chain("isolated_first", "prerouting", "raw", "accept", both),
    ...chain("isolated_last", "postrouting", "filter", "accept", both),
    ...chain("input", "input", "filter", "drop", [
      'iif "lo" accept comment "the host itself"',
      'icmp type redirect drop comment "nobody tells a host of another way"',
      ...known,
      neighbours("nd-router-advert"),
      'fib saddr . iif oif missing drop comment "forged source"',
      ...shared("saddr"),
      ...openings.filter((opening) => opening.direction === "in").flatMap((opening) => accepts(opening, "saddr")),
    ]),
    ...chain("forward", "forward", "filter", "drop", through.length === 0 ? [] : [...known, ...through]),
    ...chain("output", "output", "filter", "drop", [
      'oif "lo" accept comment "the host itself"',
      ...known,
      neighbours("nd-router-solicit"),
      lease,
      ...shared("daddr"),
      ...openings.filter((opening) => opening.direction === "out").flatMap((opening) => accepts(opening, "daddr")),
    ]),
    "}",
    "",
  ].join("\n");
}

/**
 * A drop-in for Debian's unit, which empties all tables when it stops: an update of its package restarts it, and would leave k3s without its own tables and
 * the host without a filter until the new one is loaded. With nothing to do at its stop, a restart is one transaction that replaces our table, and the filter
 * also stands while the host shuts down.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `ExecStop=/usr/sbin/nft flush ruleset`; start and reload load `/etc/nftables.conf` | lib/systemd/system/nftables.service | Debian's nftables 1.0.6-2+deb12u2 |
 * | an update runs `try-restart` | its postinst | the same |
 * | an empty value takes back the unit's own commands | systemd.service(5) | Debian's systemd 252.39-1~deb12u2 |
 */
export const filterStays: RecipeFile = {
  path: "/etc/systemd/system/nftables.service.d/60-sovereign-uc.conf",
  content: "[Service]\nExecStop=\n",
};

const named = (key: "iifname" | "oifname", interfaces: readonly string[] | undefined): string =>
  interfaces === undefined ? "" : `${key} { ${interfaces.map((one) => `"${one}"`).join(", ")} } `;

/**
 * A DHCP client renews its lease with an ordinary packet to the server that gave it; the answer belongs to that question. Everything else
 * of DHCP goes by packet sockets, which no filter of this kind sees (systemd 03966da2, `src/libsystemd-network/dhcp-network.c`): without this rule a lease
 * would go on only by the broadcast shortly before its end. Servers in private ranges alone are asked, so that this is no way out; that the clouds' are there
 * is unverified, and those that are not still hear the broadcast.
 */
const lease =
  "ip daddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 } udp sport 68 udp dport 67 accept " +
  'comment "more time for the host\'s address"';

/** Without these there is no IPv6; they cross no router (hop limit 255). A host hears routers and asks for them, and is none itself. */
const neighbours = (router: "nd-router-advert" | "nd-router-solicit"): string =>
  `icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, ${router} } ip6 hoplimit 255 accept comment "neighbours"`;

function accepts(opening: Opening, side: "saddr" | "daddr"): string[] {
  const ranges = opening.peers.map((peer) => Cidr.parse(peer));
  const user = opening.user === undefined ? "" : `meta skuid "${opening.user}" `;
  return (["ip", "ip6"] as const).flatMap((family) => {
    const peers = ranges.filter((range) => range.family === family);
    if (peers.length === 0) return [];
    const anywhere = peers.some((range) => range.prefix === 0);
    const match = anywhere
      ? `meta nfproto ${family === "ip" ? "ipv4" : "ipv6"}`
      : `${family} ${side} { ${peers.map((range) => range.toString()).join(", ")} }`;
    return [`${user}${match} ${opening.protocol} dport ${portText(opening)} accept comment "${opening.reason}"`];
  });
}
