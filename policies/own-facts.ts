import type { Nexus } from "./facts/fact";

/** Tables to which an operator may add rows, or put rows in place of those that are there. */
export const ownTables = [
  "hosts",
  "registries",
  "certificateAuthorities",
  "aiServices",
  "clusters",
  "objectStores",
  "providers",
  "locations",
  "containers",
] as const;

export type OwnTable = (typeof ownTables)[number];

/** Tables whose rows are hosts. */
export type HostTable = Exclude<OwnTable, "providers" | "locations" | "containers">;

interface Reviewed {
  readonly source: string;
  /** Day of the review, as `2026-11-28`. */
  readonly reviewed: string;
}

interface OfParty extends Reviewed {
  /** Operator. */
  readonly party: string;
  /** Country, as ISO 3166-1 code: where a host stands, where a provider has its seat. */
  readonly country: string;
  readonly nexus: Nexus;
  /** @default "verified" */
  readonly confidence?: "verified" | "secondary" | "assumed";
}

/** A host, or a domain above hosts. One of `hosts` counts for every rule, one of another table for the rules of that table. */
export interface OwnHost extends OfParty {
  /** @default "hosts" */
  readonly table?: HostTable;
  readonly host: string;
}

/** A package of a provider. */
export interface OwnProvider extends OfParty {
  readonly table: "providers";
  readonly package: string;
  /** Domains of its interface. @default none that it may be pointed at */
  readonly api?: readonly string[];
}

/** A location of a provider; `*` at the end of the code stands for any end. */
export interface OwnLocation extends Reviewed {
  readonly table: "locations";
  readonly provider: string;
  readonly code: string;
  readonly country: string;
}

/** A variable that a container must have, or must not have; `any` lifts what the tables ask of it. */
export interface OwnContainer extends Reviewed {
  readonly table: "containers";
  /** Last part of the image's name. */
  readonly image: string;
  readonly variable: string;
  readonly must: "on" | "set" | "unset" | "any";
  /** Consequence where it is not so, as it stands in a message. */
  readonly otherwise: string;
}

/** A row of the tables that the operator has reviewed: in the pack's own configuration, which the judged stack cannot change. */
export type OwnFact = OwnHost | OwnProvider | OwnLocation | OwnContainer;

const domain = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]+$/;
const oneOf =
  (...words: readonly string[]) =>
  (value: unknown): boolean =>
    typeof value === "string" && words.includes(value);
const text =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === "string" && value.length < 500 && pattern.test(value);

const forms: Readonly<Record<string, (value: unknown) => boolean>> = {
  table: oneOf(...ownTables),
  host: (value) => text(domain)(value) || text(/^[0-9a-f]+(:[0-9a-f]*)+$/)(value),
  package: text(/^[a-z][a-z0-9-]*$/),
  api: (value) => Array.isArray(value) && value.every(text(domain)),
  provider: text(/^[a-z][a-z0-9-]*$/),
  code: text(/^[A-Za-z0-9][A-Za-z0-9/_.-]*\*?$/),
  image: text(/^[a-z0-9][a-z0-9._-]*$/),
  variable: text(/^[A-Za-z_][A-Za-z0-9_]*$/),
  must: oneOf("on", "set", "unset", "any"),
  otherwise: text(/\S.{2,}/),
  party: text(/^\s*\S.+\S\s*$/),
  country: text(/^[A-Z]{2}$/),
  nexus: oneOf("none", "presence", "listed", "controlled"),
  confidence: oneOf("verified", "secondary", "assumed"),
  source: text(/^\s*\S.{6,}\S\s*$/),
  reviewed: (value) => text(/^\d{4}-\d{2}-\d{2}$/)(value) && !Number.isNaN(Date.parse(String(value))),
};

const ofParty = ["party", "country", "nexus"];
const keys: Readonly<Record<OwnTable, readonly string[]>> = {
  hosts: ["host", ...ofParty],
  registries: ["host", ...ofParty],
  certificateAuthorities: ["host", ...ofParty],
  aiServices: ["host", ...ofParty],
  clusters: ["host", ...ofParty],
  objectStores: ["host", ...ofParty],
  providers: ["package", ...ofParty],
  locations: ["provider", "code", "country"],
  containers: ["image", "variable", "must", "otherwise"],
};
const optional = (table: OwnTable): readonly string[] =>
  table === "locations" || table === "containers" ? [] : table === "providers" ? ["confidence", "api"] : ["confidence"];

/** Table of a row. */
export const tableOf = ({ table }: OwnFact): OwnTable => table ?? "hosts";

/** Name of a row in its table: two rows of one name contradict each other. */
export const nameOf = (row: OwnFact): string =>
  "host" in row
    ? row.host
    : "package" in row
      ? row.package
      : "code" in row
        ? `${row.provider} ${row.code}`
        : `${row.image} ${row.variable}`;

export const isOwnHost = (row: OwnFact): row is OwnHost => "host" in row;

/** Fault of a row; undefined when there is none. */
export function wrongFact(row: unknown): string | undefined {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return "a row";
  const given = row as Readonly<Record<string, unknown>>;
  const table = Object.keys(given).includes("table") ? given["table"] : "hosts";
  if (!ownTables.some((known) => known === table)) return "table";
  const needed = [...keys[table as OwnTable], "source", "reviewed"];
  const wrong = needed.find((key) => !Object.keys(given).includes(key) || forms[key]?.(given[key]) !== true);
  if (wrong !== undefined) return wrong;
  const others = ["table", ...optional(table as OwnTable)];
  return Object.keys(given).find(
    (key) => !needed.includes(key) && !(others.includes(key) && forms[key]?.(given[key]) === true),
  );
}
