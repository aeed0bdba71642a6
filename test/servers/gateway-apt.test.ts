/** Packages of a gateway: the real apt with its rendered files, behind its rendered filter, before its first convergence and after. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describeWithNamespaces } from "../isolation/possible";
import { site } from "../support/arguments";
import { infrastructure, type RenderedHost, renderedHosts, worlds } from "../support/infrastructure";
import { type Background, background, until } from "../support/programs/background";

jest.setTimeout(120_000);

const space = (name: string): string => `uc-isolation-${process.pid}-${name}`;
const ip = (...words: string[]): string => execFileSync("ip", words, { encoding: "utf8", stdio: "pipe" });

/** The operator's mirror: notes who comes, and says nothing. */
const listener = `
import socket, sys
s = socket.create_server(("", 8443))
while True:
    c, peer = s.accept()
    with open(sys.argv[1], "a") as f: f.write(peer[0] + "\\n")
    c.close()
`;
/** A proxy that prints what it is asked while a program runs, and refuses. */
const proxy = `
import socket, subprocess, sys, threading
s = socket.create_server(("127.0.0.1", 3128))
asked = set()
def serve():
    while True:
        c, _ = s.accept()
        asked.add(c.recv(4096).split(b"\\r\\n")[0].decode())
        c.sendall(b"HTTP/1.1 403 Forbidden\\r\\n\\r\\n")
        c.close()
threading.Thread(target=serve, daemon=True).start()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print("asked:", *sorted(asked))
`;
const update = "apt-get update -q -o Acquire::Retries=0 -o Acquire::https::Timeout=2";
/** Command that prints the number of rules for apt's user: `_apt` is number 42 on Debian (base-passwd). */
const tableHas = "nft --numeric list table inet sovereign_uc | grep -c 'skuid 42 ' || :";
/** Written last of all files that convergence writes, after packages. */
const written = "/etc/sovereign-uc/checks.d/50-gateway";

