import { invalid } from "./errors";

/** A whole number of things in a closed interval. @throws RangeError for anything else, fractions and NaN included. */
export const countInRange = (value: unknown, unit: string, least: number, most?: number): number =>
  between(value, `a whole number of ${unit}`, `give ${unit} as such a number`, least, most);

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
