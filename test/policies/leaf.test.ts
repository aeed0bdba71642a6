import { leafOf, ofLeaf, ofLeafUnder } from "../../policies/extract/leaf";

const counted = (): { readonly of: (text: string) => string; readonly asked: string[] } => {
  const asked: string[] = [];
  return {
    asked,
    of: (text) => {
      asked.push(text);
      return text.toUpperCase();
    },
  };
};

describe("leaves", () => {
  test("a path and a text are the same leaf wherever they stand", () => {
    expect(leafOf("spec.image", "nginx")).toBe(leafOf("spec.image", "nginx"));
    expect(leafOf("spec.image", "nginx")).toEqual({ path: "spec.image", text: "nginx" });
    expect(leafOf("spec.image", "nginx")).not.toBe(leafOf("spec.name", "nginx"));
  });

  const pairs: readonly (readonly [readonly [string, string], readonly [string, string]])[] = [
    [
      ["a", "b c"],
      ["a b", "c"],
    ],
    [
      ["a", "bc"],
      ["ab", "c"],
    ],
    [
      ["", "1 a"],
      ["1", " a"],
    ],
    [
      ["1 a", ""],
      ["", "1 a"],
    ],
  ];
  test.each(pairs)("no other path and text is taken for one: %j and %j", (one, other) => {
    for (const [path, text] of [one, other]) expect(leafOf(path, text)).toEqual({ path, text });
    expect(leafOf(...one)).not.toBe(leafOf(...other));
  });

  test("what was said of a leaf is not asked again, and another leaf is", () => {
    const { of, asked } = counted();
    const said = ofLeaf(({ path, text }) => of(`${path}=${text}`));
    const leaf = leafOf("once", "said");
    expect([said(leaf), said(leaf), said(leafOf("once", "said")), said(leafOf("twice", "said"))]).toEqual([
      "ONCE=SAID",
      "ONCE=SAID",
      "ONCE=SAID",
      "TWICE=SAID",
    ]);
    expect(asked).toEqual(["once=said", "twice=said"]);
  });

  test("nothing found is remembered, too, and two functions do not mix", () => {
    const asked: string[] = [];
    const none = ofLeaf(({ text }) => void asked.push(text));
    const length = ofLeaf(({ text }) => text.length);
    const leaf = leafOf("none", "found");
    expect([none(leaf), none(leaf), length(leaf), none(leaf)]).toEqual([undefined, undefined, 5, undefined]);
    expect(asked).toEqual(["found"]);
  });

  test("under other settings a leaf is judged anew", () => {
    const settings = [{ own: "a" }, { own: "b" }] as const;
    const owned = ofLeafUnder(({ text }, { own }: { own: string }) => text === own);
    const leaf = leafOf("host", "a");
    expect([0, 1, 0, 0, 1].map((i) => owned(leaf, settings[i] ?? settings[0]))).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  test("a long text is judged, and not kept", () => {
    const { of, asked } = counted();
    const said = ofLeaf(({ text }) => of(text));
    const long = "x".repeat(2000);
    expect(leafOf("user-data", long)).toEqual({ path: "user-data", text: long });
    expect([said(leafOf("user-data", long)), said(leafOf("user-data", long))]).toEqual([
      long.toUpperCase(),
      long.toUpperCase(),
    ]);
    expect(asked).toHaveLength(2);
  });
});
