/** A way that media takes, by what it passes inside the deployment. */
export interface MediaPath {
  readonly name: string;
  /** Programs in their order. All but browsers are one host each, unless two in a row stand on the same. */
  readonly through: readonly string[];
  /** Hosts of the deployment that a packet passes. */
  readonly hops: number;
  /** Copies of a packet between a kernel and a program: one in and one out for each program. */
  readonly copies: number;
  /** Times that it is decrypted and encrypted again. */
  readonly recrypted: number;
}

const path = (name: string, recrypted: number, ...through: readonly string[]): MediaPath => ({
  name,
  through: ["browser", ...through, "browser"],
  hops: through.length,
  copies: through.length * 2,
  recrypted,
});

/**
 * Ways of Jitsi's media. No gateway, no edge, no address translation and no pod network is on any of them: a bridge is on its host's network and advertises that
 * host's own public address (`components/services/jitsi/media.ts`, `jvb.ts`).
 *
 * Counted from the design: no packet was traced for it. A relay forwards without looking; with TLS it decrypts and encrypts its own layer besides.
 */
export const jitsiPaths: readonly MediaPath[] = [
  path("a room on one bridge", 1, "bridge"),
  path("a room that spans bridges", 2, "bridge", "bridge"),
  path("one side behind a firewall that lets TLS out only", 1, "relay", "bridge"),
  path("both sides behind such a firewall", 1, "relay", "bridge", "relay"),
];
