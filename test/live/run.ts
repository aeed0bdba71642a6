import { execFile, type ExecFileException } from "node:child_process";

/** Runs a program to its end and gives what it wrote to standard output. @throws Error with what it complained of. */
export function run(program: string, args: readonly string[], input = "", milliseconds = 120_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...args],
      { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, timeout: milliseconds, killSignal: "SIGKILL" },
      (error: ExecFileException | null, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const why =
          error.killed === true ? `no end within ${milliseconds / 1000} s` : `exit ${error.code ?? "unknown"}`;
        reject(
          new Error(
            `expected "${[program, ...args].join(" ").slice(0, 300)}" to succeed, got ${why}:\n${stdout}${stderr}`,
          ),
        );
      },
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
