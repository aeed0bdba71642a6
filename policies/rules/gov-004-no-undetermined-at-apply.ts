import { exampleDeployment, exampleFile, exampleGuards } from "../examples";
import type { Finding, Open, Rule } from "../rule";

/** UC-GOV-004: an operation that ends has judged everything. */
export const nothingUndetermined: Rule = {
  id: "UC-GOV-004",
  name: "no-undetermined-at-apply",
  title: "Once a stack is applied, no verdict of any rule stays undetermined.",
  rationale:
    "A preview may wait for values that only the update knows. After the update nothing more will be known: what nobody could judge then runs unjudged. This holds also where somebody has turned the rule that could not judge into an advice; and where this rule passes, the evidence says that nothing was left open.",
  severity: "high",
  kind: "stack",
  legal: [
    { framework: "nis2", reference: "21.2.f" },
    { framework: "ir2024-2690", reference: "7" },
    { framework: "ir2024-2690", reference: "2.2" },
  ],
  remediation:
    "Do what the undetermined verdicts say, each by its own; or have the risk accepted for a limited time by an exemption from the rule that could not judge.",
  types: ["*"],
  remedies: {
    components:
      "Give arguments of components as plain text, and name opaque resources that were looked at under `opaque` in the pack's configuration.",
    pulumi:
      "Give values as plain text in place of outputs, texts unpacked, and add hosts that are in no table to `facts` in the pack's configuration.",
    kubernetes:
      "Render charts and templates before they are judged, and keep texts of ConfigMaps small enough that they are read.",
  },
  beyond:
    "The law asks whether measures work. That one which could not be checked counts as failed is this rule's own.",
  examples: {
    good: [exampleDeployment(), ...exampleGuards],
    bad: [exampleFile("app.yaml", "reports: https://reports.example.net/api\n")],
  },
  checkStack: (_, { open }) => (open === undefined ? undefined : judge(open())),
};

/** A rule that leaves several things open about one resource has one verdict on it. */
function judge(all: readonly Open[]): readonly Finding[] {
  if (all.length === 0) return [];
  const open = [...new Map(all.map((one) => [`${one.rule} ${one.urn}`, one])).values()];
  const counts = new Map<string, number>();
  for (const { rule } of open) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const list = [...counts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([rule, count]) => `${count} of ${rule}`);
  return [
    {
      found: `${open.length} ${open.length === 1 ? "verdict that stays" : "verdicts that stay"} undetermined (${list.join(", ")})`,
      allowed: "operations after which every rule has judged everything",
      action: "do what these verdicts say, each by its own",
    },
  ];
}
