/** The parts of js-yaml that are used here. The package has no types of its own. */
declare module "js-yaml" {
  export class Type {
    constructor(tag: string, options: { kind: "scalar" | "sequence" | "mapping"; multi?: boolean });
  }
  export interface Schema {
    extend(types: readonly Type[]): Schema;
  }
  export const CORE_SCHEMA: Schema;
  /** Place of the parser: its line, from 0 on, and the documents that it has read to their ends. */
  export interface State {
    readonly line: number;
    readonly documents: readonly unknown[];
  }
  export interface Options {
    schema?: Schema;
    /** Is called where a value begins and where it ends. */
    listener?: (event: "open" | "close", state: State) => void;
  }
  export function loadAll(text: string, iterator?: null, options?: Options): unknown[];
}
