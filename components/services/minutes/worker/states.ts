import type { Recipient } from "./nextcloud";
import type { Meeting, Participant } from "./meeting";

/** States in the order in which a meeting goes through them. Each is written down once the step before it has had all of its effects. */
export const path = [
  "arrived",
  "verified",
  "transcribed",
  "summarised",
  "composed",
  "uploaded",
  "shared",
  "notified",
  "finished",
] as const;

export type OnPath = (typeof path)[number];

/** States of a meeting. Beside the path: set aside with a reason, given to nobody any more, or erased. */
export type State = OnPath | "quarantined" | "withdrawn" | "erased";

/** States in which there is something to do. */
export const open: readonly State[] = path.filter((state) => state !== "finished");

/** The state that follows. */
export const after = (state: Exclude<OnPath, "finished">): OnPath => path[path.indexOf(state) + 1] ?? "finished";

/** Facts about a meeting that steps leave for later ones. None of them is what was said. */
export interface Facts {
  readonly meeting?: Meeting;
  readonly people?: readonly Participant[];
  readonly seconds?: number;
  /** SHA-256 of each file of sound, by its key. */
  readonly sums?: Readonly<Record<string, string>>;
  /** Languages that were heard, with the number of pieces in each. */
  readonly languages?: Readonly<Record<string, number>>;
  /** People who objected when the minutes were made. */
  readonly objections?: readonly string[];
  readonly recipients?: readonly (Recipient & { readonly person: string; readonly email?: string })[];
  /** Name of its folder in Nextcloud, from the first delivery on: another title later moves nothing. */
  readonly delivered?: string;
  /** Recipients who were told. */
  readonly notified?: readonly string[];
  /** Participants who get nothing, with the reason. */
  readonly without?: Readonly<Record<string, string>>;
}

/** A meeting as the database has it. */
export interface Row {
  readonly id: string;
  /** Prefix of its folder in the bucket. */
  readonly folder: string;
  readonly state: State;
  /** Times that servers were away in this state. */
  readonly attempts: number;
  /** Odd answers in this state. */
  readonly odd: number;
  readonly facts: Facts;
}
