/** Process that tries mutants: it is told a mutant's number, and answers which test turned red. */
import fc from "fast-check";
import { broken, mutated, sources } from "./mutants";
import { compiled, Modules } from "./modules";
import { numberedFaults } from "./rows";
import { failure, firstSites, isAmong, type Known, type Survey, survey } from "./survey";

/** Answer for one mutant. */
export interface Answer {
  readonly number: number;
  /** `killed`: a test turned red. `unreached`: no test comes by. */
  readonly result: "killed" | "survived" | "unreached";
  /** Test that turned red. */
  readonly by?: string;
}

/** Order to a worker: what another one has surveyed (it surveys itself if that is nothing) and what is known of mutants, then mutants by number. */
export type Order = { readonly survey: Survey | null; readonly known: readonly Answer[] } | { readonly number: number };

/** Message of a worker: a survey, an answer, or a sign of life with the number of tests that it has run. */
export type Message = { readonly survey: Survey } | { readonly alive: number } | Answer;

/** Properties on fewer and always the same inputs, so that two runs say the same. */
process.env["SOVEREIGN_UC_PROPERTY_RUNS"] = "50";
fc.configureGlobal({ seed: 1 });

const all = sources().map(broken);
const numbered = numberedFaults(all);
const first = firstSites(all);
const modules = new Modules();

/** Mutants on which a test has turned red, by file and test, and over all files: the best ones run first. */
const merits = new Map<string, Map<string, number>>();
const everywhere = new Map<string, number>();

const nameOf = ({ file, title }: Known): string => `${file}: ${title}`;

function credit(file: string, test: string): void {
  const own = merits.get(file) ?? new Map<string, number>();
  merits.set(file, own.set(test, (own.get(test) ?? 0) + 1));
  everywhere.set(test, (everywhere.get(test) ?? 0) + 1);
}

interface Surveyed {
  readonly tests: readonly (readonly [test: Known, sites: Uint8Array])[];
  readonly atLoad: Uint8Array;
}

let known: Surveyed | undefined;

const alive = (tests: number): void => void process.send?.({ alive: tests } satisfies Message);

/** Tests for a mutant, those first that were red most often in this file for the time that they take. */
function chosen({ tests, atLoad }: Surveyed, file: string, site: number | undefined): readonly Known[] {
  const isForAll = site === undefined || isAmong(atLoad, site);
  const own = merits.get(file);
  const worth = (test: Known): number => {
    const name = nameOf(test);
    return ((own?.get(name) ?? 0) + 0.1 * (everywhere.get(name) ?? 0) + 0.01) / (test.milliseconds + 5);
  };
  return tests
    .flatMap(([test, sites]) => (isForAll || isAmong(sites, site) ? [[test, worth(test)] as const] : []))
    .sort(([, a], [, b]) => b - a)
    .map(([test]) => test);
}

async function attempt(number: number, of: Surveyed): Promise<Answer> {
  const { of: file, mutant } = numbered[number] ?? {};
  if (file === undefined || mutant === undefined) throw new Error(`expected the number of a mutant, got ${number}`);
  const { site } = mutant;
  const list = chosen(of, file.file, site === undefined ? undefined : (first.get(file.file) ?? 0) + site);
  if (list.length === 0) return { number, result: "unreached" };
  const testsOf = modules.with({ file: file.file, code: compiled(file.file, mutated(file.source, mutant)) });
  for (const [i, one] of list.entries()) {
    if (i % 20 === 19) alive(i + 1);
    const by = nameOf(one);
    let test;
    try {
      // Files of tests are loaded when their first test is due: most mutants fall to the first one.
      test = testsOf(one.file).find(({ title }) => title === one.title);
    } catch {
      return { number, result: "killed", by: `${one.file} cannot be loaded` };
    }
    // A row of a table of tests that is not there any more was made from the table that the mutant broke.
    if (test === undefined || (await failure(test)) === undefined) continue;
    credit(file.file, by);
    return { number, result: "killed", by };
  }
  return { number, result: "survived" };
}

async function prepare(given: Survey | null, answers: readonly Answer[]): Promise<Message> {
  for (const { number, by } of answers) if (by !== undefined) credit(numbered[number]?.of.file ?? "", by);
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
  if ("survey" in order) return prepare(order.survey, order.known);
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
