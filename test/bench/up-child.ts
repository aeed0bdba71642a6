/** One deployment in a process of its own, so that none finds what another has loaded: `{ program, recorded, components, how }` as JSON. Prints what it took, as JSON. */
import { readFileSync } from "node:fs";
import { program } from "../../stacks/blueprints";
import { flat } from "./flat";
import type { Asked } from "./deployed";
import { up } from "./up";

async function main(): Promise<void> {
  const { of, recorded, components, how } = JSON.parse(process.argv[2] ?? "") as Asked;
  const run =
    of === "library"
      ? () => Promise.resolve(program())
      : flat(JSON.parse(readFileSync(recorded, "utf8")) as Parameters<typeof flat>[0], components);
  process.stdout.write(JSON.stringify(await up(run, how)));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
