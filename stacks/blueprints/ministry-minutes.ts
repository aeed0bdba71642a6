import {
  type CatalogueImage,
  type Identity,
  jitsiKeepers,
  type JitsiPlan,
  Language,
  Minutes,
  type MinutesPlan,
  type MinutesProgram,
  type LanguagePlan,
  type LanguageWeights,
  type Nextcloud,
  planLanguage,
  planMinutes,
  planSpeech,
  type Platform,
  type Postgres,
  type Recording,
  Speech,
  type SpeechPlan,
  type SpeechWeights,
  type Storage,
} from "../../components";
import type { Generation } from "../../components/infrastructure/secrets";
import { data, number, type Values } from "../keys";
import { bucketKeys, bucketOf, type relayKeys, relayOf, relayWay } from "./outside";

/** Keys of what makes minutes of recorded meetings. */
export const minutesKeys = {
  recordingsAtOnce: number(),
  recordingDays: number(),
  minutesHoursPerDay: number(),
  minutesProgram: data<MinutesProgram>(),
  speechImage: data<CatalogueImage>(),
  speechWeights: data<SpeechWeights>(),
  languageWeights: data<LanguageWeights>(),
  ...bucketKeys("models"),
};

type Given = Values<typeof minutesKeys & typeof relayKeys> & { readonly secretsGeneration: Generation };

/** The bucket of recordings: what the workers delete goes with every version of it, and what is written over goes for good on the next day. */
export const minutesBuckets = [{ name: "recordings", formerDays: 1 }] as const;

/**
 * Plans of the servers of speech and language, and of the workers. The servers run on processors, six cores each, so that one fits onto an application host of eight: a
 * platform has no pool of hosts with graphics processors, and nobody has seen a type of them in ch-gva-2.
 */
export function minutesPlans(given: Omit<Given, "secretsGeneration">) {
  const cores = 6;
  const { minutesHoursPerDay: hours, modelsStore } = given;
  const own = { cores, store: modelsStore.endpoint };
  const heard = planSpeech({ name: "speech", weights: given.speechWeights, audioHoursPerDay: hours, ...own });
  const words = planLanguage({ name: "words", weights: given.languageWeights, meetingHoursPerDay: hours, ...own });
  const notes = planMinutes({
    name: "notes",
    program: given.minutesProgram,
    meetingHoursPerDay: hours,
    keepDays: given.recordingDays,
    unrecordedDays: given.recordingDays,
    ...relayWay(given),
  });
  return { heard, words, notes };
}

/**
 * Recording of a Jitsi into a bucket of the store, from which the workers delete. The longest stay is that of a recording whose record comes on the last day, waits for
 * somebody's consent as long as the worker lets it (30 days), and stays as long again after its minutes.
 */
export const recordedIn = (storage: Storage, meetings: JitsiPlan, days: number): Recording => ({
  bucket: storage.bucket("recordings", { from: jitsiKeepers(meetings) }),
  keepDays: 2 * days + 30,
});

/** Services that minutes are connected to, and the plans of their own. */
interface MinutesParts {
  readonly platform: Platform;
  readonly plans: { readonly heard: SpeechPlan; readonly words: LanguagePlan; readonly notes: MinutesPlan };
  readonly postgres: Postgres;
  readonly storage: Storage;
  readonly identity: Identity;
  readonly nextcloud: Nextcloud;
}

/** Makes the servers, and the workers where there is mail: without it nobody would learn of their minutes, and recordings wait in the bucket. */
export function makeMinutes({ platform, plans, ...by }: MinutesParts, given: Given): void {
  const { heard, words, notes } = plans;
  const own = { on: platform, secretsGeneration: given.secretsGeneration };
  const models = bucketOf("models", given, platform);
  const speech = new Speech("speech", { ...own, plan: heard, image: given.speechImage, models });
  const language = new Language("words", { ...own, plan: words, models });
  const mail = relayOf(given, platform);
  if (mail.relay === undefined) return;
  new Minutes("notes", {
    on: platform,
    plan: notes,
    recordings: { confidentiality: "transport", bucket: by.storage.bucket("recordings", { from: notes.worker }) },
    database: by.postgres.database("notes", { from: notes.worker }),
    speech: speech.endpoint({ from: notes.worker }),
    language: language.endpoint({ from: notes.worker }),
    hub: by.nextcloud.account("minutes"),
    people: by.identity.reader("notes"),
    ...mail,
  });
}
