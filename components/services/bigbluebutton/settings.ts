import type { Capacity } from "../../core/capacity";
import { replicasFor } from "../../core/capacity";
import type { Resources } from "../../kubernetes/container";

/** Port of both Ruby programs: config/puma.rb of each. */
export const rubyPort = 3_000;

/** Ports of nginx and of the reader of recordings. */
export const playbackPort = 8_080;

/** Path that both Ruby programs answer: config/routes.rb of each. Scalelite's is 200 whether or not its cache and its database answer, and its text says which. */
export const healthPath = "/health_check";

/** Paths of Scalelite that nobody outside is answered: who administers servers and tenants does so inside, and no telephone asks for rooms. */
export const closedPaths = ["/scalelite", "/fsapi"] as const;

/** Largest request: presentations of 30 MiB (config/application.rb of Greenlight), which frontends may send inside XML, in base64. */
export const bodyMib = 48;

/** User of Scalelite's image (its Dockerfile). Greenlight's names none and runs as root there; its files are readable by everybody. */
export const rubyUser = 1_000;

/** User of nginx; its image names none for a start without root. */
export const nginxUser = 101;

/** User of rclone's image (rclone/rclone v1.75.0, Dockerfile). */
export const rcloneUser = 1_009;

/** Folders inside pods. `app` is where each image has its program. */
export const folders = {
  scripts: "/scripts",
  trust: "/trust",
  planned: "/planned",
  config: "/config",
  spool: "/spool",
  scaleliteApp: "/srv/scalelite",
  greenlightApp: "/usr/src/app",
} as const;

/** Files below the folder of authorities. */
export const trustFiles = {
  database: "database.crt",
  cache: "cache.crt",
  web: "web.crt",
  bucket: "bucket.crt",
  spool: "spool.crt",
  login: "login.crt",
  mail: "mail.crt",
} as const;

/** Scalelite's processes and threads in one pod: two processes for each core, and threads as the Redis client has connections. */
export const scaleliteThreads = { processes: 2, each: 5 } as const;

/** Threads of one pod of Greenlight, which is one process. */
export const greenlightThreads = 10;

/**
 * Rounds of a poller. Two of them ask each server every 20 seconds; failures in a row count over both, and one success makes them none: a server is offline, and its
 * meetings are ended, when neither has reached it for a minute, or one alone for two. What only one of them cannot reach stays.
 */
export const polling = { seconds: 20, failures: 6, threads: 10 } as const;

/** Pollers: upstream needs one and bears several (docs/docker-README.md). */
export const pollerCapacity: Capacity = {
  load: 1,
  perReplica: 1,
  unit: "pollers",
  source: "one is enough, several are no error: blindsidenetworks/scalelite 7498a81 docs/docker-README.md",
};

/** Importers: one works, the other waits for its lock. */
export const importerCapacity: Capacity = {
  load: 1,
  perReplica: 1,
  unit: "importers at work",
  source: "one at a time: blindsidenetworks/scalelite 7498a81 docs/docker-README.md",
};

const assumed = "an assumption until measured: upstream names a machine for all of Scalelite, and no load";

/** @throws RangeError for what is no positive number of participants. */
export const scaleliteCapacity = (participants: number): Capacity => ({
  load: participants,
  perReplica: 1_000,
  unit: "participants",
  source: assumed,
});

/** @throws RangeError for what is no positive number of participants. */
export const greenlightCapacity = (participants: number): Capacity => ({
  load: participants,
  perReplica: 500,
  unit: "participants",
  source:
    "an assumption until measured: upstream gives no figure; each participant has a page with a WebSocket before the meeting",
});

/** Nginx stands before Scalelite and recordings. @throws RangeError for what is no positive number of participants. */
export const playbackCapacity = (participants: number): Capacity => ({
  load: participants,
  perReplica: 1_000,
  unit: "participants",
  source: "2 workers of 1,024 connections in its configuration, two for each request",
});

/** Recordings are watched by few at once. @throws RangeError for what is no positive number of participants. */
export const readerCapacity = (participants: number): Capacity => ({
  load: participants,
  perReplica: 2_000,
  unit: "participants",
  source: "an assumption until measured: one in ten watches a recording",
});

/**
 * Requests to hosts. Scalelite's are shares of upstream's machine of 4 cores and 8 GB for all of it (README.md, blindsidenetworks/scalelite 7498a81); Greenlight
 * builds its pages when it starts, which takes the memory. All are assumptions until measured.
 */
export const podResources = {
  scalelite: { cpu: 1, memoryMib: 1_536 },
  poller: { cpu: 0.25, memoryMib: 640 },
  importer: { cpu: 0.5, memoryMib: 768 },
  playback: { cpu: 0.25, memoryMib: 192 },
  reader: { cpu: 0.25, memoryMib: 384 },
  greenlight: { cpu: 1, memoryMib: 2_048 },
  sync: { cpu: 0.25, memoryMib: 768 },
  task: { cpu: 0.5, memoryMib: 1_536 },
} as const satisfies Readonly<Record<string, Resources>>;

/** Connections that all pods of Scalelite open to their database: each process its threads', pollers and importers one for each thread, one for the lock, a migration's. */
export const scaleliteConnections = (participants: number): number =>
  replicasFor(scaleliteCapacity(participants)) * scaleliteThreads.processes * scaleliteThreads.each +
  replicasFor(pollerCapacity) * scaleliteThreads.each +
  replicasFor(importerCapacity) * (scaleliteThreads.each + 1) +
  scaleliteThreads.each;

/** Connections that all pods of Greenlight open to their database, those of a task included. */
export const greenlightConnections = (participants: number): number =>
  (replicasFor(greenlightCapacity(participants)) + 1) * greenlightThreads;

/** Connections that a cache has for both: Scalelite's threads each, Greenlight's threads twice and one for each process' news. */
export const cacheClients = (participants: number): number =>
  scaleliteConnections(participants) +
  replicasFor(pollerCapacity) * polling.threads +
  replicasFor(greenlightCapacity(participants)) * (2 * greenlightThreads + 1);
