import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { invalid } from "../../../components/core/errors";

/** Holder of a lock. */
interface Holder {
  readonly pid: number;
  /** Start of the process in clock ticks since boot, so that a reused process id is not taken for it; "" if the system does not tell. */
  readonly born: string;
  readonly host: string;
  readonly since: string;
}

/**
 * Takes the lock of a stack's folder, so that two rehearsals never write one state and one set of simulated clouds. A lock whose process is gone was left
 * behind by a run that was killed, and is taken over.
 *
 * @returns a function that releases it, and whether another run had left it behind.
 * @throws RangeError when another run holds it.
 */
export function lockRun(path: string, now: () => Date): { readonly release: () => void; readonly leftBehind: boolean } {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const own: Holder = { pid: process.pid, born: birth(process.pid), host: hostname(), since: now().toISOString() };
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(own)}\n`, { mode: 0o600 });
  try {
    for (let leftBehind = false; ; leftBehind = true) {
      // A link is created atomically: no run reads a half-written lock.
      if (linked(draft, path)) return { leftBehind, release: () => released(path, own) };
      const holder = read(path);
      if (holder !== undefined && alive(holder))
        throw invalid(
          "no other rehearsal of this stack",
          `one in process ${holder.pid} on ${holder.host} since ${holder.since}`,
          holder.host === own.host
            ? "wait for it to end"
            : `wait for it to end; if that machine is gone, remove ${path}`,
        );
      cleared(path, holder, draft);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves a stale lock away; one that another run has taken meanwhile is put back. */
function cleared(path: string, left: Holder | undefined, draft: string): void {
  const moved = `${draft}.left`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (JSON.stringify(read(moved)) !== JSON.stringify(left)) linked(moved, path);
  rmSync(moved, { force: true });
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function released(path: string, own: Holder): void {
  const holder = read(path);
  if (holder?.pid === own.pid && holder.born === own.born) rmSync(path, { force: true });
}

function read(path: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null && "pid" in value && "host" in value
      ? (value as Holder)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A holder on another machine counts as alive: it cannot be checked here. */
function alive({ pid, born, host }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return born === "" || birth(pid) === born;
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets, so what follows the last bracket is counted. */
function birth(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
