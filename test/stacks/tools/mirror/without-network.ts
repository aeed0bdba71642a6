/**
 * Loads a bundle where there is no network: started in a network namespace of its own, with the bundle, a folder for the registry and the command's
 * options. Prints what came of it.
 */
import { execFileSync } from "node:child_process";
import { networkInterfaces } from "node:os";
import { startRegistry } from "../../../../stacks/tools/mirror/local-registry";
import { mirrorCommand } from "./command";
import { served } from "./images";

/** Output, as JSON. */
export interface Loaded {
  readonly code: number | null;
  readonly output: string;
  readonly interfaces: readonly string[];
  /** Digests by reference without the registry. */
  readonly served: Readonly<Record<string, string | undefined>>;
}

async function main([folder = "", references = "", ...parameters]: readonly string[]): Promise<void> {
  execFileSync("ip", ["link", "set", "lo", "up"]);
  const registry = await startRegistry(folder);
  const ran = await mirrorCommand([...parameters, "--registry", registry.host]);
  const digests: Record<string, string | undefined> = {};
  for (const reference of references.split(",")) digests[reference] = await served(`${registry.host}/${reference}`);
  await registry.stop();
  const loaded: Loaded = { ...ran, interfaces: Object.keys(networkInterfaces()), served: digests };
  process.stdout.write(JSON.stringify(loaded));
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
