import type { Turn } from "./meeting";

/** Words that were said without a pause, in seconds from the beginning of the recording. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Name of the person; undefined where it is not known. */
  readonly speaker?: string;
}

/** A piece of sound that was transcribed. */
export interface Heard {
  /** Seconds of the recording that it covers. */
  readonly from: number;
  readonly to: number;
  readonly segments: readonly Segment[];
}

/**
 * One track out of pieces that overlap: each piece speaks up to the middle of what it shares with the next one, so that nothing is said twice and no word that was cut
 * at an edge counts.
 */
export function joined(pieces: readonly Heard[]): readonly Segment[] {
  const sorted = [...pieces].sort((a, b) => a.from - b.from);
  return sorted.flatMap((piece, i) => {
    const [before, after] = [sorted[i - 1], sorted[i + 1]];
    const from = before === undefined ? -Infinity : (before.to + piece.from) / 2;
    const to = after === undefined ? Infinity : (piece.to + after.from) / 2;
    return piece.segments.filter((one) => {
      const middle = (one.from + one.to) / 2;
      return middle >= from && middle < to;
    });
  });
}

/** Seconds in which two spans overlap. */
const shared = (a: { readonly from: number; readonly to: number }, b: { readonly from: number; readonly to: number }) =>
  Math.min(a.to, b.to) - Math.max(a.from, b.from);

/** Names speakers by the turns that the platform noted: who spoke for most of a segment, and twice as long as anybody else. */
export function named(segments: readonly Segment[], turns: readonly Turn[]): readonly Segment[] {
  if (turns.length === 0) return segments;
  return segments.map((segment) => {
    if (segment.speaker !== undefined) return segment;
    const seconds = new Map<string, number>();
    for (const turn of turns) {
      const own = shared(segment, turn);
      if (own > 0) seconds.set(turn.speaker, (seconds.get(turn.speaker) ?? 0) + own);
    }
    const [first, second] = [...seconds].sort((a, b) => b[1] - a[1]);
    const sure = first !== undefined && first[1] * 2 >= segment.to - segment.from && first[1] >= 2 * (second?.[1] ?? 0);
    return sure ? { ...segment, speaker: first[0] } : segment;
  });
}

/** Text in place of what a person who objects has said. */
export const removedText = "[…]";

/**
 * Removes what people said who object. A segment in which one of them may be heard goes, and so does every segment of which nobody knows who speaks.
 *
 * @param turns times in which the platform heard people.
 */
export function withoutObjectors(
  segments: readonly Segment[],
  turns: readonly Turn[],
  objections: readonly string[],
): readonly Segment[] {
  if (objections.length === 0) return segments;
  const objected = new Set(objections);
  const theirs = turns.filter(({ speaker }) => objected.has(speaker));
  return segments.map((segment) => {
    const keep =
      segment.speaker !== undefined &&
      !objected.has(segment.speaker) &&
      theirs.every((turn) => shared(segment, turn) <= 0);
    return keep ? segment : { from: segment.from, to: segment.to, text: removedText };
  });
}

/** Time for people: `1:02:03`. */
export const clock = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${h}:${`${m}`.padStart(2, "0")}:${`${s}`.padStart(2, "0")}`;
};

/** Time of a cue (WebVTT, section 3.3): `01:02:03.004`. */
const cueTime = (seconds: number): string => {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const part = (value: number, width = 2): string => `${value}`.padStart(width, "0");
  return `${part(Math.floor(ms / 3_600_000))}:${part(Math.floor(ms / 60_000) % 60)}:${part(Math.floor(ms / 1000) % 60)}.${part(ms % 1000, 3)}`;
};

/** Text inside a cue: no markup, no arrow, no line of its own. */
const cueText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replace(/\s+/g, " ").trim();

/** Name in a voice tag, which ends at a line or at ">". */
const voice = (name: string): string => cueText(name).replaceAll(".", " ");

/** A transcript as WebVTT. @param note says that it is machine-made; on one line. */
export const webVtt = (segments: readonly Segment[], language: string, note: string): string =>
  [
    "WEBVTT",
    `Kind: captions`,
    `Language: ${language}`,
    "",
    `NOTE ${note.replaceAll("-->", "→").replace(/\s+/g, " ")}`,
    "",
    ...segments.flatMap(({ from, to, text, speaker }, i) => [
      `${i + 1}`,
      `${cueTime(from)} --> ${cueTime(Math.max(to, from + 0.001))}`,
      speaker === undefined ? cueText(text) : `<v ${voice(speaker)}>${cueText(text)}</v>`,
      "",
    ]),
  ].join("\n");

/** A transcript as text: one line a segment, with its time and who spoke. */
export const plainText = (segments: readonly Segment[], note: string): string =>
  [
    note,
    "",
    ...segments.map(({ from, text, speaker }) =>
      `[${clock(from)}] ${speaker === undefined ? "" : `${speaker}: `}${text}`.replace(/[\p{C}\s]+/gu, " ").trim(),
    ),
    "",
  ].join("\n");
