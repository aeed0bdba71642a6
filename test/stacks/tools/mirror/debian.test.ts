/** Host packages: a small archive that Debian's own programs make, mirrored, then read by the apt of a host. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sources } from "../../../../components/recipe/system";
import { describeWith } from "../../../support/programs/programs";
import { mirrorCommand } from "./command";
import { type DebianArchive, debianArchive, hostApt, web } from "./debian-archive";
import type { FileServer } from "./file-server";
import { sha256 } from "./images";
import { Site } from "./site";

const programs = ["apt-get", "apt-ftparchive", "dpkg-deb", "gpg", "curl", "xz"];

describeWith(programs, "host packages", () => {
  let folder: string;
  let archive: DebianArchive;
  let site: Site;
  let server: FileServer;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "archive-"));
    archive = debianArchive(folder, {
      bookworm: { proxy: ["library"], library: [], strange: [] },
      "bookworm-updates": { clock: [] },
      "bookworm-security": { filter: ["library"] },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    site = new Site();
    server = await site.server(archive.files);
  });
  afterEach(() => site.end());

  const from = (packages: readonly string[], ...more: readonly string[]) => [
    ...site.options({}, { packages }),
    ...["--debian", `${server.address}/debian`, "--keyring", archive.keyring, ...more],
  ];
  const mirrored = (packages: readonly string[], ...more: readonly string[]) =>
    mirrorCommand(from(packages, "--store", site.at("store"), ...more));
  const packagesIn = (...names: readonly string[]): readonly string[] =>
    site.files(...names).filter((name) => name.endsWith(".deb"));

  test("they come with their dependencies, from every suite of the hosts, and nothing else", async () => {
    expect(await mirrored(["proxy", "clock", "filter"])).toMatchObject({ code: 0 });
    expect(packagesIn("store")).toEqual([
      "debian-security/pool/bookworm-security/main/filter_1.0+deb12u1_amd64.deb",
      "debian/pool/bookworm-updates/main/clock_1.0+deb12u1_amd64.deb",
      "debian/pool/bookworm/main/library_1.0+deb12u1_amd64.deb",
      "debian/pool/bookworm/main/proxy_1.0+deb12u1_amd64.deb",
    ]);
    // Signed again whenever one of them is updated: pinned, they never would be.
    expect(site.lock().files).toEqual({});
  });

  test("a host's apt, with its rendered sources, downloads and verifies them from the mirror", async () => {
    await mirrored(["proxy", "clock", "filter"]);
    const store = await site.server(web(site.at("store")));
    const list = sources({ registry: "", artefacts: "", packages: `${store.address}/debian` });
    const got = await hostApt(site.at("host"), list, archive.keyring, ["proxy", "clock", "filter"]);
    expect(got).toEqual(["clock", "filter", "library", "proxy"]);
  });

  test("a second run fetches no package again", async () => {
    await mirrored(["proxy"]);
    const seen = server.requests.length;
    const { output } = await mirrored(["proxy"]);
    expect(output).toContain("package debian/pool/bookworm/main/proxy_1.0+deb12u1_amd64.deb: there already");
    expect(server.requests.slice(seen).filter(({ path }) => path.endsWith(".deb"))).toEqual([]);
  });

  test("a changed package is refused with both digests, and the signed lists are not published", async () => {
    const path = "/debian/pool/bookworm/main/library_1.0+deb12u1_amd64.deb";
    const whole = archive.files[path] ?? Buffer.alloc(0);
    server.content.set(path, Buffer.from("changed"));
    const { code, output } = await mirrored(["proxy"]);
    expect(code).toBe(1);
    expect(output).toContain(`with digest ${sha256(whole)}, got ${sha256("changed")};`);
    expect(output).toContain(
      "package debian/dists/bookworm/InRelease: not copied, since a package that it lists is missing",
    );
    expect(site.files("store").filter((name) => name.endsWith("InRelease") || name.includes("library"))).toEqual([]);
  });

  test("a changed list is refused, even if its checksums were changed with it", async () => {
    const lists = "/debian/dists/bookworm/main/binary-amd64/Packages.xz";
    const release = "/debian/dists/bookworm/InRelease";
    const changed = execFileSync("xz", ["--stdout"], { input: "Package: proxy\n" });
    const [old, now] = [archive.files[lists] ?? Buffer.alloc(0), changed].map((content) => sha256(content).slice(7));
    server.content.set(lists, changed);
    server.content.set(
      release,
      Buffer.from((archive.files[release] ?? "").toString().replaceAll(old ?? "", now ?? "")),
    );
    const { code, output } = await mirrored(["proxy"]);
    expect(code).toBe(1);
    expect(output).toContain(
      `expected lists of ${server.address}/debian, ${server.address}/debian-security that are signed with a key in ${archive.keyring}`,
    );
    expect(site.files("store")).toEqual([]);
  });

  test("an archive that is signed with another key is refused", async () => {
    const other = debianArchive(site.at("other"), { bookworm: {} });
    const { code, output } = await mirrored(["proxy"], "--keyring", other.keyring);
    expect(code).toBe(1);
    expect(output).toContain(`signed with a key in ${other.keyring}`);
    expect(site.files("store")).toEqual([]);
  });

  test("a package that the archive does not have is named", async () => {
    const { code, output } = await mirrored(["proxy", "missing"]);
    expect(code).toBe(1);
    expect(output).toContain("E: Unable to locate package missing; correct the names in the catalogue");
  });

  test("a dry run copies nothing", async () => {
    const { code, output } = await mirrored(["proxy"], "--dry-run");
    expect(code).toBe(0);
    expect(output).toMatch(/^package debian\/pool\/bookworm\/main\/proxy_1\.0\+deb12u1_amd64\.deb +\S+ k?B +to copy/m);
    expect(site.files("store")).toEqual([]);
  });
});

describeWith([...programs, "docker-registry", "skopeo"], "host packages in a bundle", () => {
  let site: Site;
  beforeEach(() => (site = new Site()));
  afterEach(() => site.end());

  test("they are loaded from it with their signed lists", async () => {
    const { files, keyring } = debianArchive(site.at("archive"), {
      bookworm: { proxy: [] },
      "bookworm-updates": {},
      "bookworm-security": {},
    });
    const server = await site.server(files);
    const options = [...site.options({}, { packages: ["proxy"] })];
    const made = await mirrorCommand([
      ...options,
      ...["--debian", `${server.address}/debian`, "--keyring", keyring, "--bundle", site.at("bundle")],
    ]);
    expect(made).toMatchObject({ code: 0 });
    server.content.clear();
    const loaded = await mirrorCommand([...options, "--from-bundle", site.at("bundle"), "--store", site.at("store")]);
    expect(loaded).toMatchObject({ code: 0 });
    expect(loaded.output.trimEnd().split("\n").at(-1)).toContain("InRelease: copied");
    const store = await site.server(web(site.at("store")));
    const list = sources({ registry: "", artefacts: "", packages: `${store.address}/debian` });
    expect(await hostApt(site.at("host"), list, keyring, ["proxy"])).toEqual(["proxy"]);
  });
});
