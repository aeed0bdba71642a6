import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { bundleNamespace, digestList, digests, filesOf } from "../../../policies/evidence/bundle";
import { countsOf } from "../../../policies/evidence/cells";
import { reportOf } from "../../../policies/evidence/report";
import { collect } from "./collect";
import { help, options } from "./options";

/** Makes a bundle of evidence. Returns the exit code. */
export function run(args: readonly string[], say: (line: string) => void): number {
  try {
    const asked = options(args);
    if (asked === "help") {
      say(help);
      return 0;
    }
    const out = resolve(asked.out);
    refuseOthers(out);
    const { evidence, settings, ownDomains } = collect(asked);
    const report = reportOf(evidence, { ownDomains, reasons: asked.reasons, tables: settings.tables });
    const files = filesOf(report);
    const list = digests(files);
    const signature = asked.sign === undefined ? {} : { [`${digestList}.sig`]: sign(list, asked.sign) };
    write(out, { ...files, [digestList]: list, ...signature });
    const { passed, failed, undetermined, exempt } = countsOf(evidence.results);
    const empty = report.nis2.filter(({ state }) => state === "no proof").map(({ point }) => point.label.en);
    say(
      `${evidence.source.stack}, ${evidence.source.kind}: ${passed} passed, ${failed} failed, ${undetermined + evidence.unread.length} undetermined, ${exempt} exempt; no proof for ${empty.length} of ${report.nis2.length} letters of NIS-2${empty.length > 0 ? `: ${empty.join(", ")}` : ""}.`,
    );
    say(
      `Written: ${Object.keys(files).length} files and ${digestList} in ${asked.out}${asked.sign === undefined ? ", not signed" : ", signed"}.`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(error.message);
    return 2;
  }
}

/** Refuses a folder that holds something else than a bundle. */
function refuseOthers(out: string): void {
  const found = statSync(out, { throwIfNoEntry: false });
  if (
    found === undefined ||
    (found.isDirectory() && (readdirSync(out).length === 0 || existsSync(join(out, digestList))))
  )
    return;
  throw new RangeError(
    `expected a new folder, or one with a bundle, as --out, got ${JSON.stringify(out)}; give another one`,
  );
}

/** Signature on the list of digests, as `ssh-keygen` makes it. */
function sign(list: string, key: string): string {
  try {
    return execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-n", bundleNamespace, "-f", key], {
      input: list,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "pipe"],
    });
  } catch (error) {
    const { code, stderr = "" } = error as { readonly code?: string; readonly stderr?: string };
    const said = code === "ENOENT" ? "no ssh-keygen" : (stderr.trim().split("\n")[0] ?? "nothing");
    throw new RangeError(
      `expected ssh-keygen to sign with ${JSON.stringify(key)}, got ${JSON.stringify(said)}; give a private SSH key, or leave --sign out`,
    );
  }
}

/** Writes all files or none: beside the folder first, which then takes its place. */
function write(out: string, files: Readonly<Record<string, string>>): void {
  const part = `${out}.part-${process.pid}`;
  try {
    mkdirSync(dirname(out), { recursive: true });
    mkdirSync(part, { mode: 0o700 });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(part, name), content, { mode: 0o600 });
    for (const [name, content] of Object.entries(files))
      if (readFileSync(join(part, name), "utf8") !== content) throw new Error(`${name} was not written as it is`);
    rmSync(out, { recursive: true, force: true });
    renameSync(part, out);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}
