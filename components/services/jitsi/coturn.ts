import { relayLimits } from "./settings";

/** Where a relay finds its files. */
export interface RelayPaths {
  readonly certificate: string;
  readonly key: string;
  readonly pid: string;
}

export interface RelaySettings {
  /** Realm of the credentials. */
  readonly domain: string;
  readonly paths: RelayPaths;
  /** @default 443 */
  readonly port?: number;
}

/**
 * The part of coturn's configuration that is the same on every host. What only the host knows (its address, the bridges' addresses, the secret) is appended
 * when it starts.
 *
 * TURN over TLS only, since browsers ask for nothing else: the client library leaves out STUN and TURN over UDP for bridges, and a network that lets UDP out
 * reaches the bridge without a relay. Every peer is denied before the bridges are allowed, so a relay leads nowhere else.
 *
 * There is a limit for all, one per user and one per allocation, so that nobody takes a relay alone. coturn counts a user by what follows the colon in the name
 * (`get_real_username`, userdb.c:368-397 at 8024aa6); mod_relay_users puts a name of its own there for every participant.
 *
 * Written for 4.17, where DTLS, the telnet console, RFC 5780 and TLS before 1.2 are off unless asked for. The last two lines repeat it for older releases,
 * which know the opposite default; 4.17 still reads them.
 */
export const turnserver = ({ domain, paths, port = relayLimits.port }: RelaySettings): string => `realm=${domain}
use-auth-secret
fingerprint
stale-nonce=600

no-udp
no-tcp
tls-listening-port=${port}
cert=${paths.certificate}
pkey=${paths.key}
cipher-list="ECDHE+AESGCM:ECDHE+CHACHA20"

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
