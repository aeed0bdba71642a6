import { validate, invalid } from "./errors";
import { dnsLabel, domainName } from "./names";
import { countInRange, integerInRange } from "./numbers";
import { edgeNodePorts, nodePortOf, Route, StickOn, TcpRoute, tlsPlaces, Upstream, WebRoute } from "./route";
import { fields, flag, list, oneOf, record } from "./shapes";
import { Tier, tier, tierText } from "./tier";

const example =
  '{ kind: "web", name: "pad", host: "pad.example.ch", upstreams: [{ name: "pad", tier, port: "http" }], health: ["/"] }';

/**
 * Checks the routes of one edge, each by itself and all against each other: no name, host name or port twice.
 *
 * @throws RangeError with every problem.
 */
export function readRoutes(values: readonly Route[]): readonly Route[] {
  if (Array.isArray(values) && values.length === 0)
    throw invalid("at least one route", values, "take the routes of the services' plans");
  const routes = list(values, "routes", `routes like [${example}]`, (value) => readRoute(value));
  const problems = [
    ...twice(routes, ({ name }) => name, "a route name of its own", "rename one of the routes"),
    ...twice(routes, hostOf, "a host name that no other route has", "give one of the services another name"),
    ...twice(routes, plainPort, "a port that no other route has", "give both routes an sni, or one another port"),
    ...clashes(routes),
  ];
  if (problems.length > 0) throw new RangeError([...new Set(problems)].join("\n"));
  return routes;
}

/** Host name by which a route is told from others: for every port of its own. */
const hostOf = (route: Route): string | undefined => {
  if (route.kind === "web") return route.host;
  return route.sni === undefined ? undefined : route.port === 443 ? route.sni : `${route.sni}:${route.port}`;
};

const plainPort = (route: Route): string | undefined =>
  route.kind === "tcp" && route.sni === undefined ? `${route.port}` : undefined;

function twice(
  routes: readonly Route[],
  key: (route: Route) => string | undefined,
  expected: string,
  advice: string,
): readonly string[] {
  const keys = routes.map(key);
  return [...new Set(keys)].flatMap((one) => {
    const owners = routes.filter((_, i) => one !== undefined && keys[i] === one);
    return owners.length < 2
      ? []
      : [invalid(expected, `${one} of ${owners.map(({ name }) => name).join(" and ")}`, advice).message];
  });
}

/** A port without sni beside the same one with sni, and two gateways' ports on one port of the hosts. */
function clashes(routes: readonly Route[]): readonly string[] {
  const tcp = routes.filter((route) => route.kind === "tcp");
  const mixed = tcp.filter(
    (route) => route.sni === undefined && tcp.some((other) => other.sni !== undefined && other.port === route.port),
  );
  const nodes = new Map<number, Set<number>>([
    [edgeNodePorts.web, new Set([443])],
    [edgeNodePorts.challenges, new Set([80])],
  ]);
  const health = tcp.filter((route) => nodePortOf(route) === edgeNodePorts.health);
  for (const route of tcp) nodes.set(nodePortOf(route), (nodes.get(nodePortOf(route)) ?? new Set()).add(route.port));
  return [
    ...mixed.map(
      ({ name, port }) =>
        invalid(`an sni for every route on port ${port}`, name, "give it one, or another port").message,
    ),
    ...health.map(
      ({ name }) =>
        invalid(
          `a node port other than ${edgeNodePorts.health}, where the gateways ask for the edge's health`,
          name,
          "give nodePort another",
        ).message,
    ),
    ...[...nodes].flatMap(([nodePort, ports]) =>
      ports.size < 2
        ? []
        : [invalid(`one port behind node port ${nodePort}`, [...ports].join(" and "), "give nodePort another").message],
    ),
  ];
}

/** Checks one route. @throws RangeError with every problem. */
export function readRoute(value: Route): Route {
  const route = record<Route>(value, "a route", example);
  validate({
    kind: () => oneOf(route.kind, "a kind", ["web", "tcp"]),
    name: () => dnsLabel(route.name, 50),
    upstreams: () => readUpstreams(route.upstreams),
    ...(isTcp(route) ? tcpParsers(route) : webParsers(route)),
  });
  return value;
}

const isTcp = (route: Partial<Route>): route is Partial<TcpRoute> => route.kind === "tcp";

const webParsers = (route: Partial<WebRoute>) => ({
  host: () => domainName(route.host),
  health: () => readPaths(route.health, 1, "say how to see that a pod works"),
  stickOn: () => {
    readStickOn(route.stickOn);
    // The places of pods have another order on every replica of the edge, so what one replica remembers would mean another pod on the next.
    if (route.stickOn !== undefined && Array.isArray(route.upstreams) && route.upstreams.length < 2)
      throw invalid(
        "at least two upstreams",
        route.upstreams.length,
        "name the shards that a client stays on, or leave stickOn out",
      );
  },
  closedPaths: () => readPaths(route.closedPaths ?? [], 0, "list paths that clients must not reach"),
  headers: () => readHeaders(route.headers ?? {}),
  bodyMib: () => countInRange(route.bodyMib ?? 16, "mebibytes of a body", 1, 1_048_576),
  requestsPerSecondPerSource: () =>
    optional(route.requestsPerSecondPerSource, "requests per second of one source", 100_000),
  connectionsPerSource: () => optional(route.connectionsPerSource, "connections of one source", 100_000),
  timeouts: () => {
    const { answerSeconds = 90, webSocketSeconds = 3600 } = record(
      route.timeouts ?? {},
      "time-outs",
      "{ answerSeconds: 90 }",
    );
    countInRange(answerSeconds, "seconds without an answer", 1, 86_400);
    countInRange(webSocketSeconds, "seconds of a silent WebSocket", 1, 86_400);
  },
  paths: () =>
    validate(
      Object.fromEntries(
        Object.entries(record(route.paths ?? {}, "upstreams by path", "{}")).map(([path, to]) => [
          `"${path}"`,
          () => {
            readPaths([path], 1, "correct it");
            const { upstreams, health, headers } = fields(to);
            readUpstreams(upstreams);
            readPaths(health, 1, "say how to see that a pod works");
            readHeaders(headers ?? {});
          },
        ]),
      ),
    ),
});

