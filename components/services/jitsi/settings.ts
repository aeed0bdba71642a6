import { Capacity, replicasFor } from "../../core/capacity";
import { relayLimits } from "../../kubernetes/relay/coturn";
import type { Branding } from "./branding";
import type { PlannedRegion } from "./regions";

/** Settings that the configuration files of one Jitsi share. */
export interface JitsiSettings {
  readonly domain: string;
  /** Participants at once, over all rooms. */
  readonly participants: number;
  readonly participantsPerBridge: number;
  readonly confidentiality: "transport" | "end-to-end";
  /** True if participants may record in their own browser. */
  readonly recording: boolean;
  /** True if recorders may be asked into rooms. @default false */
  readonly recorders?: boolean;
  /** Address of the transcribers, which the focus gives to bridges. @default - no captions */
  readonly captions?: string;
  /** Place of people without a token. */
  readonly guests: "lobby" | "none";
  /** Names of the relays. */
  readonly relays: readonly string[];
  /** Range of pods' addresses. */
  readonly podRange: string;
  /** @default - upstream's, without its links */
  readonly branding?: Branding;
  /** Regions beside the platform's own. @default [] */
  readonly regions?: readonly PlannedRegion[];
}

/**
 * Participants up to which a room can be encrypted end to end: the client's own limit (`MAX_MODE_LIMIT`); beyond 25 it switches encryption off.
 */
export const endToEndLimit = 20;

/**
 * Limits of one browser at the signalling server. `requests`, `messages` and `logins` count what is let through at once and comes back within two seconds
 * (`new_throttle(rate, 2)` in mod_rate_limit.lua); who sends more is slowed to `slowedBytes` a second for a minute. `kilobytes` is the limit of the connection.
 *
 * Requests: while a room of hundreds fills, three joins and five leaves a second (mod_muc_rate_limit.lua), each with up to four requests of the focus to be
 * answered, beside one's own. Logins count for an address, and an office has one: who comes after the 60th at once keeps 2000 bytes a second for good. (With 20,
 * 97 of 140 who came in two bursts did; with 60, 10.) Passwords are generated, so that pace guesses none. Messages and kilobytes end to end: see upstream.ts.
 */
export const signallingRates = {
  transport: { requests: 60, messages: 3, logins: 60, slowedBytes: 2_000, kilobytes: 10 },
  "end-to-end": { requests: 60, messages: 120, logins: 60, slowedBytes: 2_000, kilobytes: 64 },
} as const;

/** XMPP domains of a deployment, all below its own domain: the same in every shard. */
export const xmppDomains = (domain: string) =>
  ({
    users: domain,
    services: `auth.${domain}`,
    guests: `guest.${domain}`,
    rooms: `muc.${domain}`,
    internalRooms: `internal-muc.${domain}`,
    hidden: `hidden.${domain}`,
  }) as const;

/**
 * Seconds for which credentials of a relay are valid. They are fetched once, when a browser connects, and the relay asks for them at every refresh: they outlive the
 * longest meeting, a day, by an hour. How long an allocation lasts without a refresh has nothing to do with it.
 */
export const relayCredentialSeconds = 25 * 3_600;

/** Request of one pod of each tier on application hosts to its host. */
export const podResources = {
  signalling: { cpu: 1, memoryMib: 1_024 },
  focus: { cpu: 0.5, memoryMib: 1_536 },
  web: { cpu: 0.25, memoryMib: 256 },
} as const;

/** Numbers of replicas, with their reasons. */
export interface Sizes {
  readonly shards: number;
  /** Participants of one shard while another is missing. */
  readonly perShard: number;
  readonly shard: Capacity;
  readonly web: Capacity;
  readonly bridge: Capacity;
  readonly bridges: number;
  readonly relay: Capacity;
}

/**
 * @param elsewhere those of them who are in other regions, with bridges of their own.
 * @throws RangeError for what is no positive number of participants.
 */
export function sizes(participants: number, participantsPerBridge = 100, elsewhere = 0): Sizes {
  const all = { load: participants, unit: "participants" };
  const shard: Capacity = {
    ...all,
    perReplica: 500,
    source: "assumption until measured: upstream gives no figure for one Prosody, which has one thread",
  };
  const shards = replicasFor(shard);
  const perShard = Math.ceil(participants / (shards - 1));
  const bridge: Capacity = {
    ...all,
    load: participants - elsewhere,
    perReplica: participantsPerBridge,
    source:
      participantsPerBridge === 100
        ? "100 to 150 at 720p on 16 cores and 32 GiB, the lower end"
        : "participantsPerBridge, as the operator measured",
  };
  return {
    shards,
    perShard,
    shard: { ...shard, load: perShard },
    web: {
      load: perShard,
      perReplica: 1_500,
      unit: "participants",
      source: "4 workers of 768 connections in its nginx, two for each participant's signalling",
    },
    bridge,
    bridges: replicasFor(bridge),
    relay: {
      ...all,
      perReplica: relayLimits.total / 3,
      source: `${relayLimits.total} allocations in its configuration, three for a participant with several networks`,
    },
  };
}
