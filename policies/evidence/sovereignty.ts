import { countsOf, type Counts, measuresOf, stateOf } from "./cells";
import { type Objective, objectives } from "./law";
import type { Evidence, State } from "./model";
import type { Supplier } from "./suppliers";
import { legalTags } from "../rule";

/** Result for one objective of the framework. */
export interface ObjectiveResult {
  readonly objective: Objective;
  readonly rules: readonly string[];
  readonly counts: Counts;
  readonly state: State | "no proof";
  /** Share of results that passed, in per cent; 0 without a proof: nothing is taken for granted. */
  readonly score: number;
}

/** Result for the whole framework. */
export interface Sovereignty {
  readonly objectives: readonly ObjectiveResult[];
  /** Weighted sum in per cent. Objectives without a proof count as 0. */
  readonly score: number;
  /** Weight of the objectives of which something was proved, in per cent. */
  readonly covered: number;
  readonly level: Level;
}

/** Highest level that nothing contradicts, and why it is no higher. */
export interface Level {
  readonly level: 0 | 1 | 2 | 3 | 4;
  readonly because: string;
}

/** Scores by objective, and the lowest level of the parties. */
export function sovereigntyOf(evidence: Evidence, suppliers: readonly Supplier[]): Sovereignty {
  const measures = measuresOf(evidence);
  const results = objectives.map((objective): ObjectiveResult => {
    const own = measures.filter(({ rule }) => legalTags(rule).includes(`csf:${objective.id}`));
    const ids = own.map(({ rule }) => rule.id);
    const counts = countsOf(evidence.results.filter(({ rule }) => ids.some((id) => id === rule)));
    const all = counts.passed + counts.failed + counts.undetermined + counts.exempt;
    return {
      objective,
      rules: ids,
      counts,
      state: all === 0 ? "no proof" : stateOf(counts),
      score: all === 0 ? 0 : Math.floor((counts.passed * 1000) / all) / 10,
    };
  });
  const tenths = results.reduce((sum, { objective, score }) => sum + objective.weight * score, 0);
  return {
    objectives: results,
    score: Math.floor(tenths / 10) / 10,
    covered: results.reduce((sum, { objective, state }) => sum + (state === "no proof" ? 0 : objective.weight), 0),
    level: levelOf(results, suppliers),
  };
}

/** Levels by grade of US nexus: control by such a party is level 1, a listed parent 2, business there 3. This reading of the framework's levels is ours. */
const grades = { controlled: 1, listed: 2, undetermined: 2, presence: 3, none: 4 } as const;

/**
 * Highest level that no supplier and no rule contradicts, over all objectives. It is a bound from above: the framework's levels also ask for staff, contracts and audits, of
 * which a configuration proves nothing.
 */
function levelOf(results: readonly ObjectiveResult[], suppliers: readonly Supplier[]): Level {
  const failed = results.find(({ state }) => state === "failed");
  if (failed !== undefined) return { level: 0, because: `rules of ${failed.objective.id} failed` };
  let lowest: Level = { level: 4, because: "no supplier has a US nexus that is known" };
  for (const { party, nexus } of suppliers)
    if (grades[nexus] < lowest.level)
      lowest = { level: grades[nexus], because: `${party} has the US nexus "${nexus}"` };
  const silent = results.filter(({ state }) => state === "no proof").map(({ objective }) => objective.id);
  const open = results
    .filter(({ state }) => state === "undetermined" || state === "exempt")
    .map(({ objective }) => objective.id);
  const notes = [
    ...(silent.length === 0 ? [] : [`no proof for ${silent.join(", ")}`]),
    ...(open.length === 0 ? [] : [`open or exempt: ${open.join(", ")}`]),
  ];
  return {
    level: notes.length === 0 ? lowest.level : 0,
    because: [
      ...(notes.length === 0 ? [] : notes),
      `suppliers alone would allow ${lowest.level}: ${lowest.because}`,
    ].join("; "),
  };
}
