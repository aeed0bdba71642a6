import { exemptionLine } from "./exemptions-said";
import { tableOf } from "./own-facts";
import type { Origin, Settings } from "./settings";

const named: Readonly<Record<Exclude<Origin, "pack">, string>> = {
  stack: "named by the judged stack itself",
  nobody: "the default",
};

/**
 * Settings other than the defaults, with who named them, each as one line of evidence: what a verdict rests on beside the rules.
 *
 * @param pack where the operator gave the pack's settings.
 */
export function said(
  { profile, profileFrom, ownDomains, ownDomainsFrom, isolated, opaque, ownPorts, facts, exemptions, tables }: Settings,
  pack = "pinned by the pack's configuration",
): readonly string[] {
  const origins = { ...named, pack };
  const pin = (key: string): string =>
    `; pin it as "${key}" in the pack's configuration, which the stack cannot change`;
  const counts = new Map<string, number>();
  for (const row of facts) counts.set(tableOf(row), (counts.get(tableOf(row)) ?? 0) + 1);
  return [
    ...(profileFrom === "nobody"
      ? []
      : [`profile ${profile.name}: ${origins[profileFrom]}${profileFrom === "stack" ? pin("profile") : ""}`]),
    ...(ownDomains.length === 0
      ? []
      : [
          `own domains ${ownDomains.join(", ")}: ${origins[ownDomainsFrom]}${ownDomainsFrom === "stack" ? pin("ownDomains") : ""}`,
        ]),
    ...(isolated.length === 0 ? [] : [`isolated from ${isolated.join(", ")}: ${origins.pack}`]),
    ...opaque.map(({ resource, reason }) => `accepted without a judgement: ${resource} (${reason})`),
    ...ownPorts.map(({ port, reason }) => `port ${port} accepted inwards as the stack's own: ${reason}`),
    ...exemptions.map((exemption) => `exemption from ${exemptionLine(exemption)}`),
    ...(facts.length === 0
      ? []
      : [
          `facts of the operator's own: ${[...counts].map(([table, count]) => `${count} in ${table}`).join(", ")}: ${origins.pack}`,
          ...tables.overridden.map((text) => `a fact of the operator's own in place of a table's: ${text}`),
        ]),
  ];
}
