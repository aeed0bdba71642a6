import type * as pulumi from "@pulumi/pulumi";
import {
  type BucketAccess,
  bucketAccessKeys,
  type Cache,
  cacheKeys,
  type Database,
  databaseKeys,
  type OidcClient,
  oidcClientKeys,
  type Reachable,
  reachableKeys,
  type SmtpRelay,
  smtpRelayKeys,
} from "../../core/connections";
import { each, type Keys } from "../../core/errors";
import { type CatalogueImage, catalogueImageKeys } from "../../core/images";
import { type Secret, secretKeys } from "../../core/secret";
import type { Generation } from "../../infrastructure/secrets";
import type { ServicePlatform } from "../../service-base";
import type { NextcloudPlan } from "./plan";

/** Secrets of the hub's own that can be changed. */
export type NextcloudSecret =
  "administrator" | "backend" | "hash" | "block" | "internal" | "bus" | "relay" | "recorder" | `account-${string}`;

/** Settings of an app, as another service gives them: `jitsiWidget(plan).nextcloud`. */
export interface AppSettings {
  /** Name of the app: `jitsi`, `bbb`. The plan has it among its apps. */
  readonly app: string;
  /** Values by key. @default {} */
  readonly settings?: Readonly<Record<string, string>>;
  /** Secret values by key. @default {} */
  readonly secrets?: Readonly<Record<string, Secret>>;
}

/** The mail service, for the app `mail`: TLS from the start on both ports. */
export interface Mailboxes extends Reachable {
  readonly host: string;
  /** Port of submission at the same peer. @default 465 */
  readonly submissionPort?: number;
  /** PEM. @default - an authority that the image knows */
  readonly ca?: pulumi.Input<string>;
}

export interface NextcloudArgs {
  /** The platform, which was given the same plan. */
  readonly on: ServicePlatform;
  /** Its plan: `planNextcloud({ name, domain, people })`. */
  readonly plan: NextcloudPlan;
  /**
   * Upstream's image with the plan's apps baked into it: nobody fetches one from an app store. Its code is at `/usr/src/nextcloud`, apps below `apps`; the task that
   * keeps settings says which it misses. See `files/Containerfile`.
   */
  readonly image: CatalogueImage;
  /** Its database: `postgres.database("hub", { from })` for each of `nextcloudClients(plan)`, of which any is the value; so with cache and bucket. */
  readonly database: Database;
  /** Its cache: locks, sessions, what is looked up often. With all of it lost people sign in again. */
  readonly cache: Cache;
  /** Bucket of all files. */
  readonly bucket: BucketAccess;
  /**
   * Encryption of the files in the bucket: `store` says that the store encrypts what it keeps, `key` has every file encrypted by the store with a key that it is told
   * with each request and does not keep (SSE-C; not every store has it). There is no default: a bucket in clear is nobody's choice.
   */
  readonly bucketEncryption: "store" | "key";
  /** Its client at the identity provider. It redirects to the plan's `callback`. */
  readonly login: OidcClient;
  /** Relay for invitations, shares and notifications, with TLS from the start. @default - no mail is sent */
  readonly relay?: SmtpRelay;
  /** Mail service of people's mailboxes, for the app `mail` of the plan. @default - none */
  readonly mailboxes?: Mailboxes;
  /** Settings of apps that lead to other services. @default [] */
  readonly integrations?: readonly AppSettings[];
  /** Time in seconds that a signaling server and a media host keep their calls before they are stopped; they take no new ones meanwhile. @default 3600 */
  readonly drainSeconds?: number;
  /**
   * Days after which recordings of calls are deleted from people's files, as your own rule for them has it. Rules ask for it, and refuse more than 365.
   * @default - nothing is said
   */
  readonly recordingDays?: number;
  /**
   * Generation of its secrets. Another one changes them where they are kept and where they are used, and calls under way start again. What the database and the bucket are
   * encrypted with is made once and stays. @default "1"
   */
  readonly secretsGeneration?: Generation;
  /** Generations of single secrets: `{ relay: ["2", "1"] }`. Relays accept two; of the others the first counts. @default {} */
  readonly secretsGenerations?: Readonly<Partial<Record<NextcloudSecret, Generation>>>;
}

const mailboxesKeys: Keys<Mailboxes> = { ...reachableKeys, host: true, submissionPort: true, ca: true };
const appSettingsKeys: Keys<AppSettings> = { app: true, settings: true, secrets: each(secretKeys) };

export const nextcloudArgsKeys: Keys<NextcloudArgs> = {
  on: true,
  plan: "elsewhere",
  image: catalogueImageKeys,
  database: databaseKeys,
  cache: cacheKeys,
  bucket: bucketAccessKeys,
  bucketEncryption: true,
  login: oidcClientKeys,
  relay: smtpRelayKeys,
  mailboxes: mailboxesKeys,
  integrations: each(appSettingsKeys),
  drainSeconds: true,
  recordingDays: true,
  secretsGeneration: true,
  secretsGenerations: "elsewhere",
};
