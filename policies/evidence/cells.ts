import { legalTags, type Rule } from "../rule";
import type { Point } from "./law";
import { compare, type Evidence, type Result, type State } from "./model";

/** Sum of the results behind a cell. */
export type Counts = Readonly<Record<State, number>>;

/** One rule behind a cell, with what it proved. */
export interface Measure {
  readonly rule: Rule;
  readonly counts: Counts;
  /** Types of resources that it judged, with their number, most first. */
  readonly types: readonly { readonly type: string; readonly count: number }[];
  /** `passed`: it judged something, and nothing else came out. `not run`: it judged nothing. */
  readonly state: State | "not run";
}

/** A point of a law with the measures behind it; none of them is no proof. */
export interface Cell {
  readonly point: Point;
  readonly measures: readonly Measure[];
  /** `no proof`: no rule of this run speaks about it, or none has judged anything. */
  readonly state: State | "no proof";
}

/** True if a rule's reference stands for a point: it is the point, or a part of it. */
const speaks = (framework: string, reference: string, rule: Rule): boolean =>
  legalTags(rule).some((tag) => tag === `${framework}:${reference}` || tag.startsWith(`${framework}:${reference}.`));

/** Cells of a framework, each with the measures of the rules that are mapped to it. */
export function cellsOf(framework: string, points: readonly Point[], evidence: Evidence): readonly Cell[] {
  const measures = measuresOf(evidence);
  return points.map((point) => {
    const own = measures.filter(({ rule }) => speaks(framework, point.reference, rule));
    return { point, measures: own, state: worst(own) };
  });
}

/** Every rule with its results. */
export function measuresOf({ rules, results }: Evidence): readonly Measure[] {
  const byRule = new Map<string, Result[]>();
  for (const result of results) byRule.set(result.rule, [...(byRule.get(result.rule) ?? []), result]);
  return rules.map((rule) => {
    const own = byRule.get(rule.id) ?? [];
    const counts = countsOf(own);
    return { rule, counts, types: typesOf(own), state: own.length === 0 ? "not run" : stateOf(counts) };
  });
}

export function countsOf(results: readonly Result[]): Counts {
  const counts = { passed: 0, failed: 0, undetermined: 0, exempt: 0 };
  for (const { state } of results) counts[state]++;
  return counts;
}

/** The worst of several results; an exempt one is worse than a passed one. */
export const stateOf = ({ failed, undetermined, exempt }: Counts): State =>
  failed > 0 ? "failed" : undetermined > 0 ? "undetermined" : exempt > 0 ? "exempt" : "passed";

/** State of a cell: a rule that judged nothing proves nothing, and hides nothing. */
export function worst(measures: readonly Measure[]): Cell["state"] {
  const run = measures.filter(({ state }) => state !== "not run");
  if (run.length === 0) return "no proof";
  const sum = { passed: 0, failed: 0, undetermined: 0, exempt: 0 };
  for (const { counts } of run) for (const state of Object.keys(sum) as readonly State[]) sum[state] += counts[state];
  return stateOf(sum);
}

function typesOf(results: readonly Result[]): Measure["types"] {
  const seen = new Map<string, Set<string>>();
  for (const { type, urn } of results) if (urn !== "stack") seen.set(type, (seen.get(type) ?? new Set()).add(urn));
  return [...seen]
    .map(([type, urns]) => ({ type, count: urns.size }))
    .sort((one, other) => other.count - one.count || compare(one.type, other.type));
}
