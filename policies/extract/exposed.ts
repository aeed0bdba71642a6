import type { Subject } from "../rule";
import { type Opening, openingsOf } from "./openings";
import { attached } from "./memo";
import { Ranges } from "./ranges";
import { kindOf } from "./subject";
import { at, hasKey, items, strings, unknown, type Value, worded } from "./value";

/** A port that anybody on the internet reaches, or nobody knows who does. */
export interface Exposed {
  readonly what: string;
  readonly protocol: Opening["protocol"];
  readonly first: number;
  readonly last: number;
}

/** Prefixes up to which a range counts as everybody: two halves of all addresses are everybody, and a whole /8 is nobody's own. */
const widest = { v4: 8, v6: 16 } as const;

/** True if a range holds so many addresses that it chooses nobody, and is no private one. */
export function isWide(range: string): boolean {
  const prefix = Number(range.split("/")[1] ?? Number.NaN);
  if (!Ranges.valid(range) || Number.isNaN(prefix) || Ranges.isPrivate(range)) return false;
  // IPv4 in its IPv6 form has 96 bits before its own.
  if (/^::ffff:/i.test(range)) return prefix - 96 <= widest.v4;
  return prefix <= (range.includes(":") ? widest.v6 : widest.v4);
}

/** True if peers let everybody in or out: none named, or ranges that choose nobody. */
export const isEverybody = ({ peers, inside }: Pick<Opening, "peers" | "inside">): boolean =>
  !inside && (peers.length === 0 || peers.some(isWide));

/** The port on which a balancer listens, by type. Its targets are in its own network. */
const balancers: Readonly<Record<string, (properties: Value) => readonly [port: Value, protocol: Value]>> = {
  "hcloud:index/loadBalancerService:LoadBalancerService": (properties) => [
    at(properties, "listenPort") ?? (at(properties, "protocol") === "http" ? 80 : 443),
    "tcp",
  ],
  "exoscale:index/nlbService:NlbService": (properties) => [at(properties, "port"), at(properties, "protocol") ?? "tcp"],
};

const protocolOf = (value: Value): Exposed["protocol"] => (worded(value).toLowerCase() === "udp" ? "udp" : "tcp");

/** Services of Kubernetes that a balancer publishes to everybody. Ports of nodes lie behind the nodes' own filter, which is judged itself. */
function published(properties: Value): readonly Exposed[] {
  const spec = at(properties, "spec");
  const external = items(at(spec, "externalIPs")).length > 0;
  if (at(spec, "type") !== "LoadBalancer" && !external) return [];
  const from = strings(at(spec, "loadBalancerSourceRanges"));
  if (from.length > 0 && !from.some(isWide)) return [];
  return items(at(spec, "ports")).flatMap((entry, i) => {
    const port = at(entry, "port");
    return typeof port === "number"
      ? [{ what: `spec.ports[${i}]`, protocol: protocolOf(at(entry, "protocol")), first: port, last: port }]
      : [];
  });
}

/** Kinds of Kubernetes that say where a balancer listens. */
const listeners = new Set(["gateway.networking.k8s.io/Gateway", "networking.istio.io/Gateway"]);

/**
 * Ports that a resource opens to everybody: rules of clouds' firewalls, balancers, and what containers publish. Policies of a cluster are no part of it: they
 * stand between pods, behind what is published.
 */
export const exposedBy = attached((subject: Subject): readonly Exposed[] | undefined => {
  const { type, properties } = subject;
  const balancer = hasKey(balancers, type) ? balancers[type]?.(properties) : undefined;
  if (balancer !== undefined) {
    const [port, protocol] = balancer;
    return typeof port === "number"
      ? [{ what: `the balancer's port ${port}`, protocol: protocolOf(protocol), first: port, last: port }]
      : [];
  }
  const found = kindOf(type);
  if (found !== undefined) {
    const name = `${found.group}/${found.kind.replace(/Patch$/, "")}`;
    if (name === "core/Service") return published(properties);
    if (!listeners.has(name)) return undefined;
  }
  const openings = openingsOf(subject)?.openings;
  return openings
    ?.filter((opening) => opening.direction === "in" && isEverybody(opening))
    .map(({ what, protocol, first, last }) => ({ what, protocol, first, last }));
});

/** True if a part of what a resource opens is not known. */
export const isPartly = (subject: Subject): boolean =>
  openingsOf(subject)?.partial === true ||
  (hasKey(balancers, subject.type) && balancers[subject.type]?.(subject.properties)[0] === unknown);
