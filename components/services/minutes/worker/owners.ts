/** A name without case, accents, titles and signs, as words. */
const words = (name: string): readonly string[] =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "" && !titles.has(word));

const titles = new Set(["dr", "prof", "herr", "frau", "mr", "mrs", "ms", "monsieur", "madame", "signor", "signora"]);

/** True if two words differ by at most one letter: written wrong, left out or added. */
function near(a: string, b: string): boolean {
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const [rest, other] = [a.slice(i), b.slice(i)];
  return rest.slice(1) === other.slice(1) || rest.slice(1) === other || rest === other.slice(1);
}

/** Shortest word in which one wrong letter is forgiven. */
const longEnough = 5;

/** True if a word may be another one misheard. `given` is true for a given name, whose end is heard as it is: Maria is not Mario, and Andrea not Andreas. */
const misheard = (word: string, other: string, given: boolean): boolean =>
  word === other || (word.length >= longEnough && near(word, other) && !(given && word.at(-1) !== other.at(-1)));

/**
 * The participant whom a name means, by whole name or by one of its words. A word of five letters or more may have one letter wrong, as speech is misheard, but for the last
 * letter of the first word, which is taken for the given name: it would be somebody else's, who may not even be there. Undefined for anything that could mean two people, or
 * nobody: it stands as unassigned, and is never guessed.
 */
export function ownerOf(said: string, people: readonly string[]): string | undefined {
  const wanted = words(said);
  if (wanted.length === 0) return undefined;
  const all = [...new Set(people)].map((name) => ({ name, own: words(name) }));
  const one = (fits: (own: readonly string[]) => boolean): string | undefined | "several" => {
    const found = all.filter(({ own }) => fits(own));
    return found.length > 1 ? "several" : found[0]?.name;
  };
  const same = (own: readonly string[]): boolean => own.join(" ") === wanted.join(" ");
  const within = (own: readonly string[]): boolean => wanted.every((word) => own.includes(word));
  const almost = (own: readonly string[]): boolean =>
    wanted.every((word) => own.some((other, i) => misheard(word, other, i === 0 && own.length > 1)));
  for (const fits of [same, within, almost]) {
    const found = one(fits);
    if (found === "several") return undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
