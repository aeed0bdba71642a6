import type { Servers } from "./context";

/** Proof of an erasure: what went, and what was looked for afterwards and not found. It names the meeting by its identifier only. */
export interface Erased {
  readonly meeting: string;
  readonly at: string;
  readonly sharesRemoved: number;
  readonly folderRemoved: boolean;
  readonly objectVersionsRemoved: number;
  readonly left: { readonly folder: boolean; readonly objects: number; readonly kept: number };
}

/**
 * Erases a meeting everywhere: shares and documents, every version of its recording, and what the database has of it (GDPR Art. 17). What stays is a row that says when.
 * Copies that recipients made are out of reach, and so are messages that were sent.
 *
 * @throws Error for a meeting that is not known; Away where a server is. Nothing is lost then: it can be run again.
 */
export async function erase({ records, nextcloud, bucket }: Servers, id: string): Promise<Erased> {
  const row = await records.find(id);
  if (row === undefined) throw new Error(`expected a meeting that is known, got "${id}"; list them with "list"`);
  const { delivered } = row.facts;
  // Whoever works on it loses it first.
  await records.halt(id, "being erased");
  const shares = delivered === undefined ? [] : await nextcloud.shares(delivered);
  for (const share of shares) await nextcloud.unshare(share.id);
  const folderRemoved = delivered !== undefined && (await nextcloud.remove(delivered));
  const objectVersionsRemoved = row.state === "erased" ? 0 : await bucket.erase(row.folder);
  const left = {
    folder: delivered !== undefined && (await nextcloud.exists(delivered)),
    objects: row.state === "erased" ? 0 : (await bucket.list(row.folder)).length,
  };
  await records.erase(id);
  const kept = await records.countKept(id);
  return {
    meeting: id,
    at: new Date().toISOString(),
    sharesRemoved: shares.length,
    folderRemoved,
    objectVersionsRemoved,
    left: { ...left, kept },
  };
}

/** True if an erasure left nothing. */
export const isWhole = ({ left }: Erased): boolean => !left.folder && left.objects === 0 && left.kept === 0;
