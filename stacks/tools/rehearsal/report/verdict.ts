import type { Conferences } from "./conferences";
import type { Endpoint } from "./endpoints";
import { limits } from "./limits";
import type { Outcome, PathRow, ReportModel, Undetermined } from "./model";
import type { RuleOutcome } from "./rules";
import type { StateResource } from "./state";
import type { Tier } from "./tiers";
import { count } from "./words";

/** First sentence of the report: the outcome of the operation, and whether the result is sound. */
export function judge(
  outcome: Outcome,
  rules: readonly RuleOutcome[],
  paths: readonly PathRow[],
  tiers: readonly Tier[],
): ReportModel["verdict"] {
  const violated = rules.filter(({ failed }) => failed.some(({ mandatory }) => mandatory));
  const exposed = paths.filter((row) => row.paths.some(({ verdict: { state } }) => state === "exposed"));
  const short = tiers.filter(({ state }) => state === "short");
  if (outcome === "blocked" || violated.length > 0) {
    const found = violated.reduce((total, { failed }) => total + failed.filter(({ mandatory }) => mandatory).length, 0);
    const what = `${count(found, "violation")} of ${violated.map(({ id }) => id).join(", ") || "the packs' rules"}`;
    // Some values are known only while things are made: they can stop a deployment that its preview let pass.
    return {
      state: "blocked",
      sentence:
        outcome === "blocked"
          ? `Blocked: ${what}. Nothing was changed.`
          : `Stopped half-way: ${what}. Resources that were made before remain; correct the cause and run again.`,
    };
  }
  if (outcome === "failed")
    return {
      state: "failed",
      sentence: "The deployment stopped before its end. Run the same command again: it continues from here.",
    };
  const faults = [
    ...(exposed.length > 0
      ? [`${count(exposed.length, "host or workload", "hosts or workloads")} with a path that nothing blocks`]
      : []),
    ...(short.length > 0 ? [`${count(short.length, "tier")} too small to lose a replica`] : []),
  ];
  // An exempt finding is none that stops anything, but it is one.
  const exempt = rules.some(({ failed }) => failed.some(({ message }) => message.includes(": exempt until ")));
  const what = outcome === "unchanged" ? "Nothing had to change" : "Everything went up";
  return faults.length > 0
    ? { state: "failed", sentence: `${what}, but the report found ${faults.join(" and ")}.` }
    : {
        state: "passed",
        sentence: `${what}, and no rule that ran found a violation${exempt ? ", beside those that are exempt" : ""}.`,
      };
}

/** The pack's own count, where a preview gives one line for a rule. */
const summary = (open: RuleOutcome["undetermined"]): string | undefined =>
  open.length === 1
    ? /undetermined: (\d+ resources? .+ only the update knows .+\));/.exec(open[0]?.message ?? "")?.[1]
    : undefined;

interface Judged {
  readonly rules: readonly RuleOutcome[];
  readonly paths: readonly PathRow[];
  readonly tiers: readonly Tier[];
  readonly endpoints: readonly Endpoint[];
  readonly resources: readonly StateResource[];
  readonly conferences: readonly Conferences[];
}

/** Everything that was not judged, with the reason. */
export function undeterminedOf({
  rules,
  paths,
  tiers,
  endpoints,
  resources,
  conferences,
}: Judged): readonly Undetermined[] {
  return [
    ...rules
      .filter(({ state }) => state === "not run")
      .map(({ id, title }) => ({
        what: `${id} ${title}`,
        why: "the engine reported no result for this rule: it applies to no resource, or it did not run",
      })),
    ...rules
      .filter(({ state }) => state === "undetermined")
      .map(({ id, title, undetermined }) => ({
        what: `${id} ${title}`,
        why: summary(undetermined) ?? `${count(undetermined.length, "resource")} with values that only a real up knows`,
      })),
    ...endpoints
      .filter(({ controller }) => controller.kind === "undetermined")
      .map(({ host, where, controller }) => ({
        what: host,
        why: `mentioned in ${where[0] ?? "an artefact"}; ${controller.who}`,
      })),
    ...tiers
      .filter(({ state }) => state === "undetermined")
      .map(({ name, afterLoss }) => ({ what: `capacity of ${name}`, why: afterLoss })),
    ...paths.flatMap(({ name, paths: all }) => {
      const unknown = all.filter(({ verdict: { state } }) => state === "undetermined");
      return unknown.length === 0
        ? []
        : [
            {
              what: `paths of ${name}`,
              why: `${count(unknown.length, "path")}: nothing was rendered from which to judge`,
            },
          ];
    }),
    ...conferences.flatMap(({ name, why }) =>
      why === undefined ? [] : [{ what: `bandwidth, cost and delay of ${name}`, why }],
    ),
    ...limits(resources),
  ];
}
