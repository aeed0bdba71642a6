import { type Capacity, replicasFor } from "./capacity";
import type { PodRequest } from "./plan";

/**
 * Connections that one replica of the edge takes: the limit that its configuration sets. Each takes 24 KiB while it is idle (1,000 of TLS and HTTP/2 with HAProxy
 * 2.6.12), some 100 KiB with all its buffers, in 1 GiB.
 */
export const connectionsPerReplica = 4_000;

/** Request of one replica of the edge to its host. */
export const edgeResources = { cpu: 0.5, memoryMib: 1_024 } as const;

/** Load and capacity of the edge. */
export const edgeCapacity = (connections: number): Capacity => ({
  load: connections,
  perReplica: connectionsPerReplica,
  unit: "connections",
  source: "maxconn of its own configuration",
});

/** The edge's pods, which stand on application hosts beside those of the plans. */
export const edgeRequest = (connections: number): PodRequest => ({
  tier: "edge",
  replicas: replicasFor(edgeCapacity(connections)),
  ...edgeResources,
});
