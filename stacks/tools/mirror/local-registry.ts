import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { invalid } from "../../../components/core/errors";
import { mortal } from "./programs";

/** A docker-registry on loopback that ends with this process. */
export interface LocalRegistry {
  /** `127.0.0.1:41233` */
  readonly host: string;
  /** Stops it and waits until it has ended. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts docker-registry on a port that it chooses itself.
 *
 * @param folder storage folder; content of an earlier run is served.
 * @throws RangeError when it does not start.
 */
export async function startRegistry(folder: string): Promise<LocalRegistry> {
  await mkdir(folder, { recursive: true });
  const config = join(folder, "config.yml");
  await writeFile(
    config,
    JSON.stringify({
      version: "0.1",
      storage: { filesystem: { rootdirectory: folder } },
      http: { addr: "127.0.0.1:0" },
    }),
  );
  const child = spawn(...mortal("docker-registry", ["serve", config]), { stdio: ["ignore", "ignore", "pipe"] });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()).once("error", () => resolve()));
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    const port = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    // Its output must still be read, or it would block.
    child.stderr.resume();
    return {
      host: `127.0.0.1:${port}`,
      stop: async () => {
        child.kill();
        await gone;
      },
    };
  }
  throw invalid("docker-registry to start", said.slice(-2).join("; "), "read its message, then start again");
}
