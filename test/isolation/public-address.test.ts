/** The address that outlives a gateway at Exoscale, set up by the rendered unit and reached with real packets through the rendered filter. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastingAddressFile, lastingAddressLine } from "../../components/recipe/parts/lasting-address";
import { infrastructure, renderedHosts, worlds } from "../support/infrastructure";
import { describeWithNamespaces } from "./possible";

const [own, lasting, administrator, clock] = ["198.51.100.10", "198.51.100.77", "203.0.113.5", "192.0.2.123"];

describeWithNamespaces(["unshare", "nsenter", "ip", "nft", "sysctl", "python3"], "the lasting address", () => {
  let folder: string;
  let files: Readonly<Record<string, string>>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "public-address-"));
    const world = worlds.find(({ id }) => id === "exoscale");
    if (world === undefined) throw new Error("no exoscale among the worlds");
    files = (await renderedHosts(() => void infrastructure(world)))["door-1"]?.files ?? {};
    writeFileSync(join(folder, "filter"), files["/etc/nftables.conf"] ?? "");
    // The others are the whole machine's, not the namespace's.
    const kernel = (files["/etc/sysctl.d/60-sovereign-uc.conf"] ?? "").match(/^net\.ipv4\..*$/gm) ?? [];
    expect(kernel).toContain("net.ipv4.conf.all.rp_filter = 1");
    writeFileSync(join(folder, "kernel"), kernel.join("\n"));
    const check = files["/etc/sovereign-uc/checks.d/60-public-address"] ?? "";
    writeFileSync(join(folder, "check"), check.replace(lastingAddressFile, join(folder, "address")));
    writeFileSync(join(folder, "address"), lastingAddressLine(lasting));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs the unit's start or stop commands as systemd would. */
  const unit = (when: "Start" | "Stop"): string =>
    (
      new RegExp(`^Exec${when}=(.+)$`, "m").exec(files["/etc/systemd/system/public-address.service"] ?? "")?.[1] ??
      "false"
    ).replace("/usr/sbin/ip", "ip");

  /** Runs lines of a shell on the gateway, in a network namespace of its own; `$outside COMMAND` runs in that of the administrators and the clock. */
  function run(...lines: readonly string[]): string {
    const inside = [
      "set -eu",
      "unshare --net sleep 60 & world=$!",
      "trap 'kill $world' EXIT",
      'while [ "$(readlink /proc/$world/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do :; done',
      'outside="nsenter --target $world --net"',
      "ip link set lo up",
      "ip link add eth0 type veth peer name eth0 netns $world",
      `ip address add ${own}/25 dev eth0`,
      "ip link set eth0 up",
      `for address in ${administrator} ${clock}; do $outside ip address add $address/32 dev lo; done`,
      "$outside ip link set lo up",
      "$outside ip address add 198.51.100.1/25 dev eth0",
      "$outside ip link set eth0 up",
      "ip route add default via 198.51.100.1",
      // As Exoscale does: packets to the address are routed to the instance.
      `$outside ip route replace ${lasting}/32 via ${own}`,
      `sysctl -q -p ${folder}/kernel`,
      `nft -f ${folder}/filter`,
      `. ${folder}/address`,
      ...lines,
    ].join("\n");
    const { status, stdout, stderr } = spawnSync("unshare", ["--net", "sh", "-c", inside], {
      encoding: "utf8",
      timeout: 30_000,
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
    });
    if (status !== 0) throw new Error(`ended with ${status}:\n${stdout}${stderr}`);
    return stdout;
  }

  const python = (...lines: readonly string[]): string => `python3 -c '${["import socket as s", ...lines].join("\n")}'`;

  test("is there once however often the unit starts, and gone when it stops; the health check says so", () => {
    const check = `sh ${folder}/check && echo healthy || true`;
    const shown = "ip -4 -o address show dev lo scope global | wc -l";
    expect(run(check, unit("Start"), unit("Start"), shown, check, unit("Stop"), shown, check).split("\n")).toEqual([
      `no address ${lasting} on lo`,
      "1",
      "healthy",
      "0",
      `no address ${lasting} on lo`,
      "",
    ]);
  });

  test("is replaced when the unit is restarted with another", () => {
    const restarted = [unit("Stop"), unit("Start")];
    const shown = "ip -4 -o address show dev lo scope global | sed 's/.*inet //; s/ .*//'";
    expect(run(unit("Start"), "PUBLIC_ADDRESS=198.51.100.78", ...restarted, shown)).toBe("198.51.100.78/32\n");
  });

  /** An administrator opens SSH at the lasting address; the answer names the address on which it was reached. */
  const asked = [
    python(
      "l = s.socket()",
      "l.setsockopt(s.SOL_SOCKET, s.SO_REUSEADDR, 1)",
      'l.bind(("0.0.0.0", 22))',
      "l.listen()",
      'print("listening", flush=True)',
      "c, _ = l.accept()",
      "c.sendall(c.getsockname()[0].encode())",
      "c.close()",
    ) + " >$listening &",
    "until grep -q listening $listening; do :; done",
    `$outside ${python(
      "c = s.socket()",
      "c.settimeout(2)",
      `c.bind(("${administrator}", 0))`,
      "try:",
      `  c.connect(("${lasting}", 22))`,
      "  print(c.recv(99).decode())",
      "except OSError as e:",
      "  print(type(e).__name__)",
    )}`,
    "kill $! 2>/dev/null || true",
  ];

  test("answers administrators through the filter with strict reverse paths, and nothing before the unit has run", () => {
    const listening = `listening=${folder}/listening; : >$listening`;
    expect(run(listening, unit("Start"), ...asked)).toBe(`${lasting}\n`);
    expect(run(listening, ...asked)).toMatch(/^(TimeoutError|OSError|timeout)\n$/);
  });

  test("is not where the gateway's own packets come from: they keep the address of its interface", () => {
    expect(
      run(
        unit("Start"),
        `$outside ${python(
          "u = s.socket(s.AF_INET, s.SOCK_DGRAM)",
          "u.settimeout(10)",
          `u.bind(("${clock}", 123))`,
          `open("${folder}/bound", "w").close()`,
          "print(u.recvfrom(99)[1][0], flush=True)",
        )} & clock=$!`,
        `until [ -e ${folder}/bound ]; do :; done`,
        python("u = s.socket(s.AF_INET, s.SOCK_DGRAM)", `u.sendto(b"time", ("${clock}", 123))`),
        "wait $clock",
      ),
    ).toBe(`${own}\n`);
  });
});
