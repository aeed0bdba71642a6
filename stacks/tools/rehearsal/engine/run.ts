import { spawn } from "node:child_process";
import type { Environment } from "./cache";

/** Result of a program. */
export interface Ended {
  /** Exit code, or what stopped it: a signal, or a program that is not there. */
  readonly code: number | string;
  readonly stdout: string;
  /** The last lines that it wrote on standard error, for messages. */
  readonly complaint: string;
}

export interface RunOptions {
  readonly folder?: string;
  /** @default this process's own */
  readonly environment?: Environment;
  /** Called with every line of standard error. */
  readonly onLine?: (line: string) => void;
  /** @default 15 minutes */
  readonly milliseconds?: number;
}

/** Runs a program to its end. Never throws: a program that cannot be started counts as failed. */
export function run(program: string, parameters: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd: options.folder,
      env: { ...(options.environment ?? process.env) },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.milliseconds ?? 900_000,
    });
    let stdout = "";
    let rest = "";
    const last: string[] = [];
    const hear = (line: string): void => {
      if (line.trim() === "") return;
      if (last.push(line.trim()) > 4) last.shift();
      options.onLine?.(line);
    };
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => {
      const lines = (rest + data.toString()).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(hear);
    });
    const end = (code: number | string): void => {
      hear(rest);
      resolve({ code, stdout, complaint: last.join("; ") });
    };
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) => end(code ?? signal ?? "no exit code"));
  });
}
