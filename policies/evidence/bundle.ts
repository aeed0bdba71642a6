import { createHash } from "node:crypto";
import { html, markdown } from "./document";
import { junit } from "./junit";
import { compare, type Evidence } from "./model";
import { oscal } from "./oscal";
import { bothDocument, matrixDocument, registerDocument, wholeDocument } from "./documents";
import type { Report } from "./report";
import { sarif } from "./sarif";
import { languages } from "./words";

/** Namespace of the signature on a bundle. */
export const bundleNamespace = "sovereign-uc-evidence";

/** Name of the list of digests. */
export const digestList = "SHA256SUMS";

/** Files of a bundle by name, without the list of digests. The same report gives the same bytes. */
export function filesOf(report: Report): Readonly<Record<string, string>> {
  const { evidence } = report;
  return {
    "evidence.md": markdown(wholeDocument(report)),
    "evidence.html": html([wholeDocument(report), bothDocument(report, "de"), bothDocument(report, "fr")]),
    "evidence.json": json(report),
    ...Object.fromEntries(
      languages.flatMap((language) => [
        [`register.${language}.md`, markdown(registerDocument(report, language))],
        [`nis2.${language}.md`, markdown(matrixDocument(report, language))],
      ]),
    ),
    "findings.sarif": sarif(evidence.rules, evidence.results, evidence.settings, evidence.unread),
    "junit.xml": junit(evidence),
    "oscal-assessment-results.json": oscal(evidence),
  };
}

/** Digests of files in the form that `sha256sum -c` reads. */
export const digests = (files: Readonly<Record<string, string>>): string =>
  Object.entries(files)
    .sort(([one], [other]) => compare(one, other))
    .map(([name, content]) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`)
    .join("");

/** The report as data: all results and cells, and of resources their type and name only, since inputs may hold what is not for everybody. */
function json(report: Report): string {
  const { evidence, ...rest } = report;
  const { source, profile, settings, results, unread }: Evidence = evidence;
  const data = {
    version: 1,
    source,
    profile,
    settings,
    resources: evidence.resources.map(({ urn, type }) => ({ urn, type })),
    results,
    unread,
    ...rest,
  };
  // Rules are named by their ids: everything else about them is in the SARIF file.
  return `${JSON.stringify(data, (key, value: unknown) => (key === "rule" && typeof value === "object" && value !== null && "id" in value ? value.id : value), 2)}\n`;
}
