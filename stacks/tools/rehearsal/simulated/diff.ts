import { equal, isList, isProperties, own, Properties, Secret, Unknown, Value } from "./values";

export interface Change {
  readonly kind: "add" | "delete" | "update";
  readonly replace: boolean;
}

/**
 * Facts on how the real plugin plans the difference between the state and the program. Paths have list positions as `[*]`.
 *
 * | facts | source |
 * |---|---|
 * | Terraform's SDK takes nothing, `""`, 0, false, `[]` and an empty map for the same, but not an empty block; what it computes where the program says nothing stays as it is, and an empty text says nothing | hashicorp/terraform-plugin-sdk (pulumi's fork 5525259d096b), `helper/schema/schema.go` (schemaMap.diff, diffString) |
 * | members of a set have no order, and equal ones are one | the same, `helper/schema/set.go`; pulumi/pulumi-terraform-bridge v3.137.0, `pkg/tfbridge/detailed_diff.go` |
 * | the plugin framework tells nothing and empty apart, plans its own defaults, and a set may not hold equal members | hashicorp/terraform-plugin-framework v1.19.0, `internal/fwserver/` |
 *
 * Each was observed in the real plugins (hcloud, exoscale, random, tls) by calling Check and Diff with the same inputs.
 */
export interface DiffRules {
  /** Paths whose change replaces the resource, including everything below them. */
  readonly replaces?: readonly string[];
  /** Paths that replace nothing if the change is only between nothing and an empty value. */
  readonly inPlace?: readonly string[];
  /** Names of lists whose order the provider ignores. */
  readonly sets?: readonly string[];
  /** Paths that keep their value if the program leaves them out (optional and computed). */
  readonly keeps?: readonly string[];
  /** Planned value at a path that the program leaves out. */
  readonly plans?: Readonly<Record<string, Value>>;
  /** Names of maps, whose keys the program chooses: an empty map counts as present. */
  readonly maps?: readonly string[];
  /** Paths of texts that mean the same in any case. */
  readonly anyCase?: readonly string[];
  /** True if nothing and an empty value differ, as in the plugin framework. @default false */
  readonly tellsEmpty?: boolean;
}

/**
 * Differences between the inputs of a resource and its new inputs, by path (`networks[0].ip`). A value that is not known yet counts as changed.
 *
 * @param state state of the resource: it has the values that the provider computed where the program left them out.
 */
export function difference(
  old: Properties,
  fresh: Properties,
  rules: DiffRules,
  state: Properties = {},
): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  compare("", old, fresh, state, rules, (path, kind) => {
    const emptied = rules.inPlace?.includes(path) === true && [old, fresh].every((side) => isNothing(own(side, path)));
    changes.set(path, { kind, replace: !emptied && (rules.replaces ?? []).some((rule) => within(path, rule)) });
  });
  return changes;
}

type Note = (path: string, kind: Change["kind"]) => void;

function compare(
  path: string,
  before: Value | undefined,
  wanted: Value | undefined,
  state: Value | undefined,
  rules: DiffRules,
  note: Note,
): void {
  const { keeps = [], plans = {}, anyCase = [], sets = [], maps = [] } = rules;
  const tellsEmpty = rules.tellsEmpty === true || maps.some((map) => new RegExp(`(^|\\.)${map}[.[]`).test(path));
  const general = generalised(path);
  const kept = keeps.includes(general);
  const planned = Object.hasOwn(plans, general) ? plans[general] : undefined;
  const there = plain(state);
  const a = plain(before) ?? (kept ? there : undefined) ?? planned;
  const b = plain(wanted) ?? planned;
  if (kept && (b === undefined || (b === "" && !tellsEmpty))) return;
  if (a === undefined || b === undefined) {
    const one = a ?? b;
    if (one === undefined || (!tellsEmpty && isEmpty(one) && (!isProperties(one) || maps.includes(lastOf(path)))))
      return;
    note(path, a === undefined ? "add" : "delete");
  } else if (isProperties(a) && isProperties(b)) {
    const holder = isProperties(there) ? there : {};
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)]))
      if (!name.startsWith("__"))
        compare(joined(path, name), own(a, name), own(b, name), own(holder, name), rules, note);
  } else if (isList(a) && isList(b)) {
    const held = isList(there) ? there : [];
    if (sets.includes(lastOf(path)) && sameMembers(path, a, b, rules)) return;
    for (let i = 0; i < Math.max(a.length, b.length); i++) compare(`${path}[${i}]`, a[i], b[i], held[i], rules, note);
  } else if (typeof a === "string" && typeof b === "string" && anyCase.includes(general)) {
    if (a.toLowerCase() !== b.toLowerCase()) note(path, "update");
  } else if (!equal(a, b)) note(path, "update");
}

/** A value without its secret marker; undefined for null. */
function plain(value: Value | undefined): Value | undefined {
  if (value instanceof Secret) return plain(value.value);
  return value ?? undefined;
}

const isNothing = (value: Value | undefined): boolean => {
  const known = plain(value);
  return known === undefined || isEmpty(known);
};

/** Values that Terraform's SDK treats like nothing. */
export function isEmpty(value: Value): boolean {
  if (value === "" || value === 0 || value === false) return true;
  if (isList(value)) return value.length === 0;
  return isProperties(value) && Object.keys(value).length === 0;
}

/** True if two lists have the same members in any order. */
function sameMembers(path: string, old: readonly Value[], fresh: readonly Value[], rules: DiffRules): boolean {
  const alike = (a: Value, b: Value): boolean => {
    if (plain(b) instanceof Unknown) return false;
    let same = true;
    compare(`${path}[0]`, a, b, a, rules, () => (same = false));
    return same;
  };
  return (
    fresh.every((wanted) => old.some((one) => alike(one, wanted))) &&
    old.every((one) => fresh.some((wanted) => alike(one, wanted)))
  );
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

const generalised = (path: string): string => path.replace(/\[\d+\]/g, "[*]");

/** True if a path is one that the rule names, or lies below it. */
function within(path: string, rule: string): boolean {
  const general = generalised(path);
  return general === rule || (general.startsWith(rule) && /^[.[]/.test(general.slice(rule.length)));
}

function joined(path: string, name: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}
