import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const run = (program: string, parameters: readonly string[], cwd: string): string =>
  execFileSync(program, parameters, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** A small Debian archive that was made here, signed with a key of its own. */
export interface DebianArchive {
  /** Files by path below the server's root. */
  readonly files: Readonly<Record<string, Buffer>>;
  readonly keyring: string;
}

/** Packages by suite; each depends on others by name. */
type Suites = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Differences of another archive from Debian's. */
interface Arrangement {
  /** Folder of a suite below the server's root. */
  readonly root: (suite: string) => string;
  readonly components: readonly string[];
  /** Component of a package. */
  readonly component: (name: string) => string;
  readonly origin: string;
  /** Codename of a suite. */
  readonly codename: (suite: string) => string;
}

const debian: Arrangement = {
  root: (suite) => (suite.endsWith("-security") ? "debian-security" : "debian"),
  components: ["main"],
  component: () => "main",
  origin: "Test",
  codename: (suite) => suite,
};

/** Ubuntu's: one archive, one codename for all suites, two components. */
export const ubuntu: Arrangement = {
  root: () => "ubuntu",
  components: ["main", "universe"],
  component: (name) => (name === "journal" ? "universe" : "main"),
  origin: "Ubuntu",
  codename: () => "jammy",
};

/**
 * Makes packages, lists and signatures with Debian's own programs.
 *
 * @param folder an empty one.
 */
export function debianArchive(folder: string, suites: Suites, arrangement: Partial<Arrangement> = {}): DebianArchive {
  const { root: rootOf, components, component, origin, codename } = { ...debian, ...arrangement };
  const home = join(folder, "keys");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const gpg = ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];
  run("gpg", [...gpg, "--quick-generate-key", "archive@example.org", "ed25519", "sign", "never"], folder);
  const keyring = join(folder, "keyring.gpg");
  run("gpg", [...gpg, "--output", keyring, "--export"], folder);
  for (const [suite, packages] of Object.entries(suites)) {
    const root = join(folder, "web", rootOf(suite));
    for (const part of components) {
      const pool = `pool/${suite}/${part}`;
      mkdirSync(join(root, pool), { recursive: true });
      for (const [name, needs] of Object.entries(packages))
        if (component(name) === part) build(folder, join(root, pool), name, needs);
      const lists = `dists/${suite}/${part}/binary-amd64`;
      mkdirSync(join(root, lists), { recursive: true });
      writeFileSync(join(root, lists, "Packages"), run("apt-ftparchive", ["packages", pool], root));
      run("xz", ["--keep", join(root, lists, "Packages")], root);
      mkdirSync(join(root, `dists/${suite}/${part}/i18n`), { recursive: true });
      writeFileSync(
        join(root, `dists/${suite}/${part}/i18n/Translation-en`),
        "Package: strange\nDescription-en: strange\n",
      );
      run("xz", ["--keep", join(root, `dists/${suite}/${part}/i18n/Translation-en`)], root);
    }
    const settings = {
      Origin: origin,
      Suite: suite,
      Codename: codename(suite),
      Architectures: "amd64",
      Components: components.join(" "),
    };
    const options = Object.entries(settings).flatMap(([key, value]) => [
      "-o",
      `APT::FTPArchive::Release::${key}=${value}`,
    ]);
    const release = join(folder, "Release");
    writeFileSync(release, run("apt-ftparchive", [...options, "release", join(root, "dists", suite)], root));
    run("gpg", [...gpg, "--output", join(root, "dists", suite, "InRelease"), "--clearsign", release], folder);
  }
  // Its agent would outlive the test.
  run("gpgconf", ["--homedir", home, "--kill", "all"], folder);
  return { files: web(join(folder, "web")), keyring };
}

function build(folder: string, pool: string, name: string, needs: readonly string[]): void {
  const tree = join(folder, "trees", name);
  mkdirSync(join(tree, "DEBIAN"), { recursive: true });
  const fields = {
    Package: name,
    // The plus is what addresses and file names write differently.
    Version: "1.0+deb12u1",
    Architecture: "amd64",
    Maintainer: "Test <test@example.org>",
    Description: `test ${name}`,
    ...(needs.length === 0 ? {} : { Depends: needs.join(", ") }),
  };
  const text = Object.entries(fields).map(([key, value]) => `${key}: ${value}\n`);
  writeFileSync(join(tree, "DEBIAN/control"), text.join(""));
  run("dpkg-deb", ["--root-owner-group", "--build", tree, join(pool, `${name}_1.0+deb12u1_amd64.deb`)], folder);
}

/** Every file below a folder as a web server has it. */
export const web = (folder: string): Readonly<Record<string, Buffer>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length), readFileSync(path)]),
  );

/**
 * Runs a host's apt on an archive: updates and downloads, in a root of its own with nothing installed.
 *
 * @param sources lines of its list, as the recipe renders them; the keyring counts where they name none.
 * @returns names of the packages that it has downloaded and checked.
 */
export function hostApt(
  folder: string,
  sources: string,
  keyring: string,
  packages: readonly string[],
): Promise<readonly string[]> {
  for (const name of ["state/lists/partial", "cache/archives/partial"])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(
    join(folder, "sources.list"),
    sources.includes("signed-by=") ? sources : sources.replaceAll("deb ", `deb [signed-by=${keyring}] `),
  );
  writeFileSync(join(folder, "status"), "");
  const settings = {
    "Dir::Etc::main": "/dev/null",
    "Dir::Etc::Parts": "/dev/null",
    "Dir::Etc::SourceList": join(folder, "sources.list"),
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::State": join(folder, "state"),
    "Dir::State::status": join(folder, "status"),
    "Dir::Cache": join(folder, "cache"),
    "APT::Architecture": "amd64",
    "APT::Architectures": "amd64",
    "APT::Sandbox::User": "",
    "Debug::NoLocking": "true",
    // What Debian's own images ask for.
    "Acquire::Languages": "en",
    // This machine may ask through a proxy; loopback has none.
    "Acquire::http::Proxy": "DIRECT",
  };
  const config = join(folder, "apt.conf");
  writeFileSync(
    config,
    Object.entries(settings)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(""),
  );
  return aptGet(config, ["-q", "update"])
    .then(() => aptGet(config, ["-q", "-y", "--no-install-recommends", "--download-only", "install", ...packages]))
    .then(() =>
      readdirSync(join(folder, "cache/archives"))
        .filter((name) => name.endsWith(".deb"))
        .map((name) => name.replace(/_.*/, ""))
        .sort(),
    );
}

/** Beside the test, since the test is the web server. */
function aptGet(config: string, parameters: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) =>
    execFile("apt-get", parameters, { env: { ...process.env, APT_CONFIG: config } }, (error, _, stderr) =>
      error === null ? resolve() : reject(new Error(stderr)),
    ),
  );
}
