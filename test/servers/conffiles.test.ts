/** A package with a configuration file that the recipe has written before, installed and updated by Debian's own apt with the rendered settings. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { base } from "../../components/recipe/parts/base";
import { debianRoot, describeWithRoot } from "../support/programs/debian-root";

describeWithRoot(["unshare", "mount", "dpkg-deb"], "a package whose configuration is ours already", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "conffiles-"));
    mkdirSync(join(folder, "memory"));
    for (const version of ["1", "2"]) packed(version);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Stands for nftables, chrony, unbound …: a package with a conffile that changes with its version. */
  function packed(version: string): void {
    const tree = join(folder, `tree-${version}`);
    const files = {
      "etc/filter.conf": `theirs ${version}\n`,
      "DEBIAN/conffiles": "/etc/filter.conf\n",
      "DEBIAN/control": `Package: filter\nVersion: ${version}\nArchitecture: all\nMaintainer: tests <tests@example.ch>\nDescription: a filter\n`,
    };
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), content);
    }
    execFileSync("dpkg-deb", ["--root-owner-group", "--build", tree, join(folder, `filter-${version}.deb`)]);
  }

  function installed(settings: string, script: string) {
    const inside = `${folder}/memory/root`;
    const prepared = [
      `mount -t tmpfs tmpfs ${folder}/memory`,
      `mkdir ${folder}/memory/upper ${folder}/memory/work ${inside}`,
      `mount -t overlay overlay -o lowerdir=${debianRoot()},upperdir=${folder}/memory/upper,workdir=${folder}/memory/work ${inside}`,
      `mount -t proc proc ${inside}/proc`,
      `touch ${inside}/dev/null && mount --bind /dev/null ${inside}/dev/null`,
      `cp ${folder}/*.deb ${inside}/tmp`,
      `cp ${folder}/settings ${inside}/etc/apt/apt.conf.d/60-sovereign-uc`,
      `echo ours >${inside}/etc/filter.conf`,
    ];
    writeFileSync(join(folder, "settings"), settings);
    // As in convergence: no terminal and an empty standard input.
    const run = `DEBIAN_FRONTEND=noninteractive chroot ${inside} sh -ec '${script}; cat /etc/filter.conf' </dev/null`;
    const { status, stdout } = spawnSync("unshare", ["--mount", "sh", "-ec", [...prepared, run].join("\n")], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
    });
    return { status, configuration: stdout.trim().split("\n").at(-1) };
  }
  const ours = base().files?.find(({ path }) => path === "/etc/apt/apt.conf.d/60-sovereign-uc")?.content ?? "";
  const install = "apt-get install -q -y --no-install-recommends /tmp/filter-1.deb";

  test("is installed, and ours stays", () => {
    expect(installed(ours, install)).toEqual({ status: 0, configuration: "ours" });
  });

  test("is updated, and ours stays", () => {
    expect(installed(ours, `${install}; apt-get install -q -y /tmp/filter-2.deb`)).toEqual({
      status: 0,
      configuration: "ours",
    });
  });

  test("is not installed without our settings: these tests can fail", () => {
    expect(installed("", install).status).not.toBe(0);
  });
});
