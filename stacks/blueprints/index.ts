import * as pulumi from "@pulumi/pulumi";
import { crisis } from "./crisis";
import { Settings, settings } from "../settings";

/** Every blueprint by name; a new one is a file and a line here. */
export const blueprints: Readonly<Record<string, (settings: Settings) => Record<string, unknown>>> = { crisis };

/**
 * The program: deploys the blueprint that the stack's configuration names.
 *
 * @throws pulumi.RunError when there is no such blueprint, or the configuration cannot be used.
 */
export function program(): Record<string, unknown> {
  const read = settings(pulumi.getStack());
  const blueprint = blueprints[read.blueprint];
  if (blueprint === undefined)
    throw new pulumi.RunError(
      `expected a blueprint out of ${Object.keys(blueprints).join(", ")}, got "${read.blueprint}"; set sovereign-uc:blueprint to one of them`,
    );
  try {
    return blueprint({ ...read, name: read.blueprint });
  } catch (error) {
    // Errors from sizes and clouds come without a component around them; they are printed without a stack too.
    throw error instanceof RangeError ? new pulumi.RunError(error.message) : error;
  }
}
