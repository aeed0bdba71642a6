/** Data as JSON carries it. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** Placeholder for a secret value. */
export const hidden = "[secret]";

/** Placeholder for a value that only a real `up` knows. */
export const unknown = "[known after up]";

/** The key that marks a special value in Pulumi's state, and the marks of a secret (sdk/go/common/resource/sig). */
const mark = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** The engine's sentinels for an unknown string, boolean, number, array or object (sdk/go/common/resource/plugin/rpc.go). */
const unknowns: ReadonlySet<unknown> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Data without secrets and without the engine's marks. */
export function plain(value: unknown): Plain {
  if (unknowns.has(value)) return unknown;
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string")
    return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object") return null;
  if (mark in value && value[mark as keyof typeof value] === secretMark) return hidden;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

export const text = (value: Plain | undefined): string | undefined =>
  typeof value === "string" && value !== unknown && value !== hidden ? value : undefined;
export const number = (value: Plain | undefined): number | undefined => (typeof value === "number" ? value : undefined);
export const flag = (value: Plain | undefined): boolean => value === true || value === "true";
export const items = (value: Plain | undefined): readonly Plain[] =>
  Array.isArray(value) ? (value as readonly Plain[]) : [];
export const texts = (value: Plain | undefined): readonly string[] => items(value).flatMap((item) => text(item) ?? []);
export const fields = (value: Plain | undefined): Readonly<Record<string, Plain>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Plain>>)
    : {};
/** Value at a path of keys and positions; undefined if the path ends before. */
export const at = (value: Plain | undefined, ...path: readonly string[]): Plain | undefined =>
  path.reduce<Plain | undefined>(
    (inner, key) => (Array.isArray(inner) ? inner[Number(key)] : fields(inner)[key]),
    value,
  );
