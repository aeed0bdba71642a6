/** The files of linked sites, read by the programs that run there. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { HostPool } from "../../components";
import { wireguardPublicKey } from "../../components/core/wireguard";
import { segmentFile } from "../../components/recipe/parts/keepalived";
import type { Deployment } from "../support/mocks";
import { describeWithNamespaces } from "../isolation/possible";
import { describeWith, installed } from "../support/programs/programs";
import { deployed, filesOf, isolated, linkedSites, sites } from "../support/sites";

const gateways = sites.flatMap(({ name }) => [`${name}-door-1`, `${name}-door-2`]);
const tunnelsOf = (files: Readonly<Record<string, string>>): string[] =>
  Object.keys(files).filter((path) => path.startsWith("/etc/wireguard/"));
const value = (file: string, key: string): string => new RegExp(`^${key} = (.*)$`, "m").exec(file)?.[1] ?? "";

let folder: string;
let made: Deployment;
let rendered: readonly unknown[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "site-link-"));
  const said: Promise<unknown>[] = [];
  const spy = jest
    .spyOn(HostPool.prototype as unknown as { registerOutputs(value?: unknown): void }, "registerOutputs")
    .mockImplementation((outputs) => {
      if (outputs !== undefined) said.push(new Promise((resolve) => void pulumi.output(outputs).apply(resolve)));
    });
  made = await deployed(() => void linkedSites());
  spy.mockRestore();
  rendered = await Promise.all(said);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file that only root may read, as convergence does. */
