import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { Records } from "./records";
import type { Settings } from "./settings";

/** Figures for monitoring. None of them names a meeting or a person. */
export class Figures {
  readonly registry = new Registry();
  readonly steps = new Counter({
    name: "minutes_steps_total",
    help: "Steps that ended, by step and outcome: done, away, odd, poison, waiting, lost.",
    labelNames: ["step", "outcome"] as const,
    registers: [this.registry],
  });
  readonly seconds = new Counter({
    name: "minutes_step_seconds_total",
    help: "Time spent in steps.",
    labelNames: ["step"] as const,
    registers: [this.registry],
  });
  /** 1 after a server was away, until it answers again. */
  readonly away = new Gauge({
    name: "minutes_server_away",
    help: "1 after a server did not serve, until a step that needs it succeeds.",
    labelNames: ["server"] as const,
    registers: [this.registry],
  });
  private readonly meetings = new Gauge({
    name: "minutes_meetings",
    help: "Meetings by state.",
    labelNames: ["state"] as const,
    registers: [this.registry],
  });
  private readonly oldest = new Gauge({
    name: "minutes_oldest_open_seconds",
    help: "Time since the oldest meeting arrived that is still to be done.",
    registers: [this.registry],
  });
  private readonly lookedAt = new Gauge({
    name: "minutes_bucket_looked_seconds",
    help: "Unix time of the last look into the bucket that succeeded.",
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  looked(): void {
    this.lookedAt.set(Date.now() / 1_000);
  }

  async text(records: Records): Promise<string> {
    const { states, oldestSeconds } = await records.figures();
    this.meetings.reset();
    for (const [state, count] of Object.entries(states)) this.meetings.set({ state }, count);
    this.oldest.set(oldestSeconds);
    return this.registry.metrics();
  }
}

/** A line of the log: JSON, and never content. */
export type Log = (fields: Readonly<Record<string, string | number | boolean>>) => void;

export const consoleLog: Log = (fields) =>
  void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...fields })}\n`);

/** Servers that a step needs, for the figure that says which are away. */
export const serversOf: Readonly<Record<string, readonly string[]>> = {
  arrived: ["bucket"],
  verified: ["bucket", "speech"],
  transcribed: ["bucket", "language"],
  summarised: ["bucket", "identity"],
  composed: ["nextcloud"],
  uploaded: ["bucket", "identity", "nextcloud"],
  shared: ["chat", "mail"],
};

/** Wait before another try: twice as long each time, up to a limit, and up to a fifth more so that workers do not come at once. */
export const waitFor = (
  { first, longest }: Settings["waitSeconds"],
  attempts: number,
  chance = Math.random(),
): number => Math.min(longest, first * 2 ** Math.min(attempts, 20)) * (1 + chance / 5);
