import { fields, type Plain, text, texts } from "./report/plain";
import { resourceOf } from "./report/rules";

/** A resource that differs from the state. */
export interface Drift {
  readonly resource: string;
  readonly type: string;
  /** Properties that differ; empty where the object is gone. */
  readonly changed: readonly string[];
}

/** Differences between the clouds and the state that a refresh found. */
export const driftOf = (events: readonly unknown[]): readonly Drift[] =>
  events.flatMap((event): Drift[] => {
    const metadata = fields(fields(fields(event as Plain)["resOutputsEvent"])["metadata"]);
    const [operation, urn] = [text(metadata["op"]), text(metadata["urn"])];
    if (urn === undefined || (operation !== "update" && operation !== "delete")) return [];
    return [{ ...resourceOf(urn), changed: operation === "delete" ? [] : texts(metadata["diffs"]) }];
  });
