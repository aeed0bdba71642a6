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
];
