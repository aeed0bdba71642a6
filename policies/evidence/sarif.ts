import { legalTags, type Rule } from "../rule";
import type { Result } from "./model";

const levels = { low: "note", medium: "warning", high: "error", critical: "error" } as const;
const scores = { low: "3.0", medium: "5.5", high: "8.0", critical: "9.5" } as const;

/**
 * Findings as SARIF 2.1.0, with the settings as notifications of the run. What is undetermined is a result of the kind `open`, as the standard has it for
 * what needs more information; what is exempt is a result with a suppression and its reason. What passed is left out.
 */
export function sarif(
  rules: readonly Rule[],
  results: readonly Result[],
  settings: readonly string[],
  unread: readonly { readonly file: string; readonly why: string }[] = [],
): string {
  const said = results.filter(({ state }) => state !== "passed");
  // A rule of another pack has no description here.
  const ids = [...new Set([...rules.map(({ id }) => id as string), ...said.map(({ rule }) => rule)])];
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "sovereign-uc",
            rules: ids.map((id) => described(rules, id)),
          },
        },
        // What the verdicts rest on beside the rules: profile, own domains, facts of the operator's own, exemptions.
        invocations: [
          {
            executionSuccessful: true,
            toolConfigurationNotifications: settings.map((text) => ({ level: "note", message: { text } })),
          },
        ],
        results: [
          ...said.map((result) => ({
            ruleId: result.rule,
            ruleIndex: ids.indexOf(result.rule),
            ...(result.state === "undetermined"
              ? { kind: "open", level: "none" }
              : { kind: "fail", level: levels[rules.find(({ id }) => id === result.rule)?.severity ?? "high"] }),
            message: { text: result.message },
            ...suppressed(result),
            ...location(result),
          })),
          ...unread.map(({ file, why }) => ({
            ruleId: "UC-OPQ-001",
            kind: "open",
            level: "none",
            message: { text: `nobody can judge this file: ${why}` },
            ...physical({ file, line: 1 }),
          })),
        ],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function described(rules: readonly Rule[], id: string): object {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) return { id, shortDescription: { text: "a rule of another pack" } };
  return {
    id,
    name: rule.name,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.rationale },
    help: { text: rule.remediation },
    defaultConfiguration: { level: levels[rule.severity] },
    properties: { tags: legalTags(rule), "security-severity": scores[rule.severity] },
  };
}

/** An accepted suppression: exempt findings stay in the file, with who answers for them. */
const suppressed = ({ exemption }: Result): object =>
  exemption === undefined
    ? {}
    : {
        suppressions: [
          {
            kind: "external",
            status: "accepted",
            justification: `${exemption.kind} until ${exemption.expires}, ticket ${exemption.ticket}, asked by ${exemption.author}, approved by ${exemption.approver}: ${exemption.reason}`,
          },
        ],
      };

const location = ({ place, urn, name }: Result): object =>
  place !== undefined
    ? physical(place)
    : urn === "stack"
      ? {}
      : { locations: [{ logicalLocations: [{ name, fullyQualifiedName: urn, kind: "resource" }] }] };

const physical = ({ file, line }: { readonly file: string; readonly line: number }): object => ({
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: encodeURI(file.split("\\").join("/")) },
        region: { startLine: line },
      },
    },
  ],
});
