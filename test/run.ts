/** `npm test`: installs the programs that tests need, compiles the packs, type-checks, runs Jest. Arguments after `--` go to Jest. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setUp } from "./support/programs/setup";

const root = join(__dirname, "..");

/** More room for what is young and dies soon: mocks and engines make much of it, and Jest's workers, which get the same, spent a fifth of their time on clearing it away. */
const roomy = ["--max-semi-space-size=64"];

/** Runs a Node program; exits with its code if it fails. */
function step(script: string, args: readonly string[]): void {
  const code = started(script, args);
  if (code !== 0) process.exit(code);
}

/** Runs a Node program and returns its exit code. */
const started = (script: string, args: readonly string[]): number =>
  spawnSync(process.execPath, [...roomy, script, ...args], { cwd: root, stdio: "inherit" }).status ?? 1;

async function main(): Promise<void> {
  await setUp();
  step(join(root, "policies", "build.mjs"), []);
  step(require.resolve("typescript/bin/tsc"), ["-p", root]);
  const jest = require.resolve("jest/bin/jest");
  const words = process.argv.slice(2);
  if (words.length > 0) return step(jest, words);
  // Live nodes need the whole machine: `npm run test:live`. What takes hours is a proof: `npm run proof`.
  step(jest, ["--testPathIgnorePatterns", "/test/live/", "/proof/"]);
}

main().catch((problem: Error) => {
  process.stderr.write(`${problem.message}\n`);
  process.exitCode = 1;
});
