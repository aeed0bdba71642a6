import { aiServices } from "../../../../policies/facts/ai";
import { entity, type EntityId } from "../../../../policies/facts/entities";
import { certificateAuthorities, hosts } from "../../../../policies/facts/hosts";
import { objectStores } from "../../../../policies/facts/object-stores";
import { registries } from "../../../../policies/facts/registries";
import { residualExposure } from "../../../../policies/exposure";
import { rules } from "../../../../policies/pack";
import type { ProfileName } from "../../../../policies/profiles";
import { ofHost } from "../../../../policies/extract/hosts";
import { legalTags } from "../../../../policies/rule";
import type { Knowledge } from "./endpoints";
import type { Exposure } from "./model";
import type { RuleFacts } from "./rules";

/** Facts of the packs' tables, in the report's words. */
export const ruleFacts: readonly RuleFacts[] = rules.map((rule) => ({
  id: rule.id,
  title: rule.title,
  severity: rule.severity,
  legal: legalTags(rule),
  remediation: rule.remediation,
}));

/** Party that controls a host, if a table of facts names it. */
export const controller: Knowledge["facts"] = (host) => {
  const party = partyOf(host);
  if (party === undefined) return undefined;
  const { name, nexus } = entity(party);
  return { who: name, nexus };
};

function partyOf(host: string): EntityId | undefined {
  for (const table of [hosts, certificateAuthorities, registries, aiServices, objectStores] as const) {
    const row = ofHost<{ readonly host: string; readonly pattern?: RegExp; readonly party: EntityId }>(table, host);
    if (row !== undefined) return row.party;
  }
  return undefined;
}

/** Exposure that remains under a profile, by the provider packages in use. */
export const exposure = (profile: ProfileName, packages: readonly string[]): readonly Exposure[] =>
  residualExposure(profile, packages).map(({ party, country, nexus, why, confidence }) => ({
    who: `${party} (${country})`,
    grade: nexus,
    why: `${why}${confidence === "assumed" ? "; assumed, not yet reviewed" : ""}`,
  }));
