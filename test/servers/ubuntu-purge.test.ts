/** Packages that would report to the system's vendor, purged by Debian's own apt and dpkg, without a network. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { silentUbuntu } from "../../components/recipe/parts/ubuntu";
import { scripts } from "../../components/recipe/scripts";
import { debianRoot, describeWithRoot } from "../support/programs/debian-root";

describeWithRoot(["unshare", "mount", "dpkg-deb"], "packages that report to the vendor", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "purge-"));
    mkdirSync(join(folder, "memory"));
    packed("snapd");
    packed("server-tools", "snapd");
    packed("conference");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function packed(name: string, needs?: string): void {
    const tree = join(folder, name);
    const control = [`Package: ${name}`, "Version: 1", "Architecture: all", "Maintainer: tests <tests@example.ch>"];
    const files = {
      [`etc/${name}.conf`]: "theirs\n",
      "DEBIAN/conffiles": `/etc/${name}.conf\n`,
      "DEBIAN/control": [
        ...control,
        ...(needs === undefined ? [] : [`Depends: ${needs}`]),
        "Description: a test",
        "",
      ].join("\n"),
    };
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), content);
    }
    execFileSync("dpkg-deb", ["--root-owner-group", "--build", tree, join(folder, `${name}.deb`)]);
  }

  /** Installs all three, silences, and checks. */
  function silenced(script: string) {
    const inside = `${folder}/memory/root`;
    writeFileSync(join(folder, "silence"), scripts.silence, { mode: 0o755 });
    const list = silentUbuntu().files?.find(({ path }) => path === "/etc/sovereign-uc/silence")?.content ?? "";
    writeFileSync(join(folder, "list"), list);
    const prepared = [
      `mount -t tmpfs tmpfs ${folder}/memory`,
      `mkdir ${folder}/memory/upper ${folder}/memory/work ${inside}`,
      `mount -t overlay overlay -o lowerdir=${debianRoot()},upperdir=${folder}/memory/upper,workdir=${folder}/memory/work ${inside}`,
      `mount -t proc proc ${inside}/proc`,
      `touch ${inside}/dev/null && mount --bind /dev/null ${inside}/dev/null`,
      `cp ${folder}/*.deb ${folder}/silence ${folder}/list ${inside}/tmp`,
      // No unit runs here: systemd has tests of its own.
      `printf '#!/bin/sh\\nexit 3\\n' >${inside}/usr/local/bin/systemctl && chmod 755 ${inside}/usr/local/bin/systemctl`,
      `chroot ${inside} dpkg --install /tmp/snapd.deb /tmp/server-tools.deb /tmp/conference.deb >/dev/null`,
    ];
    const run = `chroot ${inside} sh -c '${script}' </dev/null`;
    const { status, stdout, stderr } = spawnSync(
      "unshare",
      ["--mount", "--net", "sh", "-ec", [...prepared, run].join("\n")],
      { encoding: "utf8", env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` } },
    );
    return { status, stderr, left: stdout.trim().split("\n").at(-1) };
  }
  const left =
    'dpkg-query -W -f "\\${Package} " snapd server-tools conference 2>/dev/null; ls /etc/snapd.conf 2>/dev/null || true';

  test("they go with their configuration and with what depends on them, other packages stay, and the check passes", () => {
    const { status, left: names } = silenced(`/tmp/silence /tmp/list && /tmp/silence /tmp/list check && { ${left}; }`);
    // A package whose configuration is left would still be named.
    expect({ status, names: names?.trim() }).toEqual({ status: 0, names: "conference" });
  });

  test("until then the check names them", () => {
    const { status, stderr } = silenced("/tmp/silence /tmp/list check");
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining("got snapd;") as unknown });
  });
});
