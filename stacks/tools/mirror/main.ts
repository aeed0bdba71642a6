import { codes, run } from "./run";

/** The command: `npm run mirror`. */
async function main(): Promise<void> {
  const stop = new AbortController();
  const cancel = (): void => {
    if (stop.signal.aborted) process.exit(codes.cancelled);
    stop.abort();
  };
  process.on("SIGINT", cancel).on("SIGTERM", cancel);
  const code = await run(process.argv.slice(2), {
    out: process.stdout,
    environment: process.env,
    signal: stop.signal,
    now: () => new Date(),
  });
  process.exit(code);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
