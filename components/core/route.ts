import { byKind, each, type Keys, type KeysByKind } from "./errors";
import { link, Link, linkOut, sameEnd } from "./link";
import { edgeNamespace, Tier, tier, tierKeys } from "./tier";

/** All pods of one tier. A route with several upstreams has shards: each is one server, which is lost as a whole. */
export interface Upstream {
  /** Name in HAProxy's log and statistics: "shard-1". */
  readonly name: string;
  readonly tier: Tier;
  /** Name of the tier's port. */
  readonly port: string;
  /** Most pods at once, those of an update included. @default 10 */
  readonly pods?: number;
  /** True if its pods are on the host network of media hosts, where policies know them by addresses only. @default false */
  readonly onMediaHosts?: boolean;
}

export const upstreamKeys: Keys<Upstream> = {
  name: true,
  tier: tierKeys,
  port: true,
  pods: true,
  onMediaHosts: true,
};

/** The value that keeps a client on one upstream, on every replica of the edge, until that upstream fails. */
export type StickOn =
  /** A query parameter: everybody who asks for the same room. Letter case does not count. */
  | { readonly parameter: string }
  /** A cookie that the service itself sets. The edge sets none. */
  | { readonly cookie: string }
  /** The client's IPv4 address, or the 64 leading bits of its IPv6 address. */
  | "source";

/** Limits of one route for its clients. */
export interface RouteLimits {
  /**
   * Largest body of one request. With a limit, a body needs `Content-Length`: a length that nobody knows beforehand cannot be limited.
   *
   * @default 16
   */
  readonly bodyMib?: number;
  /** Requests of one source in a second, averaged over ten; more are answered 429. @default - the edge's own limit */
  readonly requestsPerSecondPerSource?: number;
  /** Requests and WebSocket connections of one source in progress at once; more are answered 429. @default - the edge's own limit */
  readonly connectionsPerSource?: number;
}

/** Seconds of patience on the way to the pods. */
export interface RouteTimeouts {
  /** Without a byte of an answer. @default 90 */
  readonly answerSeconds?: number;
  /** Without a byte in either direction on a WebSocket. @default 3600 */
  readonly webSocketSeconds?: number;
}

/** Requests for one host name, and the pods that answer them. TLS ends at the edge. */
export interface WebRoute extends RouteLimits {
  readonly kind: "web";
  readonly name: string;
  /** Host name that clients ask for. One route has it, and no other. */
  readonly host: string;
  readonly upstreams: readonly Upstream[];
  /** @default - the upstream with the fewest connections */
  readonly stickOn?: StickOn;
  /** Paths that all answer 200 while a pod works. */
  readonly health: readonly string[];
  readonly timeouts?: RouteTimeouts;
  /** Paths, with everything below them, that clients are answered 404. @default [] */
  readonly closedPaths?: readonly string[];
  /** Headers of every answer, in place of the pods' own: a web server can lose its own on some paths. @default - the pods' and the edge's */
  readonly headers?: Readonly<Record<string, string>>;
  /** Paths, with everything below them, that other pods answer, by path. The longest match counts. @default {} */
  readonly paths?: Readonly<
    Record<
      string,
      {
        readonly upstreams: readonly Upstream[];
        readonly health: readonly string[];
        /** Headers of every answer, in place of the pods' own. @default - those of the route */
        readonly headers?: Readonly<Record<string, string>>;
      }
    >
  >;
}

export const tlsPlaces = ["ends-at-edge", "passes-through", "none"] as const;

