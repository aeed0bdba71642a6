import type { Cidr } from "../../core/cidr";
import type { Keys } from "../../core/errors";
import type { OutletNeed } from "../../core/plan";

/** A port of the gateways that leads to private hosts. */
export interface Published {
  /** Port on the gateways' public addresses. */
  readonly port: number;
  /** Private addresses that take it. */
  readonly targets: readonly string[];
  readonly targetPort: number;
  /** True if targets get the client's address by PROXY protocol version 2. */
  readonly proxyProtocol: boolean;
  /** Allowed sources. */
  readonly from: readonly string[];
  readonly reason: string;
  /** Connections at once that each gateway keeps for this port: no other port can take them. @default 20000 */
  readonly connections?: number;
  /**
   * Connections at once that each gateway takes from one source, and new ones in ten seconds: an IPv4 address, or the 64 leading bits of an IPv6 address. A whole
   * ministry can come from one address, so it has to fit what stands behind the largest one. @default - a quarter of `connections`
   */
  readonly connectionsPerSource?: number;
  /** True if clients speak first and begin with TLS. Then connections without a complete ClientHello after five seconds are closed. @default true */
  readonly tls?: boolean;
  /** Minutes without a byte in either direction after which a connection ends. @default 10 */
  readonly idleMinutes?: number;
  /**
   * Port of the targets that answers `GET /healthz` with 200 as long as they take new connections. A target that is about to stop answers otherwise,
   * and goes on taking what still comes until the gateways have noticed. @default - a target takes connections while `targetPort` is open
   */
  readonly healthPort?: number;
}

export const publishedKeys: Keys<Published> = {
  port: true,
  targets: true,
  targetPort: true,
  proxyProtocol: true,
  from: true,
  reason: true,
  connections: true,
  connectionsPerSource: true,
  tls: true,
  idleMinutes: true,
  healthPort: true,
};

export const outletKeys: Keys<OutletNeed> = { port: true, addresses: true, reason: true };

/**
 * An outlet as HAProxy and the filters have it: a port for private hosts alone, of which each is a source, that leads to addresses outside. Few connections: what comes
 * of a flood of them ends here.
 */
export const outletPort = ({ port, addresses, reason }: OutletNeed, inside: Cidr): Published => ({
  port,
  targets: addresses,
  targetPort: port,
  proxyProtocol: false,
  from: [inside.toString()],
  reason,
  connections: 400,
  connectionsPerSource: 100,
});

/** The limits of a published port, defaults filled in. */
export const limits = ({
  connections = 20_000,
  connectionsPerSource,
  tls = true,
  idleMinutes = 10,
}: Partial<Published>) => ({
  connections,
  connectionsPerSource: connectionsPerSource ?? Math.ceil(connections / 4),
  tls,
  idleMinutes,
});

/** Connections that a gateway takes over all published ports: 2 × 16 KiB of buffers each while it is busy, so at most some 3 GiB. */
export const mostConnections = 100_000;

/** Places beyond those of all ports, for connections that are being refused. */
const spare = 100;

/**
 * Connections to published ports, passed on as they are: TLS ends inside. Each port has places of its own, so that a full one takes none from another, and one
 * source has a part of them. Understood by HAProxy 2.6 (Debian's) to 3.2.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | a frontend that has all its `maxconn` leaves further connections in the kernel's queue; the global one stops all frontends | doc/configuration.txt | haproxy/haproxy v3.2.0 |
 * | `timeout tunnel` takes the place of the client's and the server's as soon as no rule inspects a TCP connection any more | the same | the same |
 * | `redispatch 1` gives each new attempt to the balancing algorithm again | doc/configuration.txt; seen on live nodes | haproxy/haproxy v3.2.0 |
 * | `check port` asks another port than the one for traffic, without the PROXY protocol unless `check-send-proxy` stands there; `option httpchk` takes 2xx and 3xx | the same | the same |
 * | `ipmask(32,64)`, counters of a tracked source, `inspect-delay` | the same; run with 2.6.12 and 3.2.0 | the same |
 */
export function haproxy(published: readonly Published[]): string {
  const places = published.reduce((sum, port) => sum + limits(port).connections, spare);
  return [
    "global",
    `  maxconn ${places}`,
    "  log /dev/log local0",
    "  user haproxy",
    "  group haproxy",
    "",
    "defaults",
    "  mode tcp",
    "  log global",
    "  option tcplog",
    "  option dontlognull",
    // A target that went a moment ago is not asked again: the next attempt goes to another one, and two failed checks take it out.
    "  option redispatch 1",
    "  retries 3",
    "  timeout connect 2s",
    "  default-server inter 1s fall 2",
    "  timeout client 30s",
    "  timeout server 30s",
    "  timeout client-fin 30s",
    "  timeout server-fin 30s",
    ...published.flatMap((one) => [...frontend(one), ...backend(one)]),
    "",
  ].join("\n");
}

/** Rules that count each source and refuse what is too much, before anything is read of it. */
export const perSource = (when: "connection" | "session", most: number): readonly string[] => [
  "stick-table type ipv6 size 100k expire 30s store conn_cur,conn_rate(10s)",
  `tcp-request ${when} track-sc0 src,ipmask(32,64)`,
  `tcp-request ${when} reject if { sc0_conn_cur gt ${most} } || { sc0_conn_rate gt ${most} }`,
];

/** Rules that end a connection which does not begin as TLS does. */
export const tlsFirst: readonly string[] = [
  "tcp-request inspect-delay 5s",
  "tcp-request content accept if { req.ssl_hello_type 1 }",
  "tcp-request content reject",
];

function frontend(published: Published): readonly string[] {
  const { port, reason } = published;
  const { connections, connectionsPerSource, tls } = limits(published);
  return [
    "",
    `# ${reason}`,
    `frontend published-${port}`,
    `  bind :${port}`,
    `  maxconn ${connections}`,
    ...perSource("connection", connectionsPerSource).map((line) => `  ${line}`),
    ...(tls ? tlsFirst.map((line) => `  ${line}`) : []),
    `  default_backend published-${port}`,
  ];
}

function backend(published: Published): readonly string[] {
  const { port, targets, targetPort, proxyProtocol, healthPort } = published;
  const ownPort = proxyProtocol ? " check-send-proxy" : "";
  return [
    "",
    `backend published-${port}`,
    // Not by the source: that would choose the target that failed anew. What has to stick to a server does so behind the targets, which share a table.
    "  balance leastconn",
    ...(healthPort === undefined ? ["  option tcp-check"] : ["  option httpchk GET /healthz"]),
    `  timeout tunnel ${limits(published).idleMinutes}m`,
    ...targets.map(
      (address, i) =>
        `  server target-${i + 1} ${address}:${targetPort}${proxyProtocol ? " send-proxy-v2" : ""} check${healthPort === undefined ? ownPort : ` port ${healthPort}`}`,
    ),
  ];
}
