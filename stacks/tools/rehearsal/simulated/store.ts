import { mkdirSync, readFileSync, statSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Json, JsonObject } from "./sealed";

/** An object of a simulated cloud as its file holds it. */
export interface Stored {
  readonly type: string;
  readonly id: string;
  readonly properties: JsonObject;
}

interface Content {
  readonly nextId: number;
  readonly objects: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly journal: readonly Json[];
}

const empty: Content = { nextId: 10_000_001, objects: {}, journal: [] };

/**
 * The objects of one simulated package, kept in a file that a person can read and change while nothing runs. The file is read again whenever another process
 * or a person has written it, and replaced atomically (written beside and renamed).
 */
export class Store {
  private content: Content;
  private stamp: string;
  private writing: Promise<void> | undefined;
  private queued: Promise<void> | undefined;

  /** @throws RangeError when the file exists and has another format. */
  constructor(readonly file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.content = read(file);
    this.stamp = stampOf(file);
  }

  /** Reads changes that others have written since. Every request begins with it. */
  refresh(): void {
    if (this.writing !== undefined || this.queued !== undefined || stampOf(this.file) === this.stamp) return;
    this.content = read(this.file);
    this.stamp = stampOf(this.file);
  }

  of(type: string): readonly Stored[] {
    return Object.entries(this.content.objects[type] ?? {}).map(([id, properties]) => ({ type, id, properties }));
  }

  get(type: string, id: string): Stored | undefined {
    const properties = this.content.objects[type]?.[id];
    return properties === undefined ? undefined : { type, id, properties };
  }

  get types(): readonly string[] {
    return Object.keys(this.content.objects);
  }

  put(type: string, id: string, properties: JsonObject): void {
    const { objects } = this.content;
    this.content = { ...this.content, objects: { ...objects, [type]: { ...objects[type], [id]: properties } } };
  }

  remove(type: string, id: string): void {
    const { [id]: _, ...rest } = this.content.objects[type] ?? {};
    const { [type]: __, ...others } = this.content.objects;
    this.content = { ...this.content, objects: Object.keys(rest).length === 0 ? others : { ...others, [type]: rest } };
  }

  /** A number that no object of this file has had before. */
  nextId(): number {
    const { nextId } = this.content;
    this.content = { ...this.content, nextId: nextId + 1 };
    return nextId;
  }

  get journal(): readonly Json[] {
    return this.content.journal;
  }

  record(entry: Json): void {
    this.content = { ...this.content, journal: [...this.content.journal, entry] };
  }

  /** Resolves once all changes up to now are in the file; changes that come together are written together. */
  flush(): Promise<void> {
    this.queued ??= (this.writing ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.queued = undefined;
        this.writing = this.write().finally(() => {
          this.writing = undefined;
        });
        return this.writing;
      });
    return this.queued;
  }

  private async write(): Promise<void> {
    const next = `${this.file}.next`;
    await writeFile(next, `${JSON.stringify(this.content, undefined, 2)}\n`, { mode: 0o600 });
    await rename(next, this.file);
    this.stamp = stampOf(this.file);
  }
}

function read(file: string): Content {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return empty;
    throw new RangeError(
      `expected the objects of a simulated cloud in ${file}, got: ${(error as Error).message}; correct the file or remove it`,
    );
  }
  const { nextId, objects, journal } = (content ?? {}) as Partial<Content>;
  if (typeof nextId !== "number" || typeof objects !== "object" || objects === null)
    throw new RangeError(
      `expected "nextId" and "objects" in ${file}, got something else; correct the file or remove it`,
    );
  return { nextId, objects, journal: journal ?? [] };
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.ino}:${stat.mtimeMs}:${stat.size}`;
}
