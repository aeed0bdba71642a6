import { perSource, tlsFirst } from "../recipe/parts/published";

/** A place that answers for a service. */
export interface Server {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** Servers behind the edge, found by the domain that was asked for. */
export interface Backend {
  readonly name: string;
  readonly domain: string;
  readonly servers: readonly Server[];
  /** Paths that all answer 200 while a server works. */
  readonly health: readonly string[];
  /**
   * Query parameter whose value belongs to one server: the first choice is the same on every replica of the edge, and is kept until the server fails.
   *
   * @default - any server
   */
  readonly stickOn?: string;
  /**
   * Headers of every answer, each once, in place of what the servers say: a web server can lose its own on some paths.
   *
   * @default - what the servers say
   */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HaproxySettings {
  readonly backends: readonly Backend[];
  /** Replicas of the edge: name of the host and address, for the table that they share. */
  readonly peers: readonly { readonly name: string; readonly address: string }[];
  /** Connections at once of one replica. */
  readonly connections: number;
  /** Of them, those of one source. @default - half of them */
  readonly connectionsPerSource?: number;
}

/** Ports of the edge inside the cluster. */
export const edgePorts = { web: 8443, health: 8404, peers: 8090 } as const;

/** Where the certificate stands; HAProxy finds the key beside it, under the same name and `.key`. */
export const certificateFile = "site.pem";

const hostAsked = "req.hdr(host),field(1,:),lower";

/** Places for probes and for what replicas tell each other, which no client can take. */
const reserved = { health: 50, all: 200 } as const;

/**
 * Configuration of the edge: gateways say who the client is (PROXY protocol version 2), each source is counted before a byte of TLS is read, TLS ends here,
 * each domain has its servers. Understood by HAProxy 2.6 to 3.2.
 *
 * The rules that know the real source run only after the frontend's own TLS, so that thousands who never end their handshake would go uncounted: therefore a frontend
 * without TLS stands before the one with it, and hands connections on inside the process. Each client has two places because of that.
 */
export function haproxy({ backends, peers, connections, ...more }: HaproxySettings): string {
  const { connectionsPerSource = Math.ceil(connections / 2) } = more;
  return [
    `global
    log stdout format raw local0 info
    localpeer "$HOSTNAME"
    maxconn ${2 * connections + reserved.all}
    hard-stop-after 50s
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    ssl-default-bind-ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
    ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256
`,
    `defaults
    mode http
    log global
    option dontlognull
    option redispatch
    retries 3
    timeout connect 5s
    timeout http-request 10s
    timeout http-keep-alive 10s
    timeout queue 10s
    timeout client 30s
    timeout client-fin 30s
    timeout server 90s
    timeout tunnel 1h
    timeout check 5s
    default-server inter 2s fall 3 rise 2 init-addr last,libc,none resolvers cluster on-marked-down shutdown-sessions
`,
    `resolvers cluster
    parse-resolv-conf
    hold valid 10s
`,
    peersSection(peers),
    `frontend health
    bind :${edgePorts.health}
    maxconn ${reserved.health}
    timeout client 5s
    no log
    monitor-uri /healthz
`,
    door(connections, connectionsPerSource),
    frontend(backends, connections, connectionsPerSource),
    ...backends.map((backend) => backendSection(backend, peers)),
  ].join("\n");
}

/** One file serves all replicas: the line of a replica itself has no address, since that is what it listens on. */
function peersSection(peers: HaproxySettings["peers"]): string {
  return [
    "peers edges",
    `    bind :${edgePorts.peers}`,
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

/** Unix socket of the process's own, in Linux' abstract namespace. */
const inside = "abns@web-$HOSTNAME";

/** Where gateways come in: counts each source, and lets through what begins as TLS does. */
const door = (connections: number, connectionsPerSource: number): string =>
  [
    "frontend door",
    "    mode tcp",
    "    no log",
    `    bind :${edgePorts.web} accept-proxy`,
    `    maxconn ${connections}`,
    ...perSource("session", connectionsPerSource).map((line) => `    ${line}`),
    ...tlsFirst.map((line) => `    ${line}`),
    "    default_backend inside",
    "",
    "backend inside",
    "    mode tcp",
    `    server web "${inside}" send-proxy-v2`,
    "",
  ].join("\n");

/** Requests of one source in ten seconds: a page brings some ten over each connection. */
const requestsPerConnection = 10;

function frontend(backends: readonly Backend[], connections: number, connectionsPerSource: number): string {
  return `backend requests
    stick-table type ipv6 size 100k expire 30s store http_req_rate(10s)

frontend web
    bind "${inside}" accept-proxy ssl crt /tls/${certificateFile} alpn h2,http/1.1
    maxconn ${connections}
    # The query is left out: it can carry tokens.
    log-format "%ci [%tr] %ft %b/%s %Tq/%Tw/%Tc/%Tr/%Ta %ST %B %tsc %HM %HPO"
    http-request track-sc1 src,ipmask(32,64) table requests
    http-request deny deny_status 429 if { sc1_http_req_rate gt ${requestsPerConnection * connectionsPerSource} }
    http-request deny deny_status 421 unless { ${hostAsked} -m str ${backends.map(({ domain }) => domain).join(" ")} }
    http-request del-header X-Forwarded-For
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Forwarded-Proto https
    http-after-response set-header Strict-Transport-Security "max-age=63072000"
    http-after-response set-header X-Content-Type-Options nosniff
    http-after-response set-header X-Frame-Options SAMEORIGIN
    http-after-response set-header Referrer-Policy no-referrer
    http-after-response del-header Server
${backends.map(({ name, domain }) => `    use_backend ${name} if { ${hostAsked} -m str ${domain} }\n`).join("")}`;
}

function backendSection(
  { name, servers, health, stickOn, headers = {} }: Backend,
  peers: HaproxySettings["peers"],
): string {
  const sticky =
    stickOn === undefined
      ? ["    balance leastconn"]
      : [
          // Every replica hashes a new value to the same server before the table has told it; afterwards the table decides.
          `    balance hash url_param(${stickOn}),lower`,
          "    hash-type consistent djb2 avalanche",
          `    stick-table type string len 128 size 100k expire 24h${peers.length === 0 ? "" : " peers edges"}`,
          `    stick on url_param(${stickOn}),lower`,
        ];
  return [
    `backend ${name}`,
    ...sticky,
    // After the response, so that an answer of the edge's own has them, too.
    ...Object.entries(headers).map(([header, value]) => `    http-after-response set-header ${header} "${value}"`),
    "    option httpchk",
    ...health.flatMap((path) => [
      "    http-check connect",
      `    http-check send meth GET uri ${path}`,
      "    http-check expect status 200",
    ]),
    ...servers.map((server) => `    server ${server.name} ${server.host}:${server.port} check`),
    "",
  ].join("\n");
}
