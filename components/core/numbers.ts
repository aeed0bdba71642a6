import { invalid } from "./errors";

/** A whole number of things in a closed interval. @throws RangeError for anything else, fractions and NaN included. */
export const countInRange = (value: unknown, unit: string, least: number, most?: number): number =>
  between(value, `a whole number of ${unit}`, `give ${unit} as such a number`, least, most);

/** Days for which a store keeps recordings, as its own lifecycle has it: the operator's word, which rules read and reports show. @throws RangeError for no such number. */
export const keptDays = (value: unknown): number | undefined =>
  value === undefined ? undefined : countInRange(value, "days that recordings are kept", 1, 3_650);

/** The number of one thing in a closed interval: a port, a VLAN. @throws RangeError for anything else, fractions and NaN included. */
export const integerInRange = (value: unknown, what: string, least: number, most?: number): number =>
  between(value, what, "give it as a whole number", least, most);

function between(value: unknown, expected: string, advice: string, least: number, most?: number): number {
  const bounds = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  const last = most ?? Number.MAX_SAFE_INTEGER;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > last)
    throw invalid(`${expected} ${bounds}`, value, advice);
  return value;
}