function written(name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function run(program: string, parameters: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  try {
    return execFileSync(installed(program) ?? program, parameters, {
      encoding: "utf8",
      stdio: "pipe",
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin`, ...environment },
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} refuses:\n${stdout}${stderr}`);
  }
}

describeWith(["wg", "wg-quick"], "tunnels", () => {
  test("wg-quick reads every file and leaves to wg what is wg's", () => {
    for (const gateway of gateways) {
      const files = filesOf(made, gateway);
      expect(tunnelsOf(files)).toHaveLength(2);
      for (const path of tunnelsOf(files)) {
        const stripped = run("wg-quick", ["strip", written(basename(path), files[path] ?? "")]);
        expect(stripped).toContain("PrivateKey = ");
        expect(stripped).not.toMatch(/Table|MTU|PostUp/);
      }
    }
  });

  test("each file's peer is the gateway that expects it, with the same preshared key, at the port on which it hears", () => {
    const ends = sites.flatMap(({ name, gateways: addresses, range }) =>
      addresses.flatMap((address, i) => {
        const files = filesOf(made, `${name}-door-${i + 1}`);
        return tunnelsOf(files).map((path) => ({ address, range, file: files[path] ?? "" }));
      }),
    );
    expect(ends).toHaveLength(8);
    for (const { address, range, file } of ends) {
      const [other, ...more] = ends.filter(
        (end) => `${end.address}:${value(end.file, "ListenPort")}` === value(file, "Endpoint"),
      );
      expect(more).toEqual([]);
      expect(value(file, "PublicKey")).toBe(wireguardPublicKey(value(other?.file ?? "", "PrivateKey")));
      expect(value(file, "PresharedKey")).toBe(value(other?.file ?? "", "PresharedKey"));
      expect(value(other?.file ?? "", "Endpoint")).toBe(`${address}:${value(file, "ListenPort")}`);
      expect(value(other?.file ?? "", "AllowedIPs")).toBe(range);
    }
    expect(new Set(ends.map(({ file }) => value(file, "PrivateKey"))).size).toBe(4);
    expect(new Set(ends.map(({ file }) => value(file, "PresharedKey"))).size).toBe(4);
  });

  test("no key is in the files that are rendered for reports", () => {
    const keys = gateways.flatMap((gateway) => {
      const files = filesOf(made, gateway);
      return tunnelsOf(files).flatMap((path) =>
        ["PrivateKey", "PresharedKey"].map((key) => value(files[path] ?? "", key)),
      );
    });
    expect(keys).toHaveLength(16);
    expect(rendered).toHaveLength(4);
    const shown = JSON.stringify(rendered);
    expect(shown).toContain("site-link.env");
    for (const key of keys) expect(shown).not.toContain(key);
  });
});

describeWithNamespaces(["keepalived"], "the virtual address", () => {
  /**
   * Output of keepalived for a gateway's configuration in a network namespace of its own, where an interface has the gateway's address and the
   * gateway's own script finds it.
   */
  function judged(gateway: string, change = (config: string): string => config): string {
    const files = filesOf(made, gateway);
    const config = (files["/etc/keepalived/keepalived.conf"] ?? "").replace(segmentFile, join(folder, "segment.conf"));
    const address = /unicast_src_ip (\S+)/.exec(config)?.[1] ?? "";
    const inside = [
      "set -e",
      "ip link add inner type veth peer name outer",
      `ip address add ${address}/24 dev inner`,
      "ip link set inner up",
      written("segment", files["/usr/local/lib/sovereign-uc/segment"] ?? "", 0o755),
      `exec keepalived -t -f ${written("keepalived.conf", change(config))}`,
    ].join("\n");
    return run("unshare", ["--net", "sh", "-c", inside], { PRIVATE_ADDRESS: address, RUNTIME_DIRECTORY: folder });
  }

  test("keepalived accepts every gateway's file, on the interface that the gateway's script finds", () => {
    for (const gateway of gateways) {
      expect(judged(gateway)).toBe("");
      expect(readFileSync(join(folder, "segment.conf"), "utf8")).toBe("$SEGMENT=inner\n");
    }
  });

  test("keepalived refuses a peer that is no address, so these tests can fail", () => {
    expect(() => judged("zurich-door-1", (config) => config.replace("    10.20.0.11", "    nobody"))).toThrow(
      /refuses:[^]*nobody/,
    );
  });

  test("the script stops where no interface has the address", () => {
    const script = written(
      "segment",
      filesOf(made, "zurich-door-1")["/usr/local/lib/sovereign-uc/segment"] ?? "",
      0o755,
    );
    expect(() => run(script, [], { PRIVATE_ADDRESS: "192.0.2.77", RUNTIME_DIRECTORY: folder })).toThrow(
      "expected the address 192.0.2.77 on an interface",
    );
  });

  test("gateways differ only in their own position", () => {
    const [one = "", two = ""] = ["zurich-door-1", "zurich-door-2"].map(
      (gateway) => filesOf(made, gateway)["/etc/keepalived/keepalived.conf"],
    );
    const place = /^ +(priority|router_id|unicast_src_ip|10\.20\.0\.1\d min_ttl) ?.*$/gm;
    expect(one.replace(place, "")).toBe(two.replace(place, ""));
    expect(one).toContain("10.20.0.5/24 dev $SEGMENT");
  });
});

describeWith(["nft"], "filters", () => {
  const filter = (host: string): string => filesOf(made, host)["/etc/nftables.conf"] ?? "";

  test("nft accepts every gateway's filter", () => {
    for (const gateway of gateways) run("nft", ["-c", "-f", written("nftables.conf", filter(gateway))]);
  });

  test("tunnels are open from and to the other site's gateways only, and only packets between the ranges are forwarded, by tunnels", () => {
    const lines = filter("zurich-door-1")
      .split("\n")
      .map((line) => line.trim());
    expect(lines.filter((line) => line.includes("tunnel to site"))).toEqual([
      'ip saddr { 198.51.100.10/32 } udp dport 51823 accept comment "tunnel to site geneva"',
      'ip saddr { 198.51.100.11/32 } udp dport 51824 accept comment "tunnel to site geneva"',
      'ip daddr { 198.51.100.10/32 } udp dport 51821 accept comment "tunnel to site geneva"',
      'ip daddr { 198.51.100.11/32 } udp dport 51821 accept comment "tunnel to site geneva"',
    ]);
    expect(lines.filter((line) => line.includes("another site"))).toEqual([
      'oifname { "wg-51823", "wg-51824" } ip saddr 10.20.0.0/24 ip daddr 10.30.0.0/24 accept comment "to another site"',
      'iifname { "wg-51823", "wg-51824" } ip saddr 10.30.0.0/24 ip daddr 10.20.0.0/24 accept comment "from another site"',
    ]);
    expect(lines.filter((line) => line.includes("protocol 112"))).toEqual([
      'ip saddr { 10.20.0.10, 10.20.0.11 } ip protocol 112 accept comment "the virtual address"',
      'ip daddr { 10.20.0.10, 10.20.0.11 } ip protocol 112 accept comment "the virtual address"',
    ]);
    expect(filter("zurich-door-1")).toContain(`elements = { ${isolated} }`);
  });

  test("the cloud's firewall learns of the tunnels, never of the virtual address", () => {
    const rules = made.one("Firewall", "zurich-door-wall").inputs["rules"] as { description: string }[];
    expect(rules.filter(({ description }) => description === "tunnel to site geneva")).toHaveLength(6);
    expect(JSON.stringify(rules)).not.toMatch(/virtual|112/);
  });
});

test("the virtual address waits until the default route is closed for other sites, and the unit for their routes restarts for ever", () => {
  const files = filesOf(made, "zurich-door-1");
  const unit = files["/etc/systemd/system/site-link.service"]?.split("\n") ?? [];
  expect(unit).toEqual(
    expect.arrayContaining([
      "Before=keepalived.service",
      "StartLimitIntervalSec=0",
      "ExecStartPre=/usr/sbin/ip -4 route replace unreachable 10.30.0.0/24 metric 10000",
      "Restart=always",
    ]),
  );
  const lines = String(made.one("command:remote:Command", "zurich-door-1-converge").inputs["stdin"]).split("\n");
  const units = lines.filter((line) => line.startsWith("unit ")).map((line) => line.split(" ")[2]);
  const started = (name: string): number => units.indexOf(name);
  expect(started("site-link.service")).toBeGreaterThan(started("wg-quick@wg-51824.service"));
  expect(started("keepalived.service")).toBeGreaterThan(started("site-link.service"));
});

test("a private host has one route beside its network: to the other site, by the virtual address", () => {
  const files = filesOf(made, "zurich-tools-1");
  expect(
    Object.values(files)
      .flatMap((content) => content.split("\n"))
      .filter((line) => line.includes(" route ")),
  ).toEqual(["ExecStart=/usr/sbin/ip -4 route replace 10.30.0.0/24 via 10.20.0.5"]);
});

describeWith(["shellcheck"], "scripts", () => {
  test("pass shellcheck", () => {
    const scripts = ["zurich-door-1", "zurich-tools-1"].flatMap((host) =>
      Object.values(filesOf(made, host)).filter((content) => content.startsWith("#!/bin/sh")),
    );
    expect(scripts.length).toBeGreaterThan(5);
    mkdirSync(join(folder, "scripts"));
    scripts.forEach((script, i) => run("shellcheck", [written(`scripts/${i}`, script)]));
  });
});
