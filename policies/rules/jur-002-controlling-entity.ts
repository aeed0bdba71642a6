import { entity, partyText } from "../facts/entities";
import { serviceFact } from "../facts/services";
import { acceptedText, objection } from "../exposure";
import type { Profile } from "../profiles";
import type { Tables } from "../tables";
import type { Context, Finding, Rule, Subject, Verdict } from "../rule";
import { objectStore, packageOf, providerProperties, storeHosts } from "../extract/subject";

/** UC-JUR-002: the party that controls a provider is acceptable under the profile. */
export const controllingEntity: Rule = {
  id: "UC-JUR-002",
  name: "controlling-entity",
  title: "The party that controls a provider, or runs a service for it, has no more US nexus than the profile accepts.",
  rationale:
    "Control decides who can be compelled, not the location of a machine. The operator decides by profile how much exposure is acceptable; every report prints the exposure that remains.",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "ir2024-2690", reference: "5.1" },
    { framework: "gdpr", reference: "28" },
    { framework: "gdpr", reference: "48" },
    { framework: "revfadp", reference: "9" },
    { framework: "revfadp", reference: "16" },
    { framework: "secnumcloud", reference: "19.6" },
    { framework: "csf", reference: "SOV-2" },
  ],
  remediation:
    "Take a provider whose owners the profile accepts, or choose another profile and accept the exposure that it prints.",
  types: ["pulumi:providers:*", "exoscale:index/domain*", "*"],
  remedies: {
    components:
      "Choose a cloud whose owners the profile accepts: `hetzner()` or `exoscale()` under `european`, `metal()` under `strict`.",
    pulumi:
      "Take a provider whose row in facts/providers.ts names a party that the profile accepts; keep names in a zone of Hetzner's or of your own.",
  },
  beyond:
    "A transfer to a party under US law can be lawful, as with a certified company under the Swiss-US data privacy framework. The profile refuses it all the same, since it asks who can be compelled.",
  examples: {
    good: [
      {
        type: "hcloud:index/primaryIp:PrimaryIp",
        properties: { location: "fsn1", type: "ipv4", assigneeType: "server" },
      },
    ],
    bad: [{ type: "exoscale:index/domain:Domain", properties: { name: "crisis.example.ch" } }],
  },
  check: judge,
};

function judge(subject: Subject, { settings: { profile, tables } }: Context): Verdict {
  const service = serviceFact(subject.type);
  const of = provider(subject, profile, tables);
  if (service === undefined) return of;
  const reason = objection(profile, service.party);
  return [
    ...(of ?? []),
    ...(reason === undefined
      ? []
      : [
          {
            found: `${service.what}, which runs on the servers of ${partyText(service.party)}: ${reason}, since ${entity(service.party).why}`,
            allowed: acceptedText(profile),
            action: "keep these names with another operator, or in a zone of your own",
          },
        ]),
  ];
}

function provider(subject: Subject, profile: Profile, tables: Tables): readonly Finding[] | undefined {
  const name = packageOf(subject) ?? "";
  const row = tables.provider(name);
  if (row === undefined) return undefined;
  const stores =
    row.kind === "object-store"
      ? storeHosts(providerProperties(subject)).flatMap((host) => objectStore(tables, host)?.party ?? [])
      : [];
  const parties = stores.length > 0 ? stores : row.party === undefined ? [] : [row.party];
  if (parties.length === 0) return undefined;
  return [...new Set(parties)].flatMap((party) => {
    const reason = objection(profile, party);
    return reason === undefined
      ? []
      : [
          {
            found: `provider "${name}" of ${partyText(party)}: ${reason}, since ${entity(party).why}`,
            allowed: acceptedText(profile),
            action: "take another provider or another profile",
          },
        ];
  });
}
