import {
  clock,
  joined,
  named,
  plainText,
  removedText,
  webVtt,
  withoutObjectors,
} from "../../../../components/services/minutes/worker/transcript";

const said = (from: number, to: number, text: string) => ({ from, to, text });

test("pieces that overlap say each sentence once, and no words that an edge cut", () => {
  const pieces = [
    { from: 0, to: 30, segments: [said(2, 6, "one"), said(24, 26, "two"), said(28, 30, "cut")] },
    { from: 24, to: 54, segments: [said(24, 26, "two"), said(28, 33, "three")] },
  ];
  expect(joined(pieces).map(({ text }) => text)).toEqual(["one", "two", "three"]);
});

test("a turn names the speaker of what was said in it, and nobody where two spoke", () => {
  const turns = [
    { speaker: "Anna", from: 0, to: 5 },
    { speaker: "Beat", from: 4.4, to: 12 },
  ];
  expect(named([said(1, 4, "a"), said(4, 6, "both"), said(6, 10, "b"), said(20, 22, "nobody")], turns)).toEqual([
    { ...said(1, 4, "a"), speaker: "Anna" },
    said(4, 6, "both"),
    { ...said(6, 10, "b"), speaker: "Beat" },
    said(20, 22, "nobody"),
  ]);
});

test("an objection removes that person's turns, what overlaps them, and what nobody knows the speaker of", () => {
  const turns = [{ speaker: "Beat", from: 10, to: 20 }];
  const all = [
    { ...said(0, 5, "Anna's"), speaker: "Anna" },
    { ...said(9, 11, "Anna's, over Beat"), speaker: "Anna" },
    { ...said(11, 19, "Beat's"), speaker: "Beat" },
    said(30, 31, "unknown"),
  ];
  expect(withoutObjectors(all, turns, ["Beat"]).map(({ text }) => text)).toEqual([
    "Anna's",
    removedText,
    removedText,
    removedText,
  ]);
  expect(withoutObjectors(all, turns, ["Beat"]).some(({ speaker }) => speaker === "Beat")).toBe(false);
  expect(withoutObjectors(all, turns, [])).toEqual(all);
});

test("WebVTT takes nothing that was said for markup, cue or time", () => {
  const text = webVtt(
    [{ from: 3661.5, to: 3662, text: "a --> b\n\nNOTE <script> & c", speaker: "A<b>.x" }],
    "de",
    "by\na --> machine",
  );
  expect(text).toBe(
    "WEBVTT\nKind: captions\nLanguage: de\n\nNOTE by a → machine\n\n1\n01:01:01.500 --> 01:01:02.000\n<v A&lt;b&gt; x>a --&gt; b NOTE &lt;script&gt; &amp; c</v>\n",
  );
});

test("the text has a line for each segment, whatever signs are in it", () => {
  expect(plainText([{ from: 61, to: 62, text: "one\ntwo\u0007", speaker: "Anna" }], "note")).toBe(
    "note\n\n[0:01:01] Anna: one two\n",
  );
  expect(clock(36_000)).toBe("10:00:00");
});
