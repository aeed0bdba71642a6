/** Output for progress: a terminal, or a stream that keeps every line. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/**
 * Shows the progress and duration of long work: one line that changes every second on a terminal, a line every 20 seconds elsewhere
 * (a log of a build server must not grow by a line a second).
 *
 * @param what one line: the work, and whether it happens once.
 * @param work receives a function that takes the current detail.
 */
export async function withProgress<T>(
  what: string,
  work: (note: (detail: string) => void) => Promise<T>,
  terminal: Terminal = process.stderr,
): Promise<T> {
  const begin = Date.now();
  const live = terminal.isTTY === true;
  let detail = "";
  // The time comes first, so that a narrow terminal cuts off the detail.
  const line = (): string => `[${elapsed(Date.now() - begin)}] ${what}${detail === "" ? "" : `: ${detail}`}`;
  const show = (): void => {
    terminal.write(live ? `\r\x1b[2K${line().slice(0, (terminal.columns ?? 120) - 1)}` : `${line()}\n`);
  };
  const end = (result: string): void => {
    terminal.write(`${live ? "\r\x1b[2K" : ""}[${elapsed(Date.now() - begin)}] ${what}: ${result}\n`);
  };
  show();
  const timer = setInterval(show, live ? 1_000 : 20_000);
  try {
    const result = await work((text) => (detail = text));
    end("done");
    return result;
  } catch (error) {
    end("failed");
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** A duration for people: `8 s`, `3 min 5 s`. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
