import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Stack } from "@pulumi/pulumi/automation";
import { engineEnvironment, findEngine, pulumiCommand } from "../../stacks/tools/rehearsal/engine";
import { type Folders, folders, make } from "../../stacks/tools/rehearsal/folders";
import type { Fault } from "../../stacks/tools/rehearsal/simulated";
import { type ConfigValue, stackConfig } from "../../stacks/tools/rehearsal/stack-files";
import { deployedConfig, engineStack, writeConfig } from "../../stacks/tools/rehearsal/workspace";
import { bundled } from "../support/bundled";
import { roomy, savedOnce } from "../support/rehearsal";
import { spawnText } from "../support/spawn-text";

const stacks = join(__dirname, "..", "..", "stacks");

/** One step that the engine took or failed to take. */
export interface Step {
  /** In the engine's words: `create`, `create-replacement`, `update`, `delete`, `delete-replaced`, `replace`. */
  readonly op: string;
  readonly type: string;
  readonly name: string;
  readonly failed: boolean;
}

export interface Ended {
  readonly ok: boolean;
  /** Error output of a failed engine run. */
  readonly text: string;
  readonly steps: readonly Step[];
}

export interface Run {
  /** @default "up" */
  readonly operation?: "up" | "destroy";
  /** Laid over the stack file's configuration. @default {} */
  readonly set?: Readonly<Record<string, ConfigValue>>;
  /** @default [] */
  readonly faults?: readonly Fault[];
  /** True to continue after a failure with resources that do not depend on it. With this, engine 3.256 hangs while it destroys or replaces. @default false */
  readonly goOn?: boolean;
}

/** Request to `plain-run.ts`. */
export interface Asked {
  readonly stack: string;
  readonly program: string;
  readonly folders: Folders;
  readonly operation: "up" | "destroy";
  readonly faults: readonly Fault[];
  readonly goOn: boolean;
}

/**
 * The engine without the rehearsal around it: no preview, no packs, no report. For tests that need many deployments of one stack; it can be given the
 * folder of a rehearsal, and go on with its stack. Every run is a process of its own: a program whose engine failed leaves promises behind that disturb
 * what comes after it.
 */
export class PlainEngine {
  readonly folders: Folders;

  constructor(
    private readonly stack: string,
    private readonly program: string,
    private readonly out = mkdtempSync(join(tmpdir(), "plain-engine-")),
  ) {
    this.folders = folders(out, stack);
    make(this.folders);
  }

  async run({ operation = "up", set = {}, faults = [], goOn = false }: Run = {}): Promise<Ended> {
    const config = deployedConfig(this.folders) ?? stackConfig(stacks, this.stack);
    writeConfig(this.folders, this.stack, { ...config, ...set });
    const asked: Asked = { stack: this.stack, program: this.program, folders: this.folders, operation, faults, goOn };
    const answer = join(this.out, "ended.json");
    rmSync(answer, { force: true });
    const { code, text } = await spawnText(
      process.execPath,
      [roomy.node, await bundled("test/engine/plain-run.ts"), JSON.stringify(asked), answer],
      { env: { ...process.env, ...roomy.environment } },
    );
    if (code !== 0) throw new Error(`a run of the engine ended with ${code}: ${text}`);
    return JSON.parse(readFileSync(answer, "utf8")) as Ended;
  }

  /** Output of `pulumi stack export`. */
  async state(): Promise<unknown> {
    const { binary, environment } = await ready();
    const { stdout } = await promisify(execFile)(binary, ["stack", "export", "--show-secrets", "--stack", this.stack], {
      cwd: this.folders.workspace,
      env: { ...process.env, ...environment },
      maxBuffer: 64 * 1024 * 1024,
    });
    return JSON.parse(stdout);
  }

  /** Changes the text of the state, as people do with `pulumi stack export` and `pulumi stack import`. */
  async changeState(change: (text: string) => string): Promise<void> {
    const { binary, environment } = await ready();
    const file = join(this.out, "state.json");
    const pulumi = (...args: readonly string[]) =>
      promisify(execFile)(binary, ["stack", ...args, "--file", file, "--stack", this.stack], {
        cwd: this.folders.workspace,
        env: { ...process.env, ...environment },
      });
    await pulumi("export");
    writeFileSync(file, change(readFileSync(file, "utf8")));
    await pulumi("import");
  }

  remove(): void {
    rmSync(this.out, { recursive: true, force: true });
  }
}

/** The engine, with what its providers and its passphrase take. */
async function ready() {
  const engine = await findEngine();
  const environment = {
    ...(await engineEnvironment(engine)),
    ...savedOnce,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase of the test's",
    HCLOUD_TOKEN: "0".repeat(64),
    EXOSCALE_API_KEY: `EXO${"0".repeat(24)}`,
    EXOSCALE_API_SECRET: "0".repeat(43),
  };
  return { engine, binary: engine.binary, environment };
}

/** The stack. */
export async function opened(
  name: string,
  place: Folders,
  program: () => Record<string, unknown>,
  clouds: Readonly<Record<string, string>>,
): Promise<Stack> {
  const { engine, environment } = await ready();
  return engineStack({
    stack: name,
    folders: place,
    command: await pulumiCommand(engine),
    program: () => Promise.resolve(program()),
    environment: { ...environment, ...clouds },
  });
}
