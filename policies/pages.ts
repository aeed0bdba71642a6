import { type Example, frameworks, legalTags, policyName, type Rule } from "./rule";

/** Words of a kind of rule, as they stand in its page. */
const kinds: Readonly<Record<Rule["kind"], string>> = {
  resource: "inputs of resources",
  component: "inputs of our components",
  stack: "the whole stack",
};

/** An example as a program has it: each resource with its type and its inputs. */
const shown = (example: readonly Example[]): string =>
  JSON.stringify(
    example.map(({ type, properties, protect }) => ({ type, properties, ...(protect === true ? { protect } : {}) })),
    undefined,
    2,
  );

/** The page of one rule: what it asks, why, whose law, how to fix what it finds, and two examples. */
function page(rule: Rule): string {
  const {
    id,
    title,
    rationale,
    severity,
    kind,
    types,
    legal,
    remediation,
    remedies,
    beyond,
    examples,
    aliases = [],
  } = rule;
  const laws = [...new Set(legal.map(({ framework }) => framework))].map((framework) => {
    const { name, version } = frameworks[framework];
    const points = legal.filter((row) => row.framework === framework).map(({ reference }) => reference);
    return `- ${name} (${version}): ${points.join(", ")}`;
  });
  return [
    `## ${id} ${rule.name}`,
    title,
    rationale,
    [
      `- Severity: ${severity}${rule.enforcement === undefined ? "" : `, ${rule.enforcement}`}`,
      `- Judges: ${kinds[kind]}`,
      `- Types: ${types.map((type) => `\`${type}\``).join(", ")}`,
      `- Policy in a pack: \`${policyName(rule)}\``,
      ...(aliases.length > 0 ? [`- Also known as: ${aliases.join(", ")}`] : []),
    ].join("\n"),
    `Law (${legalTags(rule).length} points):`,
    laws.join("\n"),
    ...(beyond === undefined ? [] : [`Stricter than the law: ${beyond}`]),
    `What to do: ${remediation}`,
    [
      `- With our components: ${remedies.components}`,
      `- In Pulumi: ${remedies.pulumi}`,
      ...(remedies.kubernetes === undefined ? [] : [`- In Kubernetes: ${remedies.kubernetes}`]),
    ].join("\n"),
    "Passes:",
    `\`\`\`json\n${shown(examples.good)}\n\`\`\``,
    `Is refused${examples.operation === undefined ? "" : ` in an operation with ${JSON.stringify(examples.operation)}`}${examples.day === undefined ? "" : ` on ${examples.day}`}:`,
    `\`\`\`json\n${shown(examples.bad)}\n\`\`\``,
  ].join("\n\n");
}

/** The pages of all rules, with a table before them, in Markdown. */
export const pages = (rules: readonly Rule[]): string =>
  [
    "# Rules",
    "Made from the rules themselves; `UPDATE_GOLDEN=1 npx jest test/policies/rules/pages.test.ts` makes it again.",
    [
      "| rule | what it asks | severity | first point of law |",
      "| --- | --- | --- | --- |",
      ...rules.map(
        (rule) =>
          `| [${rule.id}](#${rule.id.toLowerCase()}-${rule.name}) | ${rule.title} | ${rule.severity} | ${legalTags(rule)[0] ?? ""} |`,
      ),
    ].join("\n"),
    ...rules.map(page),
  ].join("\n\n") + "\n";
