/**
 * Hosts with Ubuntu, as far as this machine's own programs go: cloud-init, nft, apt and systemd of Debian read what is rendered. Ubuntu's archive cannot be had
 * here, so that nothing of this has run on an Ubuntu host: what its packages do is known from their sources alone (`components/recipe/parts/ubuntu.ts`).
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { payload } from "../../components/recipe/payload";
import { scripts } from "../../components/recipe/scripts";
import { silentUbuntu } from "../../components/recipe/parts/ubuntu";
import { base } from "../../components/recipe/parts/base";
import { withNamespaces } from "../isolation/possible";
import { deployedHosts, type RenderedHost, worlds } from "../support/infrastructure";
import { Booted, bootedPrograms } from "../support/programs/booted";
import { describeWith } from "../support/programs/programs";
import { ubuntuHosts } from "../support/ubuntu";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ubuntu-hosts-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describeWith(["cloud-init", "cloud-init-per", "nft", "shellcheck", "unshare"], "what a host with Ubuntu gets", () => {
  const hosts: RenderedHost[] = [];
  beforeAll(async () => {
    for (const world of worlds)
      hosts.push((await deployedHosts(() => ubuntuHosts(world))).hosts["hearing-1"] ?? { files: {} });
  });
  const read = (content: string, program: string, ...before: readonly string[]): string => {
    const path = join(folder, "file");
    writeFileSync(path, content);
    const { status, stdout, stderr } = spawnSync(program, [...before, path], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` },
    });
    if (status !== 0) throw new Error(`${program} refuses:\n${stdout}${stderr}`);
    return stdout;
  };
  const born = ({ userData = "" }: RenderedHost) =>
    JSON.parse(userData.replace("#cloud-config\n", "")) as {
      readonly bootcmd: readonly (readonly string[])[];
      readonly write_files: readonly { readonly path: string; readonly content: string }[];
    };

  test("cloud-init accepts its user data, nft its filter, and shellcheck every script", () => {
    for (const { userData, files } of hosts) {
      if (userData !== undefined) expect(read(userData, "cloud-init", "schema", "--config-file")).toContain("Valid");
      read(files["/etc/nftables.conf"] ?? "", "nft", "-c", "-f");
      const scripts = Object.values(files).filter((content) => content.startsWith("#!/bin/sh"));
      expect(scripts.length).toBeGreaterThan(4);
      for (const script of scripts) read(script, "shellcheck");
    }
  });

  test("the filter of its birth is loaded by the command that runs before any unit, once, and is the one that is written", () => {
    const withData = hosts.filter(({ userData }) => userData !== undefined);
    expect(withData).toHaveLength(2);
    for (const host of withData) {
      const { bootcmd, write_files } = born(host);
      const [per, once, name, ...command] = bootcmd[0] ?? [];
      expect([bootcmd.length, per, once, name]).toEqual([1, "cloud-init-per", "once", "sovereign-uc-filter"]);
      const load = `mount -t tmpfs tmpfs /var/lib && mkdir -p /var/lib/cloud/sem && PATH=$PATH:/usr/sbin && export PATH
        cloud-init-per once ${name} "$@" && nft list chain inet sovereign_uc output && nft delete table inet sovereign_uc
        cloud-init-per once ${name} "$@" && nft list tables`;
      const run = spawnSync("unshare", ["--net", "--mount", "sh", "-c", load, "sh", ...command], { encoding: "utf8" });
      expect(run.stderr).toBe("");
      expect(run.stdout).toContain("policy drop;");
      // The second time it does nothing: a converged filter stays.
      expect(run.stdout.trim().split("\n").at(-1)).toBe("}");
      expect(write_files.find(({ path }) => path === "/etc/nftables.conf")?.content).toBe(command.at(-1));
    }
  });
});

describeWith(["apt-config", "apt-get"], "apt's settings on Ubuntu", () => {
  /** The lines that count of what Ubuntu's packages put there: ubuntu-pro-client, command-not-found, unattended-upgrades. */
  const vendor = {
    "20apt-esm-hook.conf": 'APT::Update::Pre-Invoke { "true apt-news.service esm-cache.service"; };\n',
    "50command-not-found":
      'Acquire::IndexTargets { deb::CNF { MetaKey "$(COMPONENT)/cnf/Commands-$(NATIVE_ARCHITECTURE)"; ShortDescription "c"; Description "c"; }; };\n',
    "50unattended-upgrades":
      'Unattended-Upgrade::Allowed-Origins { "${distro_id}ESM:${distro_codename}-infra-security"; };\n',
  };
  /** Runs a program of apt's with the vendor's settings, and ours where they are asked for, on an archive that names lists of commands and lacks them. */
  const apt = (ours: boolean, program: string, ...parameters: readonly string[]) => {
    const root = mkdtempSync(join(folder, "apt-"));
    const write = (path: string, content: string): void => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    };
    const conf = base("ubuntu-22.04").files?.find(({ path }) => path.endsWith("/60-sovereign-uc"))?.content ?? "";
    for (const [name, content] of Object.entries({ ...vendor, ...(ours ? { "60-sovereign-uc": conf } : {}) }))
      write(`parts/${name}`, content);
    for (const path of ["state/lists/partial", "cache/archives/partial"])
      mkdirSync(join(root, path), { recursive: true });
    const row = (path: string, content: string): string =>
      ` ${createHash("sha256").update(content).digest("hex")} ${content.length} ${path}\n`;
    const packages = "Package: clock\nVersion: 1\nArchitecture: amd64\n\n";
    write("archive/dists/jammy/main/binary-amd64/Packages", packages);
    write(
      "archive/dists/jammy/Release",
      `Suite: jammy\nCodename: jammy\nArchitectures: amd64\nComponents: main\nDate: ${new Date().toUTCString()}\nSHA256:\n${row("main/binary-amd64/Packages", packages)}${row("main/cnf/Commands-amd64", "commands\n")}`,
    );
    write("sources.list", `deb [trusted=yes arch=amd64] file:${root}/archive jammy main\n`);
    const settings = {
      "Dir::Etc::Parts": join(root, "parts"),
      "Dir::Etc::SourceList": join(root, "sources.list"),
      "Dir::Etc::SourceParts": "/dev/null",
      "Dir::State": join(root, "state"),
      "Dir::Cache": join(root, "cache"),
      "APT::Architecture": "amd64",
      "APT::Sandbox::User": "",
      "APT::Update::Error-Mode": "any",
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
    write("main", lines.join(""));
    return spawnSync(program, parameters, {
      encoding: "utf8",
      env: { ...process.env, APT_CONFIG: join(root, "main") },
    });
  };

  test("an update starts nothing of the vendor's, and unattended updates come from the security suite alone", () => {
    const settings = apt(true, "apt-config", "dump").stdout;
    expect(settings).not.toMatch(/apt-news|ESM/);
    expect(settings).toContain(
      'Unattended-Upgrade::Origins-Pattern:: "origin=Ubuntu,archive=${distro_codename}-security";',
    );
    expect(settings).toContain('DPkg::Lock::Timeout "300";');
    // Without ours both are there: this test can fail.
    expect(apt(false, "apt-config", "dump").stdout).toMatch(/apt-news[^]*ESM|ESM[^]*apt-news/);
  });

  test("an update does not ask for lists of commands, which the mirror does not have", () => {
    expect(apt(true, "apt-get", "update")).toMatchObject({ status: 0, stderr: "" });
    const without = apt(false, "apt-get", "update");
    expect(without.stderr).toContain("main/cnf/Commands-amd64");
    expect(without.status).not.toBe(0);
  });
});

