import { statSync, writeFileSync } from "node:fs";
import { resultsOf, type State } from "../../../policies/evidence/model";
import { sarif } from "../../../policies/evidence/sarif";
import { judgement } from "../../../policies/judge";
import { rules } from "../../../policies/pack";
import { said } from "../../../policies/said";
import { load } from "./load";
import { help, options } from "./options";

/** Runs an audit. Returns the exit code. */
export function run(args: readonly string[], say: (line: string) => void): number {
  try {
    const asked = options(args);
    if (asked === "help") {
      say(help);
      return 0;
    }
    if (!isFolder(asked.folder))
      throw new RangeError(`expected a folder, got ${JSON.stringify(asked.folder)}; give one that exists`);
    const { found, unread } = load(asked.folder);
    const subjects = found.map(({ subject }) => subject);
    const places = new Map(found.map(({ subject, file, line }) => [subject.urn, { file, line }]));
    const results = resultsOf(judgement(rules, subjects, asked.settings), places);
    for (const rule of rules)
      for (const { place, name, state, message } of results.filter((one) => one.rule === rule.id)) {
        if (state === "passed") continue;
        say(`${marks[state]} ${place === undefined ? "all files" : `${place.file}:${place.line} ${name}`}`);
        say(`  ${message}`);
      }
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
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(error.message);
    return 2;
  }
}

const marks = { failed: "✕", undetermined: "?", exempt: "~" } as const;

/** Source of an audit's settings, which nothing that is judged can change. */
const given = "given on the command line";

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
