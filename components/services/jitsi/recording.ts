import type * as pulumi from "@pulumi/pulumi";
import type { Capacity } from "../../core/capacity";
import type { BucketAccess } from "../../core/connections";
import { invalid, validate } from "../../core/errors";
import type { CatalogueImage } from "../../core/images";
import { dnsLabel } from "../../core/names";
import { countInRange, keptDays } from "../../core/numbers";
import { type EgressNeed, egressTo, type PodRequest, type VolumeNeed } from "../../core/plan";
import { record } from "../../core/shapes";

/** Recording by servers: what participants see and hear, in one video for each recording. */
export interface Recording {
  /**
   * Bucket that recordings end in, each with its metadata and the SHA-256 of its files. Keep versions in it. What lies there is readable by whoever has its key: encrypt
   * it at the store, and limit how long it is kept.
   */
  readonly bucket: BucketAccess;
  /** Folder in the bucket. @default - the plan's name */
  readonly folder?: string;
  /** Days after which the store deletes them, as its own lifecycle has it. Rules ask for it, and refuse more than 365. @default - nothing is said */
  readonly keepDays?: number;
  /**
   * Image of Jibri, which the managed policy of the browser fits as well: built from the same Dockerfile with `USE_CHROMIUM=1`, for instance. @default - upstream's,
   * whose browser is Google's Chrome
   */
  readonly image?: CatalogueImage;
  /** PEM of the authority that issued the web's certificate, where browsers do not know it. @default - the platform's own authority, where it issues that certificate */
  readonly webAuthority?: pulumi.Input<string>;
}

/** Passwords of recorders: the account that asks for work, and the one with which the browser enters rooms. */
export type RecorderRole = "recorder" | "recorder-browser";
export const recorderRoles: readonly RecorderRole[] = ["recorder", "recorder-browser"];

export const recordingKeys: readonly (keyof Recording)[] = ["bucket", "folder", "keepDays", "image", "webAuthority"];

/** Accounts of recorders: one that asks for work, one with which the browser enters rooms, unseen by participants. */
export const recorderAccounts = { control: "jibri", browser: "recorder" } as const;

/** Room in which idle recorders wait for Jicofo. */
export const recorderRoom = "jibribrewery";

/** Variables that signalling servers have beside their own where there are recorders. */
export const prosodyRecording = {
  ENABLE_RECORDING: "1",
  // The image loads them on the host of those who sign in and on that of guests. The second is upstream's, which the image does not load by itself: it puts into
  // everybody's presence who the verified token says that they are, and takes out what they say themselves. A recorder writes that down as who took part.
  XMPP_MODULES: "recorder_rights,presence_identity",
  JIBRI_XMPP_USER: recorderAccounts.control,
  JIBRI_RECORDER_USER: recorderAccounts.browser,
} as const;

/** The same of the focus. */
export const jicofoRecording = { ENABLE_RECORDING: "1", JIBRI_BREWERY_MUC: recorderRoom } as const;

/** Recordings that a plan makes room for. */
export interface RecordingNeed {
  /** Recordings at once, over all rooms. Each has a host of its own, and one host is spare. */
  readonly atOnce: number;
  /** Volume of each host: the recording that runs, and those that wait for the bucket. @default 100 */
  readonly gib?: number;
  /** Endpoint of the bucket's store, where it is outside: `https://sos-ch-gva-2.exo.io`. @default - inside the cluster */
  readonly store?: string;
}

/** Recordings of a plan, with defaults. */
export interface PlannedRecordings {
  readonly atOnce: number;
  readonly gib: number;
  readonly egress: readonly EgressNeed[];
}

/**
 * Figures of a recorder. `videoKbit` is a limit of ours, so that the size of a recording is arithmetic: upstream sets a quality and no rate
 * (jitsi/jibri 62369d5, reference.conf, video-params). Sound is upstream's 128 kbit/s. `longestHours` is Jibri's usage-timeout.
 */
export const recorderLimits = { videoKbit: 4_000, audioKbit: 128, longestHours: 6, handOverSeconds: 300 } as const;

/** Space of the longest recording in MiB: the container of the file adds some per cent. */
export const longestMib = Math.ceil(
  (1.05 * (recorderLimits.videoKbit + recorderLimits.audioKbit) * 1_000 * recorderLimits.longestHours * 3_600) /
    8 /
    2 ** 20,
);

/** Space at which a recording that runs is ended, in MiB: half a minute of the guard's and of Jibri's, and the logs. */
export const floorMib = 1_024;