const machines = withNamespaces([...bootedPrograms], "silence on a machine with systemd");

machines.describe("silence on a machine with systemd", () => {
  let machine: Booted;
  afterEach(() => machine.down());

  const telling = "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo told >>/run/told'\n";
  /** Units of an image, with a package manager that knows two packages. */
  const image = {
    "/usr/lib/systemd/system/motd-news.timer": "[Timer]\nOnActiveSec=1h\n",
    "/usr/lib/systemd/system/motd-news.service": telling,
    "/usr/lib/systemd/system/apt-news.service": telling,
    "/usr/lib/systemd/system/snapd.socket": "[Socket]\nListenStream=/run/snapd.socket\n",
    "/usr/lib/systemd/system/snapd.service": telling,
    "/usr/local/bin/dpkg-query": '#!/bin/sh\n[ -e "/run/installed/$4" ] && echo "install ok installed"\n',
    "/usr/local/bin/apt-get": '#!/bin/sh\necho "$*" >>/run/apt\nrm -f /run/installed/*\n',
  };
  const given = {
    "/given/converge": scripts.converge,
    "/given/payload": payload(silentUbuntu()),
    "/given/silence": scripts.silence,
    "/given/list": silentUbuntu().files?.find(({ path }) => path === "/etc/sovereign-uc/silence")?.content ?? "",
  };
  const converged = "/given/converge </given/payload";
  const check = "/etc/sovereign-uc/checks.d/15-silence";

  machines.test("units that run stop and do not start again, packages go, and the check says so", async () => {
    machine = await Booted.up({ ...image, ...given });
    const born =
      "systemctl start motd-news.timer snapd.socket && mkdir /run/installed && touch /run/installed/snapd /run/installed/apport";
    expect(machine.run(born)).toMatchObject({ status: 0, stderr: "" });
    // Before convergence the check fails: it can.
    const before = machine.run("/given/silence /given/list check");
    expect(before.status).toBe(1);
    expect(before.stderr).toContain("got motd-news.timer snapd.socket apport snapd;");
    expect(machine.run(converged)).toMatchObject({ status: 0, stderr: "" });
    expect(machine.run(check)).toMatchObject({ status: 0, stderr: "" });
    expect(machine.run("cat /run/apt").stdout).toBe("purge -q -y apport snapd\n");
    for (const unit of ["apt-news.service", "motd-news.timer", "snapd.socket"])
      expect(machine.run(`systemctl start ${unit}`)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("masked") as unknown,
      });
    expect(machine.run("cat /run/told").status).not.toBe(0);
  });

  machines.test("a second run purges nothing", async () => {
    machine = await Booted.up({ ...image, ...given });
    expect(machine.run(`mkdir /run/installed; ${converged} && systemctl restart silence.service`)).toMatchObject({
      status: 0,
    });
    expect(machine.run("test -e /run/apt").status).toBe(1);
  });
});
