import type { Problem } from "./checks";
import type { DeclarationSource } from "./tables";
import type { DiffRules } from "./diff";
import type { FaultKind, FaultOperation } from "./faults";
import type { Json } from "./sealed";
import type { Store } from "./store";
import type { Properties } from "./values";

/** The stores of all packages: objects of one simulated cloud can matter to another package. */
export type Stores = Readonly<Record<string, Store>>;

/** Context that a resource type's behaviour receives. */
export interface Operation {
  readonly type: string;
  /** The resource's name in the program. */
  readonly urnName: string;
  /** Known, without secret markers. */
  readonly inputs: Properties;
  /** The provider's configuration. */
  readonly config: Properties;
  readonly store: Store;
  readonly stores: Stores;
}

export interface ExistingOperation extends Operation {
  readonly id: string;
  /** Its state in the engine, without secret markers. */
  readonly state: Properties;
}

/** Behaviour of one resource type of a real provider, beyond its declarations. */
export interface Kind extends DiffRules {
  /** True if the provider generates a `name` with a random suffix where the program leaves it out. @default false */
  readonly autonamed?: boolean;
  /** True if two objects may not have the same `name`. @default false */
  readonly uniqueName?: boolean;
  /**
   * True if the plugin itself asks to delete the old object before its replacement is made.
   *
   * @default - as pulumi-terraform-bridge 3.137.0 does it: a resource of Terraform's SDK whose `name` the plugin could have made up and the program states,
   * changed or not (`pkg/tfbridge/schema.go`, nameRequiresDeleteBeforeReplace); one of the plugin framework never (`pkg/pf/tfbridge/provider_diff.go`)
   */
  readonly deletesFirst?: (old: Properties, fresh: Properties) => boolean;
  /** The property within whose value the name is unique. @default - everywhere */
  readonly uniqueWithin?: string;
  /** Values that the provider fills in where the program leaves them out. */
  readonly defaults?: Properties;
  /** Outputs that only the provider knows, beside those that the declarations state. */
  readonly computed?: readonly string[];
  /** Computed outputs that a change makes unknown at preview; the others keep their value. */
  readonly volatile?: readonly string[];
  readonly secretOutputs?: readonly string[];
  /** Inputs that are never written to the file, secret or not, such as scripts. */
  readonly hidden?: readonly string[];
  /** Outputs that the provider computes from the input of the same name. */
  readonly echo?: Readonly<Record<string, (input: string) => string>>;
  /** True if a preview of a new object answers with the inputs only. @default false */
  readonly previewsInputsOnly?: boolean;
  /** Changes inputs before they are checked further: names and namespaces that the provider chooses. */
  readonly complete?: (inputs: Properties, context: CheckContext) => Properties;
  /** Problems that the provider reports before anything is made; parts of the inputs may be unknown. */
  readonly check?: (inputs: Properties, context: CheckContext) => readonly Problem[];
  readonly rules?: (inputs: Properties, config: Properties) => DiffRules;
  /** Numbers that may be fractions, by path; in all other numbers of Terraform's providers they may not. */
  readonly fractions?: readonly string[];
  /** True if a plan replaces the object because it expires. The rehearsal uses the machine's clock. */
  readonly due?: (state: Properties, inputs: Properties) => boolean;
  /** Makes the object; the answer holds only values that are not in the inputs. @throws ProviderError when the provider refuses. */
  readonly create: (operation: Operation) => { readonly id: string; readonly outputs: Properties };
  readonly update?: (operation: ExistingOperation) => Properties;
  readonly remove?: (operation: ExistingOperation) => void;
  /** The key of an object in the file. @default - its id */
  readonly key?: (id: string, config: Properties) => string;
  /** Id that `pulumi import` takes for it. @default - its id */
  readonly importId?: (id: string, properties: { readonly [name: string]: Json }) => string;
  /** The id inside the import id. @default - all of it */
  readonly parsedId?: (importId: string) => string;
}

export interface CheckContext {
  readonly urnName: string;
  /** The inputs of the last deployment; empty for a new resource. */
  readonly olds: Properties;
  readonly config: Properties;
  readonly stores: Stores;
  /** Hexadecimal digits, the same for one resource within one deployment. */
  readonly random: (digits: number) => string;
}

/** A simulated provider package. */
export interface SimulatedPackage {
  readonly name: string;
  /** Version of the plugin, as the engine compares it. */
  readonly version: string;
  readonly declarations: DeclarationSource;
  /** True if the real plugin wraps a Terraform provider, which lists in `__defaults` the values it filled in. @default false */
  readonly bridged?: boolean;
  /** Types whose resources are Terraform's plugin framework's, not its SDK's: the bridge never deletes them first by itself. @default [] */
  readonly framework?: readonly string[];
  /** Undefined for types that are not simulated. */
  readonly kind: (token: string) => Kind | undefined;
  readonly checkConfig?: (config: Properties) => readonly Problem[];
  /** Properties of the configuration whose change replaces the provider and with it every resource. */
  readonly replacesProvider?: (old: Properties, fresh: Properties) => readonly string[];
  /**
   * True if the target of the configuration can be reached; `false` if it cannot and its objects count as gone.
   *
   * @throws ProviderError where it cannot and that is an error.
   */
  readonly reach?: (config: Properties, stores: Stores, operation: FaultOperation) => boolean;
  /** Error message of the real provider for such a failure. */
  readonly faultText: (fault: FaultKind, type: string, name: string) => string;
}

/** An error in the real provider's words. */
export class ProviderError extends Error {}

/** A partially created object: the engine keeps it and continues with it in the next deployment. */
export class PartiallyMade extends ProviderError {
  constructor(
    message: string,
    readonly id: string,
    readonly properties: Properties,
    readonly inputs: Properties,
  ) {
    super(message);
  }
}
