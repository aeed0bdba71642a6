/** Hours of sound that one server writes down in an hour. */
export interface SpeechSpeed {
  readonly cores: number;
  readonly graphics: number;
}

/** A model of Whisper, and what it asks of a host. */
export interface SpeechModel {
  /** Name as its makers write it. */
  readonly title: string;
  readonly licence: string;
  readonly makers: string;
  /** Size of its folder in the form of CTranslate2, in MiB, with room to spare. */
  readonly folderMib: number;
  /** Memory of the program beside that, for a piece of half an hour, in MiB: the sound alone takes 230. */
  readonly workMib: number;
  readonly speed: SpeechSpeed;
  /** Source of the speed. */
  readonly source: string;
}

const maker = {
  licence: "MIT (openai/whisper v20250625 LICENSE and README.md: code and weights)",
  makers: "OpenAI, United States: a file of weights obliges nobody to it, and nothing is asked of it",
} as const;

const scaled = "an assumption, scaled by the models' sizes from what was measured; measure it on such a host";

/**
 * Models that a plan can name. Speeds are of eight cores of a rented host (int8), or of one graphics processor (fp16), one piece of sound after the other.
 *
 * | claim | source |
 * |---|---|
 * | base on two shared cores: 0.47 to 0.49 of the sound's length in English, 0.81 to 0.85 in German; eight cores are taken for four times two, German for the rule | measured with faster-whisper 1.2.1 and espeak-ng as the voice |
 * | small on 8 threads of an Intel Core i7-12700K: 13 minutes in 102 s, int8, beam 5, 1477 MB: five times what is planned with here | SYSTRAN/faster-whisper v1.2.1 README.md, "Small model on CPU" |
 * | large-v2 on an RTX 3070 Ti: 13 minutes in 63 s, fp16, beam 5, 4525 MB; large-v3 is of the same size | the same, "Large-v2 model on GPU" |
 * | 74, 244, 769, 1550 and 809 million parameters, of which a folder holds two bytes each | openai/whisper v20250625 README.md |
 */
export const speechModels = {
  "whisper-base": {
    ...maker,
    title: "Whisper base",
    folderMib: 192,
    workMib: 1_536,
    speed: { cores: 4.7, graphics: 30 },
    source: "two cores took 0.85 of the length of German (faster-whisper 1.2.1, int8)",
  },
  "whisper-small": {
    ...maker,
    title: "Whisper small",
    folderMib: 512,
    workMib: 2_048,
    speed: { cores: 1.4, graphics: 25 },
    source: scaled,
  },
  "whisper-medium": {
    ...maker,
    title: "Whisper medium",
    folderMib: 1_600,
    workMib: 3_072,
    speed: { cores: 0.45, graphics: 16 },
    source: scaled,
  },
  "whisper-large-v3": {
    ...maker,
    title: "Whisper large-v3",
    folderMib: 3_200,
    workMib: 4_096,
    speed: { cores: 0.22, graphics: 12.3 },
    source: "on cores: an assumption, scaled by size; on graphics: large-v2 in SYSTRAN/faster-whisper v1.2.1 README.md",
  },
  "whisper-large-v3-turbo": {
    ...maker,
    title: "Whisper large-v3 turbo",
    folderMib: 1_700,
    workMib: 3_072,
    speed: { cores: 0.43, graphics: 20 },
    source: scaled,
  },
} as const satisfies Readonly<Record<string, SpeechModel>>;

/** Name of a model of the table. */
export type SpeechModelName = keyof typeof speechModels;
