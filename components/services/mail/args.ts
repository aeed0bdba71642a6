import {
  type BucketAccess,
  bucketAccessKeys,
  type Cache,
  cacheKeys,
  type Database,
  databaseKeys,
  type OidcClient,
  oidcClientKeys,
  type SmtpRelay,
  smtpRelayKeys,
} from "../../core/connections";
import type { Keys } from "../../core/errors";
import { type CatalogueImage, catalogueImageKeys } from "../../core/images";
import type { Generation } from "../../infrastructure/secrets";
import type { ServicePlatform } from "../../service-base";
import type { KeyPair } from "../../service-media";
import type { MailPlan } from "./plan-args";

/** Secrets of the service's own: of a relay by its name, of a mailbox by what `mailboxSecret` makes of its address. */
export type MailSecret = `relay-${string}` | `mailbox-${string}`;

export interface MailArgs {
  /** The platform that it stands on: with a network of its own, isolated from the conferencing networks. */
  readonly on: ServicePlatform;
  /** Plan from `planMail`; the platform has it, too. */
  readonly plan: MailPlan;
  /** Its database: accounts, folders, where each message is, what waits to be delivered. `mailData` gives it with bucket and cache, each opened to servers and task. */
  readonly database: Database;
  /** Its bucket, with the messages themselves. */
  readonly bucket: BucketAccess;
  /** Its cache: locks, counters and the word among the servers. What was in it may be lost. */
  readonly cache: Cache;
  /**
   * Provider that people sign in at, by tokens (OAUTHBEARER); nobody has a password then, so relays cannot be planned beside it: upstream's community edition has one directory
   * for all accounts (crates/common/src/auth/authentication.rs, get_directory_for_cached_domain).
   *
   * @default - a password for each mailbox, in `passwords`
   */
  readonly login?: OidcClient;
  /** Certificate of the server's name, issued by an authority that other domains' servers know. @default - the deployment's own authority */
  readonly certificate?: KeyPair;
  /** Way to other domains, where the plan has one: the same host and port, and its account. @default - mail stays inside */
  readonly next?: SmtpRelay;
  /** Addresses of its gateways as the conferencing networks see them, for relays. @default - none */
  readonly doors?: readonly string[];
  /** An image of one's own with the same program at the same place. @default - upstream's */
  readonly image?: CatalogueImage;
  /**
   * Generation of the keys that sign, which is in the name of their records. The first of two signs, and the records of both are given: with `["1", "2"]` others learn the
   * new key while the old one signs, then `["2", "1"]`, and `"2"` once no message with the old one is under way.
   *
   * @default "1"
   */
  readonly keyGeneration?: Generation;
  /** Generation of its passwords. A relay's is changed at the servers first and then at the service, which sends nothing in between. @default "1" */
  readonly secretsGeneration?: Generation;
  /** Generations of single secrets: `{ "relay-cloud": "2" }`. @default {} */
  readonly secretsGenerations?: Readonly<Partial<Record<MailSecret, Generation>>>;
}

export const mailArgsKeys: Keys<MailArgs> = {
  on: true,
  plan: "elsewhere",
  database: databaseKeys,
  bucket: bucketAccessKeys,
  cache: cacheKeys,
  login: oidcClientKeys,
  certificate: { certificate: true, privateKey: true },
  next: smtpRelayKeys,
  doors: true,
  image: catalogueImageKeys,
  keyGeneration: true,
  secretsGeneration: true,
  secretsGenerations: "elsewhere",
};
