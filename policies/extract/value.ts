/** A value that is not known: before the update, or without the key of a state file. It is a value of its own, so that one unknown property hides no other. */
export const unknown: unique symbol = Symbol("not known before the update");

/** Value of a property: plain data, with the unknown as a leaf. */
export type Value = string | number | boolean | null | undefined | typeof unknown | readonly Value[] | Properties;

/** Properties of a resource, or of an object inside them. */
export interface Properties {
  readonly [key: string]: Value;
}

/** Placeholder in a state file for a secret that cannot be decrypted: it cannot be judged. */
const redacted = "[secret]";

/** Depth to which data is read. Nobody's resource is deeper; what is counts as unknown, so that nothing runs out of stack. */
const deepest = 100;

/**
 * Plain data from CrossGuard's input to a policy.
 *
 * CrossGuard's objects throw when an unknown is read, and CrossGuard turns that into an advisory note, whatever the level of the policy. So everything is read
 * once, key by key, and an unknown becomes a value.
 */
export function plain(source: unknown, depth = 0): Value {
  if (typeof source === "string") return source === redacted ? unknown : source;
  if (typeof source === "number" || typeof source === "boolean") return source;
  if (typeof source !== "object") return undefined;
  if (source === null) return null;
  if (depth > deepest) return unknown;
  if (!Array.isArray(source)) return properties(source, depth);
  const list: Value[] = [];
  for (let i = 0; i < source.length; i++) list.push(read(source, i, depth));
  return list;
}

/** The same for an object. */
export function properties(source: object, depth = 0): Properties {
  const result: Record<string, Value> = {};
  for (const key of Object.keys(source)) {
    const value = read(source, key, depth);
    // An assignment to this key would set the prototype.
    if (key === "__proto__")
      Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
    else result[key] = value;
  }
  return result;
}

function read(source: object, key: string | number, depth: number): Value {
  try {
    return plain(Reflect.get(source, key), depth + 1);
  } catch (error) {
    // The class is exported by the SDK at run time only; its types are stripped.
    if (error instanceof Error && "unknownTypeSentinel" in error) return unknown;
    throw error;
  }
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

export const isObject = (value: Value): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** True for a key of the object's own. (`Object.hasOwn` is not in the library that Pulumi's runner compiles a pack's sources with.) */
export const hasKey = (value: object, key: string): boolean => Object.prototype.hasOwnProperty.call(value, key);

/** The value at a path; unknown if the path goes through an unknown, undefined if it ends before. */
export function at(value: Value, ...path: readonly (string | number)[]): Value {
  let current = value;
  for (let i = 0; i < path.length; i++) {
    if (current === unknown) return unknown;
    if (typeof current !== "object" || current === null) return undefined;
    const step = path[i] as string | number;
    if (typeof step === "number") current = isList(current) ? current[step] : undefined;
    else current = isObject(current) && hasKey(current, step) ? current[step] : undefined;
  }
  return current;
}

/** Items of a list; none when it is no list. */
export const items = (value: Value): readonly Value[] => (isList(value) ? value : []);

/** Entries of an object; none when it is no object. */
export const entries = (value: Value): readonly (readonly [string, Value])[] =>
  isObject(value) ? Object.entries(value) : [];

/** The strings of a list. */
export const strings = (value: Value): readonly string[] => items(value).filter((item) => typeof item === "string");

/** A value that a provider may have as JSON text: explicit providers send every nested property like this. */
export function decoded(value: Value): Value {
  if (typeof value !== "string") return value;
  try {
    return plain(JSON.parse(value));
  } catch {
    return value;
  }
}

/** True if a setting is on: `true`, `"true"`, `1`, `"1"`, `"yes"`, `"on"`, in any case. */
export const isOn = (value: Value): boolean =>
  value === true ||
  value === 1 ||
  (typeof value === "string" && ["true", "1", "yes", "on"].includes(value.trim().toLowerCase()));

/** A value as it stands in a message. Lists and objects are not written out: what is in them may be unknown, or have no text. */
export function worded(value: Value): string {
  if (value === unknown) return "that is not known";
  if (isList(value)) return "a list";
  return isObject(value) ? "an object" : String(value);
}
