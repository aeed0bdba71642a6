import type { Capacity } from "../../core/capacity";
import { replicasFor } from "../../core/capacity";
import type { SpeechEndpoint } from "../../core/connections";
import { invalid, validate } from "../../core/errors";
import { countInRange } from "../../core/numbers";
import type { MediaNeed, PodRequest } from "../../core/plan";
import { record } from "../../core/shapes";
import { serviceHost, type Tier, tier } from "../../core/tier";

/** Captions of meetings: a server of the deployment's own writes along while people speak, for everybody in the room. */
export interface Transcription {
  /** The server that writes along: `speech.captions({ from: jitsiTranscribers(plan) })`. */
  readonly speech: SpeechEndpoint;
  /** Language that is spoken, as the server knows it: `de`. All meetings of a deployment have the same. @default - the server's first one */
  readonly language?: string;
}

const transcriptionKeys: readonly (keyof Transcription)[] = ["speech", "language"];

/** Captions that a plan makes room for. */
export interface CaptionsNeed {
  /**
   * People who are heard over all meetings with captions at once, the same number that the speech servers are planned with. Whoever has opened the microphone counts until
   * the captions of the meeting end, muted or not: a bridge sends every source, and the transcriber keeps a connection for each.
   */
  readonly streams: number;
}

/** Port of the transcribers, for bridges. */
export const transcriberPort = 8_443;

/** Request of one transcriber: see `transcriberCapacity`. */
export const transcriberResources = { cpu: 1, memoryMib: 512 } as const;

/** The transcribers, between bridges and the servers that write along. */
export const transcriberTier = (name: string): Tier<"bridges"> =>
  tier(name, `${name}-transcriber`, { bridges: transcriberPort });

/** A transcriber decodes each voice; it has one thread. */
export const transcriberCapacity = ({ streams }: CaptionsNeed): Capacity => ({
  load: streams,
  perReplica: 30,
  unit: "people who are heard at once",
  source:
    "twenty voices took a quarter of a core; one thread decodes all of a transcriber, and half of it is left for bursts",
});

/** Reads the captions of a plan. @throws RangeError with every problem. */
export function captionsNeed(value: CaptionsNeed | undefined): CaptionsNeed | undefined {
  if (value === undefined) return undefined;
  const { streams } = record(value, "people who are heard at once", "{ streams: 20 }");
  return { streams: countInRange(streams, "streams", 1, 10_000) };
}

/** Pods of a plan's captions. */
export const captionsRequests = (name: string, need: CaptionsNeed): readonly PodRequest[] => [
  { tier: transcriberTier(name).name, replicas: replicasFor(transcriberCapacity(need)), ...transcriberResources },
];

/** The way of bridges to the transcribers. */
export const captionsOpening: MediaNeed["openings"][number] = {
  direction: "out",
  protocol: "tcp",
  port: transcriberPort,
  peers: "pods",
  reason: "voices of meetings with captions, to the transcribers",
};

/** Address that the focus gives to bridges; the focus puts the number of the meeting in. */
export const transcriberAddress = (name: string): string =>
  `wss://${serviceHost(transcriberTier(name))}:${transcriberPort}/meetings/{{MEETING_ID}}`;

/** Reads the transcription of a privacy: false, or what captions need. @throws RangeError with every problem. */
export function transcriptionOf(value: unknown): false | Transcription {
  if (value === false) return false;
  const given: Partial<Transcription> = record(
    value as Transcription,
    "false or a server that writes along",
    "{ speech: speech.captions({ from: jitsiTranscribers(plan) }) }",
  );
  const unknown = Object.keys(given).filter((key) => !(transcriptionKeys as readonly string[]).includes(key));
  if (unknown.length > 0)
    throw invalid(`only ${transcriptionKeys.join(", ")}`, unknown.join(", "), "correct the name, or leave it out");
  const { speech, language } = given;
  const valid = validate({
    speech: () => writesAlong(speech),
    language: () => {
      if (language !== undefined && (typeof language !== "string" || !/^[a-z]{2,3}$/.test(language)))
        throw invalid('a language as "de"', language, "name it as the server's plan does");
      return language;
    },
  });
  return { speech: valid.speech, ...(valid.language === undefined ? {} : { language: valid.language }) };
}

function writesAlong(value: SpeechEndpoint | undefined): SpeechEndpoint {
  const example = "speech.captions({ from: jitsiTranscribers(plan) })";
  const { url, model, token } = record(value, "a server that writes along", example);
  if (typeof url !== "string" || !/^wss:\/\/[^\s/]+\/\S+$/.test(url))
    throw invalid(
      "an address that begins with wss://",
      url,
      `give ${example}: one for recordings does not write along`,
    );
  if (typeof model !== "string" || model === "") throw invalid("the name of its model", model, `give ${example}`);
  if (token === undefined) throw invalid("a server that asks for a key", undefined, `give ${example}, or its token`);
  return value as SpeechEndpoint;
}
