/** The age of facts, and verdicts that stay undetermined. */
import { type ExemptionUse, readExemptions } from "../../../policies/exemptions";
import { dataset } from "../../../policies/facts/dataset";
import { lastReview } from "../../../policies/facts/fact";
import { judgement } from "../../../policies/judge";
import type { Finding, Open, Rule, Subject, Undetermined } from "../../../policies/rule";
import { exemptionsValid } from "../../../policies/rules/gov-001-exemptions-valid";
import { datasetFresh } from "../../../policies/rules/gov-002-dataset-fresh";
import { nothingUndetermined } from "../../../policies/rules/gov-004-no-undetermined-at-apply";
import { noPublicAiEndpoint } from "../../../policies/rules/ai-001-no-public-ai-endpoint";
import { defaultLeakEndpoints } from "../../../policies/rules/net-002-default-leak-endpoints";
import { settings } from "../../../policies/settings";
import { row as exemption } from "../exemption";
import { Pack, shape } from "../support";
import { subject } from "../judged";
import { map } from "./fixtures";

/** A day some days after another, as `2026-11-30`. */
const after = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

describe("UC-GOV-001 exemptions-valid", () => {
  shape(exemptionsValid);

  test("its example's exemption is one that a file may hold", () => {
    const { exemptions = [] } = exemptionsValid.examples;
    expect(exemptions).toHaveLength(1);
    expect(readExemptions(JSON.stringify({ exemptions }), exemptions[0]?.approved ?? "")).toEqual(exemptions);
  });

  const use = (state: ExemptionUse["state"]): ExemptionUse => ({
    state,
    exemption: { ...exemption, rule: "UC-SUP-001", resource: "*::web", ticket: "SEC-17", expires: "2027-01-31" },
  });
  const said = (uses?: readonly ExemptionUse[]) =>
    exemptionsValid.checkStack?.([], {
      settings: settings({}, {}),
      isolated: [],
      inputs: new Map(),
      ...(uses === undefined ? {} : { exemptions: () => uses }),
    });

  test("it says nothing where nobody counts exemptions", () => {
    expect(said()).toBeUndefined();
  });

  test("it has nothing against none, nor against one that is in use, nor against one whose rule is in another pack", () => {
    expect(said([])).toEqual([]);
    expect(said([use("used"), use("elsewhere")])).toEqual([]);
  });

  test("it refuses one that has ended and one without use, each with its ticket", () => {
    const allowed = "exemptions that are in force and that something needs";
    expect(said([use("expired"), use("used"), use("unused")])).toEqual([
      {
        found: "an exemption from UC-SUP-001 for *::web (ticket SEC-17) that ended on 2027-01-31",
        allowed,
        action: "remove it from the file of exemptions, or have it approved again",
      },
      {
        found: "an exemption from UC-SUP-001 for *::web (ticket SEC-17) under which nothing was exempt",
        allowed,
        action: "remove it from the file of exemptions, or correct its pattern",
      },
    ]);
  });
});

describe("UC-GOV-002 dataset-fresh", () => {
  shape(datasetFresh);

  const row = (reviewed: string) => ({
    host: "a.example.org",
    party: "Example AG",
    country: "CH",
    nexus: "none",
    source: "the contract",
    reviewed,
  });
  /** Findings on a day, with rows of an operator's own by the days of their reviews. */
  const found = (day: string, ...own: readonly string[]): readonly Finding[] =>
    (
      datasetFresh.checkStack?.([], {
        settings: settings(
          { facts: own.map((reviewed, i) => ({ ...row(reviewed), host: `a${i}.example.org` })) },
          {},
          day,
        ),
        isolated: [],
        inputs: new Map(),
      }) ?? []
    ).flatMap((item) => ("found" in item ? [item] : []));

  const oldest = Object.values(dataset)
    .flatMap((rows) => rows.map(({ reviewed }) => reviewed))
    .sort()[0];

  test("the tables have the day of their review", () => {
    expect(oldest).toBe(lastReview);
  });

  test.each<[string, number, readonly string[]]>([
    ["on the day of the review", 0, []],
    ["after 180 days", 180, []],
    ["after 181 days", 181, ["advisory: more than 180 days"]],
    ["after 365 days", 365, ["advisory: more than 180 days"]],
    ["after 366 days", 366, ["more than 365 days"]],
    ["after ten years", 3650, ["more than 365 days"]],
  ])("the oldest rows of the tables %s", (_, days, expected) => {
    const all = found(after(lastReview, days));
    expect(
      all.map(
        ({ found: text, advisory }) =>
          `${advisory === true ? "advisory: " : ""}${/more than \d+ days/.exec(text)?.[0] ?? text}`,
      ),
    ).toEqual(expected);
    for (const { found: text } of all) {
      expect(text).toMatch(/^\d+ of \d+ rows of the tables that nobody has reviewed for /);
      expect(text).toContain(`the oldest on ${lastReview} (`);
      expect(text).toMatch(/\baiServices, .*\bhosts, .*\bregistries\b/);
    }
  });

  test("rows of one's own are asked alone, with the table that they are in", () => {
    const day = after(lastReview, 10);
    expect(found(day, after(day, -180)).length).toBe(0);
    const [advised, ...none] = found(day, after(day, -181), day);
    expect(none).toEqual([]);
    expect(advised).toMatchObject({
      found: `1 of 2 rows of your own that nobody has reviewed for more than 180 days, the oldest on ${after(day, -181)} (hosts)`,
      action: "look at their sources again, and set reviewed to that day",
      advisory: true,
    });
    const [refused] = found(day, after(day, -366), after(day, -400));
    expect(refused?.found).toMatch(/^2 of 2 rows .* 365 days/);
    expect(refused).not.toHaveProperty("advisory");
  });

  test("a review that is still to come is none; tomorrow is another time zone's today", () => {
    const day = after(lastReview, 10);
    expect(found(day, after(day, 1))).toEqual([]);
    expect(found(day, after(day, 2), day).map(({ found: text }) => text)).toEqual([
      `1 rows of your own whose review is said to be after ${day} (hosts)`,
    ]);
  });

  test("what is only an advice stops nothing", async () => {
    const pack = new Pack([
      { ...datasetFresh, checkStack: () => [{ found: "a", allowed: "b", action: "c", advisory: true }] },
    ]);
    const { violations } = await pack.askStack([map({ a: "b" })]);
    expect(violations.map(({ mandatory, message }) => [mandatory, /UC-GOV-002: found a/.test(message)])).toEqual([
      [false, true],
    ]);
  });
});