/** Connections that are not HTTP: mail, TURN over TLS. */
export interface TcpRoute {
  readonly kind: "tcp";
  readonly name: string;
  /** Port at the gateways. */
  readonly port: number;
  /** Host name in the client's TLS handshake, where several routes share a port; 443 is always shared, since the web has it. */
  readonly sni?: string;
  /** The place where TLS ends; "none" for protocols in clear or with STARTTLS. */
  readonly tls: (typeof tlsPlaces)[number];
  /** Pods are told the client's address by PROXY protocol version 2. */
  readonly proxyProtocol: boolean;
  readonly upstreams: readonly Upstream[];
  /** Connections of one source at once, and new ones in ten seconds. @default - the edge's own limit */
  readonly connectionsPerSource?: number;
  /** Connections at once that each gateway keeps for a port of its own; of several routes that share one, the most. @default 20000 */
  readonly connections?: number;
  /** Minutes without a byte in either direction. @default 10 */
  readonly idleMinutes?: number;
  /** Port on application hosts where the gateways find it, from 30000 to 32767. @default - 30000 and the port, up to port 2767 */
  readonly nodePort?: number;
}

/** A way from the gateways to pods, as plain data: it exists before the edge and the service do. */
export type Route = WebRoute | TcpRoute;

const webRouteKeys: Keys<WebRoute> = {
  kind: true,
  name: true,
  host: true,
  upstreams: each(upstreamKeys),
  stickOn: { parameter: true, cookie: true },
  health: true,
  timeouts: { answerSeconds: true, webSocketSeconds: true },
  closedPaths: true,
  headers: true,
  paths: each({ upstreams: each(upstreamKeys), health: true, headers: true }),
  bodyMib: true,
  requestsPerSecondPerSource: true,
  connectionsPerSource: true,
};

const tcpRouteKeys: Keys<TcpRoute> = {
  kind: true,
  name: true,
  port: true,
  sni: true,
  tls: true,
  proxyProtocol: true,
  upstreams: each(upstreamKeys),
  connectionsPerSource: true,
  connections: true,
  idleMinutes: true,
  nodePort: true,
};

export const routeKeys: KeysByKind<Route> = byKind({ web: webRouteKeys, tcp: tcpRouteKeys });

/** Ports on application hosts that every edge has: the web, challenges of certificate authorities, and the question whether it takes connections. */
export const edgeNodePorts = { web: 30_443, challenges: 30_080, health: 30_404 } as const;

/** Port on application hosts that a route's connections arrive at. */
export const nodePortOf = (route: Route): number =>
  route.kind === "web" || route.port === 443 ? edgeNodePorts.web : (route.nodePort ?? 30_000 + route.port);

/** Host names whose certificate the edge needs for a route. */
export const certificateNames = (route: Route): readonly string[] => {
  if (route.kind === "web") return [route.host];
  return route.tls === "ends-at-edge" && route.sni !== undefined ? [route.sni] : [];
};

/** All upstreams of a route, those of its paths included. */
export const upstreamsOf = (route: Route): readonly Upstream[] => [
  ...route.upstreams,
  ...(route.kind === "web" ? Object.values(route.paths ?? {}).flatMap(({ upstreams }) => upstreams) : []),
];

/** The tier that all routes lead through. Services name it as the other end of their links. */
export const edgeTier = tier(edgeNamespace, "edge", {
  web: 8443,
  challenges: 8080,
  health: 8404,
  peers: 8090,
  views: 8406,
});

/**
 * One link for every port that a route leads to: services give those of their own tiers to their policies.
 *
 * @param mediaHosts private addresses of all media hosts, for upstreams that are on them.
 * @throws RangeError for such an upstream where there are none.
 */
export const edgeLinks = (routes: readonly Route[], mediaHosts: readonly string[] = []): readonly Link[] => {
  const reason = "requests and health checks of the edge";
  const hosts = { name: "media hosts", ranges: mediaHosts.map((address) => `${address}/32`) };
  const links = routes.flatMap((route) =>
    upstreamsOf(route).map(({ tier: to, port, onMediaHosts = false }) =>
      onMediaHosts ? linkOut(edgeTier, hosts, to.ports[port]?.port ?? 0, reason) : link(edgeTier, to, port, reason),
    ),
  );
  return links.filter((one, i) => links.findIndex(({ to, port }) => sameEnd(to, one.to) && port === one.port) === i);
};
