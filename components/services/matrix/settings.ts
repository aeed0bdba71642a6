import { Tier, tier } from "../../core/tier";

/** Ports of the homeserver: clients behind the edge, and metrics. */
export const synapsePorts = { http: 8008, metrics: 9000 } as const;

/** Path that answers 200 while the homeserver works: synapse/rest/health.py. */
export const healthPath = "/health";

/** Path of the metrics on their own listener: synapse/metrics/__init__.py (METRICS_PREFIX). */
export const metricsPath = "/_synapse/metrics";

/** User of upstream's image: docker/start.py takes 991 unless it is told another. */
export const synapseUser = 991;

/** Largest file that somebody may send. The edge lets a little more through, so that the homeserver answers with its own error. */
export const uploadMib = 50;

/** Connections that one process holds to its database: `cp_min` and `cp_max` of Twisted's pool, as upstream's docs/postgres.md has them. */
export const databaseConnections = { least: 5, most: 10 } as const;

/** Folders inside the pod. */
export interface MatrixFolders {
  readonly config: string;
  readonly secrets: string;
  /** Authorities that others' certificates are verified against. */
  readonly trust: string;
  readonly media: string;
}

export const folders: MatrixFolders = { config: "/config", secrets: "/secrets", trust: "/trust", media: "/media" };

/** Files below the folder of secrets. */
export const secretFiles = {
  signingKey: "signing.key",
  macaroons: "macaroons",
  forms: "forms",
  loginClient: "login-client",
  cache: "cache",
  turn: "turn",
} as const;

/** Files below the folder of authorities. */
export const trustFiles = {
  database: "database.crt",
  cache: "cache.crt",
  login: "login.crt",
  bucket: "bucket.crt",
} as const;

/** The homeserver as one process, which is a tier of its own. */
export const synapseTier = (name: string): Tier<keyof typeof synapsePorts> =>
  tier(name, `${name}-synapse`, synapsePorts);

/** Settings of the homeserver's configuration: plain values, no secrets. */
export interface MatrixSettings {
  /** Part of every user's and room's name after the colon, for ever. */
  readonly serverName: string;
  /** Host name that clients connect to. */
  readonly domain: string;
  readonly database: { readonly port: number; readonly name: string; readonly user: string };
  readonly login: { readonly issuer: string; readonly clientId: string };
  readonly cache?: { readonly host: string; readonly port: number };
  readonly bucket?: { readonly endpoint: string; readonly bucket: string; readonly region: string };
  readonly turn?: { readonly urls: readonly string[]; readonly credentialSeconds: number };
  readonly folders: MatrixFolders;
  /** Address that it listens on. @default - all */
  readonly address?: string;
}
