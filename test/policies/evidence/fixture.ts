import { rules } from "../../../policies/pack";
import type { Evidence, Result } from "../../../policies/evidence/model";
import { policyName } from "../../../policies/rule";

/** URN of a server in the tests' stack. */
export const server = "urn:pulumi:live::meetings::hcloud:index/server:Server::video";
const stackUrn = "urn:pulumi:live::meetings::pulumi:pulumi:Stack::meetings-live";

/** Events as the engine writes them, one a line, a second apart. */
export const log = (...events: readonly object[]): string =>
  events
    .map((event, sequence) => JSON.stringify({ sequence, timestamp: 1_796_026_233 + sequence, ...event }))
    .join("\n");

export const prelude = { preludeEvent: { config: {} } };
export const end = (isPreview: boolean): object => ({
  summaryEvent: { durationSeconds: 1, resourceChanges: { create: 1 }, isPreview, result: "succeeded" },
});

/** A resource that the operation makes. */
export const made = (type: string, name: string, inputs: object = {}): object => ({
  resOutputsEvent: {
    metadata: {
      op: "create",
      type,
      urn: `urn:pulumi:live::meetings::${type}::${name}`,
      new: { type, urn: `urn:pulumi:live::meetings::${type}::${name}`, inputs },
    },
  },
});

/** Name of the policy of a rule. */
export function policyOf(id: string): string {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`expected the rule ${id}`);
  return policyName(rule);
}

/** A message of a policy. */
export const said = (policy: string, message: string, urn = server, enforcementLevel = "mandatory"): object => ({
  policyEvent: {
    resourceUrn: urn,
    message: `<{%reset%}>${message}<{%reset%}>\n`,
    policyName: policy,
    policyPackName: "sovereign-uc",
    enforcementLevel,
  },
});

/** Note of the packs about their settings. */
export const note = (...lines: readonly string[]): object =>
  said("settings-stack", lines.join("\n"), stackUrn, "advisory");

/** Policies that have judged a resource and found nothing. */
export const passed = (urn: string, ...policies: readonly string[]): object => ({
  policyAnalyzeSummaryEvent: { resourceUrn: urn, policyPackName: "sovereign-uc", passed: policies },
});

const result = (rule: string, state: Result["state"], message = ""): Result => ({
  rule,
  state,
  urn: server,
  name: "video",
  type: "hcloud:index/server:Server",
  message,
});

/** Evidence with one result of each state, and with texts that break formats which do not escape them. */
export const mixed: Evidence = {
  source: {
    kind: "update",
    name: "log file.jsonl",
    digest: "ab".repeat(32),
    at: "2026-11-30T12:00:00.000Z",
    stack: "live <b>|`&\"'",
  },
  profile: "european",
  settings: ["profile european: named by the judged stack itself"],
  rules,
  resources: [],
  unread: [{ file: "a b/ü.yaml", why: "it is no YAML" }],
  results: [
    result("UC-JUR-001", "passed"),
    result(
      "UC-REG-001",
      "failed",
      'UC-REG-001: found location "ash" ]]> <script>alert(1)</script> & | `x`\u0001; allowed: a; do: b',
    ),
    result("UC-IMG-001", "undetermined", "UC-IMG-001: undetermined: a; do: b"),
    {
      ...result("UC-MED-001", "exempt", "UC-MED-001: exempt until 2027-01-01 (waiver, …): found a"),
      exemption: {
        kind: "waiver",
        ticket: "SEC-1",
        author: "anna",
        approver: "beat",
        expires: "2027-01-01",
        reason: "moves with the next window",
      },
    },
    { rule: "OTHER-PACK-RULE", state: "failed", urn: "stack", name: "the stack", type: "", message: "of another pack" },
  ],
};
