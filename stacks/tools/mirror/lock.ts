import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { invalid } from "../../../components/core/errors";
import { fields } from "../../../components/core/shapes";
import { type Digest, isDigest } from "./digest";

/** Digest of an image when it was first seen: a tag can be moved, a digest cannot. */
export interface LockedImage {
  readonly upstream: string;
  readonly version: string;
  /** Digest of the manifest for 64-bit x86 under Linux, which is what hosts pull. */
  readonly digest: Digest;
}

/** Digest of a file when it was first seen. */
export interface LockedFile {
  readonly url: string;
  readonly digest: Digest;
  readonly bytes?: number | undefined;
}

/** The lock file: digests of everything that the mirror has copied, by name in the registry and by path in the store. */
export interface Lock {
  readonly images: Readonly<Record<string, LockedImage>>;
  readonly files: Readonly<Record<string, LockedFile>>;
}

/** A lock file on disk. It is rewritten with every new row, so that an interruption loses none. */
export class LockFile {
  private constructor(
    private readonly path: string,
    private lock: Lock,
  ) {}

  /** @throws RangeError when there is a file that is no lock. */
  static open(path: string): LockFile {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return new LockFile(path, { images: {}, files: {} });
    }
    return new LockFile(path, parsed(text, path));
  }

  /** Digest of an image, if the row is for this upstream and version. */
  image(name: string, upstream: string, version: string): Digest | undefined {
    const row = this.lock.images[name];
    return row?.upstream === upstream && row.version === version ? row.digest : undefined;
  }

  file(key: string, url: string): LockedFile | undefined {
    const row = this.lock.files[key];
    return row?.url === url ? row : undefined;
  }

  pinImage(name: string, row: LockedImage): void {
    this.write({ ...this.lock, images: { ...this.lock.images, [name]: row } });
  }

  pinFile(key: string, row: LockedFile): void {
    const before = this.lock.files[key];
    // A known size is kept as long as the content is the same.
    const bytes = row.bytes ?? (before?.digest === row.digest ? before.bytes : undefined);
    this.write({ ...this.lock, files: { ...this.lock.files, [key]: { ...row, bytes } } });
  }

  private write(lock: Lock): void {
    const before = JSON.stringify(ordered(this.lock));
    this.lock = ordered(lock);
    // A file with the same content is not rewritten, so that a diff shows real changes only.
    if (JSON.stringify(this.lock) === before) return;
    const draft = `${this.path}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(this.lock, null, 2)}\n`);
    renameSync(draft, this.path);
  }
}

const ordered = ({ images, files }: Lock): Lock => ({ images: sorted(images), files: sorted(files) });

const sorted = <T>(rows: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1)));

function parsed(text: string, path: string): Lock {
  let value: Partial<Lock> | null;
  try {
    value = JSON.parse(text) as Partial<Lock> | null;
  } catch {
    value = null;
  }
  const rows = [...Object.values(value?.images ?? { none: {} }), ...Object.values(value?.files ?? { none: {} })];
  if (!rows.every((row: Partial<LockedImage> | null) => isDigest(fields(row).digest)))
    throw invalid(
      `a lock file in ${path}: { "images": { … }, "files": { … } } with a digest in every row`,
      text,
      "restore it from the project's history, or remove it to lock everything again",
    );
  return { images: value?.images ?? {}, files: value?.files ?? {} };
}
