import { createHash } from "node:crypto";
import { isComplete } from "./adapters";
import { companionName } from "./adapters/folder";
import type { Servers } from "./context";
import type { Settings } from "./settings";
import { open } from "./states";

/** Identifier of a recording: that of its folder. */
export const idOf = (folder: string): string => createHash("sha256").update(folder).digest("hex").slice(0, 32);

/** Longest key of a folder, and nothing in it that a path could take for another folder. */
const sound = (folder: string): boolean =>
  folder !== "" &&
  folder.length <= 900 &&
  !/[\p{C}]/u.test(folder) &&
  !folder.split("/").some((part) => /^\.{1,2}$/.test(part));

/**
 * Takes in recordings that have a record beside them, and those whose record was changed. None is taken while too many are open: they stay in the bucket.
 *
 * @returns how many were new or changed.
 */
export async function look({ bucket, records }: Servers, settings: Settings): Promise<number> {
  let taken = 0;
  const { states } = await records.figures();
  let room = settings.mostOpen - open.reduce((sum, state) => sum + (states[state] ?? 0), 0);
  for await (const { key, tag } of bucket.walk("")) {
    const folder = key.slice(0, -companionName.length);
    if (!key.endsWith(`/${companionName}`) || !sound(folder)) continue;
    const known = await records.tagOf(idOf(folder));
    // A record that was changed takes something back, perhaps: it never waits for room.
    if (known === tag || known === "gone" || (known === undefined && room <= 0)) continue;
    if (!isComplete({ prefix: folder, entries: await bucket.list(folder) })) continue;
    if (!(await records.arrive(idOf(folder), folder, tag))) continue;
    taken++;
    if (known === undefined) room--;
  }
  return taken;
}

/** Deletes recordings that were kept for as long as they are to be kept, with everything in their folders and every version of it. */
export async function retain({ bucket, records }: Servers, days: number): Promise<void> {
  for (const { id, folder } of await records.outlived(days)) {
    await bucket.erase(folder);
    await records.recordingGone(id);
  }
}
