import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { invalid } from "../../../components/core/errors";

/** Folders of one stack's rehearsal. */
export interface Folders {
  readonly root: string;
  /** Pulumi's own state, as its file backend keeps it. */
  readonly state: string;
  /** The engine's project folder: its settings and the stack's configuration. */
  readonly workspace: string;
  /** The configuration with which the stack was last deployed; a destroy uses it. */
  readonly deployed: string;
  /** Objects of the simulated clouds. */
  readonly clouds: string;
  readonly events: string;
  readonly rendered: string;
  readonly report: string;
  /** The picture of the report as a file of its own. */
  readonly picture: string;
  readonly data: string;
  readonly lock: string;
}

export function folders(out: string, stack: string): Folders {
  const root = join(resolve(out), stack);
  const of = (name: string): string => join(root, name);
  return {
    root,
    state: of("state"),
    workspace: of("workspace"),
    deployed: of("workspace/deployed.yaml"),
    clouds: of("clouds"),
    events: of("events.jsonl"),
    rendered: of("rendered"),
    report: of("report.html"),
    picture: of("topology.svg"),
    data: of("report.json"),
    lock: of("run.lock"),
  };
}

/** Checks that the folder can be made and written, and leaves nothing behind. @throws RangeError when it cannot. */
export function writable(out: string): void {
  let path = resolve(out);
  while (!existsSync(path)) path = dirname(path);
  try {
    // Permission bits do not show read-only and virtual file systems, so a folder is really made.
    rmdirSync(mkdtempSync(join(path, ".rehearsal-")));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "no reason given";
    throw invalid("a folder that can be written", `${path} (${reasons[code] ?? code})`, "choose another with --out");
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "a read-only file system",
  ENOTDIR: "a file",
  ENOSPC: "a full disk",
  ENOENT: "a file system that takes no folders",
};

/** Makes the folders, for this user only: secrets in the state are encrypted, the rest is not. */
export function make({ root, state, workspace, clouds }: Folders): void {
  for (const folder of [root, state, workspace, clouds]) mkdirSync(folder, { recursive: true, mode: 0o700 });
}
