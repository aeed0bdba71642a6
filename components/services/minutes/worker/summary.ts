import * as z from "zod/mini";
import { ownerOf } from "./owners";
import { clock, removedText, type Segment } from "./transcript";

/*
 * Shapes of a model's answers. It cites lines of the transcript by number, and times come from those lines: a model is never asked for a time, a recipient or an address.
 */

const text = (most: number) => z.string().check(z.minLength(1), z.maxLength(most));
const cited = z.array(z.int().check(z.gte(1), z.lte(1_000_000))).check(z.minLength(1), z.maxLength(20));

export const windowShape = z.object({
  summary: z.string().check(z.maxLength(3_000)),
  decisions: z.array(z.object({ text: text(600), lines: cited })).check(z.maxLength(40)),
  actions: z
    .array(
      z.object({
        task: text(600),
        owner: z.string().check(z.maxLength(120)),
        due: z.string().check(z.maxLength(60)),
        lines: cited,
      }),
    )
    .check(z.maxLength(40)),
});

export type Window = z.infer<typeof windowShape>;

export const wholeShape = z.object({ summary: text(4_000) });

/** A decision, with the time at which it was said. */
export interface Decision {
  readonly text: string;
  readonly at: number;
}

/** Something to be done. */
export interface Action {
  readonly task: string;
  /** Name of a participant; undefined for nobody who is known. */
  readonly owner?: string;
  /** ISO date, or as it was said. */
  readonly due?: string;
  readonly at: number;
}

export interface Summary {
  readonly summary: string;
  readonly decisions: readonly Decision[];
  readonly actions: readonly Action[];
  /** Items of the model that rested on no line that it had read, and were left out. */
  readonly dropped: number;
}

/** A line of the transcript as a model reads it. Its number is its place in the meeting, from 1. */
export const numbered = (segments: readonly Segment[], first: number): string =>
  segments
    .map(({ from, text: said, speaker }, i) => `[${first + i}] ${clock(from)} ${speaker ?? "?"}: ${said}`)
    .join("\n");

/** Windows of a transcript, as ranges of segments, none with more characters than a model is given at once. */
export function windows(segments: readonly Segment[], characters: number): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let [start, size] = [0, 0];
  segments.forEach((segment, i) => {
    const own = segment.text.length + (segment.speaker?.length ?? 1) + 16;
    if (i > start && size + own > characters) {
      found.push([start, i]);
      [start, size] = [i, 0];
    }
    size += own;
  });
  if (start < segments.length) found.push([start, segments.length]);
  return found;
}

/** Same words in the same order, whatever the signs between. */
const same = (value: string): string =>
  value
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/**
 * The minutes' content out of a model's answers. An item stays only if it cites a line of its own window whose words are there; owners are participants or nobody; an
 * item that two windows have stands once.
 */
export function gathered(
  summary: string,
  parts: readonly { readonly range: readonly [number, number]; readonly answer: Window }[],
  segments: readonly Segment[],
  people: readonly string[],
): Summary {
  let dropped = 0;
  const at = (lines: readonly number[], [from, to]: readonly [number, number]): number | undefined => {
    const times = lines.flatMap((line) => {
      const segment = line > from && line <= to ? segments[line - 1] : undefined;
      return segment === undefined || segment.text === removedText ? [] : [segment.from];
    });
    return times.length === 0 ? undefined : Math.min(...times);
  };
  const once = <T>(items: readonly T[], key: (item: T) => string): readonly T[] =>
    [...new Map(items.map((item) => [key(item), item] as const).reverse()).values()].reverse();
  const grounded = <S extends { readonly lines: readonly number[] }, T>(
    items: readonly S[],
    range: readonly [number, number],
    made: (item: S, time: number) => T,
  ): readonly T[] =>
    items.flatMap((item) => {
      const time = at(item.lines, range);
      if (time !== undefined) return [made(item, time)];
      dropped++;
      return [];
    });
  const decisions = parts.flatMap(({ range, answer }) =>
    grounded(answer.decisions, range, ({ text: said }, time): Decision => ({ text: oneLine(said), at: time })),
  );
  const actions = parts.flatMap(({ range, answer }) =>
    grounded(answer.actions, range, ({ task, owner, due }, time): Action => {
      const known = ownerOf(owner, people);
      const when = oneLine(due);
      return {
        task: oneLine(task),
        at: time,
        ...(known ? { owner: known } : {}),
        ...(when === "" ? {} : { due: when }),
      };
    }),
  );
  return {
    summary: summary.replace(/\p{C}+/gu, " ").trim(),
    decisions: [...once(decisions, (one) => same(one.text))].sort((a, b) => a.at - b.at),
    actions: [...once(actions, (one) => same(`${one.task} ${one.owner ?? ""}`))].sort((a, b) => a.at - b.at),
    dropped,
  };
}

const oneLine = (value: string): string => value.replace(/[\p{C}\s]+/gu, " ").trim();
