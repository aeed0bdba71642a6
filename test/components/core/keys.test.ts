/** Tables of keys: the compiler asks for one of every object inside arguments. */
import { compileErrors } from "../../support/compile";

const head = `
import type * as pulumi from "@pulumi/pulumi";
import { byKind, each, type Keys } from "./errors";
interface Pool { readonly type: string; readonly size?: number }
interface Args {
  readonly name: pulumi.Input<string>;
  readonly system: { readonly kind: "mail" | "directory"; readonly name: string };
  readonly pool?: Pool;
  readonly pools?: Readonly<Record<string, Pool>>;
  readonly lists: readonly (readonly [from: string, pool?: Pool])[];
  readonly choice: { readonly kind: "a"; readonly one: string } | { readonly kind: "b"; readonly two: string } | "none";
  readonly parent: pulumi.Resource;
  readonly late: pulumi.Output<Pool>;
  readonly cloud: { make(): string };
}
const pool: Keys<Pool> = { type: true, size: true };
const choice = byKind({ a: { kind: true, one: true }, b: { kind: true, two: true } } as const);
const whole: Keys<Args> = {
  name: true, system: { kind: true, name: true }, pool, pools: each(pool), lists: each(each(pool)), choice,
  parent: true, late: true, cloud: true,
};
`;

jest.setTimeout(120_000);

describe("a table of keys", () => {
  const sources: Readonly<Record<string, string>> = {
    whole: "",
    "without the table of an object": "export const bad: Keys<Args> = { ...whole, pool: true };",
    "without the table of a record": "export const bad: Keys<Args> = { ...whole, pools: true };",
    "without the table of a list": "export const bad: Keys<Args> = { ...whole, lists: true };",
    "without the table of a choice": "export const bad: Keys<Args> = { ...whole, choice: true };",
    "with one table for a record of objects": "export const bad: Keys<Args> = { ...whole, pools: pool };",
    "without a key of one choice":
      "export const bad: Keys<Args> = { ...whole, choice: byKind({ a: { kind: true, one: true }, b: { kind: true } } as const) };",
    "without one choice":
      "export const bad: Keys<Args> = { ...whole, choice: byKind({ a: { kind: true, one: true } } as const) };",
    "with one table for all choices":
      "export const bad: Keys<Args> = { ...whole, choice: { kind: true, one: true, two: true } };",
    "without an optional key": "export const bad: Keys<Pool> = { type: true };",
    "with a key too many": "export const bad: Keys<Pool> = { type: true, size: true, colour: true };",
    "with a table for an output": "export const bad: Keys<Args> = { ...whole, late: pool };",
  };
  let errors: Readonly<Record<string, readonly string[]>>;
  const file = (title: string): string => `components/core/${title.replaceAll(" ", "-")}.ts`;

  beforeAll(() => {
    errors = compileErrors(
      Object.fromEntries(Object.entries(sources).map(([title, text]) => [file(title), `${head}${text}`])),
    );
  });

  test("of an object with all kinds of values compiles", () => {
    expect(errors[file("whole")]).toEqual([]);
  });

  test.each(Object.keys(sources).filter((title) => title !== "whole"))("%s does not compile", (title) => {
    expect(errors[file(title)]).toEqual([expect.stringMatching(/^(bad|pool|pools|lists|choice|kind|late|colour)\b/)]);
  });
});
