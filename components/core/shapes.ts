import * as pulumi from "@pulumi/pulumi";
import { validate, invalid } from "./errors";

/**
 * A value with fields, each of which is still to be read. Arguments come from programs without types, too: null, a list or a word in its place is
 * said as what it is.
 *
 * @param example what to give instead, in the words of the language.
 * @throws RangeError for anything that has no fields.
 */
export function record<T extends object>(value: T | null | undefined, what: string, example: string): Partial<T> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(what, value, `give one like ${example}`);
  return value;
}

/**
 * Reads every item of a list.
 *
 * @param what what it is a list of: "ports".
 * @param example what to give instead, in the words of the language.
 * @throws RangeError for anything that is no list, and with every item that is refused, by its place.
 */
export function list<T, R>(
  values: readonly T[] | null | undefined,
  what: string,
  example: string,
  read: (value: T, place: number) => R,
): readonly R[] {
  if (!Array.isArray(values)) throw invalid(`a list of ${what}`, values, `give ${example}`);
  const items = values as readonly T[];
  return Object.values(validate(Object.fromEntries(items.map((value, i) => [`[${i}]`, () => read(value, i)])))) as R[];
}

/** True or false, and nothing that only counts as one of them. @throws RangeError */
export function flag(value: unknown, advice: string): boolean {
  if (typeof value !== "boolean") throw invalid("true or false", value, advice);
  return value;
}

/** One of some words. @throws RangeError */
export function oneOf<T extends string>(value: unknown, what: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found === undefined) throw invalid(`${what} out of ${words.join(", ")}`, value, "choose one");
  return found;
}

/** The fields of a value that nobody has checked yet; none where it has none, which is said under its own argument. */
export const fields = <T extends object>(value: T | null | undefined): Partial<T> =>
  typeof value === "object" && value !== null ? value : {};

/** The items of a list that nobody has checked yet; none where it is no list, which is said under its own argument. */
export const items = <T>(value: readonly T[] | null | undefined): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [];

/**
 * A text that is plain or comes from a resource. What came is not shown, only its kind: it may be a secret.
 *
 * @throws RangeError for an empty one, and for anything else.
 */
export function text(
  value: pulumi.Input<string> | null | undefined,
  what: string,
  advice: string,
): pulumi.Input<string> {
  if (pulumi.Output.isInstance(value) || value instanceof Promise || (typeof value === "string" && value !== ""))
    return value;
  throw invalid(what, value === "" || value === null || value === undefined ? undefined : typeof value, advice);
}
