import type { Nexus } from "./facts/fact";

/** Member states of the European Union. Source: https://european-union.europa.eu/principles-countries-history/eu-countries_en, reviewed 2026-11-23. */
export const europeanUnion = [
  "AT",
  "BE",
  "BG",
  "HR",
  "CY",
  "CZ",
  "DK",
  "EE",
  "FI",
  "FR",
  "DE",
  "GR",
  "HU",
  "IE",
  "IT",
  "LV",
  "LT",
  "LU",
  "MT",
  "NL",
  "PL",
  "PT",
  "RO",
  "SK",
  "SI",
  "ES",
  "SE",
] as const;

/** Exposure that an operator accepts. */
export interface Profile {
  readonly name: ProfileName;
  /** Countries in which resources may be located, as ISO 3166-1 codes. */
  readonly countries: readonly string[];
  /** Grades of US nexus that a provider, registry or service may have. */
  readonly nexus: readonly Nexus[];
  /** True if a named party with an assumed or unknown nexus is accepted. A party that is in no table is refused either way. */
  readonly undetermined: boolean;
}

export type ProfileName = "swiss" | "european" | "strict";

/**
 * Swiss locations only; EU and Swiss locations; EU and Swiss locations with no US nexus of any grade and nothing undetermined. The first two accept a
 * parent that is listed in the US, or a provider with sites there: `residualExposure` lists those that remain.
 */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  swiss: { name: "swiss", countries: ["CH"], nexus: ["none", "presence", "listed"], undetermined: true },
  european: {
    name: "european",
    countries: [...europeanUnion, "CH"],
    nexus: ["none", "presence", "listed"],
    undetermined: true,
  },
  strict: { name: "strict", countries: [...europeanUnion, "CH"], nexus: ["none"], undetermined: false },
};

export const isProfileName = (value: unknown): value is ProfileName =>
  typeof value === "string" && Object.keys(profiles).includes(value);

/** The countries of a profile as text for messages. */
export const countriesText = ({ name, countries }: Profile): string => {
  const where = countries.length === 1 ? "Swiss locations" : "EU and Swiss locations";
  return `${where} (profile ${name})`;
};
