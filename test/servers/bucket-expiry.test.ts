/** The task that deletes former versions where the store has no rules for it, against a real S3 server that has none. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tlsFiles } from "../../components/services/storage/settings";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith, program } from "../support/programs/programs";
import { type S3Answer, S3Client } from "./s3-client";
import { storageCertificates } from "./storage-certificates";

jest.setTimeout(120_000);

const script = join(__dirname, "..", "..", "components", "kubernetes", "files", "expire-versions.mjs");
const host = "localhost";
const key = { access: "KEEPER", secret: "secret-of-the-keeper" };
const day = 86_400;

/** A run of the task beside what its pod has. */
const environment = (name: string): Readonly<Record<string, string>> => ({
  STORE_REGION: "us-east-1",
  STORE_BUCKET: name,
  STORE_ACCESS_KEY: key.access,
  STORE_SECRET_KEY: key.secret,
  EXPIRY_FORMER_DAYS: "30",
  EXPIRY_MINUTES: "5",
});

test("the newest version stays, also in a list that does not begin with it", async () => {
  const at = (days: number): string => new Date(Date.now() - days * day * 1_000).toISOString();
  const entry = (id: string, latest: boolean, days: number): string =>
    `<Version><Key>a &amp; b</Key><VersionId>${id}</VersionId><IsLatest>${latest}</IsLatest><LastModified>${at(days)}</LastModified></Version>`;
  const list = `<ListVersionsResult><IsTruncated>false</IsTruncated>${entry("old", false, 365)}${entry("new", true, 31)}${entry("middle", false, 60)}</ListVersionsResult>`;
  const asked: string[] = [];
  const store = createServer(({ method, url }, answer) => {
    asked.push(`${method} ${url}`);
    answer.end(url?.includes("versions=") === true ? list : "");
  }).listen(0, "127.0.0.1");
  await once(store, "listening");
  const { port } = store.address() as AddressInfo;
  const child = spawn(process.execPath, [script], {
    env: { ...environment("plain"), STORE_ENDPOINT: `http://127.0.0.1:${port}` },
    stdio: "ignore",
  });
  const [code] = (await once(child, "exit")) as [number];
  store.close();
  expect(code).toBe(0);
  // Without percent-encoding in the answer, names are as XML has them.
  expect(asked.filter((one) => one.startsWith("DELETE"))).toEqual(["DELETE /plain/a%20%26%20b?versionId=middle"]);
});

