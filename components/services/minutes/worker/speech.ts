import * as z from "zod/mini";
import { ask, json } from "./http";
import type { Piece } from "./media";
import { Odd } from "./problems";
import type { Heard } from "./transcript";

export interface ModelSettings {
  /** Address without the path of the API: `https://speech.crisis.example.ch`. */
  readonly url: string;
  readonly model: string;
  readonly token?: string;
  /** Longest time of one answer. */
  readonly seconds: number;
}

const server = "speech";

const answerShape = z.object({
  language: z.optional(z.nullable(z.string())),
  segments: z.array(z.object({ start: z.number(), end: z.number(), text: z.string() })).check(z.maxLength(5_000)),
});

/** Longest text of one segment that is believed: a model that repeats itself writes without end. */
const mostCharacters = 4_000;

/**
 * Transcribes a piece of sound by a server with OpenAI's API, and says in which language it was.
 *
 * | claim | file of speaches-ai/speaches | revision |
 * |---|---|---|
 * | `POST /v1/audio/transcriptions` with `file`, `model`, `language`, `response_format`, `temperature` as a form; `verbose_json` has `language` and `segments` with `start`, `end` and `text` | src/speaches/routers/stt.py | 06120fb |
 * | 404 for a model that is not installed | the same | 06120fb |
 *
 * @param language of the meeting, where somebody said it. @default - the server finds it out
 * @throws Away, Odd as `ask`; Odd for an answer of another shape.
 */
export async function transcribe(
  { url, model, token, seconds }: ModelSettings,
  piece: Piece,
  language: string | undefined,
): Promise<{ readonly heard: Heard; readonly language?: string }> {
  const form = new FormData();
  form.set("file", new Blob([piece.bytes], { type: piece.type }), piece.name);
  form.set("model", model);
  form.set("response_format", "verbose_json");
  form.set("temperature", "0");
  if (language !== undefined) form.set("language", language);
  const answer = await ask(`${url}/v1/audio/transcriptions`, {
    server,
    seconds,
    mostBytes: 8 * 1_048_576,
    method: "POST",
    body: form,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });
  const read = answerShape.safeParse(json(server, answer));
  if (!read.success) throw new Odd(server, "an answer without segments");
  const { from, to } = piece;
  const segments = read.data.segments.flatMap(({ start, end, text }) => {
    const words = text
      .replace(/[\p{C}\s]+/gu, " ")
      .trim()
      .slice(0, mostCharacters);
    const [begin, finish] = [from + start, Math.min(from + end, to + 1)];
    return words === "" || !(start >= 0) || !(finish >= begin) ? [] : [{ from: begin, to: finish, text: words }];
  });
  const said = read.data.language;
  return {
    heard: { from, to, segments },
    ...(typeof said === "string" && /^[a-z]{2}$/.test(said) ? { language: said } : {}),
  };
}
