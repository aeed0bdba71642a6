/** Statements of an operator on a platform: labels of everything in a cloud, and the channel that is left. */
import { assetLabels, fallbackOf } from "../../../components/core/declared";

describe("Labels of assets", () => {
  test("are taken as they are, and may be left out", () => {
    const labels = { owner: "platform-team", "data-class": "confidential", Cost_Centre: "4.2" };
    expect(assetLabels(labels)).toEqual(labels);
    expect(assetLabels(undefined)).toEqual({});
  });

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ["a key with a space", { "data class": "a" }, /data class: expected a label of letters/],
    ["a key that ends with a hyphen", { "owner-": "a" }, /owner-: expected a label/],
    ["a key of the platform's own", { "sovereign-uc-tier": "a" }, /none of the platform's own/],
    ["a key of more than 63 characters", { ["a".repeat(64)]: "a" }, /expected a label/],
    ["a value with a space", { owner: "platform team" }, /owner: expected a value of 1 to 63/],
    ["an empty value", { owner: "" }, /owner: expected a value/],
    ["a number", { owner: 1 }, /owner: expected a value .* got 1/],
    ["two of them at once", { "a b": "a", owner: "" }, /a b: [^\n]*\nowner: /],
  ])("refuse %s", (_, labels, message) => {
    expect(() => assetLabels(labels as Record<string, string>)).toThrow(message);
  });

  test("refuse a list", () => {
    expect(() => assetLabels(["owner"] as never)).toThrow(/expected labels, got \["owner"\]; give one like/);
  });

  test("take a key and a value of 63 characters", () => {
    const word = "a".repeat(63);
    expect(assetLabels({ [word]: word })).toEqual({ [word]: word });
  });
});

describe("The channel that is left", () => {
  const fallback = { product: "matrix", provider: "exoscale", location: "ch-dk-2" };

  test("is taken as it is, and may be left out", () => {
    expect(fallbackOf(fallback)).toEqual(fallback);
    expect(fallbackOf(undefined)).toBeUndefined();
  });

  test.each(["product", "provider", "location"])("is refused without its %s", (key) => {
    expect(() => fallbackOf({ ...fallback, [key]: " " })).toThrow(new RegExp(`${key}: expected a word, got " "`));
  });

  test("is refused as a word", () => {
    expect(() => fallbackOf("matrix" as never)).toThrow(/expected a second channel, got "matrix"/);
  });
});
