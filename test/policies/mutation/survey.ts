import { type Broken, marked } from "./mutants";
import { Modules, testFiles } from "./modules";
import type { Test } from "./tests";

/** A test that passes without a mutant. */
export interface Known {
  readonly file: string;
  readonly title: string;
  readonly milliseconds: number;
  /** Sites that it comes by, a bit for each, in base64. */
  readonly sites: string;
}

/** Tests, and what they come by. */
export interface Survey {
  readonly tests: readonly Known[];
  /** Sites that are reached while modules are loaded, in the same form: any test may hang on them. */
  readonly atLoad: string;
  /** Tests that are red without a mutant. */
  readonly problems: readonly string[];
}

/** Number of the first site of each file: sites are counted over all files. */
export function firstSites(all: readonly Broken[]): ReadonlyMap<string, number> {
  let next = 0;
  return new Map(
    all.map(({ file, sites }) => {
      const first = next;
      next += sites.length;
      return [file, first] as const;
    }),
  );
}

const bits = (marks: Uint8Array): string => {
  const packed = new Uint8Array(Math.ceil(marks.length / 8));
  marks.forEach((mark, i) => {
    if (mark === 1) packed[i >> 3] = (packed[i >> 3] ?? 0) | (1 << (i & 7));
  });
  return Buffer.from(packed).toString("base64");
};

/** True if a site is among those that were packed. */
export const isAmong = (packed: Uint8Array, site: number): boolean =>
  ((packed[site >> 3] ?? 0) & (1 << (site & 7))) !== 0;

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

const memo = "policies/extract/memo.ts";

/** The module that remembers, which here forgets between two tests: what one leaves behind hides nothing from the next. */
const forgetful = `
let known: (() => void)[] = [];
export const forget = () => { const all = known; known = []; all.forEach((one) => one()); };
const kept = (make, use) => {
  let results = make(), isKept = false;
  return (key) => {
    if (!isKept) { isKept = true; known.push(() => { results = make(); isKept = false; }); }
    if (results.has(key)) return results.get(key);
    const result = use(key);
    results.set(key, result);
    return result;
  };
};
export const remembering = (made) => kept(() => new Map(), made);
export const attached = (made) => kept(() => new WeakMap(), made);
`;

/** Runs every test once by itself, on sources with a mark at each site. */
export async function survey(all: readonly Broken[], told: (tests: number) => void): Promise<Survey> {
  const first = firstSites(all);
  const sources = new Map(all.map((of) => [of.file, marked(of, first.get(of.file) ?? 0)]));
  const sites = new Uint8Array(all.reduce((sum, of) => sum + of.sites.length, 0));
  const modules = new Modules(sites, (file) => (file === memo ? forgetful : sources.get(file)));
  const files = testFiles().map((file) => [file, modules.tests(file).filter((test) => !isTimed(test))] as const);
  const atLoad = bits(sites);
  const { forget } = modules.exports(memo) as { readonly forget: () => void };
  const tests: Known[] = [];
  const problems: string[] = [];
  for (const [file, list] of files)
    for (const test of list) {
      forget();
      sites.fill(0);
      const begun = process.cpuUsage();
      const problem = await failure(test);
      const { user, system } = process.cpuUsage(begun);
      const milliseconds = Math.round((user + system) / 1000);
      tests.push({ file, title: test.title, milliseconds, sites: bits(sites) });
      if (problem !== undefined) problems.push(`${file}: ${test.title}: ${problem.message.split("\n")[0] ?? ""}`);
      told(tests.length);
    }
  return { tests, atLoad, problems };
}
