import { Cidr } from "../../core/cidr";
import { Mirror, mirrorDestinations } from "../../core/mirror";
import { inbound, outbound } from "../../core/openings";
import { combine, Recipe } from "../recipe";
import { keepsJournals, sendsJournal } from "./journals";
import { scripts } from "../scripts";
import { clock, gatewayName, noOtherSources, proxyPort, sources } from "./private-host";
import { tangServer } from "./tang";

/** A port of the gateways that leads to private hosts. */
export interface Published {
  /** Port on the gateways' public addresses. */
  readonly port: number;
  /** Private addresses that take it. */
  readonly targets: readonly string[];
  readonly targetPort: number;
  /** Whether targets are told the client's address by PROXY protocol version 2. */
  readonly proxyProtocol: boolean;
  /** Who may come in. */
  readonly from: readonly string[];
  readonly reason: string;
}

/**
 * A destination that private hosts and pods may reach through the proxy, and only by `CONNECT`: the program itself has to know the proxy (`HTTPS_PROXY`, or a
 * setting of its own) and speak TLS to the destination. Programs that know none get nowhere, whatever is listed: Postfix, for one, has no way to a
 * relay on port 587 or 25 by this list.
 */
export interface Egress {
  readonly host: string;
  readonly port: number;
  readonly reason: string;
}

/** A resolver that the gateways ask over TLS. */
export interface Resolver {
  readonly address: string;
  /** Name in its certificate. */
  readonly name: string;
}

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
  readonly clocks: readonly string[];
  readonly mirror: Mirror;
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
  const { address, range, published, resolvers, clocks, mirror, next } = settings;
  const inside = [range.toString()];
  const own: Recipe = {
    packages: ["chrony", "haproxy", "squid", "unbound"],
    files: [
      { path: "/etc/haproxy/haproxy.cfg", content: haproxy(published) },
      { path: "/etc/squid/squid.conf", content: squid(settings) },
      { path: "/etc/unbound/unbound.conf", content: unbound(settings) },
      { path: "/etc/chrony/chrony.conf", content: clock(clocks, inside) },
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
          ...["haproxy", "squid", "unbound", "chrony", "tangd.socket"].map(
            (unit) => `systemctl is-active --quiet ${unit}`,
          ),
          "",
        ].join("\n"),
      },
    ],
    units: [
      { name: "unbound.service", files: ["/etc/unbound/unbound.conf"] },
      { name: "chrony.service", files: ["/etc/chrony/chrony.conf"] },
      { name: "squid.service", files: ["/etc/squid/squid.conf"], onChange: "reload" },
      { name: "haproxy.service", files: ["/etc/haproxy/haproxy.cfg"], onChange: "reload" },
    ],
    openings: [
      ...published.flatMap(({ port, from, reason, targets, targetPort }) => [
        inbound("tcp", port, from, reason),
        outbound(
          "tcp",
          targetPort,
          targets.map((address) => `${address}/32`),
          reason,
        ),
      ]),
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
      ...clocks.map((address) => outbound("udp", 123, [host(address)], "time")),
    ],
  };
  // Tang first: until it is converged, it has the port of the web.
  return combine(
    tangServer(address, range.toString()),
    own,
    keepsJournals(range.toString()),
    sendsJournal(next, [next]),
  );
}

/** Beside apt's own settings, which convergence writes before packages. */
const aptScript = "/etc/apt/sovereign-uc-gateway";

const host = (address: string): string => `${address}/${address.includes(":") ? 128 : 32}`;

/** Connections to published ports, passed on as they are: TLS ends inside. */
function haproxy(published: readonly Published[]): string {
  return [
    "global",
    "  maxconn 20000",
    "  log /dev/log local0",
    "  user haproxy",
    "  group haproxy",
    "",
    "defaults",
    "  mode tcp",
    "  log global",
    "  option tcplog",
    "  option dontlognull",
    "  timeout connect 5s",
    "  timeout client 1h",
    "  timeout server 1h",
    ...published.flatMap(({ port, targets, targetPort, proxyProtocol, reason }) => [
      "",
      `# ${reason}`,
      `frontend published-${port}`,
      `  bind :${port}`,
      `  default_backend published-${port}`,
      "",
      `backend published-${port}`,
      "  balance source",
      "  option tcp-check",
      ...targets.map(
        (address, i) =>
          `  server target-${i + 1} ${address}:${targetPort} check${proxyProtocol ? " send-proxy-v2 check-send-proxy" : ""}`,
      ),
    ]),
    "",
  ].join("\n");
}

/** What the proxy lets through: the mirror, and what is listed beside it. */
const destinations = ({ egress, mirror }: GatewaySettings): readonly Egress[] => [
  ...mirrorDestinations(mirror).map((place) => ({ ...place, reason: "the operator's mirror" })),
  ...egress,
];

/** A forward proxy that knows its destinations by name and port, and no isolated address whatever its name. */
function squid(settings: GatewaySettings): string {
  const { range, isolatedFrom } = settings;
  return [
    `http_port ${proxyPort}`,
    // Otherwise squid asks the resolver for its own name before it listens.
    `visible_hostname ${gatewayName}`,
    `acl inside src ${range.toString()} 127.0.0.1/32`,
    "acl connect method CONNECT",
    ...isolatedFrom.map((isolated) => `acl isolated dst ${isolated.toString()}`),
    ...(isolatedFrom.length === 0 ? [] : ["http_access deny isolated"]),
    ...destinations(settings).flatMap(({ host: name, port, reason }, i) => [
      `# ${reason}`,
      `acl name${i} dstdomain -n ${name}`,
      `acl port${i} port ${port}`,
      `http_access allow connect inside name${i} port${i}`,
    ]),
    "http_access deny all",
    "cache deny all",
    "cache_log /var/log/squid/cache.log",
    "access_log stdio:/var/log/squid/access.log",
    "via off",
    "forwarded_for delete",
    "httpd_suppress_version_string on",
    "shutdown_lifetime 5 seconds",
    "",
  ].join("\n");
}

/** A resolver for the private hosts that asks listed servers over TLS and answers with no isolated address. */
function unbound({ range, isolatedFrom, resolvers }: GatewaySettings): string {
  return [
    "server:",
    "  interface: 0.0.0.0",
    "  access-control: 127.0.0.0/8 allow",
    `  access-control: ${range.toString()} allow`,
    "  hide-identity: yes",
    "  hide-version: yes",
    "  qname-minimisation: yes",
    "  tls-cert-bundle: /etc/ssl/certs/ca-certificates.crt",
    ...isolatedFrom.map((isolated) => `  private-address: ${isolated.toString()}`),
    "",
    "forward-zone:",
    '  name: "."',
    "  forward-tls-upstream: yes",
    ...resolvers.map(({ address, name }) => `  forward-addr: ${address}@853#${name}`),
    "",
  ].join("\n");
}
