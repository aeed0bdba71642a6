import { randomInt } from "node:crypto";
import { flag, number, Properties, text } from "../values";

const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const specials = "!@#$%&*()-_=+[]{}<>:?";

/** A random text that has the length, the alphabets and the minima that the inputs ask for. */
export function randomText(inputs: Properties, numeric: boolean): string {
  const special = text(inputs, "overrideSpecial") || specials;
  const alphabet = [
    flag(inputs, "upper") ? upper : "",
    flag(inputs, "lower") ? lower : "",
    numeric ? digits : "",
    flag(inputs, "special") ? special : "",
  ].join("");
  const characters = [
    ...picked(digits, number(inputs, "minNumeric") ?? 0),
    ...picked(lower, number(inputs, "minLower") ?? 0),
    ...picked(upper, number(inputs, "minUpper") ?? 0),
    ...picked(special, number(inputs, "minSpecial") ?? 0),
  ];
  characters.push(...picked(alphabet, (number(inputs, "length") ?? 0) - characters.length));
  return shuffled(characters).join("");
}

const picked = (alphabet: string, count: number): readonly string[] =>
  Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)] ?? "");

/** Shuffled, so that the characters for the minima are not all at the front. */
function shuffled(characters: readonly string[]): readonly string[] {
  const rest = [...characters];
  return characters.map(() => rest.splice(randomInt(rest.length), 1)[0] ?? "");
}
