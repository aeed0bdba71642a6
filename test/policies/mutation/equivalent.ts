/** A mutant that changes nothing that anybody can see. */
export interface Equivalent {
  readonly file: string;
  /** Line of the source, without the blanks at its ends. */
  readonly code: string;
  /** Kind of the mutant. */
  readonly kind: string;
  /** Text that is replaced. @default any on the line */
  readonly from?: string;
  /** Text that stands there then. @default any */
  readonly to?: string;
  readonly reason: string;
}

/** Lines that only save time: what follows them finds nothing in what they leave out, so that asking always, or never, gives the same. */
const saving = (
  file: string,
  reason: string,
  ...rows: readonly (readonly [code: string, kind: string, to?: string])[]
): readonly Equivalent[] =>
  rows.map(([code, kind, to]) => ({
    file: `policies/extract/${file}.ts`,
    code,
    kind,
    ...(to === undefined ? {} : { to }),
    reason: `${reason}; asking first saves time`,
  }));

/** Mutants that no test can turn red on, each with the reason. A row that no survivor fits is reported: the mutant was killed after all, or the line is gone. */
export const equivalents: readonly Equivalent[] = [
  {
    file: "policies/rules/ai-001-no-public-ai-endpoint.ts",
    code: "...(row === undefined || reason === undefined",
    kind: "operand dropped",
    to: "reason === undefined",
    reason: "without a row there is no reason either; only the compiler asks for the first",
  },
  {
    file: "policies/rules/ai-001-no-public-ai-endpoint.ts",
    code: "if (!isObject(value)) return [];",
    kind: "condition → false",
    reason: "a value that is no object has no keys, so that nothing is found in it; the line saves time",
  },
  {
    file: "policies/rules/ha-001-n-plus-one.ts",
    code: "return hosts.length > 1 || only === undefined",
    kind: "operand dropped",
    to: "hosts.length > 1",
    reason: "a tier has a host at least; only the compiler asks for it",
  },
  {
    file: "policies/rules/opq-001-opaque-resource.ts",
    code: "(/curl|wget/.test(text) &&",
    kind: "operand dropped",
    reason: "the words stand in everything that the patterns take; asking for them first saves time",
  },
  {
    file: "policies/rules/opq-001-opaque-resource.ts",
    code: '(text.includes("nclude") && lines.some((line) => included.test(line) && /:\\/\\//.test(lines.join("\\n"))));',
    kind: "operand dropped",
    to: 'lines.some((line) => included.test(line) && /:\\/\\//.test(lines.join("\\n")))',
    reason: "the word stands in everything that the pattern takes; asking for it first saves time",
  },
  {
    file: "policies/tables.ts",
    code: 'if (!("image" in row) || row.image !== image) return false;',
    kind: "operand dropped",
    to: "row.image !== image",
    reason: "a row about a file has no image, which is no name; only the compiler asks for the first",
  },
  {
    file: "policies/settings.ts",
    code: "isOwnHost(row) &&",
    kind: "operand dropped",
    to: 'tableOf(row) === "hosts"',
    reason: "a row of the table of hosts has a host; only the compiler asks for the first",
  },
  {
    file: "policies/levels.ts",
    code: "note.setEnforcementlevel(analyzer.EnforcementLevel.ADVISORY);",
    kind: "statement dropped",
    reason: "the advisory level is what a message has that names none",
  },
  {
    file: "policies/serve.ts",
    code: "sayWeakened(rules, { name, policy: settingsName });",
    kind: "statement dropped",
    reason: "a pack is started in a process of its own, from the disk, where no mutant is: the engine's tests start it",
  },
  {
    file: "policies/serve.ts",
    code: "new PolicyPack(name, {",
    kind: "statement dropped",
    reason: "a pack is started in a process of its own, from the disk, where no mutant is: the engine's tests start it",
  },
  {
    file: "policies/extract/demands.ts",
    code: '.filter((row): row is FileFact => "file" in row && row.file === file)',
    kind: "operand dropped",
    to: "row.file === file",
    reason: "a row of a container has no file, so it is none of the one that is asked for; only the compiler asks",
  },
  ...saving(
    "hosts",
    "a host has a dot or a colon",
    ["if (/^[\\w \\n-]*$/.test(text)) return [];", "condition → false"],
    ['if (line.includes(".")) names(line, add);', "condition → true"],
    ['if (line.includes(":")) addresses(line, add);', "condition → true"],
  ),
  ...saving("hosts", "the words stand in everything that the patterns take", [
    "const mayBe = line.length < 4000 && mayDirect.test(line);",
    "operand dropped",
    "line.length < 4000",
  ]),
  ...saving("comments", "a word is no comment, and nothing is cut from it", [
    "if (word.test(text)) return [text];",
    "condition → false",
  ]),
  ...saving("schemes", "the word stands in everything that the pattern takes", [
    'if (!text.includes("://")) return [];',
    "condition → false",
  ]),
  ...saving(
    "schemes",
    "a store has a type beside its config, so both keys are there or nothing is found",
    [
      "...read.documents.flatMap(({ path, value }) => (hasConfig(value) ? typed(value, path) : [])),",
      "condition → true",
    ],
    ['const hasConfig = having((key) => key === "config");', "comparison"],
  ),
  ...saving(
    "choices",
    "members stand under such keys only",
    [
      '...read.documents.flatMap(({ path, value }) => (hasMembers(value) ? members(value, "", path) : [])),',
      "condition → true",
    ],
    ["const hasMembers = having((key) => under.has(key));", "predicate → true"],
  ),
  ...saving(
    "words",
    "stores stand under such keys only",
    ["...(hasObjects(value) ? objects(value, path) : []),", "condition → true"],
    ["const hasObjects = having((key) => storeKeys.has(key));", "predicate → true"],
  ),
  ...saving("text", "a short word holds none of the marks", [
    "if (!isShort && isUnresolved(current)) partial = true;",
    "operand dropped",
    "isUnresolved(current)",
  ]),
  ...saving(
    "ranges",
    "the parser refuses a name as well",
    ["if (!/^\\d|:/.test(text)) return undefined;", "condition → false"],
    ["if (!/^\\d|:/.test(text)) return undefined;", "anchor dropped: ^"],
  ),
  ...saving(
    "documents",
    "one word is no object and no list",
    ["if (isWord(text)) return none;", "condition → false"],
    ["const isWord = (text: string): boolean => /^[\\w./@-]*$/.test(text);", "predicate → false"],
  ),
  ...saving(
    "scan",
    "without a dollar sign or a variable, a text is filled in as it was",
    ['if (!leaves.some(({ text }) => text.includes("$"))) return leaves;', "condition → false"],
    ['if (!leaves.some(({ text }) => text.includes("$"))) return leaves;', "predicate → true"],
    ["if (given.length === 0) return leaves;", "condition → false"],
    ["return leaves === plain.leaves ? plain : { ...plain, leaves, texts: textsOf(leaves) };", "condition → false"],
    ["if (all.length < 2) return all;", "condition → false"],
  ),
  ...saving(
    "reached",
    "a host has a dot or a colon",
    ['if (!value.includes(".") && !value.includes(":")) return [];', "condition → false"],
    ['text.includes(".") || text.includes(":")', "condition → true"],
    ['if (!text.includes(".")) return [];', "condition → false"],
  ),
  ...saving("reached", "what holds aliases of hosts has other keys as well", [
    'const hasAliases = having((key) => key === "hostAliases");',
    "comparison",
  ]),
  ...saving(
    "downloads",
    "the words stand in everything that the patterns take",
    [
      "(/curl|wget|aria2c|fetch|clone/.test(whole) &&",
      "operand dropped",
      "(lines.some((line) => run.test(line) || sourced.test(line)) || runsDownload(lines))",
    ],
    [
      "(/exec|eval|iex|invoke|ansible-pull|deno|<\\(/i.test(whole) &&",
      "operand dropped",
      "lines.some((line) => evaluated.some((pattern) => pattern.test(line)))",
    ],
  ),
];
