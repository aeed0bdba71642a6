import { elapsed, type Terminal } from "./engine";

/** Streams of a command; tests pass their own. */
export interface Io {
  readonly out: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

const escape = String.fromCharCode(27);

/** Headlines, notes and verdicts, in colour on a terminal. */
export class Voice {
  readonly coloured: boolean;
  private readonly begun: number;

  constructor(private readonly io: Io) {
    this.coloured = io.out.isTTY === true && (io.environment["NO_COLOR"] ?? "") === "";
    this.begun = io.now().getTime();
  }

  /** A step begins. */
  headline(text: string): void {
    this.io.out.write(
      `\n${this.bold(`▸ ${text}`)} ${this.soft(`(${elapsed(this.io.now().getTime() - this.begun)})`)}\n`,
    );
  }

  line(text = ""): void {
    this.io.out.write(`${text}\n`);
  }

  /** The engine's own text, as it is. */
  readonly raw = (text: string): void => {
    this.io.out.write(text);
  };

  good = (text: string): string => this.paint("32", text);
  bad = (text: string): string => this.paint("31", text);
  open = (text: string): string => this.paint("33", text);
  soft = (text: string): string => this.paint("2", text);
  bold = (text: string): string => this.paint("1", text);

  private paint(code: string, text: string): string {
    return this.coloured ? `${escape}[${code}m${text}${escape}[0m` : text;
  }
}
