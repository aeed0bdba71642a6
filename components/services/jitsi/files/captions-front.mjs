/**
 * The door of a transcriber (opus-transcriber-proxy), in its own process: TLS, a key, and nothing for a client to choose.
 *
 * Upstream's program listens in clear, asks nobody who they are, and takes the address that sound goes to from whoever connects. So it listens on the loopback address
 * alone, and this answers in its place: a bridge says which meeting it is and shows its key; where the sound goes, in which language it is heard, and the key of that
 * server are said here.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:https";
import { connect } from "node:net";
import { pathToFileURL } from "node:url";

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`expected ${name} in the environment, got nothing`);
  return value;
}
const kept = (name) => readFileSync(`${setting("CAPTIONS_SECRETS")}/${name}`, "utf8");
const log = (event) => console.log(JSON.stringify(event));

const inner = { host: "127.0.0.1", port: Number(setting("PORT")) };
const digest = (text) => createHash("sha256").update(text).digest();
const keys = kept("bridge-keys").trim().split("\n").map(digest);
const speechKey = kept("captions-key").trim();

const admitted = ({ authorization = "" }) => {
  const given = digest(authorization.replace(/^Bearer /, ""));
  return keys.map((key) => timingSafeEqual(key, given)).includes(true);
};

/** The address at the transcriber of a meeting's sound; undefined for what is no meeting. */
function inside(path) {
  const [, meeting] = /^\/meetings\/([\w-]{1,100})$/.exec(path) ?? [];
  if (meeting === undefined) return undefined;
  const asked = new URLSearchParams({
    sessionId: meeting,
    provider: "openai_custom",
    openaiCustomUrl: setting("CAPTIONS_URL"),
    sendBack: "true",
    ...(process.env.CAPTIONS_LANGUAGE ? { lang: process.env.CAPTIONS_LANGUAGE } : {}),
  });
  return `/transcribe?${asked}`;
}

function refuse(socket, status, message) {
  log({ event: "refused", status, message });
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${message}\n`);
}

/** Bridges that are connected. */
const open = new Set();

const server = createServer({ cert: kept("server.crt"), key: kept("server.key"), minVersion: "TLSv1.2" });

server.on("request", (request, response) => {
  const answer = (status, text) => response.writeHead(status, { "Content-Type": "text/plain" }).end(`${text}\n`);
  if (request.method !== "GET" || request.url !== "/health")
    return answer(404, "expected a bridge, got something else");
  get({ ...inner, path: "/health", timeout: 3_000, agent: false }, (found) => {
    found.resume();
    answer(found.statusCode === 200 ? 200 : 503, found.statusCode === 200 ? "ok" : "the transcriber is not well");
  })
    .on("timeout", (one) => one?.destroy())
    .on("error", () => answer(503, "the transcriber does not answer"));
});

server.on("upgrade", (request, socket, head) => {
  socket.on("error", () => socket.destroy());
  if (!admitted(request.headers)) return refuse(socket, 401, "expected the key of a bridge");
  const path = inside(request.url);
  if (path === undefined) return refuse(socket, 404, "expected /meetings/ and the number of a meeting");
  const passed = ["sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-protocol"];
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${inner.host}:${inner.port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    ...passed.filter((name) => request.headers[name] !== undefined).map((name) => `${name}: ${request.headers[name]}`),
    `X-Custom-Openai-Api-Key: ${speechKey}`,
  ];
  const way = connect(inner, () => {
    way.write(`${lines.join("\r\n")}\r\n\r\n`);
    way.write(head);
    socket.pipe(way).pipe(socket);
  });
  open.add(socket);
  socket.on("close", () => open.delete(socket));
  way.on("error", () => socket.destroy());
  way.on("close", () => socket.destroy());
  socket.on("close", () => way.destroy());
});

// Bridges go to another transcriber at once. Upstream's program, which ends once its last connection has, waits for them otherwise until it is killed.
process.on("SIGTERM", () => {
  server.close();
  for (const socket of open) socket.destroy();
});

// Upstream's program closes a connection that fails from within the news of its failure; closing one that never opened is such news again, until the stack is full and the process,
// with every meeting in it, ends. A server without a free place is enough (jitsi/opus-transcriber-proxy d413315, src/backends/OpenAIBackend.ts connect; seen with Node 22.23.5). So each
// is closed once.
const { WebSocket } = globalThis;
globalThis.WebSocket = class extends WebSocket {
  #closed = false;

  close(...words) {
    if (this.#closed) return;
    this.#closed = true;
    super.close(...words);
  }
};

await import(pathToFileURL(setting("CAPTIONS_TRANSCRIBER")).href);
server.listen(Number(setting("CAPTIONS_PORT")), setting("CAPTIONS_HOST"), () => log({ event: "ready" }));
