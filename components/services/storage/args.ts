import { type Database, databaseKeys } from "../../core/connections";
import type { Keys } from "../../core/errors";
import type { Generation } from "../../infrastructure/secrets";
import type { OnCluster } from "../../kubernetes/target";
import type { StoragePlan } from "./plan";

export interface StorageArgs {
  /** The platform that it stands on. */
  readonly on: OnCluster;
  /** Plan from `planStorage`; the platform has it, too. */
  readonly plan: StoragePlan;
  /** Its database, which holds the names of all objects, their versions, their locks, and the keys that their content is encrypted with. */
  readonly database: Database;
  /** Generation of the buckets' keys: with `["2", "1"]` both are valid, so that nothing is interrupted. @default "1" */
  readonly secretsGeneration?: Generation;
}

export const storageArgsKeys: Keys<StorageArgs> = {
  on: "elsewhere",
  plan: "elsewhere",
  database: databaseKeys,
  secretsGeneration: true,
};
