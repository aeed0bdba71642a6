import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";

/** A client of a Redis-compatible server: TLS, one command at a time. */
export interface RespClient {
  /** Sends a command and returns the answer's text. @throws Error for an error of the server, a closed connection, or no answer within the limit. */
  say(...words: readonly string[]): Promise<string>;
  close(): void;
}

export interface RespOptions {
  readonly host: string;
  readonly port: number;
  readonly servername: string;
  readonly ca: string;
  readonly password?: string;
  readonly limitMs?: number;
}

/** Connects and logs in. @throws Error when that does not come about within the limit. */
export async function resp(options: RespOptions): Promise<RespClient> {
  const { host, port, servername, ca, password, limitMs = 2_000 } = options;
  const socket: TLSSocket = connect({ host, port, servername, ca });
  let text = "";
  let heard: (() => void) | undefined;
  socket.on("data", (data: Buffer) => {
    text += data.toString();
    heard?.();
  });
  socket.on("error", () => heard?.());
  socket.on("close", () => heard?.());
  const limited = async <T>(what: string, work: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        socket.destroy();
        reject(new Error(`expected ${what} within ${limitMs} ms, got nothing`));
      }, limitMs);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  };
  const answer = async (): Promise<string> => {
    for (;;) {
      const found = parsed(text);
      if (found !== undefined) {
        text = text.slice(found.length);
        if (found.error) throw new Error(found.value);
        return found.value;
      }
      if (socket.destroyed || socket.readableEnded)
        throw new Error("expected an answer, got the end of the connection");
      await new Promise<void>((resolve) => (heard = resolve));
    }
  };
  const say: RespClient["say"] = (...words) => {
    socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`);
    return limited(`an answer to ${words[0] ?? ""}`, answer());
  };
  try {
    await limited("a connection", once(socket, "secureConnect"));
    if (password !== undefined) await say("AUTH", password);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { say, close: () => void socket.destroy() };
}

/** The first whole answer of a text: simple strings, errors, numbers and bulk strings. */
function parsed(
  text: string,
): { readonly value: string; readonly error: boolean; readonly length: number } | undefined {
  const end = text.indexOf("\r\n");
  if (end === -1) return undefined;
  const [kind, rest] = [text[0], text.slice(1, end)];
  if (kind !== "$") return { value: rest, error: kind === "-", length: end + 2 };
  const size = Number(rest);
  if (size < 0) return { value: "", error: false, length: end + 2 };
  const last = end + 2 + size;
  return text.length < last + 2 ? undefined : { value: text.slice(end + 2, last), error: false, length: last + 2 };
}
