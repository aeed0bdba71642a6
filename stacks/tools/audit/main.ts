import { isMainThread } from "node:worker_threads";
import { audit } from "./run";
import { judgeShares } from "./threads";

async function main(): Promise<void> {
  // A write for each line takes longer than some rules do.
  const lines: string[] = [];
  process.exitCode = await audit(process.argv.slice(2), (line) => lines.push(line), __filename);
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

if (!isMainThread) judgeShares();
else
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
