import type { Capacity } from "../../core/capacity";
import { each, invalid, type Keys, validate } from "../../core/errors";
import { countInRange } from "../../core/numbers";
import { record } from "../../core/shapes";
import type { Tier } from "../../core/tier";
import type { Resources } from "../../kubernetes/container";
import { captionsTier } from "./settings";

/** A model in a bucket of the operator's: a folder with a list of its files' digests in it. */
export interface SpeechWeights {
  /** Name of the folder in the bucket: `whisper-small`. It has the model's files, and `SHA256SUMS`, as `sha256sum *` prints it. */
  readonly folder: string;
  /** SHA-256 of the file SHA256SUMS in lower-case hexadecimal. A server starts with no other one, and with no file that it does not list. */
  readonly sha256: string;
}

export const weightsKeys: Keys<SpeechWeights> = { folder: true, sha256: true };

export interface Captions {
  /** Models of Vosk by language: `{ de: { folder: "vosk-de", sha256 } }`. The first one counts where a client names none. */
  readonly models: Readonly<Record<string, SpeechWeights>>;
  /** People who are heard at once over all meetings: in Jitsi, whoever has opened the microphone since the captions of a meeting began. */
  readonly streams: number;
  /** Memory of one server in MiB: all models are in it, and a big one takes several GiB. @default - 2048 for each model, and 512 */
  readonly memoryMib?: number;
}

export const captionsKeys: Keys<Captions> = { models: each(weightsKeys), streams: true, memoryMib: true };

/** Needs of the servers that write along. */
export interface CaptionsPlan {
  readonly models: Readonly<Record<string, SpeechWeights>>;
  readonly cores: number;
  /** People whom one server hears at once. */
  readonly streams: number;
  readonly capacity: Capacity;
  readonly resources: Resources;
  readonly server: Tier<"api">;
}

const cores = 4;
/**
 * Streams that one core follows. An assumption until measured with the operator's models: with the small one for Korean, the only one that a package has, a voice of espeak-ng took 0.5 to 0.7
 * seconds of a shared, busy core for each of its own.
 */
const streamsPerCore = 4;

/**
 * Plans servers that write along. Two platforms have something to ask them with:
 *
 * **Jitsi.** A component wires it (jitsi/captions.ts): bridges send each voice to transcribers (jitsi/opus-transcriber-proxy d413315), which ask such a server and send back what
 * was said. A transcriber keeps a connection for each person who has been heard until the captions of the meeting end, and one for whom there is no free place ends the captions of the
 * whole meeting, until the bridge connects again: so the streams are reckoned by who has opened the microphone, not by who speaks.
 *
 * **Nextcloud Talk.** Its app for captions (nextcloud/live_transcription cd40c0e, 2.1.3) is a container of AppAPI's, which our hub has not, with Vosk inside. It joins calls with the internal secret
 * of the high-performance backend, which reaches every call; runs supervisord as root; and fetches its models from Hugging Face when it is switched on (ex_app/lib/main.py, MODELS_TO_FETCH). Another
 * server can stand in for its own (LT_VOSK_SERVER_URL, LT_DISABLE_INTERNAL_VOSK), but by Vosk's protocol without a key, which these servers do not speak.
 *
 * @throws RangeError with every problem.
 */
export function planCaptions(name: string, value: Captions): CaptionsPlan {
  const { models, streams, memoryMib } = record(
    value,
    "captions",
    '{ models: { de: { folder: "vosk-de", sha256: "…" } }, streams: 20 }',
  );
  const valid = validate({
    models: () => readModels(models),
    streams: () => countInRange(streams, "streams", 1, 10_000),
    memoryMib: () => (memoryMib === undefined ? undefined : countInRange(memoryMib, "MiB", 512, 262_144)),
  });
  const most = cores * streamsPerCore;
  return {
    models: valid.models,
    cores,
    streams: most,
    capacity: {
      load: valid.streams,
      perReplica: most,
      unit: "people who are heard at once",
      source: `an assumption until measured: ${streamsPerCore} on one core`,
    },
    resources: {
      cpu: cores,
      // Files lie in memory beside what the program makes of them.
      memoryMib: valid.memoryMib ?? 2_048 * Object.keys(valid.models).length + 512,
    },
    server: captionsTier(name),
  };
}

function readModels(value: Captions["models"] | undefined): Captions["models"] {
  const example = '{ de: { folder: "vosk-de", sha256: "…" } }';
  const models = record(value, "models by language", example) as Captions["models"];
  const languages = Object.keys(models);
  if (languages.length === 0 || languages.length > 6)
    throw invalid("one to six models, by language", languages.length, "every server holds all of them in memory");
  for (const language of languages)
    if (!/^[a-z]{2,3}$/.test(language)) throw invalid('a language as "de"', language, "name it as ISO 639-1 does");
  return validate(
    Object.fromEntries(languages.map((language) => [language, () => readWeights(models[language])] as const)),
  );
}

/** Reads a model in a bucket. @throws RangeError with every problem. */
export function readWeights(value: SpeechWeights | undefined): SpeechWeights {
  const { folder, sha256 } = record(value, "weights", '{ folder: "whisper-small", sha256: "…" }') as SpeechWeights;
  return validate({
    folder: () => {
      if (
        typeof folder !== "string" ||
        !/^\w[\w.-]{0,60}(\/\w[\w.-]{0,60}){0,5}$/.test(folder) ||
        folder.includes("..")
      )
        throw invalid("the name of a folder in the bucket", folder, 'give it like "whisper-small"');
      return folder;
    },
    sha256: () => {
      if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))
        throw invalid(
          "a SHA-256 of 64 hexadecimal digits",
          sha256,
          "take what sha256sum prints for the folder's SHA256SUMS",
        );
      return sha256;
    },
  });
}
