import { Cidr } from "../../core/cidr";
import { Mirror, mirrorDestinations } from "../../core/mirror";
import { inbound, Opening, outbound } from "../../core/openings";
import { combine, Recipe } from "../recipe";
import { keepsJournals, sendsJournal } from "./journals";
import { scripts } from "../scripts";
import { sources } from "../system";
import { names, namesPaths, type Resolver } from "./names";
import { clock, noOtherSources, proxyPort } from "./private-host";
import { type Egress, squid } from "./proxy";
import { haproxy, type Published } from "./published";
import { tangServer } from "./tang";

export type { Resolver } from "./names";
export type { Egress } from "./proxy";
export type { Published } from "./published";

export interface GatewaySettings {
  /** Its own private address. */
  readonly address: string;
  /** Private address of the gateway that keeps this one's journal. */
  readonly next: string;
  readonly range: Cidr;
  readonly isolatedFrom: readonly Cidr[];
  readonly published: readonly Published[];
  readonly egress: readonly Egress[];
  readonly resolvers: readonly Resolver[];
  /** Addresses of time servers. */
  readonly timeServers: readonly string[];
  readonly mirror: Mirror;
  /** Private addresses of hosts whose data volumes it opens. */
  readonly volumeHosts: readonly string[];
  /** Range of autoscaled hosts, which share a certificate for their journals. @default - nowhere */
  readonly elasticRange?: Cidr | undefined;
}

/**
 * A door for web and signalling, and what private hosts know of the world: proxy, names, time.
 *
 * Its own packages come through its own proxy, from the mirror's name alone: apt has no opening of its own. Only before the first convergence has written
 * the gateway's files is there no proxy. Where the image has nftables, apt (user `_apt`, no other) is then let out to the mirror's port, to any address
 * outside the isolated ranges, from the first `apt-get update` until the packages are there; where it has none, nothing but the cloud's own wall
 * stands before it yet.
 *
 * | claim | where | revision |
 * |---|---|---|
 * | a command of `Proxy-Auto-Detect` gets the address as its only argument and answers a proxy or `DIRECT`; it runs as `_apt` | seen: `test/servers/gateway-apt.test.ts` | Debian's apt 2.6.2 |
 * | `APT::Update::Pre-Invoke` runs as root before the lists are fetched, `DPkg::Post-Invoke` after packages were installed | seen: the same; both in `doc/examples/configure-index` | the same |
 */
export function gateway(settings: GatewaySettings): Recipe {
  const { address, range, isolatedFrom, published, resolvers, timeServers, mirror, next, volumeHosts } = settings;
  const inside = [range.toString()];
  const listed = [...new Set(destinations(settings).map(({ host: name }) => name))];
  const own: Recipe = {
    packages: ["chrony", "dns-root-data", "haproxy", "squid", "unbound"],
    files: [
      { path: "/etc/haproxy/haproxy.cfg", content: haproxy(published) },
      { path: "/etc/squid/squid.conf", content: squid(range, isolatedFrom, destinations(settings)) },
      ...names({ range, isolatedFrom, resolvers, names: listed }),
      { path: "/etc/chrony/chrony.conf", content: clock(timeServers, inside) },
      { path: "/etc/resolv.conf", content: "nameserver 127.0.0.1\n" },
      { path: "/etc/apt/sources.list", content: sources(mirror) },
      { path: aptScript, content: scripts.gatewayApt, mode: "0755" },
      {
        path: "/etc/apt/apt.conf.d/50-proxy",
        content: [
          `${noOtherSources}Acquire::https::Proxy-Auto-Detect "${aptScript}";`,
          `APT::Update::Pre-Invoke { "${aptScript} open ${new URL(mirror.packages).port || "443"}"; };`,
          `DPkg::Post-Invoke { "${aptScript} shut"; };`,
          "",
        ].join("\n"),
      },
      {
        path: "/etc/sovereign-uc/checks.d/50-gateway",
        mode: "0755",
        content: [
          "#!/bin/sh",
          "# Everything that private hosts need from a gateway runs. Asked one by one: of several, systemctl is content with any.",
          "set -e",
          ...["haproxy", "squid", "unbound", "chrony", "tangd.socket", "journals-door"].map(
            (unit) => `systemctl is-active --quiet ${unit}`,
          ),
          "",
        ].join("\n"),
      },
      {
        path: "/etc/sovereign-uc/checks.d/55-names",
        mode: "0755",
        content: [
          "#!/bin/sh",
          "# A listed name is answered. Nothing is where the resolvers leave out signatures, cannot be reached, or the clock is wrong.",
          `getent ahostsv4 ${listed[0]} >/dev/null || {`,
          `  echo "expected an answer for ${listed[0]}, got none; look at journalctl -u unbound: the resolvers (${resolvers.map((one) => one.address).join(", ")}) have to answer over TLS and to pass DNSSEC signatures on, and the clock has to be right" >&2`,
          "  exit 1",
          "}",
          "",
        ].join("\n"),
      },
    ],
    units: [
      { name: "unbound.service", files: [namesPaths.configuration, namesPaths.listed] },
      { name: "chrony.service", files: ["/etc/chrony/chrony.conf"] },
      { name: "squid.service", files: ["/etc/squid/squid.conf"], onChange: "reload" },
      { name: "haproxy.service", files: ["/etc/haproxy/haproxy.cfg"], onChange: "reload" },
    ],
    openings: [
      ...published.flatMap(({ port, from, reason, targets, targetPort }) => [
        inbound("tcp", port, from, reason),
        outbound("tcp", targetPort, targets.map(host), reason),
      ]),
      ...healthChecks(published),
      inbound("udp", 53, inside, "names for private hosts"),
      inbound("tcp", 53, inside, "names for private hosts"),
      inbound("udp", 123, inside, "time for private hosts"),
      inbound("tcp", proxyPort, inside, "the proxy for private hosts"),
      outbound("tcp", 22, inside, "the administrators' path to private hosts"),
      // Names are the proxy's business, ports are held here too: whoever takes it over reaches no other.
      ...[...new Set(destinations(settings).map(({ port }) => port))].map((port) => ({
        ...outbound("tcp", port, Cidr.anywhere, "the proxy's listed destinations"),
        user: "proxy",
      })),
      ...resolvers.map(({ address }) => outbound("tcp", 853, [host(address)], "names over TLS")),
      ...timeServers.map((address) => outbound("udp", 123, [host(address)], "time")),
    ],
  };
  // Tang first: until it is converged, it has the port of the web.
  return combine(
    tangServer(address, volumeHosts),
    own,
    keepsJournals(range, settings.elasticRange),
    sendsJournal(next, [next]),
  );
}

/** Beside apt's own settings, which convergence writes before packages. */
const aptScript = "/etc/apt/sovereign-uc-gateway";

const host = (address: string): string => `${address}/${address.includes(":") ? 128 : 32}`;

/** One opening for each port of targets that is asked for health alone. */
function healthChecks(published: readonly Published[]): readonly Opening[] {
  const ports = [...new Set(published.flatMap(({ healthPort }) => (healthPort === undefined ? [] : [healthPort])))];
  return ports.map((port) => {
    const targets = published.flatMap((one) => (one.healthPort === port ? one.targets : []));
    return outbound("tcp", port, [...new Set(targets)].map(host), "health of what is published");
  });
}

/** Destinations that the proxy allows: the mirror, and the listed ones. */
const destinations = ({ egress, mirror }: GatewaySettings): readonly Egress[] => [
  ...mirrorDestinations(mirror).map((place) => ({ ...place, reason: "the operator's mirror" })),
  ...egress,
];
