import type { ExemptionUse } from "../exemptions";
import { exampleDeployment, exampleGuards } from "../examples";
import type { Finding, Rule } from "../rule";

/** UC-GOV-001: no exemption has expired, and none is without use. Everything else about an exemption is refused when its file is read. */
export const exemptionsValid: Rule = {
  id: "UC-GOV-001",
  name: "exemptions-valid",
  title: "Every exemption from a rule is in force and in use.",
  rationale:
    "An exemption is a decision about a risk, for a time. One that has ended covers nothing, and one that nothing needs any more waits for the next fault. Both hide how far the rules are kept.",
  severity: "high",
  kind: "stack",
  legal: [
    { framework: "nis2", reference: "21.2.f" },
    { framework: "nis2", reference: "21.2.a" },
    { framework: "ir2024-2690", reference: "2.2" },
  ],
  remediation: "Remove the exemption; or, where the risk is still there, have it approved again for a limited time.",
  types: ["*"],
  remedies: {
    components:
      "Read the ticket: take the exemption out of its file, or have it signed again by two persons with a new `expires`, at most 180 days away.",
    pulumi:
      "Change the file that the pack's configuration names under `exemptions`, have it signed anew, and run `pulumi preview` with the pack.",
  },
  beyond:
    "The law asks for a policy on risks and its review. That an exemption which nothing needs ends at once is this rule's own.",
  examples: {
    good: [exampleDeployment(), ...exampleGuards],
    bad: [exampleDeployment(), ...exampleGuards],
    exemptions: [
      {
        rule: "UC-SUP-001",
        resource: "urn:pulumi:production::crisis::kubernetes:apps/v1:Deployment::web",
        reason: "the image is built in another place until the new registry stands",
        author: "team",
        approver: "security",
        ticket: "SEC-17",
        kind: "waiver",
        approved: "2026-01-12",
        expires: "2026-03-31",
      },
    ],
  },
  checkStack: (_, { exemptions }) => exemptions?.().flatMap(judge),
};

const allowed = "exemptions that are in force and that something needs";

function judge({ exemption: { rule, resource, ticket, expires }, state }: ExemptionUse): readonly Finding[] {
  if (state === "expired")
    return [
      {
        found: `an exemption from ${rule} for ${resource} (ticket ${ticket}) that ended on ${expires}`,
        allowed,
        action: "remove it from the file of exemptions, or have it approved again",
      },
    ];
  if (state === "unused")
    return [
      {
        found: `an exemption from ${rule} for ${resource} (ticket ${ticket}) under which nothing was exempt`,
        allowed,
        action: "remove it from the file of exemptions, or correct its pattern",
      },
    ];
  return [];
}
