import {
  ADTS,
  AdtsOutputFormat,
  BufferTarget,
  CustomSource,
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedPacketSink,
  FLAC,
  FlacOutputFormat,
  Input,
  type InputAudioTrack,
  MATROSKA,
  MP3,
  Mp3OutputFormat,
  MP4,
  OGG,
  OggOutputFormat,
  Output,
  type OutputFormat,
  QTFF,
  WAVE,
  WavOutputFormat,
  WEBM,
} from "mediabunny";
import { Away, Odd, Poison } from "./problems";

/** Reads bytes of a recording, the last one excluded. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** A piece of a recording's sound, as a small file of its own. Nothing in it was decoded: the same packets in another container. */
export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name: string;
  readonly type: string;
  /** Seconds of the recording at which its sound begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** Largest piece: longer ones are cut short. */
export const mostPieceBytes = 24 * 1_048_576;

/** Longest recording. */
export const mostSeconds = 16 * 3_600;

const wrappers: Readonly<
  Record<string, { readonly format: () => OutputFormat; readonly name: string; readonly type: string }>
> = {
  aac: { format: () => new AdtsOutputFormat(), name: "piece.aac", type: "audio/aac" },
  opus: { format: () => new OggOutputFormat(), name: "piece.ogg", type: "audio/ogg" },
  vorbis: { format: () => new OggOutputFormat(), name: "piece.ogg", type: "audio/ogg" },
  mp3: { format: () => new Mp3OutputFormat(), name: "piece.mp3", type: "audio/mpeg" },
  flac: { format: () => new FlacOutputFormat(), name: "piece.flac", type: "audio/flac" },
  "pcm-s16": { format: () => new WavOutputFormat(), name: "piece.wav", type: "audio/wav" },
};

/** The sound of a recording, which is read where it lies: no more than some megabytes of it are in memory. */
export class Sound {
  private constructor(
    private readonly input: Input,
    private readonly track: InputAudioTrack,
    private readonly wrapper: (typeof wrappers)[string],
    private readonly codec: string,
    readonly seconds: number,
    private readonly fault: () => Error | undefined,
  ) {}

  /** @throws Poison for what is no recording, has no sound, or is longer than 16 hours; Away and Odd as the reader does. */
  static async open(bytes: number, read: ReadRange): Promise<Sound> {
    // The library hides what a reader threw behind errors of its own.
    let fault: Error | undefined;
    const source = new CustomSource({
      getSize: () => bytes,
      read: (start, end) =>
        read(start, end).catch((error: Error) => {
          fault ??= error;
          throw error;
        }),
      maxCacheSize: 4 * 1_048_576,
      prefetchProfile: "network",
      // What is read ahead and cannot be had is asked for again by who needs it. Unheard, such an error would end the worker.
      handleUnhandledError: () => undefined,
    });
    const formats = [MP4, QTFF, WEBM, MATROSKA, OGG, WAVE, MP3, ADTS, FLAC];
    const input = new Input({ source, formats });
    try {
      const track = await input.getPrimaryAudioTrack();
      if (track === null) throw new Poison("expected a recording with sound, got none in it");
      const codec = (await track.getCodec()) ?? "an unknown codec";
      const wrapper = wrappers[codec];
      if (wrapper === undefined)
        throw new Poison(`expected sound in ${Object.keys(wrappers).join(", ")}, got ${codec}`);
      const seconds = await track.computeDuration();
      if (!(seconds > 0) || seconds > mostSeconds)
        throw new Poison(`expected sound of at most ${mostSeconds} s, got ${Math.round(seconds)} s`);
      return new Sound(input, track, wrapper, codec, seconds, () => fault);
    } catch (error) {
      input.dispose();
      throw told(error, fault);
    }
  }

  /** A piece of the sound; undefined where there is none, as at the end. */
  async piece(from: number, to: number): Promise<Piece | undefined> {
    try {
      return await this.copied(from, to);
    } catch (error) {
      throw told(error, this.fault());
    }
  }

  close(): void {
    this.input.dispose();
  }

  private async copied(from: number, to: number): Promise<Piece | undefined> {
    const sink = new EncodedPacketSink(this.track);
    const first = (await sink.getPacket(from)) ?? (await sink.getFirstPacket());
    if (first === null || first.timestamp >= to || first.timestamp + first.duration <= from) return undefined;
    const copy = this.codec === "aac" ? await this.frames(first) : await this.wrapped(first);
    let bytes = 0;
    let end = first.timestamp;
    // The library's own loop over packets prepares them ahead, which costs as much as reading them.
    for (let next: EncodedPacket | null = first; next !== null; next = await sink.getNextPacket(next)) {
      if (next.timestamp >= to || bytes > mostPieceBytes) break;
      bytes += next.byteLength;
      end = next.timestamp + next.duration;
      await copy.add(next);
    }
    const { name, type } = this.wrapper;
    return { bytes: await copy.end(), name, type, from: first.timestamp, to: end };
  }

  /** Packets in a container of the library's. */
  private async wrapped({ timestamp }: EncodedPacket): Promise<Copy> {
    const target = new BufferTarget();
    const output = new Output({ format: this.wrapper.format(), target });
    const source = new EncodedAudioPacketSource(this.codec as "aac");
    output.addAudioTrack(source);
    await output.start();
    const decoderConfig = await this.track.getDecoderConfig();
    if (decoderConfig === null) throw new Poison("expected sound that can be decoded, got none");
    return {
      add: (packet) => source.add(packet.clone({ timestamp: packet.timestamp - timestamp }), { decoderConfig }),
      end: async () => {
        await output.finalize();
        if (target.buffer === null) throw new Poison("expected a piece of sound, got nothing");
        return new Uint8Array(target.buffer);
      },
    };
  }

  /**
   * Packets of AAC, each behind its header (ISO/IEC 13818-7, 6.2.1: the thirteen bits of a frame's length are in the bytes 3 to 5). The library writes the first
   * frame; the others differ in their length alone, so that its way through every packet, which was most of this worker's work, is not needed.
   */
  private async frames(first: EncodedPacket): Promise<Copy> {
    const one = await this.wrapped(first);
    await one.add(first);
    const frame = await one.end();
    // Sound that is in frames already gets no second header.
    const header = frame.slice(0, frame.length - first.byteLength);
    const packets: Uint8Array[] = [];
    return {
      add: ({ data }) => void packets.push(data),
      end: async () => {
        const all = new Uint8Array(packets.reduce((sum, { length }) => sum + header.length + length, 0));
        let at = 0;
        for (const data of packets) {
          all.set(header, at);
          if (header.length > 0) writeLength(all.subarray(at, at + header.length), header.length + data.length);
          all.set(data, at + header.length);
          at += header.length + data.length;
        }
        return all;
      },
    };
  }
}

/** A file in the making. */
interface Copy {
  readonly add: (packet: EncodedPacket) => Promise<void> | void;
  readonly end: () => Promise<Uint8Array<ArrayBuffer>>;
}

/** Writes the length of a frame of AAC into its header. */
function writeLength(header: Uint8Array, length: number): void {
  header[3] = ((header[3] ?? 0) & 0b1111_1100) | (length >> 11);
  header[4] = (length >> 3) & 0xff;
  header[5] = ((header[5] ?? 0) & 0b0001_1111) | ((length & 0b111) << 5);
}

/** The reader's own error where it had one; everything else is the file's fault. */
function told(error: unknown, fault: Error | undefined): Error {
  if (fault instanceof Away || fault instanceof Odd) return fault;
  if (error instanceof Poison) return error;
  return new Poison("expected a recording that can be read, got a damaged file");
}
