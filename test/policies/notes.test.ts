import { rules } from "../../policies/pack";
import type { Rule, Undetermined } from "../../policies/rule";
import { Pack, type Resource, unknownString, urnOf } from "./support";

const provider = { type: "pulumi:providers:kubernetes", props: { renderYamlToDirectory: "out" } };

/** A secret with a value that only the update knows, and a public image beside it in every other one. */
const some = (name: string, more: object = {}): Resource => ({
  type: "kubernetes:core/v1:Secret",
  name,
  provider,
  props: { metadata: { name }, stringData: { a: unknownString, ...more } },
});
const many = Array.from({ length: 40 }, (_, i) => some(`s${i}`));

const messages = (all: readonly { readonly message: string }[]): string => all.map(({ message }) => message).join("\n");

describe("Values that only the update knows", () => {
  test("in a preview they are one note for each rule, with a count, the types, and how to see all", async () => {
    const pack = new Pack(rules, { each: false });
    const early = await Promise.all(many.map((resource) => pack.ask(resource)));
    expect(early.flatMap(({ open }) => open)).toEqual([]);
    const { open } = await pack.askStack(many);
    const images = open.filter(({ policy }) => policy.startsWith("uc-img-001"));
    expect(messages(images)).toBe(
      "UC-IMG-001: undetermined: 40 resources have values that only the update knows (40 of kubernetes:core/v1:Secret); " +
        "do: nothing, the update judges them; SOVEREIGN_UC_NOTES=each prints every one",
    );
    expect(images[0]?.mandatory).toBe(false);
    expect(open.length).toBeLessThanOrEqual(rules.length);
    expect(new Set(open.map(({ policy }) => policy)).size).toBe(open.length);
  });

  test("a rule that left something to the update has not passed, neither for the resource nor for the stack", async () => {
    const pack = new Pack(rules, { each: false });
    const { silent } = await pack.ask(many[0] ?? some("a"));
    expect(silent).toContain("uc-img-001-registry-jurisdiction");
    const stack = await pack.askStack(many);
    expect(stack.open.map(({ policy }) => policy)).toContain("uc-img-001-registry-jurisdiction-stack");
  });

  test("all of them are printed where that is asked for", async () => {
    const pack = new Pack(rules, { each: true });
    const early = await Promise.all(many.map((resource) => pack.ask(resource)));
    expect(early.filter(({ open }) => open.some(({ policy }) => policy.startsWith("uc-img-001")))).toHaveLength(40);
  });

  test("in an update each of them is a failure of its own, on its resource", async () => {
    const pack = new Pack(rules, { each: false, preview: false });
    const late = await Promise.all(many.map((resource) => pack.ask(resource)));
    for (const { open } of late)
      expect(open.filter(({ policy, mandatory }) => mandatory && policy.startsWith("uc-img-001"))).toHaveLength(1);
  });

  test("what is undetermined for another reason is printed in full in a preview", async () => {
    const { open } = await new Pack(rules, { each: false }).ask(some("a", { b: "https://api.example.com/v1" }));
    expect(messages(open)).toMatch(/undetermined: api\.example\.com in stringData\.b, which is in no table/);
    expect(messages(open)).not.toMatch(/not known before the update/);
  });

  test("a finding beside a value that is not known is said at once, and stops the preview", async () => {
    const { violations } = await new Pack(rules, { each: false }).ask(some("a", { b: "https://api.openai.com/v1" }));
    expect(violations.filter(({ mandatory }) => mandatory).map(({ policy }) => policy)).toContain(
      "uc-ai-001-no-public-ai-endpoint",
    );
  });

  test.each<readonly [about: string, item: Partial<Undetermined>, expected: string]>([
    ["a resource is counted by its type", { urn: urnOf(some("a")) }, "1 of kubernetes:core/v1:Secret"],
    ["no resource in particular is counted as the stack's", {}, "1 of the stack"],
  ])("what the check of a stack says about %s", async (_, item, expected) => {
    const [first] = rules;
    if (first === undefined) throw new Error("expected a rule");
    const { check: _check, ...rest } = first;
    const rule: Rule = { ...rest, checkStack: () => [{ undetermined: "a", later: true, ...item }] };
    const { open } = await new Pack([rule], { each: false }).askStack([some("a")]);
    expect(messages(open)).toBe(
      `${rule.id}: undetermined: 1 resource has a value that only the update knows (${expected}); ` +
        "do: nothing, the update judges it; SOVEREIGN_UC_NOTES=each prints every one",
    );
  });

  test("types of the same number stand in the order of their names", async () => {
    const pack = new Pack(rules, { each: false });
    const all = ["Secret", "Pod", "ConfigMap"].map((kind) => ({ ...some(kind), type: `kubernetes:core/v1:${kind}` }));
    const { open } = await pack.askStack(all);
    expect(messages(open.filter(({ policy }) => policy.startsWith("uc-img-001")))).toContain(
      "(1 of kubernetes:core/v1:ConfigMap, 1 of kubernetes:core/v1:Pod, 1 of kubernetes:core/v1:Secret)",
    );
  });

  test("the types of one note are counted, the rarest together", async () => {
    const pack = new Pack(rules, { each: false });
    const types = ["Secret", "ConfigMap", "Pod", "Service", "PersistentVolume", "ServiceAccount"];
    const all = types.flatMap((kind, i) =>
      Array.from({ length: 7 - i }, (_, n) => ({ ...some(`${kind}${n}`), type: `kubernetes:core/v1:${kind}` })),
    );
    const { open } = await pack.askStack(all);
    expect(messages(open.filter(({ policy }) => policy.startsWith("uc-img-001")))).toContain(
      "27 resources have values that only the update knows (7 of kubernetes:core/v1:Secret, 6 of kubernetes:core/v1:ConfigMap, 5 of kubernetes:core/v1:Pod, 4 of kubernetes:core/v1:Service, 5 of other types)",
    );
  });
});
