import { type LocationFact, locations, type PlacementFact, placements } from "../facts/locations";
import { placeless, placeProperties, placesOf } from "../facts/places";
import type { Tables } from "../tables";
import { countriesText, type Profile } from "../profiles";
import type { Context, Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import { isInventory, isProvider, objectStore, packageOf, storeHosts, tokenPackage } from "../extract/subject";
import { at, entries, isList, isObject, unknown, type Value } from "../extract/value";

/** UC-REG-001: every resource states its location, and the profile allows it. */
export const locationAllowlist: Rule = {
  id: "UC-REG-001",
  name: "location-allowlist-explicit",
  title: "Every resource names its location, and the location is in an allowed country.",
  rationale:
    "Resources in a country are under the jurisdiction of its courts. A location that is left to the provider's default can change unnoticed, and one that is not known before the update cannot be judged in time: both are refused.",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "gdpr", reference: "44" },
    { framework: "revfadp", reference: "16" },
    { framework: "csf", reference: "SOV-3" },
  ],
  remediation: "Set the location to an allowed one, as a plain string.",
  types: ["hcloud:index/*", "exoscale:index/*", "pulumi:providers:*", "sovereign-uc:index:Network", "*"],
  remedies: {
    components:
      'Give the cloud a location of the profile, as `hetzner({ location: "fsn1" })` and `exoscale({ location: "ch-gva-2" })`, and each site of an inventory its country.',
    pulumi: 'Set `location`, `zone` or `networkZone` of each resource to a plain string, as `location: "nbg1"`.',
  },
  beyond:
    "No law asks for a location in the program's text. Without one, a default of the provider decides, and nobody notices when it changes.",
  examples: {
    good: [
      {
        type: "hcloud:index/primaryIp:PrimaryIp",
        properties: { location: "fsn1", type: "ipv4", assigneeType: "server" },
      },
    ],
    bad: [
      {
        type: "hcloud:index/primaryIp:PrimaryIp",
        properties: { location: "ash", type: "ipv4", assigneeType: "server" },
      },
    ],
  },
  check: judge,
};

const placed = new Map(placements.map((row) => [row.type, row]));

function judge(subject: Subject, { settings: { profile, tables } }: Context): Verdict {
  if (isProvider(subject)) return judgeProvider(subject, profile, tables);
  if (isInventory(subject)) return judgeSite(at(subject.properties, "country"), profile);
  const row = placed.get(subject.type);
  if (row === undefined) return unplaced(subject, profile, tables);
  const named = Object.entries(row.properties).filter(([property]) => !isEmpty(at(subject.properties, property)));
  const name = tokenPackage(subject);
  if (named.length > 0)
    return named.flatMap(([property, kind]) =>
      judgeCode(profile, tables, name, property, kind, at(subject.properties, property)),
    );
  if (row.follows.some((property) => !isEmpty(at(subject.properties, property)))) return [];
  const names = Object.keys(row.properties);
  // The first property is the one that is set as a rule.
  return Object.entries(row.properties).flatMap(([property, kind]) =>
    property === names[0]
      ? [
          {
            found: `no ${names.join(" and no ")}`,
            allowed: options(profile, name, kind),
            action: `set ${property}, even where the provider has a default`,
          },
        ]
      : [],
  );
}

function judgeCode(
  profile: Profile,
  tables: Tables,
  provider: string,
  property: string,
  kind: PlacementFact["properties"][string],
  value: Value,
): readonly Finding[] {
  const permitted = options(profile, provider, kind);
  if (typeof value !== "string")
    return [
      {
        found: `a ${property} that is ${value === unknown ? "not known before the update" : "no text"}`,
        allowed: permitted,
        action: `give ${property} as a plain string, not as an output`,
      },
    ];
  const code = kind === "datacenter" ? value.replace(/-dc\d+$/, "") : value;
  const own = tables.ownPlace(provider, code);
  const row =
    own === undefined
      ? locations.find(
          (location) => location.provider === provider && location.code === code && location.kind === kindOf(kind),
        )
      : { place: "by the operator's review", countries: [own.country] };
  if (row === undefined)
    return [
      {
        found: `${property} "${value}", which is in no table`,
        allowed: permitted,
        action: `set ${property} to a reviewed location`,
      },
    ];
  if (isAllowed(profile, row)) return [];
  return [
    {
      found: `${property} "${value}" (${row.place}, ${row.countries.join(" and ")})`,
      allowed: permitted,
      action: `set ${property} to an allowed location`,
    },
  ];
}

const stateless = new Set(placeless.flatMap(({ provider, types }) => types.map((type) => `${provider}:index/${type}`)));

/**
 * A type of an accepted cloud that no table of placements reads: judged by the properties in which such clouds state their places, and undetermined where it
 * has none. What is accepted must have been understood.
 */
