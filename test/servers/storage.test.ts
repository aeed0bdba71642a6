/** The object store as it is rendered: the real program on three hosts' addresses, with PostgreSQL behind it, in a namespace that leads nowhere. */
import { createHash, randomBytes } from "node:crypto";
import { request as plainRequest } from "node:http";
import { ports } from "../../components/services/storage/settings";
import { describeWithSeaweedfs } from "../support/programs/seaweedfs";
import { until } from "../support/programs/background";
import { refusal, type S3Answer, type S3Client } from "./s3-client";
import { storagePrograms, StorageRig } from "./storage-rig";

const sha256 = (data: Buffer): string => createHash("sha256").update(data).digest("hex");
const status = async (asked: Promise<S3Answer>): Promise<number> => (await asked).status;
const code = ({ body }: S3Answer): string => /<Code>(\w+)<\/Code>/.exec(body.toString())?.[1] ?? "";
const version = ({ headers }: S3Answer): string => String(headers["x-amz-version-id"]);

jest.setTimeout(240_000);

describeWithSeaweedfs(storagePrograms, "an object store on three hosts", () => {
  const rig = new StorageRig([{ name: "media" }, { name: "notes" }, { name: "protocols", evidenceDays: 400 }]);
  let media: S3Client;
  let protocols: S3Client;
  let everything: S3Client;
  beforeAll(async () => {
    await rig.start();
    media = rig.client(rig.key("media"));
    protocols = rig.client(rig.key("protocols"), 1);
    everything = rig.client(rig.everything, 2);
  });
  afterAll(() => rig.stop());

  test("is given its buckets by the task, twice with the same end, and no evidence bucket without a lock", async () => {
    const first = rig.makeBuckets();
    expect([first.status, first.stderr]).toEqual([0, ""]);
    expect(first.stdout.match(/^made .*/gm)).toEqual(["made media", "made notes", "made protocols"]);
    const second = rig.makeBuckets(undefined, 1);
    expect([second.status, second.stderr]).toEqual([0, ""]);
    expect(second.stdout).not.toMatch(/^made/m);
    const refused = rig.makeBuckets(["media:30:400"]);
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringContaining("expected the bucket media to have object lock"),
    ]);
  });

  test("speaks TLS alone to clients, and nothing to anybody inside who shows no certificate of the store's", async () => {
    const clear = await new Promise<number>((resolve, reject) =>
      plainRequest({ host: rig.addresses[0], port: ports.gateway.s3, path: "/healthz" }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on("error", reject)
        .end(),
    );
    expect(clear).toBe(400);
    const inner = [ports.master, ports.volume].flatMap(({ http, grpc }) => [http, grpc]);
    for (const port of [...inner, ports.gateway.filer, ports.gateway.filerGrpc, ports.gateway.s3Grpc])
      expect([port, await refusal(rig.place(port))]).toEqual([
        port,
        expect.stringMatching(/certificate required|bad certificate/),
      ]);
  });

  test("lets a service's key to its own bucket only, and not to the bucket's rules", async () => {
    await expect(status(media.ask("PUT", "/media/own", { body: "own" }))).resolves.toBe(200);
    const notes = rig.client(rig.key("notes"));
    const stranger = rig.client({ ...rig.key("media"), secret: "guessed" });
    const refusals: Record<string, Promise<S3Answer>> = {
      "another's key reads": notes.ask("GET", "/media/own"),
      "another's key writes": notes.ask("PUT", "/media/own", { body: "theirs" }),
      "another's key deletes": notes.ask("DELETE", "/media/own"),
      "another's key lists": notes.ask("GET", "/media", { query: { "list-type": "2" } }),
      "another's key copies": notes.ask("PUT", "/notes/copy", { headers: { "x-amz-copy-source": "/media/own" } }),
      "no key reads": rig.client(undefined).ask("GET", "/media/own"),
      "no key lists": rig.client(undefined).ask("GET", "/media"),
      "a wrong secret": stranger.ask("GET", "/media/own"),
      "the key suspends versions": media.ask("PUT", "/media", {
        query: { versioning: "" },
        body: "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
      }),
      "the key deletes the bucket": media.ask("DELETE", "/media"),
      "the key makes a bucket": media.ask("PUT", "/other"),
      "the key opens the bucket": media.ask("PUT", "/media", {
        query: { policy: "" },
        body: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::media/*"}]}',
      }),
      "the key makes an object public": media.ask("PUT", "/media/own", {
        query: { acl: "" },
        headers: { "x-amz-acl": "public-read" },
      }),
      "the keeper reads": rig.client(rig.key("keeper")).ask("GET", "/media/own"),
      "the keeper writes": rig.client(rig.key("keeper")).ask("PUT", "/media/own", { body: "keeper" }),
    };
    const seen = Object.fromEntries(
      await Promise.all(Object.entries(refusals).map(async ([what, asked]) => [what, await status(asked)] as const)),
    );
    expect(seen).toEqual(Object.fromEntries(Object.keys(refusals).map((what) => [what, 403])));
    expect((await media.ask("GET", "/media/own")).body.toString()).toBe("own");
  });

  test("keeps what is written over or deleted, and no service can delete a former version", async () => {
    const first = await media.ask("PUT", "/media/letter", { body: "first" });
    await media.ask("PUT", "/media/letter", { body: "second" });
    expect(await status(media.ask("DELETE", "/media/letter"))).toBe(204);
    expect(await status(media.ask("GET", "/media/letter"))).toBe(404);
    const query = { versionId: version(first) };
    expect((await media.ask("GET", "/media/letter", { query })).body.toString()).toBe("first");
    expect(await status(media.ask("DELETE", "/media/letter", { query }))).toBe(403);
    expect((await media.ask("GET", "/media/letter", { query })).body.toString()).toBe("first");
  });

  test("holds evidence against every key, its own and one that may do everything, for its days", async () => {
    const written = await protocols.ask("PUT", "/protocols/session", { body: "what was said" });
    expect(written.status).toBe(200);
    const query = { versionId: version(written) };
    const lock = await protocols.ask("GET", "/protocols/session", { query: { ...query, retention: "" } });
    expect(lock.body.toString()).toMatch(/<Mode>COMPLIANCE<\/Mode>/);
    const [, until_ = ""] = /<RetainUntilDate>([^<]+)</.exec(lock.body.toString()) ?? [];
    expect((Date.parse(until_) - Date.now()) / 86_400_000).toBeGreaterThan(399);
    for (const client of [protocols, everything]) {
      for (const headers of [{}, { "x-amz-bypass-governance-retention": "true" }])
        expect(await status(client.ask("DELETE", "/protocols/session", { query, headers }))).toBe(403);
      const sooner = `<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>${new Date(Date.now() + 1_000).toISOString()}</RetainUntilDate></Retention>`;
      expect(
        await status(client.ask("PUT", "/protocols/session", { query: { ...query, retention: "" }, body: sooner })),
      ).toBe(403);
    }
    expect(await status(everything.ask("DELETE", "/protocols"))).toBe(409);
    expect((await protocols.ask("GET", "/protocols/session", { query })).body.toString()).toBe("what was said");
  });

  test("lets go of a locked version once its date has come, and not before", async () => {
    // The store counts whole seconds.
    const date = 1_000 * Math.ceil(Date.now() / 1_000) + 4_000;
    const written = await everything.ask("PUT", "/protocols/short", {
      body: "short",
      headers: {
        "x-amz-object-lock-mode": "COMPLIANCE",
        "x-amz-object-lock-retain-until-date": new Date(date).toISOString(),
      },
    });
    expect(written.status).toBe(200);
    const query = { versionId: version(written) };
    const deleted = (): Promise<number> => status(everything.ask("DELETE", "/protocols/short", { query }));
    expect([await deleted(), Date.now() < date]).toEqual([403, true]);
    await until("its date", async () => (await deleted()) === 204, 60);
    expect(Date.now()).toBeGreaterThanOrEqual(date);
  });

  test("writes on condition, in parts, and by addresses that were signed beforehand", async () => {
    const once = { headers: { "if-none-match": "*" } };
    expect(await status(media.ask("PUT", "/media/once", { ...once, body: "a" }))).toBe(200);
    const racing = await Promise.all(
      [0, 1, 2].map((host) =>
        status(rig.client(rig.key("media"), host).ask("PUT", "/media/race", { ...once, body: `${host}` })),
      ),
    );
    expect(racing.sort()).toEqual([200, 412, 412]);
    expect(await status(media.ask("PUT", "/media/once", { ...once, body: "b" }))).toBe(412);

    const parts = [randomBytes(5 * 1_048_576), randomBytes(5 * 1_048_576), randomBytes(1_000)];
    const [, uploadId = ""] =
      /<UploadId>([^<]+)</.exec(
        (await media.ask("POST", "/media/large", { query: { uploads: "" } })).body.toString(),
      ) ?? [];
    const tags: string[] = [];
    for (const [i, body] of parts.entries()) {
      // Each through another gateway.
      const answer = await rig
        .client(rig.key("media"), i)
        .ask("PUT", "/media/large", { query: { partNumber: `${i + 1}`, uploadId }, body });
      tags.push(String(answer.headers["etag"]));
    }
    const list = tags.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tag}</ETag></Part>`).join("");
    expect(
      await status(
        media.ask("POST", "/media/large", {
          query: { uploadId },
          body: `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`,
        }),
      ),
    ).toBe(200);
    expect(sha256((await media.ask("GET", "/media/large")).body)).toBe(sha256(Buffer.concat(parts)));

    expect((await media.plain("GET", media.presigned("GET", "/media/once", 60))).body.toString()).toBe("a");
    expect(await status(media.plain("PUT", media.presigned("PUT", "/media/handed-in", 60), "handed in"))).toBe(200);
    expect(await status(media.plain("GET", media.presigned("GET", "/media/once", 60).replace("once", "own")))).toBe(
      403,
    );
    expect(
      await status(media.plain("GET", media.presigned("GET", "/media/once", 60, new Date(Date.now() - 120_000)))),
    ).toBe(403);
    expect(await status(media.plain("PUT", media.presigned("GET", "/media/once", 60), "x"))).toBe(403);
  });

  test("has everything on the disks of two hosts, and nothing there that could be read", async () => {
    const marker = Buffer.from(`the-marker-${randomBytes(16).toString("hex")}`);
    const before = size(rig);
    const body = Buffer.concat([marker, randomBytes(2 * 1_048_576), marker]);
    expect(await status(media.ask("PUT", "/media/marked", { body }))).toBe(200);
    expect(size(rig) - before).toBeGreaterThanOrEqual(2 * body.length);
    const found = [0, 1, 2].flatMap((host) =>
      rig
        .disk(host)
        .filter(({ bytes }) => bytes.includes(marker))
        .map(({ name }) => name),
    );
    expect(found).toEqual([]);
    expect(rig.databaseFiles().filter(({ bytes }) => bytes.includes(marker))).toEqual([]);
    // The search finds what is there in clear: names of buckets are names of files and of tables.
    expect(rig.databaseFiles().some(({ bytes }) => bytes.includes("marked"))).toBe(true);
    const files = [0, 1, 2]
      .flatMap((host) => rig.disk(host).map(({ name }) => name))
      .filter((name) => name.startsWith("media_") && name.endsWith(".dat"));
    expect(files.length).toBeGreaterThan(0);
    for (const name of new Set(files))
      expect([name, files.filter((other) => other === name).length]).toEqual([name, 2]);
  });

  test("carries out rules on former versions, and deletes none that is not due", async () => {
    const { status: ended, stdout } = rig.expire();
    expect([ended, stdout]).toEqual([0, expect.stringContaining("running shards 0-15")]);
    const listed = (await media.ask("GET", "/media", { query: { versions: "", prefix: "letter" } })).body.toString();
    expect(listed.match(/<VersionId>/g)).toHaveLength(3);
  });

  test("loses no acknowledged object when a host dies in the middle of writing, and goes on", async () => {
    const acknowledged = new Map<string, string>();
    let refused = 0;
    let killed: Promise<void> | undefined;
    let before = 0;
    let firstAfter: number | undefined;
    let killedAt = 0;
    const goal = 120;
    const write = async (writer: number): Promise<void> => {
      for (let i = 0; acknowledged.size < before + goal || killed === undefined; i += 1) {
        const path = `/media/many/${writer}-${i}`;
        const body = randomBytes(20_000);
        // Clients are led to gateways that are ready: after the death, to the two that are left.
        const host = killed === undefined ? i % 3 : 1 + (i % 2);
        const begun = Date.now();
        const answer = await rig
          .client(rig.key("media"), host)
          .ask("PUT", path, { body })
          .catch(() => undefined);
        if (answer?.status !== 200) refused += 1;
        else {
          acknowledged.set(path, sha256(body));
          if (killed !== undefined && begun > killedAt) firstAfter ??= Date.now() - killedAt;
        }
        if (killed === undefined && acknowledged.size >= goal) {
          before = acknowledged.size;
          killedAt = Date.now();
          killed = rig.kill(0);
        }
        if (killed !== undefined && Date.now() - killedAt > 120_000)
          throw new Error(`expected writes to go on, got none for two minutes:\n${rig.log("gateway", 1)}`);
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(write));
    await killed;
    const wrong: string[] = [];
    for (const [i, [path, sum]] of [...acknowledged].entries()) {
      const answer = await rig.client(rig.key("media"), 1 + (i % 2)).ask("GET", path);
      if (answer.status !== 200 || sha256(answer.body) !== sum) wrong.push(`${path} ${answer.status} ${code(answer)}`);
    }
    expect(wrong).toEqual([]);
    expect(acknowledged.size).toBeGreaterThanOrEqual(2 * goal);
    process.stderr.write(
      `object store: a host killed with its leading master; ${acknowledged.size} objects acknowledged (${before} before), all read back by their SHA-256, ` +
        `${refused} writes refused, first write after ${firstAfter} ms\n`,
    );

    for (const kind of ["master", "volume", "gateway"] as const) rig.run(kind, 0);
    await rig.serving(0);
    const again = await Promise.all(
      [...acknowledged].slice(0, 20).map(async ([path, sum]) => sha256((await media.ask("GET", path)).body) === sum),
    );
    expect(again.every(Boolean)).toBe(true);
  });

  test("wanted to reach nobody outside in all that time", () => {
    const count = rig.attempts();
    process.stderr.write(`object store, sealed: ${count} packets wanted to leave the namespace\n`);
    expect(count).toBe(0);
    // The counter counts.
    rig.sh("curl -s --max-time 2 http://192.0.2.1/", {});
    expect(rig.attempts()).toBeGreaterThan(0);
  });
});

const size = (rig: StorageRig): number =>
  [0, 1, 2].flatMap((host) => rig.disk(host)).reduce((sum, { bytes }) => sum + bytes.length, 0);
