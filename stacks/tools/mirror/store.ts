import type { Digest } from "./digest";

/** Somewhere that files are copied to: a folder, a web server that takes PUT, a bucket. */
export interface Store {
  /** As it stands in messages. */
  readonly name: string;
  /** True if the same file is there, as far as can be told without downloading it. */
  has(key: string, digest: Digest, bytes: number | undefined): Promise<boolean>;
  /**
   * Puts a file in place and reads it back; nobody sees half of one. In a store behind a network, what came out wrong can be seen until it has been
   * read back.
   *
   * @throws Tampered when the store gives back something else; what was put is removed then, or the message says that it could not be.
   */
  put(key: string, path: string, digest: Digest): Promise<void>;
  /** Reads a file back. @throws Tampered when it is not there or another. */
  verify(key: string, digest: Digest): Promise<void>;
  /** A short text, or undefined where there is none. */
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
