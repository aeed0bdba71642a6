import { command, run } from "./main";
import { problemText } from "./problems";
import { readSettings } from "./settings";

async function start(words: readonly string[]): Promise<void> {
  const settings = readSettings(process.env);
  if (words.length === 0) await run(settings);
  else process.exitCode = await command(words, settings);
}

start(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : problemText(error)}\n`);
  process.exitCode = 1;
});
