import { setTimeout as pause } from "node:timers/promises";
import { contextOf, type Servers, type Step } from "./context";
import { type Figures, type Log, serversOf, waitFor } from "./figures";
import { hear, verify } from "./hear";
import { look, retain } from "./intake";
import { Limit } from "./limit";
import { Away, LeaseLost, Odd, Poison, problemText, Waiting } from "./problems";
import type { Settings } from "./settings";
import { after, type OnPath, type Row, type State } from "./states";
import { retainUnrecorded } from "./unrecorded";
import { clean, compose, notify, share, summarise, upload } from "./write";

/** The step out of each state. */
const steps: Readonly<Record<Exclude<OnPath, "finished">, Step>> = {
  arrived: verify,
  verified: hear,
  transcribed: summarise,
  summarised: compose,
  composed: upload,
  uploaded: share,
  shared: notify,
  notified: clean,
};

/** A place between two steps, where tests stop a worker. */
export type Boundary = (place: `${"before" | "after"} ${OnPath}`) => void | Promise<void>;

export interface Machine {
  readonly settings: Settings;
  readonly servers: Servers;
  readonly figures: Figures;
  readonly log: Log;
  /** @default - nothing happens between steps */
  readonly boundary?: Boundary;
}

/** Seconds of waiting for a consent before it is looked for again. */
const consentSeconds = 300;

/** Works until it is told to stop: looks into the bucket, and brings as many meetings forward as it has lanes. A meeting under way is let go of at its next step. */
export async function work(machine: Machine, stop: AbortSignal): Promise<void> {
  const hearing = new Limit(machine.settings.pieces);
  const lanes = Array.from({ length: machine.settings.lanes }, () => lane(machine, hearing, stop));
  await Promise.all([looking(machine, stop), ...lanes]);
}

const rest = (seconds: number, stop: AbortSignal): Promise<void> =>
  pause(seconds * 1_000, undefined, { signal: stop }).catch(() => undefined);

async function looking(machine: Machine, stop: AbortSignal): Promise<void> {
  const { settings, servers, figures, log } = machine;
  while (!stop.aborted) {
    try {
      const taken = await look(servers, settings);
      await retain(servers, settings.keepDays);
      const unrecorded = settings.unrecordedDays;
      const gone = unrecorded === undefined ? 0 : await retainUnrecorded(servers.bucket, unrecorded);
      if (gone > 0) log({ event: "deleted without a record", recordings: gone });
      figures.looked();
      figures.away.set({ server: "bucket" }, 0);
      if (taken > 0) log({ event: "taken in", recordings: taken });
    } catch (error) {
      if (error instanceof Away) figures.away.set({ server: error.server }, 1);
      log({ event: "could not look into the bucket", problem: problemText(error) });
    }
    await rest(settings.lookSeconds, stop);
  }
}

async function lane(machine: Machine, hearing: Limit, stop: AbortSignal): Promise<void> {
  const { settings, servers, log, figures } = machine;
  const idle = Math.min(2, settings.lookSeconds);
  while (!stop.aborted) {
    try {
      const claimed = await servers.records.claim(settings.leaseSeconds);
      figures.away.set({ server: "database" }, 0);
      if (claimed === undefined) await rest(idle, stop);
      else await bring(machine, hearing, claimed.row, claimed.lease, stop);
    } catch (error) {
      // Whatever it was: the lease ends by itself, and the meeting is where its last step left it.
      figures.away.set({ server: "database" }, 1);
      log({ event: "could not claim", problem: problemText(error) });
      await rest(idle, stop);
    }
  }
}

/** Brings a meeting forward, step by step, for as long as it goes. */
async function bring(machine: Machine, hearing: Limit, first: Row, lease: string, stop: AbortSignal): Promise<void> {
  const { servers, settings, log, figures, boundary = () => undefined } = machine;
  const { records } = servers;
  let row = first;
  while (isStep(row.state) && !stop.aborted) {
    const { id, state } = row;
    const step = steps[state];
    const began = Date.now();
    // A step can be long in one request: the lease is kept meanwhile.
    const beat = setInterval(
      () => void records.renew(id, lease, settings.leaseSeconds).catch(() => undefined),
      settings.leaseSeconds * 333,
    );
    let next: State;
    try {
      await boundary(`before ${state}`);
      const outcome = await step(contextOf(servers, settings, hearing, row, lease));
      await boundary(`after ${state}`);
      next = outcome.state ?? after(state);
      await records.advance(id, lease, next, outcome.facts ?? {});
    } catch (error) {
      return await failed(machine, row, lease, error);
    } finally {
      clearInterval(beat);
      figures.seconds.inc({ step: state }, (Date.now() - began) / 1_000);
    }
    figures.steps.inc({ step: state, outcome: "done" });
    for (const server of serversOf[state] ?? []) figures.away.set({ server }, 0);
    log({ event: "step", meeting: id, from: state, to: next, ms: Date.now() - began });
    const found = await records.find(id);
    if (found === undefined) return;
    row = found;
  }
  await records.release(row.id, lease);
}

const isStep = (state: State): state is Exclude<OnPath, "finished"> => Object.hasOwn(steps, state);

/** Writes down how a step failed, and when it is tried again. */
async function failed(
  { servers, settings, figures, log }: Machine,
  row: Row,
  lease: string,
  error: unknown,
): Promise<void> {
  const { records } = servers;
  const { id, state } = row;
  const reason = problemText(error);
  const say = (outcome: string): void => {
    figures.steps.inc({ step: state, outcome });
    log({ event: outcome, meeting: id, step: state, problem: reason });
  };
  const later = (seconds: number, attempts: number, odd: number): Promise<void> =>
    records.later(id, lease, { seconds, reason, attempts, odd });
  if (error instanceof LeaseLost) return say("lost");
  try {
    if (error instanceof Waiting) {
      say("waiting");
      return await later(Math.min(consentSeconds, settings.waitSeconds.longest), 0, 0);
    }
    if (error instanceof Away) {
      say("away");
      figures.away.set({ server: error.server }, 1);
      return await later(waitFor(settings.waitSeconds, row.attempts), row.attempts + 1, row.odd);
    }
    if (error instanceof Poison || row.odd + 1 >= settings.mostOdd) {
      say("poison");
      await records.advance(id, lease, "quarantined", {}, reason);
      // What was kept between the steps is content; the recording is still there.
      await records.drop(id);
      return await records.release(id, lease);
    }
    // An odd answer, or a fault of this worker: both are tried again some times, and then somebody has to look.
    say(error instanceof Odd ? "odd" : "fault");
    await later(waitFor(settings.waitSeconds, row.odd), row.attempts, row.odd + 1);
  } catch (problem) {
    if (!(problem instanceof LeaseLost)) throw problem;
    say("lost");
  }
}
