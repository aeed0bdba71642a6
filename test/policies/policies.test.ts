import { crossguard } from "../../policies/crossguard";
import { rules } from "../../policies/pack";
import type { Context, Rule, Subject, Verdict } from "../../policies/rule";
import { judgeAll } from "../../policies/judge";
import { settings } from "../../policies/settings";
import { golden } from "../support/golden";
import { Pack, urnOf } from "./support";

const template = rules[0] as Rule;

/** A rule that says what it is told to. */
const saying = (verdict: Verdict, more: Partial<Rule> = {}): Rule => ({
  id: "UC-TST-001",
  name: "test",
  title: template.title,
  rationale: template.rationale,
  remediation: template.remediation,
  severity: "low",
  kind: "resource",
  legal: template.legal,
  types: template.types,
  remedies: template.remedies,
  examples: template.examples,
  check: () => verdict,
  ...more,
});

const advisory = { enforcement: "advisory" } as const;
const found = { found: "a", allowed: "b", action: "c" };
const thing = { type: "a:b:C" };
const other = { type: "a:b:D", name: "other" };

describe("What a rule says, as CrossGuard hears it", () => {
  test("a rule has a policy for the stack, where its notes are counted, and one for resources where it judges them", () => {
    const names = (rule: Rule): readonly string[] => crossguard([rule], () => ({})).map(({ name }) => name);
    const common = ["settings", "settings-stack"];
    expect(names(saying([]))).toEqual([...common, "uc-tst-001-test", "uc-tst-001-test-stack", "settings-guard"]);
    const { check: _, ...rest } = saying([]);
    expect(names({ ...rest, checkStack: () => [] })).toEqual([...common, "uc-tst-001-test-stack", "settings-guard"]);
  });

  test.each([
    ["is mandatory", {}, true],
    ["is advisory where the rule is", advisory, false],
  ])("a finding %s", async (_, more, mandatory) => {
    const { violations } = await new Pack([saying([found], more)]).ask(thing);
    expect(violations.map((one) => one.mandatory)).toEqual([mandatory]);
    expect(violations[0]?.message).toContain("UC-TST-001: found a; allowed: b; do: c");
  });

  test.each([
    ["is a note in a preview", true, {}, false],
    ["is as bad as a finding in an update", false, {}, true],
    ["is a note in an update where the rule is advisory", false, advisory, false],
  ])("what is undetermined %s", async (_, preview, more, mandatory) => {
    const { open } = await new Pack([saying([{ undetermined: "a" }], more)], { preview }).ask(thing);
    expect(open.map((one) => one.mandatory)).toEqual([mandatory]);
    expect(open[0]?.message).toContain(
      "UC-TST-001: undetermined: a; do: give the value as plain text, so that it is known before the update",
    );
  });

  test("what is undetermined says what to do", async () => {
    const { open } = await new Pack([saying([{ undetermined: "a", action: "look" }])]).ask(thing);
    expect(open[0]?.message).toContain("undetermined: a; do: look");
  });

  test("in a check of the stack each finding has the resource that it is about", async () => {
    const urn = urnOf(other);
    const rule = saying(undefined, {
      checkStack: () => [{ ...found, urn }, { undetermined: "a", urn }, { undetermined: "b" }],
    });
    const { violations, open } = await new Pack([rule]).askStack([thing, other]);
    expect(violations.map((one) => one.urn)).toEqual([urn]);
    expect(open.map((one) => one.urn).filter((one) => one === urn)).toHaveLength(1);
    expect(open).toHaveLength(2);
  });

  test.each([
    ["nothing", undefined, true],
    ["that all is left to the stack's check", [{ deferred: "a" }], true],
    ["that some is left to the stack's check", [{ deferred: "a" }, found], false],
    ["that it passed", [], false],
  ])("a rule that says %s", async (_, verdict: Verdict, silent) => {
    const answer = await new Pack([saying(verdict)]).ask(thing);
    expect(answer.silent.includes("uc-tst-001-test")).toBe(silent);
  });

  test("an error that is no RangeError keeps its trace", async () => {
    const rule = saying([], {
      check: () => {
        throw new TypeError("a fault");
      },
    });
    await expect(new Pack([rule]).ask(thing)).rejects.toThrow(/a fault\n[^]*policies\.test/);
  });

  test("settings under a rule's own name are refused", () => {
    const [, , policy] = crossguard([saying([])], () => ({}));
    if (policy === undefined || !("validateResource" in policy) || typeof policy.validateResource !== "function")
      throw new Error("expected a resource policy");
    const { validateResource } = policy;
    const args = { type: "a", name: "a", urn: "a", props: {}, getConfig: () => ({ profile: "strict" }) };
    expect(() => validateResource(args as never, () => undefined)).toThrow(
      /expected no settings under uc-tst-001-test, got "profile"/,
    );
  });

  test("settings are read once, and again when they change", () => {
    let config: object = { profile: "swiss" };
    let stackRead = 0;
    const seen: string[] = [];
    const [reader, , policy] = crossguard(
      [
        saying([], {
          check: (_, { settings: { profile } }) => {
            seen.push(profile.name);
            return [];
          },
        }),
      ],
      () => {
        stackRead++;
        return {};
      },
    );
    const run = (one: typeof reader, own: object): void => {
      if (one === undefined || !("validateResource" in one) || typeof one.validateResource !== "function")
        throw new Error("expected a resource policy");
      const args = { type: "a", name: "a", urn: "a", props: {}, getConfig: () => own, notApplicable: () => undefined };
      void one.validateResource(args as never, () => undefined);
    };
    for (const profile of ["swiss", "swiss", "strict"]) {
      config = { profile };
      run(reader, config);
      run(policy, {});
    }
    expect(seen).toEqual(["swiss", "swiss", "strict"]);
    expect(stackRead).toBe(2);
  });

  test("the check of a stack is given the inputs of what opens or is replicated, and nothing else", async () => {
    let given: Context["inputs"] | undefined;
    const rule = saying([], {
      checkStack: (_, { inputs }) => {
        given = inputs;
        return [];
      },
    });
    const firewall = { type: "hcloud:index/firewall:Firewall", props: { rules: [] } };
    await new Pack([rule]).askStack([firewall, thing]);
    expect([...(given ?? new Map()).keys()]).toEqual([urnOf(firewall)]);
  });

  test("ranges that several networks name are told once, after those of the settings", async () => {
    let given: readonly string[] = [];
    const rule = saying([], {
      checkStack: (_, { isolated }) => {
        given = isolated;
        return [];
      },
    });
    const network = (name: string, isolatedFrom: readonly string[]) => ({
      type: "sovereign-uc:index:Network",
      name,
      props: { isolatedFrom: [{ name: "mail", ranges: isolatedFrom }] },
    });
    const pack = { isolated: ["10.0.0.0/16"] };
    await new Pack([rule], { pack }).askStack([
      network("a", ["10.1.0.0/16", "10.0.0.0/16"]),
      network("b", ["10.1.0.0/16"]),
    ]);
    expect(given).toEqual(["10.0.0.0/16", "10.1.0.0/16"]);
  });

  test("the pack's form of the settings, and each policy's place in the law, are what was read last", () => {
    const told = crossguard(rules, () => ({})).map(({ name, severity, framework, tags, configSchema }) => ({
      name,
      severity,
      framework,
      tags,
      ...(configSchema === undefined ? {} : { configSchema }),
    }));
    golden("policies/policies.json", `${JSON.stringify(told, null, 2)}\n`);
  });
});

