import { createHash, createHmac } from "node:crypto";

/** Path on a host of the word with which it was born. */
export const birthWordPath = "/var/lib/sovereign-uc/birth-word";

/**
 * The word with which a host is born, and with which it proves at first contact that an answer is its own. It stands in the user data, so whoever reads these
 * has it: the provider, root on the host. It opens nothing. Who has it and stands between the stack and the host at the very first contact could give out
 * another machine for the host; after that the host's own key is pinned, and the word is worth nothing until a host of this name is made again.
 *
 * @param secret of the stack's configuration.
 */
export const birthWord = (secret: string, host: string): string =>
  createHmac("sha256", secret).update(`born ${host}`).digest("hex");

/** Placeholder for the secret in shown user data. */
export const hiddenWord = "0".repeat(64);

/** Proof that `contact.sh` prints: the SHA-256 of its lines between the word and the word. */
export const proofOf = (word: string, lines: readonly string[]): string =>
  createHash("sha256")
    .update([word, ...lines, word, ""].join("\n"))
    .digest("hex");

/** Output of a host at first contact. */
export interface Heard {
  /** Its own public SSH key. */
  readonly key: string;
  /** Which machine it is; empty where it does not know. */
  readonly machine: string;
}

/** Reads what `contact.sh` printed. @throws RangeError when a word is given and what was said does not prove it. */
export function heard(host: string, answer: string, word?: string): Heard {
  const lines = answer.trim().split("\n");
  const said = lines.filter((line) => !line.startsWith("proof "));
  if (word !== undefined && !lines.includes(`proof ${proofOf(word, said)}`))
    throw new RangeError(
      `expected ${host} to prove with its birth word which key it has, got ${lines.length === said.length ? "no proof" : "a proof that is wrong"}; nothing was sent there: see who answers at its address, and whether the birth secret has changed since it was made`,
    );
  const [key = "", machine = ""] = said;
  return { key, machine };
}
