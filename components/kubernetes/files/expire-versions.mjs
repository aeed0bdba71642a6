/**
 * Deletes former versions of a bucket's objects that are due, and uploads that were cut off, in the place of a store that has no rules of expiry.
 *
 * A version's days count from when another one was written in its place, as S3 counts them. A marker of deletion goes once nothing stands below it any more and its own
 * days are over. What is locked stays: the store refuses to delete it, and nothing here asks it to do so all the same. The newest version of an object is never touched.
 * Messages count and name no object: names say a lot.
 *
 * STORE_ENDPOINT, STORE_REGION, STORE_BUCKET, STORE_ACCESS_KEY, STORE_SECRET_KEY
 * EXPIRY_FORMER_DAYS  days that a former version stays
 * EXPIRY_LOCKABLE     "true" where objects may be locked: a refusal is then the lock's
 * EXPIRY_DRY_RUN      "true" counts and deletes nothing
 * EXPIRY_MINUTES      time after which it ends and leaves the rest to the next run
 */
import { createHash, createHmac } from "node:crypto";

const { env } = process;
const bucket = env.STORE_BUCKET;
const formerDays = Number(env.EXPIRY_FORMER_DAYS);
const lockable = env.EXPIRY_LOCKABLE === "true";
const dryRun = env.EXPIRY_DRY_RUN === "true";
const begun = Date.now();
const end = begun + Number(env.EXPIRY_MINUTES) * 60_000;
const day = 86_400_000;
/** Days after which an upload that nobody has ended is one that was cut off. */
const uploadDays = 2;
/** Requests at once. */
const atOnce = 8;

if (!(formerDays >= 1)) {
  console.error(`expected days of former versions, got ${env.EXPIRY_FORMER_DAYS}; give at least 1`);
  process.exit(1);
}

const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
/** Percent-encoding as signatures have it. */
const encoded = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** A request without a body: its status and its text. A store that is away for a moment is asked thrice. */
async function ask(method, key, query = {}) {
  const path = `/${bucket}${key === "" ? "" : `/${key.split("/").map(encoded).join("/")}`}`;
  const search = Object.keys(query)
    .sort()
    .map((name) => `${encoded(name)}=${encoded(query[name])}`)
    .join("&");
  for (let left = 2; ; left -= 1) {
    try {
      const headers = signed(method, path, search);
      const answer = await fetch(`${env.STORE_ENDPOINT}${path}?${search}`, {
        method,
        headers,
        redirect: "error",
        signal: AbortSignal.timeout(60_000),
      });
      const text = await answer.text();
      if (answer.status < 500 || left === 0) return { status: answer.status, text };
    } catch (error) {
      if (left === 0) throw new Error(`expected the store to answer, got ${error.cause?.code ?? error.name}`);
    }
  }
}

