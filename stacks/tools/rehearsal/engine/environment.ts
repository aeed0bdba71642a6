import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { cacheFolder, type Environment, isExecutable } from "./cache";
import type { Engine } from "./engine";

/**
 * Variables for every run of the engine, added to the caller's own: no request to Pulumi's sites, nothing in the user's Pulumi home is
 * read or written, and packs written for Node start also where the CLI has no Node language host beside it.
 *
 * Each variable is declared in sdk/go/common/env/env.go of pulumi/pulumi v3.256.0 and used there in:
 *
 * | variable | used in | so that |
 * |---|---|---|
 * | PULUMI_HOME | sdk/go/common/workspace/paths.go | plugins, logins, selected stacks and logs are ours |
 * | PULUMI_SKIP_UPDATE_CHECK | pkg/cmd/pulumi/pulumi.go | the newest version is not asked for, which would also tell about this run |
 * | PULUMI_DISABLE_REGISTRY_RESOLVE | pkg/cmd/pulumi/packages/packages.go | no package name is looked up in Pulumi's registry |
 * | PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION | pkg/engine/plugins.go | a missing plugin is an error, not a download |
 * | PULUMI_NEO, PULUMI_SUPPRESS_NEO_LINK | pkg/cmd/pulumi/operations/io.go, up.go | no hosted assistant is asked or offered |
 * | PULUMI_LOG_ROTATION_MAX_AGE_DAYS, …_MAX_TOTAL_MB | pkg/logging/rotation.go | the logs that every command writes into its home stay small |
 */
export async function engineEnvironment(
  engine: Engine,
  environment: Environment = process.env,
): Promise<Readonly<Record<string, string>>> {
  const beside = dirname(engine.binary);
  const text = (await isExecutable(join(beside, "pulumi-language-nodejs"))) ? "" : starter();
  // The home's name contains a hash of the starter in it, so that checkouts with other versions of Node or SDKs do not overwrite each other's.
  const home = join(
    cacheFolder(environment),
    "engine",
    `home-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`,
  );
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (text !== "") await place(text, join(home, "plugins", "analyzer-policy-nodejs-v1.0.0"));
  return {
    PATH: [beside, environment["PATH"] ?? ""].join(delimiter),
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_NEO: "false",
    PULUMI_SUPPRESS_NEO_LINK: "true",
    PULUMI_LOG_ROTATION_MAX_AGE_DAYS: "1",
    PULUMI_LOG_ROTATION_MAX_TOTAL_MB: "50",
  };
}

/**
 * The program that the engine starts a Node pack with when it has no Node language host: called with the engine's address, the pack's folder and
 * its runtime options (sdk/go/common/resource/plugin/analyzer_plugin.go).
 */
const starter = (): string =>
  // A compiled pack does not need the runner, which spends most of its start on TypeScript.
  `#!/bin/sh\nif [ -f bin/index.js ]; then exec ${quoted(process.execPath)} bin/index.js; fi\nexec ${quoted(process.execPath)} ${quoted(require.resolve("@pulumi/pulumi/cmd/run-policy-pack"))} "$@"\n`;

/** Placed as an installed plugin: one that is found on PATH works too, but the engine warns about it in every run. */
async function place(text: string, folder: string): Promise<void> {
  const path = join(folder, "pulumi-analyzer-policy-nodejs");
  if (await isExecutable(path)) return;
  await mkdir(folder, { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, text);
  await chmod(temporary, 0o755);
  await rename(temporary, path);
}

/** Quotes a word for sh. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
