import { Server } from "@grpc/grpc-js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { type Answers, outspoken, sayWeakened, weakened } from "../../policies/levels";
import { jurisdictionRules, rules } from "../../policies/pack";
import { policyName, type Rule } from "../../policies/rule";
import { Pack } from "./support";

const { ADVISORY, DISABLED, MANDATORY, REMEDIATE } = analyzer.EnforcementLevel;
const stack = { "sovereign-uc:profile": "swiss", "sovereign-uc:ownDomains": '["a.example.ch"]' };

async function saidAbout(options: ConstructorParameters<typeof Pack>[1]): Promise<string> {
  const { evidence } = await new Pack(rules, options).askStack([{ type: "pulumi:pulumi:Stack" }]);
  for (const { mandatory } of evidence) expect(mandatory).toBe(false);
  return evidence.map(({ message }) => message).join("\n");
}

describe("Evidence of the settings", () => {
  test("own domains and a profile that the judged stack names are said, with how to pin them", async () => {
    const text = await saidAbout({ stack });
    expect(text).toMatch(/own domains a\.example\.ch: named by the judged stack itself; pin it as "ownDomains"/);
    expect(text).toMatch(/profile swiss: named by the judged stack itself; pin it as "profile"/);
  });

  test("what the pack's configuration pins is said to be pinned", async () => {
    const text = await saidAbout({ stack, pack: { ownDomains: ["b.example.ch"], profile: "strict" } });
    expect(text).toBe(
      "profile strict: pinned by the pack's configuration\nown domains b.example.ch: pinned by the pack's configuration",
    );
  });

  test("accepted resources are said with their reasons, and isolated ranges", async () => {
    const pack = { opaque: [{ resource: "chart", reason: "read by the team" }], isolated: ["10.0.0.0/16"] };
    expect(await saidAbout({ pack })).toBe(
      "isolated from 10.0.0.0/16: pinned by the pack's configuration\naccepted without a judgement: chart (read by the team)",
    );
  });

  test("facts of the operator's own are counted, and those that replace a table's are named", async () => {
    const row = {
      country: "CH",
      nexus: "none",
      party: "Example AG",
      source: "https://example.org",
      reviewed: "2026-11-28",
    };
    const facts = [
      { ...row, host: "example.net" },
      { ...row, table: "registries", host: "ghcr.io" },
      { ...row, table: "registries", host: "example.org" },
    ];
    expect(await saidAbout({ pack: { facts } })).toMatch(
      /1 in hosts, 2 in registries: pinned by the pack's configuration\n.*in place of a table's: registries ghcr\.io: Example AG \(CH, none\) for GitHub.* \(US/,
    );
  });

  test("under the defaults there is nothing to say", async () => {
    expect(await saidAbout({})).toBe("");
  });
});

describe("Rules that a pack's configuration weakens", () => {
  const levels = (...all: readonly (readonly [name: string, level: number])[]): Map<string, number> => new Map(all);
  const [first, second] = rules.map(policyName);

  test("a disabled rule and one made advisory are named", () => {
    expect(weakened(rules, levels([first ?? "", DISABLED], [`${second}-stack`, ADVISORY]))).toMatch(
      /^2 OF \d+ RULES ARE WEAKENED by the pack's configuration: UC-JUR-001 disabled, UC-JUR-002 advisory; /,
    );
  });

  test("a pack of which everything is disabled has judged nothing", () => {
    const all = rules.map((rule) => [policyName(rule), DISABLED] as const);
    expect(weakened(rules, levels(...all))).toMatch(
      new RegExp(`^NOTHING WAS JUDGED: .* disables all ${rules.length} rules`),
    );
  });

  test("a pack of which everything is made advisory has judged, but stops nothing", () => {
    const all = rules.map((rule) => [policyName(rule), ADVISORY] as const);
    const stopping = rules.filter(({ enforcement }) => enforcement === undefined).length;
    expect(weakened(rules, levels(...all))).toMatch(new RegExp(`^${stopping} OF ${rules.length} RULES ARE WEAKENED`));
  });

  test("a rule that only advises by itself is weaker only where it is silent", () => {
    const advising = rules.slice(0, 1).map((rule): Rule => ({ ...rule, enforcement: "advisory" }));
    expect(weakened(advising, levels([first ?? "", ADVISORY]))).toBe(undefined);
    expect(weakened(advising, levels([first ?? "", DISABLED]))).toMatch(/^NOTHING WAS JUDGED/);
  });

  test("levels that stop a deployment are no weakening, and levels of other packs' policies are not this one's", () => {
    expect(weakened(rules, levels([first ?? "", MANDATORY], [second ?? "", REMEDIATE], ["other", DISABLED]))).toBe(
      undefined,
    );
    const nPlusOne = rules.find(({ id }) => id === "UC-HA-001");
    if (nPlusOne === undefined) throw new Error("expected UC-HA-001");
    expect(weakened(jurisdictionRules, levels([policyName(nPlusOne), DISABLED]))).toBe(undefined);
  });

  const answers = (): Answers => ({
    configure: (_, callback) => callback(null, "configured"),
    analyzeStack: (_, callback) => callback(null, new analyzer.AnalyzeResponse()),
    analyze: (_, callback) => callback(null, "untouched"),
  });

  /** The engine's call that sets the level of the first rule. */
  function setting(level: number | undefined): unknown {
    const request = new analyzer.ConfigureAnalyzerRequest();
    if (level !== undefined) {
      const one = new analyzer.PolicyConfig();
      one.setEnforcementlevel(level as typeof DISABLED);
      request.getPolicyconfigMap().set(first ?? "", one);
    }
    return request;
  }

  function asked(level: number | undefined): readonly string[] {
    const pack = outspoken(answers(), rules, { name: "p", policy: "settings" });
    const request = setting(level);
    const heard: unknown[] = [];
    pack["configure"]?.({ request }, (_, response) => heard.push(response));
    expect(heard).toEqual(["configured"]);
    let said: readonly string[] = [];
    const text = (note: InstanceType<typeof analyzer.AnalyzeDiagnostic>): string =>
      `${note.getPolicypackname()} ${note.getPolicyname()}: ${note.getMessage()}`;
    pack["analyzeStack"]?.({ request: undefined }, (_, response) => {
      const list = (response as InstanceType<typeof analyzer.AnalyzeResponse>).getDiagnosticsList();
      for (const note of list) {
        expect(note.getEnforcementlevel()).toBe(ADVISORY);
        expect(note.getDescription()).toBe(note.getMessage());
      }
      said = list.map(text);
    });
    return said;
  }

  test("the answer about the whole stack says it, though a disabled policy never runs", () => {
    expect(asked(DISABLED).join()).toMatch(/^p settings: 1 OF \d+ RULES ARE WEAKENED/);
    expect(asked(MANDATORY)).toEqual([]);
    expect(asked(undefined)).toEqual([]);
  });

  test("an error of the pack's passes through as it is", () => {
    const failing = { ...answers(), analyzeStack: ((_, callback) => callback("broken")) as Answers[string] };
    const pack = outspoken(failing, rules, { name: "p", policy: "settings" });
    pack["configure"]?.({ request: setting(DISABLED) }, () => undefined);
    const heard: unknown[] = [];
    pack["analyzeStack"]?.({ request: undefined }, (error, response) => heard.push(error, response));
    expect(heard).toEqual(["broken", undefined]);
  });

  test("a pack's server gets the answers that say it", () => {
    const add = Server.prototype.addService;
    const served: unknown[] = [];
    try {
      Server.prototype.addService = (_, implementation) => void served.push(implementation);
      sayWeakened(rules, { name: "p", policy: "settings" });
      new Server().addService({}, answers() as never);
    } finally {
      Server.prototype.addService = add;
    }
    const [pack] = served as readonly Answers[];
    pack?.["configure"]?.({ request: setting(DISABLED) }, () => undefined);
    let notes = 0;
    pack?.["analyzeStack"]?.({ request: undefined }, (_, response) => {
      notes = (response as InstanceType<typeof analyzer.AnalyzeResponse>).getDiagnosticsList().length;
    });
    expect(notes).toBe(1);
  });

  test("other calls, and services of something else than a pack, are left alone", () => {
    const pack = outspoken(answers(), rules, { name: "p", policy: "settings" });
    const heard: unknown[] = [];
    pack["analyze"]?.({ request: undefined }, (_, response) => heard.push(response));
    expect(heard).toEqual(["untouched"]);
    const { configure, analyzeStack } = answers();
    if (configure === undefined || analyzeStack === undefined) throw new Error("expected both answers");
    for (const other of [{ run: configure }, { configure }, { analyzeStack }])
      expect(outspoken(other, rules, { name: "p", policy: "settings" })).toBe(other);
  });
});
