/** The script that founds a cluster, run for real in a mount namespace, with a systemctl that starts no k3s but prints its configuration. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripts } from "../../components/recipe/scripts";
import { describeWithNamespaces } from "../isolation/possible";

describeWithNamespaces(["mount", "unshare"], "founding a cluster", () => {
  let root: string;
  const config = (): readonly string[] => readdirSync(join(root, "etc/rancher/k3s/config.yaml.d")).sort();
  const database = (): string => join(root, "lib/rancher/k3s/server/db/etcd");
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "found-"));
    for (const folder of ["bin", "lib", "etc/rancher/k3s/config.yaml.d"])
      mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(
      join(root, "etc/rancher/k3s/config.yaml.d/50-join.yaml"),
      '{ "server": "https://10.20.0.21:6443" }\n',
    );
    systemctl("mkdir -p /var/lib/rancher/k3s/server/db/etcd");
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** Stand-in for k3s that starts as a founder. */
  function systemctl(founds: string): void {
    writeFileSync(
      join(root, "bin/systemctl"),
      `#!/bin/sh
echo "$*:" $(ls /etc/rancher/k3s/config.yaml.d) >>${root}/diary
[ "$1" = stop ] || [ ! -e /etc/rancher/k3s/config.yaml.d/60-found.yaml ] || ${founds}
`,
    );
    chmodSync(join(root, "bin/systemctl"), 0o755);
  }
  function found() {
    const mounts = `mount --bind ${root}/lib /var/lib && mount --bind ${root}/etc /etc`;
    const shell = `${mounts} && PATH=${root}/bin:$PATH && export PATH && exec sh -c "$1"`;
    rmSync(join(root, "diary"), { force: true });
    const { status, stderr } = spawnSync("unshare", ["--mount", "sh", "-c", shell, "sh", scripts.bootstrap], {
      encoding: "utf8",
    });
    const diary = join(root, "diary");
    return { status, stderr, told: existsSync(diary) ? readFileSync(diary, "utf8").trim().split("\n") : [] };
  }

  test("stops a k3s that tries to join before the cluster is founded, and joins afterwards", () => {
    expect(found()).toEqual({
      status: 0,
      stderr: "",
      told: ["stop k3s: 50-join.yaml", "start k3s: 50-join.yaml.later 60-found.yaml"],
    });
    expect(config()).toEqual(["50-join.yaml"]);
  });

  test("happens once", () => {
    found();
    expect(found()).toEqual({ status: 0, stderr: "", told: [] });
  });

  test("that made no cluster says so, and leaves a member that joins", () => {
    systemctl("true");
    const { status, stderr } = found();
    expect(status).toBe(1);
    expect(stderr).toContain("expected k3s to found a cluster");
    expect(config()).toEqual(["50-join.yaml"]);
  });

  test.each(["before", "after"])("that was interrupted %s there was a cluster is completed by the next", (when) => {
    systemctl(`{ ${when === "after" ? `mkdir -p /var/lib/rancher/k3s/server/db/etcd;` : ""} kill -KILL $PPID; }`);
    expect(found().status).not.toBe(0);
    expect(config()).toEqual(["50-join.yaml.later", "60-found.yaml"]);
    systemctl("mkdir -p /var/lib/rancher/k3s/server/db/etcd");
    expect(found()).toMatchObject({ status: 0, stderr: "" });
    expect(config()).toEqual(["50-join.yaml"]);
    expect(existsSync(database())).toBe(true);
  });
});
