import { ProviderError } from "../kind";
import type { Stored } from "../store";
import { flag, text } from "../values";

/** Throws an error in the form of the real client: message, then the API's code in brackets. Source: hetznercloud/hcloud-go v2.47.0, `hcloud/error.go`. */
export function refuse(code: string, message: string): never {
  throw new ProviderError(`${message} (${code})`);
}

/** Refuses to delete a protected object. */
export function protect(stored: Stored | undefined, what: string): void {
  const name = text(stored?.properties, "name") ?? "";
  if (flag(stored?.properties, "deleteProtection"))
    refuse("protected", `${what} "${name}" is protected from being deleted`);
}

/** Refuses to delete an object in use. */
export function inUse(what: string, id: string, users: readonly string[]): void {
  if (users.length > 0) refuse("resource_in_use", `${what} with ID '${id}' is still in use by ${users.join(", ")}`);
}
