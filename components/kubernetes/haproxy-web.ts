import { StickOn, Upstream, WebRoute } from "../core/route";
import { podServers, ShardProxy, waysOf } from "./haproxy-tcp";
import { lostElsewhere, Replica, shardSection } from "./haproxy-views";

/** Limits of one port. */
export interface PortLimits {
  readonly connections: number;
  readonly connectionsPerSource: number;
}

const hostAsked = "req.hdr(host),field(1,:),lower";

/** Requests of one source in ten seconds: a page brings some ten over each connection. */
const requestsPerConnection = 10;

/** Path at which a shard's proxy says that a pod of it serves; the edge answers 404 to clients that ask for it. */
const shardAlive = "/.edge/shard";

/** The frontend that ends TLS for all host names, and finds the route of a request. */
export function webFrontend(routes: readonly WebRoute[], { connections, connectionsPerSource }: PortLimits): string {
  const byPath = routes.some(({ paths = {} }) => Object.keys(paths).length > 0);
  return `backend requests
    stick-table type ipv6 size 100k expire 30s store http_req_rate(10s)

frontend web
    bind "abns@web-$HOSTNAME" accept-proxy ssl crt-list /etc/edge/web.list strict-sni alpn h2,http/1.1
    maxconn ${connections}
    # The query is left out: it can carry tokens.
    log-format "%ci [%tr] %ft %b/%s %Tq/%Tw/%Tc/%Tr/%Ta %ST %B %tsc %HM %HPO"
    http-request track-sc1 src,ipmask(32,64) table requests
    http-request deny deny_status 429 if { sc1_http_req_rate gt ${requestsPerConnection * connectionsPerSource} }
    http-request set-var(txn.host) ${hostAsked}
    http-request set-var(txn.route) var(txn.host),map_str(/etc/edge/hosts.map)
    # The name of the handshake and the name of the request are one: a browser that reuses a connection for another name opens one of its own.
    http-request deny deny_status 421 unless { var(txn.route) -m found } { ssl_fc_sni,lower,strcmp(txn.host) eq 0 }
    http-request deny deny_status 404 if { path ${shardAlive} }
    # A pod may have done what it was asked, and not have said so: only what changes nothing is asked again.
    http-request disable-l7-retry unless { method GET HEAD OPTIONS }
    http-request del-header X-Forwarded-For
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Forwarded-Proto https
${
  byPath
    ? `    http-request set-var-fmt(txn.place) "%[var(txn.host)]%[path,url_dec]/"
    http-request set-var(txn.route) var(txn.place),map_beg(/etc/edge/paths.map) if { var(txn.place),map_beg(/etc/edge/paths.map) -m found }
`
    : ""
}    # Answers of the edge's own, before there is a route; a route's backend sets them with the route's in their place.
${dressed({}, " unless { be_name -m beg web- }")}
    http-after-response del-header Server
    use_backend %[var(txn.route)]
`;
}

/** Headers of every answer, unless a route has its own. */
const careful = {
  "Strict-Transport-Security": "max-age=63072000",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "SAMEORIGIN",
  "Referrer-Policy": "no-referrer",
} as const;

/** After the response, so that an answer of the edge's own has them, too. */
function dressed(headers: Readonly<Record<string, string>>, condition = ""): string {
  const own = Object.keys(headers).map((name) => name.toLowerCase());
  const kept = Object.entries(careful).filter(([name]) => !own.includes(name.toLowerCase()));
  return [...kept, ...Object.entries(headers)]
    .map(([name, value]) => `    http-after-response set-header ${name} "${value}"${condition}`)
    .join("\n");
}

/** Backends of a route and of its paths, a proxy for each shard, and a table for its own limits. */
export function webRoute(route: WebRoute, shards: readonly ShardProxy[], replicas: readonly Replica[]): string {
  const limited = route.requestsPerSecondPerSource !== undefined || route.connectionsPerSource !== undefined;
  const own = shards.filter((shard) => shard.route === route);
  return [
    ...(limited
      ? [
          `backend sources-${route.name}`,
          "    stick-table type ipv6 size 100k expire 30s store http_req_rate(10s),conn_cur",
          "",
        ]
      : []),
    ...waysOf(route).flatMap((way) => [
      `backend ${way.section}`,
      ...rules(route, limited, way.headers),
      ...(way.upstreams.length < 2
        ? [
            "    balance leastconn",
            ...checks(route.host, way.health),
            ...way.upstreams.flatMap((one) => podServers(one, "")),
          ]
        : [
            ...sticking(route.stickOn, replicas.length > 0),
            ...checks(route.host, [shardAlive]),
            // Nothing but this process is asked: the shard's own proxy has the checks that need patience.
            ...own
              .filter(({ section }) => section === way.section)
              .map(({ upstream, socket }) => shardServer(upstream, socket)),
          ]),
      "",
    ]),
    ...own.flatMap((shard) => shardProxy(shard, lostElsewhere(shard, own, replicas))),
  ].join("\n");
}

