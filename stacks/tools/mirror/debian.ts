import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { invalid } from "../../../components/core/errors";
import { below } from "./address";
import { type Digest, hex, measuredFile } from "./digest";
import type { Downloads } from "./download";
import type { FileJob } from "./jobs";
import { type Environment, failure, type Run } from "./programs";

/** An archive of packages as apt knows them. */
export interface Archive {
  /** Folder in the store. */
  readonly folder: string;
  readonly address: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** File with the keys that sign its lists. */
  readonly keyring: string;
}

/** Archives that a host with Debian asks, below the operator's address; the same suites as in its sources. */
export const debianArchives = (address: string, keyring: string): readonly Archive[] => [
  { folder: "debian", address, suites: ["bookworm", "bookworm-updates"], components: ["main"], keyring },
  {
    folder: "debian-security",
    address: `${address}-security`,
    suites: ["bookworm-security"],
    components: ["main"],
    keyring,
  },
];

/** The same of a host with Ubuntu. */
export const ubuntuArchives = (address: string, keyring: string): readonly Archive[] => [
  {
    folder: "ubuntu",
    address,
    suites: ["jammy", "jammy-updates", "jammy-security"],
    components: ["main", "universe"],
    keyring,
  },
];

/** Packed forms of a list, as apt prefers them. An archive need not have all. */
const packed = [".xz", ".bz2", ".gz", ""];

/** Index files that a host's apt requests. If the archive's signed Release file names translations, apt fails an update without them. */
const indices = (component: string) =>
  [
    { name: `${component}/binary-amd64/Packages`, required: true },
    { name: `${component}/i18n/Translation-en`, required: false },
  ] as const;

/**
 * Files that hosts need to install some packages with everything that these depend on: the packages, and the signed lists by which a host's apt checks
 * them as if they came from the archives themselves. apt does the work: it checks the signatures with the keyrings, resolves the dependencies (of an
 * empty machine, so that none is missing anywhere) over all archives and prints each package's digest.
 *
 * This is no mirror of an archive. Updates of everything else in a host's disk image need a complete mirror (debmirror, apt-mirror) or
 * a caching proxy for apt behind the same address.
 *
 * @param folder where lists and apt's state lie.
 * @throws RangeError when a signature, a digest or a package is missing.
 */
export async function packageFiles(
  archives: readonly Archive[],
  packages: readonly string[],
  folder: string,
  run: Run,
  downloads: Downloads,
): Promise<readonly FileJob[]> {
  await rm(folder, { recursive: true, force: true });
  const lists: FileJob[] = [];
  const releases: FileJob[] = [];
  for (const archive of archives)
    for (const suite of archive.suites) {
      const fetched = await listsOf(archive, suite, folder, downloads);
      lists.push(...fetched.lists);
      releases.push(fetched.release);
    }
  const environment = await privateApt(archives, folder);
  const addresses = archives.map(({ address }) => address).join(", ");
  const checked = await run("apt-get", ["-q", "update"], { environment });
  if (checked.code !== 0)
    throw failure(
      `lists of ${addresses} that are signed with a key in ${[...new Set(archives.map(({ keyring }) => keyring))].join(", ")}`,
      checked,
      "check the address, or give the archive's keys with --keyring, --ubuntu-keyring or in the catalogue",
    );
  const install = ["-q", "-y", "--no-install-recommends", "--print-uris", "install", ...packages];
  const resolved = await run("apt-get", install, { environment });
  if (resolved.code !== 0)
    throw failure(
      `the packages ${packages.join(", ")} in ${addresses}`,
      resolved,
      "correct the names in the catalogue",
    );
  return [...chosen(resolved.stdout.toString(), folder, archives), ...lists, ...releases];
}

