import type * as pulumi from "@pulumi/pulumi";
import type { Generation } from "../../infrastructure/secrets";
import type { KubernetesTarget } from "../../kubernetes/target";

/** How far conversations are kept from the servers. What would need them in the clear is out of the type. */
export type Privacy =
  | {
      /** Encrypted between each participant and the bridges (DTLS-SRTP). */
      readonly confidentiality: "transport";
      /** Whether participants may record in their own browser; servers never record. @default false */
      readonly recording?: boolean;
      /** No speech service is connected. @default false */
      readonly transcription?: false;
    }
  | {
      /**
       * Between participants as well. For 20 participants at most. No server can force a browser to it: participants switch it on in the room, and one with a
       * changed client can join in the clear. What the deployment does is to keep out everything that would need it off.
       */
      readonly confidentiality: "end-to-end";
      readonly recording?: false;
      readonly transcription?: false;
    };

/** Password of a Jitsi by its role. */
export type SecretRole = "focus" | "bridge" | "relay" | `moderator-${string}`;

export interface JitsiArgs {
  readonly cluster: KubernetesTarget;
  /** Where people find it. */
  readonly domain: string;
  /** Participants at once, over all rooms. */
  readonly participants: number;
  /** Certificate for the domain and for the relays; see `jitsiNames()`. */
  readonly tls: { readonly certificate: pulumi.Input<string>; readonly privateKey: pulumi.Input<string> };
  /** @default - encrypted in transport, without recording */
  readonly privacy?: Privacy;
  /** People who open rooms; a password is made for each. @default ["moderator"] */
  readonly moderators?: readonly string[];
  /** What one bridge carries on the media hosts that it has. @default 100 */
  readonly participantsPerBridge?: number;
  /** What a bridge asks of its host. @default - 12 cores and 20 GiB of a host with 16 and 32 */
  readonly bridge?: { readonly cpu: number; readonly memoryMib: number };
  /** How long a bridge may go on with the participants that it has before it is stopped. @default 600 */
  readonly drainSeconds?: number;
  /** Generation of all passwords: another one makes them anew; see `secretGenerations`. @default "1" */
  readonly secretsGeneration?: Generation;
  /**
   * Generations of single passwords: `{ relay: ["2", "1"] }`, and `{ relay: "2" }` a day later, when credentials made with the old one have ended.
   *
   * - `relay`: no interruption, since relays accept both while both are listed; with one alone, credentials handed out before no longer count at a relay that
   *   was updated, and who needs a relay has to reload the page.
   * - `focus`: each shard starts again once, as with any update; its rooms are opened again on another.
   * - `bridge`: until a bridge was drained and started again, it cannot join a shard that was updated: with few bridges, up to `drainSeconds` without media.
   *   Rotate it between meetings.
   * - `moderator-<name>`: each shard starts again once.
   *
   * @default {}
   */
  readonly secretGenerations?: Readonly<Partial<Record<SecretRole, Generation>>>;
}
