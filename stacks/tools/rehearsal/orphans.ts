import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { Failure } from "./failures";
import { fields, type Plain, text } from "./report/plain";

/** An object that already exists under the name that a create asked for: an earlier deployment made it and never got the answer. */
export interface Orphan {
  readonly type: string;
  /** Name in the program. */
  readonly name: string;
  /** Id by which the provider finds it. */
  readonly id: string;
}

/** Finds the orphan with which a failed create collided, if the message has its id. */
export function orphanOf({ type, resource, message }: Failure): Orphan | undefined {
  const id =
    /pulumi import \S+ \S+ (\S+)/.exec(message)?.[1] ??
    (/uniqueness_error|already (used|exists)/i.test(message)
      ? /\bid[ :=]+"?([0-9a-f]{8}-[0-9a-f-]{27}|\d+)"?/i.exec(message)?.[1]
      : undefined);
  return id === undefined || type === "" ? undefined : { type, name: resource, id };
}

/** The command that imports an orphan into the state of a real deployment. */
export function importCommand(orphan: Orphan, events: readonly unknown[]): string {
  const { type, name, id } = orphan;
  const parent = parentOf(events, orphan);
  return [
    `pulumi import ${type} ${name} ${id}`,
    ...(parent === undefined ? [] : [`--parent '${nameOf(parent)}=${parent}'`]),
    "--protect=false --generate-code=false",
  ].join(" ");
}

/**
 * A program in which one resource adopts an orphan as it is. The next deployment changes the differences; a property that no provider reads
 * back (the user data of a host) makes it replace the object, as after any import.
 *
 * `pulumi import` itself would ask for Node's language host, which an inline program does without.
 */
export function adopting(program: PulumiFn, { type, name, id }: Orphan): PulumiFn {
  return () => {
    pulumi.runtime.registerStackTransformation((args) =>
      args.type === type && args.name === name
        ? { props: args.props, opts: { ...args.opts, import: id, ignoreChanges: Object.keys(args.props as object) } }
        : undefined,
    );
    return program();
  };
}

/** The parent that the engine planned for a resource; undefined where it is the stack, or nothing was planned. */
function parentOf(events: readonly unknown[], { type, name }: Orphan): string | undefined {
  for (const event of events) {
    const metadata = fields(fields(fields(event as Plain)["resourcePreEvent"])["metadata"]);
    if (metadata["type"] !== type || nameOf(text(metadata["urn"]) ?? "") !== name) continue;
    const parent = text(fields(metadata["new"])["parent"]) ?? "";
    return parent === "" || parent.includes("::pulumi:pulumi:Stack::") ? undefined : parent;
  }
  return undefined;
}

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);
