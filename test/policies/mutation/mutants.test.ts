import { runInNewContext } from "node:vm";
import { transformSync } from "@swc/core";
import { Modules } from "./modules";
import { broken, brokenText, marked, mutated, sources } from "./mutants";
import { thinner } from "./patterns";
import { droppedRows } from "./rows";

/** Mutated sources of a text, by the kind of the mutant. */
const all = (source: string, file = "policies/a.ts"): readonly string[] =>
  brokenText(file, source).mutants.map((mutant) => `${mutant.kind}: ${mutated(source, mutant)}`);

describe("Faults that are put into a source", () => {
  test.each([
    ["a condition", "if (a) b();", ["condition → true: if (true) b();", "condition → false: if (false) b();"]],
    ["a choice", "const x = a ? 1 : 2;", ["condition → true: const x = true ? 1 : 2;"]],
    ["operands, each of a chain once", "f(a && b && c)", ["a && b", "b && c", "a && c"]],
    ["a default", "f(a ?? 1)", ["default dropped: f(a)", "default always: f(1)"]],
    ["a comparison", "f(a < b)", ["comparison: f(a <= b)", "comparison: f(a >= b)"]],
    ["a negation", "f(!a)", ["negation dropped: f(a)"]],
    ["the first entry", "const x = [1, 2];", ["entry dropped: const x = [2];"]],
    ["the last entry", "const x = [1, 2];", ["entry dropped: const x = [1];"]],
    ["a row", "const x = { a: 1, b: 2 };", ["property dropped: const x = { b: 2 };"]],
    ["a method", "f(a.some(b))", ["method: f(a.every(b))"]],
    ["a filter", "f(a.filter(b).length)", ["filter dropped: f(a.length)"]],
    ["a returned list", "const f = () => a.flatMap(b);", ["list emptied: const f = () => [];"]],
    ["a case", "switch (a) { case 1: b(); }", ["case skipped: switch (a) {  }"]],
    ["a statement", "a();", ["statement dropped: void 0;"]],
    ["a sum", "f(a + 1)", ["sum: f(a - 1)"]],
    [
      "a row among arguments",
      "const r = (a, ...l) => l; r(1, [2], [3])",
      ["row dropped: const r = (a, ...l) => l; r(1, [3])"],
    ],
    ["a predicate", "const f = () => a.has(1);", ["predicate → true: const f = () => true;"]],
  ])("break %s", (_, source, expected) => {
    const list = all(source);
    for (const text of expected) expect(list.some((one) => one === text || one.endsWith(`: f(${text})`))).toBe(true);
  });

  test.each([
    ["types", "interface A { readonly a: [1, 2] }\ntype B = readonly [1, 2];"],
    ["imports", 'import { a } from "b";'],
    ["tuples", "const [a, b] = [c, d];"],
    ["a fallback that only the compiler asks for", 'const x = a ?? "";'],
  ])("leave %s alone", (_, source) => {
    expect(all(source)).toEqual([]);
  });

  test("a row of facts is dropped as a whole, and of its parts those that may be missing", () => {
    const table = 'r("a", ["b", "c", "https://d", "e"], ["f", "g"]); const l = [["h", "i"], ["j", "k", "m"]];';
    expect(brokenText("policies/facts/a.ts", table).mutants.map(({ kind, from }) => `${kind} ${from}`)).toEqual([
      'statement dropped r("a", ["b", "c", "https://d", "e"], ["f", "g"])',
      'row dropped ["b", "c", "https://d", "e"]',
      'row dropped ["f", "g"]',
      'entry dropped "e"',
      'entry dropped ["h", "i"]',
      'entry dropped ["j", "k", "m"]',
      'entry dropped "m"',
    ]);
  });

  test("rows of tables are told from conditions", () => {
    const isRow = (file: string): readonly boolean[] =>
      brokenText(file, "f([1])").mutants.map((mutant) => mutant.isRow);
    expect(isRow("policies/facts/a.ts")).toContain(true);
    expect(isRow("policies/rules/a.ts")).not.toContain(true);
  });

  test.each([
    ["alternatives", "/(a|b)c/", ["/(b)c/", "/(a)c/"]],
    ["alternatives at the top", "/a|b/", ["/b/", "/a/"]],
    ["anchors", "/^a\\b$/", ["/a\\b$/", "/^a$/", "/^a\\b/"]],
    ["flags", "/a/i", ["/a/"]],
    ["nothing of a class", "/[|^$]/", []],
    ["nothing that is escaped", "/\\|\\^/", []],
  ])("take %s out of a pattern", (_, pattern, expected) => {
    expect(thinner(pattern).map(({ text }) => text)).toEqual(expected);
  });
});

