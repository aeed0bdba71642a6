import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fault } from "../../stacks/tools/rehearsal/simulated";
import { bundled } from "./bundled";

/** Result of a rehearsal. */
export interface Ended {
  readonly code: number | null;
  /** Standard output and error, as they came. */
  readonly text: string;
}

export interface Asked {
  readonly faults?: readonly Fault[];
  /** A program of `test/engine/programs.ts` in place of the blueprint. */
  readonly program?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with every piece of output; may end the process. */
  readonly watch?: (text: string, child: ChildProcess) => void;
}

/**
 * Lets the engine write the state once, at the end of an operation, in place of the whole of it at every step, which is a third of what a deployment takes
 * here. What is written is the same; only an engine that is killed leaves less. (`PULUMI_SKIP_CHECKPOINTS`: sdk/go/common/env/env.go, read in
 * pkg/backend/journal.go and snapshot.go of pulumi/pulumi v3.256.0.)
 */
export const savedOnce = { PULUMI_SKIP_CHECKPOINTS: "true" } as const;

/** More room for what dies young, in the program and in the engine: both are short-lived, and spent a seventh of their time on clearing it away. */
export const roomy = { node: "--max-semi-space-size=64", environment: { GOGC: "400" } } as const;

/** An event of the engine, as its log has it. */
export interface EngineEvent {
  readonly resOutputsEvent?: {
    readonly metadata: { readonly op: string; readonly urn: string; readonly type: string };
  };
  readonly summaryEvent?: { readonly resourceChanges: Readonly<Record<string, number>> };
}

/** A separate folder in which a test rehearses stacks, any number of times. */
export class Rehearsal {
  readonly out = mkdtempSync(join(tmpdir(), "rehearsal-"));

  constructor(readonly stack = "crisis-hetzner") {}

  /** A copy of this folder: state, clouds, output. */
  copy(): Rehearsal {
    const other = new Rehearsal(this.stack);
    cpSync(this.out, other.out, { recursive: true });
    return other;
  }

  get folder(): string {
    return join(this.out, this.stack);
  }

  async run(
    argv: readonly string[] = [],
    { faults = [], program, environment = {}, watch }: Asked = {},
  ): Promise<Ended> {
    const command = [await bundled("test/engine/child.ts"), "--stack", this.stack, "--out", this.out, ...argv];
    const child = spawn(process.execPath, [roomy.node, ...command], {
      env: {
        ...process.env,
        ...roomy.environment,
        PULUMI_CONFIG_PASSPHRASE: "a passphrase of the test's",
        ...environment,
        REHEARSAL_FAULTS: JSON.stringify(faults),
        ...(program === undefined ? {} : { REHEARSAL_PROGRAM: program }),
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let text = "";
    const add = (data: Buffer): void => {
      text += data.toString();
      watch?.(data.toString(), child);
    };
    child.stdout.on("data", add);
    child.stderr.on("data", add);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, text }));
    });
  }

  /** Deploys, and gives the output. @throws Error with the output of a run that fails. */
  async up(asked: Asked = {}): Promise<string> {
    const { code, text } = await this.run([], asked);
    if (code !== 0) throw new Error(text);
    return text;
  }

  /** Events of the last run, in order. */
  events(): readonly EngineEvent[] {
    return readFileSync(join(this.folder, "events.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as EngineEvent);
  }

  /** Objects of one type in a simulated cloud, by the last word of the type token, with ids. */
  objects(cloud: string, type: string): readonly Readonly<Record<string, unknown>>[] {
    const { objects } = JSON.parse(readFileSync(join(this.folder, "clouds", `${cloud}.json`), "utf8")) as {
      readonly objects: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
    };
    const token = Object.keys(objects).find((name) => name.endsWith(`:${type}`)) ?? "";
    return Object.entries(objects[token] ?? {}).map(([id, object]) => ({ ...object, id }));
  }

  /** Operations of the last run, in order: `create Server crisis-control-1`. */
  steps(): readonly string[] {
    return this.events().flatMap(({ resOutputsEvent }) => {
      if (resOutputsEvent === undefined) return [];
      const { op, urn, type } = resOutputsEvent.metadata;
      return op === "same" ? [] : [`${op} ${type.split(":").at(-1) ?? ""} ${urn.split("::").at(-1) ?? ""}`];
    });
  }

  remove(): void {
    rmSync(this.out, { recursive: true, force: true });
  }
}
