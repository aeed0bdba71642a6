/** Meetings through the minutes worker: one of eight hours with servers that answer at once, and many at once with a server of speech that takes its time. */
import { copyFileSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EncodedAudioPacketSource, EncodedPacket, FilePathTarget, Mp4OutputFormat, Output } from "mediabunny";
import { Limit } from "../../components/services/minutes/worker/limit";
import { agreed, minutesRig } from "../servers/minutes-rig";

const hours = 8;
/** Samples of a packet of AAC, and their rate. */
const [samples, rate] = [1_024, 48_000];
/** Bytes of a packet at 64 kbit/s. */
const packetBytes = Math.round((64_000 / 8) * (samples / rate));

/** An MP4 of eight hours, as a recorder writes it: packets of AAC with nothing in them that could be heard. */
async function recording(path: string): Promise<void> {
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target: new FilePathTarget(path) });
  const source = new EncodedAudioPacketSource("aac");
  output.addAudioTrack(source);
  await output.start();
  const decoderConfig = {
    codec: "mp4a.40.2",
    sampleRate: rate,
    numberOfChannels: 2,
    description: new Uint8Array([0x11, 0x90]),
  };
  const step = samples / rate;
  for (let i = 0; i * step < hours * 3_600; i++)
    await source.add(new EncodedPacket(new Uint8Array(packetBytes).fill(i % 251), "key", i * step, step), {
      decoderConfig,
    });
  await output.finalize();
}

/** Peak memory in MiB and time of processors in seconds of a process. */
function cost(pid: number): { readonly peakMib: number; readonly cpuSeconds: number } {
  const [, peak = "0"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  // Fields 14 and 15, in hundredths of a second.
  return { peakMib: Number(peak) / 1_024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}

/**
 * Lines with the peak memory of the worker, and its time of processors for an hour of sound.
 *
 * @param made a recording of eight hours that is there already. @default - it makes one
 */
export async function longMeeting(made?: string): Promise<string> {
  const rig = await minutesRig({
    MINUTES_PIECE_SECONDS: "240",
    MINUTES_OVERLAP_SECONDS: "8",
    MINUTES_LEASE_SECONDS: "120",
    // As it is run: looking for work costs more than the work where a test looks three times in a second.
    MINUTES_LOOK_SECONDS: "30",
    MINUTES_LANES: "1",
  });
  try {
    const media = "long/desk.mp4";
    mkdirSync(join(rig.store.folder, dirname(media)), { recursive: true });
    if (made === undefined) await recording(join(rig.store.folder, media));
    else copyFileSync(made, join(rig.store.folder, media));
    const bytes = statSync(join(rig.store.folder, media)).size;
    rig.put(
      "long/EG_1.json",
      JSON.stringify({ egress_id: "EG_1", room_id: "RM_1", room_name: "desk", files: [{ filename: media }] }),
    );
    const participants = [
      { name: "Anna Meier", username: "anna.meier" },
      { name: "Beat Roth", username: "beat.roth" },
    ];
    rig.put("long/minutes.json", JSON.stringify({ ...agreed, participants }));
    const began = Date.now();
    const worker = rig.start();
    await rig.reached("long", "finished", 3_600);
    const { peakMib, cpuSeconds } = cost(worker.pid ?? 0);
    return [
      `minutes worker, ${hours} hours of sound (${Math.round(bytes / 1_048_576)} MiB), ${rig.speech.asked.length} pieces, ${rig.language.asked.length} questions to the model`,
      `  peak memory                     ${peakMib.toFixed(0)} MiB (goal: below 256)`,
      `  processor time for an hour      ${(cpuSeconds / hours).toFixed(2)} s (goal: below 2)`,
      `  by the clock, all               ${((Date.now() - began) / 1_000).toFixed(0)} s`,
      "",
    ].join("\n");
  } finally {
    await rig.stop();
  }
}

/**
 * Meetings at once, minutes of sound of each, pieces that the server of speech hears at once, and seconds that it takes for one: a piece of four minutes in two
 * seconds is four times as fast as the fastest row of `speechModels`.
 */
const crowd = { meetings: 8, minutes: 16, atOnce: 2, seconds: 2 } as const;

/**
 * Lines with the time that meetings at once take, beside the time that hearing alone takes: a server of speech that hears some pieces at once, and takes its time for
 * each, is the limit of both.
 */
export async function manyMeetings(): Promise<string> {
  const rig = await minutesRig({
    MINUTES_PIECE_SECONDS: "240",
    MINUTES_OVERLAP_SECONDS: "8",
    MINUTES_LOOK_SECONDS: "1",
    MINUTES_LANES: `${crowd.meetings}`,
    MINUTES_PIECES: `${crowd.atOnce}`,
    MINUTES_SPEECH_SECONDS: "600",
  });
  try {
    const hearing = new Limit(crowd.atOnce);
    let heard = 0;
    rig.speech.before = () =>
      hearing.run(async () => {
        heard += 1;
        await pause(crowd.seconds * 1_000);
      });
    const folders = Array.from({ length: crowd.meetings }, (_, i) => `crowd-${i}`);
    for (const folder of folders) rig.jitsi(folder, agreed, { seconds: crowd.minutes * 60 });
    const began = Date.now();
    const worker = rig.start();
    await Promise.all(folders.map((folder) => rig.reached(folder, "finished", 1_200)));
    const seconds = (Date.now() - began) / 1_000;
    const inference = (heard * crowd.seconds) / crowd.atOnce;
    const { peakMib, cpuSeconds } = cost(worker.pid ?? 0);
    return [
      `minutes worker, ${crowd.meetings} meetings of ${crowd.minutes} minutes at once, ${heard} pieces, a server of speech that hears ${crowd.atOnce} in ${crowd.seconds} s`,
      `  by the clock, all               ${seconds.toFixed(1)} s`,
      `  hearing alone                   ${inference.toFixed(1)} s (${((100 * inference) / seconds).toFixed(0)} % of it)`,
      `  processor time of the worker    ${cpuSeconds.toFixed(1)} s, its start included`,
      `  peak memory                     ${peakMib.toFixed(0)} MiB`,
      "",
    ].join("\n");
  } finally {
    await rig.stop();
  }
}
