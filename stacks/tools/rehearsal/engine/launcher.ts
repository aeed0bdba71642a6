import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, isExecutable } from "./cache";
import { run } from "./run";
import { compareVersions } from "./version";

/**
 * The npm package `pulumi`: no CLI, but a launcher that keeps CLIs in `versions/<version>/bin/` of Pulumi's home folder and fetches a missing
 * one from get.pulumi.com with Pulumi's own install script (`lib/cache.js`, `lib/download.js` of the package).
 * The checksum pins the launcher; only that site vouches for the CLI it fetches.
 */
const launcher = {
  package: "pulumi@3.256.0",
  integrity: "sha512-UVNrV9wq63nVJBq2fCSXFolkH96OldqFGAde8jm/apVtMDB7M8R01u3cbyZTD4LSRRWyD78RccUkMM2wudAGAg==",
} as const;

const folder = (environment: Environment): string =>
  join(environment["PULUMI_HOME"] || join(environment["HOME"] ?? homedir(), ".pulumi"), "versions");

/** CLIs that the launcher, or Pulumi's Automation API, has fetched before: newest first. */
export async function keptByLauncher(environment: Environment): Promise<readonly string[]> {
  const versions = await readdir(folder(environment)).catch(() => []);
  const binaries = versions
    .sort((a, b) => compareVersions(b, a))
    .map((version) => join(folder(environment), version, "bin", "pulumi"));
  const present = await Promise.all(binaries.map(isExecutable));
  return binaries.filter((_, i) => present[i]);
}

/**
 * Makes the launcher fetch its CLI.
 *
 * @throws Error when the registry or the site cannot be reached, or when the launcher is not the pinned one.
 */
export async function fetchedByLauncher(environment: Environment, note: (detail: string) => void): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), "sovereign-uc-launcher-"));
  const step = async (program: string, parameters: readonly string[]): Promise<string> => {
    const { code, stdout, complaint } = await run(program, parameters, {
      folder: temporary,
      environment,
      onLine: note,
    });
    if (code !== 0) throw new Error(`expected \`${program} ${parameters[0]}\` to succeed, got ${code} (${complaint})`);
    return stdout;
  };
  try {
    // One attempt: without a network, the module build or the error message should not wait for retries.
    const packed = await step("npm", ["pack", launcher.package, "--silent", "--fetch-retries=0"]);
    const file = join(temporary, packed.trim().split("\n").at(-1) ?? "");
    const integrity = `sha512-${createHash("sha512")
      .update(await readFile(file))
      .digest("base64")}`;
    if (integrity !== launcher.integrity)
      throw new Error(
        `expected ${launcher.package} with ${launcher.integrity}, got ${integrity}; do not use this package`,
      );
    await step("tar", ["-xzf", file]);
    await step(process.execPath, [join("package", "run.js"), "version"]);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  const [version] = launcher.package.split("@").slice(-1);
  const binary = join(folder(environment), version ?? "", "bin", "pulumi");
  if (!(await isExecutable(binary))) throw new Error(`expected the launcher to leave ${binary}, got nothing there`);
  return binary;
}
