import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { RunError } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { deploy } from "./deploy";
import { destroy } from "./destroy";
import { type Engine, EngineUnavailable } from "./engine";
import { explained } from "./failures";
import { folders, make, writable } from "./folders";
import { type Options, options, usage } from "./options";
import { adopting } from "./orphans";
import { withoutLateRefusals } from "./late-refusals";
import { compilePacks } from "./packs";
import { lockRun } from "./run-lock";
import { closeSession, foundEngine, openSession } from "./session";
import type { Fault } from "./simulated";
import { configured, stackConfig, stackFiles } from "./stack-files";
import { type Io, Voice } from "./terminal";
import { madeUpSecrets } from "../../keys";
import { configKeys, stackKeys } from "./config-keys";
import { clearLocks, deployedConfig, writeConfig } from "./workspace";

/** Settings of a rehearsal that tests change. */
export interface Rehearsed {
  /** Operations of the simulated clouds that have to fail. @default [] */
  readonly faults?: readonly Fault[];
  /** @default - the program that the stack's blueprint is */
  readonly program?: PulumiFn;
}

/** Exit codes: done; blocked or failed; bad input; cancelled. */
export const codes = { done: 0, failed: 1, input: 2, cancelled: 130 } as const;

const stacks = join(__dirname, "../..");
const policies = join(__dirname, "../../../policies");

/**
 * Runs the rehearsal command and returns the exit code. Prints every problem as a sentence; throws unexpected errors only.
 */
export async function run(argv: readonly string[], io: Io, rehearsed: Rehearsed = {}): Promise<number> {
  const voice = new Voice(io);
  let asked: Options;
  try {
    asked = options(argv, stackFiles(stacks));
    if (asked.help) {
      voice.line(usage);
      return codes.done;
    }
    writable(asked.out);
  } catch (error) {
    return refused(voice, error);
  }
  const place = folders(asked.out, asked.stack);
  if (asked.destroy && !existsSync(place.state)) {
    voice.line(
      `Nothing to destroy: "${asked.stack}" has no state in ${relative(process.cwd(), place.root) || place.root}.`,
    );
    return codes.done;
  }
  let release: (() => void) | undefined;
  const heard = withoutLateRefusals();
  try {
    const engine = await foundEngine(io, voice);
    make(place);
    const lock = lockRun(place.lock, io.now);
    release = lock.release;
    const left = clearLocks(place);
    if (lock.leftBehind || left > 0)
      voice.line("An earlier rehearsal of this stack was killed; this one continues where it stopped.");
    return await operate(asked, engine, io, voice, rehearsed);
  } catch (error) {
    if (io.signal.aborted) return cancelled(voice);
    const known = explained((error as Error).message, asked.stack);
    return refused(voice, known === undefined ? error : new RangeError(known));
  } finally {
    heard();
    release?.();
  }
}

async function operate(
  asked: Options,
  engine: Engine,
  io: Io,
  voice: Voice,
  { faults = [], program }: Rehearsed,
): Promise<number> {
  const place = folders(asked.out, asked.stack);
  const config = simulated(
    asked.destroy
      ? (deployedConfig(place) ?? stackConfig(stacks, asked.stack))
      : configured(stackConfig(stacks, asked.stack), asked.set, (key) => configKeys[key] === "data"),
  );
  writeConfig(place, asked.stack, config);
  const blueprint = program ?? configuredProgram;
  const adopted = asked.adopt === undefined ? blueprint : adopting(blueprint, asked.adopt);
  const session = await openSession({ name: asked.stack, engine, folders: place, io, voice, program: adopted, faults });
  try {
    const context = { asked, session, place, voice, io, config };
    if (asked.destroy) return await destroy(context);
    voice.headline("Compiling the policy packs");
    voice.line((await compilePacks(policies)) ? "compiled" : "up to date");
    return await deploy({ ...context, policies, stacks });
  } finally {
    await closeSession(session);
  }
}

/** The stack's program. The operator corrects wrong arguments, so they are printed as a sentence without a stack. */
async function configuredProgram(): Promise<Record<string, unknown>> {
  // Loaded only now: it takes a second, and the message about a mistyped option should not wait for it.
  const { program } = await import("../../blueprints");
  try {
    return program();
  } catch (error) {
    throw error instanceof RangeError ? new RunError(error.message) : error;
  }
}

function refused(voice: Voice, error: unknown): number {
  if (!(error instanceof RangeError) && !(error instanceof EngineUnavailable)) throw error;
  for (const line of error.message.split("\n")) voice.line(`${voice.bad("✕")} ${line}`);
  return codes.input;
}

function cancelled(voice: Voice): number {
  voice.line(
    `\n${voice.open("Cancelled.")} The state has everything that was made: run the same command to continue, or add --destroy to remove it.`,
  );
  return codes.cancelled;
}

/**
 * Configuration that is safe on simulated clouds only: secrets that the stack needs are made up and open nothing (machines are handed over with such a key); no host
 * fetches anything from the mirror, so nothing has to be locked, unless the stack asks for a warning. The report says what is locked.
 */
const simulated = (config: ReturnType<typeof stackConfig>): ReturnType<typeof stackConfig> => ({
  "sovereign-uc:unlockedMirror": "accepted",
  "sovereign-uc:birthSecret": "a secret that protects nothing",
  ...madeUpSecrets(stackKeys(config), config["sovereign-uc:cloud"]),
  ...config,
});
