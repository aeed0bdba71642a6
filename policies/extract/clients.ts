import { aiVariableEnds, aiVariables } from "../facts/ai";
import { remembering } from "./memo";

/** A client of a public AI service, as its variables show it. */
export type Client = (typeof aiVariables)[number];

/** The part of a variable's name that says something about such clients. */
export interface Named {
  /** The client whose key it holds, or whose service it chooses; none, or one. */
  readonly clients: readonly Client[];
  /** Clients that it leads to another address. */
  readonly leads: readonly Client[];
  /** True if it leads some client elsewhere, whichever that is. */
  readonly elsewhere: boolean;
}

/** Reads the name of a variable, in any spelling. The same few names stand in most resources. */
export const named = remembering((name): Named => {
  const plain = plainly(name);
  return {
    clients: clientsOf(plain),
    leads: aiVariables.filter(({ addresses }) => addresses.some((one) => plain === one || plain.endsWith(`_${one}`))),
    elsewhere: elsewhere.test(plain),
  };
});

/** Name of a variable in one spelling: `app.openai.apiKey` is `APP_OPENAI_API_KEY`. */
const plainly = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^_/, "");

/** The client that a variable's name gives away; the longest prefix decides. */
const clientsOf = (name: string): readonly Client[] =>
  aiVariables
    .filter(({ prefix, anywhere }) => {
      const index = anywhere ? `_${name}`.lastIndexOf(`_${prefix}`) : name.startsWith(prefix) ? 0 : -1;
      return index >= 0 && aiVariableEnds.test(name.slice(index + prefix.length));
    })
    .sort((one, other) => other.prefix.length - one.prefix.length)
    .slice(0, 1);

/** Names in a file of settings that lead a client elsewhere; the hosts are judged where they stand. */
const elsewhere = /(^|_)(BASE_?URL|API_?BASE|ENDPOINT|API_?URL|BASE_?PATH)S?$/;
