import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

/** Processor seconds of the children of this process that have ended (proc(5): fields 16 and 17 of `stat`, in hundredths); NaN elsewhere than on Linux. */
export function ofChildren(): number {
  if (!existsSync("/proc/self/stat")) return NaN;
  const stat = readFileSync("/proc/self/stat", "utf8");
  const [user = NaN, system = NaN] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(13, 15)
    .map(Number);
  return (user + system) / 100;
}

/** The value in the middle. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Time that a process took: of the clock, and of the processor with that of its own children. */
export interface Took {
  readonly seconds: number;
  readonly processor: number;
  readonly output: string;
}

/**
 * Runs a program to its end. Only one may run at a time: the processor's time is known of all children together.
 *
 * @param codes exit codes that are no failure.
 * @throws Error with what it said, where it fails.
 */
export async function timed(
  program: string,
  args: readonly string[],
  codes: readonly number[] = [0],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Took> {
  const [begun, before] = [performance.now(), ofChildren()];
  const child: ChildProcess = spawn(program, [...args], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let [output, errors] = ["", ""];
  child.stdout?.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (errors += data.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code === null || !codes.includes(code))
    throw new Error(
      `expected ${program} to end with ${codes.join(" or ")}, got ${String(code)}; ${errors.slice(-2000)}`,
    );
  return { seconds: (performance.now() - begun) / 1000, processor: ofChildren() - before, output };
}