/** Space without which no recording begins, in MiB. */
export const reserveMib = longestMib + floorMib;

/**
 * Request of a recorder: 8 GB for 720p (jitsi/handbook 39ea553, docs/devops-guide/requirements.md); the cores are an assumption until measured. Shared memory is
 * part of it: the image refuses less than 2 GB (jibri/rootfs/etc/s6-overlay/scripts/config).
 */
export const recorderResources = { cpu: 3, memoryMib: 8_192 } as const;
export const sharedMemoryMib = 2_304;

/** Request of a keeper: rclone holds up to four parts of 5 MiB of an upload (v1.75.0, backend/s3/s3.go). An assumption until measured. */
export const keeperResources = { cpu: 0.1, memoryMib: 256 } as const;

/** Name of the recorders' pool of hosts, and of the volume on each. */
export const recordingVolume = (name: string): string => `${name}-rec`;

/** Most recordings at once: a pool has twenty numbers in the network, and one host is spare. */
export const mostRecordings = 19;

/** One recording is one browser. */
export const recorderCapacity = ({ atOnce }: Pick<PlannedRecordings, "atOnce">): Capacity => ({
  load: atOnce,
  perReplica: 1,
  unit: "recordings",
  source: "one recording each: jitsi/jibri 62369d5, JibriManager.kt throwIfBusy",
});

/** Reads the recordings of a plan. @throws RangeError with every problem. */
export function recordingNeed(name: string, value: RecordingNeed | undefined): PlannedRecordings | undefined {
  if (value === undefined) return undefined;
  const { atOnce, gib = 100, store } = record(value, "recordings at once", "{ atOnce: 2 }");
  const valid = validate({
    // The volume and the pool are named after it, in at most 15 characters.
    name: () => dnsLabel(name, 11),
    atOnce: () => countInRange(atOnce, "recordings at once", 1, mostRecordings),
    gib: () => {
      const least = Math.ceil((2 * reserveMib) / 1_024);
      if (countInRange(gib, "GiB for recordings", 1, 65_536) < least)
        throw invalid(
          `at least ${least} GiB`,
          gib,
          `give room for two recordings of ${recorderLimits.longestHours} hours: one that runs, one that waits for the bucket`,
        );
      return gib;
    },
    store: () => (store === undefined ? [] : [egressTo(store, `recordings of ${name}`)]),
  });
  return { atOnce: valid.atOnce, gib: valid.gib, egress: valid.store };
}

/** Volumes and pods of a plan's recordings. */
export function recordingHosts(
  name: string,
  { gib, atOnce }: PlannedRecordings,
): { readonly volumes: readonly VolumeNeed[]; readonly requests: readonly PodRequest[] } {
  const pool = recordingVolume(name);
  const replicas = atOnce + 1;
  const own = { replicas, hosts: "data", pool } as const;
  return {
    volumes: [{ name: recordingVolume(name), gib, replicas, pool }],
    requests: [
      { tier: recorderName(name), ...own, ...recorderResources },
      { tier: keeperName(name), ...own, ...keeperResources },
    ],
  };
}

export const recorderName = (name: string): string => `${name}-recorder`;
export const keeperName = (name: string): string => `${name}-keeper`;

/** Recording as the inputs of the component show it, which rules read. */
export const recordingFacts = (recording: boolean | Recording) =>
  typeof recording === "object"
    ? { recording: true, recorders: true, recordingDays: recording.keepDays }
    : { recording, recorders: false };

/** Reads the recording of a privacy: false, true for browsers, or what servers need. @throws RangeError for anything else. */
export function recordingOf(value: unknown): boolean | Recording {
  if (typeof value === "boolean") return value;
  const given: Partial<Recording> = record(
    value as Recording,
    "true, false or a recording by servers",
    "{ bucket: givenBucket({ … }) }",
  );
  const unknown = Object.keys(given).filter((key) => !(recordingKeys as readonly string[]).includes(key));
  if (unknown.length > 0)
    throw invalid(`only ${recordingKeys.join(", ")}`, unknown.join(", "), "correct the name, or leave it out");
  const { bucket, folder } = given;
  keptDays(given.keepDays);
  if (typeof bucket?.endpoint !== "string")
    throw invalid("a bucket for recordings", bucket, "give recording.bucket: givenBucket({ … })");
  if (folder !== undefined && (typeof folder !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/.test(folder)))
    throw invalid("a folder of letters, digits, dots, slashes and hyphens", folder, "rename recording.folder");
  return { ...given, bucket };
}
