import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lock } from "../../../../stacks/tools/mirror/lock";
import { type LocalRegistry, startRegistry } from "../../../../stacks/tools/mirror/local-registry";
import { type Started, startMirror } from "./command";
import { type Counting, countingProxy, type Hold } from "./counting";
import { type Answering, type FileServer, fileServer } from "./file-server";
import { type MadeImage, makeImage, publish } from "./images";

/** A folder with a catalogue, a lock file and other files of one test; programs that it starts end with it, whatever the test's result. */
export class Site {
  readonly root = mkdtempSync(join(tmpdir(), "mirror-"));
  private readonly started: (() => Promise<void>)[] = [];

  at(...names: readonly string[]): string {
    return join(this.root, ...names);
  }

  /** Starts a real registry; its content lies in the folder of its name. */
  async registry(name: string): Promise<LocalRegistry> {
    const started = await startRegistry(this.at(name));
    this.started.push(started.stop);
    return started;
  }

  /** Starts a counting proxy before a server. */
  async proxy(target: string, hold?: Hold): Promise<Counting> {
    const started = await countingProxy(target, hold);
    this.started.push(started.close);
    return started;
  }

  /** Starts a web server with files by path. */
  async server(files?: Readonly<Record<string, string | Buffer>>, answering?: Answering): Promise<FileServer> {
    const started = await fileServer(files, answering);
    this.started.push(started.close);
    return started;
  }

  /** Starts the command in a process of its own. */
  start(parameters: readonly string[]): Started {
    const started = startMirror(parameters);
    this.started.push(async () => void (await started.kill()));
    return started;
  }

  /** Makes an image and publishes it under the tag 1.0. */
  async published(
    host: string,
    name: string,
    layers: readonly number[],
    parameters?: string[],
    architectures?: string[],
  ): Promise<MadeImage> {
    const folder = this.at("made", name.replaceAll("/", "-"));
    const made = makeImage(folder, layers, architectures);
    await publish(folder, `${host}/${name}:1.0`, parameters);
    return made;
  }

  /** Path of a blob's content in a registry of this site. */
  blob(registry: string, digest: string): string {
    const name = digest.slice("sha256:".length);
    return this.at(registry, "docker/registry/v2/blobs/sha256", name.slice(0, 2), name, "data");
  }

  /**
   * Writes the catalogue and returns the options that name it with lock file and work folder.
   *
   * @param images hosts by names of images, all with the tag 1.0.
   */
  options(images: Readonly<Record<string, string>>, more: object = {}): readonly string[] {
    const rows = Object.entries(images).map(([name, host]) => [name, { upstream: `${host}/${name}`, version: "1.0" }]);
    writeFileSync(this.at("catalogue.yaml"), JSON.stringify({ images: Object.fromEntries(rows) as object, ...more }));
    return ["--catalogue", this.at("catalogue.yaml"), "--lock", this.at("lock.json"), "--work", this.at("work")];
  }

  lock(): Lock {
    return existsSync(this.at("lock.json"))
      ? (JSON.parse(readFileSync(this.at("lock.json"), "utf8")) as Lock)
      : { images: {}, files: {} };
  }

  /** Names of all files below a folder. */
  files(...names: readonly string[]): readonly string[] {
    const folder = this.at(...names);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
  }

  write(name: string, content: string | Buffer): string {
    mkdirSync(join(this.at(name), ".."), { recursive: true });
    writeFileSync(this.at(name), content);
    return this.at(name);
  }

  async end(): Promise<void> {
    for (const end of this.started.reverse()) await end();
    rmSync(this.root, { recursive: true });
  }
}

/** Changes one byte of a file. */
export function tamper(path: string): void {
  const content = readFileSync(path);
  content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 1;
  writeFileSync(path, content);
}