describeWithNamespaces(["nft", "apt-get", "dpkg-deb", "python3", "unshare", "setpriv"], "the apt of a gateway", () => {
  let folder: string;
  let hosts: Readonly<Record<string, RenderedHost>>;
  let listening: Background;
  const visits = (): number => readFileSync(join(folder, "visits"), "utf8").split("\n").length - 1;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gateway-apt-"));
    const [world] = worlds;
    if (world === undefined) throw new Error("expected a cloud to try, got none");
    const packages = "https://packages.example.ch:8443/debian";
    hosts = await renderedHosts(
      () => void infrastructure(world, { gateway: { site: { ...site, mirror: { ...site.mirror, packages } } } }),
    );
    for (const name of ["door", "mirror"]) {
      ip("netns", "add", space(name));
      ip("-n", space(name), "link", "set", "lo", "up");
    }
    ip(
      "link",
      "add",
      "public",
      "netns",
      space("door"),
      "type",
      "veth",
      "peer",
      "name",
      "cable",
      "netns",
      space("mirror"),
    );
    for (const [name, device, address, other] of [
      ["door", "public", "198.51.100.10", "192.0.2.80"],
      ["mirror", "cable", "192.0.2.80", "198.51.100.10"],
    ] as const) {
      ip("-n", space(name), "address", "add", `${address}/32`, "dev", device);
      ip("-n", space(name), "link", "set", device, "up");
      ip("-n", space(name), "route", "add", other, "dev", device);
    }
    writeFileSync(join(folder, "visits"), "");
    listening = background(
      "ip",
      ["netns", "exec", space("mirror"), "python3", "-c", listener, join(folder, "visits")],
      folder,
    );
    const knock = [
      "netns",
      "exec",
      space("mirror"),
      "python3",
      "-c",
      'import socket; socket.create_connection(("192.0.2.80", 8443))',
    ];
    await until("the mirror", () => Promise.resolve(spawnSync("ip", knock, { stdio: "ignore" }).status === 0), 30);
    const control = join(folder, "nothing/DEBIAN/control");
    mkdirSync(dirname(control), { recursive: true });
    const fields = [
      "Package: nothing",
      "Version: 1",
      "Architecture: all",
      "Maintainer: nobody",
      "Description: nothing",
    ];
    writeFileSync(control, `${fields.join("\n")}\n`);
    execFileSync("dpkg-deb", ["--build", join(folder, "nothing"), join(folder, "nothing.deb")], { stdio: "pipe" });
  });
  afterAll(async () => {
    await listening.stop();
    for (const name of ["door", "mirror"]) spawnSync("ip", ["netns", "delete", space(name)]);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs lines of a shell on a host with what convergence has written there; the image has sources of its own. */
  function on(host: string, without: readonly string[], lines: readonly string[]): string {
    const tree = mkdtempSync(join(folder, "tree-"));
    const files: Readonly<Record<string, string>> = {
      ...hosts[host]?.files,
      "/etc/apt/sources.list.d/image.list": "deb https://elsewhere.example.org/debian bookworm main\n",
      "/etc/hosts": "127.0.0.1 localhost\n192.0.2.80 packages.example.ch elsewhere.example.org\n",
    };
    for (const [path, content] of Object.entries(files)) {
      if (without.includes(path) || !/^\/etc\/(apt|hosts|nftables|sovereign-uc\/checks)/.test(path)) continue;
      // This machine's own settings of apt are none of the host's.
      const place = join(tree, path.replace("/etc/apt/", "/etc/apt-of-the-host/"));
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, content, { mode: content.startsWith("#!/bin/sh") ? 0o755 : 0o644 });
    }
    const script = [
      "set -eu",
      "rm -rf /etc/apt",
      "mv /etc/apt-of-the-host /etc/apt",
      "nft -f /etc/nftables.conf",
      ...lines,
    ];
    const inside = ["sh", join(__dirname, "../isolation/inside.sh"), tree, "sh", "-c", script.join("\n")];
    const run = spawnSync(
      "ip",
      ["netns", "exec", space("door"), "unshare", "--mount", "--pid", "--fork", "--mount-proc", ...inside],
      { encoding: "utf8", env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" } },
    );
    return run.stdout + run.stderr;
  }

  test("goes out by itself before the first convergence, and the way is shut once packages were installed", () => {
    const before = visits();
    const said = on(
      "door-1",
      [written],
      [
        tableHas,
        `${update} || :`,
        tableHas,
        `apt-get install -q -y ${join(folder, "nothing.deb")} >/dev/null 2>&1`,
        tableHas,
        "ls /run/sovereign-uc-apt 2>/dev/null || echo forgotten",
      ],
    );
    const numbers = said.split("\n").filter((line) => /^(\d+|forgotten)$/.test(line));
    expect({ numbers, said }).toMatchObject({ numbers: ["0", "1", "0", "forgotten"] });
    expect(visits()).toBeGreaterThan(before);
  });

  test("asks the gateway's own proxy for the mirror after it, and opens nothing", () => {
    const before = visits();
    const said = on("door-1", [], [`python3 -c '${proxy}' ${update}`, tableHas]);
    expect(said).toBe("asked: CONNECT packages.example.ch:8443 HTTP/1.1\n0\n");
    expect(visits()).toBe(before);
  });

  test("gets nowhere after it when it is told to leave the proxy out", () => {
    const before = visits();
    expect(on("door-1", [], [`${update} -o Acquire::https::Proxy-Auto-Detect= || :`])).toMatch(
      /Could not connect|timed out/,
    );
    expect(visits()).toBe(before);
  });

  test.each(["door-1", "uc-control-1", "uc-media-1"])("of %s knows the mirror and no source of the image", (host) => {
    const asked = on(host, [], ["apt-get update --print-uris"]).matchAll(/'https:\/\/([^/]+)/g);
    expect([...new Set([...asked].map(([, site]) => site))]).toEqual(["packages.example.ch:8443"]);
  });
});
