import { exemptionIn } from "../exemptions-said";
import type { Rule, Subject } from "../rule";
import { type Evidence, type Result, sorted } from "./model";
import { fields, type Json, list, nameOf, shown, stackOf, text } from "./state";

/** Results of one operation, read from the engine's log of events. */
export interface Logged extends Pick<Evidence, "settings" | "results" | "resources"> {
  readonly kind: "preview" | "update";
  readonly at: string;
  readonly stack: string;
  /** Profile that the packs named; undefined for the default. */
  readonly profile: string | undefined;
  readonly ownDomains: readonly string[];
}

/**
 * Reads the last operation that packs have judged from a log of `pulumi up --event-log FILE` or `pulumi preview --event-log FILE`: one event a line, as JSON. An
 * `up` has two, its preview and its update.
 *
 * @throws RangeError if the log has none, or if it ends before the operation did.
 */
export function readEvents(content: string, rules: readonly Rule[]): Logged {
  const events = operation(content);
  const summary = events
    .map((event) => fields(event["summaryEvent"]))
    .find((event) => "isPreview" in event || "resourceChanges" in event);
  const last = events[events.length - 1];
  if (summary === undefined || last === undefined)
    throw new RangeError(
      "expected a log with the end of its operation, got one that was cut off; evidence needs an operation that came to its end",
    );
  const resources = resourcesOf(events);
  const settings = settingsOf(events);
  const said = (pattern: RegExp): string | undefined =>
    settings.map((line) => pattern.exec(line)?.[1]).find((one) => one !== undefined);
  return {
    kind: summary["isPreview"] === true ? "preview" : "update",
    at: new Date(Number(last["timestamp"]) * 1000).toISOString(),
    stack: stackOf(resources[0]?.urn ?? ""),
    settings,
    profile: said(/^profile (\w+): /),
    ownDomains: said(/^own domains (\S+(?:, \S+)*): /)?.split(", ") ?? [],
    resources,
    results: sorted(
      distinct([
        ...events.flatMap((event) => finding(event, rules)),
        ...events.flatMap((event) => passed(event, rules)),
      ]),
    ),
  };
}

/** Events of the last operation with results of a pack. */
function operation(content: string): readonly Json[] {
  const operations: Json[][] = [];
  for (const [i, line] of content.split("\n").entries()) {
    if (line.trim() === "") continue;
    let event: Json;
    try {
      event = fields(JSON.parse(line));
    } catch {
      throw new RangeError(
        `expected one event as JSON in each line, got something else in line ${i + 1}; write the log with --event-log`,
      );
    }
    // Packs are loaded before the operation begins.
    if ("preludeEvent" in event || operations.length === 0) operations.push([]);
    operations[operations.length - 1]?.push(event);
  }
  const judged = operations.filter((events) =>
    events.some((event) => "policyAnalyzeSummaryEvent" in event || "policyEvent" in event),
  );
  const found = judged[judged.length - 1];
  if (found === undefined)
    throw new RangeError(
      "expected results of a policy pack in the log, got none; run the operation with --policy-pack",
    );
  return found;
}

/** The pack's own notes of its settings, which are no verdict. */
const note = /^settings(-stack)?$/;

function settingsOf(events: readonly Json[]): readonly string[] {
  const lines = events.flatMap((event) => {
    const policy = fields(event["policyEvent"]);
    return note.test(text(policy["policyName"])) ? uncoloured(text(policy["message"])).split("\n") : [];
  });
  return [...new Set(lines.map((line) => line.trim()).filter((line) => line !== ""))];
}

/** `uc-jur-001-provider-allowlist-stack` is a policy of UC-JUR-001; one of another pack is a rule of its own. */
const idOf = (policy: string): string => (/^uc-[a-z0-9]+-\d+/.exec(policy)?.[0] ?? policy).toUpperCase();

/** A message without the engine's marks of colours. */
const uncoloured = (message: string): string =>
  message
    .replace(/<\{%[^%]*%\}>/g, "")
    .replace(/\u001b\[[0-9;]*m/g, "")
    .trim();

function finding(event: Json, rules: readonly Rule[]): readonly Result[] {
  const policy = fields(event["policyEvent"]);
  const name = text(policy["policyName"]);
  if (name === "" || note.test(name)) return [];
  const rule = idOf(name);
  const lines = uncoloured(text(policy["message"])).split("\n");
  // The engine may put the policy's description before the message.
  const message = lines.find((line) => line.startsWith(`${rule}: `)) ?? lines.join(" ");
  const exemption = exemptionIn(message);
  const open = / undetermined: |can't be known during preview|can't run policy/.test(message);
  const about = rules.some(({ id }) => id === rule) || message !== "" ? message : "no message";
  return [
    {
      rule,
      state: exemption !== undefined ? "exempt" : open ? "undetermined" : "failed",
      ...resourceOf(text(policy["resourceUrn"])),
      message: about,
      ...(exemption === undefined ? {} : { exemption: without(exemption) }),
    },
  ];
}

const without = ({
  rest: _,
  ...exemption
}: NonNullable<ReturnType<typeof exemptionIn>>): NonNullable<Result["exemption"]> => exemption;

function passed(event: Json, rules: readonly Rule[]): readonly Result[] {
  return ["policyAnalyzeSummaryEvent", "policyAnalyzeStackSummaryEvent"].flatMap((kind) => {
    const summary = fields(event[kind]);
    const names = list(summary["passed"])
      .map(text)
      .filter((name) => name !== "" && !note.test(name));
    const urn = kind === "policyAnalyzeStackSummaryEvent" ? "" : text(summary["resourceUrn"]);
    return names
      .map(idOf)
      .filter((rule) => rules.length > 0 && rule !== "")
      .map((rule): Result => ({ rule, state: "passed", ...resourceOf(urn), message: "" }));
  });
}

function resourceOf(urn: string): Pick<Result, "urn" | "name" | "type"> {
  const type = urn.split("::")[2]?.split("$").slice(-1)[0];
  return urn === "" || type === undefined || type === "pulumi:pulumi:Stack"
    ? { urn: "stack", name: "the stack", type: "" }
    : { urn, name: nameOf(urn), type };
}

/** The same result of two policies of one rule counts once. */
const distinct = (results: readonly Result[]): readonly Result[] => [
  ...new Map(results.map((one) => [`${one.rule} ${one.state} ${one.urn} ${one.message}`, one])).values(),
];

/** Resources that the operation has planned or made, with their inputs. */
function resourcesOf(events: readonly Json[]): readonly Subject[] {
  const found = new Map<string, Subject>();
  for (const event of events)
    for (const kind of ["resourcePreEvent", "resOutputsEvent"]) {
      const made = fields(fields(fields(event[kind])["metadata"])["new"]);
      const [urn, type] = [text(made["urn"]), text(made["type"])];
      if (urn !== "" && type !== "")
        found.set(urn, { type, urn, name: nameOf(urn), properties: shown(made["inputs"]), provider: undefined });
    }
  return [...found.values()];
}
