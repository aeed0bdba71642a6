/** Runs a rehearsal as `npm start` would, with what tests change of it from the environment. */
import { codes, run } from "../../stacks/tools/rehearsal/run";
import type { Fault } from "../../stacks/tools/rehearsal/simulated";
import { programs } from "./programs";

async function main(): Promise<void> {
  const faults = JSON.parse(process.env["REHEARSAL_FAULTS"] ?? "[]") as readonly Fault[];
  const named = process.env["REHEARSAL_PROGRAM"];
  const program = named === undefined ? undefined : programs[named];
  const stop = new AbortController();
  process.on("SIGTERM", () => stop.abort());
  const code = await run(
    process.argv.slice(2),
    { out: process.stdout, environment: process.env, signal: stop.signal, now: () => new Date() },
    { faults, ...(program === undefined ? {} : { program: () => Promise.resolve(program()) }) },
  );
  process.exit(code);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(codes.failed);
});
