import { codes, run } from "./run";

/** The command: `npm start`. */
async function main(): Promise<void> {
  const stop = new AbortController();
  let asked = 0;
  const cancel = (signal: NodeJS.Signals): void => {
    asked += 1;
    if (asked > 1) process.exit(codes.cancelled);
    process.stdout.write("\nCancelling: running operations are finished first. Press Ctrl-C again to stop at once.\n");
    // A terminal sends Ctrl-C to the engine too; a second signal would stop it in the middle of a step.
    if (signal === "SIGTERM" || process.stdin.isTTY !== true) stop.abort();
    else interrupted = true;
  };
  let interrupted = false;
  process.on("SIGINT", cancel).on("SIGTERM", cancel);
  const code = await run(process.argv.slice(2), {
    out: process.stdout,
    environment: process.env,
    signal: stop.signal,
    now: () => new Date(),
  });
  process.exit(interrupted && code !== 0 ? codes.cancelled : code);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
