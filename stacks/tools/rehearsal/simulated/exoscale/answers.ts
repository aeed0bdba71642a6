import { ProviderError } from "../kind";
import type { Stored } from "../store";
import { own, Properties } from "../values";

/** Values that the provider fills in where the program leaves them out. */
export const filled = (inputs: Properties, outputs: Properties): Properties =>
  Object.fromEntries(Object.entries(outputs).filter(([name]) => own(inputs, name) === undefined));

/** @throws ProviderError when the object is in use. */
export function inUse(what: string, id: string, users: readonly Stored[]): void {
  if (users.length > 0)
    throw new ProviderError(`Conflict: ${what} ${id} is in use by ${users.map((user) => user.id).join(", ")}`);
}
