/** Process that tries mutants: it is told a mutant's number, and answers which test turned red. */
import fc from "fast-check";
import { broken, mutated, sources } from "./mutants";
import { compiled, Modules } from "./modules";
import { failure, firstSites, isAmong, type Known, type Survey, survey } from "./survey";

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

/** Message of a worker: a survey, an answer, or a sign of life with the number of tests that it has run. */
export type Message = { readonly survey: Survey } | { readonly alive: number } | Answer;

/** Properties on fewer and always the same inputs, so that two runs say the same. */
process.env["SOVEREIGN_UC_PROPERTY_RUNS"] = "50";
fc.configureGlobal({ seed: 1 });

const all = sources().map(broken);
const numbered = all.flatMap((of) => of.mutants.map((mutant) => ({ of, mutant })));
const first = firstSites(all);
const modules = new Modules();

/** Mutants on which a test has turned red, by file and test: the best ones run first. */
const merits = new Map<string, Map<Known, number>>();

interface Surveyed {
  readonly tests: readonly (readonly [test: Known, sites: Uint8Array])[];
  readonly atLoad: Uint8Array;
}

let known: Surveyed | undefined;

const alive = (tests: number): void => void process.send?.({ alive: tests } satisfies Message);

/** Tests for a mutant, those first that were red most often in this file for the time that they take. */
function chosen({ tests, atLoad }: Surveyed, file: string, site: number): readonly Known[] {
  const isForAll = isAmong(atLoad, site);
  const merit = (test: Known): number => merits.get(file)?.get(test) ?? 0;
  const worth = (test: Known): number => (merit(test) + 0.01) / (test.milliseconds + 1);
  return tests
    .flatMap(([test, sites]) => (isForAll || isAmong(sites, site) ? [test] : []))
    .sort((a, b) => worth(b) - worth(a));
}

async function attempt(number: number, of: Surveyed): Promise<Answer> {
  const { of: file, mutant } = numbered[number] ?? {};
  if (file === undefined || mutant === undefined) throw new Error(`expected the number of a mutant, got ${number}`);
  const list = chosen(of, file.file, (first.get(file.file) ?? 0) + mutant.site);
  if (list.length === 0) return { number, result: "unreached" };
  const testsOf = modules.with({ file: file.file, code: compiled(file.file, mutated(file.source, mutant)) });
  for (const [i, one] of list.entries()) {
    if (i % 20 === 19) alive(i + 1);
    const by = `${one.file}: ${one.title}`;
    let test;
    try {
      // Files of tests are loaded when their first test is due: most mutants fall to the first one.
      test = testsOf(one.file).find(({ title }) => title === one.title);
    } catch {
      return { number, result: "killed", by: `${one.file} cannot be loaded` };
    }
    // A row of a table of tests that is not there any more was made from the table that the mutant broke.
    if (test === undefined || (await failure(test)) === undefined) continue;
    const merit = merits.get(file.file) ?? new Map<Known, number>();
    merits.set(file.file, merit.set(one, (merit.get(one) ?? 0) + 1));
    return { number, result: "killed", by };
  }
  return { number, result: "survived" };
}

async function prepare(given: Survey | null): Promise<Message> {
  const found = given ?? (await survey(all, (tests) => tests % 20 === 0 && alive(tests)));
  const unpacked = (sites: string): Uint8Array => Buffer.from(sites, "base64");
  // Without a mutant first: that says which module imports which, and what is the same for all mutants.
  for (const file of new Set(found.tests.map((test) => test.file))) modules.tests(file);
  known = {
    tests: found.tests.map((test) => [test, unpacked(test.sites)] as const),
    atLoad: unpacked(found.atLoad),
  };
  return { survey: found };
}

async function answer(order: Order): Promise<Message> {
  if ("survey" in order) return prepare(order.survey);
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
