import type { Companion, Participant } from "./meeting";
import type { Identities } from "./identities";
import type { Facts } from "./states";
import type { Nextcloud, Recipient } from "./nextcloud";

/** Name of a meeting's folder in Nextcloud: its day and its title, without anything that a path or a file system takes for a sign. */
export function folderName(id: string, title: string, startedAt: string | undefined): string {
  const safe = title
    .normalize("NFC")
    .replace(/[\p{C}/\\:*?"<>|#%]+/gu, " ")
    .replace(/\s+/g, " ")
    .replace(/^[.\s]+|[.\s]+$/g, "")
    .slice(0, 80)
    .trim();
  return `${startedAt?.slice(0, 10) ?? "undated"} ${safe === "" ? "Meeting" : safe} ${id.slice(0, 8)}`;
}

type Found = Required<Pick<Facts, "recipients" | "without">>;

/**
 * Recipients of a meeting's minutes: participants whom the identity service knows, and guests whom the moderator released. Nothing else names one; a model's answer is
 * not among the arguments.
 */
export async function recipientsOf(
  people: readonly Participant[],
  companion: Companion,
  identities: Identities,
): Promise<Found> {
  const recipients = new Map<string, Found["recipients"][number]>();
  const without: Record<string, string> = {};
  const released = new Set(companion.release ?? []);
  const token = people.some(({ guest }) => !guest) ? await identities.token() : "";
  for (const one of people) {
    if (one.guest) {
      if (released.has(one.name) && one.email !== undefined)
        recipients.set(`mail ${one.email}`, { kind: "mail", name: one.email, person: one.name, email: one.email });
      else without[one.name] = released.has(one.name) ? "a guest without a mail address" : "a guest, not released";
      continue;
    }
    const found = await identities.find(one, token);
    if (found === undefined) without[one.name] = "not known to the identity service";
    else
      recipients.set(`user ${found.username}`, {
        kind: "user",
        name: found.username,
        person: one.name,
        ...(found.email === undefined ? {} : { email: found.email }),
      });
  }
  return { recipients: [...recipients.values()], without };
}

/**
 * Makes the shares of a folder exactly those of some recipients: others go first, missing ones come after.
 *
 * @param mine is asked before every change, and throws where this worker no longer has the meeting.
 * @param note hears of every change: the log of who has access.
 * @returns recipients whom Nextcloud does not know.
 */
export async function reconcile(
  nextcloud: Nextcloud,
  folder: string,
  recipients: readonly Recipient[],
  mine: () => Promise<void>,
  note: (what: string) => Promise<void>,
): Promise<readonly string[]> {
  const key = ({ kind, name }: Recipient): string => `${kind} ${name}`;
  const wanted = new Set(recipients.map(key));
  const there = new Set<string>();
  for (const share of await nextcloud.shares(folder)) {
    if (wanted.has(key(share)) && !there.has(key(share))) {
      there.add(key(share));
      continue;
    }
    await mine();
    await nextcloud.unshare(share.id);
    await note(`access taken from ${key(share)}`);
  }
  const unknown: string[] = [];
  for (const recipient of recipients.filter((one) => !there.has(key(one)))) {
    await mine();
    if ((await nextcloud.share(folder, recipient)) === "unknown") unknown.push(recipient.name);
    else await note(`access given to ${key(recipient)}`);
  }
  return unknown;
}
