import {
  AdtsOutputFormat,
  ALL_FORMATS,
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  Input,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
  WebMOutputFormat,
} from "mediabunny";
import { Sound } from "../../../../components/services/minutes/worker/media";
import { Away } from "../../../../components/services/minutes/worker/problems";

/** Sound whose packets hold their own number. Nothing of it can be heard; containers do not look inside. */
async function recording(format: OutputFormat, codec: "aac" | "opus", seconds: number, step: number): Promise<Buffer> {
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source);
  await output.start();
  const description =
    codec === "aac"
      ? new Uint8Array([0x11, 0x90])
      : new Uint8Array([...Buffer.from("OpusHead"), 1, 2, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  const decoderConfig = {
    codec: codec === "aac" ? "mp4a.40.2" : "opus",
    sampleRate: 48_000,
    numberOfChannels: 2,
    description,
  };
  for (let i = 0; i * step < seconds; i++) {
    const data = new Uint8Array(40).fill(1);
    // The first byte of an Opus packet says how long it is: 20 ms.
    data[0] = 0xfc;
    new DataView(data.buffer).setUint32(4, i);
    await source.add(new EncodedPacket(data, "key", i * step, step), { decoderConfig });
  }
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

const numbers = async (bytes: Uint8Array<ArrayBuffer>): Promise<readonly number[]> => {
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
  const track = await input.getPrimaryAudioTrack();
  const found: number[] = [];
  if (track !== null)
    for await (const { data } of new EncodedPacketSink(track).packets())
      // In ADTS, a packet has a header before it.
      found.push(new DataView(data.buffer, data.byteOffset).getUint32(data.byteLength - 36));
  return found;
};

const reader = (file: Buffer) => (start: number, end: number) =>
  Promise.resolve(new Uint8Array(file.subarray(start, end)));

test.each([
  [
    "MP4 with AAC, as Jibri and egress write it",
    () => recording(new Mp4OutputFormat(), "aac", 40, 1024 / 48_000),
    1024 / 48_000,
    "audio/aac",
  ],
  [
    "WebM with Opus, as BigBlueButton and Talk write it",
    () => recording(new WebMOutputFormat(), "opus", 40, 0.02),
    0.02,
    "audio/ogg",
  ],
])("a piece of %s has the packets of its time, and no others", async (_, made, step, type) => {
  const file = await made();
  const sound = await Sound.open(file.length, reader(file));
  expect(sound.seconds).toBeCloseTo(40, 1);
  const piece = await sound.piece(10, 20);
  const found = await numbers(piece?.bytes ?? new Uint8Array());
  expect(piece?.type).toBe(type);
  expect(piece?.from).toBeCloseTo(10, 1);
  expect(piece?.to).toBeCloseTo(20, 1);
  expect((found[0] ?? 0) * step).toBeCloseTo(10, 1);
  expect(found).toEqual(found.map((_number, i) => (found[0] ?? 0) + i));
  expect(found.length * step).toBeCloseTo(10, 0);
  expect(await sound.piece(50, 60)).toBeUndefined();
  sound.close();
});

test.each([0x11, 0x12])(
  "pieces of AAC are what the library itself writes, whatever a packet's length (%#)",
  async (first) => {
    const step = 1024 / 48_000;
    const description = new Uint8Array([first, 0x90]);
    const decoderConfig = {
      codec: "mp4a.40.2",
      sampleRate: first === 0x11 ? 48_000 : 44_100,
      numberOfChannels: 2,
      description,
    };
    const packets = [0, 1, 2, 3, 4, 5].map(
      (i) => new EncodedPacket(new Uint8Array([1, 9, 250, 2_040, 2_041, 6_000][i] ?? 1).fill(i), "key", i * step, step),
    );
    const written = async (format: OutputFormat): Promise<Uint8Array<ArrayBuffer>> => {
      const target = new BufferTarget();
      const output = new Output({ format, target });
      const source = new EncodedAudioPacketSource("aac");
      output.addAudioTrack(source);
      await output.start();
      for (const packet of packets) await source.add(packet, { decoderConfig });
      await output.finalize();
      return new Uint8Array(target.buffer ?? new ArrayBuffer(0));
    };
    const frames = await written(new AdtsOutputFormat());
    const file = Buffer.from(await written(new Mp4OutputFormat()));
    const sound = await Sound.open(file.length, reader(file));
    expect(Buffer.from((await sound.piece(0, 10))?.bytes ?? []).equals(Buffer.from(frames))).toBe(true);
    // The same again from frames, as a recorder writes them without a container.
    const bare = await Sound.open(frames.length, reader(Buffer.from(frames)));
    expect(Buffer.from((await bare.piece(0, 10))?.bytes ?? []).equals(Buffer.from(frames))).toBe(true);
  },
);

test("a damaged file is poison, and a bucket that is away is away", async () => {
  const file = Buffer.alloc(100_000, 7);
  await expect(Sound.open(file.length, reader(file))).rejects.toThrow(/damaged/);
  const away = (): Promise<Uint8Array> => Promise.reject(new Away("bucket", "gone"));
  await expect(Sound.open(1_000, away)).rejects.toBeInstanceOf(Away);
});

test("what is read ahead and cannot be had ends nothing: whoever needs it asks again", async () => {
  const file = await recording(new WebMOutputFormat(), "opus", 900, 0.02);
  let away = false;
  let refused = 0;
  const sound = await Sound.open(file.length, (start, end) => {
    if (!away) return reader(file)(start, end);
    refused++;
    return Promise.reject(new Away("bucket", "gone"));
  });
  await sound.piece(0, 10);
  away = true;
  // Pieces that were read before the bucket went away, one after the other, until the library reads ahead of one of them.
  let at = 10;
  while (refused === 0) {
    const piece = await sound.piece(at, at + 10);
    expect(piece?.from).toBeCloseTo(at, 1);
    at += 10;
  }
  // A rejection that nobody hears fails this test after a turn of the loop.
  await new Promise((done) => setImmediate(done));
  expect(at).toBeGreaterThan(20);
  away = false;
  expect((await sound.piece(600, 610))?.from).toBeCloseTo(600, 1);
  sound.close();
});
