import { type AiFact, aiServices } from "./facts/ai";
import { type ClusterFact, clusters } from "./facts/clusters";
import { serviceFacts } from "./facts/containers";
import type { ContainerFact, ServiceFacts } from "./facts/container-fact";
import { type Entity, type Party, partyText } from "./facts/entities";
import type { HostFact } from "./facts/host";
import { certificateAuthorities, hosts } from "./facts/hosts";
import { type ObjectStoreFact, objectStores } from "./facts/object-stores";
import { type PlaceFact, placeOf } from "./facts/places";
import { type ProviderFact, providerFact, providers } from "./facts/providers";
import { type RegistryFact, registries } from "./facts/registries";
import {
  type HostTable,
  isOwnHost,
  nameOf,
  type OwnContainer,
  type OwnFact,
  type OwnHost,
  type OwnProvider,
  tableOf,
} from "./own-facts";

/** A row of a table, or one of the operator's, who names a party that no table has. */
type Of<Row> = Omit<Row, "party"> & { readonly party: Party };

/** The package of a provider, of the table or of the operator. */
export type ProviderRow = Omit<ProviderFact, "party"> & { readonly party?: Party };

/** The tables that an operator may add to: those of `facts/`, with the operator's own rows before them. */
export interface Tables {
  readonly hosts: readonly Of<HostFact>[];
  readonly registries: readonly Of<RegistryFact>[];
  readonly certificateAuthorities: readonly Of<HostFact>[];
  readonly aiServices: readonly Of<AiFact>[];
  readonly clusters: readonly Of<ClusterFact>[];
  readonly objectStores: readonly Of<ObjectStoreFact>[];
  /** Every table beside `hosts` that says who operates a host. */
  readonly parties: readonly (readonly { readonly host: string; readonly pattern?: RegExp }[])[];
  readonly provider: (name: string) => ProviderRow | undefined;
  readonly place: (provider: string, code: string) => PlaceFact | undefined;
  /** The operator's own row for a location, before the table of sites. */
  readonly ownPlace: (provider: string, code: string) => PlaceFact | undefined;
  readonly services: readonly ServiceFacts[];
  /** Rows of the tables that the operator's take the place of, for reports. */
  readonly overridden: readonly string[];
}

/** The party that an operator's row names. */
function partyOf({ party, country, nexus, confidence = "verified", source, reviewed }: OwnHost | OwnProvider): Entity {
  return {
    name: party,
    country,
    nexus,
    europeanControl: nexus === "none" ? true : "undetermined",
    why: "the operator's own review says so",
    confidence,
    source,
    reviewed,
  };
}

/** The party of a host; it has to stand in an allowed country, too. */
export const hostParty = (row: OwnHost): Entity => ({ ...partyOf(row), stands: row.country });

const instead = "a service of your own";

