import { size } from "./jobs";

/** Output for progress: a terminal, or a stream that keeps every line. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** A log must not grow by a line per second; on a terminal a person wants to see movement. */
const every = { person: 500, log: 20_000 } as const;

/** Prints what is being copied, its number in the run, and its progress. */
export class Progress {
  private count = 0;

  constructor(
    private readonly out: Terminal,
    private readonly total: number,
    private readonly now: () => Date,
  ) {}

  /**
   * Shows one piece of work.
   *
   * @param bytes its size, if known.
   * @param work receives a function that takes the bytes done; returns the result.
   * @param draws true if the work draws on a terminal itself: then nothing else is written in between.
   */
  async item(
    what: string,
    bytes: number | undefined,
    work: (note: (done: number) => void) => Promise<string>,
    draws = false,
  ): Promise<void> {
    this.count += 1;
    const begin = this.now().getTime();
    const live = this.out.isTTY === true;
    let done: number | undefined;
    const head = `[${String(this.count).padStart(String(this.total).length)}/${this.total}] ${what}`;
    const line = (): string =>
      `${head}: ${[done, bytes].flatMap((known) => (known === undefined ? [] : size(known))).join(" of ")}`;
    const show = (): void => {
      this.out.write(live ? `\r\x1b[2K${line().slice(0, (this.out.columns || 120) - 1)}` : `${line()}\n`);
    };
    const timer = live && draws ? undefined : setInterval(show, live ? every.person : every.log);
    if (live && draws) this.out.write(`${line()}\n`);
    else if (live) show();
    try {
      const result = await work((bytesDone) => (done = bytesDone));
      const seconds = Math.round((this.now().getTime() - begin) / 1_000);
      this.end(`${head}: ${result}${seconds < 1 ? "" : ` (${seconds} s)`}`);
    } catch (error) {
      this.end(`${head}: not copied`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  private end(line: string): void {
    this.out.write(`${this.out.isTTY === true ? "\r\x1b[2K" : ""}${line}\n`);
  }
}
