import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { notesVariable } from "./notes";
import type { Operation } from "./rule";

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

/**
 * The operation in which a pack runs, as far as it decides where the state goes; undefined where a state is judged as it stands. The engine names the
 * organization to a pack (`PULUMI_NODEJS_ORGANIZATION`); the backend's address is the one that the operation itself was started with, or else the one that this user
 * has logged in to. A project that names another one in `backend.url` is not seen here: no pack is told its folder.
 */
export function operation(): Operation | undefined {
  const organization = process.env["PULUMI_NODEJS_ORGANIZATION"];
  if (organization === undefined || told.some((name) => process.env[name] === undefined)) return undefined;
  const backend = process.env["PULUMI_BACKEND_URL"] ?? loggedIn();
  return { organization, ...(backend === undefined ? {} : { backend }) };
}

/** Address that `pulumi login` left for this user (pulumi/pulumi sdk/go/common/workspace/creds.go at v3.256.0, `current`); undefined where there is none. */
function loggedIn(): string | undefined {
  const home = process.env["PULUMI_CREDENTIALS_PATH"] ?? process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  try {
    const { current } = JSON.parse(readFileSync(join(home, "credentials.json"), "utf8")) as {
      readonly current?: unknown;
    };
    return typeof current === "string" && current !== "" ? current : undefined;
  } catch {
    return undefined;
  }
}
