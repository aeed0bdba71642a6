import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** Purpose of a contact. */
export type Purpose =
  | "stun"
  | "telemetry"
  | "avatars"
  | "content"
  | "names"
  | "time"
  | "directory"
  | "push"
  | "updates"
  | "maps"
  | "models"
  | "source"
  | "identity"
  | "infrastructure"
  | "certificates"
  | "storage"
  | "mail"
  | "messaging"
  | "packages"
  | "secrets"
  | "any";

/** A host that software contacts by default, or is often configured to contact. */
export interface HostFact extends Fact {
  /** Host, or domain above the hosts; an address. */
  readonly host: string;
  readonly party: EntityId;
  readonly purpose: Purpose;
  /** Replacement to use. */
  readonly instead: string;
  /** True for a whole domain of a party under which much is named that nobody contacts: only a URL or a command that fetches counts. */
  readonly asked?: boolean;
}

/** Rows of one purpose. */
export const rows = (
  purpose: Purpose,
  instead: string,
  ...list: readonly (readonly [host: string, party: EntityId, source?: string])[]
): readonly HostFact[] =>
  list.map(([host, party, source = `https://${host}`]) => ({ host, party, purpose, instead, source, reviewed }));
