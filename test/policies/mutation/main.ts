/** `npm run mutation`: breaks the packs in thousands of small ways, one at a time, and says which of them no test notices. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Equivalent, equivalents } from "./equivalent";
import { chooseTests } from "./modules";
import { broken, type Mutant, sources } from "./mutants";
import { attemptAll, type Result } from "./pool";
import { numberedFaults } from "./rows";
import { Store } from "./store";

const usage = `npm run mutation [-- options]

  Puts one fault at a time into the rules, the readers and the tables of the packs: a condition that is always true or never, an operand, an entry, a row or
  a statement less, another comparison, an empty list, a pattern without an alternative or an anchor. Printed are the share that turned a test red, and
  each fault that did not, with its place.

  Every test runs once by itself first, which says what it comes by. Then each fault gets the tests that come by its place, those first that found most in
  the same file, until one is red. They run in this process' children, on modules of which only those are loaded anew that the fault can reach. What was
  found out is kept under out/mutation/ for these very sources and tests: the same command goes on where a run before it ended.

  Ends with 1 if a fault is noticed by no test and test/policies/mutation/equivalent.ts gives no reason for it.

  --only TEXTS   files whose path, with a colon and the line behind it, holds one of these texts, with commas between them (default: all)
  --tests TEXTS  only tests whose path holds one of these texts, with commas between them: quick, while one file is worked on (default: all)
  --tables       takes each row out of each table of policies/facts/dataset.ts instead, and says which files of tests notice it; --only takes names of tables
  --rows SHARE   share of the rows of tables that is tried, drawn by lot (default: 1, all)
  --sample N     tries so many of the faults, drawn by lot (default: all)
  --seed N       seed of the lot (default: 1)
  --minutes N    ends after so many minutes; what is tried until then is drawn by lot (default: tries all)
  --jobs N       processes (default: one for each processor)
  --killers      prints the test that noticed each fault as well
  --fresh        tries what an earlier run has tried, too
  --list         prints the faults, and tries none`;

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function lot(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const short = (text: string): string => (text.length > 90 ? `${text.slice(0, 87)}...` : text);

const line = ({ file, line: at, kind, from, to }: Mutant): string =>
  `${file}:${at} ${kind}: ${short(from)}${/dropped|skipped/.test(kind) || to === "" ? "" : ` → ${short(to)}`}`;

const fits = (row: Equivalent, { file, code, kind, from, to }: Mutant): boolean =>
  row.file === file &&
  row.code === code &&
  row.kind === kind &&
  (row.from === undefined || row.from === from) &&
  (row.to === undefined || row.to === to);

const percent = (part: number, all: number): string => `${((100 * part) / Math.max(all, 1)).toFixed(1)} %`;

function report(
  tried: readonly (readonly [Mutant, Result])[],
  print: (text: string) => void,
  isWhole: boolean,
): boolean {
  const lost = tried.filter(([, { result }]) => result === "survived" || result === "unreached");
  const same = lost.filter(([mutant]) => equivalents.some((row) => fits(row, mutant)));
  const open = lost.filter((one) => !same.includes(one));
  const stale = equivalents.filter(
    (row) => isWhole && tried.some(([{ file }]) => file === row.file) && !lost.some(([mutant]) => fits(row, mutant)),
  );
  // Rows of tables stand under the name of their table, everything else under that of its file.
  const nameOf = ({ file, kind }: Mutant): string => /^row of (.*) dropped$/.exec(kind)?.[1] ?? file;
  for (const file of new Set(tried.map(([mutant]) => nameOf(mutant)))) {
    const here = tried.filter(([mutant]) => nameOf(mutant) === file);
    const missed = open.filter(([mutant]) => nameOf(mutant) === file);
    print(`${file}: ${here.length - missed.length} of ${here.length}`);
    for (const [mutant, { result }] of missed)
      print(`  ${result === "unreached" ? "no test comes by" : "survived"}  ${line(mutant)}`);
  }
  for (const { file, code, kind } of stale)
    print(`${file}: no survivor fits the row "${kind}" of equivalent.ts at: ${code}`);
  const stalled = tried.filter(([, { result }]) => result === "stalled").length;
  const killed = tried.length - lost.length;
  print(
    `${killed} of ${tried.length} noticed (${percent(killed, tried.length)}; ${stalled} by running for ever), ${same.length} change nothing, ${open.length} open: ${percent(killed, tried.length - same.length)} of those that change something`,
  );
  return open.length === 0 && stale.length === 0;
}

/** Files of tests, and how many of the faults a test of each noticed first. */
function noticing(tried: readonly (readonly [Mutant, Result])[]): readonly (readonly [file: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const [, { by }] of tried) {
    const file = by === undefined || by.endsWith(" cannot be loaded") ? (by?.replace(/^\S+/, "a file that") ?? "") : by;
    const name = file.replace(/:.*/s, "");
    if (name !== "") counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: "" },
      tests: { type: "string", default: "" },
      rows: { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      sample: { type: "string" },
      minutes: { type: "string" },
      jobs: { type: "string", default: String(availableParallelism()) },
      killers: { type: "boolean", default: false },
      tables: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  if (values.help) return print(usage);
  const [share, seed, jobs] = [Number(values.rows), Number(values.seed), Number(values.jobs)];
  if (!(share >= 0 && share <= 1) || !Number.isInteger(seed) || !(Number.isInteger(jobs) && jobs > 0))
    throw new Error(
      `expected a share from 0 to 1, a whole seed and at least one job, got ${values.rows}, ${values.seed}, ${values.jobs}; see --help`,
    );
  const sample = values.sample === undefined ? undefined : Number(values.sample);
  if (sample !== undefined && !(Number.isInteger(sample) && sample > 0))
    throw new Error(`expected a whole number of faults above 0, got ${String(values.sample)}; see --help`);
  chooseTests(values.tests);
  const all = numberedFaults(sources().map(broken)).map(({ mutant }) => mutant);
  const asked = all.filter(({ kind }) => kind.startsWith("row of ") === values.tables);
  const draw = lot(seed);
  const only = values.only.split(",");
  const numbers = all.flatMap(({ file, line, kind, isRow }, number) => {
    if (kind.startsWith("row of ") !== values.tables) return [];
    const drawn = !isRow || draw() < share;
    return drawn && only.some((text) => (values.tables ? kind : `${file}:${line}`).includes(text)) ? [number] : [];
  });
  const rows = numbers.filter((number) => all[number]?.isRow).length;
  print(
    `${numbers.length} of ${asked.length} faults; rows of tables: ${rows} of ${asked.filter(({ isRow }) => isRow).length} (share ${share}, seed ${seed})`,
  );
  const at = (number: number): Mutant[] => all.slice(number, number + 1);
  if (values.list) return numbers.flatMap(at).forEach((mutant) => print(line(mutant)));
  const limit = values.minutes === undefined ? Infinity : Number(values.minutes);
  if (!(limit > 0)) throw new Error(`expected minutes above 0, got ${String(values.minutes)}; see --help`);
  const isWhole = limit === Infinity && values.sample === undefined;
  const order = new Map(numbers.map((number) => [number, isWhole ? number : draw()]));
  const sorted = [...numbers].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const wanted = sorted.slice(0, sample);
  if (sample !== undefined) print(`${wanted.length} of them drawn by lot`);
  const store = new Store();
  const known = values.fresh ? new Map<number, Result>() : store.known();
  const results = wanted.flatMap((number) => known.get(number) ?? []);
  const left = wanted.filter((number) => !known.has(number));
  if (results.length > 0) print(`${results.length} of them were tried by an earlier run on the same sources and tests`);
  const begun = Date.now();
  const minutes = (): number => (Date.now() - begun) / 60_000;
  const isLost = ({ result }: Result): boolean => result === "survived" || result === "unreached";
  const tell = (result: Result, done: number): void => {
    results.push(result);
    store.keep(result);
    if (values.killers && result.by !== undefined)
      at(result.number).forEach((mutant) => print(`${line(mutant)}\n    ${result.by ?? ""}`));
    if (isLost(result)) at(result.number).forEach((mutant) => process.stderr.write(`  ${line(mutant)}\n`));
    if (done % 50 !== 0) return;
    const noticed = results.filter((one) => !isLost(one)).length;
    const rest = (minutes() / done) * (left.length - done);
    process.stderr.write(
      `${done} of ${left.length} after ${minutes().toFixed(1)} minutes, ${percent(noticed, results.length)} noticed; about ${rest.toFixed(0)} minutes more\n`,
    );
  };
  if (left.length > 0)
    await attemptAll({
      numbers: left,
      jobs,
      survey: store.surveyed(),
      known: [...store.known().values()],
      surveying: (tests) =>
        tests % 200 === 0 && process.stderr.write(`${tests} tests surveyed (${minutes().toFixed(1)} minutes)\n`),
      surveyed: (survey) => {
        store.keepSurvey(survey);
        process.stderr.write(`${survey.tests.length} tests pass without a fault (${minutes().toFixed(1)} minutes)\n`);
      },
      told: tell,
      isOver: () => minutes() > limit,
    });
  results.sort((a, b) => a.number - b.number);
  const tried = results.flatMap((result) => at(result.number).map((mutant) => [mutant, result] as const));
  if (values.tables) for (const [file, count] of noticing(tried)) print(`${count} noticed first by ${file}`);
  const passed = report(tried, print, isWhole && !values.tables && !values.only.includes(":"));
  print(`${minutes().toFixed(1)} minutes`);
  process.exitCode = passed ? 0 : 1;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
