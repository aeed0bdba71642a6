import { createHash, createHmac } from "node:crypto";
import { type IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { connect } from "node:tls";

/** A key of an S3 store. */
export interface S3Key {
  readonly access: string;
  readonly secret: string;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface S3Request {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

const sha256 = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * A client of S3 for tests: signatures of version 4 in headers and in addresses, over TLS with one authority. A client library would try again by itself and hide what
 * the tests are about.
 */
export class S3Client {
  constructor(
    private readonly place: {
      readonly address: string;
      readonly port: number;
      /** Name in its certificate. */
      readonly host: string;
      readonly ca: string;
      readonly region: string;
    },
    /** Undefined for somebody without a key. */
    private readonly key: S3Key | undefined,
  ) {}

  ask(method: string, path: string, { query = {}, headers = {}, body = "" }: S3Request = {}): Promise<S3Answer> {
    const whole = Buffer.from(body);
    const signed =
      this.key === undefined ? headers : this.signed(this.key, method, path, query, { ...headers }, sha256(whole));
    return this.send(method, `${path}${search(query)}`, signed, whole);
  }

  /** An address that does one thing for some seconds, for whoever has it. */
  presigned(method: string, path: string, seconds: number, at = new Date()): string {
    const { host, port } = this.place;
    const { access, secret } = this.key ?? { access: "", secret: "" };
    const { stamp, scope } = this.scoped(at);
    const query = {
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": `${access}/${scope}`,
      "X-Amz-Date": stamp,
      "X-Amz-Expires": `${seconds}`,
      "X-Amz-SignedHeaders": "host",
    };
    const text = [method, path, search(query).slice(1), `host:${host}:${port}\n`, "host", "UNSIGNED-PAYLOAD"].join(
      "\n",
    );
    return `${path}${search({ ...query, "X-Amz-Signature": this.signature(secret, at, text) })}`;
  }

  /** Asks without a signature in the headers. */
  plain(method: string, path: string, body: Buffer | string = ""): Promise<S3Answer> {
    return this.send(method, path, {}, Buffer.from(body));
  }

  private scoped(at: Date): { readonly stamp: string; readonly scope: string } {
    const stamp = at.toISOString().replace(/[-:]|\.\d{3}/g, "");
    return { stamp, scope: `${stamp.slice(0, 8)}/${this.place.region}/s3/aws4_request` };
  }

  private signature(secret: string, at: Date, canonical: string): string {
    const { stamp, scope } = this.scoped(at);
    const text = ["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical)].join("\n");
    const key = [stamp.slice(0, 8), this.place.region, "s3", "aws4_request"].reduce<Buffer>(
      (before, part) => hmac(before, part),
      Buffer.from(`AWS4${secret}`),
    );
    return hmac(key, text).toString("hex");
  }

  private signed(
    { access, secret }: S3Key,
    method: string,
    path: string,
    query: Readonly<Record<string, string>>,
    given: Readonly<Record<string, string>>,
    sum: string,
  ): Record<string, string> {
    const at = new Date();
    const { stamp, scope } = this.scoped(at);
    const { host, port } = this.place;
    const headers: Record<string, string> = {
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value])),
      host: `${host}:${port}`,
      "x-amz-content-sha256": sum,
      "x-amz-date": stamp,
    };
    const names = Object.keys(headers).sort();
    const lines = names.map((name) => `${name}:${headers[name]?.trim() ?? ""}\n`).join("");
    const canonical = [method, path, search(query).slice(1), lines, names.join(";"), sum].join("\n");
    const credential = `Credential=${access}/${scope}, SignedHeaders=${names.join(";")}`;
    return {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 ${credential}, Signature=${this.signature(secret, at, canonical)}`,
    };
  }

  private send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): Promise<S3Answer> {
    const { address, port, host, ca } = this.place;
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: address,
          port,
          servername: host,
          ca,
          method,
          path,
          headers: { host: `${host}:${port}`, ...headers, "content-length": body.length },
          timeout: 30_000,
          agent: false,
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on("data", (part: Buffer) => parts.push(part));
          answer.on("error", reject);
          answer.on("end", () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
          );
        },
      );
      sent.on("timeout", () => sent.destroy(new Error(`expected ${method} ${path} to be answered within 30 s`)));
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

/** A query as it is signed: sorted, everything with a value. */
const search = (query: Readonly<Record<string, string>>): string => {
  const names = Object.keys(query).sort();
  return names.length === 0
    ? ""
    : `?${names.map((name) => `${encoded(name)}=${encoded(query[name] ?? "")}`).join("&")}`;
};

/** Why a port lets nobody in who knows the authority and has no certificate of it. */
export const refusal = ({
  address,
  port,
  host,
  ca,
}: {
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly ca: string;
}): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, ca, servername: host, ALPNProtocols: ["h2", "http/1.1"] });
    socket.on("secureConnect", () => socket.write("GET / HTTP/1.1\r\nHost: store\r\n\r\n"));
    socket.on("data", () => resolve("an answer"));
    socket.on("error", (error) => resolve(error.message));
    socket.on("close", () => resolve("closed"));
  });
