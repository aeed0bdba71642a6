import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { invalid } from "../../../components/core/errors";
import { below } from "./address";
import { type Digest, hex, measuredFile } from "./digest";
import type { Downloads } from "./download";
import type { FileJob } from "./jobs";
import { type Environment, failure, type Run } from "./programs";

/** Archives that hosts ask, below the operator's address; the same suites as in a host's sources. */
const archives = [
  { suffix: "", suites: ["bookworm", "bookworm-updates"] },
  { suffix: "-security", suites: ["bookworm-security"] },
] as const;

const component = "main";

/** Index files that a host's apt requests. If the archive's signed Release file names translations, apt fails an update without them. */
const indices = [
  { name: `${component}/binary-amd64/Packages.xz`, required: true },
  { name: `${component}/i18n/Translation-en.xz`, required: false },
] as const;

/** Selection from a Debian archive. */
export interface DebianSource {
  readonly address: string;
  readonly keyring: string;
  readonly packages: readonly string[];
}

/**
 * Files that hosts need to install some packages with everything that these depend on: the packages, and the signed lists by which a host's apt checks
 * them as if they came from the archive itself. apt does the work: it checks the signatures with the keyring, resolves the dependencies (of an
 * empty machine, so that none is missing anywhere) and prints each package's digest.
 *
 * This is no mirror of the archive. Updates of everything else in a host's disk image need a complete mirror (debmirror, apt-mirror) or
 * a caching proxy for apt behind the same address.
 *
 * @param folder where lists and apt's state lie.
 * @throws RangeError when a signature, a digest or a package is missing.
 */
export async function debianFiles(
  { address, keyring, packages }: DebianSource,
  folder: string,
  run: Run,
  downloads: Downloads,
): Promise<readonly FileJob[]> {
  await rm(folder, { recursive: true, force: true });
  const lists: FileJob[] = [];
  const releases: FileJob[] = [];
  for (const { suffix, suites } of archives)
    for (const suite of suites) {
      const dists = `debian${suffix}/dists/${suite}`;
      const place = (name: string): string => join(folder, dists, name);
      const at = (name: string): string => below(`${address}${suffix}`, `dists/${suite}/${name}`);
      await keep(downloads, at("InRelease"), undefined, place("InRelease"));
      const release = await readFile(place("InRelease"), "utf8");
      for (const { name, required } of indices) {
        const digest = digestIn(release, name);
        if (digest === undefined && required)
          throw invalid(`a list ${name} in ${at("InRelease")}`, undefined, "use a Debian archive that has it");
        if (digest === undefined) continue;
        // An index fetched by its digest stays the same, even while the archive is updated.
        const hashed = `${dirname(name)}/by-hash/SHA256/${hex(digest)}`;
        const names = /^Acquire-By-Hash: yes$/m.test(release) ? [hashed, name] : [name];
        await keep(downloads, at(names[0] ?? name), digest, place(name));
        for (const one of names) lists.push(await local(`${dists}/${one}`, at(one), place(name), false));
      }
      releases.push(await local(`${dists}/InRelease`, at("InRelease"), place("InRelease"), true));
    }
  const environment = await privateApt(folder, keyring);
  const checked = await run("apt-get", ["-q", "update"], { environment });
  if (checked.code !== 0)
    throw failure(
      `lists of ${address} that are signed with a key in ${keyring}`,
      checked,
      "check the address, or give the archive's keys with --keyring",
    );
  const install = ["-q", "-y", "--no-install-recommends", "--print-uris", "install", ...packages];
  const resolved = await run("apt-get", install, { environment });
  if (resolved.code !== 0)
    throw failure(`the packages ${packages.join(", ")} in ${address}`, resolved, "correct the names in the catalogue");
  return [...chosen(resolved.stdout.toString(), folder, address), ...lists, ...releases];
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
async function privateApt(folder: string, keyring: string): Promise<Environment> {
  const own = (name: string): string => join(folder, "apt", name);
  for (const name of ["state/lists/partial", "cache/archives/partial"]) await mkdir(own(name), { recursive: true });
  await writeFile(own("status"), "");
  await writeFile(
    own("sources.list"),
    archives
      .flatMap(({ suffix, suites }) =>
        suites.map((suite) => `deb [signed-by=${keyring}] file:${folder}/debian${suffix} ${suite} ${component}\n`),
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
function chosen(text: string, folder: string, address: string): readonly FileJob[] {
  return [...text.matchAll(/^'file:([^']+)' \S+ (\d+) SHA256:([0-9a-f]{64})$/gm)].map(
    ([, path = "", bytes, digest]) => {
      const key = decodeURIComponent(path)
        .replace(/^\/+/, "/")
        .slice(folder.length + 1);
      const [archive = "", ...rest] = key.split("/");
      return {
        kind: "package",
        key,
        url: below(`${address}${archive.slice("debian".length)}`, rest.join("/")),
        expected: { digest: `sha256:${digest}` },
        bytes: Number(bytes),
        pinned: false,
      };
    },
  );
}
