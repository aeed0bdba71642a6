import type { Context, Finding, Open, Operation, Rule, Subject, Undetermined, Verdict } from "./rule";
import type { Settings } from "./settings";
import { type Exemption, Exemptions } from "./exemptions";
import { declaredIsolation } from "./extract/isolation";

/** Result of one rule for one resource, or for none in particular. */
export interface Judged {
  readonly rule: Rule;
  readonly subject: Subject | undefined;
  readonly item: Finding | Undetermined;
  /** Exemption under which it stops nothing. */
  readonly exemption: Exemption | undefined;
}

/** A rule that has judged a resource, or the stack, and found nothing. */
export type Passed = Pick<Judged, "rule" | "subject">;

/** Everything that rules say about resources. */
export interface Judgement {
  readonly judged: readonly Judged[];
  readonly passed: readonly Passed[];
}

/**
 * Judges resources by rules in one go, as the packs do in an operation, with no engine: every resource, and then all of them together.
 *
 * @param given `outputs`: resources as they are after the operation, which the checks of the whole stack are given; by default the same. `operation`: the one in
 * which it is judged; by default none, as a state is judged.
 */
export function judgement(
  rules: readonly Rule[],
  subjects: readonly Subject[],
  settings: Settings,
  { outputs = subjects, operation }: { readonly outputs?: readonly Subject[]; readonly operation?: Operation } = {},
): Judgement {
  const declared = subjects.flatMap(({ type, properties }) => declaredIsolation(type, () => properties) ?? []);
  const byUrn = new Map(subjects.map((subject) => [subject.urn, subject]));
  const exemptions = new Exemptions(settings.exemptions, settings.day);
  const left: Open[] = [];
  const context: Context = {
    settings,
    isolated: [...new Set([...settings.isolated, ...declared])],
    inputs: byUrn,
    exemptions: () => exemptions.uses(),
    open: () => left,
    ...(operation === undefined ? {} : { operation }),
  };
  const passed: Passed[] = [];
  const open = (rule: Rule, verdict: Verdict, subject?: Subject): readonly Judged[] => {
    if (verdict?.length === 0) passed.push({ rule, subject });
    return (verdict ?? []).flatMap((item) => {
      if ("deferred" in item) return [];
      const about = subject ?? (item.urn === undefined ? undefined : byUrn.get(item.urn));
      const urn = about?.urn ?? item.urn ?? "stack";
      const exemption = exemptions.of(rule.id, urn);
      if ("undetermined" in item && exemption === undefined) left.push({ rule: rule.id, urn });
      return [{ rule, item, subject: about, exemption }];
    });
  };
  // One resource after the other, so that what was read of it is still at hand for the next rule; the results stand by rule.
  const judged = rules.map((): Judged[] => []);
  for (const subject of subjects)
    rules.forEach((rule, i) => judged[i]?.push(...open(rule, rule.check?.(subject, context), subject)));
  return {
    judged: rules.flatMap((rule, i) => [...(judged[i] ?? []), ...open(rule, rule.checkStack?.(outputs, context))]),
    passed,
  };
}

/** The same without what passed. */
export const judgeAll = (
  rules: readonly Rule[],
  subjects: readonly Subject[],
  settings: Settings,
  operation?: Operation,
): readonly Judged[] => judgement(rules, subjects, settings, operation === undefined ? {} : { operation }).judged;
