import { XMLParser } from "fast-xml-parser";
import { distinct, lineOf, type Meeting, type Participant } from "../meeting";
import { Poison } from "../problems";
import { type Entry, type Folder, has } from "./folder";

/**
 * A BigBlueButton recording as it is published: `metadata.xml`, `video/webcams.…` or `audio/audio.…`, and beside them `events.xml` where somebody put it, for upstream
 * publishes none.
 *
 * | claim | file of bigbluebutton/bigbluebutton | revision |
 * |---|---|---|
 * | `recording` with `state`, `start_time` in milliseconds, `meta` | record-and-playback/presentation/scripts/process/presentation.rb | 01c0012 |
 * | `meta` has the metadata of the meeting, `meetingName` among it | record-and-playback/core/lib/recordandplayback/generators/events.rb, get_meeting_metadata | 00d4c69 |
 * | `ParticipantJoinEvent` with `userId`, `externalUserId`, `name`, `role` | akka-bbb-apps/src/main/scala/org/bigbluebutton/core/record/events/ParticipantJoinRecordEvent.scala | 1ff3df7 |
 */
export function bigBlueButtonMeeting(folder: Folder, text: (name: string) => string): Meeting {
  const recording = field(xml(text("metadata.xml"), "metadata.xml"), "recording");
  const state = lineOf(field(recording, "state"));
  if (state !== "published") throw new Poison(`expected a recording that is published, got ${state ?? "no state"}`);
  const started = Number(lineOf(field(recording, "start_time")));
  const sound = soundOf(folder);
  const people = has(folder, "events.xml") ? joined(xml(text("events.xml"), "events.xml")) : [];
  return {
    platform: "bigbluebutton",
    title: lineOf(field(field(recording, "meta"), "meetingName")) ?? "BigBlueButton",
    ...(started > 0 && started < 8.64e15 ? { startedAt: new Date(started).toISOString() } : {}),
    tracks: [{ key: sound.key, bytes: sound.bytes, offset: 0 }],
    ...(people.length === 0 ? {} : { participants: people }),
  };
}

function soundOf({ entries }: Folder): Entry {
  const order = ["video/webcams.webm", "video/webcams.mp4", "audio/audio.webm", "audio/audio.ogg"];
  const found = order.flatMap((name) => entries.filter((entry) => entry.name === name))[0];
  if (found === undefined) throw new Poison(`expected one of ${order.join(", ")}, got none`);
  return found;
}

/** Everybody who joined. Who has no identifier of the front end, or one that BigBlueButton made up, is a guest. */
function joined(events: unknown): readonly Participant[] {
  const all = [field(field(events, "recording"), "event")].flat();
  return distinct(
    all.flatMap((event): readonly Participant[] => {
      if (field(event, "@eventname") !== "ParticipantJoinEvent") return [];
      const [id, own, name] = ["externalUserId", "userId", "name"].map((key) => lineOf(field(event, key)));
      if (name === undefined) return [];
      const known = id !== undefined && id !== own && !/^w_/.test(id);
      return [{ name, guest: !known, ...(known ? { username: id } : {}) }];
    }),
  );
}

/** Reads XML without entities of its own: a file can name one that grows without end. */
function xml(text: string, name: string): unknown {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new Poison(`expected ${name} without a document type, got one with it`);
  try {
    return new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: "@",
      parseTagValue: false,
      maxNestedTags: 50,
    }).parse(text, true);
  } catch {
    throw new Poison(`expected XML in ${name}, got something else`);
  }
}

const field = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
