import { type Capacity, replicasFor } from "../../core/capacity";
import { type Keys, knownKeys, validate } from "../../core/errors";
import { hostsOf } from "../../core/host-count";
import { dnsLabel } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { egressTo, type ServicePlan } from "../../core/plan";
import { flag, oneOf, record } from "../../core/shapes";
import type { Tier } from "../../core/tier";
import { invalid } from "../../core/errors";
import type { Resources } from "../../kubernetes/container";
import { type SpeechModel, type SpeechModelName, speechModels } from "./models";
import {
  type Captions,
  type CaptionsPlan,
  captionsKeys,
  planCaptions,
  readWeights,
  weightsKeys,
} from "./plan-captions";
import type { SpeechWeights } from "./plan-captions";
import { captionsTier, whisperTier } from "./settings";

export interface SpeechPlanArgs {
  /** Its namespace and resources begin with it. */
  readonly name: string;
  /** Model that it runs. @default "whisper-large-v3" with graphics processors, "whisper-small" without */
  readonly model?: SpeechModelName;
  readonly weights: SpeechWeights;
  /** Hours of recordings in a day that are written down. */
  readonly audioHoursPerDay: number;
  /**
   * True if it runs on hosts with graphics processors: a platform's `graphics`, the pool `gpu` of a cluster. A server takes a host's processor whole.
   *
   * @default false
   */
  readonly graphics?: boolean;
  /** Cores of one server. @default - 8, and 2 beside a graphics processor */
  readonly cores?: number;
  /** Hours of sound that one server writes down in an hour, as it was measured on such a host. @default - see `speechModels` */
  readonly speed?: number;
  /** Servers that write along with meetings while people speak. @default - none */
  readonly captions?: Captions;
  /** Endpoint of the store with the models, where it is outside: `https://sos-ch-dk-2.exo.io`. @default - inside the cluster */
  readonly store?: string;
}

const speechPlanArgsKeys: Keys<SpeechPlanArgs> = {
  name: true,
  model: true,
  weights: weightsKeys,
  audioHoursPerDay: true,
  graphics: true,
  cores: true,
  speed: true,
  captions: captionsKeys,
  store: true,
};

/** Needs of the servers of speech, and the figures that they are built from. */
export interface SpeechPlan extends ServicePlan {
  readonly service: "speech";
  readonly model: SpeechModelName;
  readonly weights: SpeechWeights;
  readonly graphics: boolean;
  readonly cores: number;
  readonly capacity: Capacity;
  readonly resources: Resources;
  /** Servers that write along. @default - none */
  readonly captions?: CaptionsPlan;
  /** The servers, as the bucket with the model sees them. */
  readonly server: Tier<"api">;
  /** All servers, as the bucket with the models sees them. */
  readonly servers: readonly Tier<"api">[];
}

/** Part of a day in which servers are at work: recordings come in when meetings end, and the rest of the day is for those that wait. */
const busyHours = 20;

/** Hours of recordings that one server writes down in a day. */
export const hoursPerDay = (speed: number): number => Math.max(1, Math.floor(busyHours * speed));

/**
 * Plans servers that turn speech into text: as many as the day's recordings need, and one more. Models come from a bucket of the operator's, by their digest; nothing is
 * downloaded from anywhere else.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const speech = planSpeech({
 *   name: "speech",
 *   weights: {
 *     folder: "whisper-small",
 *     sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
 *   },
 *   audioHoursPerDay: 20,
 * });
 */
export function planSpeech(args: SpeechPlanArgs): SpeechPlan {
  const {
    name,
    model,
    weights,
    audioHoursPerDay,
    graphics = false,
    cores,
    speed,
    captions,
    store,
  } = knownKeys(args, speechPlanArgsKeys);
  const valid = validate({
    name: () => dnsLabel(name, 30),
    graphics: () => flag(graphics, "give true for a pool with graphics processors"),
    model: () =>
      oneOf(
        model ?? (graphics === true ? "whisper-large-v3" : "whisper-small"),
        "a model",
        Object.keys(speechModels) as SpeechModelName[],
      ),
    weights: () => readWeights(weights),
    audioHoursPerDay: () => countInRange(audioHoursPerDay, "hours", 1, 100_000),
    cores: () => countInRange(cores ?? (graphics === true ? 2 : 8), "cores", 1, 256),
    speed: () => (speed === undefined ? undefined : readSpeed(speed)),
    captions: () => (captions === undefined ? undefined : planCaptions(name, captions)),
    store: () => (store === undefined ? [] : [egressTo(store, `models of ${name}`)]),
  });
  const chosen: SpeechModel = speechModels[valid.model];
  // The table's speeds on processors are of eight cores.
  const rate = valid.speed ?? (valid.graphics ? chosen.speed.graphics : (chosen.speed.cores * valid.cores) / 8);
  const capacity: Capacity = {
    load: valid.audioHoursPerDay,
    perReplica: hoursPerDay(rate),
    unit: "hours of recordings in a day",
    source:
      valid.speed === undefined
        ? `${Number(rate.toFixed(2))} hours of sound in an hour, ${busyHours} hours a day: ${chosen.source}`
        : `as the operator measured: ${rate} hours of sound in an hour, ${busyHours} hours a day`,
  };
  const resources = { cpu: valid.cores, memoryMib: chosen.folderMib * (valid.graphics ? 1 : 2) + chosen.workMib };
  const server = whisperTier(valid.name);
  return {
    service: "speech",
    name: valid.name,
    model: valid.model,
    weights: valid.weights,
    graphics: valid.graphics,
    cores: valid.cores,
    capacity,
    resources,
    ...(valid.captions === undefined ? {} : { captions: valid.captions }),
    server,
    servers: [server, ...(valid.captions === undefined ? [] : [captionsTier(valid.name)])],
    routes: [],
    connections: 0,
    ...(valid.store.length === 0 ? {} : { egress: valid.store }),
    requests: [
      { tier: server.name, replicas: replicasFor(capacity), ...resources, ...hostsOf(valid.graphics) },
      ...(valid.captions === undefined
        ? []
        : [
            {
              tier: valid.captions.server.name,
              replicas: replicasFor(valid.captions.capacity),
              ...valid.captions.resources,
            },
          ]),
    ],
  };
}

function readSpeed(given: unknown): number {
  if (typeof given !== "number" || !(given > 0) || given > 1_000)
    throw invalid("hours of sound in an hour, more than none", given, "measure a recording of an hour on such a host");
  return given;
}

/** Reads a plan. @throws RangeError for what planSpeech did not return. */
export function speechPlan(value: SpeechPlan): SpeechPlan {
  const plan = record(value, "a plan", "planSpeech({ … })");
  if (plan.service !== "speech") throw invalid("a plan of speech", plan.service, "give what planSpeech returns");
  return value;
}
