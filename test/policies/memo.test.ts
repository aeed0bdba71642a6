import { inLeaves, leafOf } from "../../policies/extract/leaf";
import { attached, remembering } from "../../policies/extract/memo";

describe("A function of an object that remembers", () => {
  test("is asked once for each object, in whatever order they come again, and for one whose result is nothing, too", () => {
    const asked: string[] = [];
    const of = attached(({ name }: { readonly name: string }): string | undefined => {
      asked.push(name);
      return name === "none" ? undefined : name.toUpperCase();
    });
    const [a, b, none] = [{ name: "a" }, { name: "b" }, { name: "none" }];
    expect([a, a, b, a, none, none, b, none].map(of)).toEqual([
      "A",
      "A",
      "B",
      "A",
      undefined,
      undefined,
      "B",
      undefined,
    ]);
    expect(asked).toEqual(["a", "b", "none"]);
    expect(of({ name: "a" })).toBe("A");
    expect(asked).toHaveLength(4);
  });

  test("may ask for other objects while it is asked", () => {
    interface Inner {
      readonly inner?: Inner;
    }
    const depth: (value: Inner) => number = attached(({ inner }: Inner) =>
      inner === undefined ? 0 : depth(inner) + 1,
    );
    const [one, two] = [{}, { inner: { inner: {} } }];
    expect([two, one, two, two.inner].map(depth)).toEqual([2, 0, 2, 1]);
  });
});

test("a function of a text keeps a result of nothing as well", () => {
  let asked = 0;
  const of = remembering((): undefined => void asked++);
  [of("a"), of("a"), of("b")].forEach((result) => expect(result).toBeUndefined());
  expect(asked).toBe(2);
});

test("everything that leaves hold stands in their order, and much of one is no more than much", () => {
  const leaves = ["a", "", "b,c"].map((text, i) => leafOf(`data[${i}]`, text));
  expect(inLeaves(leaves, ({ text }) => (text === "" ? [] : text.split(",")))).toEqual(["a", "b", "c"]);
  expect(inLeaves(leaves, () => [])).toEqual([]);
  const much = Array.from({ length: 300_000 }, (_, i) => i);
  expect(inLeaves(leaves.slice(0, 1), () => much)).toHaveLength(300_000);
});
