import { attached, remembering } from "./memo";
import { isList, isObject, type Properties, type Value } from "./value";

/** Keys of a set that is shared: one with more is rarely that of another resource. */
const most = 200;

/** Every key in a value, at any depth. Readers that look for a few keys ask for them first: most resources have none of them. */
export const keysOf = (value: Value): ReadonlySet<string> => (isList(value) || isObject(value) ? keysIn(value) : none);

const none: ReadonlySet<string> = new Set();

const keysIn = attached((value: Properties | readonly Value[]): ReadonlySet<string> => {
  const found = new Set<string>();
  const add = (item: Value): void => {
    if (isList(item)) item.forEach(add);
    else if (isObject(item))
      for (const key of Object.keys(item)) {
        found.add(key);
        add(item[key]);
      }
  };
  add(value);
  return found.size > most ? found : sameKeys(JSON.stringify([...found]));
});

/** One set for the same keys in the same order: resources of one kind have mostly the same, and what was said of a set is said of all of them. */
const sameKeys = remembering((keys): ReadonlySet<string> => new Set(JSON.parse(keys) as readonly string[]));

/** A test of values: true if one has a key, at any depth, that is asked for. */
export function having(isAsked: (key: string) => boolean): (value: Value) => boolean {
  const hasAsked = attached((keys: ReadonlySet<string>) => [...keys].some(isAsked));
  return (value) => hasAsked(keysOf(value));
}

/** Every object in a value, at any depth, those outside before those within. */
export const objectsIn = (value: Value): readonly Properties[] =>
  isList(value) || isObject(value) ? within(value) : [];

const within = attached((value: Properties | readonly Value[]): readonly Properties[] => {
  const found: Properties[] = [];
  const add = (item: Value): void => {
    if (isList(item)) item.forEach(add);
    else if (isObject(item)) {
      found.push(item);
      for (const key of Object.keys(item)) add(item[key]);
    }
  };
  add(value);
  return found;
});
