import type { Subject } from "../rule";
import { cloudReaders } from "./openings-cloud";
import { addressedBy } from "./addressed";
import { acceptedReader } from "./openings-accepted";
import { attached, remembering } from "./memo";
import { hostPorts, kubernetesOpenings } from "./openings-kubernetes";
import { collect, type Openings, type Reader } from "./opening";
import { at, items, strings, type Value } from "./value";

export type { Opening, Openings } from "./opening";

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ...Object.entries(cloudReaders),
  ["sovereign-uc:index:HostPool", (properties) => declared(properties, "openings")],
  ["sovereign-uc:index:Gateway", (properties) => declared(properties, "published", "egress")],
]);

/** Ranges that a resource connects without opening a port: the networks behind it. A link of ours leads to every site that it joins. */
const routes: ReadonlyMap<string, (properties: Subject["properties"]) => readonly Value[]> = new Map([
  ["hcloud:index/networkRoute:NetworkRoute", (properties: Subject["properties"]) => [at(properties, "destination")]],
  ["hcloud:index/loadBalancerTarget:LoadBalancerTarget", (properties) => [at(properties, "ip")]],
  ["sovereign-uc:index:SiteLink", (properties) => items(at(properties, "sites")).map((site) => at(site, "range"))],
  // A host by address is let through the proxy like one by name.
  ["sovereign-uc:index:Gateway", (properties) => items(at(properties, "egress")).map((row) => at(row, "host"))],
]);

/** True if resources of a type connect networks. */
export const isRoute = (type: string): boolean => routes.has(type) || addressedBy(type) !== undefined;

/** The networks and addresses that a resource leads to. */
export const destinationsOf = ({ type, properties }: Subject): readonly Value[] =>
  (routes.get(type) ?? addressedBy(type))?.(properties) ?? [];

/** True if resources of a type open or route anything. */
export const isFilter = remembering(
  (type): boolean =>
    readers.has(type) ||
    isRoute(type) ||
    type.startsWith("kubernetes:") ||
    type.startsWith("docker:") ||
    acceptedReader(type) !== undefined,
);

/** Openings of any resource that opens something. */
export const openingsOf = attached(
  (subject: Subject): Openings | undefined =>
    readers.get(subject.type)?.(subject.properties) ??
    acceptedReader(subject.type)?.(subject.properties) ??
    (subject.type.startsWith("docker:") ? published(subject) : kubernetesOpenings(subject)),
);

/** Ports of the machine that compose publishes. */
function published({ properties }: Subject): Openings | undefined {
  const openings = hostPorts(properties);
  return openings.length === 0 ? undefined : { openings, partial: false };
}

/** Openings that our components declare: they become the hosts' own filter, which no other resource shows. */
function declared(properties: Subject["properties"], ...keys: readonly string[]): Openings {
  const lists = keys.map((key) =>
    collect(at(properties, key), (opening, i) => {
      const port = at(opening, "port");
      const ends = [at(port, 0), at(port, 1)];
      const [first, last] = typeof port === "number" ? [port, port] : ends;
      if (typeof first !== "number" || typeof last !== "number") return [];
      const protocol = at(opening, "protocol");
      return [
        {
          what: `${key}[${i}]`,
          direction: at(opening, "direction") === "out" || key === "egress" ? "out" : "in",
          protocol: protocol === "udp" ? "udp" : "tcp",
          first,
          last,
          peers: strings(at(opening, key === "openings" ? "peers" : "from")),
          except: [],
          inside: false,
        },
      ];
    }),
  );
  return { openings: lists.flatMap(({ openings }) => openings), partial: lists.some(({ partial }) => partial) };
}
