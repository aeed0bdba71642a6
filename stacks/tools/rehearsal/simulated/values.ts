/** A property's value between the engine and a provider. */
export type Value = null | boolean | number | string | Unknown | Secret | Opaque | readonly Value[] | Properties;

/** Properties by name. */
export interface Properties {
  readonly [name: string]: Value;
}

/** A value that the engine keeps encrypted in its state. */
export class Secret {
  constructor(readonly value: Value) {}
}

/** A value that is not known before the deployment runs. */
export class Unknown {
  private constructor() {}
  static readonly value = new Unknown();
}

/** A value that is not inspected here (assets, archives, references) and passed on unchanged. */
export class Opaque {
  constructor(readonly wire: unknown) {}
}

export function isProperties(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isMarker(value as Value);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

const isMarker = (value: Value): value is Unknown | Secret | Opaque =>
  value instanceof Unknown || value instanceof Secret || value instanceof Opaque;

/** The value without secret markers at any depth; unknown values stay unknown. */
export function reveal(value: Value): Value {
  if (value instanceof Secret) return reveal(value.value);
  return mapped(value, reveal);
}

export function revealAll(properties: Properties): Properties {
  return mapValues(properties, reveal);
}

/** True if any part of it is unknown. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value instanceof Unknown) return true;
  if (value instanceof Secret) return hasUnknown(value.value);
  return children(value).some(hasUnknown);
}

/** Adds secret markers where `pattern` has them at the same path. */
export function concealLike(value: Value, pattern: Value | undefined): Value {
  if (value instanceof Secret || pattern === undefined) return value;
  if (pattern instanceof Secret) return new Secret(value);
  if (isList(value) && isList(pattern)) return value.map((item, i) => concealLike(item, pattern[i]));
  if (isProperties(value) && isProperties(pattern))
    return mapValues(value, (item, name) => concealLike(item, own(pattern, name)));
  return value;
}

/** True if two values are equal. Secret markers do not count, and nothing is equal to an unknown value. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a instanceof Secret) return equal(a.value, b);
  if (b instanceof Secret) return equal(a, b.value);
  if (a instanceof Unknown || b instanceof Unknown) return false;
  if (a instanceof Opaque && b instanceof Opaque) return JSON.stringify(a.wire) === JSON.stringify(b.wire);
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (isProperties(a) && isProperties(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => equal(own(a, name), own(b, name)));
  }
  return a === b;
}

/** Canonical text of a value, independent of the order of its properties. */
export function canonical(value: Value): string {
  const plain = reveal(value);
  if (plain instanceof Unknown) return "unknown";
  if (plain instanceof Opaque) return JSON.stringify(plain.wire);
  if (isList(plain)) return `[${plain.map(canonical).join(",")}]`;
  if (isProperties(plain))
    return `{${Object.keys(plain)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonical(plain[name] ?? null)}`)
      .join(",")}}`;
  return JSON.stringify(plain);
}

/** An own property, never an inherited one. */
export function own(properties: Properties, name: string): Value | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** The text of a property; undefined if it is absent, unknown or no text. */
export function text(properties: Properties | undefined, name: string): string | undefined {
  const value = known(properties, name);
  return typeof value === "string" ? value : undefined;
}

export function number(properties: Properties | undefined, name: string): number | undefined {
  const value = known(properties, name);
  return typeof value === "number" ? value : undefined;
}

export function flag(properties: Properties | undefined, name: string): boolean {
  return known(properties, name) === true;
}

/** The items of a list property; none if it is absent or unknown. */
export function list(properties: Properties | undefined, name: string): readonly Value[] {
  const value = known(properties, name);
  return isList(value) ? value.map(reveal) : [];
}

/** The objects in a list property. */
export function objects(properties: Properties | undefined, name: string): readonly Properties[] {
  return list(properties, name).filter(isProperties);
}

export function object(properties: Properties | undefined, name: string): Properties {
  const value = known(properties, name);
  return isProperties(value) ? value : {};
}

function known(properties: Properties | undefined, name: string): Value | undefined {
  const value = properties === undefined ? undefined : own(properties, name);
  return value === undefined ? undefined : reveal(value);
}

export function mapValues(properties: Properties, change: (value: Value, name: string) => Value): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, change(value, name)]));
}

function mapped(value: Value, change: (value: Value) => Value): Value {
  if (isList(value)) return value.map(change);
  return isProperties(value) ? mapValues(value, change) : value;
}

function children(value: Value | undefined): readonly Value[] {
  if (isList(value)) return value;
  return isProperties(value) ? Object.values(value) : [];
}
