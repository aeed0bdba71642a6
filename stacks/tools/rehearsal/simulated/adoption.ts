import { type Kind, ProviderError } from "./kind";
import type { Store, Stored } from "./store";
import { own, type Properties } from "./values";

/** Instructions for adopting an object that was made but whose answer was lost. */
export function adoption(kind: Pick<Kind, "importId">, { type, id, properties }: Stored, name: string): string {
  const importId = kind.importId?.(id, properties) ?? id;
  return `${type} "${name}" exists with id ${importId}; if it is yours, run: pulumi import ${type} ${name} ${importId}`;
}

/** @throws ProviderError with instructions to adopt the object that has the name, if names are unique. */
export function refuseSameName(store: Store, kind: Kind, type: string, name: string, inputs: Properties): void {
  const { uniqueWithin: within } = kind;
  const holder = store
    .of(type)
    .find(
      ({ properties }) =>
        properties["name"] === name && (within === undefined || properties[within] === own(inputs, within)),
    );
  if (holder !== undefined)
    throw new ProviderError(`name is already used (uniqueness_error): ${adoption(kind, holder, name)}`);
}
