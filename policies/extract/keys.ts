import { attached, remembering } from "./memo";
import { isList, isObject, type Properties, type Value } from "./value";

/** Every key in a value, at any depth. Readers that look for a few keys ask for them first: most resources have none of them. */
const keysOf = attached((value: Properties | readonly Value[]): ReadonlySet<string> => {
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
  return found;
});

/** A test of values: true if one has a key, at any depth, that is asked for. */
export function having(isAsked: (key: string) => boolean): (value: Value) => boolean {
  const asked = remembering(isAsked);
  return (value) => {
    if (!isList(value) && !isObject(value)) return false;
    for (const key of keysOf(value)) if (asked(key)) return true;
    return false;
  };
}
