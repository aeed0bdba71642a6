import { type Broken, marked } from "./mutants";
import { Modules, testFiles } from "./modules";
import type { Test } from "./tests";

/** A test that passes without a mutant. */
export interface Known {
  readonly file: string;
  readonly title: string;
  readonly milliseconds: number;
}

/** Tests by number, and by site the numbers of those that come by. */
export interface Survey {
  readonly tests: readonly Known[];
  readonly visitors: Readonly<Record<string, readonly number[]>>;
  /** Sites that are reached while modules are loaded: any test may hang on them. */
  readonly atLoad: readonly string[];
  /** Tests that are red without a mutant. */
  readonly problems: readonly string[];
}

/** Name of a site over all files. */
export const siteName = (file: string, site: number): string => `${file} ${site}`;

/** Tests that measure time: they are no judges of a fault, and long. */
const isTimed = ({ title }: Test): boolean => /^Texts that were made to take long/.test(title);

/** Runs a test. @returns what is wrong; undefined if it passes. */
export async function failure(test: Test): Promise<Error | undefined> {
  try {
    await test.run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Runs every test once by itself, on sources with a mark at each site. */
export async function survey(all: readonly Broken[]): Promise<Survey> {
  const sources = new Map(all.map((of) => [of.file, marked(of)]));
  const tests: Known[] = [];
  const visitors = new Map<string, Set<number>>();
  const atLoad = new Set<string>();
  const problems: string[] = [];
  let now: number | undefined;
  const modules = new Modules(
    (file, site) => {
      const name = siteName(file, site);
      if (now === undefined) atLoad.add(name);
      else visitors.set(name, (visitors.get(name) ?? new Set<number>()).add(now));
    },
    (file) => sources.get(file),
  );
  const fresh = (file: string): readonly Test[] =>
    (modules.tests([file]).get(file) ?? []).filter((test) => !isTimed(test));
  for (const file of testFiles())
    for (const { title } of fresh(file)) {
      // Modules that are new for each test: what one leaves in a cache hides nothing from the next.
      const test = fresh(file).find((one) => one.title === title);
      if (test === undefined) continue;
      now = tests.length;
      const begun = performance.now();
      const problem = await failure(test);
      now = undefined;
      tests.push({ file, title, milliseconds: Math.round(performance.now() - begun) });
      if (problem !== undefined) problems.push(`${file}: ${title}: ${problem.message.split("\n")[0] ?? ""}`);
    }
  return {
    tests,
    visitors: Object.fromEntries([...visitors].map(([name, numbers]) => [name, [...numbers]])),
    atLoad: [...atLoad],
    problems,
  };
}