test("a source with marks does the same, and says where it comes by", () => {
  const source =
    "const f = (x: number[] | undefined) => (x?.filter((y) => y > 1).length ?? 5) > 1 && !x?.includes(9); f([2, 3]); f(undefined)";
  const reached: Record<number, number> = {};
  const of = brokenText("policies/a.ts", source);
  const { code } = transformSync(marked(of, 3), { jsc: { target: "es2022", parser: { syntax: "typescript" } } });
  const { code: plain } = transformSync(source, { jsc: { target: "es2022", parser: { syntax: "typescript" } } });
  const value: unknown = runInNewContext(code, { siteMarks: reached });
  expect(value).toEqual(runInNewContext(plain, {}));
  expect(Object.keys(reached)).toEqual([...of.sites.keys()].map((site) => String(site + 3)));
});

describe("Rows of the tables of facts", () => {
  type Dataset = Readonly<Record<string, readonly object[]>>;
  const all = sources().map(broken);
  const rows = droppedRows(all);
  const dataset = (changed?: string, text?: string): Dataset => {
    const modules = new Modules(undefined, (file) => (file === changed ? text : undefined));
    return (modules.exports("policies/facts/dataset.ts") as { readonly dataset: Dataset }).dataset;
  };
  const whole = dataset();

  test("are all taken out, each once", () => {
    const tables = Object.entries(whole).flatMap(([name, list]) => list.map(() => `row of ${name} dropped`));
    expect(rows.map(({ mutant }) => mutant.kind)).toEqual(tables);
    expect(new Set(rows.map(({ mutant: { file, text, end } }) => `${file} ${end} ${text}`)).size).toBe(tables.length);
  });

  test.each([
    ["a list", "aiServices", 3],
    ["a list that another file has a part of", "hosts", -1],
    ["an object", "entities", 5],
    ["a list of words in one text", "secretWords", 1],
    ["a list below a name", "containers of jitsi", 0],
    ["a single row below a name", "containers of jitsi", -1],
  ])("are taken out of %s, and the others stay", (_, table, at) => {
    const { of, mutant } = rows.filter(({ mutant: { kind } }) => kind === `row of ${table} dropped`).at(at) ?? {};
    if (of === undefined || mutant === undefined) throw new Error(`expected a row of ${table}`);
    const given = dataset(of.file, mutated(of.source, mutant));
    const list = whole[table] ?? [];
    const gone = list.at(at);
    expect(given[table]).toEqual(list.filter((row) => row !== gone));
    for (const name of Object.keys(whole)) if (name !== table) expect(given[name]).toEqual(whole[name]);
  });
});

test("every source of the packs can be broken, and each mutant compiles", () => {
  for (const file of sources()) {
    const of = broken(file);
    for (const mutant of of.mutants.slice(0, 5))
      expect(() =>
        transformSync(mutated(of.source, mutant), { jsc: { parser: { syntax: "typescript" } } }),
      ).not.toThrow();
    expect(() => transformSync(marked(of), { jsc: { parser: { syntax: "typescript" } } })).not.toThrow();
  }
  expect(sources().flatMap((file) => broken(file).mutants).length).toBeGreaterThan(1_000);
});
