import { type BucketAccess, bucketAccessKeys } from "../../core/connections";
import type { Keys } from "../../core/errors";
import type { Generation } from "../../infrastructure/secrets";
import type { OnCluster } from "../../kubernetes/target";
import type { LanguagePlan } from "./plan";

export interface LanguageArgs {
  /** The platform that it stands on. */
  readonly on: OnCluster;
  /** Plan from `planLanguage`; the platform has it, too. */
  readonly plan: LanguagePlan;
  /** Bucket with the weights: `storage.bucket("models", { from: plan.server })`. It only reads. */
  readonly models: BucketAccess;
  /** Generation of the clients' key: with `["2", "1"]` both count. @default "1" */
  readonly secretsGeneration?: Generation;
}

export const languageArgsKeys: Keys<LanguageArgs> = {
  on: "elsewhere",
  plan: "elsewhere",
  models: bucketAccessKeys,
  secretsGeneration: true,
};
