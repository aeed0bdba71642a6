/** Process that tries mutants: it is told a mutant's number, and answers which test turned red. */
import fc from "fast-check";
import { broken, mutated, sources } from "./mutants";
import { compiled, Modules } from "./modules";
import { failure, type Known, siteName, type Survey, survey } from "./survey";
import type { Test } from "./tests";

/** Answer for one mutant. */
export interface Answer {
  readonly number: number;
  /** `killed`: a test turned red. `unreached`: no test comes by. */
  readonly result: "killed" | "survived" | "unreached";
  /** Test that turned red. */
  readonly by?: string;
}

/** Order to a worker: what another one has surveyed (it surveys itself if that is nothing), then mutants by number. */
export type Order = { readonly survey: Survey | null } | { readonly number: number };

/** Message of a worker: a survey, an answer, or a sign of life between tests. */
export type Message = { readonly survey: Survey } | { readonly alive: true } | Answer;

/** Properties on fewer and always the same inputs, so that two runs say the same. */
process.env["SOVEREIGN_UC_PROPERTY_RUNS"] = "50";
fc.configureGlobal({ seed: 1 });

const all = sources().map(broken);
const numbered = all.flatMap((of) => of.mutants.map((mutant) => ({ of, mutant })));
const modules = new Modules();

/** Mutants on which a test has turned red, by file and test: the best ones run first. */
const merits = new Map<string, Map<Known, number>>();

let known: Survey | undefined;

/** Tests for a mutant, those first that were red most often in this file for the time that they take. */
function chosen({ tests, visitors, atLoad }: Survey, file: string, site: number): readonly Known[] {
  const name = siteName(file, site);
  const merit = (test: Known): number => merits.get(file)?.get(test) ?? 0;
  const list = atLoad.includes(name) ? [...tests] : (visitors[name] ?? []).flatMap((number) => tests[number] ?? []);
  const worth = (test: Known): number => (merit(test) + 0.01) / (test.milliseconds + 1);
  return list.sort((a, b) => worth(b) - worth(a));
}

async function attempt(number: number, of: Survey): Promise<Answer> {
  const { of: file, mutant } = numbered[number] ?? {};
  if (file === undefined || mutant === undefined) throw new Error(`expected the number of a mutant, got ${number}`);
  const list = chosen(of, file.file, mutant.site);
  if (list.length === 0) return { number, result: "unreached" };
  const changed = { file: file.file, code: compiled(file.file, mutated(file.source, mutant)) };
  const loaded = attemptLoad([...new Set(list.map((test) => test.file))], changed);
  if (loaded === undefined) return { number, result: "killed", by: "the modules cannot be loaded" };
  for (const [i, one] of list.entries()) {
    if (i % 20 === 19) process.send?.({ alive: true } satisfies Message);
    // A row of a table of tests that is not there any more was made from the table that the mutant broke.
    const test = loaded.get(`${one.file} ${one.title}`);
    if (test === undefined || (await failure(test)) === undefined) continue;
    const merit = merits.get(file.file) ?? new Map<Known, number>();
    merits.set(file.file, merit.set(one, (merit.get(one) ?? 0) + 1));
    return { number, result: "killed", by: `${one.file}: ${one.title}` };
  }
  return { number, result: "survived" };
}

function attemptLoad(
  files: readonly string[],
  changed: Parameters<Modules["tests"]>[1],
): ReadonlyMap<string, Test> | undefined {
  try {
    const loaded = modules.tests(files, changed);
    return new Map([...loaded].flatMap(([file, list]) => list.map((test) => [`${file} ${test.title}`, test] as const)));
  } catch {
    return undefined;
  }
}

async function answer(order: Order): Promise<Message> {
  if ("survey" in order) return { survey: (known = order.survey ?? (await survey(all))) };
  if (known === undefined) throw new Error("expected a survey before the first mutant");
  return attempt(order.number, known);
}

process.on("message", (order: Order) => {
  answer(order).then(
    (message) => void process.send?.(message),
    (error: Error) => {
      process.stderr.write(`${error.stack ?? error.message}\n`);
      process.exit(1);
    },
  );
});

// A promise that a mutant left behind is nobody's business.
process.on("unhandledRejection", () => undefined);
