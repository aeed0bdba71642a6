/** Filters with one line removed, which a test of the filter must notice. */

/** A filter that lacks something. */
export interface Mutant {
  /** Removed rule or element. */
  readonly line: string;
  /** Its chain or set. */
  readonly where: string;
  /** The number of the rule among all rules of the table; undefined if it is no rule. */
  readonly rule?: number;
  /** True if it is only an element of that rule's list. */
  readonly isElement: boolean;
  readonly text: string;
  /** The filter to compare with: a missing drop shows only if everything after it is open, with and without it. */
  readonly against: string;
}

/** All removable parts of a filter: rules, policies, and each element of a list of addresses or message types, after its rule. */
export function mutants(filter: string): readonly Mutant[] {
  const lines = filter.split("\n");
  const all: Mutant[] = [];
  let where = "";
  let rule = -1;
  lines.forEach((line, at) => {
    where = /^ {2}(?:chain|set) (\S+) \{/.exec(line)?.[1] ?? where;
    if (isRule(line)) rule++;
    const without = (replacement: readonly string[], what: string, isDrop: boolean, isElement: boolean): void => {
      const open = isDrop ? opened : (text: string) => text;
      const text = [...lines.slice(0, at), ...replacement, ...lines.slice(at + 1)].join("\n");
      const common = { line: what, where, isElement, text: open(text), against: open(filter) };
      all.push(isRule(line) ? { ...common, rule } : common);
    };
    if (isRule(line)) without([], line.trim(), line.includes(" drop "), false);
    if (line.includes("policy drop"))
      without([line.replace("policy drop", "policy accept")], line.trim(), false, false);
    const [, before, list, after] = /^(.*\{ )(.*?)( \}.*)$/.exec(line) ?? [];
    const elements = list?.split(", ") ?? [];
    if (elements.length > 1)
      for (const element of elements)
        without(
          [`${before}${elements.filter((one) => one !== element).join(", ")}${after}`],
          `${element} of ${line.trim()}`,
          where.startsWith("isolated"),
          true,
        );
  });
  return all;
}

/** A filter in which every rule has a counter. */
export const counting = (filter: string): string =>
  filter
    .split("\n")
    .map((line) =>
      isRule(line) && !line.includes(" counter ")
        ? line.replace(/ (accept|drop) comment/, " counter $1 comment")
        : line,
    )
    .join("\n");

/** Number of packets that each rule decided, in order. */
export function counts(table: string): readonly number[] {
  const { nftables } = JSON.parse(table) as {
    readonly nftables: readonly {
      readonly rule?: { readonly expr: readonly { readonly counter?: { readonly packets: number } }[] };
    }[];
  };
  return nftables.flatMap(({ rule }) =>
    rule === undefined ? [] : [rule.expr.find((one) => one.counter !== undefined)?.counter?.packets ?? 0],
  );
}

/** A filter that accepts every packet that none of its drops has dropped. */
const opened = (filter: string): string => filter.replaceAll("policy drop", "policy accept");

const isRule = (line: string): boolean => /^ {4}.* (accept|drop) comment "/.test(line);
