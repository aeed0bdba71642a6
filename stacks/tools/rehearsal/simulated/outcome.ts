import type { Declared } from "./declarations";
import type { Kind } from "./kind";
import { narrowed } from "./sealed";
import { concealLike, isProperties, mapValues, own, Properties, reveal, Secret, text, Unknown } from "./values";

/** Properties that a program gets of a resource: its inputs, the provider's outputs, and secret markers on both. */
export function finished(kind: Kind, inputs: Properties, outputs: Properties): Properties {
  const visible = Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== "__defaults"));
  const { __defaults: _, ...rest } = outputs;
  const all = { ...echoed(kind, visible), ...rest, ...echoed(kind, pick(visible, Object.keys(kind.echo ?? {}))) };
  const marked = concealLike(all, inputs);
  if (!isProperties(marked)) return all;
  return mapValues(marked, (value, name) =>
    kind.secretOutputs?.includes(name) === true && !(value instanceof Secret) ? new Secret(reveal(value)) : value,
  );
}

export function echoed(kind: Kind, inputs: Properties): Properties {
  return mapValues(inputs, (value, name) => {
    const echo = kind.echo?.[name];
    const plain = reveal(value);
    return echo === undefined || typeof plain !== "string" ? value : echo(plain);
  });
}

const pick = (properties: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => names.includes(name)));

/** Outputs of a preview for an object that is not there yet: values that only the provider knows are unknown. */
export function previewed(kind: Kind, declared: Declared | undefined, inputs: Properties): Properties {
  const { __defaults: _, ...visible } = inputs;
  const known = echoed(kind, visible);
  if (kind.previewsInputsOnly === true) return known;
  const computed = Object.entries(declared?.outputs ?? {}).flatMap(([name, always]) => (always ? [name] : []));
  const unknown = [...computed, ...(kind.computed ?? [])].filter((name) => own(known, name) === undefined);
  return { ...known, ...Object.fromEntries(unknown.map((name) => [name, Unknown.value])) };
}

/** Inputs with which a program would get the object as it is. */
export function inputsOf(kind: Kind, declared: Declared | undefined, live: Properties, old: Properties): Properties {
  if (Object.keys(old).length === 0)
    return Object.fromEntries(
      Object.entries(live).filter(([name]) => declared === undefined || Object.hasOwn(declared.inputs, name)),
    );
  const unchanged = (name: string): boolean => {
    const before = own(old, name);
    const echo = kind.echo?.[name];
    const plain = before === undefined ? undefined : reveal(before);
    return echo !== undefined && typeof plain === "string" && echo(plain) === own(live, name);
  };
  const { __defaults: noted, ...asked } = old;
  const inputs = narrowed(live, asked);
  const result = isProperties(inputs)
    ? mapValues(inputs, (value, name) => (unchanged(name) ? (own(old, name) ?? value) : value))
    : {};
  return noted === undefined ? result : { ...result, __defaults: noted };
}

/** True if the program states the `name` of a resource that would otherwise get a generated one. */
export const statesName = (inputs: Properties): boolean => {
  const defaulted = own(inputs, "__defaults");
  return own(inputs, "name") !== undefined && Array.isArray(defaulted) && !defaulted.includes("name");
};

export function statedName(inputs: Properties): string | undefined {
  const defaulted = own(inputs, "__defaults");
  return Array.isArray(defaulted) && defaulted.includes("name") ? undefined : text(inputs, "name");
}
