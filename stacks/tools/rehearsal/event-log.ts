import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { without } from "./secrets";

/** Kinds of events that are of no use in the log, or repeat the terminal's output. */
const dropped = ["stdoutEvent", "progressEvent", "cancelEvent"] as const;

/** Pulumi's SDK reports every resource that it registers as a debug message, with secrets in clear (`runtime/resource.js`). They are never written. */
const isDebug = (event: object): boolean =>
  "diagnosticEvent" in event &&
  typeof event.diagnosticEvent === "object" &&
  event.diagnosticEvent !== null &&
  "severity" in event.diagnosticEvent &&
  event.diagnosticEvent.severity === "debug";

/**
 * The engine's events, one per line, each with its phase. Written as they come, so that a killed run leaves a log too; the
 * engine masks secrets in them, and `hide` removes those that a message still has.
 */
export class EventLog {
  private readonly file: number;
  private phase = "";
  private readonly all: { readonly phase: string; readonly event: object }[] = [];

  constructor(private readonly path: string) {
    this.file = openSync(path, "w", 0o600);
  }

  /** Begins a phase: `preview`, `up`, `destroy`. */
  begin(phase: string): void {
    this.phase = phase;
  }

  readonly add = (event: object): void => {
    if (dropped.some((kind) => kind in event) || isDebug(event)) return;
    this.all.push({ phase: this.phase, event });
    writeSync(this.file, `${JSON.stringify({ phase: this.phase, ...event })}\n`);
  };

  /** Events of a phase. */
  of(phase: string): readonly object[] {
    return this.all.filter((entry) => entry.phase === phase).map(({ event }) => event);
  }

  /** Removes secrets from the file. */
  hide(secrets: readonly string[]): void {
    const text = readFileSync(this.path, "utf8");
    const clean = without(secrets, text);
    if (clean !== text) writeFileSync(this.path, clean, { mode: 0o600 });
  }

  close(): void {
    closeSync(this.file);
  }
}
