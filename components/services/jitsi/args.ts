import type { Generation } from "../../infrastructure/secrets";
import type { ServicePlatform } from "../../service-base";
import type { Branding } from "./branding";
import type { JitsiPlan } from "./plan";
import { type Keys } from "../../core/errors";
import type { ResourceMetrics } from "../../kubernetes/resource-metrics";

/** Level of confidentiality. Features that need clear media are not in the type of end-to-end encryption. */
export type Privacy =
  | {
      /** Encrypted between each participant and the bridges (DTLS-SRTP). */
      readonly confidentiality: "transport";
      /** True if participants may record in their own browser; servers never record. @default false */
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
  /** The platform, which was given the same plan. */
  readonly on: ServicePlatform;
  /** Its plan: `planJitsi({ name, domain, participants })`. */
  readonly plan: JitsiPlan;
  /** @default - encrypted in transport, without recording */
  readonly privacy?: Privacy;
  /** People who open rooms; a password is made for each. @default ["moderator"] */
  readonly moderators?: readonly string[];
  /** @default - upstream's look, with no link that leads out */
  readonly branding?: Branding;
  /**
   * Measurements of the cluster, by which bridges follow their stress between those that the plan needs at the time and one for each of its media hosts. `"own"`
   * where the cluster was made elsewhere and has such measurements already. A bridge's stress is the share of its host's processors that is in use.
   *
   * Hosts are not made by load: a cloud's autoscaler makes private hosts only, and a bridge needs one with a public address, openings and a name.
   *
   * @default - as many bridges as the plan needs at the time
   */
  readonly followStress?: ResourceMetrics | "own";
  /** Time in seconds that a bridge keeps its participants before it is stopped. @default 600 */
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

export const jitsiArgsKeys: Keys<JitsiArgs> = {
  on: true,
  plan: true,
  privacy: true,
  moderators: true,
  branding: true,
  followStress: true,
  drainSeconds: true,
  secretsGeneration: true,
  secretGenerations: true,
};
