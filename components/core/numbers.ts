import { problem } from "./errors";

/** A whole number in a closed interval. @throws RangeError for anything else, fractions and NaN included. */
export function whole(value: unknown, unit: string, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
    throw problem(`a whole number of ${unit} ${bounds}`, value, `give ${unit} as such a number`);
  return value;
}
