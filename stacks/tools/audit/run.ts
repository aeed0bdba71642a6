import { statSync, writeFileSync } from "node:fs";
import { judgeAll } from "../../../policies/judge";
import { rules } from "../../../policies/pack";
import { message, openMessage } from "../../../policies/rule";
import { said } from "../../../policies/said";
import { load } from "./load";
import { help, options } from "./options";
import { sarif } from "./sarif";

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
    const judged = judgeAll(
      rules,
      found.map(({ subject }) => subject),
      asked.settings,
    );
    const places = new Map(found.map((place) => [place.subject.urn, place]));
    for (const rule of rules)
      for (const { subject, item } of judged.filter((one) => one.rule === rule)) {
        const place = subject === undefined ? undefined : places.get(subject.urn);
        const mark = "found" in item ? "✕" : "?";
        say(`${mark} ${place === undefined ? "all files" : `${place.file}:${place.line} ${place.subject.name}`}`);
        say(`  ${"found" in item ? message(rule.id, item) : openMessage(rule.id, item)}`);
      }
    for (const { file, why } of unread) say(`? ${file}\n  nobody can judge it: ${why}`);
    const failed = judged.filter(({ item }) => "found" in item).length;
    const open = judged.length - failed + unread.length;
    const { profile, ownDomains } = asked.settings;
    const settings = said(asked.settings, given);
    if (settings.length > 0) say(`Judged with:\n${settings.map((line) => `  ${line}`).join("\n")}`);
    say(
      `Profile ${profile.name}; own domains: ${ownDomains.join(", ") || "none"}. ${found.length} resources, ${rules.length} rules: ${failed} findings, ${open} undetermined.`,
    );
    if (asked.sarif !== undefined) writeFileSync(asked.sarif, sarif(rules, judged, places, unread, settings));
    return failed + open > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(error.message);
    return 2;
  }
}

/** Source of an audit's settings, which nothing that is judged can change. */
const given = "given on the command line";

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
