import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isLoopback } from "./address";
import { type Digest, type Measured, measuredFile, Tampered } from "./digest";
import { type Ended, failure, type Run } from "./programs";

/** A completely downloaded file on this machine's disk, until it is in its store. */
export interface Fetched extends Measured {
  readonly path: string;
}

/** curl's exit codes for a transfer that stopped in the middle: cut short, timed out, nothing sent, connection lost. */
const cut = [18, 28, 52, 55, 56, 92];

/** Number of times that an interrupted transfer is resumed before the command gives up. */
const attempts = 5;

/** Downloads with curl, each into a file that is kept after an interruption: the next run requests only the rest. */
export class Downloads {
  constructor(
    private readonly run: Run,
    private readonly folder: string,
  ) {}

  /**
   * Downloads a file, or the missing part of it.
   *
   * @param expected its digest; undefined only for a file that was never seen.
   * @param note receives the number of bytes that are there.
   * @throws Tampered when the digest differs, after which nothing of it is kept; RangeError when it cannot be downloaded.
   */
  async fetch(url: string, expected: Digest | undefined, note: (bytes: number) => void = () => {}): Promise<Fetched> {
    await mkdir(this.folder, { recursive: true });
    const path = join(this.folder, createHash("sha256").update(`${url} ${expected}`).digest("hex"));
    // Without a known digest a download is not resumed: its parts may belong to different versions.
    if (expected === undefined) await rm(path, { force: true });
    const begun = size(path) > 0;
    const early = begun ? await measuredFile(path) : undefined;
    if (early !== undefined && early.digest === expected) return { path, ...early };

    const watch = setInterval(() => note(size(path)), 500);
    try {
      const found = await this.whole(url, path);
      if (expected === undefined || found.digest === expected) return { path, ...found };
      await rm(path, { force: true });
      // The partial file may be of another version, or damaged: start again from the beginning.
      if (begun) return await this.fetch(url, expected, note);
      throw new Tampered(url, expected, found.digest, "it was removed; ask its publisher");
    } finally {
      clearInterval(watch);
    }
  }

  /** Removes a file that has arrived in its store. */
  done({ path }: Fetched): Promise<void> {
    return rm(path, { force: true });
  }

  /** Size that a server states; undefined where it states none. */
  async size(url: string): Promise<number | undefined> {
    const head = ["--head", "--output", "/dev/null", "--write-out", "%header{content-length}"];
    const ended = await this.run("curl", [...curl(url), ...head, url]);
    if (ended.code !== 0) throw refusal(url, ended);
    return ended.stdout.length === 0 ? undefined : Number(ended.stdout.toString());
  }

  private async whole(url: string, path: string): Promise<Measured> {
    for (let left = attempts; ; left--) {
      const begun = size(path);
      const ended = await this.run("curl", [...curl(url), "--continue-at", "-", "--output", path, url]);
      // An empty file leaves none behind.
      if (ended.code === 0 && size(path) > 0) return measuredFile(path);
      if (left > 0 && cut.includes(Number(ended.code)) && size(path) > begun) continue;
      // 33: the server does not support ranges; 416: nothing follows our part, and its digest was wrong.
      if (left > 0 && begun > 0 && (ended.code === 33 || / 416\b/.test(ended.complaint))) {
        await rm(path, { force: true });
        continue;
      }
      throw refusal(url, ended);
    }
  }
}

/** Only TLS, also after a redirection; a transfer that stands still for a minute ends. */
const curl = (url: string): readonly string[] => {
  const protocols = isLoopback(new URL(url).hostname) ? "=http,https" : "=https";
  return [
    ...["-q", "--silent", "--show-error", "--fail", "--location", "--netrc-optional", "--connect-timeout", "20"],
    ...["--speed-limit", "1", "--speed-time", "60", "--proto", protocols, "--proto-redir", protocols],
  ];
};

const refusal = (url: string, ended: Ended): RangeError =>
  failure(`a file at ${url}`, ended, "check address and network, then start again: finished downloads are kept");

const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
