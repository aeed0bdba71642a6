import { settings } from "../../recipe/text";

/**
 * Configuration of a cache's replicas and watchers, as Valkey 8 and Redis 7.0 read it.
 *
 * | claim | where |
 * |---|---|
 * | options by these names, and their defaults; `tls-auth-clients` asks for client certificates unless it is `no` | valkey-io/valkey 55bbbe0, src/config.c |
 * | Sentinel's options; it looks names up in its only thread, so it gets addresses | the same, src/sentinel.c (sentinelHandleConfiguration, 1780 to 1960; createSentinelAddr) |
 * | the image's user is 999, its programs are `valkey-server` (also with `--sentinel`) and `valkey-cli`, linked with TLS | valkey-io/valkey-container ae6141e, 8.0/alpine/Dockerfile |
 * | a password for `valkey-cli` is taken from `REDISCLI_AUTH` | valkey-io/valkey 55bbbe0, src/valkey-cli.c:81 |
 */
export const cachePorts = { data: 6379, watcher: 26_379, health: 8404 } as const;

/** Replicas, of which one is the primary: a primary that is cut off from both others takes no writes, and one may be lost. */
export const cacheReplicas = 3;

/** Watchers that have to agree before another replica becomes the primary. */
export const cacheQuorum = 2;

/** Folders inside the pods. `common.sh` says what stands in them. */
export const cacheFolders = { files: "/etc/cache", run: "/run/cache", scripts: "/scripts" } as const;

/** Time that a primary may be silent before the watchers call it down. */
export const silentSeconds = 5;

/** Configuration of every replica; what differs between them is written by the start script. `files` is the folder that `common.sh` calls CACHE_FILES. */
export const replicaConfig = (maxMemoryMib: number, files: string = cacheFolders.files): string =>
  settings(
    {
      port: "0",
      "tls-port": `${cachePorts.data}`,
      ...tls(files),
      // Pods answer nobody but those that the network policy names, and each of those has a password.
      "protected-mode": "no",
      daemonize: "no",
      databases: "16",
      "tcp-keepalive": "30",
      timeout: "0",
      // Nothing of a cache reaches a disk: no snapshots, and replicas are filled over the network.
      save: '""',
      appendonly: "no",
      "repl-diskless-sync": "yes",
      "repl-diskless-sync-delay": "0",
      "repl-diskless-load": "swapdb",
      "repl-timeout": "10",
      "repl-ping-replica-period": "2",
      // A primary that no replica hears is cut off: another is chosen meanwhile, and what it took would be lost.
      "min-replicas-to-write": "1",
      "min-replicas-max-lag": "10",
      maxmemory: `${maxMemoryMib}mb`,
      "maxmemory-policy": "allkeys-lru",
    },
    " ",
  );

/** Configuration of every watcher, before and after the lines that name the primary. */
export const watcherConfig = (files: string = cacheFolders.files): Readonly<Record<string, string>> => ({
  "sentinel.conf": settings(
    {
      port: "0",
      "tls-port": `${cachePorts.watcher}`,
      ...tls(files),
      "protected-mode": "no",
      daemonize: "no",
      "sentinel deny-scripts-reconfig": "yes",
    },
    " ",
  ),
  "sentinel-cache.conf": settings(
    {
      "sentinel down-after-milliseconds cache": `${silentSeconds * 1000}`,
      "sentinel failover-timeout cache": "15000",
      "sentinel parallel-syncs cache": "1",
    },
    " ",
  ),
});

const tls = (files: string): Readonly<Record<string, string>> => ({
  "tls-cert-file": `${files}/tls/tls.crt`,
  "tls-key-file": `${files}/tls/tls.key`,
  "tls-ca-cert-file": `${files}/tls/ca.crt`,
  "tls-protocols": '"TLSv1.2 TLSv1.3"',
  "tls-replication": "yes",
  // Clients show a password.
  "tls-auth-clients": "no",
});

/** Passwords of a cache. */
export interface CachePasswords {
  /** Of clients, newest first: all of them are valid. */
  readonly clients: readonly string[];
  /** Of replicas and watchers among themselves. */
  readonly internal: string;
  /** Of the proxies, which may ask for the role and nothing else. */
  readonly proxy: string;
}

/** Users of a cache's replicas. Clients may do everything but administer; the proxies may ask for the role. */
export const cacheUsers = ({ clients, internal, proxy }: CachePasswords): string =>
  [
    `user default on ${clients.map((password) => `>${password}`).join(" ")} ~* &* +@all -@admin`,
    `user internal on >${internal} ~* &* +@all`,
    `user proxy on >${proxy} -@all +ping +info +quit`,
    "",
  ].join("\n");
