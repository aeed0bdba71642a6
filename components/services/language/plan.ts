import { type Capacity, replicasFor } from "../../core/capacity";
import { invalid, type Keys, knownKeys, validate } from "../../core/errors";
import { hostsOf } from "../../core/host-count";
import { dnsLabel } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { egressTo, type ServicePlan } from "../../core/plan";
import { flag, oneOf, record } from "../../core/shapes";
import type { Tier } from "../../core/tier";
import type { Resources } from "../../kubernetes/container";
import { type Model, type ModelName, models, type Speed } from "./models";
import { serverTier } from "./settings";

/** Weights of a model in a bucket of the operator's. */
export interface Weights {
  /** Name of the object, a file in the format GGUF: `mistral-small-24b-q4_k_m.gguf`. */
  readonly object: string;
  /** SHA-256 of the file in lower-case hexadecimal. A server starts with no other one. */
  readonly sha256: string;
}

export interface LanguagePlanArgs {
  /** Its namespace and resources begin with it. */
  readonly name: string;
  /** Model that it runs. @default "mistral-small-24b" with graphics processors, "mistral-7b" without */
  readonly model?: ModelName;
  readonly weights: Weights;
  /** Hours of meetings in a day of which minutes are written. */
  readonly meetingHoursPerDay: number;
  /**
   * True if it runs on hosts with graphics processors: a platform's `graphics`, the pool `gpu` of a cluster. A server takes a host's processor whole, and its
   * weights have to fit into it.
   *
   * @default false
   */
  readonly graphics?: boolean;
  /** Cores of one server. @default - 8, and 2 beside a graphics processor */
  readonly cores?: number;
  /** Tokens in a second, as `llama-bench` measured them on such a host. @default - assumptions, see `models` */
  readonly speed?: Speed;
  /** Endpoint of the store with the weights, where it is outside: `https://sos-ch-dk-2.exo.io`. @default - inside the cluster */
  readonly store?: string;
}

const weightsKeys: Keys<Weights> = { object: true, sha256: true };
const speedKeys: Keys<Speed> = { reads: true, writes: true };
const languagePlanArgsKeys: Keys<LanguagePlanArgs> = {
  name: true,
  model: true,
  weights: weightsKeys,
  meetingHoursPerDay: true,
  graphics: true,
  cores: true,
  speed: speedKeys,
  store: true,
};

/** Needs of a language model's servers, and the figures that they are built from. */
export interface LanguagePlan extends ServicePlan {
  readonly service: "language";
  readonly model: ModelName;
  readonly weights: Weights;
  readonly graphics: boolean;
  readonly cores: number;
  /** Questions that one server answers at once. */
  readonly questions: number;
  /** Tokens that it looks at for each of them: a long meeting is asked about in parts. */
  readonly context: number;
  readonly capacity: Capacity;
  readonly resources: Resources;
  /** The servers, as the bucket with the weights sees them. */
  readonly server: Tier<"api">;
}

/** Seconds of a day in which minutes are written. */
const daySeconds = 86_400;

/**
 * Tokens of an hour's meeting: 150 words a minute, 1.5 tokens for a word of German, every part read twice (once for its own points, once for all parts together), and what
 * is written for both. Assumptions until measured.
 */
export const tokensOfHour = { read: 2 * 60 * 150 * 1.5, written: 3_000 } as const;

/** Hours of meetings for which one server writes minutes in a day. */
export const hoursPerDay = ({ reads, writes }: Speed): number =>
  daySeconds / (tokensOfHour.read / reads + tokensOfHour.written / writes);

/** Speed with fewer cores than the eight of the table; more of them are not counted on, since what is written is as fast as memory. */
const ofCores = ({ reads, writes }: Speed, cores: number): Speed => {
  const share = Math.min(1, cores / 8);
  return { reads: reads * share, writes: writes * share };
};

/** One question after another on processors, which share memory's speed; a graphics processor reads its weights once for several. */
const questionsAtOnce = { cores: 1, graphics: 4 } as const;

/** Memory of a server: weights, context and what the program itself takes, which is an assumption until measured. */
const memoryMib = ({ gib, tokenBytes }: Model, context: number, graphics: boolean): number =>
  gib * 1_024 + (graphics ? 0 : Math.ceil((context * tokenBytes) / 1_048_576)) + 1_536;

