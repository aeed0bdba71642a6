import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { users, type User } from "./allowed";
import type { Probe } from "./probe";

/** A namespace as the prober sees it. */
export interface Space {
  readonly path: string;
  /** True if it has a filter: then arrival means that the filter let it in. */
  readonly filtered: boolean;
}

/** A link on which the wire puts frames. */
export interface Link {
  readonly device: string;
  /** Hardware addresses of both ends, as hexadecimal digits. */
  readonly from: string;
  readonly to: string;
}

/** A connection to be tried, or an exchange of datagrams. */
export interface Attempt {
  readonly origin: string;
  readonly user?: User;
  readonly protocol?: "tcp" | "udp";
  readonly target: string;
  readonly port: number;
  /** Data to send, one piece after the other, once it is open. @default [] */
  readonly say?: readonly (string | Buffer)[];
  /** Data that must be received. @default - being connected is enough */
  readonly until?: string | Buffer;
  /** True if the others are given up once this one has been answered: every round needs one that works. @default false */
  readonly must?: boolean;
}

export interface Answer {
  readonly connected: boolean;
  readonly heard: string;
  /** True if it received what it waited for. */
  readonly complete: boolean;
}

/** The process that sends and sees packets in all namespaces. */
export class Prober {
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;
  private complaint = "";

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.reader = createInterface(child.stdout);
    this.lines = this.reader[Symbol.asyncIterator]();
    child.stderr.on("data", (data: Buffer) => (this.complaint += data.toString()));
  }

  /** Starts it. `last` is a probe that always arrives: once it has, all before it have arrived or are lost. */
  static async start(
    python: string,
    spaces: Readonly<Record<string, Space>>,
    links: Readonly<Record<string, Link>>,
    last: Probe,
  ): Promise<Prober> {
    const prober = new Prober(spawn(python, [join(__dirname, "prober.py")]));
    const numbers = Object.values(users).filter((number) => number !== users.root);
    const opened = Object.fromEntries(
      Object.entries(spaces).map(([name, space]) => [name, { ...space, users: space.filtered ? numbers : [] }]),
    );
    try {
      await prober.ask("open", { spaces: opened, links, last });
      return prober;
    } catch (error) {
      await prober.stop();
      throw error;
    }
  }

  /** Sends probes in order, after connection tracking was emptied in `forget`; returns for each whether it arrived. */
  async send(probes: readonly Probe[], forget: readonly string[]): Promise<readonly boolean[]> {
    const numbered = probes.map((probe) => ({ ...probe, user: users[probe.user ?? "root"] }));
    const { arrived } = await this.ask<{ arrived: boolean[] }>("send", { probes: numbered, forget });
    return arrived;
  }

  /** Opens connections, all at once. */
  async connect(attempts: readonly Attempt[]): Promise<readonly Answer[]> {
    const { answers } = await this.ask<{ answers: { connected: boolean; heard: string; complete: boolean }[] }>(
      "connect",
      {
        attempts: attempts.map(({ user = "root", say = [], until = "", ...rest }) => ({
          ...rest,
          user: users[user],
          say: say.map((one) => Buffer.from(one).toString("base64")),
          until: Buffer.from(until).toString("base64"),
        })),
      },
    );
    return answers.map((answer) => ({ ...answer, heard: Buffer.from(answer.heard, "base64").toString("latin1") }));
  }

  /** Listens on ports of a namespace and sends a greeting to each client. */
  async listen(
    listeners: readonly { space: string; address: string; port: number; greeting: string }[],
  ): Promise<void> {
    await this.ask("listen", { listeners });
  }

  async stop(): Promise<void> {
    this.reader.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await gone;
  }

  private async ask<T>(what: string, request: object): Promise<T> {
    this.child.stdin.write(`${JSON.stringify({ do: what, ...request })}\n`);
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error(`expected the prober to answer "${what}", got its end:\n${this.complaint}`);
    const answer = JSON.parse(value) as T & { readonly error?: string };
    if (answer.error !== undefined) throw new Error(`expected the prober to ${what}, got ${answer.error}`);
    return answer;
  }
}
