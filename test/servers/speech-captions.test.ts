/**
 * The server that writes along as it is rendered, run for real: Vosk, and its small model for Korean, the only one that a package has. What is asked is who is heard, and by which
 * model; how well it understands espeak-ng is not.
 */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { captionsScripts } from "../../components/services/speech/files";
import { captionsArgs } from "../../components/services/speech/server";
import { describeWithNamespaces } from "../isolation/possible";
import { describeWithSpeech, speechPlaces } from "../support/programs/speech";
import { python } from "../support/programs/synapse";
import { before, present, SpeechGround, spoken } from "./speech-ground";

jest.setTimeout(600_000);

interface Message {
  readonly type: string;
  readonly status?: number;
  readonly delta?: string;
  readonly transcript?: string;
  readonly item_id?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly session?: { readonly audio: { readonly input: { readonly transcription: object } } };
}

const transcription = "conversation.item.input_audio_transcription";

describeWithSpeech(["ip", "nft", "espeak-ng"], "a server that writes along", () => {
  describeWithNamespaces(["ip", "nft"], "in a network that leads nowhere", () => {
    const ground = new SpeechGround("speech-captions");
    const sound = join(ground.folder, "said.wav");
    const authority = join(ground.folder, "ca.crt");

    /** Messages to a client that sends a file, or a message of its own. */
    const talk = (
      sent: string,
      { key = present, way = "subprotocol", path = "/v1/realtime?intent=transcription", language = "ko" } = {},
    ): Promise<readonly Message[]> =>
      new Promise((resolve, reject) => {
        const url = `wss://${ground.listen.host}:${ground.listen.port}${path}`;
        const words = [join(__dirname, "speech-client.py"), url, authority, key, way, sent, language];
        const env = { PATH: process.env["PATH"], PYTHONPATH: speechPlaces()?.packages, PYTHONDONTWRITEBYTECODE: "1" };
        execFile(python, words, { env }, (error, said, problem) => {
          if (error !== null) return reject(new Error(problem));
          resolve(said.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Message])));
        });
      });
    const update = (session: object): string => JSON.stringify({ type: "session.update", session });
    const input = (more: object): object => ({ type: "transcription", audio: { input: more } });
    const first = (messages: readonly Message[]): Message["error"] =>
      messages.find(({ type }) => type === "error")?.error;

    beforeAll(async () => {
      mkdirSync(ground.folder, { recursive: true });
      writeFileSync(authority, ground.issuer.certificate);
      writeFileSync(sound, spoken("ko", "안녕하세요"));
      const models = { ko: ground.place(speechPlaces()?.models.vosk ?? "") };
      const { paths, listen } = ground;
      await ground.start(captionsScripts, captionsArgs({ models, streams: 3, cores: 1, paths, listen }));
    });

    afterAll(() => ground.stop());

    test("hears as many at once as it is planned for, and sends the next one away", async () => {
      const crowd = await talk("crowd 5");
      const created = { type: "session.created" };
      const away = { type: "refused", status: 503 };
      expect(crowd).toEqual([...[0, 1, 2].map(() => expect.objectContaining(created)), away, away]);
    });

    test("writes along for whoever has a key, as the transcriber of a bridge shows it, and tells the whole sentence at its end", async () => {
      const messages = await talk(sound);
      const kinds = messages.map(({ type }) => type);
      expect(kinds.slice(0, 2)).toEqual(["session.created", "session.updated"]);
      const whole = messages.filter(({ type }) => type === `${transcription}.completed`);
      expect(whole.length).toBeGreaterThan(0);
      for (const { transcript = "" } of whole) expect(transcript).toMatch(/\p{Script=Hangul}/u);
      expect(kinds.filter((kind) => kind === `${transcription}.delta`).length).toBeGreaterThan(0);
      expect(ground.log()).not.toMatch(/\p{Script=Hangul}/u);
    });

    test("calls a sentence by one name, in pieces and as a whole, that no other voice's has", async () => {
      const heard = [await talk(sound), await talk(sound)].map((messages) =>
        messages.filter(({ type }) => type.startsWith(transcription)).map(({ item_id }) => item_id),
      );
      const [first = [], second = []] = heard.map((names) => [...new Set(names)]);
      expect(first.filter((one) => second.includes(one))).toEqual([]);
      for (const names of [first, second])
        for (const [place, one] of names.entries()) expect(one).toMatch(new RegExp(`^item_[0-9a-f]{16}_${place}$`));
    });

    test("takes the key of before, too, and in a header", async () => {
      for (const key of [present, before]) {
        const [created] = await talk("{}", { key, way: "header" });
        expect(created?.type).toBe("session.created");
      }
    });

    test("refuses everybody else, and other paths, before a word is heard", async () => {
      for (const way of ["subprotocol", "header"])
        expect(await talk(sound, { key: "guess", way })).toEqual([{ type: "refused", status: 401 }]);
      expect(await talk("{}", { path: "/" })).toEqual([{ type: "refused", status: 404 }]);
      expect((await ground.ask("GET", "/v1/realtime")).status).toBe(401);
    });

    test("has no message by which a client could name a model: not by Vosk's own, not by a path", async () => {
      const paths = speechPlaces()?.models.whisper ?? "";
      const own = await talk(JSON.stringify({ config: { model: paths, sample_rate: 24_000 } }));
      expect(first(own)?.code).toBe("invalid_message");
      for (const asked of [{ model: paths }, { model: ["vosk"] }])
        expect(first(await talk(update(input({ transcription: asked }))))?.code).toBe("model_not_found");
      for (const language of ["de", paths, 7])
        expect(first(await talk(update(input({ transcription: { language } }))))?.code).toBe("invalid_value");
    });

    test.each<[string, string, string]>([
      ["no JSON", "{", "invalid_message"],
      ["a session that is none", update([]), "invalid_value"],
      ["sound of another rate", update(input({ format: { type: "audio/pcm", rate: 8_000 } })), "invalid_value"],
      ["sound that is not base64", '{"type": "input_audio_buffer.append", "audio": "ä"}', "invalid_value"],
      ["half a sample", '{"type": "input_audio_buffer.append", "audio": "AAAA"}', "invalid_value"],
      [
        "the end of a sentence that never began",
        '{"type": "input_audio_buffer.commit"}',
        "input_audio_buffer_commit_empty",
      ],
    ])("says what is wrong with %s, in words, and goes on", async (_, sent, code) => {
      const messages = await talk(sent);
      expect(first(messages)?.code).toBe(code);
      expect(first(messages)?.message).toMatch(/^expected .*, got /);
      expect(messages.at(-1)?.error?.code).toBe("unknown_message");
    });

    test("has asked nobody outside for anything", () => {
      expect(ground.network.attempts()).toBe(0);
    });
  });
});
