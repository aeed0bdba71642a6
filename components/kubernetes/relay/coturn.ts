import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogueImage } from "../../core/images";

/** Image of a relay. Its version: jitsi-contrib/jitsi-helm 3.4.0 (b849a05), values.yaml; options read in coturn/coturn 8024aa6 (4.17.1). */
export const relayImage = {
  path: "coturn/coturn",
  upstream: "docker.io/coturn/coturn",
  version: "4.17.2",
} as const satisfies CatalogueImage;

/**
 * Ports of a relay, and the limits that its configuration sets. The ports that it allocates keep clear of 51820, where the pod network's WireGuard listens on every
 * host.
 *
 * One participant: up to three networks, an allocation each; with two connections, or while a path is renewed (ICE restart), twice that, and again while the relay has
 * not noticed that the page before a reload is gone. `sessionBytes` a second each way is 20 Mbit/s: an assumption until measured, above what a browser sends and is
 * sent at 720p.
 */
export const relayLimits = {
  tls: 443,
  stun: 3_478,
  ports: [52_000, 65_535],
  total: 1_200,
  perUser: 12,
  sessionBytes: 2_500_000,
  allocationSeconds: 3_600,
} as const;

/** Request of one relay to its host. */
export const relayResources = { cpu: 1, memoryMib: 512 } as const;

/** Paths of a relay's files. */
export interface RelayPaths {
  readonly certificate: string;
  readonly key: string;
  readonly pid: string;
}

/** Settings of a relay. */
export interface RelaySettings {
  /** Realm of the credentials. */
  readonly domain: string;
  readonly paths: RelayPaths;
  /** Without one for STUN it takes nothing over UDP from browsers. @default - 443, and 3478 for STUN */
  readonly ports?: { readonly tls: number; readonly stun?: number };
}

/**
 * The part of coturn's configuration that is the same on every host. What only the host knows (its address, the media hosts' addresses, the secret) is appended when it
 * starts. Options as in coturn/coturn 8024aa6 (4.17.1), examples/etc/turnserver.conf.
 *
 * Browsers are given TURN over TLS, and STUN over UDP where the service wants it: who gets UDP out reaches a media host without a relay, and learns its own address
 * here. Every peer is denied before the media hosts are allowed, so a relay leads nowhere else.
 *
 * There is a limit for all, one per user and one per allocation, so that nobody takes a relay alone. coturn counts a user by what follows the colon in the name
 * (`get_real_username`, userdb.c:368-397): a service puts a name of its own there for every participant.
 *
 * Written for 4.17, where DTLS, the telnet console, RFC 5780 and TLS before 1.2 are off unless asked for. The lines that say so again are for older releases, which know
 * the opposite default; 4.17 still reads them.
 */
export const turnserver = ({ domain, paths, ports = relayLimits }: RelaySettings): string => `realm=${domain}
use-auth-secret
fingerprint
stale-nonce=600

${ports.stun === undefined ? "no-udp" : `listening-port=${ports.stun}`}
no-tcp
tls-listening-port=${ports.tls}
cert=${paths.certificate}
pkey=${paths.key}
cipher-list="ECDHE+AESGCM:ECDHE+CHACHA20"
no-tlsv1
no-tlsv1_1

min-port=${relayLimits.ports[0]}
max-port=${relayLimits.ports[1]}
no-tcp-relay
no-multicast-peers
denied-peer-ip=0.0.0.0-255.255.255.255
denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff

total-quota=${relayLimits.total}
user-quota=${relayLimits.perUser}
max-bps=${relayLimits.sessionBytes}
max-allocate-lifetime=${relayLimits.allocationSeconds}

log-file=stdout
no-software-attribute
pidfile=${paths.pid}
no-cli
no-rfc5780
`;

/** Scripts inside a relay's pod, byte for byte as they stand in `files/`. */
export const relayScripts: Readonly<Record<string, string>> = Object.fromEntries(
  ["start-relay.sh", "relay-ready.sh", "relay-alive.sh"].map((name) => [
    name,
    readFileSync(join(__dirname, "files", name), "utf8"),
  ]),
);
