/** A recording that cannot become minutes, however often it is tried: it goes to quarantine with this reason. The reason says nothing of the meeting's content. */
export class Poison extends Error {}

/** A server that is away, slow or closed to this worker: the step is tried again, for as long as the recording is kept. */
export class Away extends Error {
  constructor(
    /** Name of the server: "bucket", "speech". */
    readonly server: string,
    problem: string,
  ) {
    super(`${server}: ${problem}`);
  }
}

/** An answer that makes no sense. It is tried again some times, then the recording goes to quarantine. */
export class Odd extends Error {
  constructor(
    readonly server: string,
    problem: string,
  ) {
    super(`${server}: ${problem}`);
  }
}

/** The end of a lease: another worker has the meeting, so this one must do no more to it. */
export class LeaseLost extends Error {}

/** A meeting that has to wait for a person: a consent that is not there yet. */
export class Waiting extends Error {}

/** Text of an error for a log, on one line and short: messages of libraries can hold what a server answered. */
export const problemText = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").slice(0, 300);
