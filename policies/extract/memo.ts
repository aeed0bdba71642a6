/** Characters of texts whose results are kept, in each of two halves. */
const characters = 1024 * 1024;

/** Results that are kept, in each of two halves. */
const most = 4000;

/**
 * A function of a text that remembers its results: the same texts stand in many resources, and several rules read each of them. What was not asked for during
 * some thousands of others is forgotten.
 *
 * @param made a function of the text alone: nothing else may change its result, and nobody changes the result.
 */
export function remembering<T>(made: (text: string) => T): (text: string) => T {
  let [young, old] = [new Map<string, T>(), new Map<string, T>()];
  let size = 0;
  return (text) => {
    const known = young.get(text);
    if (known !== undefined || young.has(text)) return known as T;
    const result = old.has(text) ? (old.get(text) as T) : made(text);
    if (young.size >= most || size > characters) {
      old = young;
      young = new Map<string, T>();
      size = 0;
    }
    size += text.length;
    young.set(text, result);
    return result;
  };
}

/**
 * The same for a function of an object that nobody changes, for as long as the object is there, and until another one is asked for. One rule after the other
 * asks for the same resource, so the last one is at hand without a look into the map.
 */
export function attached<K extends object, T>(made: (key: K) => T): (key: K) => T {
  const results = new WeakMap<K, { readonly value: T }>();
  let last: K | undefined;
  let said: { readonly value: T } | undefined;
  return (key) => {
    if (key === last && said !== undefined) return said.value;
    let known = results.get(key);
    if (known === undefined) {
      known = { value: made(key) };
      results.set(key, known);
    }
    last = key;
    said = known;
    return known.value;
  };
}
