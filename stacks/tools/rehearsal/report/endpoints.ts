import { spokenLines } from "../../../../policies/extract/hosts";
import type { Artefact } from "./artefacts";
import { mentions } from "./host-names";
import { Plain } from "./plain";
import { overlap, rangeOf, within } from "./ranges";

/** Party that controls an endpoint. */
export interface Controller {
  /** `own`: the operator's domains. `stack`: an address or name inside the stack. `known`: in a table of facts. `undetermined`: nobody knows. */
  readonly kind: "own" | "stack" | "known" | "undetermined";
  readonly who: string;
  /** Grade of US nexus of the party in control, if a table has it. */
  readonly nexus?: string;
}

/** A host name or address in a rendered artefact. */
export interface Endpoint {
  readonly host: string;
  readonly ports: readonly number[];
  /** Artefacts that mention it. */
  readonly where: readonly string[];
  readonly controller: Controller;
}

/** Facts and own names from which the party in control follows. */
export interface Knowledge {
  /** The operator's domains: `example.ch`. */
  readonly ownDomains: readonly string[];
  /** Ranges of networks, pods and services of the stack. */
  readonly ownRanges: readonly string[];
  /** Public addresses of its doors. */
  readonly ownAddresses: readonly string[];
  /** Ranges that are in artefacts only to be dropped. */
  readonly isolatedRanges: readonly string[];
  /** Looks a host name up in tables of facts. */
  readonly facts: (host: string) => { readonly who: string; readonly nexus?: string } | undefined;
}

/** Keys whose values are kinds and labels of Kubernetes, never hosts. */
const names = new Set(["apiVersion", "apiGroup", "apiGroups", "kind", "topologyKey", "fieldPath", "key", "finalizers"]);

/** Every endpoint in the artefacts outside comments, with the party that controls it; loopback addresses and the like are left out. */
export function endpointsOf(artefacts: readonly Artefact[], knowledge: Knowledge): readonly Endpoint[] {
  const found = new Map<string, { ports: Set<number>; where: Set<string> }>();
  for (const { path, content } of artefacts)
    for (const source of typeof content === "string" ? [content] : leaves(content))
      for (const { host, port } of mentions(spokenLines(source).join("\n"))) {
        if (isHere(host)) continue;
        const entry = found.get(host) ?? { ports: new Set(), where: new Set() };
        if (port !== undefined) entry.ports.add(port);
        entry.where.add(path);
        found.set(host, entry);
      }
  return [...found]
    .map(([host, { ports, where }]) => ({
      host,
      ports: [...ports].sort((a, b) => a - b),
      where: [...where].sort(),
      controller: controllerOf(host, knowledge),
    }))
    .sort(
      (a, b) => order.indexOf(a.controller.kind) - order.indexOf(b.controller.kind) || a.host.localeCompare(b.host),
    );
}

const order: readonly Controller["kind"][] = ["undetermined", "known", "own", "stack"];

function leaves(value: Plain): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return (value as readonly Plain[]).flatMap(leaves);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (names.has(key) ? [] : leaves(inner)));
}

/** Ranges for documentation: RFC 5737, RFC 3849. */
const exampleRanges = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"];

const here = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "255.255.255.255/32", "::/128", "::1/128", "fe80::/10"];
const isHere = (host: string): boolean =>
  rangeOf(host) !== undefined ? here.some((range) => within(host, range)) : host === "localhost.localdomain";

function controllerOf(
  host: string,
  { ownDomains, ownRanges, ownAddresses, isolatedRanges, facts }: Knowledge,
): Controller {
  if (rangeOf(host) !== undefined) {
    if (ownAddresses.includes(host) || ownRanges.some((range) => within(host, range)))
      return { kind: "stack", who: "an address of this stack" };
    if (isolatedRanges.some((range) => overlap(range, host)))
      return { kind: "stack", who: "named only to be dropped: it is isolated" };
  } else {
    if (/\.(svc|internal|local|cluster\.local)$/.test(host) || host.endsWith(".svc.cluster.local"))
      return { kind: "stack", who: "a name inside this stack" };
    const own = ownDomains.find((domain) => host === domain || host.endsWith(`.${domain}`));
    if (own !== undefined) return { kind: "own", who: `the operator's domain ${own}` };
  }
  const fact = facts(host);
  if (fact === undefined)
    return {
      kind: "undetermined",
      who: exampleRanges.some((range) => within(host, range))
        ? "an address for examples (RFC 5737, RFC 3849), which reaches nothing: replace it before a real deployment"
        : "in no table of facts",
    };
  return { kind: "known", who: fact.who, ...(fact.nexus === undefined ? {} : { nexus: fact.nexus }) };
}
