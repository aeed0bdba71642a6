import { readableLines } from "./comments";
import { rangesIn } from "./packet-filters";
import type { Leaf } from "./leaf";

/** A range that a text leads to. */
export interface Led {
  readonly range: string;
  /** Setting or command that leads there. */
  readonly by: string;
  /** True if every address may stand there and means the default route, which leads outside. */
  readonly isRoute: boolean;
}

/** Settings of WireGuard's peers, in its own files, in those of systemd and NetworkManager, in YAML and on command lines (wg(8), systemd.netdev(5)). */
const peers = /\ballowed[-_ ]?ips["']?\s{0,4}[=:\s]\s{0,4}["'[]{0,3}([^\n#"'\]]{1,4000})/gi;

/** Settings and commands that lead to a range. */
const ways: readonly (readonly [by: string, pattern: RegExp])[] = [
  ["ip route", /\bip\s+(?:-\S+\s+)*r(?:oute)?\s+(?:add|append|replace|change)\s+(?:unicast\s+)?(\S+)/g],
  ["a route of systemd-networkd", /^\s*Destination\s*=\s*(\S+)/gim],
  ["a static route", /^\s*(?:ip|ipv6)\s+route\s+(\S+)\s+(?!blackhole|Null0|reject)/gim],
  ["an announced network", /^\s*network\s+((?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}|[0-9a-f:]+\/\d{1,3})/gim],
  [
    "the other side of a tunnel",
    /\b(?:remote_ts|rightsubnets?|right_subnet|remote_subnets?)\s*[=:]\s*([^\n#]{1,1000})/gi,
  ],
  ["advertised routes", /--advertise-routes[ =](\S+)/g],
  ["a route of NetworkManager", /^\s*route\d+\s*=\s*(\S+)/gm],
];

/** Routes with a mask of their own: `route add -net 10.0.3.0 netmask 255.255.255.0`, and OpenVPN's, which a server may push. */
const masked =
  /\b(?:i?route|route\s+add\s+-net)\s+((?:\d{1,3}\.){3}\d{1,3})\s+(?:netmask\s+)?((?:\d{1,3}\.){3}\d{1,3})/g;

const prefix = (mask: string): number =>
  mask.split(".").reduce((sum, part) => sum + (Number(part).toString(2).match(/1/g) ?? []).length, 0);

/** Ranges that a text leads to: by a peer of a tunnel, or by a route. */
export function ledIn({ path, text }: Leaf): readonly Led[] {
  const key = /(?:^|\.)(allowed[-_]?ips|routes)(?:\[\d+\])?(?:\.(?:to|destination|dst|subnet))?(?:\[\d+\])?$/i.exec(
    path,
  )?.[1];
  const own = key === undefined ? [] : rangesIn(text).map((range) => led(range, key, /routes/i.test(key)));
  // Words whose parts are put together stand in the lines only.
  const spoken = readableLines(text).join("\n");
  if (!/allowed|ip\s|route|network|Destination|subnet|remote_ts/i.test(spoken)) return own;
  return [
    ...own,
    ...[...spoken.matchAll(peers)].flatMap(([, list = ""]) =>
      rangesIn(list).map((range) => led(range, "AllowedIPs", false)),
    ),
    ...ways.flatMap(([by, pattern]) =>
      [...spoken.matchAll(pattern)].flatMap(([, list = ""]) => rangesIn(list).map((range) => led(range, by, true))),
    ),
    ...[...spoken.matchAll(masked)].map(([, network = "", mask = ""]) =>
      led(`${network}/${prefix(mask)}`, "a route", true),
    ),
  ];
}

const led = (range: string, by: string, isRoute: boolean): Led => ({ range, by, isRoute });
