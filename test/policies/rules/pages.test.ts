/** The rules' pages: made from the rules, and as they stand in the repository. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../../policies/pack";
import { pages } from "../../../policies/pages";
import { legalTags } from "../../../policies/rule";

const path = join(__dirname, "../../../policies/rules/README.md");

/** A text as the formatter of the repository writes it. It loads itself in parts, which Jest does not let it do. */
const formatted = (text: string): string =>
  execFileSync(process.execPath, [require.resolve("prettier/bin/prettier.cjs"), "--stdin-filepath", path], {
    input: text,
    encoding: "utf8",
  });

test("the rules' pages are those that the rules make", () => {
  const text = formatted(pages(rules));
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, text);
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("each rule has a page with its law, its remedies and both examples, and the table leads to it", () => {
  const [table = "", ...all] = pages(rules).split(/^## /m);
  expect(all).toHaveLength(rules.length);
  rules.forEach((rule, i) => {
    const page = all[i] ?? "";
    expect(page.startsWith(`${rule.id} ${rule.name}\n`)).toBe(true);
    for (const text of [rule.title, rule.rationale, rule.remedies.components, rule.remedies.pulumi])
      expect(page).toContain(text);
    for (const { type } of [...rule.examples.good, ...rule.examples.bad]) expect(page).toContain(`"type": "${type}"`);
    for (const { reference } of rule.legal) expect(page).toContain(reference);
    expect(page.match(/```json/g)).toHaveLength(2);
    expect(table).toContain(`[${rule.id}](#${rule.id.toLowerCase()}-${rule.name})`);
    expect(table).toContain(legalTags(rule)[0] ?? "none");
  });
});
