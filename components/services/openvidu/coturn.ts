import { relayLimits } from "./settings";

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
  /** @default - 443 and 3478 */
  readonly ports?: { readonly tls: number; readonly stun: number };
}

/**
 * The part of coturn's configuration that is the same on every host. What only the host knows (its address, the media servers' addresses, the secret) is appended when
 * it starts. Options as in coturn/coturn 8024aa6 (4.17.1), examples/etc/turnserver.conf.
 *
 * Browsers are given TURN over TLS, and STUN over UDP: who gets UDP out reaches a media server without a relay, and learns its own address here. Every peer is denied
 * before the media servers are allowed, so a relay leads nowhere else.
 *
 * There is a limit for all, one per participant and one per allocation, so that nobody takes a relay alone: the user in a credential is the participant's, and coturn
 * counts a user by what follows the colon (`get_real_username`, userdb.c).
 */
export const turnserver = ({ domain, paths, ports = relayLimits }: RelaySettings): string => `realm=${domain}
use-auth-secret
fingerprint
stale-nonce=600

no-tcp
listening-port=${ports.stun}
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
