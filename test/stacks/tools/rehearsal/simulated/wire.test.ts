import { difference } from "../../../../../stacks/tools/rehearsal/simulated/diff";
import { narrowed, sealed, unsealed } from "../../../../../stacks/tools/rehearsal/simulated/sealed";
import { fromStruct, toStruct } from "../../../../../stacks/tools/rehearsal/simulated/struct";
import {
  canonical,
  concealLike,
  equal,
  hasUnknown,
  Opaque,
  type Properties,
  reveal,
  Secret,
  Unknown,
  type Value,
} from "../../../../../stacks/tools/rehearsal/simulated/values";

describe("values on the wire", () => {
  const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x", hash: "y" };
  const cases: readonly (readonly [string, Value])[] = [
    ["a text", "a"],
    ["a number", 1.5],
    ["a flag", false],
    ["an empty text", ""],
    ["a list", ["a", 1, [true]]],
    ["an object", { a: { b: ["c"] } }],
    ["a secret", new Secret({ a: "b" })],
    ["a secret in a list", [new Secret("a"), "b"]],
    ["an unknown value", Unknown.value],
    ["an asset", new Opaque(asset)],
  ];
  test.each(cases)("%s comes back as it went", (_, value) => {
    expect(fromStruct(toStruct({ value }))).toEqual({ value });
  });

  test("absent properties and nulls are left out", () => {
    expect(fromStruct(toStruct({ a: null, b: { c: null } }))).toEqual({ b: {} });
    expect(fromStruct(undefined)).toEqual({});
  });

  test("an output value of the engine counts as what it holds", () => {
    const mark = "4dabf18193072939515e22adb298388d";
    const output = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
    const wire = (fields: Properties): Properties => fromStruct(toStruct({ value: { [mark]: output, ...fields } }));
    expect(wire({ value: "a", secret: true })).toEqual({ value: new Secret("a") });
    expect(wire({ value: "a" })).toEqual({ value: "a" });
    expect(wire({})).toEqual({ value: Unknown.value });
  });
});

describe("values", () => {
  test("secret markers do not count in comparisons, and nothing is equal to the unknown", () => {
    expect(equal(new Secret({ a: [1] }), { a: [new Secret(1)] })).toBe(true);
    expect(equal({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(equal(Unknown.value, Unknown.value)).toBe(false);
  });

  test("the canonical text is the same whatever the order of properties", () => {
    expect(canonical({ b: 1, a: [new Secret("x")] })).toBe(canonical({ a: ["x"], b: 1 }));
  });

  test("an unknown part is found behind a secret", () => {
    expect(hasUnknown({ a: [new Secret({ b: Unknown.value })] })).toBe(true);
    expect(hasUnknown({ a: [new Secret("b")] })).toBe(false);
  });

  test("secrets are marked where the pattern marks them", () => {
    expect(concealLike({ a: "x", b: { c: "y" } }, { a: new Secret("x"), b: { c: "z" } })).toEqual({
      a: new Secret("x"),
      b: { c: "y" },
    });
  });
});

describe("values in files", () => {
  const properties: Properties = {
    name: "a",
    token: new Secret("hush"),
    nested: { list: ["b", new Secret("hush too")] },
  };

  test("no secret and nothing hidden is written in clear", () => {
    const written = JSON.stringify(sealed({ ...properties, script: "set -x" }, ["script"]));
    expect(written).toContain('"a"');
    expect(written).not.toMatch(/hush|set -x/);
  });

  test("the engine gets its own secrets back while nobody has changed them", () => {
    expect(unsealed(sealed(properties), properties)).toEqual(properties);
  });

  test("a changed digest and a changed value show as differences", () => {
    const file = sealed(properties);
    const other = unsealed(file, { ...properties, token: new Secret("another") });
    expect(equal(other["token"], "another")).toBe(false);
    expect(unsealed({ ...file, name: "b" }, properties)["name"]).toBe("b");
  });

  test("only what the program asked for becomes an input again", () => {
    const live: Value = { name: "a", uid: "1", cards: [{ ip: "10.0.0.2", mac: "86:00" }] };
    expect(narrowed(live, { name: "b", cards: [{ ip: "10.0.0.3" }] })).toEqual({
      name: "a",
      cards: [{ ip: "10.0.0.2" }],
    });
    expect(reveal(narrowed(live, new Secret({ name: "b" })))).toEqual({ name: "a" });
  });
});

describe("differences", () => {
  const cases: readonly (readonly [string, Properties, Properties, readonly string[], readonly string[]])[] = [
    ["equal inputs have none", { a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, [], []],
    ["a changed value is named by its path", { a: [{ b: 1 }] }, { a: [{ b: 2 }] }, ["a[0].b"], []],
    ["names with dots are quoted", { l: { "a.b/c": "1" } }, { l: { "a.b/c": "2" } }, ['l["a.b/c"]'], []],
    [
      "what lies below a replacing path replaces",
      { spec: { selector: { x: 1 } } },
      { spec: { selector: { x: 2 } } },
      ["spec.selector.x"],
      ["spec.selector.x"],
    ],
    ["what only begins like it does not", { selectors: 1 }, { selectors: 2 }, ["selectors"], []],
    ["list positions match any", { c: [{ image: "a" }] }, { c: [{ image: "b" }] }, ["c[0].image"], ["c[0].image"]],
    ["the order of a set means nothing", { ids: [1, 2] }, { ids: [2, 1] }, [], []],
    ["the order of a list does", { list: [1, 2] }, { list: [2, 1] }, ["list[0]", "list[1]"], []],
    ["the unknown counts as changed", { a: 1 }, { a: Unknown.value }, ["a"], []],
    ["what the provider noted for itself does not", { __defaults: [] }, { __defaults: ["name"] }, [], []],
  ];
  test.each(cases)("%s", (_, old, fresh, changed, replacing) => {
    const found = difference(old, fresh, { replaces: ["spec.selector", "selector", "c[*].image"], sets: ["ids"] });
    expect([...found.keys()]).toEqual(changed);
    expect([...found].filter(([, { replace }]) => replace).map(([path]) => path)).toEqual(replacing);
  });
});
