/** `npm test`: gets the programs that tests need, compiles the packs, type-checks, runs Jest. Words after `--` go to Jest. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setUp } from "./support/programs/setup";

const root = join(__dirname, "..");

/** Runs a program of Node's; ends this one with its code when it fails. */
function step(script: string, args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

async function main(): Promise<void> {
  await setUp();
  step(join(root, "policies", "build.mjs"), []);
  step(require.resolve("typescript/bin/tsc"), ["-p", root]);
  step(require.resolve("jest/bin/jest"), process.argv.slice(2));
}

main().catch((problem: Error) => {
  process.stderr.write(`${problem.message}\n`);
  process.exitCode = 1;
});