describe("UC-GOV-004 no-undetermined-at-apply", () => {
  shape(nothingUndetermined);

  const context = { settings: settings({}, {}), isolated: [], inputs: new Map<string, Subject>() };
  const check = (open?: readonly Open[]) =>
    nothingUndetermined.checkStack?.([], { ...context, ...(open === undefined ? {} : { open: () => open }) });

  test("it says nothing of a preview, which leaves values to the update", () => {
    expect(check()).toBeUndefined();
  });

  test("it passes where nothing was left open", () => {
    expect(check([])).toEqual([]);
  });

  test("it counts what was left open, by rule", () => {
    const open = (rule: string, urn: string): Open => ({ rule, urn });
    expect(check([open("UC-B-001", "a")])).toMatchObject([
      { found: "1 verdict that stays undetermined (1 of UC-B-001)" },
    ]);
    expect(check([open("UC-B-001", "a"), open("UC-A-001", "a"), open("UC-B-001", "b")])).toMatchObject([
      { found: "3 verdicts that stay undetermined (1 of UC-A-001, 2 of UC-B-001)" },
    ]);
  });

  test("a rule that leaves several things open about one resource counts once", () => {
    const open: readonly Open[] = [
      { rule: "UC-A-001", urn: "a" },
      { rule: "UC-A-001", urn: "a" },
      { rule: "UC-B-001", urn: "a" },
    ];
    expect(check(open)).toMatchObject([{ found: "2 verdicts that stay undetermined (1 of UC-A-001, 1 of UC-B-001)" }]);
  });

  const unknownHost = map({ a: "url: https://api.example.net/a\n" });
  const foreign = map({ a: "url: https://gravatar.com/a\n" }, "foreign");
  const rules: readonly Rule[] = [defaultLeakEndpoints, nothingUndetermined];
  const said = async (pack: Pack, ...resources: Parameters<Pack["askStack"]>[0]): Promise<readonly string[]> => {
    const { violations, silent } = await pack.askStack(resources);
    return [
      ...violations.map(
        ({ message, mandatory }) => `${mandatory ? "stops" : "advises"}: ${message.split("\n")[1] ?? ""}`,
      ),
      ...silent.filter((name) => name === "uc-gov-004-no-undetermined-at-apply-stack").map(() => "says nothing"),
    ];
  };

  test("in a preview it says nothing, in an update it counts each resource once", async () => {
    expect(await said(new Pack(rules), unknownHost)).toEqual(["says nothing"]);
    const pack = new Pack(rules, { preview: false });
    await pack.ask(unknownHost);
    expect(await said(pack, unknownHost)).toEqual([
      expect.stringMatching(
        /^stops: UC-GOV-004: found 1 verdict that stays undetermined \(1 of UC-NET-002\); allowed: /,
      ),
    ]);
  });

  test("it passes in an update whose findings are all known", async () => {
    expect(await said(new Pack(rules, { preview: false }), map({ a: "b: c\n" }))).toEqual([]);
    expect(await said(new Pack(rules, { preview: false }), foreign)).toEqual([]);
  });

  test("it stops what a rule that only advises could not judge", async () => {
    const advising: Rule = { ...defaultLeakEndpoints, enforcement: "advisory" };
    const pack = new Pack([advising, nothingUndetermined], { preview: false });
    expect(await said(pack, unknownHost)).toEqual([expect.stringMatching(/^stops: UC-GOV-004: /)]);
  });

  test("it counts what the check of the stack leaves open", async () => {
    const open: Undetermined = { undetermined: "a" };
    const stack: Rule = { ...noPublicAiEndpoint, check: () => [], checkStack: () => [open] };
    const pack = new Pack([stack, nothingUndetermined], { preview: false });
    expect(await said(pack, map({ a: "b" }))).toEqual([expect.stringMatching(/\(1 of UC-AI-001\); /)]);
  });

  test("a judgement without an engine counts too, and an exemption is a decision", () => {
    const one = subject({ type: unknownHost.type, props: unknownHost.props ?? {} });
    const chosen = settings({}, {}, "2026-11-30");
    const of = (exemptions: typeof chosen.exemptions): readonly string[] =>
      judgement(rules, [one], { ...chosen, exemptions }).judged.map(({ rule }) => rule.id);
    expect(of([])).toEqual(["UC-NET-002", "UC-GOV-004"]);
    expect(
      of([
        {
          rule: "UC-NET-002",
          resource: "urn:pulumi:test::project::*::it",
          reason: "looked at, and the contract is being signed",
          author: "anna",
          approver: "beat",
          ticket: "SEC-3",
          kind: "waiver",
          approved: "2026-11-20",
          expires: "2027-01-31",
        },
      ]),
    ).toEqual(["UC-NET-002"]);
  });
});
