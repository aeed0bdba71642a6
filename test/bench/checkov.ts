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
  readonly asked: number;
  readonly verdicts: number;
  readonly texts: number;
  readonly found: number;
}

interface Summary {
  readonly summary: { readonly passed: number; readonly failed: number; readonly skipped: number };
}

/** Pairs of a check and an object that Checkov asks: its own registry says which checks there are for a kind. */
function askedBy(program: string, all: readonly Readonly<Record<string, unknown>>[]): number {
  const script = [
    "import json, sys",
    "import checkov.kubernetes.checks.resource.k8s",
    "from checkov.kubernetes.checks.resource.registry import registry",
    "print(sum(len(registry.get_checks(kind)) for kind in json.loads(sys.argv[1])))",
  ].join("\n");
  const argv = ["-c", script, JSON.stringify(all.map(({ kind }) => kind))];
  return Number(execFileSync(join(dirname(program), "python"), argv, { encoding: "utf8" }));
}

/** Results per second of the packs' audit and of Checkov, on the same manifests, one process after the other. */
export async function againstCheckov(rounds: number, count = 1000): Promise<string> {
  const program = checkov();
  execFileSync(process.execPath, [join(root, "policies", "build.mjs")]);
  const folder = mkdtempSync(join(tmpdir(), "manifests-"));
  try {
    const all = manifests(count);
    all.forEach((manifest, i) => writeFileSync(join(folder, `${i}.yaml`), stringify(manifest)));
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
    const theirs = { verdicts: summary.passed + summary.failed + summary.skipped, asked: askedBy(program, all) };
    type Row = (typeof rows)[number];
    const seconds = (of: (row: Row) => Took): string =>
      `${median(rows.map((row) => of(row).seconds))
        .toFixed(1)
        .padStart(9)} s${median(rows.map((row) => of(row).processor))
        .toFixed(1)
        .padStart(9)} s`;
    const perSecond = (count: number, of: (row: Row) => number): number => count / median(rows.map(of));
    /** A count of ours and one of Checkov's, and the ratio of what a second does of them. */
    const line = (what: string, own: number, other: number): string => {
      const ratio = (figure: (took: Took) => number): string =>
        (perSecond(own, (row) => figure(row.ours)) / perSecond(other, (row) => figure(row.theirs))).toFixed(1);
      return (
        `  ${what.padEnd(44)}${String(own).padStart(8)}${String(other).padStart(11)}` +
        `${ratio(({ seconds: clock }) => clock).padStart(9)}${ratio(({ processor }) => processor).padStart(12)}`
      );
    };
    return [
      `audit of ${count} manifests of Kubernetes, whole processes: medians of ${rounds} rounds`,
      "                            clock   processor",
      `  sovereign-uc-audit      ${seconds(({ ours: took }) => took)}`,
      `  npm run audit           ${seconds(({ sources: took }) => took)}`,
      `  Checkov ${version.padEnd(16)}${seconds(({ theirs: took }) => took)}`,
      "of each in a second, ours by Checkov's              ours  Checkov's    clock   processor",
      line("manifests", count, count),
      line("pairs of rule and resource that are asked", ours.asked, theirs.asked),
      `${line("pairs of rule and resource with a verdict", ours.verdicts, theirs.verdicts)}   goal: at least 10`,
      line("rules by texts, by Checkov's verdicts", ours.texts, theirs.verdicts),
      `  ${ours.rules} rules, ${ours.resources} resources, ${ours.found} findings. \`folder\` in packs-child.ts says what is counted.`,
      "",
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
