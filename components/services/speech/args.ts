import { type BucketAccess, bucketAccessKeys } from "../../core/connections";
import type { Keys } from "../../core/errors";
import type { CatalogueImage } from "../../core/images";
import { catalogueImageKeys } from "../../core/images";
import type { Generation } from "../../infrastructure/secrets";
import type { OnCluster } from "../../kubernetes/target";
import type { SpeechPlan } from "./plan";

export interface SpeechArgs {
  /** The platform that it stands on. */
  readonly on: OnCluster;
  /** Plan from `planSpeech`; the platform has it, too. */
  readonly plan: SpeechPlan;
  /** Image with the servers' packages, built with `files/Containerfile`. */
  readonly image: CatalogueImage;
  /** Bucket with the models: `storage.bucket("models", { from: plan.server })`. It only reads. */
  readonly models: BucketAccess;
  /** Generation of the clients' key: with `["2", "1"]` both count. @default "1" */
  readonly secretsGeneration?: Generation;
}

export const speechArgsKeys: Keys<SpeechArgs> = {
  on: "elsewhere",
  plan: "elsewhere",
  image: catalogueImageKeys,
  models: bucketAccessKeys,
  secretsGeneration: true,
};
