/**
 * Stand-ins for the servers that a minutes worker depends on, on loopback. Each keeps to what upstream's own file says and refuses everything else; what they say is
 * scripted. A fault can be laid on any of them.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Ways in which a server fails: the connection is cut, no answer comes, another answer comes, half an answer comes. */
export type Fault = "refused" | "slow" | "wrong" | "half";

/** An answer of a stand-in. */
export interface Reply {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly type?: string;
}

/** A stand-in. */
export interface StandIn {
  readonly url: string;
  fault: Fault | undefined;
  /** Requests so far: "PUT /remote.php/…". */
  readonly asked: string[];
  /** Hears every request before it is answered. */
  before: (step: string) => void | Promise<void>;
  stop(): void;
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

/** Starts a stand-in on loopback. */
export async function standIn(
  answer: (request: IncomingMessage, body: Buffer) => Reply | Promise<Reply>,
): Promise<StandIn> {
  const server: Server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      self.asked.push(`${request.method} ${request.url}`);
      await self.before(`${request.method} ${request.url}`);
      const { fault } = self;
      if (fault === "refused") return request.socket.destroy();
      // Never answered: the client has to give up.
      if (fault === "slow") return;
      if (fault === "wrong") return void response.writeHead(200, { "content-type": "text/html" }).end("<p>Welcome</p>");
      const { status, body: text = "", type = "application/json" } = await answer(request, body);
      const bytes = Buffer.from(text);
      if (fault !== "half") return void response.writeHead(status, { "content-type": type }).end(bytes);
      response.writeHead(status, { "content-type": type, "content-length": bytes.length + 10 });
      response.write(bytes.subarray(0, bytes.length >> 1), () => request.socket.destroy());
    })().catch(() => request.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const self: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: undefined,
    asked: [],
    before: () => undefined,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return self;
}
