/** The door of a transcriber as it is rendered, run for real, before a stand-in for upstream's program, which no registry has; and the room that says it can be written down, in Prosody itself. */
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { givenSecret } from "../../components/core/secret";
import { tier } from "../../components/core/tier";
import { scripts, signallingModules } from "../../components/services/jitsi/files";
import { transcriberEnv } from "../../components/services/jitsi/transcribers";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { scriptFolder, workFolder } from "./jitsi-rendered";
import { Issuer } from "./nextcloud-ground";

const name = "meet-transcriber.meet.svc.cluster.local";
const [key, before, speechKey] = ["key0of0bridges", "key0before0it", "key0of0the0server"];
const url = "wss://speech-captions.speech.svc.cluster.local:8443/v1/realtime?intent=transcription";

/** A stand-in that listens as upstream's program does: it writes down what it was asked, and sends back what it hears. */
const standIn = `
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
let well = true;
const server = createServer((request, response) => {
  if (request.url === "/ill") well = false;
  if (request.url === "/end") {
    response.setHeader("Connection", "close").on("close", () => process.kill(process.pid, "SIGTERM"));
    return response.end();
  }
  if (request.url === "/refused") {
    // As upstream's OpenAIBackend.ts does it.
    let news = 0;
    const socket = new WebSocket("ws://" + process.env.HOST + ":1/");
    socket.addEventListener("error", () => {
      news++;
      socket.close();
      setImmediate(() => response.end(String(news)));
    });
    return;
  }
  response.writeHead(well ? 200 : 500).end("OK");
});
server.on("upgrade", (request, socket, head) => {
  appendFileSync(process.env.ASKED, JSON.stringify({ url: request.url, headers: request.headers }) + "\\n");
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n");
  socket.write(head);
  socket.pipe(socket);
});
server.listen(Number(process.env.PORT), process.env.HOST);
// As upstream's server.ts does it: its last connection has to end.
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

describe("the door of a transcriber", () => {
  const folder = workFolder();
  const at = (file: string): string => join(folder(), file);
  const issuer = new Issuer("meet signalling");
  let [port, inner] = [0, 0];
  let door: Background | undefined;

  beforeAll(async () => {
    [port = 0, inner = 0] = await freePorts(2);
    const pair = issuer.issue("meet-transcriber", [name], ["server_auth"]);
    const secrets = {
      "server.crt": pair.certificate,
      "server.key": pair.key,
      "bridge-keys": `${key}\n${before}\n`,
      "captions-key": speechKey,
    };
    for (const one of ["secrets", "scripts"]) mkdirSync(at(one));
    for (const [file, text] of Object.entries(secrets)) writeFileSync(at(`secrets/${file}`), text);
    for (const [file, text] of Object.entries(scripts.transcriber)) writeFileSync(at(`scripts/${file}`), text);
    writeFileSync(at("server.mjs"), standIn);
    writeFileSync(at("asked"), "");
    const speech = { url, model: "vosk", token: givenSecret(speechKey), port: 8443 };
    const peer = tier("speech", "speech-captions", { api: 8443 });
    const env = {
      ...transcriberEnv({ speech: { ...speech, peer }, language: "de" }),
      PORT: `${inner}`,
      CAPTIONS_HOST: "127.0.0.1",
      CAPTIONS_PORT: `${port}`,
      CAPTIONS_SECRETS: at("secrets"),
      CAPTIONS_TRANSCRIBER: at("server.mjs"),
      ASKED: at("asked"),
    };
    const words = Object.entries(env).map(([variable, value]) => `${variable}=${value}`);
    // The image's Node is 22, which has them without asking.
    const node = [process.execPath, "--experimental-websocket"];
    door = background("env", ["-i", ...words, ...node, at("scripts/captions-front.mjs")], folder());
    await until("the door to be open", () => {
      door?.mustRun();
      return Promise.resolve(door?.log().includes('"ready"') === true);
    });
  });

  afterAll(() => door?.stop());

  const asked = (): readonly { readonly url: string; readonly headers: Readonly<Record<string, string>> }[] =>
    readFileSync(at("asked"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as ReturnType<typeof asked>[number]);

  /** A connection as a bridge makes it, until it ends: the first line of the answer, and what comes back of what was sent after it. With nothing to send, it does not end it. */
  async function bridge(path: string, headers: readonly string[], sent = "sound"): Promise<readonly [string, string]> {
    const socket = connectTls({ host: "127.0.0.1", port, servername: name, ca: issuer.certificate });
    let text = "";
    socket.on("data", (part: Buffer) => (text += part.toString()));
    const ended = once(socket, "close");
    const lines = ["Host: transcriber", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    const all = [`GET ${path} HTTP/1.1`, ...lines, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", ...headers];
    socket.write(`${all.join("\r\n")}\r\n\r\n`);
    const open = (): boolean => text.includes("\r\n\r\n");
    await until("an answer", () => Promise.resolve(open()));
    if (text.startsWith("HTTP/1.1 101") && sent !== "") {
      socket.write(sent);
      await until("an echo", () => Promise.resolve(text.endsWith(sent)));
      socket.end();
    }
    await ended;
    const [head = "", body = ""] = text.split("\r\n\r\n");
    return [head.split("\r\n")[0] ?? "", body];
  }

  const shown = (value: string): readonly string[] => [`Authorization: Bearer ${value}`];

  test("lets a bridge in by the key, or the one before it, and says itself where the sound goes", async () => {
    for (const one of [key, before]) {
      const [status, body] = await bridge("/meetings/2fe1e9bc-4977-4d2c-acb9-25c27a448a4d", shown(one));
      expect([status, body]).toEqual(["HTTP/1.1 101 Switching Protocols", "sound"]);
    }
    for (const { url: path, headers } of asked()) {
      const { pathname, searchParams } = new URL(path, "http://127.0.0.1");
      expect(pathname).toBe("/transcribe");
      expect(Object.fromEntries(searchParams)).toEqual({
        sessionId: "2fe1e9bc-4977-4d2c-acb9-25c27a448a4d",
        provider: "openai_custom",
        openaiCustomUrl: url,
        sendBack: "true",
        lang: "de",
      });
      expect(headers).toMatchObject({ "x-custom-openai-api-key": speechKey });
      expect(headers).not.toHaveProperty("authorization");
    }
    expect(asked()).toHaveLength(2);
  });

  test.each<[string, string, readonly string[], string]>([
    ["nobody without a key", "/meetings/1", [], "401"],
    ["nobody with another key", "/meetings/1", ["Authorization: Bearer guess"], "401"],
    ["nobody with the key of the server behind", "/meetings/1", [`Authorization: Bearer ${speechKey}`], "401"],
    [
      "no address of upstream's",
      `/transcribe?openaiCustomUrl=wss://x.example`,
      [`Authorization: Bearer ${key}`],
      "404",
    ],
    ["no address beside the meeting", "/meetings/1?openaiCustomUrl=x", [`Authorization: Bearer ${key}`], "404"],
    ["no path with tricks", "/meetings/..%2ftranslate", [`Authorization: Bearer ${key}`], "404"],
  ])("lets in %s", async (_, path, headers, status) => {
    const seen = asked().length;
    expect((await bridge(path, headers))[0]).toBe(`HTTP/1.1 ${status} Refused`);
    expect(asked()).toHaveLength(seen);
  });

  test("takes no word of a bridge's for its own to the program behind", async () => {
    await bridge("/meetings/3", [...shown(key), "X-Custom-Openai-Api-Key: mine", "X-Translation-Token: mine"]);
    const last = asked().at(-1);
    expect(last?.headers).toMatchObject({ "x-custom-openai-api-key": speechKey });
    expect(last?.headers).not.toHaveProperty("x-translation-token");
  });

  test("survives a server that has no place for a voice", async () => {
    const news = Number(await (await fetch(`http://127.0.0.1:${inner}/refused`)).text());
    expect(news).toBeGreaterThan(0);
    expect(news).toBeLessThan(5);
    door?.mustRun();
  });

  test("writes neither keys nor the number of a meeting into its log", () => {
    for (const word of [key, before, speechKey, "2fe1e9bc"]) expect(door?.log()).not.toContain(word);
  });

  test("is as well as the program behind it, and the probe says so", async () => {
    const health = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const place = { host: "127.0.0.1", port, servername: name, ca: issuer.certificate, agent: false } as const;
        request({ ...place, path: "/health" }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        })
          .on("error", reject)
          .end();
      });
    const probe = async (): Promise<string> => {
      const words = [`CAPTIONS_PORT=${port}`, process.execPath, at("scripts/captions-healthy.mjs")];
      const asking = background("env", words, folder());
      let end = "";
      await until("the probe to end", () => {
        try {
          asking.mustRun();
        } catch (error) {
          end = (error as Error).message;
        }
        return Promise.resolve(end !== "");
      });
      return /exit (\w+)/.exec(end)?.[1] ?? end;
    };
    expect([await health(), await probe()]).toEqual([200, "0"]);
    await fetch(`http://127.0.0.1:${inner}/ill`);
    expect([await health(), await probe()]).toEqual([503, "1"]);
  });

  test("sends bridges away when it is told to end, and ends", async () => {
    const held = bridge("/meetings/4", shown(key), "");
    await until("a bridge inside", () => Promise.resolve(asked().some(({ url: one }) => one.includes("sessionId=4"))));
    await fetch(`http://127.0.0.1:${inner}/end`);
    expect((await held)[0]).toBe("HTTP/1.1 101 Switching Protocols");
    await expect(
      until("the door to end", () => {
        door?.mustRun();
        return Promise.resolve(false);
      }),
    ).rejects.toThrow("got exit 0");
  });
});

