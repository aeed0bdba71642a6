import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { type Change, changesOf } from "./operators";

/** Folder of the project. */
export const root = join(__dirname, "..", "..", "..");

/** A fault that was put into one file. */
export interface Mutant {
  /** Path from the project's folder. */
  readonly file: string;
  readonly line: number;
  /** Line of the source, without the blanks at its ends. */
  readonly code: string;
  readonly kind: string;
  /** Text that was replaced, on one line. */
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Number of the expression in its file at which a test must come by, so that the fault can do anything. Nothing where any test may hang on it. */
  readonly site: number | undefined;
  /** True for rows of tables, of which there are many: they may be drawn by lot. */
  readonly isRow: boolean;
}

/** A file with everything that can be broken in it. */
export interface Broken {
  readonly file: string;
  readonly source: string;
  readonly mutants: readonly Mutant[];
  /** Ranges of the sites. */
  readonly sites: readonly (readonly [start: number, end: number])[];
}

/** Sources of the packs, without the compiled ones. */
export const sources = (): readonly string[] =>
  ["policies", "policies/rules", "policies/extract", "policies/facts", "policies/facts/containers"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".ts") && name !== "index.ts")
      .map((name) => `${folder}/${name}`),
  );

export const broken = (file: string): Broken => brokenText(file, readFileSync(join(root, file), "utf8"));

/** Mutants of a text. */
export function brokenText(file: string, source: string): Broken {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true);
  const sites = new Map<string, number>();
  const ranges: (readonly [number, number])[] = [];
  const siteOf = (node: ts.Node): number => {
    const range = [node.getStart(parsed), node.end] as const;
    const known = sites.get(range.join());
    if (known !== undefined) return known;
    sites.set(range.join(), ranges.length);
    return ranges.push(range) - 1;
  };
  const mutants: Mutant[] = [];
  const add = ({ kind, start, end, text, from, site }: Change): void => {
    const { line } = parsed.getLineAndCharacterOfPosition(start);
    const code = (source.split("\n")[line] ?? "").trim();
    const isRow = file.startsWith("policies/facts/") && /dropped/.test(kind);
    mutants.push({
      file,
      line: line + 1,
      code,
      kind,
      from: flat(from ?? source.slice(start, end)),
      to: flat(text),
      text,
      start,
      end,
      site: siteOf(site),
      isRow,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    changesOf(node, parsed).forEach(add);
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return { file, source, mutants, sites: ranges };
}

const flat = (text: string): string => text.replace(/\s+/g, " ").trim();

/** The source with a mutant in it. */
export const mutated = (source: string, { start, end, text }: Mutant): string =>
  source.slice(0, start) + text + source.slice(end);

/** The source with a mark at every site: `(siteMarks[3] = 1, expression)`. @param first number of the file's first site. */
export function marked({ source, sites }: Broken, first = 0): string {
  const marks = sites.flatMap(([start, end], site) => [
    { at: start, order: [1, -end], text: `(siteMarks[${first + site}] = 1, ` },
    { at: end, order: [0, -start], text: ")" },
  ]);
  // At one place, inner expressions end before outer ones, and outer ones begin before inner ones.
  marks.sort((a, b) => a.at - b.at || (a.order[0] ?? 0) - (b.order[0] ?? 0) || (a.order[1] ?? 0) - (b.order[1] ?? 0));
  let result = "";
  let position = 0;
  for (const { at, text } of marks) {
    result += source.slice(position, at) + text;
    position = at;
  }
  return result + source.slice(position);
}
