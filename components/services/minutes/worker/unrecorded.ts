import { isComplete, isMetadata, meetingOf } from "./adapters";
import { companionName } from "./adapters/folder";
import type { Bucket } from "./bucket";
import { type Companion, type Meeting, mostMetadataBytes, readCompanion } from "./meeting";

/** A recording that has no record beside it: nobody has said yet who agreed to it. */
export interface Unrecorded {
  /** Path in the bucket with a final slash. */
  readonly folder: string;
  /** Time at which its metadata was written, as the store has it. */
  readonly since: Date;
}

/** Recordings without a record, in the order of their folders. Only what a platform's metadata lies in is a recording. */
export async function unrecorded(bucket: Pick<Bucket, "walk">): Promise<readonly Unrecorded[]> {
  const found = new Map<string, Unrecorded>();
  const recorded = new Set<string>();
  for await (const { key, at } of bucket.walk("")) {
    const cut = key.lastIndexOf("/") + 1;
    const [folder, name] = [key.slice(0, cut), key.slice(cut)];
    if (folder === "") continue;
    if (name === companionName) recorded.add(folder);
    const since = new Date(at);
    const known = found.get(folder);
    if (isMetadata(name) && !(known !== undefined && known.since >= since)) found.set(folder, { folder, since });
  }
  return [...found.values()].filter(({ folder }) => !recorded.has(folder));
}

/**
 * Deletes recordings for which nobody has laid a record beside them within some days, with every version of them.
 *
 * @returns how many went.
 */
export async function retainUnrecorded(
  bucket: Pick<Bucket, "walk" | "erase">,
  days: number,
  now: Date = new Date(),
): Promise<number> {
  const old = (await unrecorded(bucket)).filter(({ since }) => now.getTime() - since.getTime() > days * 86_400_000);
  for (const { folder } of old) await bucket.erase(folder);
  return old.length;
}

/** A recording without a record as the command `waiting` prints it: with the names of those who were there, where the platform says it. */
export interface Waiting {
  readonly folder: string;
  readonly since: string;
  readonly platform: Meeting["platform"];
  readonly title: string;
  readonly people: readonly string[];
}

/** Names of those who were there, each once: a platform may name somebody again who came back. */
const namesOf = ({ participants = [] }: Meeting): readonly string[] => [
  ...new Set(participants.map(({ name }) => name)),
];

/** Recordings that wait for a record, and are complete. What cannot be read is left out: it becomes a meeting that is set aside once it has one. */
export async function waiting(bucket: Pick<Bucket, "walk" | "list" | "text">): Promise<readonly Waiting[]> {
  const all: Waiting[] = [];
  for (const { folder, since } of await unrecorded(bucket)) {
    const meeting = await read(bucket, folder).catch(() => undefined);
    if (meeting === undefined) continue;
    const { platform, title } = meeting;
    all.push({ folder, since: since.toISOString(), platform, title, people: namesOf(meeting) });
  }
  return all;
}

/**
 * Writes into the record of a recording that people agreed to it, beside those who had agreed before.
 *
 * No platform tells its server who did. Jitsi's client asks everybody before they are heard and keeps the answer to itself, so somebody who was there has to say it: whoever
 * runs this writes down what they were told.
 *
 * @param names names that others saw.
 * @throws Error for a recording that is not there or has no list of people, and for somebody who is not in it.
 */
export async function agree(
  bucket: Pick<Bucket, "list" | "text" | "find" | "put">,
  folder: string,
  names: readonly string[],
  now: Date = new Date(),
): Promise<Companion> {
  if (!folder.endsWith("/") || names.length === 0)
    throw new Error('expected a folder with a final slash and names, as in: agree meetings/weekly_2026/ "NAME"');
  const meeting = await read(bucket, folder);
  if (meeting === undefined) throw new Error(`expected a recording that is complete in ${folder}, got none`);
  const people = namesOf(meeting);
  if (people.length === 0)
    throw new Error(
      `expected a platform that says who was there, got ${meeting.platform}: write ${companionName} yourself, with participants`,
    );
  const strangers = names.filter((name) => !people.includes(name));
  if (strangers.length > 0)
    throw new Error(
      `expected people out of ${people.join(", ")}, got ${strangers.join(", ")}: write them as they are there`,
    );
  const text = await bucket.find(`${folder}${companionName}`, mostMetadataBytes);
  const before: Companion =
    text === undefined
      ? { version: 1, confidentiality: "transport", consent: { recordedAt: now.toISOString(), from: [] } }
      : readCompanion(text);
  const from = [...new Set([...before.consent.from, ...names])];
  const record: Companion = { ...before, consent: { recordedAt: now.toISOString(), from } };
  await bucket.put(`${folder}${companionName}`, `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** The meeting of a folder; undefined for one whose recorder has not finished. @throws Poison for one that cannot be read. */
async function read(bucket: Pick<Bucket, "list" | "text">, folder: string): Promise<Meeting | undefined> {
  const held = { prefix: folder, entries: await bucket.list(folder) };
  if (held.entries.length === 0 || !isComplete(held)) return undefined;
  return meetingOf(held, (name) => bucket.text(`${folder}${name}`, mostMetadataBytes));
}
