import { nodePortOf, Route, TcpRoute, WebRoute } from "../core/route";
import { perSource, tlsFirst } from "../recipe/parts/published";
import { shardsOf, tcpRoute } from "./haproxy-tcp";
import { type Replica, views } from "./haproxy-views";
import { challenges, PortLimits, webFrontend, webRoute } from "./haproxy-web";

export interface HaproxySettings {
  readonly routes: readonly Route[];
  /** Certificates by name, with the host names that each is shown for. */
  readonly certificates: Readonly<Record<string, readonly string[]>>;
  /** Host names whose certificates come from an ACME directory: their challenges are answered on port 80. @default [] */
  readonly challenged?: readonly string[];
  /** Replicas of the edge: name of the host and address, for the table that they share. */
  readonly peers: readonly Replica[];
  /** Connections at once of one replica, for the web and for each further port. */
  readonly connections: number;
  /** Of them, those of one source. @default - half of them */
  readonly connectionsPerSource?: number;
}

/** Ports of the edge inside the cluster; routes on further ports of the gateways have their node port's number here, too. */
export const edgePorts = {
  web: 8443,
  challenges: 8080,
  health: 8404,
  peers: 8090,
  control: 8405,
  views: 8406,
} as const;

/** Folders inside the edge's pods. */
export const edgeFolders = { config: "/etc/edge", certificates: "/run/edge" } as const;

/** Places for probes and for what replicas tell each other, which no client can take. */
const reserved = { health: 50, all: 400 } as const;

/** Routes on ports of their own, by port. */
export const ownPorts = (routes: readonly Route[]): ReadonlyMap<number, readonly TcpRoute[]> => {
  const ports = new Map<number, TcpRoute[]>();
  for (const route of routes)
    if (route.kind === "tcp" && route.port !== 443) ports.set(route.port, [...(ports.get(route.port) ?? []), route]);
  return ports;
};

const isWeb = (route: Route): route is WebRoute => route.kind === "web";

/**
 * Configuration files of the edge, by name: gateways say who the client is (PROXY protocol version 2), each source is counted before a byte of TLS is read, TLS
 * ends here, each host name has its pods. Understood by HAProxy 2.6 to 3.2.
 *
 * Rules that know the real source run only after the frontend's own TLS, so thousands who never end their handshake would go uncounted: therefore a frontend
 * without TLS stands before the one with it, and hands connections on inside the process. Each client has two places because of that, and a third one where a
 * route has shards.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `server-template` with `resolvers` fills its places from one name's addresses and empties them when an address is gone from an answer | doc/configuration.txt; run | haproxy/haproxy v3.2.0; Debian's 2.6.12 |
 * | an answer that fails keeps addresses for `hold other`, `refused`, `timeout`, `nx`; afterwards the places are closed | the same, section 5.3.2 | the same |
 * | `strict-sni` refuses the handshake when no line of the list has the name | the same; run | the same |
 * | `set ssl cert`, `commit ssl cert` change a certificate without a new process; connections stay | doc/management.txt; run | the same |
 * | an error file without content closes without an answer, which `retry-on empty-response` asks again | doc/configuration.txt, `errorfile`, `retry-on`; run | v2.6.0, v3.2.0; Debian's 2.6.12 |
 * | a second attempt by hash or in turn goes to another server than the first | src/lb_chash.c, `chash_get_server_hash`; run | v2.6.0; Debian's 2.6.12 |
 * | servers with `backup` are taken while no other one of the backend is up, all of them with `option allbackups`; `nbsrv` counts them then | doc/configuration.txt, 4.2 and 5.2; src/backend.c, `recount_servers`; include/haproxy/backend.h, `be_usable_srv`; run | v2.6.0, v3.2.0; Debian's 2.6.12 |
 * | `monitor fail` can stand several times, each line adds a condition; `srv_is_up` and `nbsrv` can be asked there | doc/configuration.txt, 4.2 and 7.3.2; run | v2.6.0, v3.2.0; Debian's 2.6.12 |
 * | `show peers` says of each replica whether there is a connection (`active`), and how the last one began (`last_status`, also of one that ended) | src/peers.c | v2.6.0, v3.2.0 |
 */
export function haproxy(settings: HaproxySettings): Readonly<Record<string, string>> {
  const { routes, certificates, peers, connections, challenged = [] } = settings;
  const { connectionsPerSource = Math.ceil(connections / 2) } = settings;
  const web = routes.filter(isWeb);
  const tcp = routes.filter((route) => !isWeb(route)) as readonly TcpRoute[];
  const shards = shardsOf(web);
  const names = Object.fromEntries(
    Object.entries(certificates).flatMap(([name, hosts]) => hosts.map((host) => [host, name] as const)),
  );
  const lists = (hosts: readonly string[]): string =>
    hosts.map((host) => `${edgeFolders.certificates}/${names[host] ?? host}.pem ${host}\n`).join("");
  const inner = tcp.filter(({ tls }) => tls === "ends-at-edge").length;
  const places =
    connections * (2 + (shards.length > 0 ? 1 : 0) + ownPorts(routes).size + inner + (challenged.length > 0 ? 1 : 0));
  const wide = { connections, connectionsPerSource };
  return {
    "haproxy.cfg": [
      ...general(places),
      peersSection(peers),
      health,
      door(routes, wide),
      ...[...ownPorts(routes).values()].map((shared) => ownPort(shared, wide)),
      ...tcp.map((route) => tcpRoute(route, connections)),
      ...(web.length === 0 ? [] : [webFrontend(web, wide)]),
      ...web.map((route) => webRoute(route, shards, peers)),
      ...views(shards, peers, edgePorts.views),
      ...(challenged.length === 0 ? [] : [challenges(connections)]),
    ].join("\n"),
    ...(web.length === 0
      ? {}
      : {
          "web.list": lists(web.map(({ host }) => host)),
          "hosts.map": web.map(({ name, host }) => `${host} web-${name}\n`).join(""),
          "paths.map": web
            .flatMap(({ name, host, paths = {} }) =>
              Object.keys(paths).map((path, i) => `${host}${path.replace(/\/$/, "")}/ web-${name}-${i + 1}\n`),
            )
            .join(""),
        }),
    ...Object.fromEntries(
      tcp.filter(({ tls }) => tls === "ends-at-edge").map(({ name, sni = "" }) => [`tcp-${name}.list`, lists([sni])]),
    ),
    ...(challenged.length === 0 ? {} : { "challenged.list": challenged.map((host) => `${host}\n`).join("") }),
  };
}

