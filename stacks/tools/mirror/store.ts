import type { Digest } from "./digest";

/** A destination for files: a folder, a web server that accepts PUT, a bucket. */
export interface Store {
  /** Name in messages. */
  readonly name: string;
  /** True if the same file is there, as far as can be told without downloading it. */
  has(key: string, digest: Digest, bytes: number | undefined): Promise<boolean>;
  /**
   * Puts a file in place and reads it back; no client sees half of it. In a store behind a network, a damaged file is visible until it has been
   * read back.
   *
   * @throws Tampered when the store returns other content; the file is then removed, or the message says that it could not be.
   */
  put(key: string, path: string, digest: Digest): Promise<void>;
  /** Reads a file back. @throws Tampered when it is missing or differs. */
  verify(key: string, digest: Digest): Promise<void>;
  /** A short text, or undefined if there is none. */
  text(key: string): Promise<string | undefined>;
}

/** A line for every file, in the form that `sha256sum -c` reads. */
export type Sums = ReadonlyMap<string, Digest>;

export const sumsName = "SHA256SUMS";

export const writtenSums = (sums: Sums): string =>
  [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, digest]) => `${digest.slice("sha256:".length)}  ${path}\n`)
    .join("");

/** Lines of a checksum file; lines in another form are left out. */
export const readSums = (text: string): Sums =>
  new Map(
    [...text.matchAll(/^([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/gm)].map(
      ([, digest = "", path = ""]) => [path.trimEnd(), `sha256:${digest}`] as const,
    ),
  );
