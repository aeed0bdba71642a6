import { type Capacity, replicasFor } from "../../core/capacity";
import { validate } from "../../core/errors";
import { countInRange } from "../../core/numbers";
import { type EgressNeed, egressTo, type PodRequest } from "../../core/plan";
import { record } from "../../core/shapes";
import { type Tier, tier } from "../../core/tier";
import type { Resources } from "../../kubernetes/container";

/** Ports of a recorder: health and metrics; its page is served on the loopback address. */
export const recorderPorts = { health: 9080, metrics: 9090 } as const;

/** Address of the page that a recorder opens. Its own program serves it to its own browser (StartTemplatesServer, pkg/server/server.go of livekit/egress v1.14.1). */
export const recorderPage = { host: "localhost", port: 7980 } as const;

/** Most recordings at once: a workload has at most 100 replicas, and one is for when another is lost. */
export const mostRecordings = 99;

/** Recorders of a plan, as one is asked for. */
export interface RoomRecorders {
  /** Rooms that are recorded at once. */
  readonly recordings: number;
  /** Endpoint of the bucket's store, where it is outside: `https://sos-ch-gva-2.exo.io`. @default - inside the cluster */
  readonly bucket?: string;
  /** Longest recording in minutes; it ends there and is kept. A recorder that is told to stop ends its recording first, however long that takes. @default 120 */
  readonly longestMinutes?: number;
}

/** Recorders of a plan, with their tier and their figures. */
export interface PlannedRecorders {
  readonly recordings: number;
  readonly longestMinutes: number;
  /** The recorders as caches see them: `valkey.access({ from: openViduRecorders(plan) })`. */
  readonly tier: Tier<keyof typeof recorderPorts>;
  readonly capacity: Capacity;
  readonly resources: Resources;
  readonly egress: readonly EgressNeed[];
}

/**
 * A picture of 1280 × 720 at 30 frames a second with 3,000 kbit/s and sound with 128, as recorded unless a portal asks for another (pkg/config/pipeline.go of livekit/egress
 * v1.14.1), and a tenth for the container and the encoder's swings.
 */
const bytesPerSecond = ((3_000 + 128) * 1.1 * 1_000) / 8;

/** Memory beside the recording for the browser's profile and for what its processes share, which is not in `/dev/shm` (pkg/pipeline/source/web.go). An assumption. */
export const profileMib = 768;

/** Memory that holds a recording until it is in the bucket: nothing of it reaches a disk. */
export const recordingMib = (longestMinutes: number): number =>
  Math.ceil((longestMinutes * 60 * bytesPerSecond) / 1_048_576);

/** Upload of the longest recording, after its end: the bucket may be away for a while. */
const uploadSeconds = 900;

/** Grace period of a recorder: its longest recording, and the upload. */
export const recorderDrainSeconds = ({ longestMinutes }: Pick<PlannedRecorders, "longestMinutes">): number =>
  longestMinutes * 60 + uploadSeconds;

/** The tier of the recorders, in the namespace of their own. */
export const recorderTier = (name: string): PlannedRecorders["tier"] =>
  tier(`${name}-recording`, `${name}-recorder`, recorderPorts);

/** @throws RangeError with every problem. */
export function plannedRecorders(name: string, asked: RoomRecorders): PlannedRecorders {
  const {
    recordings,
    bucket,
    longestMinutes = 120,
  } = record(asked, "recorders", '{ recordings: 4, bucket: "https://sos-ch-gva-2.exo.io" }');
  const valid = validate({
    recordings: () => countInRange(recordings, "recordings at once", 1, mostRecordings),
    // Above half a day their memory is more than most hosts have.
    longestMinutes: () => countInRange(longestMinutes, "minutes of a recording", 1, 720),
    bucket: () => (bucket === undefined ? [] : [egressTo(bucket, `recordings of ${name}`)]),
  });
  return {
    recordings: valid.recordings,
    longestMinutes: valid.longestMinutes,
    tier: recorderTier(name),
    capacity: {
      load: valid.recordings,
      unit: "recordings",
      perReplica: 1,
      source:
        "4 cores for a whole room (roomCompositeCpuCost, livekit/egress v1.14.1 pkg/config/service.go); its configuration takes one",
    },
    // "At least 4 CPUs and 4 GB of memory" (docs.livekit.io, self-hosting, Egress), and the recording.
    resources: { cpu: 4, memoryMib: 4_096 + profileMib + recordingMib(valid.longestMinutes) },
    egress: valid.bucket,
  };
}

/** Pods of the recorders on application hosts. */
export const recorderRequests = ({ tier: { name }, capacity, resources }: PlannedRecorders): readonly PodRequest[] => [
  { tier: name, replicas: replicasFor(capacity), ...resources },
];
