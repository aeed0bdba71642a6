import { at, items, strings, type Value } from "./value";

/** Components of ours; those that declare isolation do so in the same shape, under `isolatedFrom`. */
const ours = "sovereign-uc:index:";

/** Ranges from which a component's hosts or pods are isolated; undefined for a component that declares none. */
export function declaredIsolation(type: string, properties: () => Value): readonly string[] | undefined {
  const systems = type.startsWith(ours) ? at(properties(), "isolatedFrom") : undefined;
  return systems === undefined ? undefined : items(systems).flatMap((system) => strings(at(system, "ranges")));
}
