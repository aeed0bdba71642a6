import type { ResidualExposure } from "../exposure";
import { contactsIn, isNear, ofHost } from "../extract/hosts";
import { Ranges } from "../extract/ranges";
import { reachedIn } from "../extract/reached";
import { reading } from "../extract/scan";
import { entity, type Entity, type Party } from "../facts/entities";
import { isIdentifier } from "../facts/identifiers";
import { serviceFact } from "../facts/services";
import type { Subject } from "../rule";
import type { Tables } from "../tables";
import { compare } from "./model";

/** A party that controls something which a stack uses, with the facts of the tables. */
export interface Supplier extends ResidualExposure {
  /** Packages of providers, services and hosts. */
  readonly uses: readonly string[];
}

/** A host outside the stack, with the party that controls it. */
export interface Endpoint {
  readonly host: string;
  /** `own`: below a domain of the operator's. `known`: in a table of facts. `undetermined`: in none, so nobody knows who controls it. */
  readonly controller: "own" | "known" | "undetermined";
  readonly party: string;
  readonly country: string;
  readonly nexus: string;
  /** Names of resources that name it, at most ten. */
  readonly where: readonly string[];
  /** Number of all of them. */
  readonly count: number;
}

/** Every external endpoint and every supplier of a stack. */
export interface Directory {
  readonly endpoints: readonly Endpoint[];
  readonly suppliers: readonly Supplier[];
}

/** Reads the endpoints and suppliers out of resources. What is hidden as a secret names nobody. */
export function directoryOf(resources: readonly Subject[], tables: Tables, ownDomains: readonly string[]): Directory {
  const hosts = new Map<string, Set<string>>();
  const answered = new Map<string, Party>();
  const uses = new Map<string, { readonly entity: Entity; readonly uses: Set<string> }>();
  const use = (party: Party, what: string): void => {
    const found = entity(party);
    const known = uses.get(found.name) ?? { entity: found, uses: new Set<string>() };
    uses.set(found.name, known);
    known.uses.add(what);
  };
  const named = (host: string, name: string): void => {
    hosts.set(host, (hosts.get(host) ?? new Set<string>()).add(name));
  };
  for (const subject of resources) {
    for (const host of hostsOf(subject, tables, ownDomains)) named(host, subject.name);
    const service = serviceFact(subject.type);
    if (service !== undefined) use(service.party, service.what);
    const name = /^pulumi:providers:(.+)$/.exec(subject.type)?.[1];
    const provider = name === undefined ? undefined : tables.provider(name);
    if (name === undefined || provider?.party === undefined) continue;
    use(provider.party, `provider ${name}`);
    for (const host of provider.kind === "cloud" ? (provider.api ?? []).slice(0, 1) : []) {
      named(host, `provider ${name}`);
      answered.set(host, provider.party);
    }
  }
  const endpoints = [...hosts].map(([host, where]): Endpoint => {
    const party = ofTables(host, tables) ?? answered.get(host);
    const own = ownDomains.some((domain) => host === domain || host.endsWith(`.${domain}`));
    if (!own && party !== undefined) use(party, host);
    const known = party === undefined ? undefined : entity(party);
    return {
      host,
      ...(own
        ? { controller: "own", party: "the operator", country: "", nexus: "" }
        : known === undefined
          ? { controller: "undetermined", party: "in no table of facts", country: "", nexus: "undetermined" }
          : { controller: "known", party: known.name, country: known.country, nexus: known.nexus }),
      where: [...where].sort(compare).slice(0, 10),
      count: where.size,
    };
  });
  const order = ["undetermined", "known", "own"];
  return {
    endpoints: endpoints.sort(
      (one, other) => order.indexOf(one.controller) - order.indexOf(other.controller) || compare(one.host, other.host),
    ),
    suppliers: [...uses.values()]
      .map(({ entity: { name, ...facts }, uses: all }): Supplier => ({
        party: name,
        country: facts.country,
        nexus: facts.nexus,
        europeanControl: facts.europeanControl,
        why: facts.why,
        confidence: facts.confidence,
        source: facts.source,
        reviewed: facts.reviewed,
        uses: [...all].sort(compare),
      }))
      .sort((one, other) => compare(one.party, other.party)),
  };
}

/** Hosts outside that a resource names: in a URL, in a setting that is reached, or of a known party. */
function hostsOf(subject: Subject, tables: Tables, ownDomains: readonly string[]): readonly string[] {
  const read = reading(subject);
  const isOwn = (host: string): boolean => ownDomains.some((domain) => host === domain || host.endsWith(`.${domain}`));
  const contacts = read.texts.flatMap(({ text }) =>
    contactsIn(text)
      .filter(
        ({ host, asked }) =>
          (asked && !isIdentifier(host)) || isOwn(host) || ofTables(host, tables, asked) !== undefined,
      )
      .map(({ host }) => host),
  );
  const settings = reachedIn(subject, read).map(({ host }) => host);
  return [...new Set([...contacts, ...settings])].filter(isOutside);
}

/** Ranges of addresses for examples (RFC 5737, RFC 3849) stay: they stand for an address outside. */
const isOutside = (host: string): boolean =>
  !isNear(host) &&
  !/^(0\.|127\.|169\.254\.|255\.|22[4-9]\.|23\d\.|::|fe80:|ff)/.test(host) &&
  !/(^|\.)(svc|local|internal|lan|home\.arpa|localhost|invalid)$/.test(host) &&
  (host.includes(".") || Ranges.isAddress(host));

/** The party behind a host; a row that counts only for a contact needs one. */
function ofTables(host: string, tables: Tables, asked = true): Party | undefined {
  for (const table of [
    tables.hosts,
    tables.certificateAuthorities,
    tables.registries,
    tables.aiServices,
    tables.objectStores,
    tables.clusters,
  ]) {
    const row = ofHost<{
      readonly host: string;
      readonly pattern?: RegExp;
      readonly party: Party;
      readonly asked?: boolean;
    }>(table, host);
    if (row !== undefined && (asked || row.asked !== true)) return row.party;
  }
  return undefined;
}