const general = (places: number): readonly string[] => [
  `global
    log stdout format raw local0 info
    localpeer "$HOSTNAME"
    # Only the edge's own script is in reach of it: it hands over changed certificates.
    stats socket ipv4@127.0.0.1:${edgePorts.control} level admin
    maxconn ${places + reserved.all}
    hard-stop-after 50s
    tune.ssl.default-dh-param 2048
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    ssl-default-bind-ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
    ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256
`,
  `defaults
    mode http
    log global
    option dontlognull
    # The first attempt to a pod that is gone is the last one to it, also where the connection was there before and has not brought a byte of an answer.
    option redispatch 1
    # Pods that are not ready by Kubernetes' word stand in together, not the first of them alone.
    option allbackups
    retries 3
    retry-on conn-failure empty-response
    http-reuse never
    timeout connect 2s
    timeout http-request 10s
    timeout http-keep-alive 10s
    timeout queue 10s
    timeout client 30s
    timeout client-fin 30s
    timeout server 90s
    timeout tunnel 1h
    timeout check 2s
    # A host that is gone says no goodbye: the kernel ends its connections. A pod that drains keeps them.
    option srvtcpka
    srvtcpka-idle 5s
    srvtcpka-intvl 5s
    srvtcpka-cnt 2
    # A pod that refuses a connection gets no further one before it has answered checks: two of them at once, one that goes and one whose network is not there yet,
    # have the fewest connections, and would share all attempts of a request.
    default-server inter 1s fall 2 rise 2 tcp-ut 5s observe layer4 error-limit 1 on-error mark-down init-addr none resolvers cluster resolve-prefer ipv4
`,
  `resolvers cluster
    parse-resolv-conf
    accepted_payload_size 8192
    # Health checks say which addresses serve. A resolver that fails takes nothing away.
    hold valid 2s
    hold obsolete 0s
    hold nx 24h
    hold refused 24h
    hold timeout 24h
    hold other 24h
`,
];

const health = `frontend health
    bind :${edgePorts.health}
    maxconn ${reserved.health}
    timeout client 5s
    no log
    monitor-uri /healthz
    monitor fail if { nbsrv(open) eq 0 }

# Its server is never asked: it says whether this edge takes connections, and the edge's own scripts switch it.
backend open
    server edge 127.0.0.1:${edgePorts.health} disabled
`;

/** One file serves all replicas: the line of a replica itself has no address, since that is what it listens on. */
function peersSection(peers: HaproxySettings["peers"]): string {
  return [
    "peers edges",
    `    bind :${edgePorts.peers}`,
    // Names that were not there yet when the process started are asked for again.
    "    default-server init-addr last,libc,none resolvers cluster",
    ...peers.flatMap(({ name, address }) => [
      `.if streq("$HOSTNAME",${name})`,
      `    server ${name}`,
      ".else",
      `    server ${name} ${address}:${edgePorts.peers}`,
      ".endif",
    ]),
    "",
  ].join("\n");
}

/** The web's port, which TCP routes on port 443 share: counts each source, lets through what begins as TLS does, and tells routes apart by the name asked for. */
function door(routes: readonly Route[], { connections, connectionsPerSource }: PortLimits): string {
  const shared = routes.filter((route): route is TcpRoute => route.kind === "tcp" && route.port === 443);
  return [
    "frontend door",
    "    mode tcp",
    "    no log",
    `    bind :${edgePorts.web} accept-proxy`,
    `    maxconn ${connections}`,
    ...[...perSource("session", connectionsPerSource), ...tlsFirst].map((line) => `    ${line}`),
    ...shared.map(bySni),
    ...(routes.some(isWeb)
      ? ["    default_backend inside", "", "backend inside", "    mode tcp", `    server web "${inside}" send-proxy-v2`]
      : []),
    "",
  ].join("\n");
}

/** Socket of the process's own, in Linux' abstract namespace. */
const inside = "abns@web-$HOSTNAME";

const bySni = ({ name, sni = "" }: TcpRoute): string => `    use_backend tcp-${name} if { req.ssl_sni -i ${sni} }`;

/** A further port of the gateways: one route has it alone, or several by the name asked for. */
function ownPort(shared: readonly TcpRoute[], { connections, connectionsPerSource }: PortLimits): string {
  const [first] = shared;
  if (first === undefined) return "";
  return [
    `frontend port-${first.port}`,
    "    mode tcp",
    `    bind :${nodePortOf(first)} accept-proxy`,
    `    maxconn ${connections}`,
    ...perSource("session", connectionsPerSource).map((line) => `    ${line}`),
    ...(first.tls === "none" ? [] : tlsFirst.map((line) => `    ${line}`)),
    `    timeout client ${first.idleMinutes ?? 10}m`,
    ...(first.sni === undefined ? [`    default_backend tcp-${first.name}`] : shared.map(bySni)),
    "",
  ].join("\n");
}
