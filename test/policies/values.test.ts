import {
  at,
  decoded,
  entries,
  hasKey,
  isList,
  isObject,
  isOn,
  items,
  plain,
  strings,
  unknown,
  type Value,
  worded,
} from "../../policies/extract/value";

/** An object whose key throws as CrossGuard's do for a value that is not known. */
const unread = (error: unknown): object => ({
  get a(): never {
    throw error;
  },
});
const sentinel = Object.assign(new Error("unknown"), { unknownTypeSentinel: true });

/** A list of values of any kind. */
const values = (...list: readonly Value[]): readonly Value[] => list;

describe("Values of a resource", () => {
  test.each<readonly [unknown, unknown]>([
    ["a", "a"],
    ["[secret]", unknown],
    ["[secret] ", "[secret] "],
    [1, 1],
    [false, false],
    [null, null],
    [undefined, undefined],
    [() => 1, undefined],
    [Symbol("a"), undefined],
    [[], []],
    [
      [1, "[secret]", [null]],
      [1, unknown, [null]],
    ],
    [{ a: { b: "[secret]" } }, { a: { b: unknown } }],
  ])("%p is read as plain data", (given, read) => {
    expect(plain(given)).toEqual(read);
  });

  test("an error that says so is an unknown; one that says something else is not", () => {
    expect(plain(unread(sentinel))).toEqual({ a: unknown });
    expect(() => plain(unread(new Error("broken")))).toThrow("broken");
    expect(() => plain(unread({ unknownTypeSentinel: true }))).toThrow();
  });

  test("a value is read to a depth of a hundred, and what is below counts as unknown", () => {
    const nested = (depth: number): unknown => (depth === 0 ? "end" : { a: nested(depth - 1) });
    const path = (depth: number): readonly string[] => Array.from({ length: depth }, () => "a");
    expect(at(plain(nested(101)), ...path(101))).toBe("end");
    expect(at(plain(nested(102)), ...path(101))).toBe(unknown);
    expect(at(plain(nested(102)), ...path(100))).toEqual({ a: unknown });
  });

  test("a path leads through objects by their own keys and through lists by number", () => {
    const value = plain({ a: [{ b: 1 }, "[secret]"], c: "text" });
    expect(at(value)).toBe(value);
    expect(at(value, "a", 0, "b")).toBe(1);
    expect(at(value, "a", 1, "b", 0)).toBe(unknown);
    expect(at(value, "a", "0")).toBeUndefined();
    expect(at(value, "a", "length")).toBeUndefined();
    expect(at(value, "c", 0)).toBeUndefined();
    expect(at(value, "c", "length")).toBeUndefined();
    expect(at(value, 0)).toBeUndefined();
    expect(at(plain({ 0: "a" }), 0)).toBeUndefined();
    expect(at(value, "toString")).toBeUndefined();
    expect(at(null, "a")).toBeUndefined();
    expect(at(unknown)).toBe(unknown);
  });

  test("lists and objects are told from everything else", () => {
    const all = values([], {}, null, undefined, "a", 1, true, unknown);
    expect(all.map((value) => isList(value))).toEqual([true, false, false, false, false, false, false, false]);
    expect(all.map((value) => isObject(value))).toEqual([false, true, false, false, false, false, false, false]);
    expect([[1], { a: 1 }, "ab", null].map((value) => items(value))).toEqual([[1], [], [], []]);
    expect([{ a: 1 }, ["b"], "ab", null].map((value) => entries(value))).toEqual([[["a", 1]], [], [], []]);
    expect(values(["a", 1, unknown, "b"], "ab").map((value) => strings(value))).toEqual([["a", "b"], []]);
    expect([hasKey({ a: undefined }, "a"), hasKey({ a: 1 }, "toString")]).toEqual([true, false]);
  });

  test("a text of JSON is decoded, and any other value stays", () => {
    expect(values('{"a":"[secret]"}', "{", "a", 1, unknown).map((value) => decoded(value))).toEqual([
      { a: unknown },
      "{",
      "a",
      1,
      unknown,
    ]);
  });

  test("a setting is on by what programs take for that", () => {
    for (const value of [true, 1, "true", "1", "yes", "on", " True ", "YES", "On\n"])
      expect([value, isOn(value)]).toEqual([value, true]);
    for (const value of [false, 0, 2, "false", "0", "", "o n", "enabled", null, undefined, unknown, [], [true], {}])
      expect([value, isOn(value)]).toEqual([value, false]);
  });

  test("a message never writes out what may be unknown", () => {
    expect(values(unknown, ["a"], { a: 1 }, null, undefined, "a", 1, false).map((value) => worded(value))).toEqual([
      "that is not known",
      "a list",
      "an object",
      "null",
      "undefined",
      "a",
      "1",
      "false",
    ]);
  });
});
