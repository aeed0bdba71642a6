import type { Meeting } from "../meeting";
import { Poison } from "../problems";
import { bigBlueButtonMeeting } from "./bigbluebutton";
import { egressMeeting, manifestName } from "./egress";
import { companionName, type Folder, has } from "./folder";
import { jibriMeeting } from "./jibri";
import { talkMeeting, timesName } from "./talk";

/** A platform by the files that its recorder leaves. */
interface Adapter {
  readonly knows: (folder: Folder) => boolean;
  /** True once everything is there: what is written last has been. */
  readonly complete: (folder: Folder) => boolean;
  /** Names of the files that are read whole. */
  readonly texts: (folder: Folder) => readonly string[];
  readonly meeting: (folder: Folder, text: (name: string) => string) => Meeting;
}

const named = (folder: Folder, pattern: RegExp): readonly string[] =>
  folder.entries.map(({ name }) => name).filter((name) => pattern.test(name));

const adapters: readonly Adapter[] = [
  {
    knows: (folder) => has(folder, "metadata.json"),
    complete: (folder) => has(folder, "SHA256SUMS"),
    texts: () => ["metadata.json", "SHA256SUMS"],
    meeting: jibriMeeting,
  },
  {
    knows: (folder) => has(folder, "metadata.xml"),
    complete: () => true,
    texts: (folder) => ["metadata.xml", ...named(folder, /^events\.xml$/)],
    meeting: bigBlueButtonMeeting,
  },
  {
    knows: (folder) => named(folder, manifestName).length > 0,
    complete: () => true,
    texts: (folder) => named(folder, manifestName).slice(0, 500),
    meeting: egressMeeting,
  },
  {
    knows: (folder) => named(folder, timesName).length > 0,
    complete: () => true,
    texts: (folder) => named(folder, timesName).slice(0, 1),
    meeting: talkMeeting,
  },
];

/** True if a recorder has finished with a folder, or nobody knows whose it is. */
export const isComplete = (folder: Folder): boolean => adapterOf(folder)?.complete(folder) ?? true;

/** True for a file by which a recorder's platform is known. */
export const isMetadata = (name: string): boolean =>
  /^metadata\.(json|xml)$/.test(name) || manifestName.test(name) || timesName.test(name);

const adapterOf = (folder: Folder): Adapter | undefined => adapters.find(({ knows }) => knows(folder));

/**
 * The meeting of a folder.
 *
 * @param read reads an object whole, by its path below the folder.
 * @throws Poison for a folder of no known platform.
 */
export async function meetingOf(folder: Folder, read: (name: string) => Promise<string>): Promise<Meeting> {
  const adapter = adapterOf(folder);
  if (adapter === undefined)
    throw new Poison(
      `expected metadata of Jitsi, BigBlueButton, OpenVidu or Talk beside ${companionName}, got none that is known`,
    );
  const texts = new Map<string, string>();
  for (const name of adapter.texts(folder)) texts.set(name, await read(name));
  return adapter.meeting(folder, (name) => texts.get(name) ?? "");
}