/** The signed list of one suite, and the lists that it names. */
async function listsOf(
  { folder: archive, address, components }: Archive,
  suite: string,
  folder: string,
  downloads: Downloads,
): Promise<{ readonly lists: readonly FileJob[]; readonly release: FileJob }> {
  const lists: FileJob[] = [];
  const dists = `${archive}/dists/${suite}`;
  const place = (name: string): string => join(folder, dists, name);
  const at = (name: string): string => below(address, `dists/${suite}/${name}`);
  await keep(downloads, at("InRelease"), undefined, place("InRelease"));
  const release = await readFile(place("InRelease"), "utf8");
  for (const index of components.flatMap(indices)) {
    const name = packed.map((form) => `${index.name}${form}`).find((one) => digestIn(release, one) !== undefined);
    const digest = name === undefined ? undefined : digestIn(release, name);
    if (digest === undefined && index.required)
      throw invalid(`a list ${index.name} in ${at("InRelease")}`, undefined, "use an archive that has it");
    if (name === undefined || digest === undefined) continue;
    // An index fetched by its digest stays the same, even while the archive is updated.
    const hashed = `${dirname(name)}/by-hash/SHA256/${hex(digest)}`;
    const names = /^Acquire-By-Hash: yes$/m.test(release) ? [hashed, name] : [name];
    await keep(downloads, at(names[0] ?? name), digest, place(name));
    for (const one of names) lists.push(await local(`${dists}/${one}`, at(one), place(name), false));
  }
  return { lists, release: await local(`${dists}/InRelease`, at("InRelease"), place("InRelease"), true) };
}

async function keep(downloads: Downloads, url: string, digest: Digest | undefined, path: string): Promise<void> {
  const fetched = await downloads.fetch(url, digest);
  await mkdir(dirname(path), { recursive: true });
  await rename(fetched.path, path);
}

/** Read before apt has checked the signature: a forged file leads to an index that apt refuses afterwards. */
function digestIn(release: string, name: string): Digest | undefined {
  const sums = release.slice(release.indexOf("\nSHA256:"));
  const digest = new RegExp(`^ ([0-9a-f]{64}) +[0-9]+ ${name.replaceAll(".", "\\.")}$`, "m").exec(sums)?.[1];
  return digest === undefined ? undefined : `sha256:${digest}`;
}

async function local(key: string, url: string, path: string, last: boolean): Promise<FileJob> {
  const { digest, bytes } = await measuredFile(path);
  return { kind: "package", key, url, path, expected: { digest }, bytes, pinned: false, last };
}

/**
 * Variables for an apt that is isolated from this machine: no packages installed, only our lists. Its configuration is set in the environment, since
 * this machine's own is read before any option.
 */
async function privateApt(archives: readonly Archive[], folder: string): Promise<Environment> {
  const own = (name: string): string => join(folder, "apt", name);
  for (const name of ["state/lists/partial", "cache/archives/partial"]) await mkdir(own(name), { recursive: true });
  await writeFile(own("status"), "");
  await writeFile(
    own("sources.list"),
    archives
      .flatMap(({ folder: archive, suites, components, keyring }) =>
        suites.map(
          (suite) => `deb [signed-by=${keyring}] file:${folder}/${archive} ${suite} ${components.join(" ")}
`,
        ),
      )
      .join(""),
  );
  const settings = {
    "Dir::Etc::main": "/dev/null",
    "Dir::Etc::Parts": "/dev/null",
    "Dir::Etc::SourceList": own("sources.list"),
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::Etc::Preferences": "/dev/null",
    "Dir::Etc::PreferencesParts": "/dev/null",
    "Dir::State": own("state"),
    "Dir::State::status": own("status"),
    "Dir::Cache": own("cache"),
    "APT::Architecture": "amd64",
    "APT::Architectures": "amd64",
    "APT::Update::Error-Mode": "any",
    // The lists are in a folder of ours, which apt's own user may not read.
    "APT::Sandbox::User": "",
    "Debug::NoLocking": "true",
    "Acquire::ForceHash": "SHA256",
    "Acquire::Languages": "none",
  };
  const text = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  await writeFile(own("apt.conf"), text.join(""));
  return { APT_CONFIG: own("apt.conf") };
}

/** Lines like `'file:/…/pool/main/c/chrony/chrony_4.3-2%2b1_amd64.deb' chrony_4.3-2+1_amd64.deb 280804 SHA256:…`. */
function chosen(text: string, folder: string, archives: readonly Archive[]): readonly FileJob[] {
  return [...text.matchAll(/^'file:([^']+)' \S+ (\d+) SHA256:([0-9a-f]{64})$/gm)].flatMap(
    ([, path = "", bytes, digest]) => {
      const key = decodeURIComponent(path)
        .replace(/^\/+/, "/")
        .slice(folder.length + 1);
      const archive = archives.find((one) => key.startsWith(`${one.folder}/`));
      if (archive === undefined) return [];
      return {
        kind: "package" as const,
        key,
        url: below(archive.address, key.slice(archive.folder.length + 1)),
        expected: { digest: `sha256:${digest}` as const },
        bytes: Number(bytes),
        pinned: false,
      };
    },
  );
}
