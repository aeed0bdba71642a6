import { invalid } from "../../../components/core/errors";
import type { Digest } from "./digest";
import type { Downloads, Fetched } from "./download";
import type { FileJob } from "./jobs";
import type { LockFile } from "./lock";
import { readSums, type Store } from "./store";

/** Copies files into a store, each only if its digest is the expected one. */
export class Files {
  constructor(
    private readonly downloads: Downloads,
    private readonly store: Store,
    private readonly lock: LockFile,
    private readonly relock: readonly string[],
    private readonly verify: boolean,
  ) {}

  /**
   * Expected digest of a file: from the catalogue, else from the lock file, else from its checksum file. Undefined for a checksum file that
   * was never seen.
   *
   * @throws RangeError when the checksum file has no line for it.
   */
  async expected({ key, url, expected }: FileJob): Promise<Digest | undefined> {
    if (expected !== "first seen" && "digest" in expected) return expected.digest;
    const locked = this.relock.includes(key) ? undefined : this.lock.file(key, url)?.digest;
    if (locked !== undefined || expected === "first seen") return locked;
    const sums = await this.store.text(expected.sums);
    const digest = sums === undefined ? undefined : readSums(sums).get(expected.line);
    if (digest === undefined)
      throw invalid(
        `a line for ${expected.line} in ${expected.sums}`,
        sums === undefined ? "no such file in the store" : sums,
        "copy the checksum file first, or correct the catalogue",
      );
    return digest;
  }

  /**
   * Copies a file if it is not there, and locks it.
   *
   * @returns the result, for the log.
   */
  async bring(job: FileJob, note: (bytes: number) => void): Promise<string> {
    const { key, url, pinned } = job;
    const digest = await this.expected(job);
    const bytes = job.bytes ?? this.lock.file(key, url)?.bytes;
    if (digest !== undefined && (await this.store.has(key, digest, bytes))) {
      if (this.verify) await this.store.verify(key, digest);
      if (pinned) this.lock.pinFile(key, { url, digest, bytes });
      return this.verify ? "there already, read back" : "there already";
    }
    const fetched = await this.fetched(job, digest, note);
    await this.store.put(key, fetched.path, fetched.digest);
    if (job.path === undefined) await this.downloads.done(fetched);
    if (pinned) this.lock.pinFile(key, { url, digest: fetched.digest, bytes: fetched.bytes });
    return "copied";
  }

  private async fetched(job: FileJob, digest: Digest | undefined, note: (bytes: number) => void): Promise<Fetched> {
    if (job.path === undefined || digest === undefined) return this.downloads.fetch(job.url, digest, note);
    return { path: job.path, digest, bytes: job.bytes ?? 0 };
  }
}
