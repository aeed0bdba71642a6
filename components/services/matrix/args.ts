import type * as pulumi from "@pulumi/pulumi";
import {
  type BucketAccess,
  bucketAccessKeys,
  type Cache,
  cacheKeys,
  type Database,
  databaseKeys,
  liveKitKeys,
  type LiveKitServers,
  type OidcClient,
  oidcClientKeys,
  type TurnServers,
  turnServersKeys,
} from "../../core/connections";
import { type CatalogueImage, catalogueImageKeys } from "../../core/images";
import type { Generation } from "../../infrastructure/secrets";
import type { ServicePlatform } from "../../service-base";
import type { MatrixPlan } from "./plan";
import { type Keys } from "../../core/errors";

/** Secrets of the homeserver's own: two more with workers and with Matrix Authentication Service. */
export type MatrixSecret =
  | "signing-key"
  | "macaroons"
  | "forms"
  | "replication"
  | "authentication"
  | "authentication-cookies"
  | "authentication-key";

/** Data of Matrix Authentication Service. */
export interface AuthenticationArgs {
  /** Its database, beside the homeserver's. */
  readonly database: Database;
}

export interface MatrixArgs {
  /** The platform that it stands on. */
  readonly on: ServicePlatform;
  /** Plan from `planMatrix`; the platform has it, too. */
  readonly plan: MatrixPlan;
  /** Its database: UTF-8, with collation and character type C, which the homeserver insists on. It lets all of the plan's processes in. */
  readonly database: Database;
  /** Its client at the identity provider, where everybody logs in. It redirects to the plan's `callback`. */
  readonly login: OidcClient;
  /** Data of Matrix Authentication Service, where the plan has it. @default - none */
  readonly authentication?: AuthenticationArgs;
  /**
   * Second place of every file, before its upload is answered: with it the loss of the volume loses no file. Needs an `image` with the S3 storage provider, which
   * upstream's has not.
   *
   * @default - files are on the volume alone
   */
  readonly bucket?: BucketAccess;
  /** Upstream's image with PyPI's `synapse-s3-storage-provider` above it, for instance. @default - upstream's */
  readonly image?: CatalogueImage;
  /** One process does not need it; workers do, and talk over it. Its program encrypts connections to it, but verifies no certificate. @default - none */
  readonly cache?: Cache;
  /** Relays for calls of two. @default - none */
  readonly turn?: TurnServers;
  /** LiveKit servers that carry calls, where the plan has calls. @default - none */
  readonly calls?: LiveKitServers;
  /** PEM of the authorities of other homeservers' certificates. @default - those that the image knows, or the login's where it has its own */
  readonly federationCa?: pulumi.Input<string>;
  /**
   * Generation of its own secrets. Another one starts it again, some ten seconds without answers; people stay logged in. The database's, the cache's and the login's
   * secrets have generations where they are made. @default "1"
   */
  readonly secretsGeneration?: Generation;
  /** Generations of single secrets: `{ forms: "2" }`. @default {} */
  readonly secretsGenerations?: Readonly<Partial<Record<MatrixSecret, Generation>>>;
}

export const matrixArgsKeys: Keys<MatrixArgs> = {
  on: true,
  plan: "elsewhere",
  database: databaseKeys,
  login: oidcClientKeys,
  authentication: { database: databaseKeys },
  bucket: bucketAccessKeys,
  image: catalogueImageKeys,
  cache: cacheKeys,
  turn: turnServersKeys,
  calls: liveKitKeys,
  federationCa: true,
  secretsGeneration: true,
  secretsGenerations: "elsewhere",
};
