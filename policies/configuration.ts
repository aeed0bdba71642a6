import { notesVariable } from "./notes";

/** Variables that the engine sets for a pack beside the configuration, in every operation on a stack. */
const told = ["PULUMI_NODEJS_PROJECT", "PULUMI_NODEJS_STACK", "PULUMI_NODEJS_DRY_RUN"];

/**
 * Configuration of the judged stack, as `namespace:key` → text. The engine passes it to a pack in its environment, together with the stack's name; there is none
 * when a state file is judged. Without the rest the variable comes from somebody's shell, and steers nothing.
 */
export function stackConfiguration(): Readonly<Record<string, string>> {
  const text = process.env["PULUMI_CONFIG"];
  const engine = told.every((name) => process.env[name] !== undefined);
  return !engine || text === undefined || text === "" ? {} : (JSON.parse(text) as Record<string, string>);
}

/** True while the engine only previews. It says so in the environment of a pack; a state file is judged without it, as it stands. */
export const isPreview = (): boolean => process.env["PULUMI_NODEJS_DRY_RUN"] === "true";

/** True if a preview prints every value that only the update knows, in place of one line for each rule. It changes no verdict. */
export const printsEach = (): boolean => process.env[notesVariable] === "each";
