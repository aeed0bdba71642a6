import type { Bucket } from "./bucket";
import type { Chat } from "./chat";
import type { Identities } from "./identities";
import type { Limit } from "./limit";
import { companionName } from "./adapters/folder";
import { type Companion, mostMetadataBytes, readCompanion } from "./meeting";
import type { Nextcloud } from "./nextcloud";
import type { Mail } from "./notices";
import { LeaseLost, Poison } from "./problems";
import type { PieceKind, Records } from "./records";
import type { Settings } from "./settings";
import type { Facts, Row } from "./states";

/** Servers that the worker speaks to. */
export interface Servers {
  readonly bucket: Bucket;
  readonly records: Records;
  readonly nextcloud: Nextcloud;
  readonly identities: Identities;
  readonly chat?: Chat;
  readonly mail?: Mail;
}

/** A meeting in the hands of a worker, for one step. */
export interface Context extends Servers {
  readonly settings: Settings;
  readonly row: Row;
  /** Room at the speech server, shared by all meetings of this worker. */
  readonly hearing: Limit;
  /** The record beside the recording, as it is now. */
  companion(): Promise<Companion>;
  /** Prolongs the lease, and says how far the step is. @throws LeaseLost */
  mine(progress?: string): Promise<void>;
  keep(kind: PieceKind, key: string, value: unknown): Promise<void>;
}

/** Outcome of a step: facts for later ones, and another state than the next one where there is a reason. */
export interface Outcome {
  readonly facts?: Facts;
  readonly state?: "withdrawn" | "transcribed" | "arrived";
}

export type Step = (context: Context) => Promise<Outcome>;

export function contextOf(servers: Servers, settings: Settings, hearing: Limit, row: Row, lease: string): Context {
  const { records, bucket } = servers;
  return {
    ...servers,
    settings,
    row,
    hearing,
    companion: async () => {
      const text = await bucket.find(`${row.folder}${companionName}`, mostMetadataBytes);
      if (text === undefined) throw new Poison(`expected ${companionName} beside the recording, got none`);
      return readCompanion(text);
    },
    mine: (progress) => records.renew(row.id, lease, settings.leaseSeconds, progress),
    keep: (kind, key, value) => records.keep(row.id, lease, kind, key, value),
  };
}

/** A fact that an earlier step left. @throws LeaseLost where it is not there: somebody else changed the meeting. */
export function fact<K extends keyof Facts>({ row }: Pick<Context, "row">, key: K): NonNullable<Facts[K]> {
  const found = row.facts[key];
  if (found === undefined || found === null) throw new LeaseLost(`no ${key} of an earlier step`);
  return found;
}