const tcpParsers = (route: Partial<TcpRoute>) => ({
  port: () => {
    integerInRange(route.port, "a port", 1, 65_535);
    if (route.port === 80) throw invalid("another port than 80", 80, "it answers certificate authorities only");
  },
  tls: () => oneOf(route.tls, "a place where TLS ends", tlsPlaces),
  sni: () => {
    if (route.sni !== undefined) domainName(route.sni);
    if (route.sni !== undefined && route.tls === "none")
      throw invalid("no sni without TLS", route.sni, "leave it out, or say where TLS ends");
    if (route.sni === undefined && (route.port === 443 || route.tls === "ends-at-edge"))
      throw invalid(
        "the host name in the client's handshake",
        undefined,
        route.port === 443 ? "give it: the web has port 443, too" : "give it: the edge needs its certificate",
      );
  },
  proxyProtocol: () => flag(route.proxyProtocol, "say whether the pods read PROXY protocol version 2"),
  connectionsPerSource: () => optional(route.connectionsPerSource, "connections of one source", 100_000),
  connections: () => optional(route.connections, "connections of a gateway's port", 100_000),
  idleMinutes: () => countInRange(route.idleMinutes ?? 10, "idle minutes", 1, 1_440),
  nodePort: () => {
    if (route.nodePort !== undefined) integerInRange(route.nodePort, "a node port", 30_000, 32_767);
    else if (typeof route.port === "number" && route.port > 2_767)
      throw invalid("a node port for a port above 2767", undefined, "give nodePort, from 30000 to 32767");
  },
});

function optional(value: unknown, unit: string, most: number): void {
  if (value !== undefined) countInRange(value, unit, 1, most);
}

function readUpstreams(values: readonly Upstream[] | undefined): void {
  if (Array.isArray(values) && values.length === 0)
    throw invalid("at least one upstream", values, "name the tiers that answer");
  const sample = '[{ name: "web", tier, port: "http" }]';
  const upstreams = list(values, "upstreams", sample, (value) => {
    const { name, tier, port, pods = 10 } = record(value, "an upstream", sample);
    validate({
      name: () => dnsLabel(name, 30),
      pods: () => countInRange(pods, "pods", 1, 200),
      port: () => {
        const read = readTier(tier);
        const found = read.ports[String(port)];
        if (found === undefined || found.protocol === "udp")
          throw invalid(
            `a TCP port of ${tierText(read)} out of ${Object.keys(read.ports).join(", ") || "none"}`,
            port,
            "name one",
          );
      },
    });
    return value;
  });
  const names = upstreams.map(({ name }) => name);
  if (new Set(names).size < names.length) throw invalid("an upstream name of its own", names.join(", "), "rename one");
}

/** Reads a tier that comes from a program without types, too. @throws RangeError with every problem. */
function readTier(value: Tier | undefined): Tier {
  const { namespace, name, ports } = record(value, "a tier", 'tier("pad", "pad", { http: 9001 })');
  return tier(String(namespace), String(name), fields(ports) as Tier["ports"]);
}

/** Paths as they stand in a configuration line: nothing in them has a meaning there. */
function readPaths(values: readonly string[] | undefined, least: number, advice: string): void {
  const good =
    Array.isArray(values) &&
    values.every((path) => typeof path === "string" && /^\/[A-Za-z0-9/_.~-]{0,200}$/.test(path));
  if (!good || values.length < least) throw invalid('paths like "/health"', values, advice);
}

function readStickOn(value: StickOn | undefined): void {
  if (value === undefined || value === "source") return;
  const { parameter, cookie } = record<{ parameter: string; cookie: string }>(
    value as { parameter: string; cookie: string },
    "a query parameter, a cookie or the source",
    '{ parameter: "room" }',
  );
  const name = parameter ?? cookie;
  if (
    typeof name !== "string" ||
    !/^[A-Za-z0-9_-]{1,60}$/.test(name) ||
    (parameter !== undefined && cookie !== undefined)
  )
    throw invalid("the name of one query parameter or cookie", value, 'give one like { parameter: "room" }');
}

/** HAProxy gives quotes, backslashes, dollars and per cents in a value a meaning of their own. */
function readHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [header, value] of Object.entries(record(headers, "headers by name", "{}")))
    if (
      !/^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(header) ||
      typeof value !== "string" ||
      !/^[ !#&-[\]-~]{1,4000}$/.test(value)
    )
      throw invalid(
        "headers of plain text without quotation marks, backslashes, dollars and per cents",
        `${header}: ${String(value)}`,
        "write it without them",
      );
}
