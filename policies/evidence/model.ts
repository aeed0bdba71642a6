import type { Exemption } from "../exemptions";
import type { Judgement } from "../judge";
import { message, openMessage, type Rule, type Subject } from "../rule";
import { exemptMessage } from "../exemptions-said";

/** Result of a rule. Only `passed` counts for a proof: what is undetermined or exempt never does. */
export type State = "passed" | "failed" | "undetermined" | "exempt";

/** Exemption of a result, as a message says it. */
export type Said = Pick<Exemption, "kind" | "ticket" | "author" | "approver" | "expires" | "reason">;

/** Result of one rule for one resource, or for the stack. */
export interface Result {
  /** Id of the rule. */
  readonly rule: string;
  readonly state: State;
  /** URN; `stack` for no resource in particular. */
  readonly urn: string;
  readonly name: string;
  /** Type token; empty for the stack. */
  readonly type: string;
  /** The finding as one line; empty where it passed. */
  readonly message: string;
  readonly exemption?: Said;
  /** True if it failed and stops nothing. @default false; a log of the engine's does not say it */
  readonly advisory?: boolean;
  /** File and line, where files were audited. */
  readonly place?: Place;
}

export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Input of evidence: what was judged, and when. */
export interface Source {
  readonly kind: "preview" | "update" | "state" | "files";
  /** Name of the file or folder, without its path. */
  readonly name: string;
  /** SHA-256 of what was read. */
  readonly digest: string;
  /** End of the judgement, in ISO 8601. */
  readonly at: string;
  readonly stack: string;
}

/** Everything from which evidence is made. */
export interface Evidence {
  readonly source: Source;
  readonly profile: string;
  /** Settings under which it was judged, and who named them; rules that were weakened. */
  readonly settings: readonly string[];
  readonly rules: readonly Rule[];
  readonly results: readonly Result[];
  /** Resources with their inputs, secrets hidden. */
  readonly resources: readonly Subject[];
  /** Files and parts that nobody could judge, with the reason. */
  readonly unread: readonly { readonly file: string; readonly why: string }[];
}

/** Results in a fixed order: by rule, then by resource. */
export const sorted = (results: readonly Result[]): readonly Result[] =>
  [...results].sort(
    (one, other) => compare(one.rule, other.rule) || compare(one.urn, other.urn) || compare(one.message, other.message),
  );

/** Order of texts that is the same on every machine, whatever its language. */
export const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Results of a judgement without an engine. */
export function resultsOf(
  { judged, passed }: Judgement,
  places: ReadonlyMap<string, Place> = new Map(),
): readonly Result[] {
  const about = (subject: Subject | undefined, urn?: string): Pick<Result, "urn" | "name" | "type" | "place"> => {
    const place = subject === undefined ? undefined : places.get(subject.urn);
    return {
      urn: subject?.urn ?? urn ?? "stack",
      name: subject?.name ?? "the stack",
      type: subject?.type ?? "",
      ...(place === undefined ? {} : { place }),
    };
  };
  return sorted([
    ...judged.map(({ rule, subject, item, exemption }): Result => ({
      rule: rule.id,
      ...about(subject, item.urn),
      state: exemption !== undefined ? "exempt" : "found" in item ? "failed" : "undetermined",
      message:
        exemption !== undefined
          ? exemptMessage(rule.id, item, exemption)
          : "found" in item
            ? message(rule.id, item)
            : openMessage(rule.id, item),
      ...(exemption === undefined ? {} : { exemption }),
      ...("found" in item && (item.advisory === true || rule.enforcement === "advisory") ? { advisory: true } : {}),
    })),
    ...passed.map(({ rule, subject }): Result => ({ rule: rule.id, ...about(subject), state: "passed", message: "" })),
  ]);
}
