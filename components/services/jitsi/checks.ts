import { invalid, validate } from "../../core/errors";
import type { Privacy } from "./args";
import { transcriptionOf } from "./captions";
import { recordingOf } from "./recording";
import { endToEndLimit } from "./settings";

/** @throws RangeError for a number that no room or deployment can have. */
export function allowedParticipants(value: number, privacy: Privacy | undefined): number {
  if (privacy?.confidentiality === "end-to-end" && value > endToEndLimit)
    throw invalid(
      `at most ${endToEndLimit} participants with end-to-end encryption`,
      value,
      "take confidentiality: transport, or fewer participants: clients switch it off in larger rooms",
    );
  return value;
}

/** The privacy with its defaults. @throws RangeError for what an end-to-end encrypted room cannot have; the type says the same. */
export function privacyOf(value: Privacy): Required<Privacy> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid("an object with confidentiality", value, 'give { confidentiality: "transport" } or "end-to-end"');
  // Whoever calls from JavaScript, or through a cast, has no type.
  const { confidentiality, recording = false, transcription = false }: Readonly<Record<string, unknown>> = { ...value };
  if (confidentiality === "transport")
    return {
      confidentiality,
      ...validate({ recording: () => recordingOf(recording), transcription: () => transcriptionOf(transcription) }),
    };
  if (confidentiality !== "end-to-end")
    throw invalid('"transport" or "end-to-end" for confidentiality', confidentiality, "choose one of them");
  if (recording !== false)
    throw invalid(
      "no recording with end-to-end encryption",
      typeof recording === "object" ? "a recording by servers" : recording,
      "leave recording out, or take confidentiality: transport",
    );
  if (transcription !== false)
    throw invalid(
      "no transcription with end-to-end encryption",
      typeof transcription === "object" ? "captions" : transcription,
      "leave transcription out, or take confidentiality: transport: a server that writes along hears everything",
    );
  return { confidentiality, recording, transcription };
}
