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

interface Summary {
  readonly summary: { readonly passed: number; readonly failed: number; readonly skipped: number };
}

/** Results per second of the packs' audit and of Checkov, on the same manifests, one process after the other. */
export async function againstCheckov(rounds: number, count = 1000): Promise<string> {
  const program = checkov();
  const folder = mkdtempSync(join(tmpdir(), "manifests-"));
  try {
    manifests(count).forEach((manifest, i) => writeFileSync(join(folder, `${i}.yaml`), stringify(manifest)));
    const audit = (): Promise<Took> =>
      timed(process.execPath, [require.resolve("tsx/cli"), join(__dirname, "packs-child.ts"), "folder", folder]);
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
    const rows: { ours: Took; theirs: Took }[] = [];
    for (let round = 0; round < rounds; round++) {
      const first = round % 2 === 0 ? await audit() : undefined;
      const theirs = await other();
      rows.push({ ours: first ?? (await audit()), theirs });
    }
    const ours = JSON.parse(rows[0]?.ours.output ?? "{}") as { readonly resources: number; readonly results: number };
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
    const ratio = (figure: (took: Took) => number): string =>
      (per(ours.results, (row) => figure(row.ours)) / per(theirs, (row) => figure(row.theirs))).toFixed(1);
    const whole = (figure: (took: Took) => number): string =>
      median(rows.map((row) => figure(row.theirs) / figure(row.ours))).toFixed(1);
    return [
      `audit of ${count} manifests of Kubernetes, whole processes: medians of ${rounds} rounds`,
      "                            results    clock   processor   results/s (processor)",
      line("npm run audit", ours.results, ({ ours: took }) => took),
      line(`Checkov ${version}`, theirs, ({ theirs: took }) => took),
      `results per second, ratio    clock ${ratio(({ seconds }) => seconds)}   processor ${ratio(({ processor }) => processor)}   goal: at least 10`,
      `the same manifests, ratio    clock ${whole(({ seconds }) => seconds)}   processor ${whole(({ processor }) => processor)}   (time alone, whatever counts as a result)`,
      "",
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