describeWith(["versitygw"], "former versions in a store without rules of expiry", () => {
  const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-expiry-"));
  const inside = (...names: readonly string[]): string => join(folder, ...names);
  let server: Background;
  let port = 0;
  let client: S3Client;

  beforeAll(async () => {
    const { ca, files } = storageCertificates(host);
    writeFileSync(inside("ca.crt"), ca);
    for (const name of [tlsFiles.serverCertificate, tlsFiles.serverKey]) writeFileSync(inside(name), files[name] ?? "");
    for (const name of ["buckets", "versions", "metadata"]) mkdirSync(inside(name));
    [port = 0] = await freePorts(1);
    server = background(
      await program("versitygw"),
      [
        ...["--port", `127.0.0.1:${port}`, "--access", key.access, "--secret", key.secret],
        ...["--cert", inside(tlsFiles.serverCertificate), "--key", inside(tlsFiles.serverKey)],
        ...["posix", "--versioning-dir", inside("versions"), "--sidecar", inside("metadata"), inside("buckets")],
      ],
      folder,
    );
    client = new S3Client({ address: "127.0.0.1", port, host, ca, region: "us-east-1" }, key);
    await until("the store to answer", async () => {
      server.mustRun();
      return client.ask("GET", "/").then(
        ({ status }) => status === 200,
        () => false,
      );
    });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const versioned = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
  const bucket = async (name: string, lockable = false): Promise<void> => {
    const headers: Record<string, string> = lockable ? { "x-amz-bucket-object-lock-enabled": "true" } : {};
    expect((await client.ask("PUT", `/${name}`, { headers })).status).toBe(200);
    if (!lockable) await client.ask("PUT", `/${name}`, { query: { versioning: "" }, body: versioned });
  };
  const put = async (path: string, body: string, headers = {}): Promise<string> => {
    const answer = await client.ask("PUT", path, { body, headers });
    expect(answer.status).toBe(200);
    return version(answer);
  };
  const version = ({ headers }: S3Answer): string => String(headers["x-amz-version-id"]);
  const read = async (path: string, versionId: string): Promise<number> =>
    (await client.ask("GET", path, { query: { versionId } })).status;

  /** Makes a version some days older: the store says of each when its file was written. */
  const older = (name: string, days: number): void => {
    const found = [...readdirSync(inside("versions"), { recursive: true, withFileTypes: true }), ...objects()].filter(
      (entry) => entry.isFile() && entry.name === name,
    );
    expect([name, found.length]).toEqual([name, 1]);
    const at = Date.now() / 1_000 - days * day;
    for (const entry of found) utimesSync(join(entry.parentPath, entry.name), at, at);
  };
  const objects = () => readdirSync(inside("buckets"), { recursive: true, withFileTypes: true });

  const expire = (name: string, more: Readonly<Record<string, string>> = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
      encoding: "utf8",
      timeout: 60_000,
      env: {
        NODE_EXTRA_CA_CERTS: inside("ca.crt"),
        STORE_ENDPOINT: `https://${host}:${port}`,
        ...environment(name),
        ...more,
      },
    });
    return { status, stdout: stdout.trim(), stderr: stderr.trim() };
  };

  test("go when another has stood in their place for so many days, however old they are themselves", async () => {
    await bucket("media");
    const file = "of a+b & ü";
    const path = `/media/letters/${encodeURIComponent(file)}`;
    const [old, next, present] = [await put(path, "first"), await put(path, "second"), await put(path, "third")];
    // The first was written a year ago, and is a former version since today: it stays.
    older(old, 365);
    expect(expire("media")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^media: 3 versions seen, 0 due/),
    });
    // The second was written 31 days ago: since then the first is a former one.
    older(next, 31);
    expect(expire("media", { EXPIRY_DRY_RUN: "true" }).stdout).toBe(
      "media: 3 versions seen, 1 due after 30 days, 0 deleted, 0 kept by a lock; 0 uploads cut off; a dry run deletes nothing",
    );
    expect(await read(path, old)).toBe(200);
    const { status, stdout, stderr } = expire("media");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe("media: 3 versions seen, 1 due after 30 days, 1 deleted, 0 kept by a lock; 0 uploads cut off");
    expect(stdout).not.toContain(file);
    expect([await read(path, old), await read(path, next), await read(path, present)]).toEqual([404, 200, 200]);
    expect((await client.ask("GET", path)).body.toString()).toBe("third");
  });

  test("go with the marker that stands alone in the end, and not before its days are over", async () => {
    await bucket("deleted");
    const first = await put("/deleted/letter", "what was said");
    const marker = version(await client.ask("DELETE", "/deleted/letter"));
    older(first, 365);
    older("letter", 29);
    expect(expire("deleted").stdout).toMatch(/2 versions seen, 0 due/);
    older("letter", 31);
    expect(expire("deleted").stdout).toMatch(/2 versions seen, 2 due after 30 days, 2 deleted/);
    expect([await read("/deleted/letter", first), await read("/deleted/letter", marker)]).toEqual([404, 404]);
    expect(expire("deleted").stdout).toMatch(/^deleted: 0 versions seen/);
  });

  test("stay while they are locked; where nothing can be locked, a refusal is a failure", async () => {
    await bucket("evidence", true);
    const locked = await put("/evidence/session", "what was said", {
      "x-amz-object-lock-mode": "COMPLIANCE",
      "x-amz-object-lock-retain-until-date": new Date(Date.now() + 2 * day * 1_000).toISOString(),
    });
    const marker = version(await client.ask("DELETE", "/evidence/session"));
    older(locked, 365);
    older("session", 31);
    expect(expire("evidence", { EXPIRY_LOCKABLE: "true" })).toEqual({
      status: 0,
      stdout: "evidence: 2 versions seen, 1 due after 30 days, 0 deleted, 1 kept by a lock; 0 uploads cut off",
      stderr: "",
    });
    expect(expire("evidence")).toMatchObject({
      status: 1,
      stderr: "expected deletions to succeed, got 1 times 403; 403 is a key without the right to delete versions",
    });
    // Without its marker a version that was deleted would be back.
    expect(await read("/evidence/session", locked)).toBe(200);
    expect((await client.ask("GET", "/evidence/session")).status).toBe(404);
    expect(marker).not.toBe(locked);
  });

  test("go in lists of several pages, also where one object's versions go on in the next", async () => {
    await bucket("pages");
    // A page has a thousand: the last but two of its objects are one whose versions go on in the next.
    for (let i = 0; i < 998; i += 1) writeFileSync(inside("buckets", "pages", `a${i}`), "");
    const diary: string[] = [];
    for (let i = 0; i < 6; i += 1) diary.push(await put("/pages/diary", `${i}`));
    for (const one of diary.slice(0, -1)) older(one, 31);
    // The newest was written today: the one before it is a former version since today.
    const { status, stdout } = expire("pages");
    expect([status, stdout]).toEqual([0, expect.stringMatching(/1004 versions seen, 4 due after 30 days, 4 deleted/)]);
    expect((await client.ask("GET", "/pages/diary")).body.toString()).toBe("5");
    expect(expire("pages").stdout).toMatch(/^pages: 1000 versions seen, 0 due/);
  });

  test("uploads that were cut off go after two days, and others go on", async () => {
    await bucket("uploads");
    const begin = async (path: string): Promise<void> => {
      expect((await client.ask("POST", path, { query: { uploads: "" } })).status).toBe(200);
    };
    await begin("/uploads/old");
    const folders = (): readonly string[] =>
      objects()
        .filter((entry) => entry.isDirectory() && /multipart.[0-9a-f]{64}$/.test(entry.parentPath))
        .map((entry) => join(entry.parentPath, entry.name));
    const at = Date.now() / 1_000 - 3 * day;
    for (const one of folders()) utimesSync(one, at, at);
    expect(folders()).toHaveLength(1);
    await begin("/uploads/young");
    expect(expire("uploads").stdout).toMatch(/1 uploads cut off$/);
    expect((await client.ask("GET", "/uploads", { query: { uploads: "" } })).body.toString()).toMatch(
      /<Upload>(?![^]*<Upload>)[^]*<Key>young<\/Key>/,
    );
  });

  test("a wrong key, or no number of days, is said in a sentence, and nothing goes", async () => {
    expect(expire("media", { STORE_SECRET_KEY: "another" })).toEqual({
      status: 1,
      stdout: "",
      stderr: "expected a list of versions, got the answer 403; the key needs the right to list them",
    });
    expect(expire("media", { EXPIRY_FORMER_DAYS: "" }).stderr).toBe(
      "expected days of former versions, got ; give at least 1",
    );
    const [closed = 0] = await freePorts(1);
    expect(expire("media", { STORE_ENDPOINT: `https://${host}:${closed}` }).stderr).toBe(
      "expected the store to answer, got ECONNREFUSED",
    );
  });
});
