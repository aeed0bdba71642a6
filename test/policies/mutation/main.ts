/** `npm run mutation`: breaks the packs in thousands of small ways, one at a time, and says which of them no test notices. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Equivalent, equivalents } from "./equivalent";
import { broken, type Mutant, sources } from "./mutants";
import { attemptAll, type Result } from "./pool";

const usage = `npm run mutation [-- options]

  Puts one fault at a time into the rules, the readers and the tables of the packs: a condition that is always true or never, an operand, an entry, a row or
  a statement less, another comparison, an empty list, a pattern without an alternative or an anchor. The tests of the packs run against each, in this
  process' children, on modules that are compiled once. Printed are the share that turned a test red, and each fault that did not, with its place.

  Ends with 1 if a fault is noticed by no test and test/policies/mutation/equivalent.ts gives no reason for it.

  --only TEXT    files whose path holds this text
  --rows SHARE   share of the rows of tables that is tried, drawn by lot (default: 1, all)
  --seed N       seed of the lot (default: 1)
  --minutes N    ends after so many minutes; what is tried until then is drawn by lot (default: tries all)
  --jobs N       processes (default: one for each processor)
  --killers      prints the test that noticed each fault as well
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
  for (const file of new Set(tried.map(([mutant]) => mutant.file))) {
    const here = tried.filter(([mutant]) => mutant.file === file);
    const missed = open.filter(([mutant]) => mutant.file === file);
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

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: "" },
      rows: { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      minutes: { type: "string" },
      jobs: { type: "string", default: String(availableParallelism()) },
      killers: { type: "boolean", default: false },
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
  const all = sources().flatMap((file) => broken(file).mutants);
  const draw = lot(seed);
  const numbers = all.flatMap(({ file, isRow }, number) => {
    const drawn = !isRow || draw() < share;
    return drawn && file.includes(values.only) ? [number] : [];
  });
  const rows = numbers.filter((number) => all[number]?.isRow).length;
  print(
    `${numbers.length} of ${all.length} faults; rows of tables: ${rows} of ${all.filter(({ isRow }) => isRow).length} (share ${share}, seed ${seed})`,
  );
  const at = (number: number): Mutant[] => all.slice(number, number + 1);
  if (values.list) return numbers.flatMap(at).forEach((mutant) => print(line(mutant)));
  const limit = values.minutes === undefined ? Infinity : Number(values.minutes);
  if (!(limit > 0)) throw new Error(`expected minutes above 0, got ${String(values.minutes)}; see --help`);
  const order = new Map(numbers.map((number) => [number, limit === Infinity ? number : draw()]));
  const results: Result[] = [];
  const begun = Date.now();
  const minutes = (): string => ((Date.now() - begun) / 60_000).toFixed(1);
  await attemptAll(
    [...numbers].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)),
    jobs,
    (result, done) => {
      results.push(result);
      if (values.killers && result.by !== undefined)
        at(result.number).forEach((mutant) => print(`${line(mutant)}\n    ${result.by ?? ""}`));
      if (result.result === "survived" || result.result === "unreached")
        at(result.number).forEach((mutant) => process.stderr.write(`  ${line(mutant)}\n`));
      if (done % 100 === 0) process.stderr.write(`${done} of ${numbers.length} after ${minutes()} minutes\n`);
    },
    ({ tests }) => process.stderr.write(`${tests.length} tests pass without a fault (${minutes()} minutes)\n`),
    () => Date.now() - begun > limit * 60_000,
  );
  results.sort((a, b) => a.number - b.number);
  const passed = report(
    results.flatMap((result) => at(result.number).map((mutant) => [mutant, result] as const)),
    print,
    limit === Infinity,
  );
  print(`${minutes()} minutes`);
  process.exitCode = passed ? 0 : 1;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
