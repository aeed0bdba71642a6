import { lineOf, type Meeting, parsed, type Participant } from "../meeting";
import { Poison } from "../problems";
import { type Folder, mediaOf } from "./folder";

/**
 * A Jitsi meeting, as Jibri and the keeper of this project's recorders leave it: `metadata.json`, one media file, and `SHA256SUMS`, which is written last.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `meeting_url`, `participants` | jitsi/jibri service/impl/FileRecordingJibriService.kt, RecordingMetadata | 00bfd76 |
 * | a participant is the identity of a presence; who has none is left out | jitsi/jibri selenium/pageobjects/CallPage.kt, injectParticipantTrackerScript | 06e95f2 |
 * | a person who leaves and comes back is listed twice | the same: the list is only added to | 06e95f2 |
 *
 * The identity is that of the token: `user` with the `id` that this project's sign-in puts there, the `sub` of the identity service.
 */
export function jibriMeeting(folder: Folder, text: (name: string) => string): Meeting {
  const { meeting_url: url, participants } = Object(parsed(text("metadata.json"), "metadata.json")) as Record<
    string,
    unknown
  >;
  const sums = readSums(text("SHA256SUMS"));
  const [media, ...others] = mediaOf(folder);
  if (media === undefined || others.length > 0)
    throw new Poison(`expected one media file beside metadata.json, got ${others.length + (media ? 1 : 0)}`);
  const sha256 = sums.get(media.name);
  if (sha256 === undefined) throw new Poison("expected the media file in SHA256SUMS, got no line for it");
  const started = /_(\d{4}-\d{2}-\d{2})-(\d{2})-(\d{2})-(\d{2})\.\w+$/.exec(media.name);
  const people = (Array.isArray(participants) ? participants : []).flatMap(personOf);
  return {
    platform: "jitsi",
    title: roomOf(url),
    ...(started === null ? {} : { startedAt: `${started[1]}T${started[2]}:${started[3]}:${started[4]}Z` }),
    tracks: [{ key: media.key, bytes: media.bytes, offset: 0, sha256 }],
    ...(people.length === 0 ? {} : { participants: people }),
  };
}

/** The room of a meeting's address: the last part of its path. */
function roomOf(url: unknown): string {
  if (typeof url !== "string" || !URL.canParse(url)) return "Jitsi";
  const last = new URL(url).pathname.split("/").pop() ?? "";
  try {
    return lineOf(decodeURIComponent(last)) ?? "Jitsi";
  } catch {
    return "Jitsi";
  }
}

function personOf(value: unknown): readonly Participant[] {
  const user = Object(Object(value).user) as Record<string, unknown>;
  const [id, email] = [lineOf(user.id), lineOf(user.email)];
  const name = lineOf(user.name) ?? id;
  if (name === undefined) return [];
  return [
    {
      name,
      guest: id === undefined,
      ...(id === undefined ? {} : { id }),
      ...(email === undefined || !/^[^\s@]+@[^\s@]+$/.test(email) ? {} : { email }),
    },
  ];
}

/** Sums by file name, as sha256sum writes them. */
const readSums = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split("\n").flatMap((row) => {
      const [, sum = "", name = ""] = /^([0-9a-f]{64}) [ *](.+)$/.exec(row) ?? [];
      return sum === "" ? [] : [[name, sum] as const];
    }),
  );
