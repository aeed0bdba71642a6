import { blocks, markdown, plain } from "../../../../components/services/minutes/worker/documents";
import { folderName } from "../../../../components/services/minutes/worker/deliver";
import { pdf, printable } from "../../../../components/services/minutes/worker/pdf";
import { gathered, numbered, windows } from "../../../../components/services/minutes/worker/summary";
import { removedText } from "../../../../components/services/minutes/worker/transcript";

const segments = Array.from({ length: 10 }, (_, i) => ({ from: i * 10, to: i * 10 + 5, text: `sentence ${i + 1}` }));
const answer = (decisions: readonly (readonly [string, readonly number[]])[]) => ({
  summary: "",
  actions: [],
  decisions: decisions.map(([text, lines]) => ({ text, lines: [...lines] })),
});

test("windows have all lines once, in order", () => {
  const ranges = windows(segments, 90);
  expect(ranges.length).toBeGreaterThan(2);
  expect(ranges.flatMap(([from, to]) => segments.slice(from, to))).toEqual(segments);
  expect(numbered(segments.slice(4, 6), 5)).toBe("[5] 0:00:40 ?: sentence 5\n[6] 0:00:50 ?: sentence 6");
});

test.each([
  ["a line of its window", [3], 20],
  ["several lines: the first of them", [5, 4], 30],
  ["a line of another window", [8], undefined],
  ["a line that is nowhere", [999], undefined],
])("an item rests on %s", (_, lines, at) => {
  const { decisions, dropped } = gathered("", [{ range: [0, 5], answer: answer([["do it", lines]]) }], segments, []);
  expect(decisions).toEqual(at === undefined ? [] : [{ text: "do it", at }]);
  expect(dropped).toBe(at === undefined ? 1 : 0);
});

test("an item that rests on removed words alone is left out", () => {
  const removed = segments.map((one, i) => (i === 2 ? { ...one, text: removedText } : one));
  expect(gathered("", [{ range: [0, 5], answer: answer([["do it", [3]]]) }], removed, []).decisions).toEqual([]);
});

test("an item of two windows stands once, at its first time", () => {
  const parts = [
    { range: [0, 5] as const, answer: answer([["Do it!", [2]]]) },
    { range: [5, 10] as const, answer: answer([["do it", [6]]]) },
  ];
  expect(gathered("", parts, segments, []).decisions).toEqual([{ text: "Do it!", at: 10 }]);
});

const heading = {
  title: "Weekly",
  startedAt: "2026-11-30T08:00:00Z",
  seconds: 100,
  people: ["Anna Meier"],
  language: "de",
  speechModel: "whisper",
  languageModel: "mistral",
};

test("Markdown shows what a model wrote, and makes nothing of it", () => {
  const text = plain("[click](https://evil.example) <img src=x> # *a* | `b`\n\n# c");
  expect(text).not.toMatch(/(^|[^\\])[[\]()<>#*|`]/);
  const all = blocks(heading, { summary: "![x](y)", decisions: [], actions: [], dropped: 0 });
  expect(markdown(heading, all)).toContain("\\!\\[x\\]\\(y\\)");
  expect(markdown(heading, all)).toContain("> Maschinell erstellt");
});

test("the PDF is the same for the same minutes, says what made it, and takes signs that its fonts lack", () => {
  const all = blocks(heading, {
    summary: "Grüezi ".repeat(900),
    decisions: [{ text: "Łódź → 漢", at: 3 }],
    actions: [],
    dropped: 0,
  });
  const one = pdf(heading, all);
  expect(pdf(heading, all).equals(one)).toBe(true);
  expect(one.toString("latin1")).toContain("machine-generated");
  expect(one.toString("latin1").match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(1);
  expect(printable("Žižkov ś 漢")).toBe("Žižkov s ?");
});

test.each([
  ["a path", "../../etc/passwd", "2026-11-30 etc passwd 01234567"],
  ["a name of dots", "..", "2026-11-30 Meeting 01234567"],
  ["signs of a control", "a\u0000b\nc", "2026-11-30 a b c 01234567"],
])("%s as a title makes a folder of its own", (_, title, name) => {
  expect(folderName("0123456789", title, "2026-11-30T08:00:00Z")).toBe(name);
});
