import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineEnvironment, findEngine, pulumiCommand } from "../../stacks/rehearsal/engine";
import { type Folders, folders, make } from "../../stacks/rehearsal/folders";
import { type Fault, startSimulatedClouds } from "../../stacks/rehearsal/simulated";
import { type ConfigValue, stackConfig } from "../../stacks/rehearsal/stack-files";
import { engineStack, writeConfig } from "../../stacks/rehearsal/workspace";
import { programs } from "./programs";

/** Looked for once: a proof runs it more than a hundred times. */
let engine: ReturnType<typeof findEngine> | undefined;

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
  /** What the engine said when it failed. */
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
}

interface Metadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
}

/**
 * The engine without the rehearsal around it: no preview, no packs, no report; after a failure an `up` goes on with what does not hang on it (a `destroy` told so does not end). For tests that need many deployments of one stack; it can be given the
 * folder of a rehearsal, and go on with its stack.
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

  async run(run: Run = {}): Promise<Ended> {
    for (let again = 2; ; again--) {
      const ended = await this.once(run);
      // On a busy machine the engine gives up on the program's own server within a second, before it has done anything.
      if (ended.ok || ended.steps.length > 0 || again === 0 || !ended.text.includes("No connection established"))
        return ended;
    }
  }

  private async once({ operation = "up", set = {}, faults = [] }: Run): Promise<Ended> {
    const program = programs[this.program];
    if (program === undefined) throw new RangeError(`expected a program of programs.ts, got "${this.program}"`);
    writeConfig(this.folders, this.stack, { ...stackConfig(stacks, this.stack), ...set });
    const clouds = await startSimulatedClouds({ folder: this.folders.clouds, faults });
    try {
      const opened = await this.open(program, clouds.environment);
      const steps: Step[] = [];
      const noted = (metadata: Metadata | undefined, failed: boolean): void => {
        if (metadata === undefined || metadata.op === "same") return;
        const { op, type, urn } = metadata;
        steps.push({ op, type, name: urn.slice(urn.lastIndexOf("::") + 2), failed });
      };
      const onEvent = (event: {
        readonly resOutputsEvent?: { readonly metadata: Metadata };
        readonly resOpFailedEvent?: { readonly metadata: Metadata };
      }): void => {
        noted(event.resOutputsEvent?.metadata, false);
        noted(event.resOpFailedEvent?.metadata, true);
      };
      let text = "";
      try {
        await opened[operation]({ onEvent, continueOnError: operation === "up" });
      } catch (error) {
        text = (error as Error).message;
      }
      return { ok: text === "", text, steps };
    } finally {
      await clouds.close();
    }
  }

  /** What `pulumi stack export` prints. */
  async state(): Promise<unknown> {
    return (await this.open(() => ({}), {})).exportStack();
  }

  private async open(program: () => Record<string, unknown>, environment: Readonly<Record<string, string>>) {
    engine ??= findEngine();
    const found = await engine;
    return engineStack({
      stack: this.stack,
      folders: this.folders,
      command: await pulumiCommand(found),
      program: () => Promise.resolve(program()),
      environment: {
        ...(await engineEnvironment(found)),
        ...environment,
        PULUMI_CONFIG_PASSPHRASE: "a passphrase of the test's",
        HCLOUD_TOKEN: "0".repeat(64),
        EXOSCALE_API_KEY: `EXO${"0".repeat(24)}`,
        EXOSCALE_API_SECRET: "0".repeat(43),
      },
    });
  }

  remove(): void {
    rmSync(this.out, { recursive: true, force: true });
  }
}
