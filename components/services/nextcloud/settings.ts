import { type Tier, tier } from "../../core/tier";
import { relayLimits } from "../../kubernetes/relay/coturn";

/** User of the web servers in upstream's image: `www-data` of Debian. */
export const webUser = 33;

/** The account that administers, for when the identity provider is away. */
export const administrator = "keeper";

/** Folders inside the pods of the web servers and of the tasks. */
export const folders = {
  /** The code in upstream's image (nextcloud/docker, Dockerfile-debian.template): served from there, so that no pod copies it. */
  code: "/usr/src/nextcloud",
  config: "/config",
  settings: "/settings",
  secrets: "/secrets",
  scripts: "/scripts",
  trust: "/trust",
  /** In memory: sessions' save path, the bundle of authorities, temporary files of uploads. */
  run: "/run/hub",
  data: "/data",
} as const;

/** Secret files of the web servers and of the tasks. */
export const secretFiles = {
  database: "database",
  cache: "cache",
  storeKey: "store-key",
  storeSecret: "store-secret",
  /** Of the files' encryption; see the component. */
  storeEncryption: "store-encryption",
  salt: "salt",
  secret: "secret",
  relay: "relay",
} as const;

/** Authorities of others, each a file below the folder of trust. */
export const trustFiles = {
  database: "database.crt",
  cache: "cache.crt",
  store: "store.crt",
  login: "login.crt",
  relay: "relay.crt",
  mailboxes: "mailboxes.crt",
  web: "web.crt",
} as const;

/** Ports of the pods on the cluster's network. */
export const ports = {
  web: 8080,
  signaling: 8081,
  grpc: 9090,
  nats: 4222,
  natsCluster: 6222,
  natsMonitor: 8222,
  recorder: 1234,
} as const;

/**
 * Ports on media hosts. The proxy takes none that the other services' media hosts have; Janus' interface to it listens on the loopback address. Media: 20,000 to 40,000
 * as upstream's container has it (nextcloud/all-in-one, Containers/talk), below the relays' own.
 */
export const mediaPorts = { proxy: 9091, janus: 8188, media: [20_000, 40_000] } as const;

/** Connections that one web server's processes hold to the database: one each. */
export const processesPerServer = 24;

/** Most MiB of one request: clients send what is larger in chunks of it (files.chunked_upload.max_size). */
export const uploadMib = 128;

/** All tiers. Those on media hosts are in a namespace of their own: they are on the host network. */
export interface NextcloudTiers {
  readonly web: Tier<"http">;
  readonly keeper: Tier;
  readonly cron: Tier;
  readonly signaling: Tier<"http" | "grpc">;
  readonly bus: Tier<"nats" | "cluster" | "monitor">;
  readonly recorder: Tier<"http">;
  readonly media: Tier<"proxy">;
  /** It listens on the loopback address of its host alone. The port is named so that no other Janus is put onto a host while one leaves it. */
  readonly janus: Tier<"control">;
  readonly relay: Tier<"turns">;
}

export const nextcloudTiers = (name: string): NextcloudTiers => ({
  web: tier(name, `${name}-web`, { http: ports.web }),
  keeper: tier(name, `${name}-keeper`, {}),
  cron: tier(name, `${name}-cron`, {}),
  signaling: tier(name, `${name}-signaling`, { http: ports.signaling, grpc: ports.grpc }),
  bus: tier(name, `${name}-bus`, { nats: ports.nats, cluster: ports.natsCluster, monitor: ports.natsMonitor }),
  recorder: tier(`${name}-media`, `${name}-recorder`, { http: ports.recorder }),
  janus: tier(`${name}-media`, `${name}-janus`, { control: mediaPorts.janus }),
  media: tier(`${name}-media`, `${name}-media`, { proxy: mediaPorts.proxy }),
  relay: tier(`${name}-media`, `${name}-relay`, { turns: relayLimits.tls }),
});
