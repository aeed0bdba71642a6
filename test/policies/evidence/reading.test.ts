import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readEvents } from "../../../policies/evidence/events";
import { resultsOf } from "../../../policies/evidence/model";
import { readState } from "../../../policies/evidence/state";
import { unknown } from "../../../policies/extract/value";
import { judgement } from "../../../policies/judge";
import { rules } from "../../../policies/pack";
import { settings } from "../../../policies/settings";
import { end, log, made, note, passed, policyOf, prelude, said, server } from "./fixture";

const read = (...events: readonly object[]): ReturnType<typeof readEvents> => readEvents(log(...events), rules);
const judged = [
  prelude,
  made("hcloud:index/server:Server", "video", { location: "ash" }),
  passed(server, policyOf("UC-JUR-001")),
];

describe("A log of events", () => {
  test("of an up is read by its update, which comes last", () => {
    const preview = [prelude, passed(server, policyOf("UC-REG-001")), end(true)];
    const { kind, stack, at, results, resources } = read(...preview, ...judged, end(false));
    expect({ kind, stack, at }).toEqual({ kind: "update", stack: "live", at: "2026-11-30T08:10:39.000Z" });
    expect(results).toEqual([
      {
        rule: "UC-JUR-001",
        state: "passed",
        urn: server,
        name: "video",
        type: "hcloud:index/server:Server",
        message: "",
      },
    ]);
    expect(resources.map(({ urn, properties }) => [urn, properties])).toEqual([[server, { location: "ash" }]]);
  });

  test("of a preview alone says that it is one", () => {
    expect(read(...judged, end(true)).kind).toBe("preview");
  });

  test("an operation after it that no pack judged, like a destroy, is no evidence and hides none", () => {
    const destroyed = [prelude, end(false)];
    expect(read(...judged, end(false), ...destroyed).results).toHaveLength(1);
  });

  test.each([
    ["a mandatory finding", "UC-REG-001: found a; allowed: b; do: c", "mandatory", "failed"],
    ["a finding of a rule that was made advisory", "UC-REG-001: found a; allowed: b; do: c", "advisory", "failed"],
    ["what nobody could judge", "UC-REG-001: undetermined: a; do: b", "advisory", "undetermined"],
    [
      "what only the update knows",
      "can't run policy 'x' during preview: string value at .a can't be known",
      "advisory",
      "undetermined",
    ],
  ])("%s is read as what it is", (_, message, level, state) => {
    const [found] = read(...judged, said(policyOf("UC-REG-001"), message, server, level), end(false)).results.filter(
      ({ rule }) => rule === "UC-REG-001",
    );
    expect(found).toMatchObject({ state, message });
  });

  test("an exempt finding has its exemption, whatever stands before it", () => {
    const line =
      'UC-REG-001: exempt until 2027-01-31 (mitigated, ticket S-1, asked by anna, approved by beat, reason "a \\"b\\""): found a';
    const [found] = read(...judged, said(policyOf("UC-REG-001"), `description\n${line}`), end(false)).results.filter(
      ({ rule }) => rule === "UC-REG-001",
    );
    expect(found).toMatchObject({
      state: "exempt",
      message: line,
      exemption: {
        kind: "mitigated",
        ticket: "S-1",
        author: "anna",
        approver: "beat",
        expires: "2027-01-31",
        reason: 'a "b"',
      },
    });
  });

  test("the profile and the own domains are those that the packs name, and no result", () => {
    const lines = [
      "profile strict: named by the judged stack itself",
      "own domains a.example.ch, b.example.ch: pinned by the pack's configuration",
    ];
    const { profile, ownDomains, settings: all, results } = read(...judged, note(...lines), end(false));
    expect({ profile, ownDomains, all }).toEqual({
      profile: "strict",
      ownDomains: ["a.example.ch", "b.example.ch"],
      all: lines,
    });
    expect(results).toHaveLength(1);
  });

  test("secrets of resources stay hidden", () => {
    const sealed = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "AAAA" };
    const { resources } = read(
      prelude,
      made("a:b:C", "x", { token: sealed, list: ["[secret]"] }),
      passed(server, "x"),
      end(false),
    );
    expect(resources[0]?.properties).toEqual({ token: unknown, list: [unknown] });
  });

  test.each<[string, string, RegExp]>([
    ["one that ends before its operation", log(...judged), /cut off/],
    ["one without packs", log(prelude, end(false)), /run the operation with --policy-pack/],
    ["an empty one", "", /run the operation with --policy-pack/],
    ["something else", "no events", /one event as JSON in each line, got something else in line 1/],
  ])("%s is refused", (_, content, problem) => {
    expect(() => readEvents(content, rules)).toThrow(problem);
  });
});

describe("A state", () => {
  const foreign = readFileSync(join(__dirname, "../states/foreign.json"), "utf8");

  test("is judged as the engine judges it (the same list as in analyze.test.ts)", () => {
    const { inputs, outputs, stack, at } = readState(foreign);
    const results = resultsOf(judgement(rules, inputs, settings({}, {}), { outputs })).filter(
      ({ state }) => state !== "passed",
    );
    expect([...new Set(results.map(({ rule, type, name }) => `${rule} ${type}::${name}`))]).toEqual([
      "UC-EMG-001 hcloud:index/server:Server::video",
      "UC-GOV-004 ::the stack",
      "UC-HA-001 hcloud:index/server:Server::video",
      "UC-HA-002 hcloud:index/server:Server::video",
      "UC-IMG-001 hcloud:index/server:Server::video",
      "UC-JUR-001 pulumi:providers:aws::default",
      "UC-JUR-002 pulumi:providers:aws::default",
      "UC-K8S-001 pulumi:providers:kubernetes::cluster",
      "UC-LOG-001 hcloud:index/server:Server::video",
      "UC-NET-001 hcloud:index/firewall:Firewall::video",
      "UC-NET-002 hcloud:index/server:Server::video",
      "UC-NET-003 hcloud:index/firewall:Firewall::video",
      "UC-NET-003 hcloud:index/server:Server::video",
      "UC-REG-001 hcloud:index/server:Server::video",
      "UC-SUP-001 hcloud:index/server:Server::video",
      "UC-TAG-001 hcloud:index/server:Server::video",
      "UC-TIM-001 hcloud:index/server:Server::video",
    ]);
    expect({ stack, at }).toEqual({ stack: "live", at: "2026-11-23T00:00:00.000Z" });
  });

  test("resources that wait for their deletion or were only read are left out", () => {
    const state = JSON.parse(foreign) as { deployment: { resources: Record<string, unknown>[] } };
    const all = readState(foreign).inputs.length;
    Object.assign(state.deployment.resources[1] ?? {}, { delete: true });
    Object.assign(state.deployment.resources[2] ?? {}, { external: true });
    expect(readState(JSON.stringify(state)).inputs).toHaveLength(all - 2);
  });

  test.each(["", "{}", "no state", '{"deployment":{"resources":[],"manifest":{"time":"2026-11-23T00:00:00Z"}}}'])(
    "%j is refused",
    (content) => {
      expect(() => readState(content)).toThrow(/expected a state with resources .*pulumi stack export/);
    },
  );
});
