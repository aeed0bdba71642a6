/** Stand-ins of a minutes worker: the servers of speech and of language. */
import { type Reply, type StandIn, standIn } from "./minutes-stand-ins";

/** Something that somebody says, in seconds of the meeting. */
export interface Line {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Rate of the meetings' sound. Every sample of a second holds the number of that second, so that a piece of it says where it is from. */
export const rate = 800;

/** Sound of a meeting as a WAV file. */
export function wav(seconds: number): Buffer {
  const data = Buffer.alloc(seconds * rate * 2);
  for (let i = 0; i < seconds * rate; i++) data.writeInt16LE(Math.floor(i / rate), i * 2);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0).toString();
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** Seconds of the meeting that a piece holds. */
function spanOf(file: Buffer): readonly [from: number, to: number] {
  const at = file.indexOf("data");
  const data = file.subarray(at + 8);
  return [data.readInt16LE(0), data.readInt16LE(data.length - 2) + 1];
}

/** Answer to sound that says nothing of its time: a sentence every six seconds, for four minutes. */
const chatter = (): string =>
  JSON.stringify({
    language: "en",
    segments: Array.from({ length: 40 }, (_, i) => ({
      start: i * 6,
      end: i * 6 + 5,
      text: ` This is sentence ${i} of a long meeting, about nothing that anybody will remember.`,
    })),
  });

/** A speech server (speaches-ai/speaches 06120fb, src/speaches/routers/stt.py): it says the lines that are in the piece, and half of those that the piece cuts. */
export const speechServer = (lines: () => readonly Line[], language = "en"): Promise<StandIn> =>
  standIn(async ({ method, url, headers }, body) => {
    if (method !== "POST" || url !== "/v1/audio/transcriptions") return { status: 404 };
    const form = await new Response(new Uint8Array(body), {
      headers: { "content-type": headers["content-type"] ?? "" },
    }).formData();
    const file = form.get("file");
    if (!(file instanceof File) || form.get("model") !== "whisper") return { status: 422 };
    if (form.get("response_format") !== "verbose_json") return { status: 422 };
    const bytes = Buffer.from(await file.arrayBuffer());
    if (!bytes.subarray(0, 4).equals(Buffer.from("RIFF"))) return { status: 200, body: chatter() };
    const [from, to] = spanOf(bytes);
    const segments = lines()
      .filter((line) => line.to > from && line.from < to)
      .map((line, id) => ({
        id,
        start: Math.max(line.from, from) - from,
        end: Math.min(line.to, to) - from,
        text: line.from >= from && line.to <= to ? ` ${line.text}` : " cut words",
      }));
    const answer = { task: "transcribe", language, duration: to - from, text: "", segments };
    return { status: 200, body: JSON.stringify(answer) };
  });

/** An odd answer of a model. */
export type Oddity = "length" | "500" | "no json" | "other shape";

export interface LanguageServer extends StandIn {
  /** Oddity of an answer to so many lines. */
  odd: (lines: number) => Oddity | undefined;
  /** Answer of the model in place of what its lines say. */
  instead: ((user: string) => unknown) | undefined;
}

/**
 * A server of a model (OpenAI's chat completions, as llama.cpp's server has them). Its model finds decisions after "we decide" and tasks in "… will … by …", and cites the
 * lines.
 */
export async function languageServer(): Promise<LanguageServer> {
  const completion = (content: string, reason = "stop"): Reply => ({
    status: 200,
    body: JSON.stringify({
      object: "chat.completion",
      choices: [{ index: 0, finish_reason: reason, message: { role: "assistant", content } }],
    }),
  });
  const base = await standIn(({ method, url, headers }, body) => {
    if (method !== "POST" || url !== "/v1/chat/completions") return { status: 404 };
    if (headers["content-type"] !== "application/json") return { status: 415 };
    const {
      model,
      messages,
      response_format: format,
      max_tokens: most,
    } = JSON.parse(body.toString()) as {
      readonly model: string;
      readonly messages: readonly { readonly role: string; readonly content: string }[];
      readonly response_format: {
        readonly type: string;
        readonly json_schema: { readonly schema: { readonly properties: object } };
      };
      readonly max_tokens: number;
    };
    const user = messages.find(({ role }) => role === "user")?.content;
    if (model !== "mistral" || user === undefined || format.type !== "json_schema" || !(most > 0))
      return { status: 400 };
    const lines = user.split("\n");
    switch (self.odd(lines.length)) {
      case "length":
        return completion('{"summary": "half of', "length");
      case "500":
        return {
          status: 500,
          body: '{"error":{"code":500,"message":"the answer does not match the expected format"}}',
        };
      case "no json":
        return completion("Here are the minutes you asked for!");
      case "other shape":
        return completion('{"minutes": []}');
      case undefined:
    }
    if (self.instead !== undefined) return completion(JSON.stringify(self.instead(user)));
    if (!("decisions" in format.json_schema.schema.properties))
      return completion(JSON.stringify({ summary: `All of ${lines.length} parts.` }));
    const said = lines.flatMap((line) => {
      const [, number, text] = /^\[(\d+)\] [\d:]+ [^:]*: (.*)$/.exec(line) ?? [];
      return number === undefined || text === undefined ? [] : [{ number: Number(number), text }];
    });
    return completion(
      JSON.stringify({
        summary: `They spoke ${said.length} times.`,
        decisions: said.flatMap(({ number, text }) => {
          const [, what] = /we decide to (.*?)\.?$/i.exec(text) ?? [];
          return what === undefined ? [] : [{ text: what, lines: [number] }];
        }),
        actions: said.flatMap(({ number, text }) => {
          const [, owner = "", task = "", due = ""] = /^(.*?) will (.*?) by (.*?)\.?$/.exec(text) ?? [];
          return task === "" ? [] : [{ task, owner, due, lines: [number] }];
        }),
      }),
    );
  });
  const self: LanguageServer = Object.assign(base, { odd: () => undefined, instead: undefined });
  return self;
}
