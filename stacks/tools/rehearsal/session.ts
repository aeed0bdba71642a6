import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { EventLog } from "./event-log";
import { type Engine, engineEnvironment, findEngine, pulumiCommand } from "./engine";
import type { Folders } from "./folders";
import { passphrase } from "./passphrase";
import { fields, type Plain, text } from "./report/plain";
import { secretsOf } from "./secrets";
import { type Fault, type SimulatedClouds, startSimulatedClouds } from "./simulated";
import type { Io, Voice } from "./terminal";
import { engineStack } from "./workspace";

/** Everything that an operation on a stack needs: engine, simulated clouds, the stack, the log of its events. */
export interface Session {
  readonly stack: Stack;
  readonly log: EventLog;
  readonly clouds: SimulatedClouds;
  /** Options of every engine run: output, colours, cancellation. */
  readonly common: {
    readonly color: "always" | "never";
    readonly onOutput: (text: string) => void;
    readonly onError: (text: string) => void;
    readonly onEvent: (event: object) => void;
    readonly signal: AbortSignal;
  };
  /** Standard error of the engine since the session began. */
  readonly complaints: () => string;
}

export interface SessionOptions {
  readonly name: string;
  readonly engine: Engine;
  readonly folders: Folders;
  readonly io: Io;
  readonly voice: Voice;
  readonly program: PulumiFn;
  readonly faults: readonly Fault[];
}

/**
 * Providers refuse to start without credentials, simulated ones too. These have the right form and are no real credentials.
 * Lengths: hetznercloud/terraform-provider-hcloud `internal/provider.go` requires 64 characters.
 */
const madeUp = {
  HCLOUD_TOKEN: "0".repeat(64),
  EXOSCALE_API_KEY: `EXO${"0".repeat(24)}`,
  EXOSCALE_API_SECRET: "0".repeat(43),
};

/** Finds the engine and prints its source; if there is none, nothing has been made. */
export async function foundEngine(io: Io, voice: Voice): Promise<Engine> {
  voice.headline("Finding the Pulumi engine");
  const engine = await findEngine({ environment: io.environment, terminal: io.out });
  const origins = { path: "on PATH", npm: "from the npm package", built: "built from its Go module" } as const;
  voice.line(`Pulumi ${engine.version} (${origins[engine.source]})`);
  return engine;
}

/** Starts the simulated clouds and opens the stack. The caller closes the session. */
export async function openSession({
  name,
  engine,
  folders,
  io,
  voice,
  program,
  faults,
}: SessionOptions): Promise<Session> {
  voice.headline("Starting the simulated clouds");
  const clouds = await startSimulatedClouds({ folder: folders.clouds, faults });
  try {
    const environment = {
      ...(await engineEnvironment(engine, io.environment)),
      ...passphrase(io.environment),
      ...madeUp,
      ...clouds.environment,
    };
    let complaints = "";
    const log = new EventLog(folders.events);
    const hung = new AbortController();
    const stack = await engineStack({
      stack: name,
      folders,
      command: await pulumiCommand(engine),
      environment,
      program,
    });
    return {
      stack,
      log,
      clouds,
      complaints: () => complaints,
      common: {
        color: voice.coloured ? "always" : "never",
        onOutput: voice.raw,
        onError: (text) => (complaints += text),
        onEvent: (event) => {
          log.add(event);
          if (isUnhandled(event)) setTimeout(() => hung.abort(), grace).unref();
        },
        signal: AbortSignal.any([io.signal, hung.signal]),
      },
    };
  } catch (error) {
    await clouds.close();
    throw error;
  }
}

/**
 * An exception in an `apply` leaves resources waiting for it, and the engine waiting for them: a program of its own would have ended its process, an
 * inline one cannot (`automation/server.js` of @pulumi/pulumi waits for every registration). So the engine is told to finish.
 */
const isUnhandled = (event: object): boolean => {
  const { severity, message } = fields(fields(event as Plain)["diagnosticEvent"]);
  return severity === "error" && (text(message) ?? "").includes("Unhandled exception:");
};

/** Time for an engine that ends by itself after an exception. */
const grace = 3_000;

/** The state, and its secrets, which stay in memory and are removed from the event log. */
export async function exported({
  stack,
  log,
}: Session): Promise<{ readonly state: unknown; readonly secrets: readonly string[] }> {
  const state: unknown = await stack.exportStack();
  const secrets = secretsOf(state);
  log.hide(secrets);
  return { state, secrets };
}

/** Ends a session. */
export async function closeSession({ clouds, log }: Session): Promise<void> {
  log.close();
  await clouds.close();
}
