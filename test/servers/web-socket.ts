import { once } from "node:events";
import { request } from "node:http";
import type { Socket } from "node:net";
import { randomBytes } from "node:crypto";

/** A message of a server: text, or bytes. */
export interface Heard {
  readonly text: boolean;
  readonly data: Buffer;
}

/** A client of a WebSocket (RFC 6455) in the clear: enough for short messages, whole in one frame. */
export interface WebSocketClient {
  say(text: string): void;
  /** The next message. @throws Error once the server has closed the connection. */
  hear(): Promise<Heard>;
  close(): void;
}

/**
 * Connects.
 *
 * @param through connection to the server. @default - one that is made by the address
 * @throws Error with the status and the text of a refusal.
 */
export async function webSocket(url: string, through?: Socket): Promise<WebSocketClient> {
  const asked = request(url, {
    ...(through === undefined ? {} : { createConnection: () => through }),
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": randomBytes(16).toString("base64"),
    },
  }).end();
  const socket = await new Promise<Socket>((resolve, reject) => {
    asked.on("upgrade", (_, upgraded: Socket, head: Buffer) => {
      if (head.length > 0) upgraded.unshift(head);
      resolve(upgraded);
    });
    asked.on("response", (answer) => {
      let text = "";
      answer.on("data", (part: Buffer) => (text += part.toString()));
      answer.on("end", () => reject(new Error(`${answer.statusCode}: ${text.trim()}`)));
    });
    asked.on("error", reject);
  });
  let [kept, ended] = [Buffer.alloc(0), false];
  const heard: Heard[] = [];
  socket.on("data", (data: Buffer) => {
    kept = Buffer.concat([kept, data]);
    for (let found = frame(kept); found !== undefined; found = frame(kept)) {
      kept = kept.subarray(found.length);
      if (found.kind === 1 || found.kind === 2) heard.push({ text: found.kind === 1, data: found.data });
      if (found.kind === 8) socket.end();
      if (found.kind === 9) socket.write(masked(10, found.data));
    }
    socket.emit("heard");
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    ended = true;
    socket.emit("heard");
  });
  return {
    say: (text) => void socket.write(masked(1, Buffer.from(text))),
    hear: async () => {
      for (;;) {
        const next = heard.shift();
        if (next !== undefined) return next;
        if (ended) throw new Error("expected a message, got the end of the connection");
        await once(socket, "heard");
      }
    },
    close: () => socket.destroy(),
  };
}

/** The first frame of some bytes; undefined while it is not whole. */
function frame(bytes: Buffer): { readonly kind: number; readonly data: Buffer; readonly length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 127;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < start) return undefined;
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < start + size) return undefined;
  return { kind: bytes.readUInt8(0) & 15, data: bytes.subarray(start, start + size), length: start + size };
}

/** A frame of a client, whose bytes are masked. */
function masked(kind: number, data: Buffer): Buffer {
  const mask = randomBytes(4);
  const head =
    data.length < 126
      ? Buffer.from([128 | kind, 128 | data.length])
      : Buffer.from([128 | kind, 128 | 126, data.length >> 8, data.length & 255]);
  return Buffer.concat([head, mask, data.map((byte, i) => byte ^ (mask[i % 4] ?? 0))]);
}
