import { execFile } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { invalid } from "../../../components/core/errors";

/**
 * Compiles the packs if a source is newer than the compiled file: the engine starts JavaScript several times faster than TypeScript.
 *
 * @returns true if anything had to be compiled.
 * @throws RangeError when it fails.
 */
export async function compilePacks(policies: string): Promise<boolean> {
  const compiled = join(policies, "bin", "index.js");
  if (existsSync(compiled) && statSync(compiled).mtimeMs >= newest(policies)) return false;
  try {
    await promisify(execFile)(process.execPath, [join(policies, "build.mjs")], { cwd: policies });
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr?.trim().split("\n")[0] ?? (error as Error).message;
    throw invalid("packs that compile", said, "correct the sources in policies/");
  }
  return true;
}

/** Modification time of the newest source. */
const newest = (folder: string): number =>
  Math.max(
    0,
    ...readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter(
        (entry) =>
          entry.isFile() &&
          /\.(ts|mjs|json|yaml)$/.test(entry.name) &&
          !/[\\/](bin|node_modules)([\\/]|$)/.test(entry.parentPath),
      )
      .map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs),
  );

/** The packs' configuration of a stack, where it has one: `stacks/packs/<stack>.json`. What it says is in the report. */
export function packConfig(stacks: string, stack: string): string | undefined {
  const file = join(stacks, "packs", `${stack}.json`);
  return existsSync(file) ? file : undefined;
}
