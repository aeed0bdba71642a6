import { stripVTControlCharacters } from "node:util";
import { fields, Plain, text } from "./plain";

/** Facts of a rule from its pack. */
export interface RuleFacts {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  /** References such as `nis2:21.2.d`. */
  readonly legal: readonly string[];
  readonly remediation: string;
}

/** A violation or an undetermined result of one rule on one resource. */
export interface Finding {
  readonly rule: string;
  readonly resource: string;
  readonly type: string;
  readonly message: string;
  readonly mandatory: boolean;
}

/** The outcome of one rule over a whole stack. */
export interface RuleOutcome extends RuleFacts {
  /** Resources on which it found nothing. */
  readonly passed: number;
  readonly failed: readonly Finding[];
  readonly undetermined: readonly Finding[];
  /** `not run`: the engine reported nothing about it. */
  readonly state: "passed" | "failed" | "undetermined" | "not run";
}

/** `uc-jur-001-provider-allowlist-stack` is a policy of the rule UC-JUR-001; a policy of another pack is a rule of its own. */
const id = (policy: string): string => (/^uc-[a-z0-9]+-\d+/i.exec(policy)?.[0] ?? policy).toUpperCase();

/**
 * Reads the results of every rule from the engine's events of one operation. A rule that could not run because a value is known only after `up` is
 * undetermined there, whatever its level; so is one that the engine never mentions: not run.
 */
export function outcomes(rules: readonly RuleFacts[], events: readonly unknown[]): readonly RuleOutcome[] {
  const findings = events.flatMap(finding);
  const passes = new Map<string, Set<string>>();
  for (const { rule, resource } of events.flatMap(passed))
    passes.set(rule, (passes.get(rule) ?? new Set()).add(resource));
  const known = new Map(rules.map((rule) => [id(rule.id), rule]));
  const seen = [...new Set([...passes.keys(), ...findings.map(({ rule }) => rule)])].filter((rule) => !known.has(rule));
  const all = [
    ...known.values(),
    ...seen.map((rule) => ({
      id: rule,
      title: "a rule of another pack",
      severity: "not said",
      legal: [],
      remediation: "",
    })),
  ];
  return all.map((rule) => {
    const own = findings.filter((found) => found.rule === id(rule.id));
    const undetermined = own.filter(cannotJudge);
    const failed = own.filter((found) => !cannotJudge(found));
    const judged = passes.get(id(rule.id));
    const state =
      failed.length > 0
        ? "failed"
        : undetermined.length > 0
          ? "undetermined"
          : judged === undefined
            ? "not run"
            : "passed";
    return { ...rule, passed: judged?.size ?? 0, failed, undetermined, state };
  });
}

/** The policy in which a pack says what it was judged with, and what its configuration has weakened: evidence, and no rule. */
const settings = /^settings(-stack)?$/;

/** Lines of evidence that the packs gave in one operation: who named the own domains, which facts are the operator's, which rules are weakened. */
export const saidBy = (events: readonly unknown[]): readonly string[] => [
  ...new Set(
    events.flatMap((event) => {
      const policy = fields(fields(event as Plain)["policyEvent"]);
      return settings.test(text(policy["policyName"]) ?? "")
        ? uncoloured(text(policy["message"]) ?? "")
            .split("\n")
            .filter((line) => line !== "")
        : [];
    }),
  ),
];

/** The SDK's message for a rule that read an unknown value (`@pulumi/policy` `server.js`); it makes such a finding advisory. */
const cannotJudge = ({ message, mandatory }: Finding): boolean =>
  !mandatory && /can't be known during preview|can't run policy|: undetermined: /.test(message);

function finding(event: unknown): Finding[] {
  const policy = fields(fields(event as Plain)["policyEvent"]);
  const name = text(policy["policyName"]);
  if (name === undefined || settings.test(name)) return [];
  const urn = text(policy["resourceUrn"]) ?? "";
  return [
    {
      rule: id(name),
      ...resourceOf(urn),
      message: uncoloured(text(policy["message"]) ?? ""),
      mandatory: policy["enforcementLevel"] === "mandatory",
    },
  ];
}

function passed(event: unknown): { readonly rule: string; readonly resource: string }[] {
  const outer = fields(event as Plain);
  const summaries = [outer["policyAnalyzeSummaryEvent"], outer["policyAnalyzeStackSummaryEvent"]];
  return summaries.flatMap((summary) => {
    const names = fields(summary)["passed"];
    const resource = text(fields(summary)["resourceUrn"]) ?? "the stack";
    return Array.isArray(names)
      ? names.flatMap((name: Plain) =>
          typeof name === "string" && !settings.test(name) ? [{ rule: id(name), resource }] : [],
        )
      : [];
  });
}

/** Name and type of a resource from its URN; "the stack" for a rule that judges all of it. */
export function resourceOf(urn: string): { readonly resource: string; readonly type: string } {
  const parts = urn.split("::");
  const type = parts[2]?.split("$").at(-1);
  return urn === "" || type === undefined || type === "pulumi:pulumi:Stack"
    ? { resource: "the stack", type: "" }
    : { resource: parts.slice(3).join("::"), type };
}

/** A message without the engine's colour marks (`<{%reset%}>`) and without escape sequences. */
const uncoloured = (message: string): string => stripVTControlCharacters(message.replace(/<\{%[^%]*%\}>/g, "")).trim();
