import { lineOf, type Meeting, parsed, type Turn } from "../meeting";
import { Poison } from "../problems";
import { type Folder, mediaOf } from "./folder";

/**
 * A call of Nextcloud Talk: the recording, and the hidden file with the times in which each participant spoke.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `.<recording> speaking times.json`, its fields, times relative to the recording in milliseconds | nextcloud/nextcloud-talk-recording docs/speaker-intervals.md | 3d214a3 |
 * | both lie in one folder, called by the room's token | nextcloud/spreed lib/Service/RecordingService.php, storeTranscript | 03177dd |
 *
 * Who never spoke is in no interval, so the record beside the recording names the participants.
 */
export function talkMeeting(folder: Folder, text: (name: string) => string): Meeting {
  const [media, ...others] = mediaOf(folder);
  if (media === undefined || others.length > 0)
    throw new Poison(`expected one recording in the folder, got ${others.length + (media ? 1 : 0)}`);
  const times = folder.entries.find(({ name }) => timesName.test(name));
  const { recordingStartTimestamp: at, intervals } = Object(
    times === undefined ? {} : parsed(text(times.name), "speaking times"),
  ) as Record<string, unknown>;
  const read = (Array.isArray(intervals) ? intervals : []).map((one) => Object(one) as Record<string, unknown>);
  const turns = read.flatMap(turnOf);
  return {
    platform: "talk",
    title: media.name.replace(/\.\w+$/, ""),
    ...(typeof at === "number" && at > 0 && at < 8.64e15 ? { startedAt: new Date(at).toISOString() } : {}),
    tracks: [{ key: media.key, bytes: media.bytes, offset: 0 }],
    ...(turns.length === 0 ? {} : { turns }),
  };
}

export const timesName = /^\..+ speaking times\.json$/;

function turnOf({ participantName, startTimestampRelative, stopTimestampRelative }: Record<string, unknown>): Turn[] {
  const speaker = lineOf(participantName);
  const [from, to] = [Number(startTimestampRelative) / 1000, Number(stopTimestampRelative) / 1000];
  return speaker !== undefined && from >= 0 && to > from ? [{ speaker, from, to }] : [];
}
