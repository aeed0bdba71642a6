import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { invalid } from "../../../components/core/errors";

/** The folder for unfinished work, kept for the next run. One run at a time holds it. */
export class WorkFolder {
  private constructor(readonly path: string) {}

  /** @throws RangeError while another run holds the folder, or when it cannot be written. */
  static take(folder: string): WorkFolder {
    const path = resolve(folder);
    // Debian's lists of sources divide words at spaces.
    if (/[\s'"]/.test(path))
      throw invalid("a work folder without spaces and quotes in its path", path, "choose another with --work");
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw invalid("a work folder that can be written", (error as Error).message, "choose another with --work");
    }
    const lock = join(path, "lock");
    for (let left = 1; ; left--)
      try {
        writeFileSync(lock, `${process.pid}\n`, { flag: "wx" });
        return new WorkFolder(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        const holder = Number(readFileSync(lock, "utf8"));
        if (left === 0 || alive(holder))
          throw invalid(
            `no other run in ${path}`,
            `one in process ${holder}`,
            `wait for it, or choose another folder with --work; if that process is something else, remove ${lock}`,
          );
        // Left behind by a run that was killed.
        rmSync(lock, { force: true });
      }
  }

  release(): void {
    rmSync(join(this.path, "lock"), { force: true });
  }

  /** A temporary empty folder for the duration of the work. */
  readonly scratch = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
    const parent = join(this.path, "scratch");
    await mkdir(parent, { recursive: true });
    const folder = await mkdtemp(join(parent, "image-"));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  /** Leftovers of killed runs in the scratch folder. */
  async sweep(): Promise<void> {
    await rm(join(this.path, "scratch"), { recursive: true, force: true });
  }
}

function alive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
