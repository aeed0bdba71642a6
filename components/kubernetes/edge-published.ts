import { invalid, type Keys, knownKeys } from "../core/errors";
import { edgeNodePorts, nodePortOf, Route, TcpRoute } from "../core/route";
import type { Published } from "../recipe/parts/published";
import { ownPorts } from "./haproxy";

/** Settings of the ports that the gateways publish for an edge. */
export interface EdgePublished {
  /** Private addresses of the application hosts that stay. */
  readonly applicationHosts: readonly string[];
  /** Connections at once that each gateway keeps for the web; further ports have the same. @default 20000 */
  readonly connections?: number;
  /** Of them, those of one source. @default - a quarter */
  readonly connectionsPerSource?: number;
  /** Allowed sources. @default - everybody */
  readonly from?: readonly string[];
  /** Certificates come from an ACME directory, which asks on port 80. @default false */
  readonly acme?: boolean;
}

const edgePublishedKeys: Keys<EdgePublished> = {
  applicationHosts: true,
  connections: true,
  connectionsPerSource: true,
  from: true,
  acme: true,
};

/** Everybody, over both families. */
const anywhere = ["0.0.0.0/0", "::/0"] as const;

/**
 * Ports of the gateways that lead to the edge: 443 for the web and what shares it, one for each further port of a route, 80 where certificates come from a
 * directory. Computed from the routes alone, so gateways can be made before the edge.
 *
 * @throws RangeError without application hosts.
 */
export function edgePublished(routes: readonly Route[], settings: EdgePublished): readonly Published[] {
  const { applicationHosts, from = anywhere, acme = false } = knownKeys(settings, edgePublishedKeys);
  if (!Array.isArray(applicationHosts) || applicationHosts.length === 0)
    throw invalid("at least one application host", applicationHosts, "give the addresses of the pool");
  const way = (port: number, targetPort: number, reason: string): Published => ({
    port,
    targets: applicationHosts,
    targetPort,
    proxyProtocol: true,
    healthPort: edgeNodePorts.health,
    from,
    reason,
    ...(settings.connections === undefined ? {} : { connections: settings.connections }),
    ...(settings.connectionsPerSource === undefined ? {} : { connectionsPerSource: settings.connectionsPerSource }),
  });
  const shared = routes.filter((route) => nodePortOf(route) === edgeNodePorts.web);
  return [
    ...(shared.length === 0 ? [] : [webWay(way, shared)]),
    ...[...ownPorts(routes)].flatMap(([port, own]) =>
      own.slice(0, 1).map((first) => ({
        ...way(port, nodePortOf(first), names(own)),
        ...mostOf(own),
        tls: own.every(({ tls }) => tls !== "none"),
        idleMinutes: longest(own),
      })),
    ),
    ...(acme
      ? [
          {
            ...way(80, edgeNodePorts.challenges, "challenges of the certificate authority"),
            from: anywhere,
            tls: false,
            idleMinutes: 1,
            connections: 1_000,
            connectionsPerSource: 250,
          },
        ]
      : []),
  ];
}

/** Places of a port that routes share, where one of them says how many it needs: the most, and of one source a quarter unless it says that, too. */
function mostOf(routes: readonly TcpRoute[]): Pick<Published, "connections" | "connectionsPerSource"> {
  const connections = Math.max(0, ...routes.map((route) => route.connections ?? 0));
  if (connections === 0) return {};
  const source = Math.max(0, ...routes.map((route) => route.connectionsPerSource ?? 0));
  return { connections, connectionsPerSource: Math.min(connections, Math.max(source, Math.ceil(connections / 4))) };
}

function webWay(way: (port: number, target: number, reason: string) => Published, shared: readonly Route[]): Published {
  // A WebSocket may be silent as long as its route says; an hour where none says so.
  const minutes = shared.map((route) =>
    route.kind === "tcp" ? (route.idleMinutes ?? 10) : Math.ceil((route.timeouts?.webSocketSeconds ?? 3_600) / 60),
  );
  return { ...way(443, edgeNodePorts.web, names(shared)), idleMinutes: Math.max(...minutes) };
}

const longest = (routes: readonly TcpRoute[]): number => Math.max(...routes.map(({ idleMinutes = 10 }) => idleMinutes));

const names = (routes: readonly Route[]): string => routes.map(({ name }) => name).join(", ");
