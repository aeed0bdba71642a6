import { statSync, writeFileSync } from "node:fs";
import { resultsOf, type State } from "../../../policies/evidence/model";
import { sarif } from "../../../policies/evidence/sarif";
import { judgement, type Verdicts } from "../../../policies/judge";
import { rules } from "../../../policies/pack";
import { said } from "../../../policies/said";
import { files, load, loadEach, type Loaded, together } from "./load";
import { help, type Options, options } from "./options";
import { inThreads, threadsFor } from "./threads";

/** Runs an audit in this thread. Returns the exit code. */
export function run(args: readonly string[], say: Say): number {
  try {
    const asked = begun(args, say);
    return asked === undefined ? 0 : reported(asked, load(asked.folder), say);
  } catch (error) {
    return refused(error, say);
  }
}

/**
 * The same, in as many threads as there are processors where the folder has many files. Its report is the same, byte by byte.
 *
 * @param program the compiled file that a thread runs; anything else is judged in this thread.
 * @param threads threads for so many files. @default as many as are worth it
 */
export async function audit(
  args: readonly string[],
  say: Say,
  program: string,
  threads: (files: number) => number = threadsFor,
): Promise<number> {
  try {
    const asked = begun(args, say);
    if (asked === undefined) return 0;
    const paths = files(asked.folder);
    const count = program.endsWith(".js") ? threads(paths.length) : 1;
    if (count === 1) return reported(asked, together(loadEach(asked.folder, paths)), say);
    const { loaded, verdicts } = await inThreads(asked, paths, program, count);
    return reported(asked, loaded, say, verdicts);
  } catch (error) {
    return refused(error, say);
  }
}

type Say = (line: string) => void;

/** Options of an audit that begins; undefined where only help was asked for. @throws RangeError with every problem. */
function begun(args: readonly string[], say: Say): Options | undefined {
  const asked = options(args);
  if (asked === "help") {
    say(help);
    return undefined;
  }
  if (!isFolder(asked.folder))
    throw new RangeError(`expected a folder, got ${JSON.stringify(asked.folder)}; give one that exists`);
  return asked;
}

function refused(error: unknown, say: Say): number {
  if (!(error instanceof RangeError)) throw error;
  say(error.message);
  return 2;
}

/** Judges what was read, says the results, and returns the exit code. */
function reported(asked: Options, { found, unread }: Loaded, say: Say, verdicts?: Verdicts): number {
  const subjects = found.map(({ subject }) => subject);
  const places = new Map(found.map(({ subject, file, line }) => [subject.urn, { file, line }]));
  const { judged } = judgement(rules, subjects, asked.settings, verdicts === undefined ? {} : { verdicts });
  // Neither the report nor SARIF says what passed.
  const results = resultsOf({ judged, passed: [] }, places);
  const byRule = new Map(rules.map(({ id }): [string, string[]] => [id, []]));
  for (const { rule, place, name, state, message } of results)
    if (state !== "passed")
      byRule
        .get(rule)
        ?.push(
          `${marks[state]} ${place === undefined ? "all files" : `${place.file}:${place.line} ${name}`}\n  ${message}`,
        );
  for (const lines of byRule.values()) if (lines.length > 0) say(lines.join("\n"));
  for (const { file, why } of unread) say(`? ${file}\n  nobody can judge it: ${why}`);
  const count = (wanted: State): number => results.filter(({ state }) => state === wanted).length;
  const advisory = results.filter((one) => one.state === "failed" && one.advisory === true).length;
  const [failed, exempt] = [count("failed") - advisory, count("exempt")];
  const open = count("undetermined") + unread.length;
  const { profile, ownDomains } = asked.settings;
  const settings = said(asked.settings, given);
  if (settings.length > 0) say(`Judged with:\n${settings.map((line) => `  ${line}`).join("\n")}`);
  say(
    `Profile ${profile.name}; own domains: ${ownDomains.join(", ") || "none"}. ${found.length} resources, ${rules.length} rules: ${failed} findings, ${open} undetermined${exempt > 0 ? `, ${exempt} exempt` : ""}${advisory > 0 ? `, ${advisory} to look at` : ""}.`,
  );
  if (asked.sarif !== undefined) writeFileSync(asked.sarif, sarif(rules, results, settings, unread));
  return failed + open > 0 ? 1 : 0;
}

const marks = { failed: "✕", undetermined: "?", exempt: "~" } as const;

/** Source of an audit's settings, which nothing that is judged can change. */
const given = "given on the command line";

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
