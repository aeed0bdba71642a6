import type { Finding, Rule, Subject, Undetermined, Verdict } from "./rule";
import type { Settings } from "./settings";
import { declaredIsolation } from "./extract/isolation";

/** Result of one rule for one resource, or for none in particular. */
export interface Judged {
  readonly rule: Rule;
  readonly subject: Subject | undefined;
  readonly item: Finding | Undetermined;
}

/** Judges resources by rules in one go, as the packs do in an operation, with no engine: every resource, and then all of them together. */
export function judgeAll(rules: readonly Rule[], subjects: readonly Subject[], settings: Settings): readonly Judged[] {
  const declared = subjects.flatMap(({ type, properties }) => declaredIsolation(type, () => properties) ?? []);
  const byUrn = new Map(subjects.map((subject) => [subject.urn, subject]));
  const context = { settings, isolated: [...new Set([...settings.isolated, ...declared])], inputs: byUrn };
  const open = (rule: Rule, verdict: Verdict, subject?: Subject): readonly Judged[] =>
    (verdict ?? []).flatMap((item) =>
      "deferred" in item
        ? []
        : [{ rule, item, subject: subject ?? (item.urn === undefined ? undefined : byUrn.get(item.urn)) }],
    );
  // One resource after the other, so that what was read of it is still at hand for the next rule; the results stand by rule.
  const judged = rules.map((): Judged[] => []);
  for (const subject of subjects)
    rules.forEach((rule, i) => judged[i]?.push(...open(rule, rule.check?.(subject, context), subject)));
  return rules.flatMap((rule, i) => [...(judged[i] ?? []), ...open(rule, rule.checkStack?.(subjects, context))]);
}
