import { escape } from "./document";
import { compare, type Evidence, type Result } from "./model";

/**
 * Results as JUnit XML: a suite for each rule, a case for each resource. What failed is a failure, what is undetermined an error, what is exempt is skipped with its
 * reason. A rule that judged nothing is a suite without cases.
 */
export function junit({ rules, results, source }: Evidence): string {
  const ids = [...new Set([...rules.map(({ id }) => id as string), ...results.map(({ rule }) => rule)])];
  const suites = ids.map((id) =>
    suite(
      id,
      results.filter(({ rule }) => rule === id),
      source.at,
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sovereign-uc">\n${suites.join("\n")}\n</testsuites>\n`;
}

function suite(id: string, results: readonly Result[], at: string): string {
  // One case for each resource: several findings of a rule on one resource are one failure.
  const cases = new Map<string, Result[]>();
  for (const result of results) cases.set(result.urn, [...(cases.get(result.urn) ?? []), result]);
  const all = [...cases].sort(([one], [other]) => compare(one, other)).map(([, own]) => own);
  const count = (is: (own: readonly Result[]) => boolean): number => all.filter(is).length;
  const [failures, errors, skipped] = [count(failed), count(isOpen), count(isExempt)];
  const head = `name="${id}" tests="${all.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="0" timestamp="${at.slice(0, 19)}"`;
  return `  <testsuite ${head}>\n${all.map((own) => testcase(id, own)).join("")}  </testsuite>`;
}

const has = (own: readonly Result[], state: Result["state"]): boolean => own.some((one) => one.state === state);
const failed = (own: readonly Result[]): boolean => has(own, "failed");
const isOpen = (own: readonly Result[]): boolean => !failed(own) && has(own, "undetermined");
const isExempt = (own: readonly Result[]): boolean => !failed(own) && !isOpen(own) && has(own, "exempt");

function testcase(id: string, own: readonly Result[]): string {
  const [first] = own;
  const name =
    first?.place === undefined ? (first?.urn ?? "") : `${first.place.file}:${first.place.line} ${first.name}`;
  const text = own.flatMap(({ message }) => (message === "" ? [] : [message])).join("\n");
  const inside = failed(own)
    ? `<failure message="${escape(own.find(({ state }) => state === "failed")?.message ?? "")}" type="finding">${escape(text)}</failure>`
    : isOpen(own)
      ? `<error message="${escape(own.find(({ state }) => state === "undetermined")?.message ?? "")}" type="undetermined">${escape(text)}</error>`
      : isExempt(own)
        ? `<skipped message="${escape(text)}"/>`
        : "";
  const head = `    <testcase name="${escape(name)}" classname="${id}" time="0"`;
  return inside === "" ? `${head}/>\n` : `${head}>${inside}</testcase>\n`;
}
