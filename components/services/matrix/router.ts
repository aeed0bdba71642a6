import type { Tier } from "../../core/tier";
import { podServers } from "../../kubernetes/haproxy-tcp";
import { routerPorts } from "./settings";
import { mediaPaths, readerPaths, readerQuestions } from "./worker-paths";

/** Folder of the proxies' files inside their pods. */
export const routerFolder = "/etc/router";

/** Path at which a proxy says that it and a reader work. */
export const routerHealth = "/health";

/** Processes behind the proxies: lines of HAProxy's servers. */
export interface RouterSettings {
  readonly main: readonly string[];
  readonly readers: readonly string[];
  readonly media: readonly string[];
  /** Connections of one proxy. */
  readonly connections: number;
  /** @default - that of the pods */
  readonly folder?: string;
  /** Address that it listens on. @default - all */
  readonly address?: string;
}

/** Places of the pods of a tier. */
export const placesOf = (tier: Tier, pods?: number): readonly string[] =>
  podServers({ name: tier.name, tier, port: "http", ...(pods === undefined ? {} : { pods }) }, "");

const list = (paths: readonly string[]): string => paths.map((path) => `${path}\n`).join("");

const health = ["    option httpchk", "    http-check send meth GET uri /health ver HTTP/1.1 hdr Host router"];

/**
 * Configuration files of the proxies before the homeserver's processes. What no list names goes to the main process. A person's requests go to one reader for as long as
 * it answers, so that it has them in memory; any other can take over. Words and behaviour of HAProxy are those of the edge (components/kubernetes/haproxy.ts).
 */
export const routerFiles = (settings: RouterSettings): Readonly<Record<string, string>> => {
  const { main, readers, media, connections, folder = routerFolder, address = "" } = settings;
  return {
    "readers.list": list(readerPaths),
    "questions.list": list(readerQuestions),
    "haproxy.cfg": `global
    log stdout format raw local0 notice
    maxconn ${connections + 50}
    hard-stop-after 50s

defaults
    mode http
    log global
    option dontlognull
    option dontlog-normal
    option redispatch 1
    option allbackups
    retries 3
    retry-on conn-failure empty-response
    timeout connect 2s
    timeout http-request 10s
    timeout http-keep-alive 60s
    timeout queue 10s
    timeout client 90s
    timeout client-fin 30s
    timeout server 180s
    timeout check 2s
    option srvtcpka
    srvtcpka-idle 5s
    srvtcpka-intvl 5s
    srvtcpka-cnt 2
    default-server inter 1s fall 2 rise 2 tcp-ut 5s observe layer4 error-limit 1 on-error mark-down init-addr none resolvers cluster resolve-prefer ipv4

resolvers cluster
    parse-resolv-conf
    accepted_payload_size 8192
    hold valid 2s
    hold obsolete 0s
    hold nx 24h
    hold refused 24h
    hold timeout 24h
    hold other 24h

frontend figures
    bind ${address}:${routerPorts.metrics}
    maxconn 20
    no log
    http-request use-service prometheus-exporter if { path /metrics }

frontend clients
    bind ${address}:${routerPorts.http}
    maxconn ${connections}
    # Not the main process' health: while it starts again, people go on reading.
    monitor-uri ${routerHealth}
    monitor fail if { nbsrv(readers) eq 0 }
    # A process may have done what it was asked, and not have said so: only what changes nothing is asked again.
    http-request disable-l7-retry unless { method GET HEAD OPTIONS }
    use_backend media if { path_beg ${mediaPaths.join(" ")} }
    use_backend readers if { path -m reg -f ${folder}/readers.list }
    use_backend readers if { method GET HEAD OPTIONS } { path -m reg -f ${folder}/questions.list }
    default_backend main

backend readers
    balance hash req.hdr(authorization)
    hash-type consistent djb2 avalanche
${[...health, ...readers].join("\n")}

backend media
${[...health, ...media].join("\n")}

backend main
${[...health, ...main].join("\n")}
`,
  };
};
