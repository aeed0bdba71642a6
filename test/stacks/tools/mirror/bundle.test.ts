/** Offline bundles: made beside real registries, loaded where there is no network. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalRegistry } from "../../../../stacks/tools/mirror/local-registry";
import { until } from "../../../support/programs/background";
import { describeWith } from "../../../support/programs/programs";
import { mirrorCommand } from "./command";
import type { FileServer } from "./file-server";
import { type MadeImage, served, sha256 } from "./images";
import { Site, tamper } from "./site";
import type { Loaded } from "./without-network";

const bare = (content: string | Buffer): string => sha256(content).slice("sha256:".length);
const blobs = /\/blobs\/sha256:/;

describeWith(["skopeo", "docker-registry", "curl", "unshare", "ip"], "an offline bundle", () => {
  let site: Site;
  let upstream: LocalRegistry;
  let server: FileServer;
  let one: MadeImage;
  let options: readonly string[];

  beforeEach(async () => {
    site = new Site();
    upstream = await site.registry("upstream");
    server = await site.server({ "/k3s": "binary" });
    one = await site.published(upstream.host, "speech/one", [50_000, 60_000]);
    await site.published(upstream.host, "speech/two", [1000], ["--format", "v2s2"]);
    options = site.options(
      { "speech/one": upstream.host, "speech/two": upstream.host },
      { files: { "k3s/v1+k3s1/k3s": { url: `${server.address}/k3s`, sha256: bare("binary") } } },
    );
  });
  afterEach(() => site.end());

  const bundled = (): string => site.at("bundle");
  const make = () => mirrorCommand([...options, "--bundle", bundled()]);
  /** Loads into a registry and a folder that are there; nothing upstream is left. */
  const load = async (host: string, ...more: readonly string[]) =>
    mirrorCommand([...options, "--from-bundle", bundled(), "--registry", host, "--store", site.at("store"), ...more]);

  test("it is an OCI image layout, files and checksums, with nothing else", async () => {
    const { code, output } = await make();
    expect(code).toBe(0);
    const sums = readFileSync(site.at("bundle/SHA256SUMS"));
    expect(output).toContain(`--expect ${bare(sums)}\n`);
    expect(execFileSync("sha256sum", ["-c", "SHA256SUMS"], { cwd: bundled(), encoding: "utf8" })).not.toContain(
      "FAILED",
    );
    const names = site.files("bundle");
    expect(names.filter((name) => !/^images\/blobs\/sha256\/[0-9a-f]{64}$/.test(name))).toEqual([
      "SHA256SUMS",
      "files/k3s/v1+k3s1/k3s",
      "images/index.json",
      "images/oci-layout",
    ]);
    expect(readdirSync(bundled()).sort()).toEqual(["SHA256SUMS", "files", "images"]);
    // Two images: manifests, configurations, three layers.
    expect(names).toHaveLength(4 + 2 + 2 + 3);
    const copied = site.at("copied");
    execFileSync("skopeo", ["copy", "-q", `oci:${bundled()}/images:speech/one:1.0`, `dir:${copied}`]);
    expect(sha256(readFileSync(join(copied, "manifest.json")))).toBe(one.digest);
  });

  test("it loads where there is no network, with every digest and the lock", async () => {
    const two = await served(`${upstream.host}/speech/two:1.0`);
    const { output } = await make();
    const expected = /--expect (\w+)/.exec(output)?.[1] ?? "";
    const made = site.lock();
    rmSync(site.at("lock.json"));
    const loaded = JSON.parse(
      execFileSync(
        "unshare",
        [
          // A network namespace takes root, or a user namespace in which one seems to be root.
          ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]),
          ...["--net", process.execPath, "--import", "tsx", join(__dirname, "without-network.ts")],
          ...[site.at("crisis"), "speech/one:1.0,speech/two:1.0"],
          ...[...options, "--from-bundle", bundled(), "--expect", expected, "--store", site.at("store")],
        ],
        { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
      ),
    ) as Loaded;
    expect(loaded).toMatchObject({
      code: 0,
      interfaces: ["lo"],
      served: { "speech/one:1.0": one.digest, "speech/two:1.0": two },
    });
    expect(readFileSync(site.at("store/k3s/v1+k3s1/k3s"), "utf8")).toBe("binary");
    expect(site.lock()).toEqual(made);
  });

  test("killed in the middle, it goes on where it stopped; half a bundle is not loaded", async () => {
    const last = one.layers[1] ?? "";
    let cut = true;
    const from = await site.proxy(upstream.host, ({ url = "" }) =>
      cut && url.includes(last) ? new Promise(() => undefined) : undefined,
    );
    options = site.options({ "speech/one": from.host });
    const started = site.start([...options, "--bundle", bundled()]);
    const first = one.layers[0] ?? "";
    await until("the first layer", () => Promise.resolve(linked(site, "speech/one", first)));
    await started.kill();
    // What it had started is gone with it: the connection that waits for the last layer is.
    await from.when(1, ({ path }) => path.includes(last));
    const target = await site.registry("target");
    const half = await load(target.host);
    expect(half).toMatchObject({ code: 1 });
    expect(half.output).toContain("finish it first: run the command that began it again");

    cut = false;
    const seen = from.requests.length;
    expect(await make()).toMatchObject({ code: 0 });
    const fetched = from.requests.slice(seen).filter(({ method, path }) => method === "GET" && blobs.test(path));
    expect(fetched.some(({ path }) => path.includes(last))).toBe(true);
    expect(fetched.some(({ path }) => path.includes(first))).toBe(false);
    expect(await load(target.host)).toMatchObject({ code: 0 });
  });

  test("made again, it fetches nothing, and what the catalogue has no longer is gone", async () => {
    await make();
    const from = await site.proxy(upstream.host);
    options = site.options({ "speech/one": from.host });
    expect(await make()).toMatchObject({ code: 0 });
    expect(from.of("GET", blobs)).toEqual([]);
    expect(site.files("bundle", "files")).toEqual([]);
    expect(site.files("bundle", "images/blobs")).toHaveLength(1 + 1 + 2);
  });

  test.each([
    [
      "a layer that was changed",
      (layer: string) => tamper(layer),
      /images\/blobs\/sha256\/(\w+) in the bundle with digest sha256:\1, got sha256:\w+;/,
    ],
    [
      "a layer that was cut",
      (layer: string) => truncateSync(layer, 10),
      /with digest sha256:(\w+), got sha256:(?!\1)\w+;/,
    ],
    ["a layer that is missing", (layer: string) => rmSync(layer), /with digest sha256:\w+, got nothing;/],
    [
      "a link in a layer's place",
      (layer: string) => {
        rmSync(layer);
        symlinkSync("/etc/hostname", layer);
      },
      /with digest sha256:\w+, got nothing;/,
    ],
    ["a file more", (layer: string) => writeFileSync(`${layer}0`, "more"), /expected only files that SHA256SUMS names/],
  ])("%s is found before anything is loaded", async (_, change, message) => {
    await make();
    change(site.at("bundle/images/blobs/sha256", (one.layers[0] ?? "").slice("sha256:".length)));
    const target = await site.registry("target");
    const to = await site.proxy(target.host);
    const { code, output } = await load(to.host);
    expect(code).toBe(1);
    expect(output).toMatch(message);
    expect(to.requests).toEqual([]);
    expect(site.files("store")).toEqual([]);
  });

  test("a bundle that was exchanged as a whole is refused with --expect", async () => {
    await make();
    const { code, output } = await load("127.0.0.1:1", "--expect", bare("another"));
    expect(code).toBe(1);
    const found = sha256(readFileSync(site.at("bundle/SHA256SUMS")));
    expect(output).toContain(`SHA256SUMS with digest ${sha256("another")}, got ${found}; nothing was loaded`);
  });

  test("a bundle that contradicts the lock file is refused before anything is loaded", async () => {
    await make();
    const locked = sha256("another");
    const { images, files } = site.lock();
    const row = { ...images["speech/one"], digest: locked };
    site.write("lock.json", JSON.stringify({ images: { ...images, "speech/one": row }, files }));
    const target = await site.registry("target");
    const { code, output } = await load(target.host);
    expect(code).toBe(1);
    expect(output).toContain(`expected image speech/one:1.0 with the locked digest ${locked}, got "${one.digest}";`);
    expect(await served(`${target.host}/speech/two:1.0`)).toBeUndefined();
  });

  test("what the catalogue has and the bundle lacks is named, and the rest is loaded", async () => {
    await make();
    options = site.options({ "speech/one": upstream.host, "speech/new": upstream.host });
    const target = await site.registry("target");
    const { code, output } = await load(target.host);
    expect(code).toBe(1);
    expect(output).toContain("expected image speech/new:1.0 in the bundle, got nothing; make a new bundle");
    expect(await served(`${target.host}/speech/one:1.0`)).toBe(one.digest);
  });

  test("a folder that holds something else is left alone", async () => {
    site.write("bundle/photographs/one.jpg", "mine");
    const { code, output } = await make();
    expect(code).toBe(1);
    expect(output).toContain("expected an empty folder, or a bundle, after --bundle");
    expect(site.files("bundle")).toEqual(["photographs/one.jpg"]);
  });

  test("a bundle of which something could not be had stays unfinished", async () => {
    server.content.clear();
    const { code, output } = await make();
    expect(code).toBe(1);
    expect(output).not.toContain("--expect");
    expect(site.files("bundle")).not.toContain("SHA256SUMS");
  });
});

/** True if the registry through which a bundle is made has a layer and would report it: the link is the last thing that it writes. */
const linked = (site: Site, name: string, layer: string): boolean => {
  const path = site.at(
    "bundle/.staging/docker/registry/v2/repositories",
    name,
    "_layers/sha256",
    layer.slice(7),
    "link",
  );
  return existsSync(path) && readFileSync(path, "utf8") === layer;
};
