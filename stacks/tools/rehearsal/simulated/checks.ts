import type { Declared, ObjectShape, Shape } from "./declarations";
import { canonical, hasUnknown, isList, isProperties, Opaque, own, Properties, Secret, Unknown, Value } from "./values";

/** A problem with one property. The engine adds the resource's type and name to the sentence. */
export interface Problem {
  /** Path, as `networks[0].ip`. */
  readonly property: string;
  /** Sentence: what was expected, what came, what to do. */
  readonly reason: string;
}

/**
 * Demands of a provider on values, beyond the shapes that declarations state.
 *
 * | facts | source |
 * |---|---|
 * | the plugin framework refuses fractions in whole numbers; Terraform's SDK gets them without their fraction (pulumi/pulumi-terraform-bridge v3.137.0, `pkg/tfbridge/schema.go`), which is never meant: refused alike | hashicorp/terraform-plugin-framework v1.19.0, `types/basetypes/int64_type.go` |
 * | equal members of a set, and an object of which nothing is known where a part of it is required | the same, `types/basetypes/set_value.go` (Duplicate Set Element), `internal/fwserver/attribute_validation.go` (Missing Configuration for Required Attribute) |
 */
export interface Demands {
  /** Paths of numbers that may be fractions; undefined where any may be. */
  readonly fractions: readonly string[] | undefined;
  /** Names of lists that may not hold equal members. */
  readonly sets: readonly string[];
  /** True if an object in a list must be known as far as it is required. */
  readonly wholeObjects: boolean;
}

interface Against {
  readonly declared: Declared;
  readonly demands: Demands;
}

/** Problems that follow from the declarations alone: unknown names, absent properties, wrong types, values that an enumeration does not have. */
export function checkShape(
  inputs: Properties,
  declared: Declared,
  demands: Demands = { fractions: undefined, sets: [], wholeObjects: false },
): readonly Problem[] {
  return checkObject(inputs, declared.inputs, "", { declared, demands });
}

function checkObject(value: Properties, shape: ObjectShape, path: string, declared: Against): readonly Problem[] {
  const problems: Problem[] = [];
  const names = Object.keys(shape);
  for (const [name, { shape: expected, optional }] of Object.entries(shape)) {
    const item = own(value, name);
    const property = joined(path, name);
    if (item === undefined || item === null) {
      if (!optional)
        problems.push({ property, reason: `expected ${described(expected)}, got nothing; set "${property}"` });
    } else problems.push(...checkValue(item, expected, property, declared));
  }
  for (const name of Object.keys(value))
    if (!Object.hasOwn(shape, name) && !name.startsWith("__"))
      problems.push({
        property: joined(path, name),
        reason: `expected a known property, got "${name}"; ${advice(name, names)}`,
      });
  return problems;
}

function checkValue(value: Value, shape: Shape, path: string, declared: Against): readonly Problem[] {
  const { fractions, sets, wholeObjects } = declared.demands;
  if (value instanceof Secret) return checkValue(value.value, shape, path, declared);
  if (value instanceof Unknown && wholeObjects && path.endsWith("]"))
    return needed(shape, declared.declared).map((name) => ({
      property: joined(path, name),
      reason: `expected a value, got an object of which nothing is known yet; make it in the program, with parts that may be unknown`,
    }));
  if (value instanceof Unknown || value instanceof Opaque || shape === "any") return [];
  if (shape === "number" && typeof value === "number" && fractions !== undefined && !Number.isSafeInteger(value))
    return fractions.includes(path) ? [] : [whole(path, value)];
  if (shape === "text" || shape === "number" || shape === "flag")
    return isOf(value, shape) ? [] : [wrong(path, shape, value)];
  if ("value" in shape) return value === shape.value ? [] : [wrong(path, shape, value)];
  if ("list" in shape) {
    if (!isList(value)) return [wrong(path, shape, value)];
    const twice = sets.includes(path.slice(path.lastIndexOf(".") + 1)) ? repeated(value) : -1;
    if (twice >= 0)
      return [
        { property: `${path}[${twice}]`, reason: `expected each member once, got one twice; remove one of them` },
      ];
    return value.flatMap((item, i) => checkValue(item, shape.list, `${path}[${i}]`, declared));
  }
  if ("map" in shape) {
    if (!isProperties(value)) return [wrong(path, shape, value)];
    return Object.entries(value).flatMap(([name, item]) => checkValue(item, shape.map, joined(path, name), declared));
  }
  if ("object" in shape) {
    const named = declared.declared.objects[shape.object];
    if (named === undefined) return [];
    return isProperties(value) ? checkObject(value, named, path, declared) : [wrong(path, shape, value)];
  }
  // The problems of each alternative would confuse: it is not known which one was meant.
  return shape.oneOf.some((part) => checkValue(value, part, path, declared).length === 0)
    ? []
    : [wrong(path, shape, value)];
}

/** Required properties of an object. */
function needed(shape: Shape, { objects }: Declared): readonly string[] {
  const named = typeof shape === "object" && "object" in shape ? objects[shape.object] : undefined;
  return Object.entries(named ?? {}).flatMap(([name, { optional }]) => (optional ? [] : [name]));
}

/** Index of the first member that equals an earlier one; -1 if there is none. */
function repeated(members: readonly Value[]): number {
  const texts = members.map((member) => (hasUnknown(member) ? undefined : canonical(member)));
  return texts.findIndex((text, i) => text !== undefined && texts.indexOf(text) < i);
}

const whole = (property: string, value: number): Problem => ({
  property,
  reason: `expected a whole number, got ${value}; round it`,
});

function isOf(value: Value, kind: "text" | "number" | "flag"): boolean {
  if (kind === "number") return typeof value === "number" && Number.isFinite(value);
  return typeof value === (kind === "text" ? "string" : "boolean");
}

const wrong = (property: string, expected: Shape, value: Value): Problem => ({
  property,
  reason: `expected ${described(expected)}, got ${shown(value)}; change "${property}"`,
});

function described(shape: Shape): string {
  if (shape === "any") return "a value";
  if (shape === "text") return "a string";
  if (shape === "number") return "a number";
  if (shape === "flag") return "true or false";
  if ("value" in shape) return JSON.stringify(shape.value);
  if ("list" in shape) return "a list";
  if ("map" in shape || "object" in shape) return "an object";
  return `one of ${shape.oneOf.map(described).join(", ")}`;
}

/** A value for a message: never the content of an object, which may be secret. */
export function shown(value: Value | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (isList(value)) return "a list";
  if (isProperties(value)) return "an object";
  if (value instanceof Secret) return "a secret";
  if (value instanceof Unknown || value instanceof Opaque) return "a value that is not known yet";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function advice(name: string, names: readonly string[]): string {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const near = names.find(
    (other) => plain(other) === plain(name) || `${plain(name)}s` === plain(other) || plain(name) === `${plain(other)}s`,
  );
  return near === undefined ? `choose one of ${[...names].sort().join(", ")}` : `did you mean "${near}"?`;
}

const joined = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);
