import type { Rule } from "./rule";

/** Types that a summary names; the others are counted together. */
const named = 4;

/**
 * Values that only the update will know, counted by rule over one preview: hundreds of resources have such values, and a line for each would hide what else a
 * preview says. They are judged in the update, where each that stays unknown is a failure of its own.
 */
export class Notes {
  private readonly seen = new Map<string, Map<string, Set<string>>>();

  /** Notes one resource; the stack itself where no resource is named. */
  add({ id }: Rule, type: string, urn: string): void {
    const types = this.seen.get(id) ?? new Map<string, Set<string>>();
    this.seen.set(id, types);
    types.set(type, (types.get(type) ?? new Set()).add(urn));
  }

  /** The notes of one rule as one line; undefined if there are none. */
  summary({ id }: Rule): string | undefined {
    const types = [...(this.seen.get(id) ?? [])]
      .map(([type, urns]) => ({ type, count: urns.size }))
      .sort((one, other) => other.count - one.count || (one.type < other.type ? -1 : 1));
    if (types.length === 0) return undefined;
    const all = types.reduce((sum, { count }) => sum + count, 0);
    const others = types.slice(named).reduce((sum, { count }) => sum + count, 0);
    const list = [
      ...types.slice(0, named).map(({ type, count }) => `${count} of ${type}`),
      ...(others > 0 ? [`${others} of other types`] : []),
    ];
    return (
      `${id}: undetermined: ${all} ${all === 1 ? "resource has a value" : "resources have values"} that only the update knows (${list.join(", ")}); ` +
      `do: nothing, the update judges ${all === 1 ? "it" : "them"}; ${notesVariable}=each prints every one`
    );
  }
}

/** Variable of the environment that has a preview print every such value. It changes what is printed, and no verdict. */
export const notesVariable = "SOVEREIGN_UC_NOTES";
