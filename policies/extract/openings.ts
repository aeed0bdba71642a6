import type { Subject } from "../rule";
import { at, items, strings, unknown, type Value } from "./value";

/** An opening in a filter, independent of its provider's format. */
export interface Opening {
  /** Description for messages. */
  readonly what: string;
  readonly direction: "in" | "out";
  readonly protocol: "tcp" | "udp" | "any";
  readonly first: number;
  readonly last: number;
  /** Ranges of the other side. Empty: it names none (everything, or members of a group). */
  readonly peers: readonly string[];
  /** Ranges that are excepted from the peers. */
  readonly except: readonly string[];
  /** True if the other side is given by selector or group: never something outside. */
  readonly inside: boolean;
}

/** Openings of a resource, and whether a part of them is unknown before the update. Undefined: it is no filter. */
export interface Openings {
  readonly openings: readonly Opening[];
  readonly partial: boolean;
}

type Reader = (properties: Subject["properties"]) => Openings;

const readers: Readonly<Record<string, Reader>> = {
  "hcloud:index/firewall:Firewall": hcloudFirewall,
  "hcloud:index/loadBalancerService:LoadBalancerService": hcloudService,
  "exoscale:index/nlbService:NlbService": exoscaleService,
  "exoscale:index/securityGroupRule:SecurityGroupRule": exoscaleRule,
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": networkPolicy,
  "kubernetes:networking.k8s.io/v1:NetworkPolicyPatch": networkPolicy,
  "kubernetes:extensions/v1beta1:NetworkPolicy": networkPolicy,
  "sovereign-uc:index:HostPool": (properties) => declared(properties, "openings"),
  "sovereign-uc:index:Gateway": (properties) => declared(properties, "published", "egress"),
};

/** Ranges that a resource connects without opening a port: the networks behind it. A link of ours leads to every site that it joins. */
const routes: Readonly<Record<string, (properties: Subject["properties"]) => readonly Value[]>> = {
  "hcloud:index/networkRoute:NetworkRoute": (properties) => [at(properties, "destination")],
  "sovereign-uc:index:SiteLink": (properties) => items(at(properties, "sites")).map((site) => at(site, "range")),
};

/** True if resources of a type connect networks. */
export const isRoute = (type: string): boolean => type in routes;

/** Networks that a resource connects. */
export const destinationsOf = ({ type, properties }: Subject): readonly Value[] => routes[type]?.(properties) ?? [];

/** True if resources of a type open or route anything. */
export const isFilter = (type: string): boolean => type in readers || isRoute(type);

/** Openings of any kind of filter. */
export const openingsOf = ({ type, properties }: Subject): Openings | undefined => readers[type]?.(properties);

const everything = { first: 1, last: 65535 };

/** Property names: hcloud provider, type `FirewallRule`. A port is one number, a range or `any`. */
function hcloudFirewall(properties: Subject["properties"]): Openings {
  const rules = at(properties, "rules");
  return collect(rules, (rule, i) => {
    const direction = at(rule, "direction") === "out" ? "out" : "in";
    const protocol = at(rule, "protocol");
    if (protocol !== "tcp" && protocol !== "udp") return [];
    const peers = at(rule, direction === "in" ? "sourceIps" : "destinationIps");
    return [
      {
        what: `rule ${i + 1} (${direction} ${protocol} ${shown(at(rule, "port"))})`,
        direction,
        protocol,
        ...portText(at(rule, "port")),
        peers: strings(peers),
        except: [],
        inside: false,
      },
    ];
  });
}

/** Property names: hcloud provider, resource `LoadBalancerService`. A balancer has no filter, so its port is open to everybody. */
function hcloudService(properties: Subject["properties"]): Openings {
  const listens = at(properties, "listenPort");
  const usual = at(properties, "protocol") === "http" ? 80 : 443;
  const port = typeof listens === "number" ? listens : usual;
  const what = `the balancer's port ${port}`;
  return {
    openings: [
      { what, direction: "in", protocol: "tcp", first: port, last: port, peers: [], except: [], inside: false },
    ],
    partial: listens === unknown,
  };
}

