import { chmod, cp, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runs } from "./folders";

/** A layer of images: Debian packages, unpacked above those of its parent. */
export interface Layer {
  readonly name: string;
  readonly parent?: Layer;
  /** Their dependencies come with them. */
  readonly packages: readonly string[];
  /** Packages of the closure that no program here uses. @default - none */
  readonly without?: RegExp;
  /** Does what their scripts would have done. */
  readonly finish?: (root: string) => Promise<void>;
}

/** The users that Debian's base-passwd creates, and one of an image's own. */
export async function users(root: string, ...own: readonly string[]): Promise<void> {
  const all = ["root:0:/root:/bin/bash", "daemon:1:/usr/sbin:/usr/sbin/nologin", ...own];
  const nobody = "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin";
  const rows = all.map((row) => row.split(":"));
  await mkdir(join(root, "etc"), { recursive: true });
  const passwd = rows.map(([name, id, home, shell]) => `${name}:x:${id}:${id}::${home}:${shell}`);
  const group = rows.map(([name, id]) => `${name}:x:${id}:`);
  await writeFile(join(root, "etc/passwd"), `${[...passwd, nobody].join("\n")}\n`);
  await writeFile(join(root, "etc/group"), `${[...group, "nogroup:x:65534:"].join("\n")}\n`);
}

/** Files of every root file system beside packages. */
async function skeleton(root: string): Promise<void> {
  for (const name of ["dev", "proc", "sys", "run", "etc", "var", "home", "root", "tmp", "var/tmp"])
    await mkdir(join(root, name), { recursive: true });
  for (const name of ["tmp", "var/tmp"]) await chmod(join(root, name), 0o1777);
  await link(root, "/run", "var/run");
  await writeFile(join(root, "etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
  await users(root);
}

/** Makes a symbolic link inside a root file system, in the place of what stands there. */
export async function link(root: string, target: string, path: string): Promise<void> {
  await runs("ln", ["-sfn", target, join(root, path)]);
}

/** Copies the files of an image that we wrote ourselves (`files/<name>/`), owned by root. */
export const ownFiles = (root: string, name: string): Promise<void> =>
  cp(join(__dirname, "files", name), root, { recursive: true });

/** Content of Alpine: BusyBox with its small programs, no bash. */
export const busybox: Layer = {
  name: "busybox",
  packages: ["busybox-static"],
  finish: async (root) => {
    await skeleton(root);
    await runs("chroot", [root, "/bin/busybox", "--install", "-s"]);
  },
};

/** BusyBox, and the C library that Go links a program to where it finds a compiler. */
export const busyboxLibc: Layer = { name: "busybox-libc", parent: busybox, packages: ["libc6"] };

/** Content of Debian's slim image of bookworm, without a package manager. */
export const slim: Layer = {
  name: "slim",
  packages:
    "base-files bash coreutils dash debianutils diffutils findutils grep gzip hostname libc-bin mawk sed tar util-linux".split(
      " ",
    ),
  finish: async (root) => {
    await skeleton(root);
    await link(root, "mawk", "usr/bin/awk");
  },
};

/** The base of Jitsi's images: docker-jitsi-meet 738058b (stable-11146-2), base/Dockerfile. */
export const jitsi: Layer = {
  name: "jitsi",
  parent: slim,
  packages: ["ca-certificates", "curl", "openssl"],
  finish: async (root) => {
    await users(root, "s6:1000:/home/s6:/bin/bash");
    await mkdir(join(root, "home/s6"), { recursive: true });
    await runs("chown", ["1000:1000", join(root, "home/s6")]);
    await mkdir(join(root, "config"), { recursive: true });
  },
};

/** Reads the format of Jitsi's configuration files; Debian has no package of it. */
const pyhocon = "pyhocon==0.3.61 --hash=sha256:73d0f064af9a7d454949c5557284ce1d716cfd8e1383ecc90095fc575d278df0";

/** Installs a Python package by its digest, without what it depends on. */
export async function wheel(
  root: string,
  requirement: string,
  folder = "usr/lib/python3/dist-packages",
): Promise<void> {
  const list = join(root, "requirement");
  await writeFile(list, `${requirement}\n`);
  const target = join(root, folder);
  const options = ["--quiet", "--no-deps", "--no-compile", "--only-binary", ":all:", "--require-hashes"];
  await runs("python3", ["-m", "pip", "install", ...options, "--target", target, "-r", list]);
  await rm(list);
}

/** Java's `keytool`, which upstream's Java images have, and Python, in which the stand-ins for Jitsi's own Java programs are written. */
export const java: Layer = {
  name: "java",
  parent: jitsi,
  packages: ["default-jre-headless", "python3", "python3-slixmpp", "python3-pyparsing", "iproute2"],
  without:
    /^(libcups2|libavahi.*|libasound2.*|libharfbuzz0b|libglib2.0-0|libgraphite2-3|libfreetype6|libfontconfig1|libpng16-16|libbrotli1|libdbus-1-3|libnss3|libnspr4|libpcsclite1|libgnutls30|util-linux-extra)$/,
  finish: async (root) => {
    const [home] = (await readdir(join(root, "usr/lib/jvm"))).filter((name) => /^java-\d+-openjdk-/.test(name));
    if (home === undefined) throw new Error("expected Java below /usr/lib/jvm, got none; look at default-jre-headless");
    await mkdir(join(root, "usr/bin"), { recursive: true });
    for (const name of ["java", "keytool"])
      await symlink(`/usr/lib/jvm/${home}/bin/${name}`, join(root, "usr/bin", name));
    await wheel(root, pyhocon);
  },
};
