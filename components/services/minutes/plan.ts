import { type Capacity, replicasFor } from "../../core/capacity";
import { type OutsideRelay, outsideRelayKeys, relayOutlets } from "../../core/connections";
import { invalid, type Keys, knownKeys, validate } from "../../core/errors";
import { dnsLabel, httpsUrl } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { type DatabaseNeed, egressTo, type ServicePlan } from "../../core/plan";
import { list, record } from "../../core/shapes";
import type { Tier } from "../../core/tier";
import { workerTier } from "./settings";
import { databaseConnections } from "./limits";

/** The worker's program in a store of the operator's: the file that `node components/services/minutes/bundle.mjs FILE` makes. */
export interface Program {
  /** HTTPS address of the file: `https://artefacts.example.ch/minutes/worker.cjs`. */
  readonly url: string;
  /** SHA-256 of the file in lower-case hexadecimal. A worker starts with no other one. */
  readonly sha256: string;
}

export interface MinutesPlanArgs {
  /** Its namespace and resources begin with it. */
  readonly name: string;
  readonly program: Program;
  /** Hours of recorded meetings in a day of which minutes are written. */
  readonly meetingHoursPerDay: number;
  /** Days for which a recording stays after its minutes are delivered; then every version of it goes. @default 30 */
  readonly keepDays?: number;
  /**
   * Days for which a recording stays that nobody has laid a record beside (`minutes.json`); then every version of it goes. For a bucket in which every recording is for
   * minutes. @default - it stays
   */
  readonly unrecordedDays?: number;
  /** Pieces of sound that one worker has at the speech servers at once: as many as these servers hear together, shared among the workers. @default 2 */
  readonly piecesAtOnce?: number;
  /**
   * HTTPS addresses outside that it reaches through the gateways' proxy: the recordings' store, the identity service, the hub, the chat. Servers of speech and
   * language are never among them.
   *
   * @default [], all of them are inside
   */
  readonly outside?: readonly string[];
  /** Mail relay outside: its port, and its public addresses, to which the gateways lead. @default - inside the cluster, or none */
  readonly relay?: OutsideRelay;
}

const programKeys: Keys<Program> = { url: true, sha256: true };
const minutesPlanArgsKeys: Keys<MinutesPlanArgs> = {
  name: true,
  program: programKeys,
  meetingHoursPerDay: true,
  keepDays: true,
  unrecordedDays: true,
  piecesAtOnce: true,
  outside: true,
  relay: outsideRelayKeys,
};

/** Needs of the workers, and the figures that they are built from. */
export interface MinutesPlan extends ServicePlan {
  readonly service: "minutes";
  readonly program: Program;
  readonly keepDays: number;
  /** @default - recordings without a record stay */
  readonly unrecordedDays?: number;
  readonly piecesAtOnce: number;
  readonly databases: readonly [DatabaseNeed];
  readonly capacity: Capacity;
  /** The workers, as databases, buckets and servers see them. */
  readonly worker: Tier<"http">;
}

/** Requests of one worker. Cutting eight hours of sound into pieces took 154 MiB at most; the rest is room for several meetings at once. */
export const workerResources = { cpu: 0.25, memoryMib: 512 } as const;

/** Seconds of a processor that an hour of sound takes beside inference: an assumption until the whole was measured; cutting AAC into pieces took one. */
export const processorSecondsPerHour = 2;

/** Share of a day that a worker may be at work: meetings come in the daytime. */
const busyShare = 1 / 3;

/**
 * Plans the workers that make minutes: as many as the day's meetings need, and one more. Hours of inference are the servers' own to plan; a worker waits for them
 * most of its time.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const notes = planMinutes({
 *   name: "notes",
 *   program: {
 *     url: "https://artefacts.example.ch/minutes/worker.cjs",
 *     sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
 *   },
 *   meetingHoursPerDay: 20,
 * });
 */
export function planMinutes(args: MinutesPlanArgs): MinutesPlan {
  const {
    name,
    program,
    meetingHoursPerDay,
    keepDays = 30,
    unrecordedDays,
    piecesAtOnce = 2,
    outside = [],
    relay,
  } = knownKeys(args, minutesPlanArgsKeys);
  const valid = validate({
    name: () => dnsLabel(name, 30),
    program: () => readProgram(program),
    meetingHoursPerDay: () => countInRange(meetingHoursPerDay, "hours", 1, 100_000),
    keepDays: () => countInRange(keepDays, "days", 0, 3_650),
    unrecordedDays: () => (unrecordedDays === undefined ? undefined : countInRange(unrecordedDays, "days", 1, 3_650)),
    piecesAtOnce: () => countInRange(piecesAtOnce, "pieces", 1, 64),
    outside: () =>
      list(outside, "addresses outside", '["https://sos-ch-dk-2.exo.io"]', (address) =>
        egressTo(address, `recordings, people or documents of ${name}`),
      ),
  });
  const capacity: Capacity = {
    load: valid.meetingHoursPerDay,
    perReplica: Math.floor((86_400 * busyShare * workerResources.cpu) / processorSecondsPerHour),
    unit: "hours of meetings in a day",
    source: `an assumption until measured (npm run bench -- --minutes): ${processorSecondsPerHour} s of a processor for an hour of sound; ${workerResources.cpu} of a core for a third of a day`,
  };
  const replicas = replicasFor(capacity);
  const worker = workerTier(valid.name);
  return {
    service: "minutes",
    name: valid.name,
    program: valid.program,
    keepDays: valid.keepDays,
    ...(valid.unrecordedDays === undefined ? {} : { unrecordedDays: valid.unrecordedDays }),
    piecesAtOnce: valid.piecesAtOnce,
    capacity,
    worker,
    routes: [],
    connections: 0,
    requests: [{ tier: worker.name, replicas, ...workerResources }],
    // One worker more than there are, while an update replaces them.
    databases: [{ name: valid.name.replaceAll("-", "_"), connections: (replicas + 1) * databaseConnections }],
    egress: [egressTo(valid.program.url, `program of ${valid.name}`), ...valid.outside],
    ...relayOutlets(relay, valid.name),
  };
}

function readProgram(value: Program): Program {
  const { url, sha256 } = record(
    value,
    "the worker's program",
    '{ url: "https://artefacts.example.ch/minutes/worker.cjs", sha256: "…" }',
  );
  return validate({
    url: () => {
      httpsUrl(url, "an HTTPS address of the worker's program", "give the place of the file in your store");
      return String(url);
    },
    sha256: () => {
      if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))
        throw invalid("a SHA-256 of 64 hexadecimal digits", sha256, "take what bundle.mjs printed for the file");
      return sha256;
    },
  });
}

/** Reads a plan. @throws RangeError for what planMinutes did not return. */
export function minutesPlan(value: MinutesPlan): MinutesPlan {
  const plan = record(value, "a plan", "planMinutes({ … })");
  if (plan.service !== "minutes") throw invalid("a plan of minutes", plan.service, "give what planMinutes returns");
  return value;
}
