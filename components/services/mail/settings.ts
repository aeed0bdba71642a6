import { type Tier, tier } from "../../core/tier";

/**
 * Ports of a server's pods, which may bind none below 1024. `relay` is for services of other networks: a door of its own, so that it can be seen, counted and shut.
 */
export const mailPorts = { smtp: 10_025, submissions: 10_465, imaps: 10_993, relay: 12_465, http: 8_080 } as const;

/** Ports at the gateways. */
export const doorPorts = { smtp: 25, submissions: 465, imaps: 993, relay: 2_465 } as const;

/** User of upstream's image: Dockerfile of 0.16.18. */
export const mailUser = 2_000;

/** Port of the server while it is told its settings; nothing outside its pod reaches it. */
export const settlePort = 8_081;

/** Paths that the server answers on its web port; every other is 404. */
export const readyPath = "/healthz/ready";
export const alivePath = "/healthz/live";
export const stsPath = "/.well-known/mta-sts.txt";

/** Folders inside the pods. */
export const folders = {
  config: "/config",
  secrets: "/secrets",
  trust: "/trust",
  scripts: "/scripts",
  /** Copy of the program, which may be written. */
  work: "/work",
} as const;

/** Files below the folder of secrets. */
export const secretFiles = {
  database: "database",
  bucketAccess: "bucket-access",
  bucketSecret: "bucket-secret",
  cache: "cache",
  certificate: "server.crt",
  key: "server.key",
  next: "next",
  dkim: (domain: string): string => `dkim-${domain}`,
  account: (name: string): string => `account-${name}`,
} as const;

/** Authorities of what it connects to, in one file. */
export const trustFile = "authorities.crt";

/** Place of upstream's program in its image. */
export const program = "/usr/local/bin/stalwart";

/** Bundle of public authorities in upstream's image: Debian's. */
export const systemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

/** Connections that one server holds to its database: upstream's own most. */
export const databaseConnections = 10;

/** Largest message, and largest number of its recipients. */
export const messageLimits = { mib: 50, recipients: 100 } as const;

/** Messages that may come in, by whom. */
export const rates = {
  /** Connections' messages of one address outside in a second: upstream's own. */
  perSourcePerSecond: 5,
  /** Messages of one domain to one mailbox in an hour: upstream's own. */
  perRecipientPerHour: 25,
  /** Messages of one person in an hour. */
  perPersonPerHour: 300,
} as const;

/** A proxy that there is none at: whatever the program would fetch from the web ends in its own pod, before a name is asked for. */
export const closedProxy = "http://127.0.0.1:9";

/** A name that a program with an empty database looks up before it can be told not to: the task's pod has it in its own table, so no resolver is asked. */
export const asksAtFirst = "public.pyzor.org";

/** The servers, as databases, stores and the edge see them. */
export const serverTier = (name: string): Tier<keyof typeof mailPorts> => tier(name, `${name}-server`, mailPorts);

/** The task that tells servers their settings. */
export const settleTier = (name: string): Tier => tier(name, `${name}-settle`, {});
