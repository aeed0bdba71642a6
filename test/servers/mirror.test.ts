/** The mirror command between two real registries, with images that are made here: nothing is downloaded. */
import { readFileSync, writeFileSync } from "node:fs";
import type { LocalRegistry } from "../../stacks/tools/mirror/local-registry";
import { mirrorCommand } from "../stacks/tools/mirror/command";
import type { Counted } from "../stacks/tools/mirror/counting";
import { served, sha256 } from "../stacks/tools/mirror/images";
import { Site, tamper } from "../stacks/tools/mirror/site";
import { describeWith } from "../support/programs/programs";

const blobs = /\/blobs\/sha256:/;
const never = (): Promise<never> => new Promise(() => undefined);
const taken = ({ method, path, status }: Counted): boolean =>
  method === "PUT" && path.includes("/uploads/") && status === 201;

describeWith(["skopeo", "docker-registry"], "images between two registries", () => {
  let site: Site;
  let upstream: LocalRegistry;
  let target: LocalRegistry;

  beforeEach(async () => {
    site = new Site();
    upstream = await site.registry("upstream");
    target = await site.registry("target");
  });
  afterEach(() => site.end());

  const copyFrom = (host: string, names: readonly string[], ...more: readonly string[]) => [
    ...site.options(Object.fromEntries(names.map((name) => [name, host]))),
    ...["--registry", target.host, ...more],
  ];

  test("the image for 64-bit x86 arrives with its digest, and that is locked", async () => {
    const { digest, tagged } = await site.published(upstream.host, "speech/one", [1000, 2000]);
    expect(await mirrorCommand(copyFrom(upstream.host, ["speech/one"]))).toMatchObject({ code: 0 });
    expect(await served(`${target.host}/speech/one:1.0`)).toBe(digest);
    expect(digest).not.toBe(tagged);
    const row = { upstream: `${upstream.host}/speech/one`, version: "1.0", digest };
    expect(site.lock()).toEqual({ images: { "speech/one": row }, files: {} });
  });

  test("an image with Docker's manifest keeps it, and with it its digest", async () => {
    await site.published(upstream.host, "speech/one", [1000], ["--format", "v2s2"]);
    const digest = await served(`${upstream.host}/speech/one:1.0`);
    expect(await mirrorCommand(copyFrom(upstream.host, ["speech/one"]))).toMatchObject({ code: 0 });
    expect(await served(`${target.host}/speech/one:1.0`)).toBe(digest);
    expect(digest).toMatch(/^sha256:/);
  });

  test("a second run asks upstream for no layer and writes nothing", async () => {
    await site.published(upstream.host, "speech/one", [1000, 2000]);
    await mirrorCommand(copyFrom(upstream.host, ["speech/one"]));
    const before = readFileSync(site.at("lock.json"), "utf8").replaceAll(upstream.host, "");
    const from = await site.proxy(upstream.host);
    const to = await site.proxy(target.host);
    const { code, output } = await mirrorCommand([...copyFrom(from.host, ["speech/one"]), ...["--registry", to.host]]);
    expect(code).toBe(0);
    expect(output).toContain("image speech/one:1.0: there already");
    expect(from.of("GET", blobs)).toEqual([]);
    expect([...to.of("POST"), ...to.of("PUT"), ...to.of("PATCH")]).toEqual([]);
    expect(readFileSync(site.at("lock.json"), "utf8").replaceAll(from.host, "")).toBe(before);
  });

  test("killed in the middle of an image, it fetches only the layer that is missing when it is started again", async () => {
    const { digest, layers } = await site.published(upstream.host, "speech/one", [400_000, 300_000, 200_000]);
    const last = layers[2] ?? "";
    let cut = true;
    // The last layer does not come before the two others have arrived: that is where the power goes.
    const from = await site.proxy(upstream.host, ({ url = "" }) => (cut && url.includes(last) ? never() : undefined));
    const to = await site.proxy(target.host);
    const parameters = [...copyFrom(from.host, ["speech/one"]), "--registry", to.host];
    const started = site.start(parameters);
    await to.when(2, taken);
    await started.kill();
    // What it had started is gone with it: the connection that waits for the last layer is.
    await from.when(1, ({ path }) => path.includes(last));
    expect(await served(`${target.host}/speech/one:1.0`)).toBeUndefined();
    expect(site.lock().images).toEqual({});

    cut = false;
    const seen = from.requests.length;
    const put = to.requests.length;
    expect(await mirrorCommand(parameters)).toMatchObject({ code: 0 });
    const fetched = from.requests.slice(seen).filter(({ method, path }) => method === "GET" && blobs.test(path));
    const configuration = layersOf(await fetchedManifest(target.host, digest)).config;
    expect(fetched.map(({ path }) => path.slice(path.indexOf("sha256:"))).sort()).toEqual([configuration, last].sort());
    // The layer and the configuration.
    expect(to.requests.slice(put).filter(taken)).toHaveLength(2);
    expect(await served(`${target.host}/speech/one:1.0`)).toBe(digest);
  });

  test("killed between two images, it copies only the second when it is started again", async () => {
    await site.published(upstream.host, "speech/one", [5000]);
    const second = await site.published(upstream.host, "speech/two", [6000]);
    let cut = true;
    const from = await site.proxy(upstream.host, ({ url = "" }) =>
      cut && url.startsWith("/v2/speech/two/blobs/") ? never() : undefined,
    );
    let asked: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (asked = resolve));
    const to = await site.proxy(target.host, ({ method, url = "" }) => {
      if (method === "HEAD" && url.startsWith("/v2/speech/two/blobs/")) asked();
      return undefined;
    });
    const parameters = [...copyFrom(from.host, ["speech/one", "speech/two"]), "--registry", to.host];
    const started = site.start(parameters);
    await reached;
    await started.kill();
    expect(Object.keys(site.lock().images)).toEqual(["speech/one"]);

    cut = false;
    const seen = from.requests.length;
    const { output } = await mirrorCommand(parameters);
    expect(output).toContain("2 to have, 1 there already");
    expect(
      from.requests.slice(seen).filter(({ path }) => blobs.test(path) && !path.startsWith("/v2/speech/two/")),
    ).toEqual([]);
    expect(await served(`${target.host}/speech/two:1.0`)).toBe(second.digest);
  });

  test("Ctrl-C ends it with what it has started, and says that it can go on", async () => {
    await site.published(upstream.host, "speech/one", [5000]);
    let asked: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (asked = resolve));
    const from = await site.proxy(upstream.host, ({ url = "" }) => {
      if (!blobs.test(url)) return undefined;
      asked();
      return never();
    });
    const started = site.start(copyFrom(from.host, ["speech/one"]));
    await reached;
    const { code, output } = await started.kill("SIGINT");
    expect(code).toBe(130);
    expect(output).toContain("finished copies are kept");
    // skopeo is gone too: its connection is.
    await from.when(1, ({ path }) => blobs.test(path));
    expect(site.files("work")).toEqual([]);
  });

  test("a layer that somebody changed is refused with both digests; nothing of its image can be pulled, the others arrive", async () => {
    const { digest, layers } = await site.published(upstream.host, "speech/one", [5000, 6000]);
    await site.published(upstream.host, "speech/two", [7000]);
    const changed = layers[1] ?? "";
    tamper(site.blob("upstream", changed));
    const found = sha256(readFileSync(site.blob("upstream", changed)));
    const { code, output } = await mirrorCommand(copyFrom(upstream.host, ["speech/one", "speech/two"]));
    expect(code).toBe(1);
    expect(output).toContain(`expected a layer of speech/one:1.0 with digest ${changed}, got ${found};`);
    expect(await served(`${target.host}/speech/one:1.0`)).toBeUndefined();
    expect(await served(`${target.host}/speech/one@${digest}`)).toBeUndefined();
    for (const one of [changed, found])
      expect((await fetch(`http://${target.host}/v2/speech/one/blobs/${one}`)).status).toBe(404);
    expect(Object.keys(site.lock().images)).toEqual(["speech/two"]);
    expect(await served(`${target.host}/speech/two:1.0`)).toMatch(/^sha256:/);
  });

  test("a manifest that somebody changed is refused with both digests", async () => {
    const { digest } = await site.published(upstream.host, "speech/one", [5000]);
    const path = site.blob("upstream", digest);
    writeFileSync(path, readFileSync(path, "utf8").replace("{", "{ "));
    const { code, output } = await mirrorCommand(copyFrom(upstream.host, ["speech/one"]));
    expect(code).toBe(1);
    expect(output).toContain(`manifest of speech/one:1.0 with digest ${digest}, got ${sha256(readFileSync(path))};`);
    expect((await fetch(`http://${target.host}/v2/speech/one/tags/list`)).status).toBe(404);
  });

  test("a tag that upstream moves changes nothing, until somebody asks for it", async () => {
    const first = await site.published(upstream.host, "speech/one", [5000]);
    await mirrorCommand(copyFrom(upstream.host, ["speech/one"]));
    const second = await site.published(upstream.host, "speech/one", [5000]);
    await mirrorCommand(copyFrom(upstream.host, ["speech/one"]));
    expect(await served(`${target.host}/speech/one:1.0`)).toBe(first.digest);
    await mirrorCommand(copyFrom(upstream.host, ["speech/one"], "--relock", "speech/one"));
    expect(await served(`${target.host}/speech/one:1.0`)).toBe(second.digest);
    expect(site.lock().images["speech/one"]?.digest).toBe(second.digest);
  });

  test("a layer that went bad in the operator's own registry is found with --verify", async () => {
    const { layers } = await site.published(upstream.host, "speech/one", [5000]);
    await mirrorCommand(copyFrom(upstream.host, ["speech/one"]));
    tamper(site.blob("target", layers[0] ?? ""));
    expect(await mirrorCommand(copyFrom(upstream.host, ["speech/one"]))).toMatchObject({ code: 0 });
    const { code, output } = await mirrorCommand(copyFrom(upstream.host, ["speech/one"], "--verify"));
    expect(code).toBe(1);
    expect(output).toContain(
      `expected a layer of speech/one:1.0 at ${target.host} with digest ${layers[0]}, got sha256:`,
    );
  });

  test("a dry run says what would be copied, how much, from where and who controls that, and copies nothing", async () => {
    await site.published(upstream.host, "speech/one", [5000]);
    const { code, output } = await mirrorCommand(copyFrom(upstream.host, ["speech/one"], "--dry-run"));
    expect(code).toBe(0);
    expect(output).toMatch(/^image speech\/one:1\.0 +5\.\d kB +to copy +127\.0\.0\.1:\d+\/speech\/one$/m);
    expect(output).toContain(`${upstream.host}: 1, 5.`);
    expect(output).toContain("controlled by this machine");
    expect(await served(`${target.host}/speech/one:1.0`)).toBeUndefined();
    expect(site.lock().images).toEqual({});
  });

  test("an image that upstream has not, or for other machines only, is named with what to do", async () => {
    await site.published(upstream.host, "speech/one", [5000], undefined, ["arm64", "riscv64"]);
    const { code, output } = await mirrorCommand(copyFrom(upstream.host, ["speech/one", "speech/none"]));
    expect(code).toBe(1);
    expect(output).toContain(
      `expected ${upstream.host}/speech/none:1.0, got nothing; correct the version in the catalogue`,
    );
    expect(output).toMatch(
      /expected .*speech\/one:1\.0 for linux\/amd64, got "a list of 2 images for others"; take a version/,
    );
  });

  test.each([["a dry run", ["--dry-run"]] as const, ["a copy", []] as const])(
    "%s says of each image whether it can be had, and fails with all that cannot",
    async (_, more) => {
      await site.published(upstream.host, "speech/one", [5000]);
      const names = ["speech/none", "speech/one", "speech/nothing"];
      const { code, output } = await mirrorCommand(copyFrom(upstream.host, names, ...more));
      expect(code).toBe(1);
      for (const name of ["none", "nothing"])
        expect(output).toMatch(
          new RegExp(`^image speech/${name}:1\\.0 +\\? +cannot be had +127\\.0\\.0\\.1:\\d+/speech/${name}$`, "m"),
        );
      expect(output).toContain("2 not available");
      const problems = output.slice(output.indexOf("2 problems:"));
      for (const name of ["none", "nothing"])
        expect(problems).toContain(
          `image speech/${name}:1.0: expected ${upstream.host}/speech/${name}:1.0, got nothing; correct`,
        );
      // What can be had is not held up.
      expect((await served(`${target.host}/speech/one:1.0`)) !== undefined).toBe(more.length === 0);
    },
  );

  test("a registry that does not answer is told in a sentence", async () => {
    await site.published(upstream.host, "speech/one", [5000]);
    const options = copyFrom(upstream.host, ["speech/one"]);
    await target.stop();
    const { code, output } = await mirrorCommand(options);
    expect(code).toBe(1);
    expect(output).toMatch(/expected an answer about 127.*connection refused.*; check name, network and login/);
  });
});

interface Layers {
  readonly config: string;
}

async function fetchedManifest(host: string, digest: string): Promise<unknown> {
  const answer = await fetch(`http://${host}/v2/speech/one/manifests/${digest}`, {
    headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
  });
  return answer.json();
}

const layersOf = (manifest: unknown): Layers => ({
  config: (manifest as { readonly config: { readonly digest: string } }).config.digest,
});
