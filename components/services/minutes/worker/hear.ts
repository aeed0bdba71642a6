import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { meetingOf } from "./adapters";
import type { Context, Outcome } from "./context";
import { fact } from "./context";
import { Sound } from "./media";
import { type Meeting, missingConsent, mostMetadataBytes, participantsOf, type Track, withNames } from "./meeting";
import { Poison, Waiting } from "./problems";
import { transcribe } from "./speech";
import type { Heard, Segment } from "./transcript";

/** Bytes of one read from the bucket while a file's sum is made. */
const blockBytes = 4 * 1_048_576;

/** Most bytes of all files of one meeting. */
const mostBytes = 200 * 1_073_741_824;

/**
 * Looks at a recording before anything is done with it: whose it is, who was there, whether they agreed, whether it is what its recorder stored, and whether it can be
 * heard.
 */
export async function verify(context: Context): Promise<Outcome> {
  const { row, bucket, records } = context;
  const companion = await context.companion();
  if (companion.withdrawn === true) return withdrawn(context);
  const folder = { prefix: row.folder, entries: await bucket.list(row.folder) };
  const found = await meetingOf(folder, (name) => bucket.text(`${row.folder}${name}`, mostMetadataBytes));
  const people = participantsOf(found, companion);
  const meeting = withNames(found, people);
  const missing = missingConsent(people, companion);
  if (missing.length > 0) throw new Waiting(`consent of ${missing.length} of ${people.length} participants is missing`);
  const objections = companion.objections ?? [];
  if (objections.length > 0 && !tellsSpeakers(meeting))
    throw new Poison(
      "expected times at which each participant spoke, got none: what people said who object cannot be removed",
    );
  if (meeting.tracks.reduce((sum, { bytes }) => sum + bytes, 0) > mostBytes)
    throw new Poison("expected at most 200 GiB of recordings, got more");
  const sums: Record<string, string> = {};
  let seconds = 0;
  for (const track of meeting.tracks) {
    const sum = await sumOf(context, track);
    if (track.sha256 !== undefined && track.sha256 !== sum)
      throw new Poison("expected the recording that its recorder stored, got another SHA-256");
    sums[track.key] = sum;
    const sound = await Sound.open(track.bytes, (start, end) => bucket.range(track.key, start, end));
    seconds = Math.max(seconds, track.offset + sound.seconds);
    sound.close();
  }
  // A recording that begins anew has nothing of its former way.
  await records.drop(row.id);
  const title = companion.title ?? meeting.title;
  return { facts: { meeting: { ...meeting, title }, people, sums, seconds, objections, languages: {} } };
}

/** Takes the minutes back from everybody. The folder stays with its owner, the account of this worker. */
async function withdrawn({ row, nextcloud, mine, records }: Context): Promise<Outcome> {
  const { delivered } = row.facts;
  if (delivered !== undefined)
    for (const share of await nextcloud.shares(delivered)) {
      await mine();
      await nextcloud.unshare(share.id);
      await records.note(row.id, `access taken from ${share.kind} ${share.name}`);
    }
  await records.drop(row.id);
  return { state: "withdrawn" };
}

const tellsSpeakers = ({ tracks, turns = [] }: Meeting): boolean =>
  turns.length > 0 || tracks.every(({ speaker }) => speaker !== undefined);

async function sumOf({ bucket, mine }: Context, { key, bytes }: Track): Promise<string> {
  const hash = createHash("sha256");
  for (let start = 0; start < bytes; start += blockBytes) {
    hash.update(await bucket.range(key, start, Math.min(start + blockBytes, bytes)));
    await mine(`checked ${Math.round((100 * start) / bytes)} %`);
  }
  return hash.digest("hex");
}

const segmentShape = z.object({ from: z.number(), to: z.number(), text: z.string(), speaker: z.optional(z.string()) });
const heardShape = z.object({
  from: z.number(),
  to: z.number(),
  segments: z.array(segmentShape),
  language: z.optional(z.string()),
});

/** Transcribes every piece that is not transcribed yet. Each is written down when it is there, so a worker that dies loses one piece. */
export async function hear(context: Context): Promise<Outcome> {
  const { settings, row, bucket, records } = context;
  const meeting = fact(context, "meeting");
  const { language } = await context.companion();
  const { pieceSeconds, overlapSeconds } = settings;
  const languages: Record<string, number> = {};
  const objections = new Set(fact(context, "objections"));
  for (const [number, track] of meeting.tracks.entries()) {
    // A file with nobody in it but somebody who objects is not even listened to.
    if (track.speaker !== undefined && objections.has(track.speaker)) continue;
    const sound = await Sound.open(track.bytes, (start, end) => bucket.range(track.key, start, end));
    try {
      let from = 0;
      for (let place = 0; from < sound.seconds; place++) {
        const key = `${number}`.padStart(4, "0") + "/" + `${place}`.padStart(6, "0");
        await context.mine(
          `heard ${Math.round((100 * from) / sound.seconds)} % of file ${number + 1} of ${meeting.tracks.length}`,
        );
        const known = heardShape.safeParse(await records.kept(row.id, "heard", key));
        const found = known.success
          ? known.data
          : await context.hearing.run(async () => {
              const piece = await sound.piece(from, from + pieceSeconds);
              if (piece === undefined) return undefined;
              const { heard, language: said } = await transcribe(settings.speech, piece, language);
              const moved = { ...heard, ...(said === undefined ? {} : { language: said }) };
              await context.keep("heard", key, moved);
              return moved;
            });
        if (found === undefined) break;
        const said = found.language ?? language;
        if (said !== undefined) languages[said] = (languages[said] ?? 0) + 1;
        // A piece that was cut short for its size ends earlier than asked.
        const next = Math.max(found.to - overlapSeconds, from + pieceSeconds / 8);
        if (found.to >= sound.seconds - 0.05) break;
        from = next;
      }
    } finally {
      sound.close();
    }
  }
  return { facts: { languages } };
}

/** Pieces of each file as they were heard, in seconds from the beginning of the meeting. */
export async function heardOf({ records, row }: Context, meeting: Meeting): Promise<readonly (readonly Heard[])[]> {
  const all = await records.allKept(row.id, "heard");
  return meeting.tracks.map((track, number) =>
    all
      .filter(({ key }) => Number(key.split("/")[0]) === number)
      .flatMap(({ value }): Heard[] => {
        const read = heardShape.safeParse(value);
        return read.success ? [moved(read.data, track)] : [];
      }),
  );
}

const moved = ({ from, to, segments }: z.infer<typeof heardShape>, { offset, speaker }: Track): Heard => ({
  from: from + offset,
  to: to + offset,
  segments: segments.map((one): Segment => ({
    from: one.from + offset,
    to: one.to + offset,
    text: one.text,
    ...(speaker === undefined ? {} : { speaker }),
  })),
});
