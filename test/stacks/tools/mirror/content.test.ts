/** Built-in knowledge of the command: manifests, checksums, the party behind a host, and the content that this version deploys. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { catalogueImages } from "../../../../components/services/registry";
import { k3sVersion } from "../../../../components/recipe/parts/k3s";
import { builtIn } from "../../../../stacks/tools/mirror/catalogue";
import { type Digest, isDigest } from "../../../../stacks/tools/mirror/digest";
import { size } from "../../../../stacks/tools/mirror/jobs";
import { manifest, ofPlatform } from "../../../../stacks/tools/mirror/manifest";
import { planText } from "../../../../stacks/tools/mirror/plan";
import { readSums, writtenSums } from "../../../../stacks/tools/mirror/store";
import { sha256 } from "./images";

const digest = (text: string): Digest => {
  const value = sha256(text);
  if (!isDigest(value)) throw new Error(value);
  return value;
};
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe("a manifest", () => {
  const entry = (architecture: string, os = "linux") => ({
    digest: digest(architecture),
    platform: { os, architecture },
  });

  test("of an index is the one for our platform", () => {
    const list = json({ manifests: [entry("amd64", "windows"), entry("arm64"), entry("amd64"), entry("unknown")] });
    expect(ofPlatform("one", list)).toBe(digest("amd64"));
  });

  test("of a single image is itself", () => {
    const raw = json({ config: {}, layers: [] });
    expect(ofPlatform("one", raw)).toBe(sha256(raw));
  });

  test("of an index without our platform is refused", () => {
    expect(() => ofPlatform("one", json({ manifests: [entry("arm64")] }))).toThrow("expected one for linux/amd64");
  });

  test("counts a layer that it names twice once", () => {
    const layer = { digest: digest("layer"), size: 10 };
    const raw = json({ config: { digest: digest("config"), size: 5 }, layers: [layer, layer] });
    expect(manifest("one", digest(raw.toString()), raw)).toMatchObject({ bytes: 15, blobs: { length: 2 } });
  });

  test("that is an index is refused with the digest to lock instead", () => {
    const raw = json({ manifests: [entry("amd64")] });
    expect(() => manifest("one", digest(raw.toString()), raw)).toThrow(`lock ${digest("amd64")} instead`);
  });

  test.each(["<html>", "[]", '"text"', '{ "fsLayers": [] }', '{ "config": {}, "layers": [{}] }'])(
    "that is %s is refused",
    (text) =>
      expect(() => manifest("one", digest(text), Buffer.from(text))).toThrow(
        /expected (a manifest of one|one: the manifest)/,
      ),
  );
});

test("sums are read in all forms that checksum programs write, and written so that they read them", () => {
  const sum = "a".repeat(64);
  const text = `${sum}  one\n${sum} *two words\n${sum}  ./three\nnot a sum\n`;
  expect([...readSums(text).keys()]).toEqual(["one", "two words", "three"]);
  expect(writtenSums(readSums(text))).toBe(`${sum}  one\n${sum}  three\n${sum}  two words\n`);
});

test.each([
  [undefined, "?"],
  [12, "12 B"],
  [1_500, "1.5 kB"],
  [98_100_000, "98.1 MB"],
  [2_000_000_000, "2.0 GB"],
])("%p bytes are %s", (bytes, text) => expect(size(bytes)).toBe(text));

test("a plan names the party behind each host, and the hosts that are in no table", () => {
  const state = "to copy" as const;
  const text = planText([
    { what: "image a", bytes: 1_000_000, from: "ghcr.io/a/a", host: "ghcr.io", state },
    { what: "file b", bytes: undefined, from: "https://files.example.org/b", host: "files.example.org", state },
    { what: "image c", bytes: 5, from: "quay.io/c/c", host: "quay.io", state: "there already" },
  ]);
  expect(text).toContain("2 to copy, 1.0 MB and 1 of unknown size, from\n");
  expect(text).toContain("  ghcr.io: 1, 1.0 MB, controlled by GitHub, Inc. (Microsoft) (US, US nexus: controlled)\n");
  expect(text).toContain(
    "  files.example.org: 1, 0 B and 1 of unknown size, controlled by undetermined: in no table of facts\n",
  );
  expect(text).not.toContain("quay.io:");
});

describe("the built-in catalogue", () => {
  test("is every image of the catalogue, and those that k3s runs itself", () => {
    const names = builtIn.images.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(catalogueImages.map(({ path }) => path)));
    expect(names).toEqual(expect.arrayContaining(["rancher/mirrored-pause", "coredns/coredns"]));
  });

  test("puts k3s where hosts look for it, with its checksum file", () => {
    const keys = builtIn.files.map(({ key }) => key);
    const script = readFileSync(join(__dirname, "../../../../components/recipe/files/fetch-k3s.sh"), "utf8");
    for (const [, name] of script.matchAll(/-O "\$K3S_URL_OF_BINARY\/([^"]+)"/g))
      expect(keys).toContain(`k3s/${k3sVersion}/${name}`);
    expect(script).toContain('-O "$K3S_URL_OF_BINARY/k3s"');
  });

  /** Packages that recipes below a folder name. */
  const named = (folder: string, without: RegExp): readonly string[] => {
    const found = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !without.test(path))
      .flatMap((path) => [...readFileSync(path, "utf8").matchAll(/\bpackages(?:: | = )\[([^\]]*)\]/g)])
      .flatMap(([, list = ""]) => [...list.matchAll(/(?:^|,)\s*"([^"]+)"/g)].map(([, name = ""]) => name));
    return [...new Set(found)];
  };
  const components = join(__dirname, "../../../../components");

  test("is every Debian package that a recipe installs", () => {
    // Drivers of graphics processors are outside Debian's `main`, the mirrored part: the operator brings them (see GpuPool). BigBlueButton stands on Ubuntu.
    const asked = named(components, /[\\/](gpu\.ts$|bigbluebutton[\\/])/);
    expect(asked.length).toBeGreaterThan(5);
    expect(builtIn.packages).toEqual(expect.arrayContaining([...asked]));
  });

  test("is, with the catalogue for BigBlueButton, every Ubuntu package that its servers install", () => {
    const asked = named(join(components, "recipe/parts/bigbluebutton"), /^$/);
    expect(asked).toEqual(expect.arrayContaining(["bigbluebutton", "rclone"]));
    const text = readFileSync(join(__dirname, "../../../../stacks/bigbluebutton.yaml"), "utf8");
    const { ubuntuPackages } = parse(text) as { readonly ubuntuPackages: readonly string[] };
    expect([...ubuntuPackages, ...builtIn.ubuntuPackages]).toEqual(expect.arrayContaining([...asked]));
  });
});
