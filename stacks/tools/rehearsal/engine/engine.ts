import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { type Environment, isExecutable, onPath } from "./cache";
import { type GoProgram, goProgram, goProgramPath } from "./go-program";
import { fetchedByLauncher, keptByLauncher } from "./launcher";
import { type Terminal, withProgress } from "./progress";
import { run } from "./run";
import { compareVersions } from "./version";

/** Sources of a Pulumi CLI, in the order in which they are tried. */
export const engineSources = ["path", "npm", "built"] as const;
export type EngineSource = (typeof engineSources)[number];

/** A Pulumi CLI that printed its version. */
export interface Engine {
  readonly binary: string;
  /** Without the `v`: `3.256.0`. */
  readonly version: string;
  readonly source: EngineSource;
}

export interface EngineOptions {
  /** @default this process's own; `SOVEREIGN_UC_ENGINE` in it (path, npm or built) leaves one source only */
  readonly environment?: Environment;
  /** Output for progress and for the sources that were skipped. @default standard error */
  readonly terminal?: Terminal;
}

/** No Pulumi CLI was found: the message says what was tried and what to install. */
export class EngineUnavailable extends Error {
  override readonly name = "EngineUnavailable";
}

/** The first CLI whose `policy analyze` reads a state from a file, which the packs are judged with (pulumi/pulumi pull request 23664). */
const oldest = "3.249.0";

/** The CLI that is built from its Go module. */
export const pulumiCli: GoProgram = {
  name: "pulumi",
  version: "3.256.0",
  family: "engine",
  module: join(__dirname, "go"),
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.256.0" },
  duration: "3 to 8 minutes",
};

/**
 * Finds a Pulumi CLI: the one on `PATH`; one that the npm package `pulumi` has fetched; one built before; and only then fetches one through
 * that package, or builds one from its Go module. A fetched or built CLI is reused.
 *
 * @throws EngineUnavailable when there is none.
 * @throws RangeError when `SOVEREIGN_UC_ENGINE` names no source.
 */
export async function findEngine(options: EngineOptions = {}): Promise<Engine> {
  const environment = options.environment ?? process.env;
  const terminal = options.terminal ?? process.stderr;
  const passedOver: string[] = [];

  for (const { source, find } of steps(wanted(environment["SOVEREIGN_UC_ENGINE"]), environment, terminal)) {
    try {
      for (const binary of await find()) {
        const version = await versionOf(binary, environment);
        if (typeof version === "string") return { binary, version, source };
        passedOver.push(version.problem);
        terminal.write(`passing over ${version.problem}\n`);
      }
    } catch (error) {
      passedOver.push(`${source}: ${(error as Error).message}`);
    }
  }
  throw new EngineUnavailable(
    [
      `expected a Pulumi CLI from ${oldest} on, got none; install it (https://www.pulumi.com/docs/iac/download-install) or install Go from 1.25.11 on, and run again`,
      ...passedOver.map((line) => `  tried ${line}`),
    ].join("\n"),
  );
}

/** The CLI as Pulumi's Automation API takes it. */
export const pulumiCommand = (engine: Engine): Promise<PulumiCommand> =>
  PulumiCommand.get(basename(dirname(engine.binary)) === "bin" ? { root: dirname(dirname(engine.binary)) } : undefined);

interface Step {
  readonly source: EngineSource;
  readonly find: () => Promise<readonly string[]>;
}

/** Sources that cost nothing come first. */
function steps(sources: readonly EngineSource[], environment: Environment, terminal: Terminal): readonly Step[] {
  const all: readonly Step[] = [
    { source: "path", find: () => installed(environment) },
    { source: "npm", find: () => keptByLauncher(environment) },
    { source: "built", find: () => present(goProgramPath(pulumiCli, environment)) },
    {
      source: "npm",
      find: async () => [
        await withProgress(
          "fetching the Pulumi CLI through the npm package pulumi (happens once)",
          (note) => fetchedByLauncher(environment, note),
          terminal,
        ),
      ],
    },
    { source: "built", find: async () => [await goProgram(pulumiCli, { environment, terminal })] },
  ];
  return all.filter(({ source }) => sources.includes(source));
}

/** The npm launcher on `PATH` is no CLI: it would fetch one without notice. */
async function installed(environment: Environment): Promise<readonly string[]> {
  const binary = await onPath("pulumi", environment);
  if (binary === undefined) throw new Error("no pulumi on PATH");
  if (basename(await realpath(binary)) === "run.js") throw new Error(`${binary} is the npm launcher`);
  return [binary];
}

const present = async (binary: string): Promise<readonly string[]> => ((await isExecutable(binary)) ? [binary] : []);

async function versionOf(binary: string, environment: Environment): Promise<string | { readonly problem: string }> {
  const { code, stdout, complaint } = await run(binary, ["version"], {
    environment: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
    milliseconds: 60_000,
  });
  const version = /^v?(\d+\.\d+\.\d+\S*)$/m.exec(stdout.trim())?.[1];
  if (code !== 0 || version === undefined)
    return { problem: `${binary}: expected its version, got exit ${code} (${complaint})` };
  if (compareVersions(version, oldest) < 0 || compareVersions(version, "4.0.0") >= 0)
    return { problem: `${binary}: expected a version from ${oldest} on and below 4, got ${version}` };
  return version;
}

function wanted(value: string | undefined): readonly EngineSource[] {
  if (value === undefined || value === "") return engineSources;
  const source = engineSources.find((one) => one === value);
  if (source === undefined)
    throw new RangeError(
      `SOVEREIGN_UC_ENGINE: expected ${engineSources.join(", ")} or nothing, got "${value}"; set one of these`,
    );
  return [source];
}
