/** `npm run proof`: every create, update and delete in a small stack's life cycle fails once; the next run must correct it. */
import { prove } from "../fault-plan";

async function main(): Promise<void> {
  const begun = Date.now();
  const { positions, tried, held, problems, runs } = await prove(
    (all) => all,
    (line) => process.stderr.write(`${line}\n`),
  );
  const types = new Set(tried.map(({ type, operation }) => `${operation} ${type}`));
  process.stdout.write(
    [
      `fault plan: ${positions.length} positions, ${tried.length} tried, ${held.length} held`,
      `  ${types.size} kinds of operation: ${[...types].sort().join(", ")}`,
      `  ${runs} runs of the engine in ${((Date.now() - begun) / 60_000).toFixed(1)} minutes`,
      "  Positions share runs where they do not hang on each other: each was seen to fail by itself, and the state was compared at the end of each of",
      "  the four phases. An error that one retry left and a later one corrected would not show.",
      ...problems.map((problem) => `  ✕ ${problem}`),
      "",
    ].join("\n"),
  );
  process.exitCode = problems.length === 0 && held.length === positions.length ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
