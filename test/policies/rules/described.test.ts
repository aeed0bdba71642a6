/** Descriptions of the rules, beside their tables: its types, its remedies, and examples that show it. */
import { judgeAll } from "../../../policies/judge";
import { rules } from "../../../policies/pack";
import type { Example, Operation, Rule } from "../../../policies/rule";
import { settings } from "../../../policies/settings";
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
