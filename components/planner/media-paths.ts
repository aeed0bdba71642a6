/** A way that media takes, by what it passes inside the deployment. */
export interface MediaPath {
  readonly name: string;
  /** Programs in their order. */
  readonly through: readonly string[];
  /** Hosts of the deployment that a packet passes. */
  readonly hops: number;
  /** Copies of a packet between a kernel and a program: one in and one out for each program. */
  readonly copies: number;
  /** Times that it is decrypted and encrypted again. */
  readonly recrypted: number;
}

const path = (name: string, hops: number, recrypted: number, ...through: readonly string[]): MediaPath => ({
  name,
  through: ["browser", ...through, "browser"],
  hops,
  copies: through.length * 2,
  recrypted,
});

/**
 * Ways of Jitsi's media. No gateway, no edge, no address translation and no pod network is on any of them: a bridge is on its host's network and advertises that
 * host's own public address (`components/services/jitsi/media.ts`, `jvb.ts`). A browser tries every relay, so the one that it takes may stand on another host.
 *
 * Counted from the design: no packet was traced for it. A relay forwards without looking; with TLS it decrypts and encrypts its own layer besides.
 */
export const jitsiPaths: readonly MediaPath[] = [
  path("a room on one bridge", 1, 1, "bridge"),
  path("a room that spans bridges", 2, 2, "bridge", "bridge"),
  path("one side behind a firewall that lets TLS out only", 2, 1, "relay", "bridge"),
  path("both sides behind such a firewall", 3, 1, "relay", "bridge", "relay"),
];

/**
 * Ways of OpenVidu's media. As with Jitsi, nothing else is on them. A room is on one server as a whole, and a server tells its browsers of the relay on its own host
 * first, of the next one for when that is lost (`components/services/openvidu/livekit.ts`, `relaysOf`).
 *
 * Counted from the design.
 */
export const openViduPaths: readonly MediaPath[] = [
  path("a room, over UDP, or TCP where the network lets no UDP out", 1, 1, "media server"),
  path("one side behind a firewall that lets TLS out only", 1, 1, "relay", "media server"),
  path("the same through the next host's relay", 2, 1, "relay", "media server"),
  path("both sides behind such a firewall", 1, 1, "relay", "media server", "relay"),
];

/**
 * Ways of BigBlueButton's media. All programs of a meeting are on its one server, which advertises its own public address. Pictures go through the SFU alone. Voices go
 * through it to the voice switch, which mixes them, and back: over DTLS-SRTP, inside the server (`components/recipe/parts/bigbluebutton/sfu.ts`, `fsBridgeMode`). A
 * relay is reached over UDP, or over TLS, which HAProxy takes off; it relays to its own server alone (`relay.ts`). Firefox takes it always, by upstream's default
 * (`forceRelayOnFirefox`).
 *
 * Counted from the design.
 */
export const bigBlueButtonPaths: readonly MediaPath[] = [
  path("a camera or a screen", 1, 1, "SFU"),
  path("a voice", 1, 3, "SFU", "voice switch", "SFU"),
  path("a camera, one side through the relay over UDP", 1, 1, "relay", "SFU"),
  path("a camera, one side behind a firewall that lets TLS out only", 1, 1, "HAProxy", "relay", "SFU"),
  path(
    "a voice, both sides behind such a firewall",
    1,
    3,
    ...["HAProxy", "relay", "SFU", "voice switch", "SFU", "relay", "HAProxy"],
  ),
];
