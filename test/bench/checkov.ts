import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { cacheFolder } from "../../stacks/tools/rehearsal/engine";
import { manifests } from "./manifests";
import { median, timed, type Took } from "./time";

const version = "3.3.30";

/** Checkov's program, installed once into the cache folder with Python's own installer. @throws Error where that is not possible. */
function checkov(): string {
  const place = join(cacheFolder(process.env), "checkov", version);
  const program = join(place, "bin", "checkov");
  if (existsSync(join(place, "complete"))) return program;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(dirname(place), { recursive: true });
  process.stderr.write(`installing Checkov ${version} for the benchmark, about two minutes, once\n`);
  const options = { stdio: ["ignore", "ignore", "pipe"] as ["ignore", "ignore", "pipe"] };
  // An environment holds its own path: it is made in its place, and a file says that it is complete.
  execFileSync("python3", ["-m", "venv", place], options);
  execFileSync(join(place, "bin", "pip"), ["install", "--quiet", `checkov==${version}`], options);
  writeFileSync(join(place, "complete.draft"), "");
  renameSync(join(place, "complete.draft"), join(place, "complete"));
  return program;
}

const root = join(__dirname, "..", "..");

interface Counted {
  readonly resources: number;
  readonly rules: number;
  readonly results: number;
  readonly texts: number;
  readonly found: number;
}

interface Summary {
  readonly summary: { readonly passed: number; readonly failed: number; readonly skipped: number };
}

/** Results per second of the packs' audit and of Checkov, on the same manifests, one process after the other. */
export async function againstCheckov(rounds: number, count = 1000): Promise<string> {
  const program = checkov();
  execFileSync(process.execPath, [join(root, "policies", "build.mjs")]);
  const folder = mkdtempSync(join(tmpdir(), "manifests-"));
  try {
    manifests(count).forEach((manifest, i) => writeFileSync(join(folder, `${i}.yaml`), stringify(manifest)));
    const judged = [folder, "--own", "example.ch"];
    /** The audit as the package brings it; it ends with 1 where something is found. */
    const audit = (): Promise<Took> =>
      timed(process.execPath, [join(root, "policies/bin/audit.js"), ...judged], [0, 1]);
    /** The same from its sources, which are compiled each time. */
    const sources = (): Promise<Took> =>
      timed(
        process.execPath,
        [require.resolve("tsx/cli"), join(root, "stacks/tools/audit/main.ts"), ...judged],
        [0, 1],
      );
    // What it counts is no part of what an audit does, so it is counted apart.
    const counting = [require.resolve("tsx/cli"), join(__dirname, "packs-child.ts"), "folder", folder];
    const ours = JSON.parse((await timed(process.execPath, counting)).output) as Counted;
    // Nothing is fetched and nobody is told: `--skip-download` is for Checkov's own platform.
    const other = (): Promise<Took> =>
      timed(
        program,
        [
          "--directory",
          folder,
          "--framework",
          "kubernetes",
          "--skip-download",
          "--compact",
          "--quiet",
          "--output",
          "json",
        ],
        [0, 1],
        { ...process.env, BC_SKIP_MAPPING: "TRUE", LOG_LEVEL: "ERROR", CHECKOV_RENDER_MAX_LEN: "1000" },
      );
    const rows: { ours: Took; sources: Took; theirs: Took }[] = [];
    for (let round = 0; round < rounds; round++) {
      const first = round % 2 === 0 ? await audit() : undefined;
      const theirs = await other();
      rows.push({ ours: first ?? (await audit()), sources: await sources(), theirs });
    }
    const parsed = JSON.parse(rows[0]?.theirs.output ?? "{}") as Summary | readonly Summary[];
    const { summary } = (Array.isArray(parsed) ? parsed[0] : parsed) as Summary;
    const theirs = summary.passed + summary.failed + summary.skipped;
    const per = (results: number, figure: (row: (typeof rows)[number]) => number): number =>
      results / median(rows.map(figure));
    const line = (name: string, results: number, of: (row: (typeof rows)[number]) => Took): string =>
      `  ${name.padEnd(24)}${String(results).padStart(8)}${median(rows.map((row) => of(row).seconds))
        .toFixed(1)
        .padStart(9)} s` +
      `${median(rows.map((row) => of(row).processor))
        .toFixed(1)
        .padStart(9)} s` +
      `${per(results, (row) => of(row).processor)
        .toFixed(0)
        .padStart(16)}`;
    const ratio = (results: number, figure: (took: Took) => number): string =>
      (per(results, (row) => figure(row.ours)) / per(theirs, (row) => figure(row.theirs))).toFixed(1);
    const both = (results: number): string =>
      `clock ${ratio(results, ({ seconds }) => seconds)}   processor ${ratio(results, ({ processor }) => processor)}`;
    return [
      `audit of ${count} manifests of Kubernetes, whole processes: medians of ${rounds} rounds`,
      "                            results    clock   processor   results/s (processor)",
      line("sovereign-uc-audit", ours.results, ({ ours: took }) => took),
      line("npm run audit", ours.results, ({ sources: took }) => took),
      line(`Checkov ${version}`, theirs, ({ theirs: took }) => took),
      `the same manifests, ratio of the time                  ${both(theirs)}`,
      `results per second, ratio: rules by resources          ${both(ours.results)}   goal: at least 10`,
      `results per second, ratio: rules by texts (${ours.texts})    ${both(ours.texts)}`,
      `  Checkov's result is one check of one object. Ours is what one rule says of one resource, or of one text in it: \`folder\` in packs-child.ts says more.`,
      `pairs of rule and resource   ${(ours.resources * ours.rules).toFixed(0)}, of which ${ours.results} say something, with ${ours.found} findings`,
      "",
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
