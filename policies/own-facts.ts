import type { Nexus } from "./facts/fact";
import type { Profile } from "./profiles";

/** A host that the operator has reviewed: a row of the tables, in the pack's own configuration, which the judged stack cannot change. */
export interface OwnFact {
  /** Host, or domain above the hosts. */
  readonly host: string;
  /** Its operator. */
  readonly party: string;
  /** Country where it stands, as ISO 3166-1 code. */
  readonly country: string;
  readonly nexus: Nexus;
  readonly source: string;
  /** Day of the review, as `2026-11-28`. */
  readonly reviewed: string;
}

const keys = ["host", "party", "country", "nexus", "source", "reviewed"] as const;
const grades: readonly string[] = ["none", "presence", "listed", "controlled"];

const forms: Readonly<Record<(typeof keys)[number], (text: string) => boolean>> = {
  host: (text) => /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]+$|^[0-9a-f]+(:[0-9a-f]*)+$/.test(text),
  party: (text) => text.trim().length > 2,
  country: (text) => /^[A-Z]{2}$/.test(text),
  nexus: (text) => grades.includes(text),
  source: (text) => text.trim().length > 7,
  reviewed: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
};

/** Fault of a row; undefined when there is none. */
export function wrongFact(row: unknown): string | undefined {
  if (typeof row !== "object" || row === null) return "a row";
  const given = row as Readonly<Record<string, unknown>>;
  const wrong = keys.find((key) => typeof given[key] !== "string" || !forms[key](given[key]));
  return wrong ?? Object.keys(given).find((key) => !keys.some((known) => known === key));
}

/** True if the operator has reviewed a host, and the profile accepts what the review says. */
export const isReviewed = (facts: readonly OwnFact[], profile: Profile, host: string): boolean =>
  facts.some(
    (row) =>
      (host === row.host || host.endsWith(`.${row.host}`)) &&
      profile.nexus.includes(row.nexus) &&
      profile.countries.includes(row.country),
  );
