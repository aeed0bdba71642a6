import { Capacity, replicasFor } from "../../core/capacity";
import { relayLimits } from "../../kubernetes/relay/coturn";

/**
 * Ports of a media server on its host. One UDP port per core of a media host, as upstream recommends (config-sample.yaml, udp_port), instead of ten thousand: every
 * connection shares them. TCP is for browsers whose network lets no UDP out but any port of TCP.
 */
export const mediaPorts = { api: 7880, tcp: 7881, udp: [7882, 7897] } as const;

/** Ports of a media server, where one host has several: in tests. */
export interface MediaPorts {
  readonly api: number;
  readonly tcp: number;
  readonly udp: readonly [first: number, last: number];
}

/**
 * Seconds for which credentials of a relay are valid. A browser is given them when it joins. A day is the most that the media server gives (TURNMaxTTLSeconds,
 * pkg/config/config.go at v1.13.11): a meeting that lasts longer asks for new ones when it joins again.
 */
export const relayCredentialSeconds = 86_400;

/** Folders inside the pod of a media server. */
export interface MediaFolders {
  readonly secrets: string;
  readonly trust: string;
}

export const folders: MediaFolders = { secrets: "/secrets", trust: "/trust" };

/** Files below the folders of secrets and of authorities. */
export const secretFiles = { keys: "keys.yaml", relay: "relay" } as const;
export const trustFiles = { cache: "cache.crt" } as const;

/** Destination of signed messages about rooms. */
export interface RoomEvents {
  /** Portal whose key signs them. */
  readonly portal: string;
  /** HTTPS, at a name outside the cluster: reached through the gateways' proxy. */
  readonly url: string;
}

/**
 * Connections to the cache that one process opens at most. A server's pool is limited in its configuration, since ten for each processor would be 160 on 16 cores; and
 * one more is that on which others call it. A recorder has those ten: for 8 processors of its host, an assumption.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `pool_size` below `redis` | livekit/protocol redis/redis.go, RedisConfig | 46332a0 |
 * | unset: ten for each processor that Go may use | redis/go-redis options.go, init | v9.22.0 |
 * | one connection for all that it listens to, outside of the pool | livekit/psrpc pkg/bus/redisbus/redisbus.go | v0.8.2 |
 */
export const cacheConnections = { pool: 32, server: 32 + 1, recorder: 80 + 1 } as const;

/** Numbers of replicas, with their reasons. */
export interface OpenViduSizes {
  readonly media: Capacity;
  readonly relay: Capacity;
  readonly hosts: number;
}

/** @throws RangeError for what is no positive number of participants. */
export function sizes(participants: number, participantsPerHost: number): OpenViduSizes {
  const media: Capacity = {
    load: participants,
    unit: "participants",
    perReplica: participantsPerHost,
    source:
      participantsPerHost === 100
        ? "100 to 150 at 720p on 16 cores and 32 GiB, the lower end"
        : "participantsPerHost, as the operator measured",
  };
  return {
    media,
    relay: {
      load: participants,
      unit: "participants",
      perReplica: relayLimits.total / 6,
      source: `${relayLimits.total} allocations in its configuration, two for each of a participant's three networks`,
    },
    hosts: replicasFor(media),
  };
}