/** Property names: exoscale provider, resource `NlbService`. A balancer has no filter, so its port is open to everybody. */
function exoscaleService(properties: Subject["properties"]): Openings {
  const [listens, protocol] = [at(properties, "port"), at(properties, "protocol")];
  const open = listens === unknown || protocol === unknown;
  if (typeof listens !== "number") return { openings: [], partial: open };
  const opening = { first: listens, last: listens, peers: [], except: [], inside: false } as const;
  const what = `the balancer's port ${listens}`;
  return {
    openings: [{ what, direction: "in", protocol: protocol === "udp" ? "udp" : "tcp", ...opening }],
    partial: open,
  };
}

/** Property names: exoscale provider, resource `SecurityGroupRule`. */
function exoscaleRule(properties: Subject["properties"]): Openings {
  const [direction, protocol, start, end, cidr] = ["type", "protocol", "startPort", "endPort", "cidr"].map((key) =>
    at(properties, key),
  );
  const name = typeof protocol === "string" ? protocol.toLowerCase() : "tcp";
  if (name !== "tcp" && name !== "udp") return { openings: [], partial: protocol === unknown };
  const way = direction === "EGRESS" ? "out" : "in";
  const ports = typeof start === "number" ? { first: start, last: typeof end === "number" ? end : start } : everything;
  const grouped = ["userSecurityGroupId", "userSecurityGroup"].some((key) => at(properties, key) !== undefined);
  return {
    openings: [
      {
        what: `the rule (${way} ${name} ${ports.first}-${ports.last})`,
        direction: way,
        protocol: name,
        ...ports,
        peers: typeof cidr === "string" ? [cidr] : [],
        except: [],
        inside: grouped,
      },
    ],
    partial: [direction, protocol, start, end, cidr].includes(unknown),
  };
}

/** Shape: Kubernetes API reference, NetworkPolicy v1. No `ports` means every port, no peers means everybody. */
function networkPolicy(properties: Subject["properties"]): Openings {
  const sides = (["ingress", "egress"] as const).map((side) =>
    collect(at(properties, "spec", side), (rule, i) => {
      const peers = at(rule, side === "ingress" ? "from" : "to");
      const listed = items(peers);
      const ports = items(at(rule, "ports"));
      const groups = listed.length === 0 ? [undefined] : listed;
      return groups.flatMap((peer) =>
        (ports.length === 0 ? [undefined] : ports).flatMap((port): Opening[] => {
          const cidr = at(peer, "ipBlock", "cidr");
          const number = at(port, "port");
          // A named port belongs to a pod of ours.
          if (typeof number === "string") return [];
          const span = typeof number === "number" ? { first: number, last: endPort(port, number) } : everything;
          const protocol = at(port, "protocol");
          return [
            {
              what: `spec.${side}[${i}]`,
              direction: side === "ingress" ? "in" : "out",
              protocol: port === undefined ? "any" : protocol === "UDP" ? "udp" : "tcp",
              ...span,
              peers: typeof cidr === "string" ? [cidr] : [],
              except: strings(at(peer, "ipBlock", "except")),
              inside: peer !== undefined && at(peer, "ipBlock") === undefined,
            },
          ];
        }),
      );
    }),
  );
  return { openings: sides.flatMap(({ openings }) => openings), partial: sides.some(({ partial }) => partial) };
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

function collect(list: Value, read: (item: Value, i: number) => readonly Opening[]): Openings {
  return {
    openings: items(list).flatMap((item, i) => (item === unknown ? [] : read(item, i))),
    partial: holdsUnknown(list),
  };
}

function holdsUnknown(value: Value): boolean {
  if (value === unknown) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((item: Value) => holdsUnknown(item));
}

function portText(port: Value): { readonly first: number; readonly last: number } {
  const [first, last = first] = (typeof port === "number" ? String(port) : typeof port === "string" ? port : "any")
    .split("-")
    .map(Number);
  return first === undefined || last === undefined || !Number.isInteger(first) || !Number.isInteger(last)
    ? everything
    : { first, last };
}

function endPort(port: Value, first: number): number {
  const last = at(port, "endPort");
  return typeof last === "number" ? last : first;
}

const shown = (port: Value): string =>
  typeof port === "string" || typeof port === "number" ? String(port) : "every port";
