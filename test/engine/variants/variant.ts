import type { ProviderResource, ResourceTransformationArgs } from "@pulumi/pulumi";
import type { ConfigValue } from "../../../stacks/tools/rehearsal/stack-files";

/** Inputs of a resource as a program gives them. */
export type Props = Readonly<Record<string, unknown>>;

/** Other inputs for a resource of the blueprint's; undefined leaves it as it is. */
export type Inputs = (given: ResourceTransformationArgs) => Props | undefined;

/** A blueprint of which one thing was changed, so that it breaks one rule. */
export interface Variant {
  /** The rule that it breaks: `UC-REG-001`. */
  readonly rule: string;
  /** The change, in words. */
  readonly change: string;
  /** @default "portal-hetzner" */
  readonly stack?: string;
  /** The operation that must stop: an update only where no preview can know. @default "preview" */
  readonly seen?: "preview" | "up";
  readonly inputs?: Inputs;
  /** Makes resources beside those of the blueprint. `cluster`: the provider of the blueprint's own cluster. */
  readonly beside?: (cluster: ProviderResource) => void;
  /** Configuration of the stack, over its file's. */
  readonly set?: Readonly<Record<string, ConfigValue>>;
  /** Address that the user of the machine is logged in to; nothing else names the backend then. */
  readonly login?: string;
  /** The pack's own configuration; what it names by path is made in the folder. */
  readonly pack?: (folder: string) => Readonly<Record<string, unknown>>;
  /** A rule that cannot but break with it, and the reason. */
  readonly also?: { readonly rule: string; readonly reason: string };
}

/** Stack of a variant that names none: the blueprint of which a preview takes the least time. */
export const usualStack = "portal-hetzner";
