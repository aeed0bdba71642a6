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
import type { Secret } from "../../core/secret";
import type { Generation } from "../../infrastructure/secrets";
import type { RepositoryName } from "../../recipe/parts/bigbluebutton/host";
import type { ServicePlatform } from "../../service-base";
import type { BigBlueButtonPlan } from "./plan";

/** Secret of a BigBlueButton by its role. */
export type BigBlueButtonSecret =
  "scalelite-key" | "greenlight-key" | "load-balancer" | "servers" | "switch" | "relay" | `tenant-${string}`;

/** Buckets of recordings. */
export interface MeetingRecordings {
  /** Bucket of published recordings. Keep versions in it, and encrypt it at the store. */
  readonly bucket: BucketAccess;
  /** Bucket that servers put new recordings into. Its key lies on every server: give it one of its own. */
  readonly spool: BucketAccess;
  /** Days after which the store deletes them, as its own lifecycle has it. Rules ask for it, and refuse more than 365. @default - nothing is said */
  readonly keepDays?: number;
}

export interface BigBlueButtonArgs {
  /** The platform, which was given the same plan. */
  readonly on: ServicePlatform;
  /** Its plan: `planBigBlueButton({ name, domain, participants })`. */
  readonly plan: BigBlueButtonPlan;
  /**
   * Public keys that sign the package repositories in the mirror, armoured: `-----BEGIN PGP PUBLIC KEY BLOCK-----` and so on. Take them from a source that you trust, not
   * from the mirror.
   */
  readonly repositoryKeys: Readonly<Record<RepositoryName, string>>;
  /** Databases of the load balancer and of the page of rooms, as `bigBlueButtonData(plan, { postgres, cache })` opens them. */
  readonly databases: { readonly scalelite: Database; readonly greenlight: Database };
  /**
   * Caches of the same. The load balancer has its list of servers and of meetings in it: a cache that is lost with all of its replicas is filled again in seconds, but for
   * the meetings that go on, which nobody can join any more.
   */
  readonly caches: { readonly scalelite: Cache; readonly greenlight: Cache };
  /** Client at the identity provider; its redirect address is `https://<domain>/auth/openid_connect/callback`. */
  readonly login: OidcClient;
  /** Bucket of presentations, portraits and the logo. */
  readonly files: BucketAccess;
  /** @default - nobody is sent mail */
  readonly mail?: SmtpRelay;
  /** Buckets of the plan's recordings. @default - the plan has none, and nothing is recorded */
  readonly recordings?: MeetingRecordings;
  /** Message at the top of the chat of each meeting, in HTML. @default "" */
  readonly welcome?: string;
  /**
   * Minutes that a server may have to end its meetings before it is changed or replaced; it gets no new ones meanwhile. An update stops there when they go on.
   *
   * @default 240
   */
  readonly drainMinutes?: number;
  /** Generation of all secrets: another one makes them anew; see `secretGenerations`. @default "1" */
  readonly secretsGeneration?: Generation;
  /**
   * Generations of single secrets: `{ "tenant-moodle": ["2", "1"] }`, and `{ "tenant-moodle": "2" }` once the frontend uses the new one.
   *
   * - `tenant-<name>` and `load-balancer`: both are valid while both are listed.
   * - `switch`, `relay`: servers rest one after the other, as for any other change of them.
   * - `servers`: while there are no meetings. The load balancer has the new one at once, and gives a server up until that has it, too: meetings that go on can no longer
   *   be joined. So does `secretsGeneration`.
   * - `scalelite-key`, `greenlight-key`: who is signed in signs in again.
   *
   * @default {}
   */
  readonly secretGenerations?: Readonly<Partial<Record<BigBlueButtonSecret, Generation>>>;
}

/** Values that a frontend is set up with: Moodle's plugin, Nextcloud's app. */
export interface MeetingAccess {
  /** Address of the API, with a final slash as the frontends want it. */
  readonly url: string;
  readonly secret: Secret;
}

export const bigBlueButtonArgsKeys: Keys<BigBlueButtonArgs> = {
  on: true,
  plan: "elsewhere",
  repositoryKeys: { bigbluebutton: true, nodesource: true, "bigbluebutton-support": true, yq: true },
  databases: { scalelite: databaseKeys, greenlight: databaseKeys },
  caches: { scalelite: cacheKeys, greenlight: cacheKeys },
  login: oidcClientKeys,
  files: bucketAccessKeys,
  mail: smtpRelayKeys,
  recordings: { bucket: bucketAccessKeys, spool: bucketAccessKeys, keepDays: true },
  welcome: true,
  drainMinutes: true,
  secretsGeneration: true,
  secretGenerations: "elsewhere",
};
