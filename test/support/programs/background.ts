import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** A program that runs beside the tests. */
export interface Background {
  /** The last lines that it wrote. */
  log(): string;
  /** Throws once it has ended by itself. */
  mustRun(): void;
  /** Stops it and waits until it has ended. */
  stop(): Promise<void>;
}

/** Starts a program that ends with this process, even if the tests are killed. */
export function background(path: string, parameters: readonly string[], folder: string): Background {
  const child: ChildProcess = spawn(path, parameters, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  let ended: string | undefined;
  const hear = (data: Buffer): void => {
    lines.push(...data.toString().split("\n"));
    lines.splice(0, lines.length - 40);
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  child.on("error", (error) => (ended = error.message));
  child.on("exit", (code, signal) => (ended = `exit ${code ?? signal}`));
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  return {
    log: () => lines.join("\n"),
    mustRun: () => {
      if (ended !== undefined)
        throw new Error(`expected ${path} to run, got ${ended}; its last lines:\n${lines.join("\n")}`);
    },
    stop: async () => {
      process.off("exit", kill);
      if (ended !== undefined) return;
      const gone = once(child, "exit");
      // Its data is thrown away, so it need not sync writes.
      kill();
      await gone;
    },
  };
}

/** Free ports on loopback, all different. Another process can take one before it is used: then the program that wanted it ends, and says so. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/**
 * Polls until the answer is yes.
 *
 * @throws Error when a deadline has passed.
 */
export async function until(what: string, answer: () => Promise<boolean>, seconds = 180): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await answer())) {
    if (Date.now() > deadline) throw new Error(`expected ${what} within ${seconds} s, got no such thing`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
