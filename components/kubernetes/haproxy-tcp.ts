import { Route, TcpRoute, Upstream, WebRoute } from "../core/route";
import { allPodsHost, podsHost } from "../core/tier";

/** An upstream of several: it has a proxy inside the process, so that it is one server for the route however many pods it has. */
export interface ShardProxy {
  readonly route: WebRoute;
  /** Name of the section of the route that chooses between shards. */
  readonly section: string;
  readonly upstream: Upstream;
  readonly health: readonly string[];
  /** Short, since an abstract socket's name has at most 107 characters. */
  readonly socket: string;
}

/** Ways of a web route: its own, and those of its paths. */
export const waysOf = (route: WebRoute) => [
  { section: `web-${route.name}`, upstreams: route.upstreams, health: route.health, headers: route.headers },
  ...Object.values(route.paths ?? {}).map(({ upstreams, health, headers = route.headers }, i) => ({
    section: `web-${route.name}-${i + 1}`,
    upstreams,
    health,
    headers,
  })),
];

/** True for a route of which a part is served by several upstreams, each a shard. */
export const hasShards = (route: Route): boolean => route.kind === "web" && shardsOf([route]).length > 0;

export const shardsOf = (routes: readonly WebRoute[]): readonly ShardProxy[] =>
  routes
    .flatMap((route) =>
      waysOf(route).flatMap(({ section, upstreams, health }) =>
        upstreams.length < 2 ? [] : upstreams.map((upstream) => ({ route, section, upstream, health })),
      ),
    )
    .map((shard, i) => ({ ...shard, socket: `abns@shard-${i + 1}-$HOSTNAME` }));

/**
 * Places for the pods of a tier, addressed one by one. Not its ClusterIP: for some 45 seconds after a host's death that still leads to the pods on it, health
 * checks included, and then all pods of the tier look dead (seen on live nodes).
 *
 * While none of those that Kubernetes lists as ready answers, all others are taken that answer: a kubelet that starts lists no pod of its host before it has asked
 * each again, although all serve (kubernetes v1.34.2, pkg/kubelet/prober/worker.go; seen on live nodes). Not before, since a pod that ends is among them.
 */
export const podServers = ({ tier, port, pods = 10 }: Upstream, words: string, prefix = "pod-"): readonly string[] => {
  const places = (name: string, host: string): string =>
    `    server-template ${name} 1-${pods} ${host}:${tier.ports[port]?.port ?? 0} check${words}`;
  return [places(prefix, podsHost(tier)), `${places(`any-${prefix}`, allPodsHost(tier))} backup`];
};

/** Backend of a TCP route; where TLS ends here, after a frontend inside the process. */
export function tcpRoute(route: TcpRoute, connections: number): string {
  const { name, tls, proxyProtocol, upstreams, connectionsPerSource, idleMinutes = 10 } = route;
  const words = proxyProtocol ? " send-proxy-v2 check-send-proxy" : "";
  const counted =
    connectionsPerSource === undefined
      ? []
      : [
          "    stick-table type ipv6 size 100k expire 30s store conn_cur,conn_rate(10s)",
          "    tcp-request content track-sc1 src,ipmask(32,64)",
          `    tcp-request content reject if { sc1_conn_cur gt ${connectionsPerSource} } || { sc1_conn_rate gt ${connectionsPerSource} }`,
        ];
  const pods = [
    "    balance leastconn",
    "    option tcp-check",
    `    timeout tunnel ${idleMinutes}m`,
    ...upstreams.flatMap((upstream) => podServers(upstream, words, `${upstream.name}-`)),
    "",
  ];
  if (tls !== "ends-at-edge") return [`backend tcp-${name}`, "    mode tcp", ...counted, ...pods].join("\n");
  return [
    `backend tcp-${name}`,
    "    mode tcp",
    ...counted,
    `    timeout tunnel ${idleMinutes}m`,
    `    server inside "abns@tcp-${name}-$HOSTNAME" send-proxy-v2`,
    "",
    `listen tls-${name}`,
    "    mode tcp",
    `    bind "abns@tcp-${name}-$HOSTNAME" accept-proxy ssl crt-list /etc/edge/tcp-${name}.list strict-sni`,
    `    maxconn ${connections}`,
    ...pods,
  ].join("\n");
}
