/** Packages of hosts with Ubuntu: its archive and an upstream's repository, each with a key of its own, mirrored, then read by the apt of a host. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryKey, sources } from "../../../../components/recipe/system";
import { describeWith } from "../../../support/programs/programs";
import { mirrorCommand } from "./command";
import { type DebianArchive, debianArchive, hostApt, ubuntu, web } from "./debian-archive";
import type { FileServer } from "./file-server";
import { Site } from "./site";

const programs = ["apt-get", "apt-ftparchive", "dpkg-deb", "gpg", "curl", "xz"];
const folder = "conference/jammy-300";

describeWith(programs, "packages of hosts with Ubuntu", () => {
  let root: string;
  let archive: DebianArchive;
  let upstream: DebianArchive;
  let site: Site;
  let server: FileServer;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "ubuntu-"));
    archive = debianArchive(
      join(root, "archive"),
      {
        jammy: { runtime: ["library"], library: [], journal: [], strange: [] },
        "jammy-updates": { clock: [] },
        "jammy-security": { filter: [] },
      },
      ubuntu,
    );
    upstream = debianArchive(
      join(root, "upstream"),
      { "conference-jammy": { conference: ["runtime"] } },
      { root: () => "jammy-300" },
    );
  });
  afterAll(() => rmSync(root, { recursive: true }));
  beforeEach(async () => {
    site = new Site();
    server = await site.server({ ...archive.files, ...upstream.files });
  });
  afterEach(() => site.end());

  /** @param keyring file beside the catalogue with the repository's keys. */
  const options = (ubuntuPackages: readonly string[], keyring = "conference.gpg"): readonly string[] => {
    copyFileSync(upstream.keyring, site.at("conference.gpg"));
    copyFileSync(archive.keyring, site.at("other.gpg"));
    const repository = { url: `${server.address}/jammy-300`, suite: "conference-jammy", components: ["main"], keyring };
    return [
      ...site.options({}, { ubuntuPackages, repositories: { [folder]: repository } }),
      ...["--ubuntu", `${server.address}/ubuntu`, "--ubuntu-keyring", archive.keyring, "--store", site.at("store")],
    ];
  };
  const stored = (): readonly string[] => site.files("store").filter((name) => name.endsWith(".deb"));

  test("a repository's packages come with what they need from Ubuntu's own archive, each under its own folder", async () => {
    expect(await mirrorCommand(options(["conference", "journal", "filter"]))).toMatchObject({ code: 0 });
    expect(stored()).toEqual([
      `${folder}/pool/conference-jammy/main/conference_1.0+deb12u1_amd64.deb`,
      "ubuntu/pool/jammy-security/main/filter_1.0+deb12u1_amd64.deb",
      "ubuntu/pool/jammy/main/library_1.0+deb12u1_amd64.deb",
      "ubuntu/pool/jammy/main/runtime_1.0+deb12u1_amd64.deb",
      "ubuntu/pool/jammy/universe/journal_1.0+deb12u1_amd64.deb",
    ]);
  });

  test("a host's apt, with its rendered sources, downloads and verifies them from the mirror", async () => {
    await mirrorCommand(options(["conference", "journal", "clock"]));
    const store = await site.server(web(site.at("store")));
    const repository = {
      name: "conference",
      folder,
      suite: "conference-jammy",
      components: ["main"],
      key: "its content is the recipe's business",
    };
    const mirror = {
      registry: "",
      packages: "",
      artefacts: store.address,
      ubuntu: `${store.address}/ubuntu`,
    };
    const list = (key: string) =>
      sources(mirror, "ubuntu-22.04", [repository])
        .replaceAll("/usr/share/keyrings/ubuntu-archive-keyring.gpg", archive.keyring)
        .replaceAll(repositoryKey(repository), key);
    const asked = ["conference", "journal", "clock"];
    expect(await hostApt(site.at("host"), list(upstream.keyring), "", asked)).toEqual([
      "clock",
      "conference",
      "journal",
      "library",
      "runtime",
    ]);
    // The key of the archive is none of the repository's: nobody's key stands for another's.
    await expect(hostApt(site.at("other"), list(archive.keyring), "", asked)).rejects.toThrow("NO_PUBKEY");
  });

  test("a repository that is signed with another key than the catalogue's is refused, and nothing is published", async () => {
    const { code, output } = await mirrorCommand(options(["conference"], "other.gpg"));
    expect(code).toBe(1);
    expect(output).toContain(
      `${server.address}/jammy-300 that are signed with a key in ${archive.keyring}, ${site.at("other.gpg")}`,
    );
    expect(site.files("store")).toEqual([]);
  });

  describeWith(["docker-registry", "skopeo"], "in a bundle", () => {
    test("they are loaded from it with all signed lists, those of the repository too, after the packages", async () => {
      const catalogue = options(["conference"]);
      const upstreams = catalogue.slice(0, catalogue.indexOf("--store"));
      expect(await mirrorCommand([...upstreams, "--bundle", site.at("bundle")])).toMatchObject({ code: 0 });
      server.content.clear();
      const here = catalogue.slice(0, catalogue.indexOf("--ubuntu"));
      const loaded = await mirrorCommand([...here, "--from-bundle", site.at("bundle"), "--store", site.at("store")]);
      expect(loaded).toMatchObject({ code: 0 });
      const lines = loaded.output.split("\n");
      const at = (text: string): number => lines.findIndex((line) => line.includes(text));
      expect(at(`package ${folder}/pool/`)).toBeGreaterThan(-1);
      expect(at(`package ${folder}/dists/conference-jammy/InRelease: copied`)).toBeGreaterThan(
        Math.max(at(`${folder}/pool/`), at(`${folder}/dists/conference-jammy/main`), at("ubuntu/pool/")),
      );
      expect(stored()).toHaveLength(3);
    });
  });

  test("without --ubuntu none of them is asked for", async () => {
    const given = options(["conference"]).filter((word) => word !== "--ubuntu" && word !== `${server.address}/ubuntu`);
    const { code, output } = await mirrorCommand(given);
    expect(code).toBe(2);
    expect(output).toContain("expected something to copy");
    expect(server.requests).toEqual([]);
  });

  test.each([
    ["a folder that leaves the store", { "../etc": {} }, "folder: expected"],
    ["no keys", { [folder]: { url: "https://packages.example.org/jammy" } }, "keyring: expected a file with the keys"],
    ["no components", { [folder]: { suite: "jammy", components: [] } }, "components: expected a list of components"],
  ])("a repository with %s is refused", async (_, repositories, message) => {
    const { code, output } = await mirrorCommand([
      ...site.options({}, { repositories }),
      ...["--ubuntu", `${server.address}/ubuntu`, "--store", site.at("store")],
    ]);
    expect(code).toBe(2);
    expect(output).toContain(message);
  });
});
