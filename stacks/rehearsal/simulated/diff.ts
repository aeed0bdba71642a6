import { canonical, equal, isList, isProperties, own, Properties, Secret, Value } from "./values";

export interface Change {
  readonly kind: "add" | "delete" | "update";
  readonly replace: boolean;
}

export interface DiffRules {
  /** Paths whose change replaces the resource; what lies below them included. List positions are written `[*]`. */
  readonly replaces?: readonly string[];
  /** Names of lists whose order means nothing to the provider. */
  readonly sets?: readonly string[];
}

/** What differs between the inputs of a resource and its new inputs, by path (`networks[0].ip`). A value that is not known yet counts as changed. */
export function difference(old: Properties, fresh: Properties, rules: DiffRules): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  const note = (path: string, kind: Change["kind"]): void => {
    changes.set(path, { kind, replace: (rules.replaces ?? []).some((rule) => within(path, rule)) });
  };
  const compare = (path: string, a: Value | undefined, b: Value | undefined): void => {
    if (a instanceof Secret) return compare(path, a.value, b);
    if (b instanceof Secret) return compare(path, a, b.value);
    if (a === undefined || a === null) {
      if (b !== undefined && b !== null) note(path, "add");
    } else if (b === undefined || b === null) note(path, "delete");
    else if (isProperties(a) && isProperties(b)) {
      for (const name of new Set([...Object.keys(a), ...Object.keys(b)]))
        if (!name.startsWith("__")) compare(joined(path, name), own(a, name), own(b, name));
    } else if (isList(a) && isList(b)) {
      if (rules.sets?.includes(path.slice(path.lastIndexOf(".") + 1)) === true && sameMembers(a, b)) return;
      for (let i = 0; i < Math.max(a.length, b.length); i++) compare(`${path}[${i}]`, a[i], b[i]);
    } else if (!equal(a, b)) note(path, "update");
  };
  compare("", old, fresh);
  return changes;
}

/** Whether a path is one that the rule names, or lies below it. */
function within(path: string, rule: string): boolean {
  const general = path.replace(/\[\d+\]/g, "[*]");
  return general === rule || (general.startsWith(rule) && /^[.[]/.test(general.slice(rule.length)));
}

function sameMembers(a: readonly Value[], b: readonly Value[]): boolean {
  const sorted = (items: readonly Value[]): string => items.map(canonical).sort().join("\n");
  return a.length === b.length && sorted(a) === sorted(b);
}

function joined(path: string, name: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}
