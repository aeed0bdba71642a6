import { Capacity, replicasFor } from "../../core/capacity";

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
 * Relays: ports, and the limits that their configuration sets. The ports that a relay allocates keep clear of 51820, where the pod network's WireGuard listens.
 *
 * A browser is given its credentials when it joins. They are valid for a day, the most that the media server gives (TURNMaxTTLSeconds, pkg/config/config.go at
 * v1.13.11): a meeting that lasts longer asks for new ones when it joins again.
 *
 * One participant: two connections to the server, an allocation each for up to three networks, and twice that while a path is renewed. `sessionBytes` a second each
 * way is 20 Mbit/s: an assumption until measured.
 */
export const relayLimits = {
  tls: 443,
  stun: 3_478,
  ports: [52_000, 65_535],
  total: 1_200,
  perUser: 12,
  sessionBytes: 2_500_000,
  credentialSeconds: 86_400,
  allocationSeconds: 3_600,
} as const;

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

/** Request of a relay to its host. */
export const relayResources = { cpu: 1, memoryMib: 512 } as const;

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
