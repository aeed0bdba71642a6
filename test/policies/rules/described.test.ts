/** Descriptions of the rules, beside their tables: its types, its remedies, and examples that show it. */
import { judgeAll } from "../../../policies/judge";
import { jurisdictionRules, rules } from "../../../policies/pack";
import { type Example, frameworks, legalTags, type Operation, type Rule } from "../../../policies/rule";
import { settings } from "../../../policies/settings";
import { golden } from "../../support/golden";
import { subject } from "../judged";

const chosen = settings({ ownDomains: ["crisis.example.ch"] }, {});

/** Verdicts of all rules on an example, each as the rule's id and its text. Values that only an update knows would leave an example open. */
const judged = (
  example: readonly Example[],
  operation?: Operation,
  { exemptions = [], day = chosen.day }: Pick<Rule["examples"], "exemptions" | "day"> = {},
): readonly string[] =>
  judgeAll(
    rules,
    example.map(({ properties, ...rest }) => subject({ ...rest, props: properties })),
    { ...chosen, exemptions, day },
    operation,
  ).map(({ rule, item }) => `${rule.id} ${"found" in item ? item.found : `undetermined: ${item.undetermined}`}`);

/** Everything that a rule allows, as it says where it refuses its example. */
const allowed = ({ id, examples: { bad, operation, exemptions = [], day = chosen.day } }: Rule): readonly string[] =>
  judgeAll(
    rules.filter((rule) => rule.id === id),
    bad.map(({ properties, ...rest }) => subject({ ...rest, props: properties })),
    { ...chosen, exemptions, day },
    operation,
  ).flatMap(({ item }) => ("found" in item ? [item.allowed] : []));

/** True if a list of types, with `*` for any end, has a type. */
const isRead = (types: readonly string[], type: string): boolean =>
  types.some((one) => (one.endsWith("*") ? type.startsWith(one.slice(0, -1)) : one === type));

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  test("has an example that every rule passes", () => {
    expect(rule.examples.good.length).toBeGreaterThan(0);
    expect(judged(rule.examples.good)).toEqual([]);
  });

  test("has an example that it refuses, and no other rule", () => {
    const found = judged(rule.examples.bad, rule.examples.operation, rule.examples);
    expect(found.length).toBeGreaterThan(0);
    for (const text of allowed(rule)) expect(text).toMatch(/^\S.{3,}/);
    // One rule speaks about what others could not judge.
    const isMeant = (text: string): boolean => id === "UC-GOV-004" && /^\S+ undetermined: /.test(text);
    expect(found.filter((text) => !text.startsWith(`${id} `) && !isMeant(text))).toEqual([]);
  });

  test("names the types that it reads, among them one that it refuses", () => {
    expect(new Set(rule.types).size).toBe(rule.types.length);
    for (const type of rule.types) expect(type).toMatch(/^(\*|[a-z][a-z-]*(:[\w./-]*)*\*?)$/);
    expect(rule.examples.bad.some(({ type }) => isRead(rule.types, type))).toBe(true);
  });

  test("says what to do in our components, in Pulumi, and where there is such a thing in Kubernetes", () => {
    const { components, pulumi, kubernetes = pulumi } = rule.remedies;
    for (const text of [components, pulumi, kubernetes, rule.beyond ?? pulumi])
      expect(text).toMatch(/^[A-Z`].{30,}\.$/s);
    expect(new Set([components, pulumi]).size).toBe(2);
  });

  test("has its own ids only", () => {
    const others = rules.filter((other) => other !== rule).flatMap((other) => [other.id, ...(other.aliases ?? [])]);
    for (const name of [id, ...(rule.aliases ?? [])]) expect(others).not.toContain(name);
  });
});

test("what the packs say of themselves is what was read last", () => {
  const laws = Object.entries(frameworks).map(([id, law]) => `${id}: ${Object.values(law).join(", ")}\n`);
  golden(
    "policies/rules.txt",
    rules
      .map((rule) => {
        const pack = jurisdictionRules.includes(rule) ? ", in the pack of jurisdiction" : "";
        return `${rule.id} ${rule.name}: ${rule.severity}, ${rule.kind}, ${rule.enforcement ?? "mandatory"}${pack}; ${legalTags(rule).join(" ")}; reads ${rule.types.join(" ")}\n`;
      })
      .join("") + laws.join(""),
  );
});
