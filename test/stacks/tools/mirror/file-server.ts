import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Counting, counting } from "./counting";

/** Changes to an answer by a test. */
export interface Answering {
  /** Sends so many bytes of a path, then hangs. */
  readonly stopAfter?: (path: string) => number | undefined;
  /** Changes uploaded content before it is stored. */
  readonly onPut?: (path: string, content: Buffer) => Buffer;
  /** Refuses to delete. @default false */
  readonly keeps?: boolean;
  /** True if range requests are served. @default true */
  readonly ranges?: boolean;
  /** Path that lists what lies below it, as a bucket does: as much of one as rclone asks for here. */
  readonly bucket?: string;
}

/** A web server with files in memory, which can be read whole or from a byte on, put and deleted. */
export interface FileServer extends Counting {
  readonly address: string;
  readonly content: Map<string, Buffer>;
  /** `Authorization` headers of clients, by path. */
  readonly authorization: Map<string, string | undefined>;
}

/**
 * Starts a web server.
 *
 * @param files content by path, with the slash in front.
 */
export async function fileServer(
  files: Readonly<Record<string, string | Buffer>> = {},
  answering: Answering = {},
): Promise<FileServer> {
  const content = new Map<string, Buffer>(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  const authorization = new Map<string, string | undefined>();
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const path = decodeURIComponent((incoming.url ?? "").replace(/\?.*$/, ""));
    authorization.set(path, incoming.headers.authorization);
    const { method = "" } = incoming;
    switch (method) {
      case "PUT":
        void incoming.toArray().then((parts) => {
          const body: Buffer = Buffer.concat(parts as Buffer[]);
          content.set(path, answering.onPut === undefined ? body : answering.onPut(path, body));
          outgoing.writeHead(200, { etag: `"${createHash("md5").update(body).digest("hex")}"` }).end();
        });
        return;
      case "DELETE":
        if (answering.keeps !== true) content.delete(path);
        outgoing.writeHead(answering.keeps === true ? 403 : 204).end();
        return;
      default:
        if (path === answering.bucket) return void outgoing.end(listed(content, path, incoming.url ?? ""));
        read(content.get(path), incoming, outgoing, path);
    }
  };
  const read = (body: Buffer | undefined, incoming: IncomingMessage, outgoing: ServerResponse, path: string): void => {
    if (body === undefined) return void outgoing.writeHead(404).end();
    const range = answering.ranges === false ? undefined : /^bytes=(\d+)-$/.exec(incoming.headers.range ?? "")?.[1];
    const begin = Number(range ?? 0);
    if (range !== undefined && begin >= body.length) return void outgoing.writeHead(416).end();
    outgoing.writeHead(range === undefined ? 200 : 206, {
      "content-length": body.length - begin,
      "last-modified": "Mon, 02 Jan 2023 00:00:00 GMT",
      etag: `"${createHash("md5").update(body).digest("hex")}"`,
      ...(range === undefined ? {} : { "content-range": `bytes ${begin}-${body.length - 1}/${body.length}` }),
    });
    if (incoming.method === "HEAD") return void outgoing.end();
    const stop = answering.stopAfter?.(path);
    if (stop === undefined) outgoing.end(body.subarray(begin));
    else outgoing.write(body.subarray(begin, stop));
  };
  const server = await counting(handle);
  return { ...server, address: `http://${server.host}`, content, authorization };
}

const listed = (content: ReadonlyMap<string, Buffer>, bucket: string, url: string): string => {
  const prefix = new URL(url, "http://localhost").searchParams.get("prefix") ?? "";
  const rows = [...content]
    .map(([path, { length }]) => ({ key: path.slice(bucket.length + 1), length }))
    .filter(({ key }) => key.startsWith(prefix))
    .map(
      ({ key, length }) =>
        `<Contents><Key>${key}</Key><Size>${length}</Size><LastModified>2023-01-02T00:00:00.000Z</LastModified></Contents>`,
    );
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${rows.join("")}</ListBucketResult>`;
};
