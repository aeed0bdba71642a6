import { spawn } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { invalid } from "../../../components/core/errors";

/** Result of a program. */
export interface Ended {
  /** Exit code, or what stopped it. */
  readonly code: number | string;
  readonly stdout: Buffer;
  /** Its error message on standard error. */
  readonly complaint: string;
}

export interface RunOptions {
  /** Variables besides those of this process; undefined takes one away. */
  readonly environment?: Environment;
  /** Reads standard output while the program runs; `stdout` stays empty then. */
  readonly read?: (stdout: Readable) => Promise<unknown>;
  /** Lets the program draw its own progress on the terminal. */
  readonly terminal?: boolean;
}

/** Runs programs until it is aborted. */
export type Run = (program: string, parameters: readonly string[], options?: RunOptions) => Promise<Ended>;

/** Debian package of each program. */
const packages = {
  skopeo: "skopeo",
  curl: "curl",
  rclone: "rclone",
  "apt-get": "apt",
  "docker-registry": "docker-registry",
} as const;

export type Program = keyof typeof packages;

/** @throws RangeError that names every program that is not on PATH, and how to get it. */
export function needed(programs: readonly Program[], path: string): void {
  const absent = [...new Set(programs)].filter((name) => !path.split(":").some((folder) => executable(folder, name)));
  if (absent.length > 0)
    throw invalid(
      `the programs ${[...new Set(programs)].join(", ")}`,
      `no ${absent.join(", ")}`,
      `install them; on Debian: apt-get install ${absent.map((name) => packages[name]).join(" ")}`,
    );
}

function executable(folder: string, name: string): boolean {
  try {
    accessSync(join(folder, name), constants.X_OK);
    return folder !== "";
  } catch {
    return false;
  }
}

/**
 * A program with its parameters, wrapped so that it ends with this process, even if that is killed: no copy continues in the background after a
 * restart. This works on Linux only, with a program that every Debian has; elsewhere the program runs unwrapped.
 */
export function mortal(program: string, parameters: readonly string[]): readonly [string, readonly string[]] {
  const keeper = "/usr/bin/setpriv";
  return existsSync(keeper) ? [keeper, ["--pdeathsig", "TERM", program, ...parameters]] : [program, parameters];
}

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A runner whose programs end with the signal. A program that cannot be started counts as failed; only an abort throws.
 */
export const runner =
  (signal: AbortSignal, inherited: Environment): Run =>
  (program, parameters, { environment, read, terminal = false } = {}) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const child = spawn(...mortal(program, parameters), {
        env: { ...inherited, ...environment },
        stdio: ["ignore", terminal ? "inherit" : "pipe", "pipe"],
        signal,
      });
      const output: Buffer[] = [];
      let said = "";
      let reading: Promise<unknown> = Promise.resolve();
      if (child.stdout !== null) {
        if (read === undefined) child.stdout.on("data", (data: Buffer) => output.push(data));
        // An error while reading is thrown after the program has ended.
        else (reading = read(child.stdout)).catch(() => {});
      }
      child.stderr?.on("data", (data: Buffer) => (said = (said + data.toString()).slice(-4_000)));
      const end = (code: number | string): void => {
        const lines = said.trim().split("\n");
        // apt prints more after its error; all others end with it.
        const errors = lines.filter((line) => line.startsWith("E: "));
        const complaint = (errors.length > 0 ? errors : lines.slice(-1)).join("; ");
        if (signal.aborted) reject(signal.reason as Error);
        else reading.then(() => resolve({ code, stdout: Buffer.concat(output), complaint }), reject);
      };
      child.on("error", (error) => end(error.message));
      child.on("close", (code, stopped) => end(code ?? stopped ?? "no exit code"));
    });

/** A failed program as a problem, with its complete error text, which is all that is known. */
export const failure = (expected: string, ended: Ended, advice: string): RangeError =>
  new RangeError(`expected ${expected}, got ${said(ended)}; ${advice}`);

/** Message of a program, without its time stamp and log frame. */
function said({ code, complaint }: Ended): string {
  if (complaint === "") return `exit ${code}`;
  const [, quoted] = /^time="[^"]*" level=\w+ msg="((?:[^"\\]|\\.)*)"$/.exec(complaint) ?? [];
  const text = quoted?.replace(/\\(.)/g, "$1") ?? complaint;
  return text.replace(/^Error parsing image name "[^"]*": /, "");
}
