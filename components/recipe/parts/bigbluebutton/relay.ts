import { frontCertificate, innerPorts } from "./front";

/** Settings of the relay on a server. */
export interface OwnRelay {
  /** Name of the server: the realm. */
  readonly host: string;
  /** Public address of the server, to which alone it relays. */
  readonly publicAddress: string;
  /** The secret that credentials are made with. */
  readonly secret: string;
}

/** Ports that the relay gives out, above those of media. The filter shuts them: a relay speaks to its own server only. */
const allocated = [49_152, 65_535] as const;

/**
 * Allocations of a server's relay. A browser has a peer of its own for every camera, its own included, for its voice and for a screen, and asks the relay at each of its
 * two addresses for each of them, whether or not it needs it in the end (and again for each further network that it is in).
 *
 * - `each`: those of somebody who turns pages of five cameras, in one network.
 * - `perUser`: somebody who sees 48 cameras, in three networks.
 * - `total`: nearly as many as there are ports.
 */
export const relayQuotas = { each: 2 * (5 + 3), perUser: 3 * 2 * (48 + 3), total: 16_000 } as const;

/**
 * coturn's `/etc/turnserver.conf` on a server: STUN and TURN over UDP for browsers, and over TLS through HAProxy. It relays to the server's own address and nowhere
 * else; what a browser asks for at any other address is denied first.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | path; `use-auth-secret`, `static-auth-secret`, `realm`, `listening-ip`, `relay-ip` | templates/bbb-config/turnserver.conf.j2 | ebbba-org/ansible-role-bigbluebutton 0f62a6f |
 * | a peer for every camera, each with the same relay; pages of 5 and 48 cameras | bigbluebutton-html5/imports/ui/components/video-provider/component.tsx (`createWebRTCPeer`); private/config/settings.yml (`desktopPageSizes`, `desktopGridSizes`) | bigbluebutton/bigbluebutton 035bd02; 00013312 |
 * | `allowed-peer-ip` counts before `denied-peer-ip`; quotas, `stale-nonce`, `no-tcp-relay`, `no-multicast-peers`, `no-cli` | examples/etc/turnserver.conf | coturn/coturn 4.5.2, which Ubuntu 22.04 has |
 */
export function relayConfiguration({ host, publicAddress, secret }: OwnRelay): string {
  return [
    `realm=${host}`,
    "use-auth-secret",
    `static-auth-secret=${secret}`,
    "fingerprint",
    "stale-nonce=600",
    "",
    `listening-ip=${publicAddress}`,
    "listening-ip=127.0.0.1",
    `relay-ip=${publicAddress}`,
    `listening-port=${innerPorts.relay}`,
    `cert=${frontCertificate.certificate}`,
    `pkey=${frontCertificate.key}`,
    "no-tlsv1",
    "no-tlsv1_1",
    "",
    `min-port=${allocated[0]}`,
    `max-port=${allocated[1]}`,
    "no-tcp-relay",
    "no-multicast-peers",
    "denied-peer-ip=0.0.0.0-255.255.255.255",
    "denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    `allowed-peer-ip=${publicAddress}`,
    "",
    `total-quota=${relayQuotas.total}`,
    `user-quota=${relayQuotas.perUser}`,
    "",
    "syslog",
    "no-cli",
    "",
  ].join("\n");
}
