import { properties, type Properties } from "../extract/value";
import type { Subject } from "../rule";

/** Marks of a secret in the engine's state (sdk/go/common/resource/sig of pulumi/pulumi at v3.256.0). */
const mark = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** A state or an event as JSON has it. */
export type Json = Readonly<Record<string, unknown>>;

export const fields = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);
export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Data without secrets: each becomes the engine's own placeholder, which rules take for unknown. */
function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden);
  if (typeof value !== "object" || value === null) return value;
  if (fields(value)[mark] === secretMark) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hidden(inner)]));
}

/** Properties of a resource, with secrets as values that are not known. */
export const shown = (value: unknown): Properties => properties(fields(hidden(fields(value))));

/** Name of a resource: the last part of its URN. */
export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/** Name of the stack from a URN; empty if it is none. */
export const stackOf = (urn: string): string => /^urn:pulumi:([^:]*)::/.exec(urn)?.[1] ?? "";

/** Resources of a state, by their inputs and by their outputs. */
export interface StateResources {
  readonly inputs: readonly Subject[];
  readonly outputs: readonly Subject[];
  readonly stack: string;
  /** Time of the last change, in ISO 8601. */
  readonly at: string;
}

/**
 * Reads the output of `pulumi stack export`. Resources that wait for their deletion, and those that were only read, are left out, as the engine leaves them out.
 *
 * @throws RangeError if it is none.
 */
export function readState(content: string): StateResources {
  const deployment = fields(fields(parsed(content))["deployment"]);
  const at = text(fields(deployment["manifest"])["time"]);
  const rows = list(deployment["resources"]).map(fields);
  if (rows.length === 0 || Number.isNaN(Date.parse(at)))
    throw new RangeError(
      `expected a state with resources and the time of its manifest, got ${JSON.stringify(content.slice(0, 60))}; write one with \`pulumi stack export\``,
    );
  const kept = rows.filter((row) => row["delete"] !== true && row["external"] !== true && text(row["urn"]) !== "");
  const byUrn = new Map(kept.map((row) => [text(row["urn"]), row]));
  const subject = (row: Json, of: "inputs" | "outputs"): Subject => {
    // A reference to a provider is its URN and its id.
    const [, answering = ""] = /^(.+)::[^:]+$/.exec(text(row["provider"])) ?? [];
    const provider = byUrn.get(answering);
    return {
      type: text(row["type"]),
      name: nameOf(text(row["urn"])),
      urn: text(row["urn"]),
      properties: shown(row[of]),
      provider:
        provider === undefined
          ? undefined
          : { type: text(provider["type"]), name: nameOf(answering), properties: shown(provider["inputs"]) },
    };
  };
  return {
    inputs: kept.map((row) => subject(row, "inputs")),
    outputs: kept.map((row) => subject(row, "outputs")),
    stack: stackOf(text(kept[0]?.["urn"])),
    at: new Date(at).toISOString(),
  };
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
