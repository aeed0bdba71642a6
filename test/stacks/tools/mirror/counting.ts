import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

/** A request that went through. */
export interface Counted {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  /** Body bytes that the client was sent. */
  readonly sent: number;
  readonly status: number;
}

/** A server that logs its requests. */
export interface Counting {
  readonly host: string;
  readonly requests: Counted[];
  /** Paths of requests with a method, in their order. */
  of(method: string, pattern?: RegExp): readonly string[];
  /** Resolves as soon as so many requests have been answered in a way. */
  when(count: number, which: (request: Counted) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Test's hook on a request: none, or the answer is held back until a promise resolves. */
export type Hold = (incoming: IncomingMessage) => Promise<unknown> | undefined;

/** A proxy that logs the requests to another server on loopback, and lets tests hold answers back at a defined point. */
export function countingProxy(target: string, hold: Hold = () => undefined): Promise<Counting> {
  return counting((incoming, outgoing) => {
    const pass = (): void => {
      const [hostname, port] = target.split(":");
      const through = request(
        { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      through.on("error", () => outgoing.destroy());
      incoming.pipe(through);
    };
    const held = hold(incoming);
    if (held === undefined) pass();
    else void held.then(pass);
  });
}

/** A server of the test's own that logs its requests. */
export async function counting(
  handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Promise<Counting> {
  const requests: Counted[] = [];
  const waiting: (() => void)[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    let sent = 0;
    const write = outgoing.write.bind(outgoing);
    const end = outgoing.end.bind(outgoing);
    outgoing.write = ((chunk: Buffer, ...rest: []) => {
      sent += chunk.length;
      return write(chunk, ...rest);
    }) as typeof outgoing.write;
    outgoing.end = ((chunk?: Buffer | string, ...rest: []) => {
      sent += typeof chunk === "string" || Buffer.isBuffer(chunk) ? chunk.length : 0;
      return end(chunk, ...rest);
    }) as typeof outgoing.end;
    outgoing.on("close", () => {
      requests.push({
        method: incoming.method ?? "",
        path: incoming.url ?? "",
        range: incoming.headers.range,
        sent,
        status: outgoing.statusCode,
      });
      waiting.forEach((look) => look());
    });
    // Some tests kill a client in the middle of a request.
    incoming.on("error", () => undefined);
    outgoing.on("error", () => undefined);
    handle(incoming, outgoing);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    of: (method, pattern = /./) =>
      requests.filter((one) => one.method === method && pattern.test(one.path)).map(({ path }) => path),
    when: (count, which) =>
      new Promise((resolve) => {
        const look = (): void => void (requests.filter(which).length >= count && resolve());
        waiting.push(look);
        look();
      }),
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
