import { availableParallelism } from "node:os";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { type Verdicts, verdictsOf } from "../../../policies/judge";
import { rules } from "../../../policies/pack";
import type { Context, Subject, Verdict } from "../../../policies/rule";
import { type Settings, settings } from "../../../policies/settings";
import { loadEach, type Loaded, together } from "./load";

/** Files of which a thread judges the resources before it takes the next ones. */
const ofShare = 125;

/** Files for each thread, at least. A thread reads the rules and warms up for a third of a second of its processor, in which it could have judged some hundreds. */
const ofThread = 1000;

/** Threads that judge so many files, the first one included: one where that is done sooner than another thread is up. */
export const threadsFor = (files: number, processors = availableParallelism()): number =>
  Math.max(1, Math.min(processors, Math.floor(files / ofThread), 16));

/** Everything that a thread is given: the settings as plain data, the folder and its files in shares, and the number of the next share, which all of them count up. */
interface Work {
  readonly given: Readonly<Record<string, unknown>>;
  readonly day: string;
  readonly folder: string;
  readonly shares: readonly (readonly string[])[];
  readonly next: SharedArrayBuffer;
}

/** Results of a thread for one share: the number of resources that it has seen, and their verdicts as JSON. */
interface Said {
  readonly share: number;
  readonly resources: number;
  readonly verdicts: string;
}

/**
 * Context in which a single resource is judged, wherever that is done.
 *
 * @throws Error where a rule asks for other resources: those are a matter of its check of the stack.
 */
export function alone(given: Settings): Context {
  const refuse = (): never => {
    throw new Error(
      "expected a rule to judge a single resource by itself, got one that asks for others; use checkStack",
    );
  };
  return {
    settings: given,
    isolated: [...new Set(given.isolated)],
    get inputs() {
      return refuse();
    },
    exemptions: refuse,
    open: refuse,
  };
}

const judged = (subjects: readonly Subject[], context: Context): Verdicts => verdictsOf(rules, subjects, context);

/** The next share that nobody has taken; undefined when all are. */
function taken({ next, shares }: Pick<Work, "next" | "shares">): number | undefined {
  const share = Atomics.add(new Int32Array(next), 0, 1);
  return share < shares.length ? share : undefined;
}

/** Work of a thread: reads and judges shares until none is left. */
export function judgeShares(): void {
  const work = workerData as Work;
  const context = alone(settings(work.given, {}, work.day));
  for (let share = taken(work); share !== undefined; share = taken(work)) {
    const { found } = together(loadEach(work.folder, work.shares[share] ?? []));
    const verdicts = judged(
      found.map(({ subject }) => subject),
      context,
    );
    const said: Said = { share, resources: found.length, verdicts: JSON.stringify(verdicts) };
    parentPort?.postMessage(said);
  }
}

/**
 * Reads files, and judges their resources in several threads at once. The results stand in the order of the files, as if one thread had done all.
 *
 * @param program the compiled file that a thread runs: it calls `judgeShares`.
 * @throws whatever a thread throws.
 */
export async function inThreads(
  { given, settings: own, folder }: Omit<Work, "shares" | "next" | "day"> & { readonly settings: Settings },
  paths: readonly string[],
  program: string,
  threads: number,
): Promise<{ readonly loaded: Loaded; readonly verdicts: Verdicts }> {
  const shares = Array.from({ length: Math.ceil(paths.length / ofShare) }, (_, i) =>
    paths.slice(i * ofShare, (i + 1) * ofShare),
  );
  const work: Work = { given, day: own.day, folder, shares, next: new SharedArrayBuffer(4) };
  const said: Said[] = [];
  const ends = Array.from({ length: threads - 1 }, () => {
    const thread = new Worker(program, { workerData: work });
    return new Promise<void>((resolve, reject) => {
      thread.on("message", (one: Said) => said.push(one));
      thread.on("error", reject);
      thread.on("exit", () => resolve());
    });
  });
  // A thread that fails while this one judges is no failure that nobody looks at.
  const all = Promise.all(ends);
  all.catch(() => undefined);
  const loaded = shares.map((some) => together(loadEach(folder, some)));
  const subjects = loaded.map(({ found }) => found.map(({ subject }) => subject));
  const context = alone(own);
  const results: Verdicts[] = [];
  for (let share = taken(work); share !== undefined; share = taken(work))
    results[share] = judged(subjects[share] ?? [], context);
  await all;
  for (const { share, resources, verdicts } of said)
    if (resources === subjects[share]?.length) results[share] = verdictsFrom(verdicts);
  return {
    loaded: together(loaded),
    // A file that has changed meanwhile is judged as it was read here.
    verdicts: rules.map((_, i) =>
      shares.flatMap((__, k) => (results[k] ??= judged(subjects[k] ?? [], context))[i] ?? []),
    ),
  };
}

/** Verdicts from JSON, in which nothing stands as null. */
const verdictsFrom = (text: string): Verdicts =>
  (JSON.parse(text) as readonly (readonly (Exclude<Verdict, undefined> | null)[])[]).map((some) =>
    some.map((verdict) => verdict ?? undefined),
  );
