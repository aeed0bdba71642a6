import { largestYaml, yamlIn } from "./documents";
import { keysOf } from "./keys";
import { type Leaf, ofLeaf } from "./leaf";
import { attached } from "./memo";
import type { Document, Reading } from "./text";
import { at, entries, isList, isObject, type Value } from "./value";

type Keys = readonly string[];

const none: readonly Document[] = [];

/** Files by the keys that they have. Most files that are looked for are nowhere in a resource, so that its keys are asked first. */
function finding(
  keysIn: (value: Value) => Iterable<string>,
  filesIn: (read: Reading, keys: Keys) => readonly Document[],
): (read: Reading) => (keys: Keys) => readonly Document[] {
  const known = attached(({ documents, texts }: Reading): ReadonlySet<string> => {
    const there = new Set<string>();
    for (const { value } of documents) for (const key of keysIn(value)) there.add(key);
    for (const leaf of texts) if (leaf.text.includes(":")) for (const key of lineKeysOf(leaf)) there.add(key);
    return there;
  });
  const found = attached((read: Reading) => attached((keys: Keys) => filesIn(read, keys)));
  return (read) => {
    const there = known(read);
    return (keys) => {
      for (let i = 0; i < keys.length; i++) if (!there.has(keys[i] as string)) return none;
      return found(read)(keys);
    };
  };
}

/** Configuration files that have all these top-level keys: data inside texts, and texts in YAML that look like such a file. */
export const wholeFilesOf = finding(
  (value) => (isObject(value) ? Object.keys(value) : []),
  ({ documents, texts }, keys) => {
    const likely = texts.filter((leaf) => keys.every((key) => lineKeysOf(leaf).has(key)));
    return [...documents, ...likely.flatMap(yamlOf)].filter(({ value }) =>
      keys.every((key) => at(value, key) !== undefined),
    );
  },
);

/** The same, and objects at any depth of the data of a resource that have all these keys. */
export const filesOf = finding(keysOf, (read, keys) => {
  const [first = ""] = keys;
  const found = [...wholeFilesOf(read)(keys)];
  const seen = new Set(found.map(({ value }) => value));
  const walk = (value: Value, path: string): void => {
    if (isList(value)) return value.forEach((item) => walk(item, path));
    if (!isObject(value)) return;
    if (!seen.has(value) && keys.every((key) => at(value, key) !== undefined)) found.push({ path, value });
    for (const [, item] of entries(value)) walk(item, path);
  };
  for (const { path, value } of read.documents) if (keysOf(value).has(first)) walk(value, path);
  return found;
});

/** Keys with which lines of a text begin that may be YAML. */
const lineKeysOf = ofLeaf(
  ({ text }): ReadonlySet<string> =>
    new Set([...text.matchAll(/^["']?([^\s:"'][^\n:"']{0,99})["']?:(?=\s|$)/gm)].map(([, key = ""]) => key)),
);

const yamlOf = ({ path, text }: Leaf): readonly Document[] =>
  text.length > largestYaml ? [] : yamlIn(text).values.map((value): Document => ({ path, value }));
