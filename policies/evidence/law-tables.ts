import type { Cell, Counts, Measure } from "./cells";
import type { Table, TableCell, Tone } from "./document";
import type { EncryptionChoice } from "./encryption";
import { type Language, titleOf, type Words, words } from "./words";

const tones: Readonly<Record<Cell["state"] | "not run", Tone>> = {
  passed: "good",
  failed: "bad",
  undetermined: "open",
  exempt: "open",
  "no proof": "mute",
  "not run": "mute",
};

/** State as a cell. */
export const stateCell = (state: Cell["state"] | "not run", said: Words): TableCell => ({
  tone: tones[state],
  text: state === "no proof" ? said.noProof : state === "not run" ? said.notRun : said[state],
});

/** Numbers of results as text; empty for none. */
export const countsText = (counts: Counts, said: Words): string =>
  (["passed", "failed", "undetermined", "exempt"] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${said[state]}`)
    .join(", ");

/** Types of resources behind a cell that stand in its text; the data has all of them. */
const named = 4;

function typesText({ types, counts }: Measure, said: Words): string {
  const stack = counts.passed + counts.failed + counts.undetermined + counts.exempt > 0 && types.length === 0;
  const shown = types.slice(0, named).map(({ type, count }) => `${count} ${type.split(":").slice(-1)[0] ?? type}`);
  const rest = types.slice(named).reduce((sum, { count }) => sum + count, 0);
  return [...shown, ...(rest > 0 ? [`+${rest}`] : []), ...(stack ? [said.theStack] : [])].join(", ");
}

/** Table of points of a law, each with measures, resources and proofs. */
export function lawTable(cells: readonly Cell[], head: string, language: Language): Table {
  const said = words[language];
  const lines = (measures: readonly Measure[], text: (measure: Measure) => string): string =>
    measures.map(text).join("\n");
  return {
    columns: [head, said.demand, said.measures, said.resources, said.proofs, said.state],
    none: said.noProof,
    rows: cells.map(({ point, measures, state }) => {
      const run = measures.filter(({ state: one }) => one !== "not run");
      return [
        point.label[language],
        point.demand[language],
        measures.length === 0
          ? said.noRule
          : lines(
              measures,
              ({ rule, state: one }) =>
                `${rule.id} ${titleOf(rule, language)}${one === "not run" ? ` (${said.notRun})` : ""}`,
            ),
        run.length === 0 ? "–" : lines(run, (measure) => `${measure.rule.id}: ${typesText(measure, said)}`),
        run.length === 0 ? said.noProof : lines(run, ({ rule, counts }) => `${rule.id}: ${countsText(counts, said)}`),
        stateCell(state, said),
      ];
    }),
  };
}

/** Table of the choices of end-to-end encryption. */
export function encryptionTable(choices: readonly EncryptionChoice[], language: Language): Table {
  const said = words[language];
  return {
    columns: [said.service, said.choice, said.effect, said.reason],
    none: said.noService,
    rows: choices.map(({ service, name, choice, effect, reason }) => [
      `${service} (${name})`,
      said[choice],
      effect[language],
      reason ?? said.noReason,
    ]),
  };
}
