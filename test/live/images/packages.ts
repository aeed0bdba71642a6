import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { imageFolder, ran, runs } from "./folders";

/** A Debian package, as apt resolved it. */
export interface Package {
  readonly name: string;
  /** Its file in apt's archive; the version is part of the name. */
  readonly file: string;
}

/** Folder of apt's package lists. */
const lists = "/var/lib/apt/lists";

/** Dependencies that packages need for their scripts only. The scripts do not run here: packages are unpacked, never configured. */
const forScripts =
  /^(perl(-.*)?|libperl.*|lib.*-perl|usrmerge|debconf|adduser|passwd|dpkg|tar|init-system-helpers|sysvinit-utils|lsb-base|libgdbm.*|libsemanage.*|libsepol.*|libpam-modules.*|ucf|ssl-cert|ca-certificates-java|java-common|mysql-common|mariadb-common|telnet|inetutils-telnet|sqlite3|fonts-.*|fontconfig-config|gcc-12-base|readline-common)$/;

/** apt asked about a system on which nothing is installed, with folders of its own, so that neither the machine's packages nor its locks count. */
async function apt(archives: string, parameters: readonly string[]): Promise<string> {
  const folder = join(imageFolder(), "apt");
  await mkdir(join(archives, "partial"), { recursive: true });
  await mkdir(folder, { recursive: true });
  const nothing = join(folder, "status");
  if (!existsSync(nothing)) await writeFile(nothing, "");
  const settings = {
    "Dir::State::status": nothing,
    "Dir::Cache": folder,
    "Dir::Cache::archives": archives,
    // Switched off in containers; it halves the time of each question.
    "Dir::Cache::pkgcache": "pkgcache.bin",
    "Dir::Cache::srcpkgcache": "srcpkgcache.bin",
    "Debug::NoLocking": "1",
    "APT::Sandbox::User": "root",
  };
  return ran("apt-get", [
    "install",
    "--yes",
    "--no-install-recommends",
    ...Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]),
    ...parameters,
  ]);
}

/**
 * Packages and what they depend on, without what only their scripts need. Asked anew when apt's lists have changed.
 *
 * @throws Error when apt's sources lack one of them.
 */
export async function closure(names: readonly string[]): Promise<readonly Package[]> {
  if (names.length === 0) return [];
  const kept = join(imageFolder(), "resolved", `${await listsDigest()}-${digest(names.join(" ")).slice(0, 16)}.json`);
  if (existsSync(kept)) return JSON.parse(await readFile(kept, "utf8")) as readonly Package[];
  const text = await apt(join(imageFolder(), "apt", "none"), ["-qq", "--print-uris", ...names]);
  const packages = [...text.matchAll(/^'[^']*' (([^_\s]+)_\S+\.deb) /gm)]
    .map(([, file = "", name = ""]) => ({ name, file }))
    .filter(({ name }) => names.includes(name) || !forScripts.test(name));
  await mkdir(join(imageFolder(), "resolved"), { recursive: true });
  await writeFile(`${kept}.${process.pid}`, JSON.stringify(packages));
  await rename(`${kept}.${process.pid}`, kept);
  return packages;
}

/** Key of apt's current lists: it changes after each `apt-get update` that finds something new. */
async function listsDigest(): Promise<string> {
  const names = (await readdir(lists)).filter((name) => /_(In)?Release$/.test(name)).sort();
  const facts = names.map(async (name) => `${name} ${(await stat(join(lists, name))).mtimeMs}`);
  return digest(`${forScripts.source}\n${(await Promise.all(facts)).join("\n")}`).slice(0, 16);
}

/**
 * Downloads packages with all that they depend on; what is there already is not asked for again.
 *
 * @throws Error when the lists name packages that the sources no longer have: `apt-get update` helps.
 */
export async function download(names: readonly string[]): Promise<void> {
  await apt(archives(), ["-qq", "--download-only", ...names]);
}

const archives = (): string => join(imageFolder(), "archives");

/** Leaves out what a container never reads. */
const excluded = ["doc", "man", "info", "lintian", "locale", "i18n", "bug", "zoneinfo/right"].map(
  (name) => `--exclude=./usr/share/${name}/*`,
);

/** Unpacks packages into a folder with a merged `/usr`; none of their scripts run, nothing stays set-user-id. */
export async function unpack(packages: readonly Package[], root: string): Promise<void> {
  const script = `set -euo pipefail
root=$1 archives=$2
shift 2
for name in bin sbin lib lib64; do
  mkdir -p "$root/usr/$name"
  ln -sfn "usr/$name" "$root/$name"
done
while [ "$1" != -- ]; do options+=("$1"); shift; done
shift
for file; do
  dpkg-deb --fsys-tarfile "$archives/$file" | tar -x -C "$root" --keep-directory-symlink "\${options[@]}"
done
find "$root" -xdev -type f -perm /6000 -exec chmod ug-s {} +
`;
  const files = packages.map(({ file }) => file);
  await runs("bash", ["-c", script, "unpack", root, archives(), ...excluded, "--", ...files]);
}

export const digest = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");
