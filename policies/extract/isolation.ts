import { at, items, strings, type Value } from "./value";

/** Components of ours; each that declares what it is isolated from does so in the same shape, under `isolatedFrom`. */
const ours = "sovereign-uc:index:";

/** Ranges that a component declares its hosts or pods to be isolated from; undefined for what declares none. */
export function declaredIsolation(type: string, properties: () => Value): readonly string[] | undefined {
  const systems = type.startsWith(ours) ? at(properties(), "isolatedFrom") : undefined;
  return systems === undefined ? undefined : items(systems).flatMap((system) => strings(at(system, "ranges")));
}
