import { settings } from "../../policies/settings";
import { properties } from "../../policies/extract/value";
import type { Context, Rule, Subject, Verdict } from "../../policies/rule";
import type { Given } from "./cases/case";

/** Settings of the tests' tables: a domain of one's own, one isolated range, and opaque resources that were looked at. */
export const chosen = settings(
  {
    ownDomains: ["crisis.example.ch"],
    isolated: ["10.0.0.0/16"],
    opaque: ["accepted", "urn:pulumi:test::project::command:local:Command::by-urn"].map((resource) => ({
      resource,
      reason: "looked at",
    })),
  },
  {},
);

/** A resource of a table as a rule sees it. */
export function subject({ type, name = "it", props = {}, provider, protect = false }: Given): Subject {
  const [of, given = {}] = provider ?? [];
  const made = of === undefined ? undefined : { type: `pulumi:providers:${of}`, name: "default" };
  return {
    type,
    name,
    urn: `urn:pulumi:test::project::${type}::${name}`,
    properties: properties(props),
    provider: made === undefined ? undefined : { ...made, properties: properties(given) },
    protect,
  };
}

const said = (verdict: Verdict): string => {
  if (verdict === undefined) return "-";
  if (verdict.length === 0) return "passed";
  return verdict
    .map((item) => {
      const about = "urn" in item && item.urn !== undefined ? ` @${item.urn.split("::").at(-1) ?? ""}` : "";
      if ("found" in item) return `${item.found}${about} {${item.allowed}; ${item.action}}`;
      if ("undetermined" in item)
        return `undetermined${item.later === true ? " until the update" : ""}: ${item.undetermined}${about} {${item.action ?? "-"}}`;
      return `deferred: ${item.deferred}`;
    })
    .join(" | ");
};

/** Verdicts of a rule on a stack: on each resource, and on all together. */
export function judged(rule: Rule, given: readonly Given[], of = chosen): string {
  const subjects = given.map(subject);
  const context: Context = {
    settings: of,
    isolated: of.isolated,
    inputs: new Map(subjects.map((one) => [one.urn, one])),
  };
  const single = subjects.map((one) => said(rule.check?.(one, context)));
  const all = rule.checkStack === undefined ? [] : [`stack: ${said(rule.checkStack(subjects, context))}`];
  return [...single, ...all].join(" || ");
}
