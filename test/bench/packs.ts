import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { compilePacks } from "../../stacks/tools/rehearsal/packs";
import { median, timed } from "./time";

const policies = join(__dirname, "..", "..", "policies");

/** Seconds until a pack says its port, started as the engine starts it, and the processor's seconds until then. */
async function start(): Promise<{ readonly seconds: number; readonly processor: number }> {
  const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const begun = performance.now();
  const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
    cwd: policies,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.stdout.on("data", (data: Buffer) => {
      if (!data.toString().includes("\n")) return;
      const seconds = (performance.now() - begun) / 1000;
      const stat = readFileSync(`/proc/${child.pid ?? 0}/stat`, "utf8");
      const [user = NaN, system = NaN] = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .slice(11, 13)
        .map(Number);
      child.on("close", () => resolve({ seconds, processor: (user + system) / 100 }));
      child.kill();
    });
  });
}

interface Cost {
  readonly resources: number;
  readonly rules: number;
  readonly worst: number;
  readonly stopped: number;
  readonly processor: number;
  readonly mib: number;
}

/** Start-up of the complete pack, and its cost per resource and rule. */
export async function packs(rounds: number): Promise<string> {
  await compilePacks(policies);
  const starts = [];
  for (let round = 0; round < rounds * 3; round++) starts.push(await start());
  const rows: Cost[] = [];
  for (const count of [1000, 10_000]) {
    const argv = [require.resolve("tsx/cli"), join(__dirname, "packs-child.ts"), "cost", String(count)];
    rows.push(JSON.parse((await timed(process.execPath, argv)).output) as Cost);
  }
  return [
    `start of the complete pack: medians of ${starts.length} processes`,
    `  clock ${median(starts.map(({ seconds }) => seconds)).toFixed(2)} s   processor ${median(starts.map(({ processor }) => processor)).toFixed(2)} s   goal: under 1.5 s`,
    "cost of the policies, generated manifests, one process each",
    ...rows.map(
      ({ resources, rules, processor, worst, stopped, mib }) =>
        `  ${String(resources).padStart(6)} resources   ${(processor / resources).toFixed(3)} ms per resource   ` +
        `${((processor / resources / rules) * 1000).toFixed(1)} µs per resource and policy (${rules})   worst resource ${worst.toFixed(1)} ms (${stopped.toFixed(1)} ms with a collection of garbage)   ${mib.toFixed(0)} MiB`,
    ),
    "",
  ].join("\n");
}
