/** Files from a web server into each kind of store. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { until } from "../../../support/programs/background";
import { describeWith } from "../../../support/programs/programs";
import { mirrorCommand } from "./command";
import { sha256 } from "./images";
import { Site } from "./site";

const bare = (content: string | Buffer): string => sha256(content).slice("sha256:".length);

describeWith(["curl"], "files into a folder", () => {
  let site: Site;
  beforeEach(() => (site = new Site()));
  afterEach(() => site.end());

  const copy = (files: object, ...more: readonly string[]) => [
    ...site.options({}, { files }),
    ...["--store", site.at("store"), ...more],
  ];

  test("a file whose digest the catalogue demands arrives, and is locked", async () => {
    const server = await site.server({ "/some/model.bin": "weights" });
    const url = `${server.address}/some/model.bin`;
    const files = { "models/v1+a/model.bin": { url, sha256: bare("weights") } };
    expect(await mirrorCommand(copy(files))).toMatchObject({ code: 0 });
    expect(readFileSync(site.at("store/models/v1+a/model.bin"), "utf8")).toBe("weights");
    expect(site.lock().files).toEqual({ "models/v1+a/model.bin": { url, digest: sha256("weights"), bytes: 7 } });
    expect(site.files("work")).toEqual([]);
  });

  test("a file is checked against its publisher's checksum file", async () => {
    const sums = `${bare("binary")}  k3s\n${bare("other")} *k3s-airgap-images-amd64.tar.zst\n`;
    const server = await site.server({ "/k3s": "binary", "/images.zst": "other", "/sums.txt": sums });
    const files = {
      "k3s/k3s": { url: `${server.address}/k3s`, sums: "k3s/sums.txt" },
      "k3s/images": {
        url: `${server.address}/images.zst`,
        sums: "k3s/sums.txt",
        line: "k3s-airgap-images-amd64.tar.zst",
      },
      "k3s/sums.txt": { url: `${server.address}/sums.txt` },
    };
    expect(await mirrorCommand(copy(files))).toMatchObject({ code: 0 });
    expect(site.files("store")).toEqual(["k3s/images", "k3s/k3s", "k3s/sums.txt"]);

    server.content.set("/k3s", Buffer.from("changed"));
    server.content.set("/sums.txt", Buffer.from(sums.replace(bare("binary"), bare("changed"))));
    expect((await mirrorCommand(copy(files, "--verify"))).code).toBe(0);
    expect(readFileSync(site.at("store/k3s/k3s"), "utf8")).toBe("binary");
  });

  test("the locked digest is still required after publisher and checksum file have changed", async () => {
    const server = await site.server({ "/k3s": "binary", "/sums.txt": `${bare("binary")}  k3s\n` });
    const files = {
      "k3s/sums.txt": { url: `${server.address}/sums.txt` },
      "k3s/k3s": { url: `${server.address}/k3s`, sums: "k3s/sums.txt" },
    };
    await mirrorCommand(copy(files));
    server.content.set("/k3s", Buffer.from("changed"));
    server.content.set("/sums.txt", Buffer.from(`${bare("changed")}  k3s\n`));
    const elsewhere = [...copy(files), "--store", site.at("other")];
    const { code, output } = await mirrorCommand(elsewhere);
    expect(code).toBe(1);
    expect(output).toContain(`${server.address}/k3s with digest ${sha256("binary")}, got ${sha256("changed")};`);
    expect(site.files("other")).toEqual([]);
    const asked = await mirrorCommand([...elsewhere, "--relock", "k3s/sums.txt", "--relock", "k3s/k3s"]);
    expect(asked.code).toBe(0);
    expect(site.lock().files["k3s/k3s"]?.digest).toBe(sha256("changed"));
  });

  test("a changed file is refused with both digests, and removed", async () => {
    const server = await site.server({ "/a": "changed", "/b": "whole" });
    const { code, output } = await mirrorCommand(
      copy({
        a: { url: `${server.address}/a`, sha256: bare("original") },
        b: { url: `${server.address}/b`, sha256: bare("whole") },
      }),
    );
    expect(code).toBe(1);
    expect(output).toContain(
      `expected ${server.address}/a with digest ${sha256("original")}, got ${sha256("changed")};`,
    );
    expect(site.files("store")).toEqual(["b"]);
    expect(site.files("work")).toEqual([]);
    expect(Object.keys(site.lock().files)).toEqual(["b"]);
  });

  test("killed in the middle of a file, it requests only the rest after a restart", async () => {
    const content = randomBytes(3_000_000);
    let cut: number | undefined = 2_000_000;
    const server = await site.server({ "/model": content }, { stopAfter: () => cut });
    const options = copy({ model: { url: `${server.address}/model`, sha256: bare(content) } });
    const started = site.start(options);
    // curl writes whole blocks: a part of the last one can still be in its buffer.
    await until("two thirds of the file", () => Promise.resolve(partial(site) >= 1_990_000));
    await started.kill();
    // curl ends after the command, not with it: its output is complete once its connection is closed.
    await server.when(1, ({ method }) => method === "GET");
    const arrived = partial(site);
    expect(existsSync(site.at("store/model"))).toBe(false);

    cut = undefined;
    const seen = server.requests.length;
    expect(await mirrorCommand(options)).toMatchObject({ code: 0 });
    const gets = server.requests.slice(seen).filter(({ method, path }) => method === "GET" && path === "/model");
    expect(gets).toMatchObject([{ range: `bytes=${arrived}-`, sent: 3_000_000 - arrived, status: 206 }]);
    expect(readFileSync(site.at("store/model")).equals(content)).toBe(true);
  });

  test.each([
    ["that has changed meanwhile", { ranges: true }],
    ["whose server sends whole files only", { ranges: false }],
  ])("a partial file %s is downloaded from the beginning", async (_, answering) => {
    const [old, now] = [randomBytes(30_000), randomBytes(30_000)];
    const server = await site.server({ "/model": now }, answering);
    const options = copy({ model: { url: `${server.address}/model`, sha256: bare(now) } });
    const name = bare(`${server.address}/model ${sha256(now)}`);
    site.write(`work/partial/${name}`, old.subarray(0, 20_000));
    expect(await mirrorCommand(options)).toMatchObject({ code: 0 });
    expect(readFileSync(site.at("store/model")).equals(now)).toBe(true);
  });

  test("a file that was damaged in the store is replaced", async () => {
    const server = await site.server({ "/a": "whole" });
    const options = copy({ a: { url: `${server.address}/a`, sha256: bare("whole") } });
    await mirrorCommand(options);
    site.write("store/a", "bad");
    expect(await mirrorCommand(options)).toMatchObject({ code: 0 });
    expect(readFileSync(site.at("store/a"), "utf8")).toBe("whole");
  });

  test("two runs never work in one folder; a stale lock is taken over", async () => {
    const server = await site.server({ "/a": "whole" });
    const options = copy({ a: { url: `${server.address}/a`, sha256: bare("whole") } });
    site.write("work/lock", `${process.pid}\n`);
    const { code, output } = await mirrorCommand(options);
    expect(code).toBe(2);
    expect(output).toContain(`expected no other run in ${site.at("work")}, got "one in process ${process.pid}"`);
    // No process has this number: Linux gives none above 4194304.
    site.write("work/lock", "4194305\n");
    expect(await mirrorCommand(options)).toMatchObject({ code: 0 });
  });

  test("a missing file is reported with its address", async () => {
    const server = await site.server();
    const { code, output } = await mirrorCommand(copy({ a: { url: `${server.address}/a`, sha256: bare("x") } }));
    expect(code).toBe(1);
    expect(output).toContain(
      `expected a file at ${server.address}/a, got curl: (22) The requested URL returned error: 404`,
    );
  });
});

describeWith(["curl"], "files into a web server", () => {
  let site: Site;
  beforeEach(() => (site = new Site()));
  afterEach(() => site.end());

  test("they are put, read back and listed; a second run puts nothing", async () => {
    const server = await site.server({ "/a": "whole" });
    const store = await site.server();
    const files = { "deep/v1+k3s1/a": { url: `${server.address}/a`, sha256: bare("whole") } };
    const options = [...site.options({}, { files }), "--store", `${store.address}/base`];
    expect(await mirrorCommand(options)).toMatchObject({ code: 0 });
    expect(store.content.get("/base/deep/v1+k3s1/a")?.toString()).toBe("whole");
    expect(store.content.get("/base/SHA256SUMS")?.toString()).toBe(`${bare("whole")}  deep/v1+k3s1/a\n`);
    const puts = store.of("PUT").length;
    expect((await mirrorCommand(options)).output).toContain("file deep/v1+k3s1/a: there already");
    expect(store.of("PUT")).toHaveLength(puts);
    store.content.set("/base/deep/v1+k3s1/a", Buffer.from("whale"));
    expect((await mirrorCommand([...options, "--verify"])).output).toContain(
      `with digest ${sha256("whole")}, got ${sha256("whale")}; remove it there, then start again`,
    );
    store.content.delete("/base/deep/v1+k3s1/a");
    expect(await mirrorCommand([...options, "--verify"])).toMatchObject({ code: 0 });
    expect(store.content.get("/base/deep/v1+k3s1/a")?.toString()).toBe("whole");
  });

  test("a damaged file that cannot be removed either is reported", async () => {
    const server = await site.server({ "/a": "whole" });
    const store = await site.server({}, { onPut: (_, content) => content.subarray(1), keeps: true });
    const files = { a: { url: `${server.address}/a`, sha256: bare("whole") } };
    const { output } = await mirrorCommand([...site.options({}, { files }), "--store", store.address]);
    expect(output).toContain(`got ${sha256("hole")}; it could not be removed: remove it there`);
  });

  test("a file that the server stores differently is refused and removed", async () => {
    const server = await site.server({ "/a": "whole" });
    const store = await site.server({}, { onPut: (_, content) => content.subarray(1) });
    const files = { a: { url: `${server.address}/a`, sha256: bare("whole") } };
    const { code, output } = await mirrorCommand([...site.options({}, { files }), "--store", store.address]);
    expect(code).toBe(1);
    expect(output).toContain(`expected a in ${store.address} with digest ${sha256("whole")}, got ${sha256("hole")};`);
    expect([...store.content]).toEqual([]);
    expect(site.lock().files).toEqual({});
  });
});

describeWith(["curl", "rclone"], "files into a bucket", () => {
  let site: Site;
  beforeEach(() => (site = new Site()));
  afterEach(() => site.end());

  test("rclone puts them, signed with the keys of the environment; a second run puts nothing", async () => {
    const server = await site.server({ "/a": "whole" });
    const store = await site.server({}, { bucket: "/artefacts" });
    const files = { "k3s/v1+a/k3s": { url: `${server.address}/a`, sha256: bare("whole") } };
    const options = [...site.options({}, { files }), "--store", `s3://${store.host}/artefacts`];
    const keys = { ...process.env, AWS_ACCESS_KEY_ID: "example", AWS_SECRET_ACCESS_KEY: "example-secret" };
    expect(await mirrorCommand(options, keys)).toMatchObject({ code: 0 });
    expect(store.content.get("/artefacts/k3s/v1+a/k3s")?.toString()).toBe("whole");
    expect(store.authorization.get("/artefacts/k3s/v1+a/k3s")).toMatch(/^AWS4-HMAC-SHA256 Credential=example\//);
    const puts = store.of("PUT").length;
    expect((await mirrorCommand(options, keys)).output).toContain("file k3s/v1+a/k3s: there already");
    expect(store.of("PUT")).toHaveLength(puts);
  });
});

/** Bytes of the only unfinished download. */
const partial = (site: Site): number =>
  site.files("work", "partial").reduce((sum, name) => sum + statSync(site.at("work/partial", name)).size, 0);
