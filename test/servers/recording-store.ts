import { mkdirSync } from "node:fs";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { program } from "../support/programs/programs";

/** A request as it arrives: "PUT /recordings/own/…". */
export type Step = string;

/** An S3 store (versitygw) behind a wire on which a test listens, cuts and falsifies. */
export interface Store {
  /** Address for clients. */
  readonly endpoint: string;
  /** Folder of the buckets on its disk. */
  readonly folder: string;
  /** Hears every request before the store does; what it returns is waited for. */
  before: (step: Step, count: number) => void | Promise<void>;
  /** Hears every answer before the client does. */
  after: (step: Step, count: number) => void | Promise<void>;
  /** Changes the body of answers. */
  falsify: (step: Step, body: Buffer) => Buffer;
  /** Requests since the last `reset`. */
  readonly steps: Step[];
  reset(): void;
  /** Takes the store away, and brings it back with all that it had. */
  away(): Promise<void>;
  back(): Promise<void>;
  stop(): Promise<void>;
}

export const storeKey = { access: "recorder", secret: "a secret of the store" } as const;

/** Starts a store with one bucket. */
export async function startStore(folder: string, bucket: string): Promise<Store> {
  mkdirSync(`${folder}/buckets/${bucket}`, { recursive: true });
  const path = await program("versitygw");
  const [port = 0] = await freePorts(1);
  const key = ["--access", storeKey.access, "--secret", storeKey.secret];
  let running: Background | undefined;
  const back = async (): Promise<void> => {
    const started = background(
      path,
      ["--port", `127.0.0.1:${port}`, ...key, "posix", "--nometa", `${folder}/buckets`],
      folder,
    );
    running = started;
    await until("the store to answer", async () => {
      started.mustRun();
      return fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      );
    });
  };
  await back();
  const wire: Server = createServer((incoming, outgoing) => {
    void passOn(incoming).then(
      ({ status, headers, body }) => outgoing.writeHead(status, headers).end(body),
      () => outgoing.destroy(),
    );
  });
  const passOn = async (incoming: IncomingMessage) => {
    const step = `${incoming.method} ${incoming.url}`;
    store.steps.push(step);
    const count = store.steps.length;
    const asked = await bodyOf(incoming);
    await store.before(step, count);
    const outgoing = request({
      port,
      host: "127.0.0.1",
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
    });
    outgoing.end(asked);
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    const body = store.falsify(step, await bodyOf(answer));
    await store.after(step, count);
    return { status: answer.statusCode ?? 500, headers: answer.headers, body };
  };
  wire.listen(0, "127.0.0.1");
  await once(wire, "listening");
  const store: Store = {
    endpoint: `http://127.0.0.1:${(wire.address() as AddressInfo).port}`,
    folder: `${folder}/buckets/${bucket}`,
    before: () => undefined,
    after: () => undefined,
    falsify: (_, body) => body,
    steps: [],
    reset: () => {
      store.steps.length = 0;
      store.before = () => undefined;
      store.after = () => undefined;
      store.falsify = (_, body) => body;
    },
    away: async () => running?.stop(),
    back,
    stop: async () => {
      wire.closeAllConnections();
      wire.close();
      await running?.stop();
    },
  };
  return store;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
