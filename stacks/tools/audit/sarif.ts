import { legalTags, message, openMessage, type Rule } from "../../../policies/rule";
import type { Judged } from "../../../policies/judge";
import type { Found, Unread } from "./load";

const levels = { low: "note", medium: "warning", high: "error", critical: "error" } as const;
const scores = { low: "3.0", medium: "5.5", high: "8.0", critical: "9.5" } as const;

/** Findings as SARIF 2.1.0, with the settings as notifications of the run. What is undetermined is a result of the kind `open`, as the standard has it for what needs more information. */
export function sarif(
  rules: readonly Rule[],
  judged: readonly Judged[],
  places: ReadonlyMap<string, Found>,
  unread: readonly Unread[],
  settings: readonly string[],
): string {
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "sovereign-uc",
            rules: rules.map((rule) => ({
              id: rule.id,
              name: rule.name,
              shortDescription: { text: rule.title },
              fullDescription: { text: rule.rationale },
              help: { text: rule.remediation },
              defaultConfiguration: { level: levels[rule.severity] },
              properties: { tags: legalTags(rule), "security-severity": scores[rule.severity] },
            })),
          },
        },
        // What the verdicts rest on beside the rules: profile, own domains, facts of the operator's own.
        invocations: [
          {
            executionSuccessful: true,
            toolConfigurationNotifications: settings.map((text) => ({ level: "note", message: { text } })),
          },
        ],
        results: [
          ...judged.map(({ rule, subject, item }) => ({
            ruleId: rule.id,
            ruleIndex: rules.indexOf(rule),
            ...("found" in item
              ? { kind: "fail", level: levels[rule.severity], message: { text: message(rule.id, item) } }
              : { kind: "open", level: "none", message: { text: openMessage(rule.id, item) } }),
            ...location(subject === undefined ? undefined : places.get(subject.urn)),
          })),
          ...unread.map(({ file, why }) => ({
            ruleId: "UC-OPQ-001",
            kind: "open",
            level: "none",
            message: { text: `nobody can judge this file: ${why}` },
            ...location({ file, line: 1 }),
          })),
        ],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const location = (place: Pick<Found, "file" | "line"> | undefined): object =>
  place === undefined
    ? {}
    : {
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: place.file.split("\\").join("/") },
              region: { startLine: place.line },
            },
          },
        ],
      };
