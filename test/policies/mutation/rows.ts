import ts from "typescript";
import { Modules } from "./modules";
import type { Broken, Mutant } from "./mutants";

/** A row in a list or an object that a file exports. */
interface Holder {
  readonly of: Broken;
  /** Names and numbers from the exported variable down to the row. */
  readonly path: readonly [variable: string, ...rest: string[]];
}

/** Files that put tables of others together, or name them. */
const collections = new Set(["dataset", "containers", "parties"].map((name) => `policies/facts/${name}.ts`));

/** Rows that a value holds, in lists and objects of lists. */
function holders(of: Broken, path: Holder["path"], value: unknown, found: Map<object, Holder[]>): void {
  if (typeof value !== "object" || value === null || value instanceof RegExp || path.length > 3) return;
  for (const [key, item] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    if (typeof item !== "object" || item === null) continue;
    found.set(item, [...(found.get(item) ?? []), { of, path: [...path, key] }]);
    if (!("source" in item)) holders(of, [...path, key], item, found);
  }
}

/** Holder from which the others have a row: its file imports none of theirs, and its variable comes first. */
function origin(all: readonly Holder[]): Holder | undefined {
  const imports = (one: Holder, other: Holder): boolean => {
    const name = other.of.file.replace(/^.*\//, "").replace(/\.ts$/, "");
    return one.of !== other.of && new RegExp(`from "[./\\w-]*/${name}"`).test(one.of.source);
  };
  return all
    .filter((one) => !all.some((other) => imports(one, other)))
    .sort((one, other) => (made(one)?.end ?? 0) - (made(other)?.end ?? 0))[0];
}

/** Statement that makes the variable of a holder. */
const made = ({ of: { file, source }, path: [name] }: Holder): ts.VariableStatement | undefined =>
  ts
    .createSourceFile(file, source, ts.ScriptTarget.ES2022, true)
    .statements.filter(ts.isVariableStatement)
    .find(({ declarationList }) => declarationList.declarations.some((one) => one.name.getText() === name));

/** First words of a row, by which it is told from others. */
const label = (row: object): string =>
  JSON.stringify(row, (_, value: unknown) => (value instanceof RegExp ? String(value) : value)).replace(
    /,?"(source|reviewed|confidence)":"(?:[^"\\]|\\.)*"/g,
    "",
  );

/**
 * Each row of each table of facts as a fault: it is taken out of its list as soon as the list is made, however the list was written down. What the faults in
 * the text leave whole, as lists of words in one text, falls apart here.
 */
export function droppedRows(all: readonly Broken[]): readonly Numbered[] {
  const modules = new Modules();
  const { dataset } = modules.exports("policies/facts/dataset.ts") as {
    readonly dataset: Readonly<Record<string, readonly object[]>>;
  };
  const found = new Map<object, Holder[]>();
  for (const of of all)
    if (of.file.startsWith("policies/facts/") && !collections.has(of.file))
      for (const [name, value] of Object.entries(modules.exports(of.file) as object)) holders(of, [name], value, found);
  return Object.entries(dataset).flatMap(([table, rows]) =>
    rows.map((row) => {
      const from = origin(found.get(row) ?? []);
      const statement = from === undefined ? undefined : made(from);
      if (from === undefined || statement === undefined)
        throw new Error(`expected a file under policies/facts that exports the row ${label(row)} of ${table}`);
      const { of, path } = from;
      const place = path
        .slice(1, -1)
        .map((key) => `[${JSON.stringify(key)}]`)
        .join("");
      const list = `(${path[0]} as any)${place}`;
      const key = path.at(-1) ?? "";
      const text = /^\d+$/.test(key) ? `;${list}.splice(${key}, 1);` : `;delete ${list}[${JSON.stringify(key)}];`;
      const start = statement.getStart();
      const mutant: Mutant = {
        file: of.file,
        line: of.source.slice(0, start).split("\n").length,
        code: (of.source.slice(start).split("\n")[0] ?? "").trim(),
        kind: `row of ${table} dropped`,
        from: label(row),
        to: "",
        text,
        start: statement.end,
        end: statement.end,
        site: undefined,
        isRow: true,
      };
      return { of, mutant };
    }),
  );
}

/** A fault, and the file that has it. */
export interface Numbered {
  readonly of: Broken;
  readonly mutant: Mutant;
}

/** All faults in the order of their numbers: those in the text of the sources, and then the rows of the tables of facts. */
export const numberedFaults = (all: readonly Broken[]): readonly Numbered[] => [
  ...all.flatMap((of) => of.mutants.map((mutant) => ({ of, mutant }))),
  ...droppedRows(all),
];