const shardServer = ({ name }: Upstream, socket: string): string =>
  `    server ${name} "${socket}" check inter 200ms fall 1 rise 1 on-marked-down shutdown-sessions`;

function shardProxy(shard: ShardProxy, lost: readonly string[]): readonly string[] {
  const { route, upstream, health, socket } = shard;
  const name = shardSection(shard);
  return [
    `listen ${name}`,
    `    bind "${socket}"`,
    "    no log",
    `    monitor-uri ${shardAlive}`,
    `    monitor fail if { nbsrv(${name}) lt 1 }`,
    ...lost,
    // Where no pod can be asked, nothing is said: a request that changes nothing goes to another shard then, before checks have taken this one out.
    "    errorfile 503 /dev/null",
    ...times(route),
    "    balance leastconn",
    ...checks(route.host, health),
    // Longer than a kubelet that starts keeps the shard's singletons out of reach of its pods.
    ...podServers(upstream, " fall 4"),
    "",
  ];
}

const times = ({ timeouts: { answerSeconds = 90, webSocketSeconds = 3600 } = {} }: WebRoute): readonly string[] => [
  `    timeout server ${answerSeconds}s`,
  `    timeout tunnel ${webSocketSeconds}s`,
];

function rules(route: WebRoute, limited: boolean, headers: Readonly<Record<string, string>> = {}): readonly string[] {
  const { name, closedPaths = [], bodyMib = 16 } = route;
  const { requestsPerSecondPerSource: requests, connectionsPerSource: connections } = route;
  const closed = closedPaths.map((path) => path.replace(/\/$/, ""));
  return [
    ...times(route),
    ...(limited ? [`    http-request track-sc2 src,ipmask(32,64) table sources-${name}`] : []),
    ...(requests === undefined
      ? []
      : [`    http-request deny deny_status 429 if { sc2_http_req_rate gt ${10 * requests} }`]),
    ...(connections === undefined
      ? []
      : [`    http-request deny deny_status 429 if { sc2_conn_cur gt ${connections} }`]),
    `    http-request deny deny_status 413 if { req.hdr_val(content-length) gt ${bodyMib * 1_048_576} }`,
    '    http-request return status 411 content-type text/plain string "a length is required" unless { req.hdr(content-length) -m found } || { internal.htx.has_eom } || { req.hdr(upgrade) -m found }',
    ...(closed.length === 0
      ? []
      : [
          // Servers decode a path and join slashes before they look for it, and some cut what follows a semicolon.
          '    http-request set-var(txn.path) path,url_dec,regsub("/+","/",g)',
          "    http-request deny deny_status 404 if { var(txn.path) -m sub /../ /./ } || { var(txn.path) -m end /.. /. }",
          '    http-request set-var-fmt(txn.path) "%[var(txn.path)]/"',
          `    http-request deny deny_status 404 if { var(txn.path) -m beg -i ${closed.flatMap((path) => [`${path}/`, `${path};`]).join(" ")} }`,
        ]),
    dressed(headers),
  ];
}

function sticking(on: StickOn | undefined, shared: boolean): readonly string[] {
  if (on === undefined) return ["    balance leastconn"];
  const table = (type: string): string =>
    `    stick-table type ${type} size 100k expire 24h${shared ? " peers edges" : ""}`;
  const hashed = (value: string): readonly string[] => [
    // Every replica hashes a new value to the same server before the table has told it; afterwards the table decides.
    `    balance hash ${value}`,
    "    hash-type consistent djb2 avalanche",
  ];
  if (on === "source") return [...hashed("src,ipmask(32,64)"), table("ipv6"), "    stick on src,ipmask(32,64)"];
  if ("parameter" in on) {
    const value = `url_param(${on.parameter}),lower`;
    return [...hashed(value), table("string len 128"), `    stick on ${value}`];
  }
  return [
    "    balance leastconn",
    table("string len 128"),
    `    stick on req.cook(${on.cookie})`,
    `    stick store-response res.cook(${on.cookie})`,
  ];
}

const checks = (host: string, paths: readonly string[]): readonly string[] => [
  "    option httpchk",
  ...paths.flatMap((path) => [
    "    http-check connect",
    `    http-check send meth GET uri ${path} ver HTTP/1.1 hdr Host ${host}`,
    "    http-check expect status 200",
  ]),
];

/**
 * Port 80: challenges of certificate authorities, and nothing else. An answer is made of the token that was asked for and the account's thumbprint (RFC 8555, 8.1),
 * so every replica has it, and nothing has to be told to one. It serves this account's orders only: the authority compares it with the account's key.
 */
export const challenges = (connections: number): string => `frontend challenges
    bind :8080 accept-proxy
    maxconn ${Math.min(connections, 500)}
    timeout client 5s
    http-request deny deny_status 404 unless { ${hostAsked} -m str -f /etc/edge/challenged.list } { path -m reg ^/\\.well-known/acme-challenge/[A-Za-z0-9_-]{16,128}$ }
    http-request return status 200 content-type application/octet-stream lf-string "%[path,field(4,/)].\${ACME_THUMBPRINT}"
`;
