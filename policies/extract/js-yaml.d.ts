/** The parts of js-yaml that are used here. The package has no types of its own. */
declare module "js-yaml" {
  export class Type {
    constructor(tag: string, options: { kind: "scalar" | "sequence" | "mapping"; multi?: boolean });
  }
  export interface Schema {
    extend(types: readonly Type[]): Schema;
  }
  export const CORE_SCHEMA: Schema;
  export function loadAll(text: string, iterator?: null, options?: { schema?: Schema }): unknown[];
}
