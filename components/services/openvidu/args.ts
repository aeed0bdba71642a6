import type { Keys } from "../../core/errors";
import { type BucketAccess, bucketAccessKeys, type Cache, cacheKeys } from "../../core/connections";
import type { Secret } from "../../core/secret";
import type { Generation } from "../../infrastructure/secrets";
import type { ServicePlatform } from "../../service-base";
import type { OpenViduPlan } from "./plan";

/** Secret of an OpenVidu by its role. */
export type OpenViduSecret = "relay" | "recorder" | `portal-${string}`;

/** Connections of recorders. */
export interface RoomRecording {
  /** Bucket for recordings. Recorders need to write into it, and nothing else. */
  readonly bucket: BucketAccess;
  /** The same cache, with a way in for the recorders: `valkey.access({ from: openViduRecorders(plan) })`. */
  readonly cache: Cache;
  /** Days after which the store deletes recordings, as its own lifecycle has it. Rules ask for it, and refuse more than 365. @default - nothing is said */
  readonly keepDays?: number;
}

export interface OpenViduArgs {
  /** The platform, which was given the same plan. */
  readonly on: ServicePlatform;
  /** Its plan: `planOpenVidu({ name, domain, participants, portals })`. */
  readonly plan: OpenViduPlan;
  /**
   * Cache through which the servers find each other's rooms: `valkey.access({ from: openViduServers(platform, plan) })`. Rooms live in it; with all of its replicas they
   * are lost, and portals make them again.
   */
  readonly cache: Cache;
  /** Connections of the plan's recorders. @default - the plan has none, and nothing is recorded */
  readonly recording?: RoomRecording;
  /** Time in seconds that a server keeps its rooms before it is stopped; it takes no new ones meanwhile. @default 3600 */
  readonly drainSeconds?: number;
  /** Generation of all secrets: another one makes them anew; see `secretGenerations`. @default "1" */
  readonly secretsGeneration?: Generation;
  /**
   * Generations of single secrets: `{ "portal-citizens": ["2", "1"] }`, and `{ "portal-citizens": "2" }` once the portal uses the new key.
   *
   * Servers read keys when they start, so each rotation replaces them one after the other, and each keeps its rooms for as long as `drainSeconds` allows.
   *
   * - `portal-<name>`: while both are listed both are valid. A server renews the tokens of people in a room with any of its keys, also another portal's: whoever holds
   *   one made with a key that is gone asks the portal for a new one after an interruption.
   * - `relay`: relays accept both while both are listed.
   * - `recorder`: recorders use the new one at once. Each is replaced when its recording has ended.
   *
   * @default {}
   */
  readonly secretGenerations?: Readonly<Partial<Record<OpenViduSecret, Generation>>>;
}

/** Access of a portal's back end to rooms. */
export interface PortalAccess {
  /** Address of the API. */
  readonly url: string;
  /** Address that browsers are given beside their token. */
  readonly webSocketUrl: string;
  /** Identifier of the key: the issuer of its tokens. */
  readonly apiKey: string;
  /** Signs tokens (HMAC with SHA-256). Whoever has it can open, join and end every room of this deployment. */
  readonly apiSecret: Secret;
}

export const openViduArgsKeys: Keys<OpenViduArgs> = {
  on: true,
  plan: "elsewhere",
  cache: cacheKeys,
  recording: { bucket: bucketAccessKeys, cache: cacheKeys, keepDays: true },
  drainSeconds: true,
  secretsGeneration: true,
  secretGenerations: "elsewhere",
};
