import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { run } from "../../../../stacks/tools/mirror/run";

/** Result of the command. */
export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the command in this process. */
export async function mirrorCommand(parameters: readonly string[], environment = process.env): Promise<Ran> {
  let output = "";
  const code = await run(parameters, {
    out: { write: (text) => (output += text) },
    environment,
    signal: new AbortController().signal,
    now: () => new Date(),
  });
  return { code, output };
}

/** The command in a process of its own, as an operator starts it. */
export interface Started {
  readonly pid: number;
  /** Kills the process as a power failure would, and waits until it has ended. */
  kill(signal?: NodeJS.Signals): Promise<Ran>;
}

export function startMirror(parameters: readonly string[]): Started {
  const main = join(__dirname, "../../../../stacks/tools/mirror/main.ts");
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", main, ...parameters], {
    cwd: join(__dirname, "../../../.."),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout?.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (output += data.toString()));
  const gone = once(child, "exit");
  const end = (): void => void child.kill("SIGKILL");
  process.on("exit", end);
  return {
    pid: child.pid ?? 0,
    kill: async (signal = "SIGKILL") => {
      child.kill(signal);
      const [code] = (await gone) as [number | null];
      process.off("exit", end);
      return { code, output };
    },
  };
}
