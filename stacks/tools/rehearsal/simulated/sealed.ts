import { createHash } from "node:crypto";
import { canonical, isList, isProperties, mapValues, Opaque, own, Properties, Secret, Unknown, Value } from "./values";

/** A value as a state file holds it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** Placeholder for a secret in a file. */
const seal = "sealed";

export function digest(value: Value): string {
  return `sha256:${createHash("sha256").update(canonical(value)).digest("hex")}`;
}

/** The properties for a file: each secret, and each property named in `hidden`, is replaced by its digest. */
export function sealed(properties: Properties, hidden: readonly string[] = []): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      hidden.includes(name) ? { [seal]: digest(value) } : sealedValue(value),
    ]),
  );
}

function sealedValue(value: Value): Json {
  if (value instanceof Secret) return { [seal]: digest(value.value) };
  if (value instanceof Opaque) return { [seal]: digest(value) };
  if (value instanceof Unknown) return null;
  if (isList(value)) return value.map(sealedValue);
  return isProperties(value)
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, sealedValue(item)]))
    : value;
}

/**
 * The properties that a file holds, with the engine's own value wherever its digest is the one in the file.
 *
 * Otherwise the object was changed by hand: the digest itself is returned, as a secret, so that the engine sees a difference.
 */
export function unsealed(file: JsonObject, engine: Properties): Properties {
  return Object.fromEntries(
    Object.entries(file).map(([name, value]) => [name, unsealedValue(value, own(engine, name))]),
  );
}

function unsealedValue(file: Json, engine: Value | undefined): Value {
  const expected = sealOf(file);
  if (expected !== undefined) {
    if (engine !== undefined && digest(engine) === expected) return engine;
    return new Secret(`changed outside of the deployment (${expected})`);
  }
  const inner = engine instanceof Secret ? engine.value : engine;
  if (file === null || typeof file !== "object") return file;
  if (isArray(file)) return file.map((item, i) => unsealedValue(item, isList(inner) ? inner[i] : undefined));
  return unsealed(file, isProperties(inner) ? inner : {});
}

/** True if a file's value is a placeholder for a secret. */
export function sealOf(value: Json | undefined): string | undefined {
  if (value === null || typeof value !== "object" || isArray(value)) return undefined;
  const text = (value as JsonObject)[seal];
  return typeof text === "string" && Object.keys(value).length === 1 ? text : undefined;
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);

/** The parts of `live` that `asked` also names: the properties that came from the program. */
export function narrowed(live: Value, asked: Value): Value {
  if (live instanceof Secret || asked instanceof Secret) {
    const inner = narrowed(live instanceof Secret ? live.value : live, asked instanceof Secret ? asked.value : asked);
    return new Secret(inner);
  }
  if (isList(live) && isList(asked)) {
    const pairwise = live.length === asked.length;
    return live.map((item, i) => (pairwise ? narrowed(item, asked[i] ?? null) : item));
  }
  if (!isProperties(live) || !isProperties(asked)) return live;
  const kept = Object.fromEntries(Object.entries(live).filter(([name]) => Object.hasOwn(asked, name)));
  return mapValues(kept, (item, name) => narrowed(item, own(asked, name) ?? null));
}
