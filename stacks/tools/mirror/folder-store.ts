import { randomUUID } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { copyFile, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Digest, measuredFile, Tampered } from "./digest";
import type { Store } from "./store";

/** A folder: on a web server's disk, or on a removable drive. */
export class FolderStore implements Store {
  constructor(readonly name: string) {}

  async has(key: string, digest: Digest): Promise<boolean> {
    const path = join(this.name, key);
    return existsSync(path) && (await measuredFile(path)).digest === digest;
  }

  async put(key: string, path: string, digest: Digest): Promise<void> {
    const target = join(this.name, key);
    await mkdir(dirname(target), { recursive: true });
    const draft = `${target}.${randomUUID()}.part`;
    try {
      await copyFile(path, draft, constants.COPYFILE_FICLONE);
      // A drive may be unplugged after the run: flush what was reported as copied.
      const file = await open(draft);
      await file.sync().finally(() => file.close());
      await same(`${key} in ${this.name}`, draft, digest);
      await rename(draft, target);
    } finally {
      await rm(draft, { force: true });
    }
  }

  verify(key: string, digest: Digest): Promise<void> {
    return same(`${key} in ${this.name}`, join(this.name, key), digest);
  }

  async text(key: string): Promise<string | undefined> {
    const path = join(this.name, key);
    return existsSync(path) ? readFile(path, "utf8") : undefined;
  }
}

async function same(what: string, path: string, digest: Digest): Promise<void> {
  const found = existsSync(path) ? (await measuredFile(path)).digest : undefined;
  if (found !== digest) throw new Tampered(what, digest, found, "look at the disk, then start again");
}
