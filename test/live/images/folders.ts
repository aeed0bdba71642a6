import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../../stacks/tools/rehearsal/engine";

/** Folder of everything that is made for images and kept. */
export const imageFolder = (): string => join(cacheFolder(process.env), "live-images");

const execute = promisify(execFile);

/** Runs a program and returns what it printed. @throws Error with what it said. */
export async function ran(program: string, parameters: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(program, parameters, {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin`, LC_ALL: "C" },
    });
    return stdout;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const said = stderr === undefined || stderr === "" ? message : stderr;
    throw new Error(`expected ${program} ${parameters[0] ?? ""} to do its work, got: ${said.trim().slice(-2_000)}`);
  }
}

/** Runs a program for what it does. */
export async function runs(program: string, parameters: readonly string[]): Promise<void> {
  await ran(program, parameters);
}
