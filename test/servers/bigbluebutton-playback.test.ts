/** Recordings out of a bucket, as they are watched: the rendered configuration in a real nginx, rclone before a real store, and a Scalelite that a test plays. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeVariables } from "../../components/kubernetes/bucket-client";
import { alivePath, playbackConf, readerOptions } from "../../components/services/bigbluebutton/playback";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { startStore, type Store, storeKey } from "./recording-store";

const record = "183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1532718316938";

/** An answer, with its body as text. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

describeWith(["nginx", "rclone", "versitygw"], "recordings behind Scalelite's word", () => {
  let folder: string;
  let store: Store;
  let reader: Background;
  let nginx: Background;
  let scalelite: Server;
  let port: number;
  /** Requests that Scalelite heard, with the headers that it needs. */
  const heard: string[] = [];
  /** Answers by which Scalelite lets a browser have a file: everything that is asked for with its cookie. */
  const answer = (incoming: IncomingMessage): { status: number; headers: Record<string, string>; body?: string } => {
    if (incoming.url === "/health_check") return { status: 200, headers: {}, body: "success" };
    if (!/^\/(presentation|video)\//.test(incoming.url ?? ""))
      return { status: 200, headers: {}, body: "of Scalelite" };
    if (incoming.headers.cookie !== "recording=mine") return { status: 404, headers: {}, body: "not found" };
    return { status: 200, headers: { "X-Accel-Redirect": `/static-resource${incoming.url}` } };
  };

  const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const asked = request({ host: "127.0.0.1", port, path, headers: { Host: "scalelite.example.ch", ...headers } });
    asked.end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() };
  };
  const mine = { Cookie: "recording=mine" };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "playback-"));
    store = await startStore(folder, "recordings");
    for (const [path, content] of Object.entries({
      [`published/presentation/${record}/metadata.xml`]: "<recording/>",
      [`published/video/${record}/index.html`]: "<video/>",
      [`published/video/${record}/video-0.m4v`]: "0123456789".repeat(100_000),
      [`unpublished/presentation/hidden/metadata.xml`]: "<hidden/>",
      [`spool/secret.tar`]: "an archive",
    })) {
      mkdirSync(join(folder, "buckets", "recordings", path, ".."), { recursive: true });
      writeFileSync(join(folder, "buckets", "recordings", path), content);
    }
    const player = join(folder, "player");
    mkdirSync(join(player, "playback", "presentation", "2.3"), { recursive: true });
    writeFileSync(join(player, "playback", "presentation", "2.3", "index.html"), "the player");

    scalelite = createServer((incoming, outgoing) => {
      const { host, "x-forwarded-proto": proto, "x-forwarded-for": from } = incoming.headers;
      heard.push(`${incoming.url} for ${host} by ${String(proto)} from ${String(from)}`);
      const { status, headers, body = "" } = answer(incoming);
      outgoing.writeHead(status, headers).end(body);
    }).listen(0, "127.0.0.1");
    await once(scalelite, "listening");
    const [readerPort = 0, nginxPort = 0] = await freePorts(2);
    port = nginxPort;
    // Debian's rclone 1.60 does not know the options by which newer ones list no folders.
    const options = readerOptions.filter((option) => !option.startsWith("--disable-"));
    reader = background(
      installed("env") ?? "",
      [
        // Nothing of the environment of the tests.
        "-i",
        ...Object.entries({
          ...storeVariables({ endpoint: store.endpoint, region: "us-east-1" }),
          RCLONE_CONFIG_STORE_ACCESS_KEY_ID: storeKey.access,
          RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: storeKey.secret,
        }).map(([key, value]) => `${key}=${value}`),
        installed("rclone") ?? "",
        ...["serve", "http", "store:recordings", "--addr", `127.0.0.1:${readerPort}`, ...options],
      ],
      folder,
    );
    const { port: scalelitePort } = scalelite.address() as AddressInfo;
    const conf = playbackConf({
      port,
      scalelite: `127.0.0.1:${scalelitePort}`,
      reader: `127.0.0.1:${readerPort}`,
      player: "/player",
    })
      .replaceAll("/tmp/", `${folder}/`)
      .replace("/player", player);
    writeFileSync(join(folder, "nginx.conf"), conf);
    nginx = background(
      installed("nginx") ?? "",
      ["-e", "stderr", "-c", join(folder, "nginx.conf"), "-g", "daemon off; master_process off;"],
      folder,
    );
    await until("nginx to answer", async () => {
      nginx.mustRun();
      reader.mustRun();
      return get(alivePath).then(
        ({ status }) => status === 200,
        () => false,
      );
    });
    await until("the reader to answer", () =>
      get(`/presentation/${record}/metadata.xml`, mine).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  }, 300_000);
  afterAll(async () => {
    await nginx?.stop();
    await reader?.stop();
    scalelite?.closeAllConnections();
    scalelite?.close();
    await store?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("takes the configuration without a word", () => {
    const said = execFileSync(
      "sh",
      ["-c", `${installed("nginx")} -t -e stderr -c ${join(folder, "nginx.conf")} 2>&1`],
      { encoding: "utf8" },
    );
    expect(said).not.toMatch(/warn|error|emerg/);
  });

  it("hands on what Scalelite says, under the name and the address that the edge saw", async () => {
    expect(
      (await get("/bigbluebutton/api", { "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7" })).body,
    ).toBe("of Scalelite");
    expect(heard.at(-1)).toBe("/bigbluebutton/api for scalelite.example.ch by https from 192.0.2.7");
    expect((await get("/health_check")).body).toBe("success");
  });

  it("gives a file of the bucket to whom Scalelite lets see it, and to nobody else", async () => {
    const file = `/presentation/${record}/metadata.xml`;
    const given = await get(file, mine);
    expect([given.status, given.body]).toEqual([200, "<recording/>"]);
    expect(given.headers["cache-control"]).toBe("private, no-store");
    expect(await get(file)).toMatchObject({ status: 404, body: "not found" });
    expect(await get(file, { Cookie: "recording=another" })).toMatchObject({ status: 404 });
  });

  it("gives the page of a folder, and parts of a film", async () => {
    expect((await get(`/video/${record}/`, mine)).body).toBe("<video/>");
    const part = await get(`/video/${record}/video-0.m4v`, { ...mine, Range: "bytes=500005-500009" });
    expect([part.status, part.body, part.headers["content-range"]]).toEqual([
      206,
      "56789",
      "bytes 500005-500009/1000000",
    ]);
  });

  it("answers nobody who asks for files by their own path, or for others' by detours", async () => {
    for (const path of [
      `/static-resource/presentation/${record}/metadata.xml`,
      "/static-resource/",
      "/scalelite/api/getServers",
      "/fsapi",
    ])
      expect([path, (await get(path, mine)).status]).toEqual([path, 404]);
    for (const path of [
      `/presentation/../../unpublished/presentation/hidden/metadata.xml`,
      `/presentation/${record}/../../../unpublished/presentation/hidden/metadata.xml`,
      `/presentation/${record}/%2e%2e/%2e%2e/%2e%2e/unpublished/presentation/hidden/metadata.xml`,
      `/presentation/${record}/..%2f..%2f..%2fspool/secret.tar`,
    ]) {
      const { status, body } = await get(path, mine);
      expect([
        path,
        body.includes("hidden/>") || body.includes("an archive"),
        status === 200 && body !== "of Scalelite",
      ]).toEqual([path, false, false]);
    }
  });

  it("has the player, and sends older addresses to the present ones", async () => {
    expect((await get(`/playback/presentation/2.3/${record}`)).body).toBe("the player");
    expect(await get(`/playback/video/${record}/`)).toMatchObject({
      status: 307,
      headers: { location: expect.stringMatching(new RegExp(`/video/${record}/$`)) as unknown },
    });
    expect((await get(`/playback/presentation/2.0/playback.html?meetingId=${record}`)).status).toBe(301);
  });

  it("notices within the time that it remembers folders that a recording is new", async () => {
    const path = join(folder, "buckets", "recordings", "published", "presentation", "later");
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "metadata.xml"), "<later/>");
    await until(
      "the new recording",
      async () => (await get("/presentation/later/metadata.xml", mine)).body === "<later/>",
    );
  });
});
