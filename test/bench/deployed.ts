import { execFileSync } from "node:child_process";
import { bundled } from "../support/bundled";
import type { Deployed, Timed } from "./up";

/** A deployment of one program. */
export interface Asked {
  readonly of: "library" | "by hand";
  /** Path of the exported state whose resources the program by hand registers. */
  readonly recorded: string;
  /** Empty components that it registers too. */
  readonly components: number;
  readonly how: Deployed;
}

/**
 * Deploys a program in a process of its own. It is compiled, as an importer's library is: through a loader of TypeScript, Pulumi's SDK asks for the place in
 * the sources of every frame of several stacks for each resource, and that was most of what was measured.
 *
 * @throws Error when it fails.
 */
export async function deployed(asked: Asked): Promise<Timed> {
  const argv = [await bundled("test/bench/up-child.ts"), JSON.stringify(asked)];
  return JSON.parse(execFileSync(process.execPath, argv, { encoding: "utf8", maxBuffer: 1 << 30 })) as Timed;
}
