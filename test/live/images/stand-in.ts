import type { Layer } from "./layers";

/** A container image that the tests build in place of an upstream one. */
export interface StandIn {
  /** User as upstream's image has it, by name or number; "" for root. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** Beside PATH. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Signal that asks it to end. @default - SIGTERM */
  readonly stopSignal?: string;
  /** Base layers, shared with other images. */
  readonly layer: Layer;
  /** Fills the root file system above its layers. */
  readonly fill: (root: string) => Promise<void>;
  /** Claims that a pod of it proves. */
  readonly proves: string;
  /** Claims that a pod of it does not prove. */
  readonly doesNotProve: string;
  /** Upstream file and revision in which user, paths and entry command were read. */
  readonly source: string;
}