function unplaced(subject: Subject, profile: Profile, tables: Tables): Verdict {
  const name = packageOf(subject) ?? tokenPackage(subject);
  const fact = tables.provider(name);
  if (fact?.kind !== "cloud" || !fact.accepted) return undefined;
  if (stateless.has(subject.type)) return undefined;
  const stated = placesIn(subject.properties);
  if (stated.length > 0)
    return stated.flatMap(([property, value]) => judgePlace(name, property, value, profile, tables));
  const inherited = placeProperties.filter((property) => !isEmpty(at(subject.provider?.properties, property)));
  if (inherited.length > 0)
    return inherited.flatMap((property) =>
      judgePlace(name, property, at(subject.provider?.properties, property), profile, tables),
    );
  return [
    {
      undetermined: `${subject.type}, whose place no table of provider "${name}" reads`,
      action:
        "state its zone or region, or add the type to facts/locations.ts after somebody has looked where it stands",
    },
  ];
}

/** Places that a resource states, at its top and in the objects below: replicas and nodes may stand elsewhere. */
function placesIn(value: Value, depth = 0): readonly (readonly [property: string, value: Value])[] {
  if (isList(value)) return value.flatMap((item) => placesIn(item, depth));
  return entries(value).flatMap(([key, item]): readonly (readonly [string, Value])[] => {
    if (placeProperties.includes(key) && !isEmpty(item) && !isObject(item))
      return isList(item) ? item.flatMap((one) => placesIn({ [key]: one }, depth)) : [[key, item]];
    return depth < 6 ? placesIn(item, depth + 1) : [];
  });
}

function judgePlace(
  provider: string,
  property: string,
  value: Value,
  profile: Profile,
  tables: Tables,
): readonly (Finding | Undetermined)[] {
  if (typeof value !== "string")
    return [
      {
        undetermined: `a ${property} that is not known before the update`,
        later: value === unknown,
        action: `give ${property} as a plain string`,
      },
    ];
  const permitted = `${countriesText(profile)}: ${
    placesOf
      .filter((row) => row.provider === provider && profile.countries.includes(row.country))
      .map(({ code }) => code)
      .join(", ") || `none of ${provider}`
  }`;
  const row = tables.place(provider, value);
  if (row !== undefined && profile.countries.includes(row.country)) return [];
  return [
    {
      found:
        row === undefined ? `${property} "${value}", which is in no table` : `${property} "${value}" (${row.country})`,
      allowed: permitted,
      action: `set ${property} to a reviewed location in an allowed country`,
    },
  ];
}

/** A provider places what names no place of its own. */
function judgeProvider(subject: Subject, profile: Profile, tables: Tables): Verdict {
  const name = packageOf(subject) ?? "";
  const fact = tables.provider(name);
  if (fact?.kind !== "cloud" || !fact.accepted) return judgeStores(subject, profile, tables);
  // The sites of these have a table of their own, and their providers name none.
  if (locations.some(({ provider }) => provider === name)) return undefined;
  const stated = placeProperties.filter((property) => !isEmpty(at(subject.properties, property)));
  return stated.length === 0
    ? undefined
    : stated.flatMap((property) => judgePlace(name, property, at(subject.properties, property), profile, tables));
}

/** Machines of an inventory have no provider that says where they stand: the operator does, in the network's inputs. */
function judgeSite(country: Value, profile: Profile): readonly Finding[] {
  if (profile.countries.some((one) => one === country)) return [];
  return [
    {
      found: typeof country === "string" ? `machines at a site in ${country}` : "machines at a site without a country",
      allowed: countriesText(profile),
      action: "use machines at a site in an allowed country",
    },
  ];
}

/** S3 endpoints have their location in the name. */
function judgeStores(subject: Subject, profile: Profile, tables: Tables): Verdict {
  if (packageOf(subject) !== "aws" && packageOf(subject) !== "minio") return undefined;
  const stores = storeHosts(subject.properties).flatMap((host) => objectStore(tables, host) ?? []);
  if (stores.length === 0) return undefined;
  return stores.flatMap(({ host, country, location }) =>
    profile.countries.includes(country)
      ? []
      : [
          {
            found: `object store ${host} in ${location} (${country})`,
            allowed: countriesText(profile),
            action: "use an object store in an allowed country",
          },
        ],
  );
}

const isEmpty = (value: Value): boolean => value === undefined || value === null || value === "";

const kindOf = (kind: PlacementFact["properties"][string]): LocationFact["kind"] =>
  kind === "network-zone" ? "network-zone" : "location";

const isAllowed = (profile: Profile, { countries }: Pick<LocationFact, "countries">): boolean =>
  countries.every((country) => profile.countries.includes(country));

function options(profile: Profile, provider: string, kind: PlacementFact["properties"][string]): string {
  const codes = locations
    .filter((row) => row.provider === provider && row.kind === kindOf(kind) && isAllowed(profile, row))
    .map(({ code }) => code);
  return `${countriesText(profile)}: ${codes.length > 0 ? codes.join(", ") : `none of ${provider}`}`;
}
