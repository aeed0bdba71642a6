/** Load on media servers: people of our own program (`test/support/programs/go/livekit-load`) who send and receive in rooms, and what that costs in processor time. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createInterface, type Interface } from "node:readline";
import { token } from "../../stacks/examples/citizen-portal";
import { program } from "../support/programs/programs";

/** Size of a load: what is sent in each room, and who receives it. A picture of 30 frames a second in four packets of 1,100 bytes each is a megabit a second. */
export interface LoadSize {
  readonly rooms: number;
  readonly senders: number;
  readonly receivers: number;
  readonly video: {
    readonly framesPerSecond: number;
    readonly packetsPerFrame: number;
    readonly bytesPerPacket: number;
  };
}

/** Figures of one window. Delays are one-way, in microseconds: the median, the 95th percentile and the longest. */
export interface Figures {
  readonly people: number;
  readonly reached: number;
  readonly expected: number;
  readonly received: number;
  readonly median: number;
  readonly late: number;
  readonly most: number;
  /** Processor time in milliseconds: of the people, and of everything that was watched. */
  readonly own: number;
  readonly watched: number;
}

interface Event extends Omit<Figures, "own" | "watched"> {
  readonly event: "joined" | "begun" | "ended" | "figures";
  /** Number of people by their connection: `host udp to 198.51.100.7`. */
  readonly ways: Readonly<Record<string, number>>;
}

/** A crowd that has joined, and is silent between windows. */
export class Load {
  ways: Event["ways"] = {};
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterableIterator<string>,
    private readonly reader: Interface,
  ) {}

  /**
   * Lets everybody join.
   *
   * @param within words before the program: where it runs, as a program that becomes the next one (`nsenter … --`), so that its process id is that of the load.
   */
  static async start(
    within: readonly string[],
    asked: {
      readonly url: string;
      readonly key: Parameters<typeof token>[0];
      readonly rooms: readonly string[];
      readonly size: LoadSize;
      readonly relayed: boolean;
      /** File of the authorities that are trusted. @default - the machine's own */
      readonly authority?: string;
    },
  ): Promise<Load> {
    const { url, key, rooms, size, relayed, authority } = asked;
    const [first = "", ...rest] = [...within, await program("livekit-load")];
    const child = spawn(first, rest, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: process.env["PATH"], ...(authority === undefined ? {} : { SSL_CERT_FILE: authority }) },
    });
    const people = rooms.flatMap((room) =>
      [...Array<boolean>(size.senders).fill(true), ...Array<boolean>(size.receivers).fill(false)].map((sends, i) => ({
        room,
        sends,
        ticket: token(
          key,
          { roomJoin: true, room, canPublish: sends, canSubscribe: !sends },
          { identity: `${room}-${i}`, seconds: 3_600 },
        ),
      })),
    );
    child.stdin.on("error", () => undefined);
    child.stdin.write(`${JSON.stringify({ url, relayed, video: size.video, people })}\n`);
    const reader = createInterface(child.stdout);
    const made = new Load(child, reader[Symbol.asyncIterator](), reader);
    ({ ways: made.ways } = await made.next("joined"));
    return made;
  }

  /** Sends for some seconds. @param watched process ids whose processor time is counted. */
  async measure(seconds: number, watched: readonly number[]): Promise<Figures> {
    this.child.stdin?.write(`${seconds}\n`);
    const time = (): readonly [number, number] => [milliseconds([this.child.pid ?? 0]), milliseconds(watched)];
    await this.next("begun");
    const before = time();
    await this.next("ended");
    const after = time();
    const { people, reached, expected, received, median, late, most } = await this.next("figures");
    const [own, others] = [after[0] - before[0], after[1] - before[1]];
    return { people, reached, expected, received, median, late, most, own, watched: others };
  }

  async stop(): Promise<void> {
    const gone = this.child.exitCode === null ? once(this.child, "exit") : undefined;
    this.child.stdin?.end();
    await gone;
    this.reader.close();
  }

  private async next(event: Event["event"]): Promise<Event> {
    const { value, done } = (await this.lines.next()) as { value?: string; done?: boolean };
    if (done === true || value === undefined) throw new Error(`expected "${event}" of a load, got its end`);
    const said = JSON.parse(value) as Event;
    if (said.event !== event) throw new Error(`expected "${event}" of a load, got ${value}`);
    return said;
  }
}

/** Processor time of processes, with that of their threads and of what the kernel did on their account: fields 14 and 15 of `/proc/N/stat`, in hundredths of a second. */
function milliseconds(processes: readonly number[]): number {
  return processes
    .map((id) => {
      const path = `/proc/${id}/stat`;
      if (!existsSync(path)) throw new Error(`expected process ${id} to run as long as it is measured, got its end`);
      const fields = readFileSync(path, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      return 10 * (Number(fields[11]) + Number(fields[12]));
    })
    .reduce((sum, one) => sum + one, 0);
}

/**
 * Processes of some programs in a network namespace.
 *
 * @param space file that stands for the namespace: `/run/netns/…` or `/proc/N/ns/net`.
 * @param names as the kernel has them: 15 letters at most.
 */
export function programsIn(space: string, names: readonly string[]): readonly number[] {
  const { ino } = statSync(space);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        const name = readFileSync(`/proc/${id}/comm`, "utf8").trim();
        return names.includes(name) && statSync(`/proc/${id}/ns/net`).ino === ino;
      } catch {
        // It has ended.
        return false;
      }
    })
    .map(Number);
}

/** The middle one of some values. */
export const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
};
