import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LocalWorkspace, PulumiCommand, PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { invalid } from "../../../components/core/errors";
import type { Folders } from "./folders";
import type { ConfigValue } from "./stack-files";

export const project = "sovereign-uc";

export interface WorkspaceOptions {
  readonly stack: string;
  readonly folders: Folders;
  readonly command: PulumiCommand;
  readonly environment: Readonly<Record<string, string>>;
  readonly program: PulumiFn;
}

/** The stack as the engine sees it: state in a folder, program in this process, secrets under a passphrase. */
export async function engineStack({ stack, folders, command, environment, program }: WorkspaceOptions): Promise<Stack> {
  const backend = pathToFileURL(folders.state).href;
  const opened = await LocalWorkspace.createOrSelectStack(
    { stackName: stack, projectName: project, program },
    {
      workDir: folders.workspace,
      pulumiCommand: command,
      secretsProvider: "passphrase",
      projectSettings: { name: project, runtime: "nodejs", backend: { url: backend } },
      // The caller's own backend and stack, if any, must not be used.
      envVars: { ...environment, PULUMI_BACKEND_URL: backend, PULUMI_STACK: stack },
    },
  );
  // After each operation the API calls the CLI three times, for outputs and history, and each call decrypts every secret. The answers are not used here.
  opened.outputs = () => Promise.resolve({});
  opened.info = () => Promise.resolve(undefined);
  return opened;
}

const fileOf = ({ workspace }: Folders, stack: string): string => join(workspace, `Pulumi.${stack}.yaml`);

/** Writes a stack's configuration where the engine reads it; the engine's own entry there (the salt of the passphrase) stays. */
export function writeConfig(folders: Folders, stack: string, config: Readonly<Record<string, ConfigValue>>): void {
  const { config: _, ...kept } = read(fileOf(folders, stack));
  // Everything but data is text in Pulumi's configuration.
  const written = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "object" ? value : String(value)]),
  );
  writeFileSync(fileOf(folders, stack), stringify({ ...kept, config: written }), { mode: 0o600 });
}

/** Records the configuration of a deployment that begins: a later one that is blocked does not count. */
export function noteDeployed({ deployed }: Folders, config: Readonly<Record<string, ConfigValue>>): void {
  writeFileSync(deployed, stringify({ config }), { mode: 0o600 });
}

/** The configuration of the last deployment; undefined where there was none. */
export function deployedConfig({ deployed }: Folders): Readonly<Record<string, ConfigValue>> | undefined {
  const { config } = read(deployed);
  return typeof config === "object" && config !== null ? (config as Readonly<Record<string, ConfigValue>>) : undefined;
}

function read(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) return {};
  const value: unknown = parse(readFileSync(path, "utf8"));
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/**
 * Removes locks of the state that engines left behind when they were killed.
 *
 * @returns how many there were.
 * @throws RangeError when an engine is still at work.
 */
export function clearLocks({ state }: Folders): number {
  const folder = join(state, ".pulumi", "locks");
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith(".json"),
  );
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    const pid = pidIn(path);
    if (pid !== undefined && running(pid))
      throw invalid(
        "no engine at work on this stack",
        `process ${pid}, which an earlier rehearsal left behind`,
        "wait for it to end",
      );
    rmSync(path, { force: true });
  }
  return files.length;
}

function pidIn(path: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(path, "utf8")) as { readonly pid?: unknown };
    return typeof pid === "number" ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** True if the process of this id is a Pulumi engine: the id may have been reused. */
function running(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}/cmdline`) || readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("pulumi");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
