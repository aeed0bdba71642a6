/** The script that takes k3s from the operator's store, run for real in a mount namespace, with a curl that plays the store. */
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripts } from "../../components/recipe/scripts";
import { describeWithNamespaces } from "../isolation/possible";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describeWithNamespaces(["mount", "unshare"], "k3s on a host", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "fetch-k3s-"));
    for (const folder of ["bin", "local/bin", "local/lib/sovereign-uc", "etc/sovereign-uc"])
      mkdirSync(join(root, folder), { recursive: true });
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** Fetches from a store with this k3s and a matching checksum file, with or without a digest in the recipe. */
  function fetched(store: string, locked: string) {
    writeFileSync(join(root, "store"), store);
    writeFileSync(
      join(root, "bin/curl"),
      `#!/bin/sh
for word; do :; done
echo "\${word##*/}" >>${root}/asked
case $word in */k3s) cp ${root}/store k3s ;; *) echo "${sha256(store)}  k3s" >sha256sum-amd64.txt ;; esac
`,
    );
    chmodSync(join(root, "bin/curl"), 0o755);
    writeFileSync(
      join(root, "etc/sovereign-uc/k3s.env"),
      `K3S_URL_OF_BINARY=https://artefacts.example.ch/k3s/v1\nK3S_RELEASE=v1\nK3S_SHA256=${locked}\nK3S_PROXY=http://gateway.internal:3128\n`,
    );
    const shell = `mount --bind ${root}/etc /etc && mount --bind ${root}/local /usr/local && PATH=${root}/bin:$PATH && export PATH && exec sh -c "$1"`;
    rmSync(join(root, "asked"), { force: true });
    const { status, stderr } = spawnSync("unshare", ["--mount", "sh", "-c", shell, "sh", scripts.fetchK3s], {
      encoding: "utf8",
    });
    const asked = existsSync(join(root, "asked")) ? readFileSync(join(root, "asked"), "utf8").trim().split("\n") : [];
    return { status, stderr, asked };
  }
  const installed = (): string | undefined =>
    existsSync(join(root, "local/bin/k3s")) ? readFileSync(join(root, "local/bin/k3s"), "utf8") : undefined;

  test("has the recipe's digest, and is fetched once", () => {
    expect(fetched("k3s", sha256("k3s"))).toEqual({ status: 0, stderr: "", asked: ["k3s"] });
    expect(installed()).toBe("k3s");
    expect(fetched("another", sha256("k3s"))).toEqual({ status: 0, stderr: "", asked: [] });
  });

  test("has no other digest, whatever the store's checksum file says", () => {
    const { status, stderr } = fetched("evil", sha256("k3s"));
    expect(status).toBe(1);
    expect(stderr).toBe(
      `expected k3s v1 with the digest ${sha256("k3s")} of this stack's lock, got ${sha256("evil")}; see who writes to the store, then mirror it again\n`,
    );
    expect(installed()).toBeUndefined();
  });

  test("that was fetched before its digest was locked is checked against it, and replaced", () => {
    expect(fetched("evil", "")).toMatchObject({ status: 0, asked: ["k3s", "sha256sum-amd64.txt"] });
    expect(installed()).toBe("evil");
    expect(fetched("k3s", sha256("k3s"))).toMatchObject({ status: 0 });
    expect(installed()).toBe("k3s");
  });

  test("without a locked digest prints a warning, and is checked against the store's checksum", () => {
    expect(fetched("k3s", "").stderr).toBe(
      "no digest of k3s v1 is locked: whoever holds the store decides what runs here\n",
    );
    expect(fetched("k3s", "")).toEqual({ status: 0, stderr: "", asked: [] });
  });
});