/**
 * Plans servers for a language model: as many as the day's meetings need, and one more. Weights come from a bucket of the operator's, by their digest; nothing is
 * downloaded from anywhere else.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const words = planLanguage({
 *   name: "words",
 *   weights: {
 *     object: "mistral-7b-instruct-v0.3-q4_k_m.gguf",
 *     sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
 *   },
 *   meetingHoursPerDay: 20,
 * });
 */
export function planLanguage(args: LanguagePlanArgs): LanguagePlan {
  const {
    name,
    model,
    weights,
    meetingHoursPerDay,
    graphics = false,
    cores,
    speed,
    store,
  } = knownKeys(args, languagePlanArgsKeys);
  const valid = validate({
    name: () => dnsLabel(name, 30),
    graphics: () => flag(graphics, "give true for a pool with graphics processors"),
    model: () =>
      oneOf(
        model ?? (graphics === true ? "mistral-small-24b" : "mistral-7b"),
        "a model",
        Object.keys(models) as ModelName[],
      ),
    weights: () => readWeights(weights),
    meetingHoursPerDay: () => countInRange(meetingHoursPerDay, "hours", 1, 100_000),
    cores: () => countInRange(cores ?? (graphics === true ? 2 : 8), "cores", 1, 256),
    speed: () => (speed === undefined ? undefined : readSpeed(speed)),
    store: () => (store === undefined ? [] : [egressTo(store, `weights of ${name}`)]),
  });
  const chosen: Model = models[valid.model];
  const kind = valid.graphics ? "graphics" : "cores";
  const rate = valid.speed ?? (valid.graphics ? chosen.speed.graphics : ofCores(chosen.speed.cores, valid.cores));
  const capacity: Capacity = {
    load: valid.meetingHoursPerDay,
    perReplica: Math.max(1, Math.floor(hoursPerDay(rate))),
    unit: "hours of meetings in a day",
    source:
      valid.speed === undefined
        ? `an assumption until measured: ${rate.reads} tokens read and ${rate.writes} written in a second`
        : `as the operator measured: ${rate.reads} tokens read and ${rate.writes} written in a second`,
  };
  const questions = questionsAtOnce[kind];
  const context = 16_384;
  const resources = {
    cpu: valid.cores,
    memoryMib: memoryMib(chosen, questions * context, valid.graphics),
  };
  const server = serverTier(valid.name);
  return {
    service: "language",
    name: valid.name,
    model: valid.model,
    weights: valid.weights,
    graphics: valid.graphics,
    cores: valid.cores,
    questions,
    context,
    capacity,
    resources,
    server,
    routes: [],
    connections: 0,
    ...(valid.store.length === 0 ? {} : { egress: valid.store }),
    requests: [{ tier: server.name, replicas: replicasFor(capacity), ...resources, ...hostsOf(valid.graphics) }],
  };
}

function readWeights(value: Weights): Weights {
  const { object, sha256 } = record(value, "weights", '{ object: "mistral-7b-q4_k_m.gguf", sha256: "…" }');
  return validate({
    object: () => {
      if (typeof object !== "string" || !/^[\w.-][\w./-]{0,200}\.gguf$/.test(object) || object.includes(".."))
        throw invalid("the name of an object that ends in .gguf", object, "give the file's name in the bucket");
      return object;
    },
    sha256: () => {
      if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))
        throw invalid("a SHA-256 of 64 hexadecimal digits", sha256, "take what sha256sum prints for the file");
      return sha256;
    },
  });
}

function readSpeed(value: Speed): Speed {
  const { reads, writes } = record(value, "tokens in a second", "{ reads: 20, writes: 5 }");
  const rate = (given: unknown): number => {
    if (typeof given !== "number" || !(given > 0) || given > 1_000_000)
      throw invalid("tokens in a second, more than none", given, "measure with llama-bench on such a host");
    return given;
  };
  return validate({ reads: () => rate(reads), writes: () => rate(writes) });
}

/** Reads a plan. @throws RangeError for what planLanguage did not return. */
export function languagePlan(value: LanguagePlan): LanguagePlan {
  const plan = record(value, "a plan", "planLanguage({ … })");
  if (plan.service !== "language")
    throw invalid("a plan of a language model", plan.service, "give what planLanguage returns");
  return value;
}
