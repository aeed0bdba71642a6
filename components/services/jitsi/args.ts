import type { Generation } from "../../infrastructure/secrets";
import type { ServicePlatform } from "../../service-base";
import { type Branding, brandingKeys } from "./branding";
import type { JitsiPlan } from "./plan";
import type { Transcription } from "./captions";
import type { RecorderRole, Recording } from "./recording";
import type { Access } from "./access";
import { type Keys } from "../../core/errors";
import type { ResourceMetrics } from "../../kubernetes/resource-metrics";

/** Level of confidentiality. Features that need clear media are not in the type of end-to-end encryption. */
export type Privacy =
  | {
      /** Encrypted between each participant and the bridges (DTLS-SRTP). */
      readonly confidentiality: "transport";
      /** True if participants may record in their own browser, or what servers need to record; the plan says how many at once. @default false */
      readonly recording?: boolean | Recording;
      /**
       * Captions: what a server of the deployment's own writes along. A moderator switches them on, for the whole room, and everybody is told; the plan says for how many
       * people. Nothing is kept. @default false
       */
      readonly transcription?: false | Transcription;
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

/** Secret of a Jitsi by its role. */
export type SecretRole =
  "focus" | "bridge" | "relay" | "token" | "cookies" | "captions" | RecorderRole | `moderator-${string}`;

export interface JitsiArgs {
  /** The platform, which was given the same plan. */
  readonly on: ServicePlatform;
  /** Its plan: `planJitsi({ name, domain, participants })`. */
  readonly plan: JitsiPlan;
  /** @default - encrypted in transport, without recording */
  readonly privacy?: Privacy;
  /** The way in: local accounts, or an identity service. @default { accounts: ["moderator"] } */
  readonly access?: Access;
  /** Stands in `access` now: `access: { accounts: ["duty-officer"] }`. */
  readonly moderators?: never;
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
  /** Generation of all secrets: another one makes them anew; see `secretGenerations`. @default "1" */
  readonly secretsGeneration?: Generation;
  /**
   * Generations of single secrets: `{ relay: ["2", "1"] }`, and `{ relay: "2" }` a day later, when credentials made with the old one have ended.
   *
   * - `relay`: no interruption, since relays accept both while both are listed; with one alone, credentials handed out before no longer count at a relay that
   *   was updated, and who needs a relay has to reload the page.
   * - `focus`: each shard starts again once, as with any update; its rooms are opened again on another.
   * - `bridge`: until a bridge was drained and started again, it cannot join a shard that was updated: with few bridges, up to `drainSeconds` without media.
   *   Rotate it between meetings.
   * - `recorder`, `recorder-browser`: until a recorder was started again, which waits for its recording, it gets no work from a shard that was updated. Rotate them
   *   between meetings.
   * - `captions`, which bridges show transcribers: no interruption while both are listed. With one alone, captions of meetings under way end; switch them off and on.
   * - `token`, which signs rooms' tokens: each shard starts again once. With both listed, tokens of both count; with one alone, one that was signed before is asked for
   *   again.
   * - `cookies`: no interruption while both are listed; with one alone, people sign in again.
   * - `moderator-<name>`, the password of an account: its sessions at the sign-in end.
   *
   * @default {}
   */
  readonly secretGenerations?: Readonly<Partial<Record<SecretRole, Generation>>>;
}

export const jitsiArgsKeys: Keys<JitsiArgs> = {
  on: true,
  plan: "elsewhere",
  privacy: { confidentiality: true, recording: "elsewhere", transcription: "elsewhere" },
  access: "elsewhere",
  moderators: true,
  branding: brandingKeys,
  followStress: true,
  drainSeconds: true,
  secretsGeneration: true,
  secretGenerations: "elsewhere",
};
