import { at, items, text, texts } from "./plain";
import { ofType, StateResource } from "./state";

/** A system that must not reach the stack and must not be reached from it. */
export interface IsolatedSystem {
  readonly name: string;
  readonly kind: string;
  readonly ranges: readonly string[];
  /** Parts of the stack that are isolated from it, and the mechanism in each. */
  readonly holders: readonly { readonly who: string; readonly by: string }[];
}

/** Components that declare isolation, all under `isolatedFrom`, with the mechanism of each. */
const holders = [
  ["Network", "network", "the filter of every host first, network policies for pods behind it"],
  ["AdoptedCluster", "adopted cluster", "network policies alone, for pods only, if its network plugin enforces them"],
  ["ManagedCluster", "managed cluster", "network policies alone, for pods only"],
] as const;

/** Every isolated system of a stack; declarations of several components are merged. */
export function isolatedOf(resources: readonly StateResource[]): readonly IsolatedSystem[] {
  const said = holders.flatMap(([type, what, by]) =>
    ofType(resources, type).flatMap(({ name, inputs }) =>
      items(inputs["isolatedFrom"]).map((system) => ({
        name: text(at(system, "name")) ?? "unnamed",
        kind: text(at(system, "kind")) ?? "other",
        ranges: texts(at(system, "ranges")),
        holder: { who: `${what} ${name}`, by },
      })),
    ),
  );
  return [...new Set(said.map(({ name }) => name))].map((name) => {
    const all = said.filter((system) => system.name === name);
    return {
      name,
      kind: all[0]?.kind ?? "other",
      ranges: [...new Set(all.flatMap(({ ranges }) => ranges))],
      holders: all.map(({ holder }) => holder),
    };
  });
}
