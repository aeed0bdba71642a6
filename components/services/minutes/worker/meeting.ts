import * as z from "zod/mini";
import { Poison } from "./problems";

/** A person in a meeting. */
export interface Participant {
  /** Identifier of the identity service (`sub`). */
  readonly id?: string;
  /** Name by which the person signs in. */
  readonly username?: string;
  readonly email?: string;
  /** Name that others saw. */
  readonly name: string;
  /** True for somebody who did not sign in. */
  readonly guest: boolean;
}

/** An audio file of a meeting. */
export interface Track {
  readonly key: string;
  readonly bytes: number;
  /** Seconds between the beginning of the meeting's recording and of this file. */
  readonly offset: number;
  /** Name of the one person who is heard in it. @default - everybody is */
  readonly speaker?: string;
  /** SHA-256 that whoever stored it says it has. */
  readonly sha256?: string;
}

/** A time in which one person spoke, in seconds from the beginning of the recording. */
export interface Turn {
  readonly speaker: string;
  readonly from: number;
  readonly to: number;
}

/** A recorded meeting, whichever platform it was held on. */
export interface Meeting {
  readonly platform: "jitsi" | "bigbluebutton" | "openvidu" | "talk";
  readonly title: string;
  /** ISO 8601; of the recording's beginning. */
  readonly startedAt?: string;
  readonly tracks: readonly Track[];
  /** Everybody whom the platform knows to have been there; undefined where it does not say. */
  readonly participants?: readonly Participant[];
  /** @default [] */
  readonly turns?: readonly Turn[];
}

/** Most people of one meeting. */
export const mostParticipants = 2_000;

const line = z.string().check(z.minLength(1), z.maxLength(200));
const person = z.strictObject({
  id: z.optional(line),
  username: z.optional(line),
  email: z.optional(z.string().check(z.maxLength(254), z.regex(/^[^\s@]+@[^\s@]+$/))),
  name: line,
  guest: z.optional(z.boolean()),
});
const people = z.array(person).check(z.maxLength(mostParticipants));

const companionShape = z.strictObject({
  version: z.literal(1),
  title: z.optional(line),
  confidentiality: z.enum(["transport", "end-to-end"]),
  participants: z.optional(people),
  consent: z.strictObject({
    recordedAt: z.iso.datetime({ offset: true }),
    from: z.array(line).check(z.maxLength(mostParticipants)),
  }),
  objections: z.optional(z.array(line).check(z.maxLength(mostParticipants))),
  release: z.optional(z.array(line).check(z.maxLength(mostParticipants))),
  withdrawn: z.optional(z.boolean()),
  language: z.optional(z.string().check(z.regex(/^[a-z]{2}$/))),
});

/**
 * The record beside a recording, as `minutes.json` in its folder: without it nothing is processed. The command `agree` writes it, or a program of the operator's.
 *
 * `consent.from` and `objections` name people by the name that others saw. `release` names guests to whom the moderator gives the minutes; `withdrawn` takes them back
 * from everybody.
 */
export type Companion = z.infer<typeof companionShape>;

/** Largest record and largest metadata that are read. */
export const mostMetadataBytes = 4 * 1_048_576;

/** Reads a record beside a recording. @throws Poison for anything else. */
export function readCompanion(text: string): Companion {
  const value = parsed(text, "minutes.json");
  const read = companionShape.safeParse(value);
  if (!read.success)
    throw new Poison(
      `minutes.json: ${read.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`)[0]}`,
    );
  return read.data;
}

/** JSON of a file. @throws Poison for what is none. */
export function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Poison(`expected JSON in ${name}, got something else`);
  }
}

/** A text of metadata on one line, without control characters, at most 200 characters long. */
export const lineOf = (value: unknown): string | undefined => {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = `${value}`
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, 200);
  return text === "" ? undefined : text;
};

/** People of a meeting, each once: by what identifies them, and guests by name. */
export function distinct(all: readonly Participant[]): readonly Participant[] {
  const found = new Map<string, Participant>();
  for (const one of all) found.set(one.id ?? one.username ?? one.email ?? `guest ${one.name}`, one);
  return [...found.values()].slice(0, mostParticipants);
}

/**
 * Participants of a meeting: those whom the platform names, else those of the record beside the recording. A record adds nobody to a platform's list.
 *
 * @throws Poison where neither names anybody.
 */
export function participantsOf(meeting: Meeting, companion: Companion): readonly Participant[] {
  const listed = meeting.participants ?? [];
  const recorded = (companion.participants ?? []).map(({ guest, ...one }) => ({
    ...present(one),
    name: one.name,
    guest: guest ?? (one.id === undefined && one.username === undefined),
  }));
  // Of guests the platform knows a name at most, and the record knows where they can be reached.
  const guests = recorded.filter(({ guest }) => guest);
  const all = distinct(listed.length > 0 ? [...listed, ...guests] : recorded);
  if (all.length === 0)
    throw new Poison("expected participants in the platform's metadata or in minutes.json, got none");
  return all;
}

/** A meeting whose tracks have their speakers by the name that others saw: a platform may know them by what they sign in with. */
export function withNames(meeting: Meeting, people: readonly Participant[]): Meeting {
  const name = (speaker: string): string =>
    people.find(({ id, username, email }) => [id, username, email].includes(speaker))?.name ?? speaker;
  return {
    ...meeting,
    tracks: meeting.tracks.map((track) =>
      track.speaker === undefined ? track : { ...track, speaker: name(track.speaker) },
    ),
  };
}

const present = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;

/**
 * Checks that a meeting may be processed at all.
 *
 * @returns participants whose consent is missing, by name.
 * @throws Poison for an end-to-end encrypted room.
 */
export function missingConsent(people: readonly Participant[], companion: Companion): readonly string[] {
  if (companion.confidentiality === "end-to-end")
    throw new Poison(
      "expected a room without end-to-end encryption, got one with it: nobody but its members may hear it",
    );
  const settled = new Set([...companion.consent.from, ...(companion.objections ?? [])]);
  return people.map(({ name }) => name).filter((name) => !settled.has(name));
}
