import type { Context, Finding, Open, Operation, Rule, Subject, Undetermined, Verdict } from "./rule";
import type { Settings } from "./settings";
import { type Exemption, Exemptions } from "./exemptions";
import { declaredIsolation } from "./extract/isolation";

/** Resources that one rule judges before the next one does. All of a large stack would have left the caches, and resource by resource took a third more time. */
const atOnce = 250;

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

/** Verdicts of rules on single resources: those of each rule, in the order of the resources. */
export type Verdicts = readonly (readonly Verdict[])[];

/** Judges each resource by itself: one rule after the other, each on all of them. */
export const verdictsOf = (rules: readonly Rule[], subjects: readonly Subject[], context: Context): Verdicts =>
  rules.map((rule) => subjects.map((subject) => rule.check?.(subject, context)));

/** Everything that rules say about resources. */
export interface Judgement {
  readonly judged: readonly Judged[];
  readonly passed: readonly Passed[];
}

/** Anything else that a judgement is given. */
interface Judging {
  readonly outputs?: readonly Subject[];
  readonly operation?: Operation;
  readonly verdicts?: Verdicts;
}

/**
 * Judges resources by rules in one go, as the packs do in an operation, with no engine: every resource, and then all of them together.
 *
 * @param given `outputs`: resources as they are after the operation, which the checks of the whole stack are given; by default the same. `operation`: the one in
 * which it is judged; by default none, as a state is judged. `verdicts`: those on single resources, where they are known already; by default they are found here.
 */
export function judgement(
  rules: readonly Rule[],
  subjects: readonly Subject[],
  settings: Settings,
  { outputs = subjects, operation, verdicts }: Judging = {},
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
  // Some resources by one rule after the other: what was read of them is still at hand for the next rule, and each rule has work of one kind. The results stand by rule.
  const judged = rules.map((): Judged[] => []);
  for (let start = 0; start < subjects.length; start += atOnce) {
    const some = subjects.slice(start, start + atOnce);
    const [found, first] = verdicts === undefined ? [verdictsOf(rules, some, context), 0] : [verdicts, start];
    some.forEach((subject, k) =>
      rules.forEach((rule, i) => {
        const verdict = found[i]?.[first + k];
        if (verdict !== undefined) judged[i]?.push(...open(rule, verdict, subject));
      }),
    );
  }
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
