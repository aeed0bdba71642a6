import { remembering } from "./memo";

/** A text in a resource. */
export interface Leaf {
  /** Path for messages: `spec.template.spec.containers[0].env[1].value`. */
  readonly path: string;
  readonly text: string;
}

/** Characters of a path and a text together, up to which they are the same leaf wherever they stand. What is said of longer texts is remembered by the text alone. */
const longest = 1000;

/** A leaf that keeps what was said of it. */
class KnownLeaf implements Leaf {
  readonly #said: Said[] = [];

  constructor(
    readonly path: string,
    readonly text: string,
  ) {}

  static said(leaf: Leaf): Said[] | undefined {
    return #said in leaf ? leaf.#said : undefined;
  }
}

/** The leaf of a path and a text. Resources of one kind have many in common, and each rule judges a leaf once. */
export const leafOf = (path: string, text: string): Leaf =>
  path.length + text.length > longest ? { path, text } : known(`${path.length} ${path}${text}`);

const known = remembering((key): Leaf => {
  const start = key.indexOf(" ") + 1;
  const end = start + Number(key.slice(0, start));
  return new KnownLeaf(key.slice(start, end), key.slice(end));
});

interface Said {
  readonly given: unknown;
  readonly value: unknown;
}

let functions = 0;

/**
 * A function of a leaf, and of something given beside it, that remembers its result with the leaf: of what was given last, such as the settings of an operation.
 *
 * @param made a function of these alone: nothing else may change its result, and nobody changes the result.
 */
export function ofLeafUnder<T, G>(made: (leaf: Leaf, given: G) => T): (leaf: Leaf, given: G) => T {
  const place = functions++;
  return (leaf, given) => {
    const said = KnownLeaf.said(leaf);
    if (said === undefined) return made(leaf, given);
    const last = said[place];
    if (last !== undefined && last.given === given) return last.value as T;
    const value = made(leaf, given);
    said[place] = { given, value };
    return value;
  };
}

/** The same for a function of a leaf alone. */
export function ofLeaf<T>(made: (leaf: Leaf) => T): (leaf: Leaf) => T {
  const under = ofLeafUnder<T, undefined>(made);
  return (leaf) => under(leaf, undefined);
}

const none: readonly unknown[] = [];

/** Everything that a function finds in leaves. Most functions find nothing in most leaves, and no list is made for that. */
export function inLeaves<T>(leaves: readonly Leaf[], find: (leaf: Leaf) => readonly T[]): readonly T[] {
  let all: T[] | undefined;
  for (let i = 0; i < leaves.length; i++) {
    const found = find(leaves[i] as Leaf);
    if (found.length === 0) continue;
    all ??= [];
    for (const one of found) all.push(one);
  }
  return all ?? (none as readonly T[]);
}