/** Tables of facts with an operator's rows. */
export function tablesWith(facts: readonly OwnFact[]): Tables {
  const overridden: string[] = [];
  const own = facts.filter(isOwnHost);
  /** The rows of one table: those at or below a host of the operator's belong to whom the operator names. */
  function merged<Row extends { readonly host: string; readonly pattern?: RegExp; readonly party: Party }>(
    name: HostTable,
    table: readonly Row[],
    made: (row: OwnHost) => Row,
    moved: (row: Row, by: OwnHost) => Row,
  ): readonly Row[] {
    const rows = own.filter((row) => tableOf(row) === name || tableOf(row) === "hosts");
    if (rows.length === 0) return table;
    const added = rows.filter((row) => tableOf(row) === name).map(made);
    const kept = table.flatMap((row) => {
      // The longest of the operator's domains decides, as in the tables.
      const by = rows
        .filter(({ host }) => row.host === host || row.host.endsWith(`.${host}`))
        .sort((one, other) => other.host.length - one.host.length)[0];
      if (by === undefined) return [row];
      overridden.push(`${name} ${row.host}: ${by.party} (${by.country}, ${by.nexus}) for ${partyText(row.party)}`);
      return [moved(row, by)];
    });
    return [...added, ...kept];
  }
  const host = (row: OwnHost): Of<HostFact> => ({ ...row, party: hostParty(row), purpose: "any", instead });
  const party = <Row extends object>(row: Row, by: OwnHost): Row & { readonly party: Party } => ({
    ...row,
    party: hostParty(by),
    source: by.source,
    reviewed: by.reviewed,
  });
  const tables = {
    registries: merged<Of<RegistryFact>>("registries", registries, (row) => ({ ...row, party: hostParty(row) }), party),
    certificateAuthorities: merged<Of<HostFact>>("certificateAuthorities", certificateAuthorities, host, party),
    // An operator's own says where it stands, which is judged with its party: no country of processing remains.
    aiServices: merged<Of<AiFact>>(
      "aiServices",
      aiServices,
      (row) => ({ ...row, party: hostParty(row), countries: [] }),
      (row, by) => ({ ...party(row, by), countries: [] }),
    ),
    clusters: merged<Of<ClusterFact>>(
      "clusters",
      clusters,
      (row) => ({ ...row, party: hostParty(row) }),
      (row, by) => ({ ...party(row, by), country: by.country }),
    ),
    objectStores: merged<Of<ObjectStoreFact>>(
      "objectStores",
      objectStores,
      (row) => ({ ...row, party: hostParty(row), location: row.host }),
      (row, by) => ({ ...party(row, by), country: by.country }),
    ),
  };
  const packages = new Map(facts.flatMap((row) => ("package" in row ? [[row.package, provider(row)] as const] : [])));
  const places = facts.filter((row): row is Extract<OwnFact, { readonly table: "locations" }> => "code" in row);
  for (const row of facts)
    if ("package" in row && providerFact(row.package) !== undefined)
      overridden.push(`providers ${row.package}: ${partyText(partyOf(row))} for the table's row`);
  for (const { provider: of, code, country } of places)
    if (placeOf(of, code) !== undefined) overridden.push(`locations ${of} ${code}: ${country} for the table's row`);
  const ownPlace = (of: string, code: string): PlaceFact | undefined =>
    places.find(
      (row) =>
        row.provider === of && (row.code.endsWith("*") ? code.startsWith(row.code.slice(0, -1)) : row.code === code),
    );
  const containers = facts.filter((row): row is OwnContainer => "variable" in row);
  return {
    hosts: merged<Of<HostFact>>("hosts", hosts, host, party),
    ...tables,
    parties: [
      ...Object.values(tables),
      [...providers, ...packages.values()].flatMap(({ api = [] }) => api.map((name) => ({ host: name }))),
    ],
    provider: (name) => packages.get(name) ?? providerFact(name),
    ownPlace,
    place: (of, code) => ownPlace(of, code) ?? placeOf(of, code),
    services: containers.length === 0 ? serviceFacts : withContainers(containers, overridden),
    overridden,
  };
}

const provider = (row: OwnProvider): ProviderRow => ({
  package: row.package,
  kind: "cloud",
  party: partyOf(row),
  api: row.api ?? [],
  accepted: true,
  source: row.source,
  reviewed: row.reviewed,
});

/** Services with the operator's demands: a demand of the tables on the same variable of the same image goes. */
function withContainers(own: readonly OwnContainer[], overridden: string[]): readonly ServiceFacts[] {
  const lifts = (row: ServiceFacts["leaks"][number], service: string): boolean =>
    own.some(({ image, variable, must }) => {
      if (!("image" in row) || row.image !== image) return false;
      const names = [...Object.keys(row.needs ?? {}), ...(row.equals ?? []).slice(0, 1), row.without];
      if (!names.includes(variable)) return false;
      overridden.push(`containers ${service} ${image} ${variable}: ${must} for "${row.otherwise}"`);
      return true;
    });
  const kept = serviceFacts.map((facts) => ({
    ...facts,
    leaks: facts.leaks.filter((row) => !lifts(row, facts.service)),
    speech: facts.speech.filter((row) => !lifts(row, facts.service)),
    media: facts.media.filter((row) => !lifts(row, facts.service)),
  }));
  const demands = own.filter(({ must }) => must !== "any");
  const added = demands.map(({ image, variable, must, otherwise, source, reviewed }): ContainerFact => ({
    image,
    otherwise,
    source,
    reviewed,
    action: must === "unset" ? `remove ${variable}` : `set ${variable}`,
    ...(must === "unset" ? { without: variable } : { needs: { [variable]: must === "on" ? "on" : "set" } }),
  }));
  return [
    ...kept,
    {
      service: "the operator's",
      folders: [],
      distinct: demands.map(({ image }) => image),
      leaks: added,
      media: [],
      speech: [],
    },
  ];
}

/** Rows of an operator's that name one thing twice. */
export const twice = (facts: readonly OwnFact[]): readonly string[] => {
  const names = facts.map((row) => `${tableOf(row)} ${nameOf(row)}`);
  return names.filter((name, i) => names.indexOf(name) !== i);
};
