import { filesOf } from "../../../policies/evidence/bundle";
import { gdpr, nis2, objectives } from "../../../policies/evidence/law";
import type { Evidence, Result } from "../../../policies/evidence/model";
import { type Given, type Report, reportOf } from "../../../policies/evidence/report";
import { languages } from "../../../policies/evidence/words";
import { rules } from "../../../policies/pack";
import type { Rule, Subject } from "../../../policies/rule";
import { tablesWith } from "../../../policies/tables";
import { mixed } from "./fixture";

const given: Given = { ownDomains: ["example.ch"], reasons: {}, tables: tablesWith([]) };
const report = (change: Partial<Evidence> = {}, more: Partial<Given> = {}): Report =>
  reportOf({ ...mixed, ...change }, { ...given, ...more });
const component = (type: string, name: string, properties: Subject["properties"]): Subject => ({
  type,
  name,
  urn: name,
  properties,
  provider: undefined,
});
const result = (rule: string, state: Result["state"]): Result => ({
  rule,
  state,
  urn: "a",
  name: "a",
  type: "a:b:C",
  message: state === "passed" ? "" : "m",
});

describe("Cells of a law", () => {
  test("every letter from (a) to (j) has a row, and every point of the register", () => {
    expect(
      report()
        .nis2.map(({ point }) => point.label.en)
        .join(""),
    ).toBe("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)");
    expect(report().register).toHaveLength(gdpr.length);
  });

  test("references are written as each language writes them", () => {
    expect(gdpr[0]?.label).toEqual({
      en: "Art. 32(1)(a)",
      de: "Art. 32 Abs. 1 lit. a",
      fr: "art. 32, par. 1, point a)",
    });
    expect(gdpr.at(-1)?.label.de).toBe("Art. 48");
  });

  test("without a result every cell says that there is no proof, in every language", () => {
    const empty = report({ results: [] });
    expect(
      new Set(
        [...empty.nis2, ...empty.register, ...empty.aiact, ...empty.dpo, ...empty.revfadp].map(({ state }) => state),
      ),
    ).toEqual(new Set(["no proof"]));
    const files = filesOf(empty);
    const words = { en: "no proof", de: "kein Nachweis", fr: "aucune preuve" };
    for (const language of languages) {
      const rows = (files[`nis2.${language}.md`] ?? "").split("\n").filter((line) => line.startsWith("| ("));
      expect(rows).toHaveLength(nis2.length);
      for (const row of rows) expect(row).toMatch(new RegExp(`\\| – ${words[language]} \\|$`));
    }
  });

  test("a rule that judged nothing neither proves nor hides anything", () => {
    const only = report({ results: [result("UC-MED-001", "passed")] });
    const cell = (letter: string) => only.nis2.find(({ point }) => point.reference === `21.2.${letter}`);
    expect(cell("h")?.state).toBe("passed");
    // (j) has others as well, which judged nothing.
    expect(cell("j")?.measures.map(({ rule, state }) => [rule.id, state])).toEqual([
      ["UC-MED-001", "passed"],
      ...["UC-NET-001", "UC-IDN-001", "UC-IDN-002", "UC-FED-001", "UC-EMG-001", "UC-IDN-003"].map((id) => [
        id,
        "not run",
      ]),
    ]);
    expect(cell("d")?.state).toBe("no proof");
  });

  test.each<[Result["state"][], string]>([
    [["passed", "exempt"], "exempt"],
    [["passed", "exempt", "undetermined"], "undetermined"],
    [["passed", "exempt", "undetermined", "failed"], "failed"],
  ])("of %j the worst counts", (states, expected) => {
    const cell = report({ results: states.map((state) => result("UC-MED-001", state)) }).nis2.find(
      ({ point }) => point.reference === "21.2.h",
    );
    expect(cell?.state).toBe(expected);
  });

  test("a reference to a part of a point counts for it, and to another point that begins alike does not", () => {
    const [rule] = rules;
    if (rule === undefined) throw new Error("expected a rule");
    const of = (reference: string): Rule => ({ ...rule, legal: [{ framework: "revfadp", reference }] });
    const state = (reference: string) =>
      report({ rules: [of(reference)], results: [result(rule.id, "passed")] }).revfadp.find(
        ({ point }) => point.reference === "7",
      )?.state;
    expect([state("7.3"), state("7"), state("70")]).toEqual(["passed", "passed", "no proof"]);
  });
});

