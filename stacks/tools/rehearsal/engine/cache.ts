import { constants } from "node:fs";
import { access, mkdir, open, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Time in ms without a heartbeat after which a lock counts as left by a killed run. */
const staleAfter = 10_000;
const heartbeat = 1_000;
const pollEvery = 500;

/**
 * Cache folder: `$XDG_CACHE_HOME/sovereign-uc`, else `~/.cache/sovereign-uc`.
 * A relative `XDG_CACHE_HOME` is ignored, as the XDG base directory specification asks.
 */
export function cacheFolder(environment: Environment = process.env): string {
  const given = environment["XDG_CACHE_HOME"] ?? "";
  return join(isAbsolute(given) ? given : join(environment["HOME"] ?? homedir(), ".cache"), "sovereign-uc");
}

/** True if a path is an executable file. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Path of a program on `PATH`. */
export async function onPath(name: string, environment: Environment = process.env): Promise<string | undefined> {
  for (const folder of (environment["PATH"] ?? "").split(delimiter).filter(isAbsolute))
    if (await isExecutable(join(folder, name))) return join(folder, name);
  return undefined;
}

/**
 * Does work that only one run at a time should do; other runs wait for its result.
 *
 * The lock is a file whose modification time is renewed during the work, since a process id means nothing across containers that share a home folder.
 * Two runs that find the same stale lock may both go on: that costs time, never correctness, because the result is put in place
 * by a rename.
 *
 * @param finished looks for the result; called first and again after every wait.
 */
export async function once<T>(
  lock: string,
  finished: () => Promise<T | undefined>,
  work: () => Promise<T>,
  waiting: () => void = () => {},
): Promise<T> {
  await mkdir(dirname(lock), { recursive: true });
  for (let first = true; ; first = false) {
    const found = await finished();
    if (found !== undefined) return found;
    if (await taken(lock)) break;
    if (first) waiting();
    await new Promise((resolve) => setTimeout(resolve, pollEvery));
  }
  const alive = setInterval(() => void utimes(lock, new Date(), new Date()).catch(() => {}), heartbeat);
  try {
    return (await finished()) ?? (await work());
  } finally {
    clearInterval(alive);
    await rm(lock, { force: true });
  }
}

async function taken(lock: string): Promise<boolean> {
  const age = await stat(lock).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age > staleAfter) await rm(lock, { force: true });
  try {
    const file = await open(lock, "wx");
    await writeFile(file, `${process.pid}\n`);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