test("a provider that is refused is told which ones are accepted, and no other", async () => {
  const { violations } = await new Pack(rules).ask({ type: "pulumi:providers:azure" });
  const [, allowed = ""] = /allowed: (.*?); do/.exec(violations[0]?.message ?? "") ?? [];
  expect(allowed.split(", ")).toEqual(expect.arrayContaining(["hcloud", "exoscale", "random"]));
  for (const refused of ["azure", "aws", "minio"]) expect(allowed.split(", ")).not.toContain(refused);
});

describe("Rules on all resources in one go", () => {
  const subject = (name: string, type = "a:b:C", properties = {}): Subject => ({
    type,
    name,
    urn: `urn:${name}`,
    properties,
    provider: undefined,
  });
  const own = settings({ isolated: ["10.0.0.0/16"] }, {});

  test("each finding has its resource; one of a stack that names none has none", () => {
    const rule = saying([found], {
      checkStack: () => [{ ...found, urn: "urn:b" }, found, { deferred: "a" }],
    });
    const judged = judgeAll([rule], [subject("a"), subject("b")], own);
    expect(judged.map(({ subject: of, item }) => [of?.name, item])).toEqual([
      ["a", found],
      ["b", found],
      ["b", { ...found, urn: "urn:b" }],
      [undefined, found],
    ]);
  });

  test("a finding of one resource is its own, whatever it names", () => {
    const judged = judgeAll([saying([{ ...found, urn: "urn:b" }])], [subject("a"), subject("b")], own);
    expect(judged.map(({ subject: of }) => of?.name)).toEqual(["a", "b"]);
  });

  test("rules see ranges of the settings and of networks, and the inputs of all", () => {
    let given: Context | undefined;
    const rule = saying([], {
      checkStack: (_, context) => {
        given = context;
        return undefined;
      },
    });
    const network = subject("n", "sovereign-uc:index:Network", {
      isolatedFrom: [{ ranges: ["10.1.0.0/16", "10.0.0.0/16"] }],
    });
    expect(judgeAll([rule], [network, subject("a")], own)).toEqual([]);
    expect(given?.isolated).toEqual(["10.0.0.0/16", "10.1.0.0/16"]);
    expect(given?.inputs.get("urn:a")?.name).toBe("a");
    expect([...(given?.inputs.keys() ?? [])]).toEqual(["urn:n", "urn:a"]);
  });

  test("a rule without a check of the stack has none, and one that says nothing adds nothing", () => {
    expect(judgeAll([saying(undefined)], [subject("a")], own)).toEqual([]);
  });
});
