import type { Kind } from "./kind";
import type { Stored } from "./store";

/** How to take an object into the state that was made and whose answer was lost. */
export function adoption(kind: Pick<Kind, "importId">, { type, id, properties }: Stored, name: string): string {
  const importId = kind.importId?.(id, properties) ?? id;
  return `${type} "${name}" exists with id ${importId}; if it is yours, run: pulumi import ${type} ${name} ${importId}`;
}
