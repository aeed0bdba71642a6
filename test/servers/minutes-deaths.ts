/** Deaths of a minutes worker at random moments. */
import { once } from "node:events";
import { agreed, idOf, type Rig } from "./minutes-rig";

export interface Deaths {
  readonly deaths: number;
  readonly meetings: readonly string[];
  /** Meetings whose shares were ever others than one for each participant. */
  readonly wrong: readonly string[];
  /** Messages that a relay took, and how many of them were different ones. */
  readonly messages: number;
  readonly different: number;
  /** Things that were kept between steps and are still there. */
  readonly left: number;
}

/** Most requests of a worker before it dies. */
const mostRequests = 30;

/**
 * Kills workers in the middle of a request to one of their servers, which goes on with it: the worst moment, since the effect is there and nobody wrote it down. A new
 * recording arrives with every fourth of them.
 *
 * @param chance from 0 to 1; a generator with a seed, so that what fails can be seen again.
 */
export async function deaths(rig: Rig, count: number, chance: () => number): Promise<Deaths> {
  const meetings: string[] = [];
  const before = rig.relay.messages.length;
  const servers = [rig.speech, rig.language, rig.nextcloud, rig.identity];
  for (let death = 0; death < count; death++) {
    if (death % 4 === 0) {
      const name = `death-${death}`;
      meetings.push(name);
      rig.jitsi(name, agreed, { seconds: 60 });
    }
    const worker = rig.start();
    let requests = 1 + Math.floor(chance() * mostRequests);
    const hear = (): void => {
      requests--;
      if (requests === 0) worker.kill("SIGKILL");
    };
    for (const server of servers) server.before = hear;
    rig.store.before = hear;
    const [code, signal] = (await once(worker, "exit")) as [number | null, NodeJS.Signals | null];
    if (signal !== "SIGKILL")
      throw new Error(`expected a worker that works until it is killed, got an end by itself: ${signal ?? code}`);
    if ((death + 1) % 20 === 0) process.stderr.write(`${death + 1} deaths\n`);
  }
  for (const server of servers) server.before = () => undefined;
  rig.store.before = () => undefined;
  const last = rig.start();
  for (const name of meetings) await rig.reached(name, "finished", 600);
  last.kill("SIGTERM");
  await once(last, "exit");
  const wrong = meetings.filter((name) => {
    const shares = rig.nextcloud.ever.filter(({ path }) => path.endsWith(idOf(name).slice(0, 8)));
    return (
      shares
        .map(({ who }) => who)
        .sort()
        .join() !== "anna.meier,beat.roth"
    );
  });
  const messages = rig.relay.messages.slice(before);
  return {
    deaths: count,
    meetings,
    wrong,
    messages: messages.length,
    different: new Set(messages.map(({ id }) => id)).size,
    left: Number(rig.sql("SELECT count(*) FROM minutes_piece")),
  };
}

/** A generator with a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}
