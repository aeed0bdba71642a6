import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

/** Milliseconds that a process of its own takes to load a module: of the clock, and of the processor. */
function load(script: string): { readonly clock: number; readonly processor: number } {
  const measured = `const begun = performance.now(); ${script};
    const { user, system } = process.cpuUsage();
    console.log(JSON.stringify({ clock: performance.now() - begun, processor: (user + system) / 1000 }))`;
  const argv = ["--eval", measured];
  return JSON.parse(execFileSync(process.execPath, argv, { cwd: root, encoding: "utf8" })) as ReturnType<typeof load>;
}

/** What loading the compiled library takes beside loading Pulumi's SDK alone, as importers do at the begin of each operation. */
export function startup(rounds: number): string {
  execFileSync(process.execPath, [join(root, "components", "build.mjs")], { stdio: ["ignore", "ignore", "inherit"] });
  const scripts = {
    pulumi: 'require("@pulumi/pulumi")',
    // By its own name, so that the exports map is what is measured.
    library: 'const { Network } = require("sovereign-uc"); if (Network === undefined) throw new Error("no Network")',
  };
  const ratios = Array.from({ length: rounds * 5 }, (_, round) => {
    // Each is first in its turn.
    const first = round % 2 === 0 ? load(scripts.pulumi) : undefined;
    const library = load(scripts.library);
    const pulumi = first ?? load(scripts.pulumi);
    return { library, pulumi, clock: library.clock / pulumi.clock, processor: library.processor / pulumi.processor };
  });
  const median = (of: (one: (typeof ratios)[number]) => number): number =>
    ratios.map(of).sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? NaN;
  const row = (name: string, clock: number, processor: number): string =>
    `  ${name.padEnd(29)}${clock.toFixed(0).padStart(5)} ms${processor.toFixed(0).padStart(9)} ms`;
  return [
    `loading: medians of ${ratios.length} pairs of processes`,
    "                                clock   processor",
    row(
      "@pulumi/pulumi",
      median(({ pulumi }) => pulumi.clock),
      median(({ pulumi }) => pulumi.processor),
    ),
    row(
      "Network of sovereign-uc",
      median(({ library }) => library.clock),
      median(({ library }) => library.processor),
    ),
    `Network / @pulumi/pulumi       ${median(({ clock }) => clock).toFixed(2)}        ${median(({ processor }) => processor).toFixed(2)}   goal: at most 1.30`,
    "",
  ].join("\n");
}