describeWith(["prosody"], "a room of a deployment with captions", () => {
  const folder = workFolder();
  const at = (file: string): string => join(folder(), file);
  let server: Background | undefined;

  // The table is made by upstream's module for what a room says of itself, at this priority.
  const play = `
local stanza = require "util.stanza";
module:hook("muc-room-created", function (event)
	if not event.room.jitsiMetadata then event.room.jitsiMetadata = { early = true }; end
end, -1);
module:hook_global("server-started", function ()
	local muc = module:depends("muc");
	local room = muc.create_room("board@" .. module.host);
	module:fire_event("muc-room-created", { room = room });
	local file = io.open("${"$"}{folder}/result", "w");
	file:write(require "util.json".encode(room.jitsiMetadata)); file:close();
end);
`;

  beforeAll(async () => {
    for (const one of ["modules", "data"]) mkdirSync(at(one));
    const [own = ""] = Object.keys(signallingModules).filter((file) => file.includes("captions"));
    copyFileSync(join(scriptFolder, own), at(`modules/${own}`));
    writeFileSync(at("modules/mod_play.lua"), play.replace("${folder}", folder()));
    writeFileSync(
      at("prosody.cfg.lua"),
      `plugin_paths = { "${at("modules")}" }
data_path = "${at("data")}"
pidfile = "${at("pid")}"
run_as_root = true
c2s_ports = {}; s2s_ports = {}; http_ports = {}; https_ports = {}
modules_disabled = { "s2s"; "c2s" }
log = { { levels = { min = "info" }, to = "console" } }
VirtualHost "meet.example.ch"
Component "muc.meet.example.ch" "muc"
  storage = "memory"
  modules_enabled = { "play"; "room_captions" }
`,
    );
    server = background(installed("prosody") ?? "prosody", ["--config", at("prosody.cfg.lua"), "-F"], folder());
    await until("the play to end", () => {
      if (!existsSync(at("result"))) server?.mustRun();
      return Promise.resolve(existsSync(at("result")) && readFileSync(at("result"), "utf8") !== "");
    });
  }, 60_000);

  afterAll(() => server?.stop());

  test("says that it can be written down, beside what it says otherwise, and that nobody is yet", () => {
    expect(JSON.parse(readFileSync(at("result"), "utf8"))).toEqual({ early: true, asyncTranscription: true });
    expect(server?.log()).not.toMatch(/(modulemanager|room_captions) +error/);
  });
});