describe("End-to-end encryption by service", () => {
  const jitsi = component("sovereign-uc:index:Jitsi", "meetings", { confidentiality: "end-to-end" });

  test("has the choice of each service with the operator's reason, and makes none up", () => {
    const resources = [
      jitsi,
      component("sovereign-uc:index:Jitsi", "other", {}),
      component("sovereign-uc:index:Matrix", "chat", {}),
      component("a:b:C", "x", {}),
    ];
    const reason = "clients talk to lawyers in these rooms";
    const { encryption } = report({ resources }, { reasons: { meetings: reason } });
    expect(encryption.map(({ name, choice, reason: why }) => [name, choice, why])).toEqual([
      ["meetings", "end-to-end", reason],
      ["other", "not known", undefined],
      ["chat", "end-to-end", undefined],
    ]);
    const files = filesOf(report({ resources }, { reasons: { meetings: reason } }));
    expect(files["register.de.md"]).toMatch(
      /\| Jitsi \(meetings\) \| Ende zu Ende \| .* \| clients talk to lawyers in these rooms \|/,
    );
    expect(files["register.fr.md"]).toMatch(/\| Matrix \(chat\) \| de bout en bout \| .* \| aucun motif indiqué \|/);
  });

  test("without a service nothing is claimed", () => {
    expect(filesOf(report())["register.en.md"]).toContain("no service of this library was seen");
  });
});

describe("Sovereignty", () => {
  test("weights add up to all of it", () => {
    expect(objectives.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
  });

  test("an objective without a proof counts as nothing, and holds the level down", () => {
    const { sovereignty } = report({ results: [result("UC-JUR-001", "passed"), result("UC-JUR-001", "exempt")] });
    const state = (id: string) => sovereignty.objectives.find(({ objective }) => objective.id === id);
    expect([state("SOV-1")?.score, state("SOV-1")?.state, state("SOV-8")?.score, state("SOV-8")?.state]).toEqual([
      50,
      "exempt",
      0,
      "no proof",
    ]);
    expect(sovereignty).toMatchObject({ score: 12.5, covered: 25, level: { level: 0 } });
    expect(sovereignty.level.because).toMatch(/no proof for SOV-3, SOV-4.*open or exempt: SOV-1, SOV-2/);
  });

  /** Rules of which one speaks about every objective. */
  const covering = rules.slice(0, 1).map((rule): Rule => ({
    ...rule,
    legal: [
      { framework: "csf", reference: "SOV-1" },
      ...objectives.slice(1).map(({ id }) => ({ framework: "csf" as const, reference: id })),
    ],
  }));
  const level = (state: Result["state"], ...packages: readonly string[]) =>
    report({
      rules: covering,
      results: covering.map(({ id }) => result(id, state)),
      resources: packages.map((name) => component(`pulumi:providers:${name}`, name, {})),
    }).sovereignty.level;

  test.each<[string, number]>([
    ["infomaniak", 4],
    ["hcloud", 3],
    ["exoscale", 2],
    ["aws", 1],
  ])("a provider %s allows level %d at most", (name, expected) => {
    expect(level("passed", name).level).toBe(expected);
  });

  test("the worst supplier decides, and a failed rule ends it", () => {
    expect(level("passed", "infomaniak", "exoscale", "hcloud")).toMatchObject({
      level: 2,
      because: expect.stringContaining("Exoscale") as string,
    });
    expect(level("failed", "infomaniak")).toMatchObject({ level: 0, because: "rules of SOV-1 failed" });
  });
});

test("endpoints have their controllers: the operator, a party of the tables, or nobody that is known; inner names and identifiers are none", () => {
  const urls =
    "https://chat.example.ch https://a.nobody-knows.net https://api.openai.com https://db.internal http://10.0.0.1 http://www.w3.org/1999/xhtml";
  const { directory } = report({
    resources: [component("a:b:C", "x", { urls }), component("pulumi:providers:hcloud", "default", {})],
  });
  expect(directory.endpoints.map(({ host, controller, party }) => [host, controller, party])).toEqual([
    ["a.nobody-knows.net", "undetermined", "in no table of facts"],
    ["api.hetzner.cloud", "known", "Hetzner Online GmbH"],
    ["api.openai.com", "known", expect.stringContaining("OpenAI")],
    ["chat.example.ch", "own", "the operator"],
  ]);
  expect(directory.suppliers.map(({ party, uses }) => [party, uses])).toEqual([
    ["Hetzner Online GmbH", ["api.hetzner.cloud", "provider hcloud"]],
    [expect.stringContaining("OpenAI"), ["api.openai.com"]],
  ]);
});
