import { cachePorts } from "./valkey";

/** Variable with the password that the proxies ask the replicas with. */
export const proxyPassword = "CACHE_PROXY_PASSWORD";

export interface CacheProxySettings {
  /** Names of all replicas. */
  readonly replicas: readonly string[];
  /** PEM file of the authority that the replicas' certificates come from. */
  readonly authority: string;
  readonly connections: number;
  /** Address that it listens on. @default - all */
  readonly address?: string;
}

/**
 * Configuration of the proxies that lead clients to the primary, whichever replica it is. TLS goes through to the replica, so a proxy reads nothing.
 *
 * Each proxy asks every replica for its role once a second. Sessions to a replica that is the primary no more are ended at once, and their clients connect again.
 * HAProxy takes a server for up until its checks have failed, so a proxy that starts sees three primaries for a second or two: while it sees more than one it
 * refuses new connections and is not ready. It does the same when a former primary comes back before the watchers have made it a replica.
 *
 * Names are looked up once, at its start: each leads to a service of one pod, whose address never changes.
 *
 * Keywords: HAProxy 2.6's and 3.2's configuration manual (tcp-check connect, send, expect; check-ssl; on-marked-down; fastinter; nbsrv).
 */
export const cacheProxy = ({ replicas, authority, connections, address = "" }: CacheProxySettings): string => `global
    log stdout format raw local0 info
    maxconn ${connections + 50}
    hard-stop-after 30s

defaults
    mode tcp
    log global
    option dontlognull
    option tcplog
    option clitcpka
    option srvtcpka
    timeout connect 3s
    timeout check 2s
    # A subscription can be silent for as long as nothing happens.
    timeout client 24h
    timeout server 24h
    timeout queue 5s
    retries 2
    option redispatch

frontend health
    mode http
    bind ${address}:${cachePorts.health}
    no log
    timeout client 5s
    monitor-uri /healthz
    http-request return status 503 if { nbsrv(primary) gt 1 }
    http-request return status 200

frontend cache
    bind ${address}:${cachePorts.data}
    maxconn ${connections}
    tcp-request connection reject if { nbsrv(primary) gt 1 }
    default_backend primary

backend primary
    option tcp-check
    tcp-check send AUTH\\ proxy\\ "\${${proxyPassword}}"\\r\\n
    tcp-check expect string +OK
    tcp-check send INFO\\ replication\\r\\n
    tcp-check expect string role:master
    tcp-check send QUIT\\r\\n
    default-server check check-ssl verify required ca-file ${authority} inter 1s fastinter 200ms fall 2 rise 1 on-marked-down shutdown-sessions init-addr libc
${replicas.map((replica, i) => `    server replica-${i} ${replica}:${cachePorts.data}\n`).join("")}`;
