import type { Finding, RuleOutcome } from "./report/rules";
import type { ReportModel } from "./report/model";
import type { Voice } from "./terminal";

/** Equal findings of one rule, with their resources. */
interface Violation {
  readonly rule: string;
  readonly resources: readonly string[];
  readonly finding: Finding;
  readonly remediation: string;
}

/** Blocking violations, equal ones together: ten hosts at one forbidden location are one thing to correct. */
export function violations(rules: readonly RuleOutcome[]): readonly Violation[] {
  const all = rules.flatMap(({ id, failed, remediation }) =>
    failed.filter(({ mandatory }) => mandatory).map((finding) => ({ id, finding, remediation })),
  );
  const groups = new Map<string, Violation>();
  for (const { id, finding, remediation } of all) {
    const key = `${id} ${said(finding).join(" ")}`;
    const named = `${finding.resource}${finding.type === "" ? "" : ` (${finding.type})`}`;
    const group = groups.get(key);
    const resources = group?.resources ?? [];
    groups.set(key, {
      rule: id,
      finding,
      remediation,
      resources: resources.includes(named) ? resources : [...resources, named],
    });
  }
  return [...groups.values()];
}

/** A rule's message in its parts: found, allowed, what to do; a message of another form is one part. */
function said({ message }: Finding): readonly [found: string, allowed: string | undefined, action: string | undefined] {
  const [, found, allowed, action] = /found ([\s\S]*?); allowed: ([\s\S]*?); do: ([\s\S]*)$/.exec(message) ?? [];
  if (found !== undefined) return [found, allowed, action];
  const [, open, needed] = /undetermined: ([\s\S]*?); do: ([\s\S]*)$/.exec(message) ?? [];
  return open === undefined ? [message, undefined, undefined] : [`what cannot be judged: ${open}`, undefined, needed];
}

/** Prints what blocked a deployment: rule, resources, what was found, what is allowed, what to do. */
export function printViolations(voice: Voice, rules: readonly RuleOutcome[]): void {
  for (const violation of violations(rules)) {
    const [found, allowed, action] = said(violation.finding);
    const [first, ...others] = violation.resources;
    voice.line(`\n${voice.bad("✕")} ${voice.bold(violation.rule)}  ${first}`);
    for (const resource of others.slice(0, 4)) voice.line(`              ${resource}`);
    if (others.length > 4) voice.line(`              and ${others.length - 4} more`);
    voice.line(`  found       ${found}`);
    if (allowed !== undefined) voice.line(`  allowed     ${allowed}`);
    voice.line(`  what to do  ${action ?? violation.remediation}`);
  }
}

/** The last lines: verdict, residual exposure, what was not judged, path of the report. */
export function printVerdict(voice: Voice, model: ReportModel, report: string): void {
  const { verdict, exposure, undetermined, profile, rules, tiers } = model;
  const passed = rules.filter(({ state }) => state === "passed").length;
  voice.line();
  voice.line(`Residual exposure under ${profile}:${exposure.length === 0 ? " none known" : ""}`);
  for (const { who, grade, why } of exposure) voice.line(`  ${voice.open(grade)}  ${who}: ${why}`);
  if (model.settings.length > 0) voice.line("The packs judged with:");
  for (const line of model.settings) voice.line(`  ${/[A-Z]{3,} [A-Z]{3,}/.test(line) ? voice.bad(line) : line}`);
  voice.line(
    `Rules: ${passed} of ${rules.length} passed. Tiers that can lose one replica or fail over: ${tiers.filter(({ state }) => state === "held" || state === "declared").length} of ${tiers.length}.`,
  );
  voice.line(
    `Undetermined: ${
      undetermined.length === 0
        ? "nothing"
        : `${voice.open(String(undetermined.length))} (${undetermined
            .slice(0, 3)
            .map(({ what }) => what)
            .join("; ")}${undetermined.length > 3 ? "; …" : ""}), none of them counted as passed`
    }.`,
  );
  const open = model.materials.mirrored.filter(({ state }) => state === "trusted");
  if (open.length > 0)
    voice.line(
      `Mirror: ${voice.open(`${open.length} of ${model.materials.mirrored.length} not locked`)} (${open
        .slice(0, 3)
        .map(({ what }) => what)
        .join("; ")}${open.length > 3 ? "; …" : ""}): whoever controls the mirror decides their content.`,
    );
  voice.line();
  voice.line(
    `${verdict.state === "passed" ? voice.good(`✓ ${verdict.sentence}`) : voice.bad(`✕ ${verdict.sentence}`)}`,
  );
  voice.line(`  Report: ${report}`);
}