function signed(method, path, search) {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const headers = { host: new URL(env.STORE_ENDPOINT).host, "x-amz-content-sha256": sha256(""), "x-amz-date": stamp };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const scope = `${stamp.slice(0, 8)}/${env.STORE_REGION}/s3/aws4_request`;
  const canonical = [method, path, search, lines, names.join(";"), headers["x-amz-content-sha256"]].join("\n");
  const key = scope.split("/").reduce(hmac, `AWS4${env.STORE_SECRET_KEY}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical)].join("\n")).toString("hex");
  const { host: _, ...rest } = headers;
  return {
    ...rest,
    authorization: `AWS4-HMAC-SHA256 Credential=${env.STORE_ACCESS_KEY}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

/** Signs that XML has other words for. */
const plain = (text) =>
  text
    .replace(/&#(x?)([0-9a-fA-F]+);/g, (_, hex, digits) => String.fromCodePoint(parseInt(digits, hex ? 16 : 10)))
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, "&");

/** Text of an element without elements of its own. */
const textOf = (xml, name) => plain(new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "");

/** Pages of a listing. Names come percent-encoded where the store can, since XML cannot have every sign that a name can. */
async function* pages(what, first, second) {
  for (let from = {}; ;) {
    const { status, text } = await ask("GET", "", { [what]: "", "encoding-type": "url", ...from });
    if (status !== 200)
      throw new Error(`expected a list of ${what}, got the answer ${status}; the key needs the right to list them`);
    const nameOf =
      textOf(text, "EncodingType") === "url"
        ? (xml, name) => decodeURIComponent(textOf(xml, name).replaceAll("+", "%20"))
        : textOf;
    yield { text, nameOf };
    if (textOf(text, "IsTruncated") !== "true") return;
    const next = { [first]: nameOf(text, `Next${title(first)}`), [second]: textOf(text, `Next${title(second)}`) };
    if (next[first] === "" || JSON.stringify(next) === JSON.stringify(from))
      throw new Error(`expected the list of ${what} to go on, got the same place again`);
    from = next;
  }
}

/** `version-id-marker` as an element is called: `VersionIdMarker`. */
const title = (name) => name.replace(/(^|-)(.)/g, (_, __, sign) => sign.toUpperCase());

const counts = { seen: 0, due: 0, deleted: 0, locked: 0, uploads: 0 };
const refusals = new Map();

/** Deletes one thing. True if it is gone. */
async function remove(key, query) {
  if (dryRun) return false;
  const { status } = await ask("DELETE", key, query);
  if (status < 300 || status === 404) return true;
  if (status === 403 && lockable) counts.locked += 1;
  else refusals.set(status, (refusals.get(status) ?? 0) + 1);
  return false;
}

/** Does work for each of many, some at once. */
async function each(items, work) {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

/** The object whose versions are being read: they come from the newest to the oldest, and may go on in the next page. */
let open;

async function versions() {
  for await (const { text, nameOf } of pages("versions", "key-marker", "version-id-marker")) {
    const [due, ended] = [[], []];
    for (const [, kind, xml] of text.matchAll(/<(Version|DeleteMarker)>([\s\S]*?)<\/\1>/g)) {
      const key = nameOf(xml, "Key");
      const at = Date.parse(textOf(xml, "LastModified"));
      const version = textOf(xml, "VersionId");
      if (!(at > 0) || version === "") throw new Error("expected a version with an identifier and a time, got another");
      counts.seen += 1;
      if (open?.key !== key) {
        if (open !== undefined) ended.push(open);
        open = { key, left: 0, since: at, marker: kind === "DeleteMarker" ? { version, at } : undefined };
        continue;
      }
      const latest = textOf(xml, "IsLatest") === "true";
      // A store whose clock went back could say that the newer one is older: then the later of both counts.
      const since = Math.max(open.since, at);
      open.since = at;
      if (latest || begun - since < formerDays * day) open.left += 1;
      else due.push({ key, version, of: open });
    }
    counts.due += due.length;
    await each(due, async ({ key, version, of }) => {
      if (await remove(key, { versionId: version })) counts.deleted += 1;
      else of.left += 1;
    });
    await each(ended, markers);
    if (Date.now() > end) return false;
  }
  if (open !== undefined) await markers(open);
  return true;
}

/** A marker of deletion with nothing below it says nothing. */
async function markers({ key, left, marker }) {
  if (left > 0 || marker === undefined || begun - marker.at < formerDays * day) return;
  counts.due += 1;
  if (await remove(key, { versionId: marker.version })) counts.deleted += 1;
}

async function uploads() {
  const found = [];
  for await (const { text, nameOf } of pages("uploads", "key-marker", "upload-id-marker"))
    for (const [, xml] of text.matchAll(/<Upload>([\s\S]*?)<\/Upload>/g))
      if (begun - Date.parse(textOf(xml, "Initiated")) > uploadDays * day)
        found.push({ key: nameOf(xml, "Key"), uploadId: textOf(xml, "UploadId") });
  counts.uploads = found.length;
  await each(found, ({ key, uploadId }) => remove(key, { uploadId }));
}

try {
  const whole = await versions();
  if (whole) await uploads();
  const { seen, due, deleted, locked, uploads: cut } = counts;
  console.log(
    `${bucket}: ${seen} versions seen, ${due} due after ${formerDays} days, ${deleted} deleted, ${locked} kept by a lock; ${cut} uploads cut off${dryRun ? "; a dry run deletes nothing" : ""}${whole ? "" : "; the time is over, and the rest is left to the next run"}`,
  );
  if (refusals.size > 0) {
    const said = [...refusals].map(([status, times]) => `${times} times ${status}`).join(", ");
    throw new Error(`expected deletions to succeed, got ${said}; 403 is a key without the right to delete versions`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
