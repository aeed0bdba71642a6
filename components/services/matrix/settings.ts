/** Ports of the homeserver: clients behind the edge, and metrics. */
export const synapsePorts = { http: 8008, metrics: 9000 } as const;

/** Ports of the main process where there are workers: what workers ask it for has one of its own. */
export const workerPorts = { ...synapsePorts, replication: 9093 } as const;

/** Ports of the proxies before main process and workers: clients behind the edge, and their own figures. */
export const routerPorts = { http: 8080, metrics: 8405 } as const;

/** Ports of the servers that sign people in: browsers, programs and the homeserver; and health with figures. */
export const authenticationPorts = { http: 8080, management: 8081 } as const;

/** Port of the web servers with Element's files. */
export const elementPorts = { http: 8080 } as const;

/** Port of the servers that give out tickets for calls. */
export const callPorts = { http: 8080 } as const;

/** Path that answers 200 while the homeserver works: synapse/rest/health.py. */
export const healthPath = "/health";

/** Path of the metrics on their own listener: synapse/metrics/__init__.py (METRICS_PREFIX). */
export const metricsPath = "/_synapse/metrics";

/** User of HAProxy in its image: the edge has the same. */
export const routerUser = 99;

/** User of upstream's image of Matrix Authentication Service: `nonroot` of its base (Dockerfile). */
export const authenticationUser = 65_532;

/** User of nginx in upstream's image of Element Web: nginxinc/nginx-unprivileged, which it is built upon (apps/web/Dockerfile). */
export const elementUser = 101;

/** Any user will do: the image of lk-jwt-service is one program (Dockerfile, FROM scratch). */
export const callUser = 1000;

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
  /** Workers and the main process know each other by it. */
  replication: "replication",
  /** The homeserver and the servers that sign people in know each other by it. */
  authentication: "authentication",
} as const;

/** Files below the folder of authorities. */
export const trustFiles = {
  database: "database.crt",
  cache: "cache.crt",
  login: "login.crt",
  bucket: "bucket.crt",
  federation: "federation.crt",
} as const;

/** Identifier of the identity provider at Matrix Authentication Service: a ULID, which is part of the address that people are sent back to. */
export const providerId = "01K0000000000000000000000M";

/** Address that the identity provider sends people back to. */
export const callbackOf = ({
  domain,
  authentication,
}: {
  readonly domain: string;
  readonly authentication?: { readonly domain: string };
}): string =>
  authentication === undefined
    ? `https://${domain}/_synapse/client/oidc/callback`
    : `https://${authentication.domain}/upstream/callback/${providerId}`;

/** Address at which it hears that somebody has signed out at the identity provider (OpenID Connect Back-Channel Logout). */
export const signOutOf = ({ domain, authentication }: Parameters<typeof callbackOf>[0]): string =>
  authentication === undefined
    ? // element-hq/synapse a58ad44 docs/openid.md
      `https://${domain}/_synapse/client/oidc/backchannel_logout`
    : // element-hq/matrix-authentication-service 682b8d2 docs/setup/sso.md
      `https://${authentication.domain}/upstream/backchannel-logout/${providerId}`;

/** Places of the processes that others talk to, for `instance_map`. */
export interface Instances {
  /** Host of the main process. */
  readonly main: string;
  /** Name and host of the worker that writes events. */
  readonly writer: { readonly name: string; readonly host: string };
  /** Name of the worker with the files. */
  readonly media: string;
  /** Name and host of the worker that talks to other homeservers. @default - nobody does */
  readonly sender?: { readonly name: string; readonly host: string };
}

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
  /** Processes beside the main one. @default - none */
  readonly workers?: Instances;
  /** Names of the homeservers that it talks to. @default - none */
  readonly federation?: readonly string[];
  /** True where other homeservers' certificates have an authority of their own. @default false */
  readonly federationCa?: boolean;
  /** True where servers for calls may ask who a person is. @default false */
  readonly identifies?: boolean;
  /** True where people make calls by Element Call. @default false */
  readonly calls?: boolean;
  /** Days after which messages are removed. @default - never */
  readonly keepDays?: number;
  /** Address of the servers that sign people in, inside the cluster. @default - the homeserver does so itself */
  readonly authentication?: string;
  /** Entries that clients are told beside the homeserver's address. @default {} */
  readonly wellKnown?: Readonly<Record<string, unknown>>;
  /** Address that it listens on. @default - all */
  readonly address?: string;
}
