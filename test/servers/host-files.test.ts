/** The files that land on hosts, read by the programs that run there. The golden files are the same: test/components/infrastructure/golden-hosts.test.ts. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificateFor } from "../support/certificates";
import { describeWith } from "../support/programs/programs";
import { growing, renderedElastic } from "../support/elastic";
import { deployedInfrastructure, type RenderedHost, renderedHosts, worlds } from "../support/infrastructure";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "host-files-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a program on a file; its error fails the test. */
function read(content: string, program: string, args: (path: string) => readonly string[]): string {
  const path = join(folder, "file");
  writeFileSync(path, content);
  try {
    return execFileSync(program, args(path), {
      encoding: "utf8",
      stdio: "pipe",
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` },
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} refuses:\n${stdout}${stderr}`);
  }
}

const readers = ["cloud-init", "nft", "haproxy", "squid", "unbound-checkconf", "chronyd", "shellcheck"];

for (const world of worlds)
  describeWith(readers, `hosts on ${world.id}`, () => {
    let hosts: Readonly<Record<string, RenderedHost>>;
    beforeAll(async () => {
      ({ hosts } = await deployedInfrastructure(world));
    });
    const file = (host: string, path: string): string => hosts[host]?.files[path] ?? "";

    if (world.id === "metal")
      test("no user data is rendered for existing machines", () => {
        expect(Object.values(hosts).filter((host) => "userData" in host)).toEqual([]);
      });
    else
      test("cloud-init accepts every user data", () => {
        for (const { userData = "" } of Object.values(hosts))
          expect(read(userData, "cloud-init", (path) => ["schema", "--config-file", path])).toContain("Valid");
      });

    test("nft accepts every filter", () => {
      for (const host of Object.keys(hosts)) {
        const filter = file(host, "/etc/nftables.conf");
        expect(filter).toContain("policy drop");
        read(filter, "nft", (path) => ["-c", "-f", path]);
      }
    });

    test("filters name users of Debian's base only: they load before any package is there", () => {
      const users = Object.keys(hosts).flatMap((host) =>
        [...file(host, "/etc/nftables.conf").matchAll(/skuid "([^"]+)"/g)].map(([, user]) => user),
      );
      expect(new Set(users)).toEqual(new Set(["proxy"]));
    });

    test("haproxy, squid, unbound and chrony accept a gateway's files", () => {
      read(file("door-1", "/etc/haproxy/haproxy.cfg"), "haproxy", (path) => ["-c", "-f", path]);
      const { certificate, privateKey } = certificateFor(["door-1"]);
      const certificates = { "keeper.pem": certificate, "keeper.pem.key": privateKey, "authority.pem": certificate };
      for (const [name, content] of Object.entries(certificates)) writeFileSync(join(folder, name), content);
      const journals = file("door-1", "/etc/haproxy/journals.cfg").replaceAll("/etc/sovereign-uc/journals", folder);
      read(journals, "haproxy", (path) => ["-c", "-f", path]);
      read(file("door-1", "/etc/squid/squid.conf"), "squid", (path) => ["-k", "parse", "-f", path]);
      writeFileSync(join(folder, "listed.rpz"), file("door-1", "/etc/unbound/listed.rpz"));
      const trusted = ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
      writeFileSync(join(folder, "root.key"), trusted);
      const names = file("door-1", "/etc/unbound/unbound.conf")
        .replace("/etc/unbound/listed.rpz", join(folder, "listed.rpz"))
        .replace("/var/lib/unbound/root.key", join(folder, "root.key"));
      read(names, "unbound-checkconf", (path) => [path]);
      read(file("door-1", "/etc/chrony/chrony.conf"), "chronyd", (path) => ["-p", "-f", path]);
      read(file("uc-control-1", "/etc/chrony/chrony.conf"), "chronyd", (path) => ["-p", "-f", path]);
    });

    test("every unit and every JSON file is well-formed", () => {
      for (const [path, content] of Object.values(hosts).flatMap((host) => Object.entries(host.files)))
        if (/\/etc\/rancher\/k3s\/.*yaml/.test(path)) expect(() => JSON.parse(content) as unknown).not.toThrow();
    });

    test("every script on a host passes shellcheck", () => {
      const scripts = Object.values(hosts).flatMap((host) =>
        Object.values(host.files).filter((content) => content.startsWith("#!/bin/sh")),
      );
      expect(scripts.length).toBeGreaterThan(10);
      for (const script of new Set(scripts)) read(script, "shellcheck", (path) => [path]);
    });
  });

const systemdSysctl = "../lib/systemd/systemd-sysctl";

describeWith(["ip", "unshare", systemdSysctl], "kernel settings of interfaces", () => {
  test("no interface accepts or sends redirects, neither one that was there before the settings nor one that comes after", async () => {
    const [world] = worlds;
    const { hosts = {} } = (world && (await deployedInfrastructure(world))) ?? {};
    const path = join(folder, "settings.conf");
    writeFileSync(path, hosts["uc-application-1"]?.files["/etc/sysctl.d/60-sovereign-uc.conf"] ?? "");
    const set = (...prefixes: readonly string[]) =>
      ["/lib/systemd/systemd-sysctl", ...prefixes.map((prefix) => `--prefix=/net/${prefix}`), path].join(" ");
    const script = `
      set -eu
      ip link add before type veth peer name before.100
      old=$(cat /proc/sys/net/ipv4/conf/before/accept_redirects)
      ${set("ipv4/conf", "ipv6/conf")}
      # As a driver would make it, whatever the default is; then what udev runs for it.
      ip link add after type veth peer name other
      for key in ipv4/conf/after/accept_redirects ipv4/conf/after/send_redirects ipv6/conf/after/accept_redirects; do
        echo 1 >/proc/sys/net/$key
      done
      ${set("ipv4/conf/after", "ipv6/conf/after")}
      echo "before $old"
      for card in all default lo before before.100 after; do
        for key in ipv4/conf/$card/accept_redirects ipv4/conf/$card/send_redirects ipv4/conf/$card/accept_source_route ipv6/conf/$card/accept_redirects; do
          echo "$key $(cat /proc/sys/net/$key)"
        done
      done
    `;
    const [before, ...values] = execFileSync("unshare", ["--net", "sh", "-c", script], { encoding: "utf8" })
      .trim()
      .split("\n");
    expect(before).toBe("before 1");
    expect(values).toHaveLength(24);
    expect(values.filter((value) => !value.endsWith(" 0"))).toEqual([]);
  });
});

describeWith(["cloud-init", "nft", "shellcheck"], "hosts that come and go with the load", () => {
  let elastic: RenderedHost;
  let member: RenderedHost | undefined;
  beforeAll(async () => {
    elastic = await renderedElastic();
    member = (await renderedHosts(() => void growing()))["uc-control-1"];
  });

  test("cloud-init accepts their user data, nft both filters, and shellcheck every script", () => {
    const { userData = "" } = elastic;
    expect(read(userData, "cloud-init", (path) => ["schema", "--config-file", path])).toContain("Valid");
    const born = JSON.parse(userData.replace("#cloud-config\n", "")) as {
      readonly write_files: readonly { readonly path: string; readonly content: string }[];
    };
    const filters = [
      born.write_files.find(({ path }) => path === "/etc/nftables.conf")?.content ?? "",
      elastic.files["/etc/nftables.conf"] ?? "",
    ];
    for (const filter of filters) {
      expect(filter).toContain("policy drop");
      read(filter, "nft", (path) => ["-c", "-f", path]);
    }
    const scripts = [...Object.values(elastic.files), ...Object.values(member?.files ?? {})].filter((content) =>
      content.startsWith("#!/bin/sh"),
    );
    expect(scripts.some((script) => script.includes("join-$1"))).toBe(true);
    for (const script of new Set(scripts)) read(script, "shellcheck", (path) => [path]);
  });
});

test("a filter that opens a malformed port is refused, so these tests can fail", () => {
  expect(() =>
    read("table inet x { chain y { tcp dport banana accept } }", "nft", (path) => ["-c", "-f", path]),
  ).toThrow("nft refuses");
});
