/**
 * The server that writes down recordings as it is rendered, run for real with the packages of its image and Whisper's smallest real model. It hears espeak-ng, whom nobody
 * takes for a person: how well it understands is a lower bound, and names are not asked for.
 */
import { Sound } from "../../components/services/minutes/worker/media";
import { transcribe } from "../../components/services/minutes/worker/speech";
import { whisperScripts } from "../../components/services/speech/files";
import { whisperArgs } from "../../components/services/speech/server";
import { describeWithNamespaces } from "../isolation/possible";
import { describeWithSpeech, speechPlaces } from "../support/programs/speech";
import { before, present, SpeechGround, spoken } from "./speech-ground";

jest.setTimeout(600_000);

const model = "whisper-base";
const path = "/v1/audio/transcriptions";

const form = (file: Buffer, more: Readonly<Record<string, string>> = {}): FormData => {
  const fields = new FormData();
  fields.set("file", new Blob([new Uint8Array(file)]), "piece.wav");
  for (const [name, value] of Object.entries({ model, ...more })) fields.set(name, value);
  return fields;
};

/** Words of a text, without what stands between them. */
const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Part of the words that were said which were heard, wherever they stand. */
const share = (said: string, heard: string): number => {
  const found = new Set(words(heard));
  return words(said).filter((word) => found.has(word)).length / words(said).length;
};

describeWithSpeech(["ip", "nft", "espeak-ng"], "a server that writes down recordings", () => {
  describeWithNamespaces(["ip", "nft"], "in a network that leads nowhere", () => {
    const ground = new SpeechGround("speech-whisper");
    /** The worker verifies servers by what its image trusts: in this test something on its own machine does that for it. */
    const error = (text: string): { readonly code: string; readonly message: string } =>
      (JSON.parse(text) as { readonly error: { readonly code: string; readonly message: string } }).error;

    const heard = async (sound: Buffer, language?: string) => {
      const opened = await Sound.open(sound.length, async (start, end) => sound.subarray(start, end));
      const piece = await opened.piece(0, 240);
      opened.close();
      if (piece === undefined) throw new Error("expected a piece of sound, got none");
      const url = await ground.relayed();
      return transcribe({ url, model, token: present, seconds: 500 }, piece, language);
    };

    beforeAll(async () => {
      const sha256 = ground.place(speechPlaces()?.models.whisper ?? "");
      const { paths, listen } = ground;
      await ground.start(whisperScripts, whisperArgs({ sha256, model, graphics: false, cores: 2, paths, listen }));
    });

    afterAll(async () => {
      await ground.stop();
    });

    test("answers whoever has the key of now or the one before, and nobody else", async () => {
      for (const key of [present, before]) {
        const { status, text } = await ground.ask("GET", "/v1/models", key);
        expect(status).toBe(200);
        expect((JSON.parse(text) as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual([model]);
      }
      for (const key of [undefined, "a guess", ""])
        for (const [method, where] of [
          ["GET", "/v1/models"],
          ["POST", path],
          ["POST", "/load"],
        ] as const)
          expect(
            (await ground.ask(method, where, key, method === "GET" ? undefined : form(Buffer.alloc(64)))).status,
          ).toBe(401);
    });

    test("writes down English, as the worker of minutes asks for it: numbers and dates stand, and four of five words", async () => {
      const said =
        "We decide to move the data centre to Zurich. The budget is forty two thousand francs. The report is due on the fifth of December.";
      const { heard: found, language } = await heard(spoken("en-gb", said));
      const text = found.segments.map((one) => one.text).join(" ");
      expect(language).toBe("en");
      expect(text).toMatch(/42[,.']?000|forty[- ]two thousand/i);
      expect(text).toMatch(/december/i);
      expect(share(said.replace("forty two thousand", ""), text)).toBeGreaterThanOrEqual(0.8);
      for (const [i, one] of found.segments.entries()) {
        expect(one.to).toBeGreaterThan(one.from);
        expect(one.from).toBeGreaterThanOrEqual(found.segments[i - 1]?.from ?? 0);
      }
    });

    test("writes down German, and finds out that it is: numbers stand, and half of the words", async () => {
      const said = "Das Budget beträgt neunzigtausend Franken. Die nächste Sitzung ist am Montag um neun Uhr.";
      const { heard: found, language } = await heard(spoken("de", said));
      const text = found.segments.map((one) => one.text).join(" ");
      expect(language).toBe("de");
      expect(text).toMatch(/90[.,' ]?000|neunzigtausend/i);
      expect(text).toMatch(/montag/i);
      expect(share(said.replace("neunzigtausend", ""), text)).toBeGreaterThanOrEqual(0.5);
    });

    test("hears nothing in silence, and in no language", async () => {
      const wav = spoken("en-gb", "a");
      const silence = Buffer.concat([wav.subarray(0, 44), Buffer.alloc(22_050 * 2 * 3)]);
      silence.writeUInt32LE(silence.length - 8, 4);
      silence.writeUInt32LE(silence.length - 44, 40);
      const { heard: found, language } = await heard(silence);
      expect(found.segments).toEqual([]);
      expect(language).toBeUndefined();
    });

    test.each<[string, number, string, () => FormData]>([
      ["another model", 404, "model_not_found", () => form(Buffer.alloc(64), { model: "whisper-large-v3" })],
      ["a model by its path", 404, "model_not_found", () => form(Buffer.alloc(64), { model: "/etc" })],
      [
        "a field that it does not know",
        400,
        "unknown_field",
        () => form(Buffer.alloc(64), { url: "http://192.0.2.9/" }),
      ],
      ["a language that is none", 400, "invalid_value", () => form(Buffer.alloc(64), { language: "klingon" })],
      ["no file", 400, "invalid_value", () => form(Buffer.alloc(0))],
      ["bytes that are no sound", 400, "invalid_sound", () => form(Buffer.alloc(4_096, 7))],
      [
        "a list of addresses in place of sound",
        400,
        "invalid_sound",
        () => form(Buffer.from("#EXTM3U\n#EXTINF:1,\nhttp://192.0.2.9/sound.ts\n#EXT-X-ENDLIST\n")),
      ],
      [
        "a list of files in place of sound",
        400,
        "invalid_sound",
        () => form(Buffer.from("ffconcat version 1.0\nfile /etc/passwd\n")),
      ],
      [
        "a file that says it is sound, and is a list",
        400,
        "invalid_sound",
        () => form(Buffer.from("OggS#EXTM3U\nhttp://192.0.2.9/sound.ts\n")),
      ],
    ])("refuses %s, in words, and goes on", async (_, status, code, asked) => {
      const answer = await ground.ask("POST", path, present, asked());
      expect(answer.status).toBe(status);
      expect(error(answer.text).code).toBe(code);
      expect(error(answer.text).message).toMatch(/^expected .*, got /);
      expect((await ground.ask("GET", "/health")).status).toBe(200);
    });

    test("keeps what was said out of its log, and its keys, too", () => {
      expect(ground.log()).toMatch(/"language": "de"/);
      expect(ground.log()).not.toMatch(/montag|december|francs|budget/i);
      for (const key of [present, before]) expect(ground.log()).not.toContain(key);
    });

    test("has asked nobody outside for anything", () => {
      expect(ground.network.attempts()).toBe(0);
    });
  });
});
