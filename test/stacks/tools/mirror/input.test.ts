/** Input of the command: its options, catalogues and lock file. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { catalogues } from "../../../../stacks/tools/mirror/catalogue-file";
import { LockFile } from "../../../../stacks/tools/mirror/lock";
import { options, type StoreAddress } from "../../../../stacks/tools/mirror/options";
import { party } from "../../../../stacks/tools/mirror/party";
import { mirrorCommand } from "./command";
import { sha256 } from "./images";
import { Site } from "./site";

const digest = sha256("content");

describe("options", () => {
  test.each<readonly [string, StoreAddress]>([
    ["out/store", { kind: "folder", path: "out/store" }],
    ["https://artefacts.example.ch/", { kind: "web", address: "https://artefacts.example.ch" }],
    ["http://127.0.0.1:8080/a", { kind: "web", address: "http://127.0.0.1:8080/a" }],
    [
      "s3://objects.example.ch/artefacts/crisis/",
      { kind: "s3", bucket: { endpoint: "https://objects.example.ch", path: "artefacts/crisis" } },
    ],
    ["s3://127.0.0.1:9000/a", { kind: "s3", bucket: { endpoint: "http://127.0.0.1:9000", path: "a" } }],
  ])("files can go to %s", (address, store) => {
    expect(options(["--store", address]).store).toEqual(store);
  });

  test.each([
    [[], 'expected a place to copy to, got "none"'],
    [["--registry", "https://registry.example.ch"], "expected a registry host"],
    [["--registry", "user:secret@registry.example.ch"], 'log in with "skopeo login"'],
    [["--registry", "registry.example.ch/path"], "expected a registry host"],
    [["--registry", "registry.example.ch:99999"], "expected a registry host"],
    [["--registry", "registry"], "expected a domain name in lower case"],
    [["--store", "http://artefacts.example.ch"], "expected an https address without credentials"],
    [["--store", "https://user:secret@artefacts.example.ch"], "expected an https address without credentials"],
    [["--store", "https://artefacts.example.ch/?token=1"], "expected an address without query and fragment"],
    [["--store", "s3://objects.example.ch"], "expected a folder, https://… or s3://ENDPOINT/BUCKET"],
    [["--store", "ftp://artefacts.example.ch"], "expected a folder, https://… or s3://ENDPOINT/BUCKET"],
    [["--store", ""], "expected a folder or an address"],
    [["--store", "a", "--debian", "http://debian.example.org/debian"], "expected an https address"],
    [["--bundle", "a", "--registry", "registry.example.ch"], "expected either --bundle or --registry and --store"],
    [["--from-bundle", "a", "--bundle", "b"], "expected --from-bundle without what asks upstreams"],
    [["--from-bundle", "a", "--store", "b", "--relock", "c"], "expected --from-bundle without what asks upstreams"],
    [["--store", "a", "--expect", digest], "expected --expect together with --from-bundle"],
    [["--from-bundle", "a", "--store", "b", "--expect", "1234"], "expected 64 hexadecimal digits"],
    [["--sture", "a"], "expected options as --help prints them, got \"Unknown option '--sture'\""],
  ])("%j is refused with a sentence", (argv, message) => {
    expect(() => options(argv)).toThrow(message);
  });

  test("all problems are reported at once", () => {
    expect(() => options(["--registry", "x", "--store", "ftp://y", "--expect", "z"])).toThrow(
      /^registry: .*\nstore: .*\nexpect: .*\noptions: .*$/,
    );
  });

  test("--help prints every option, whatever else is wrong", async () => {
    const { code, output } = await mirrorCommand(["--help", "--registry", "x"]);
    expect(code).toBe(0);
    for (const name of ["registry", "store", "bundle", "from-bundle", "expect", "catalogue", "debian", "keyring"])
      expect(output).toContain(`--${name} `);
    for (const name of ["only", "relock", "verify", "dry-run", "work", "lock"]) expect(output).toContain(`--${name}`);
  });
});

describe("what is asked for", () => {
  let site: Site;
  beforeEach(() => (site = new Site()));
  afterEach(() => site.end());

  const images = { "speech/one": "registry.example.org" };
  const files = { a: { url: "https://files.example.org/a", sha256: digest.slice(7) } };

  test.each([
    [["--store", "s"], "expected --registry HOST for images, got nothing"],
    [["--registry", "registry.example.ch"], "expected --store ADDRESS for files, got nothing"],
    [["--store", "s", "--only", "bananas"], 'or a name of the catalogue, got "bananas"'],
    [["--store", "s", "--only", "packages"], "expected --debian ADDRESS or --ubuntu ADDRESS for packages"],
    [["--store", "s", "--only", "charts"], "expected something to copy, got"],
    [["--store", "s", "--only", "files", "--relock", "b"], 'expected --relock with a name of the catalogue, got "b"'],
  ])("%j is incomplete, which is reported before any request", async (more, message) => {
    const { code, output } = await mirrorCommand([...site.options(images, { files }), ...more]);
    expect(code).toBe(2);
    expect(output).toContain(message);
    expect(existsSync(site.at("work"))).toBe(false);
  });

  test("missing programs are named together with their packages", async () => {
    const { code, output } = await mirrorCommand([...site.options(images, { files }), "--bundle", site.at("bundle")], {
      PATH: site.root,
    });
    expect(code).toBe(2);
    expect(output).toContain('got "no skopeo, curl, docker-registry"; install them; on Debian: apt-get install skopeo');
  });

  test("a work folder that apt could not read is refused", async () => {
    const { code, output } = await mirrorCommand([...site.options({}, { files }), "--store", "s", "--work", "a b"]);
    expect(code).toBe(2);
    expect(output).toContain("expected a work folder without spaces and quotes in its path");
  });
});

describe("a catalogue", () => {
  let site: Site;
  beforeEach(() => (site = new Site()));
  afterEach(() => site.end());

  const read = (text: string) => catalogues([site.write("catalogue.yaml", text)]);
  const url = "https://models.example.org/small.bin";

  test("names images, files, charts, models, repositories and packages", () => {
    const text = [
      `images: { speech/one: { upstream: "registry.example.org:5000/a/one", version: "1.0", digest: "${digest}" } }`,
      `models: { models/small.bin: { url: "${url}", sha256: "${digest.slice(7)}" } }`,
      `repositories: { conference/jammy: { url: "https://packages.example.org/jammy", suite: jammy, components: [main], keyring: a.asc } }`,
      "packages: [chrony]",
      "ubuntuPackages: [conference]",
    ].join("\n");
    expect(read(text)).toEqual({
      images: [{ name: "speech/one", upstream: "registry.example.org:5000/a/one", version: "1.0", digest }],
      files: [{ kind: "model", key: "models/small.bin", url, expected: { digest } }],
      repositories: [
        {
          folder: "conference/jammy",
          url: "https://packages.example.org/jammy",
          suite: "jammy",
          components: ["main"],
          keyring: site.at("a.asc"),
        },
      ],
      packages: ["chrony"],
      ubuntuPackages: ["conference"],
    });
  });

  test.each([
    ["imagess: {}", "expected sections out of images, files, charts, models, repositories, packages, ubuntuPackages"],
    ["- a", "expected sections out of images"],
    ["images: [a]", 'expected names with their properties under "images"'],
    ["images: { Speech/one: { upstream: a.example.org/b, version: a } }", "images.Speech/one: expected a path"],
    ["images: { one: { upstream: one, version: a } }", "images.one: expected upstream: registry and path"],
    ["images: { one: { upstream: a.example.org/b, version: 1.0 } }", "expected version: a tag, in quotes"],
    ["images: { one: { upstream: a.example.org/b, version: a, digest: abc } }", "expected digest: sha256:"],
    ["images: { one: }", "images.one: expected upstream"],
    [`files: { ../a: { url: "${url}", sha256: a } }`, "expected a relative path"],
    [`files: { a/./b: { url: "${url}", sha256: a } }`, "expected a relative path"],
    ["files: { a: { url: 'http://models.example.org/a', sha256: a } }", "expected an https address"],
    [`files: { a: { url: "${url}", sha256: abc } }`, "expected sha256: 64 hexadecimal digits"],
    [`files: { a: { url: "${url}" } }`, "the server that sends it must not decide its content"],
    [`files: { a: { url: "${url}", sums: b } }`, "expected sums: the path of another file in this catalogue"],
    ["packages: [Chrony]", "expected a list of Debian packages' names"],
    ["ubuntuPackages: [Chrony]", "expected a list of Ubuntu packages' names"],
    ["images: {", "expected a catalogue that can be read"],
  ])("%s is refused with a sentence", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test("all problems are reported at once", () => {
    const text = "images: { A: {}, b: {} }\npackages: a";
    expect(() => read(text)).toThrow(/images\.A: .*\n.*images\.b: .*\n.*packages: /);
  });

  test("two catalogues may repeat an entry, but not differ in it", () => {
    const one = site.write("one.yaml", 'images: { a: { upstream: a.example.org/b, version: "1" } }');
    const same = site.write("same.yaml", 'images: { a: { upstream: a.example.org/b, version: "1" } }');
    const other = site.write("other.yaml", 'images: { a: { upstream: a.example.org/b, version: "2" } }');
    expect(catalogues([one, same]).images).toHaveLength(1);
    expect(() => catalogues([one, other])).toThrow('expected every name once, got "a"');
  });
});

describe("the lock file", () => {
  let site: Site;
  beforeEach(() => (site = new Site()));
  afterEach(() => site.end());

  const row = { upstream: "a.example.org/one", version: "1", digest } as const;

  test("counts only for the upstream and version that were seen", () => {
    const lock = LockFile.open(site.at("lock.json"));
    lock.pinImage("one", { ...row, digest: `sha256:${"0".repeat(64)}` });
    expect(lock.image("one", row.upstream, "1")).toBe(`sha256:${"0".repeat(64)}`);
    expect(lock.image("one", row.upstream, "2")).toBeUndefined();
    expect(lock.image("one", "b.example.org/one", "1")).toBeUndefined();
  });

  test("is written in the order of names, whatever came first, and read again", () => {
    const lock = LockFile.open(site.at("lock.json"));
    for (const name of ["b", "a"]) lock.pinImage(name, { ...row, digest: `sha256:${"0".repeat(64)}` });
    expect(Object.keys(site.lock().images)).toEqual(["a", "b"]);
    expect(LockFile.open(site.at("lock.json")).image("b", row.upstream, "1")).toBe(`sha256:${"0".repeat(64)}`);
    expect(site.files("")).toEqual(["lock.json"]);
  });

  test.each([
    "{",
    "[]",
    "null",
    '{ "images": { "a": null }, "files": {} }',
    '{ "images": { "a": { "digest": "latest" } }, "files": {} }',
    '{ "images": {} }',
  ])("%s is refused: it is no lock", (text) => {
    expect(() => LockFile.open(site.write("lock.json", text))).toThrow("expected a lock file in");
  });
});

test("the catalogue of BigBlueButton's packages names its repositories, each with a key of its own", () => {
  const { repositories, ubuntuPackages } = catalogues(["stacks/bigbluebutton.yaml"]);
  expect(repositories[0]).toEqual({
    folder: "bigbluebutton/jammy-300",
    url: "https://ubuntu.bigbluebutton.org/jammy-300",
    suite: "bigbluebutton-jammy",
    components: ["main"],
    keyring: join(process.cwd(), "stacks/keys/bigbluebutton.asc"),
  });
  expect(new Set(repositories.map(({ keyring }) => keyring)).size).toBe(repositories.length);
  expect(ubuntuPackages).toContain("bigbluebutton");
});

test("the party behind every repository of BigBlueButton's packages is known", () => {
  const { repositories } = catalogues(["stacks/bigbluebutton.yaml"]);
  const parties = repositories.map(({ url }) => party(new URL(url).host));
  expect(parties.map((text) => text.replace(/ \(.*/, ""))).toEqual([
    "BigBlueButton Inc.",
    "OpenJS Foundation and NodeSource",
    "Canonical Ltd.",
    "Canonical Ltd.",
  ]);
});
