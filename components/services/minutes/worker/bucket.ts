import { AwsClient } from "aws4fetch";
import { XMLParser } from "fast-xml-parser";
import type { Entry } from "./adapters/folder";
import { type Answer, ask, type Asked } from "./http";
import { Away, Odd, Poison } from "./problems";

export interface BucketSettings {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A listed object beside its place. */
interface Stored {
  /** Another text when its content is another one. */
  readonly tag: string;
  /** ISO 8601; when it was written. */
  readonly at: string;
}

const server = "bucket";

/** Keys of one listing that are kept: more is no folder of a recording. */
const mostEntries = 5_000;

/** The bucket that recordings arrive in, over S3 with the bucket in the path of the address. Objects are read in ranges, never whole. */
export class Bucket {
  private readonly client: AwsClient;
  private readonly base: string;

  constructor({ endpoint, bucket, region, accessKey, secretKey }: BucketSettings) {
    this.client = new AwsClient({ accessKeyId: accessKey, secretAccessKey: secretKey, region, service: "s3" });
    this.base = `${endpoint}/${bucket}`;
  }

  /** Objects below a prefix. @throws Poison for more than a folder of a recording holds. */
  async list(prefix: string): Promise<readonly Entry[]> {
    const found: Entry[] = [];
    for await (const entry of this.walk(prefix)) {
      found.push({ key: entry.key, bytes: entry.bytes, name: entry.key.slice(prefix.length) });
      if (found.length > mostEntries) throw new Poison(`expected at most ${mostEntries} objects in a folder, got more`);
    }
    return found;
  }

  /** Every object below a prefix, page by page. */
  async *walk(prefix: string): AsyncGenerator<Omit<Entry, "name"> & Stored> {
    let token: string | undefined;
    do {
      const query: Record<string, string> = { "list-type": "2", prefix };
      if (token !== undefined) query["continuation-token"] = token;
      const result = part(await this.xml(query), "ListBucketResult");
      for (const one of many(result, "Contents"))
        yield {
          key: textOf(one, "Key"),
          bytes: Number(textOf(one, "Size")),
          tag: tagOf(one),
          at: textOf(one, "LastModified"),
        };
      token = textOf(result, "IsTruncated") === "true" ? textOf(result, "NextContinuationToken") : undefined;
    } while (token !== undefined && token !== "");
  }

  /** Bytes of an object, `end` excluded. */
  async range(key: string, start: number, end: number): Promise<Buffer> {
    const range = `bytes=${start}-${end - 1}`;
    const { status, body } = await this.send("GET", key, { headers: { range }, mostBytes: end - start + 1 });
    if (status !== 206 || body.length !== end - start)
      throw new Odd(server, `${body.length} bytes with ${status} in place of ${end - start}`);
    return body;
  }

  /** A small object as text. @throws Poison where it is larger. */
  async text(key: string, mostBytes: number): Promise<string> {
    const found = await this.find(key, mostBytes);
    if (found === undefined) throw new Odd(server, "an object that is listed and not there");
    return found;
  }

  /** A small object as text; undefined where there is none. @throws Poison where it is larger. */
  async find(key: string, mostBytes: number): Promise<string | undefined> {
    const { status, headers } = await this.send("HEAD", key, { expected: [404], mostBytes: 0 });
    if (status === 404) return undefined;
    if (Number(headers.get("content-length")) > mostBytes)
      throw new Poison(`expected at most ${mostBytes} bytes of metadata, got more`);
    return (await this.send("GET", key, { mostBytes })).body.toString("utf8");
  }

  /** Writes a small object of JSON. */
  async put(key: string, text: string): Promise<void> {
    await this.send("PUT", key, { headers: { "content-type": "application/json" }, body: text, mostBytes: 65_536 });
  }

  /** Every version of every object below a prefix goes, also markers of deletion. Number of what went. */
  async erase(prefix: string): Promise<number> {
    let gone = 0;
    for (;;) {
      const result = part(await this.xml({ versions: "", prefix, "max-keys": "500" }), "ListVersionsResult");
      const all = [...many(result, "Version"), ...many(result, "DeleteMarker")];
      for (const one of all) {
        const id = textOf(one, "VersionId");
        await this.remove(textOf(one, "Key"), id === "" || id === "null" ? undefined : id);
      }
      gone += all.length;
      if (all.length === 0) break;
    }
    return gone;
  }

  private async remove(key: string, version: string | undefined): Promise<void> {
    const query = version === undefined ? "" : `?versionId=${encodeURIComponent(version)}`;
    await this.send("DELETE", key, { query, expected: [404], mostBytes: 65_536 });
  }

  private async xml(query: Record<string, string>): Promise<unknown> {
    const search = new URLSearchParams(query).toString().replaceAll("+", "%20");
    const { body } = await this.send("GET", "", { query: `?${search}`, mostBytes: 8 * 1_048_576 });
    try {
      return new XMLParser({ parseTagValue: false }).parse(body.toString("utf8"), true);
    } catch {
      throw new Odd(server, "a listing that is no XML");
    }
  }

  private async send(
    method: string,
    key: string,
    {
      query = "",
      ...asked
    }: Pick<Asked, "headers" | "expected" | "mostBytes"> & {
      readonly query?: string;
      readonly body?: string;
    },
  ): Promise<Answer> {
    const path = key.split("/").map(encoded).join("/");
    const { headers = {}, ...rest } = asked;
    const sent = rest.body === undefined ? {} : { body: rest.body };
    const signed = await this.client.sign(`${this.base}/${path}${query}`, { method, headers, ...sent });
    const answer = await ask(signed.url, { ...rest, server, seconds: 60, method, headers: signed.headers });
    if (answer.status === 404 && rest.expected === undefined) throw new Away(server, "answer 404");
    return answer;
  }
}

/** A text that is another one when the content is: the object's ETag, or where a store has none, its time and size. */
const tagOf = (one: Record<string, unknown>): string =>
  textOf(one, "ETag") || `${textOf(one, "LastModified")} ${textOf(one, "Size")}`;

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const part = (value: unknown, key: string): Record<string, unknown> =>
  Object((Object(value) as Record<string, unknown>)[key]) as Record<string, unknown>;

const many = (value: Record<string, unknown>, key: string): readonly Record<string, unknown>[] =>
  value[key] === undefined ? [] : [value[key]].flat().map((one) => Object(one) as Record<string, unknown>);

const textOf = (value: Record<string, unknown>, key: string): string =>
  typeof value[key] === "string" ? value[key] : "";
