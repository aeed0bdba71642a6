/** A security update of nftables on a host: Debian's own unit and the rendered files, on a machine that the real systemd has booted. */
import { readFileSync } from "node:fs";
import { birthRuleset, cloudInit } from "../../components/recipe/cloud-init";
import { wall } from "../../components/infrastructure/host";
import { ruleset } from "../../components/recipe/nftables";
import { withNamespaces } from "../isolation/possible";
import { Booted, bootedPrograms } from "../support/programs/booted";

const { describe, test } = withNamespaces([...bootedPrograms, "nft"], "a restart of nftables");

const born = cloudInit({ hostName: "h", address: "10.20.0.20/24", sshFrom: ["10.20.0.0/24"] }, 32_768);
const cloudConfig = JSON.parse(born.replace("#cloud-config\n", "")) as {
  readonly write_files: readonly { readonly path: string; readonly content: string }[];
  readonly runcmd: readonly (readonly string[])[];
};

const states: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["a newborn host", Object.fromEntries(cloudConfig.write_files.map(({ path, content }) => [path, content]))],
  [
    "a converged host",
    Object.fromEntries(
      (wall(ruleset({ isolatedFrom: [], openings: [] })).files ?? []).map((file) => [file.path, file.content]),
    ),
  ],
];

/** Events of the kernel's tables while a script runs: each line is one change, each generation one transaction. */
const watched = (script: string): string => `
  stdbuf -oL nft monitor >/tmp/changes & monitor=$!
  until nft add table ip watched && nft delete table ip watched && grep -q watched /tmp/changes; do :; done
  ${script}
  nft add table ip over
  until grep -q 'add table ip over' /tmp/changes; do :; done
  kill $monitor
  nft delete table ip over
  sed '/add table ip over/,$d' /tmp/changes | tac | sed '/ip watched/,$d' | tac | sed '1d'
`;

/** Tables of k3s and kube-proxy beside ours. */
const others =
  "nft add table ip nat; nft add chain ip nat KUBE-SERVICES; nft add table ip filter; nft add chain ip filter KUBE-ROUTER-FORWARD";
const counted = "nft list tables | sort | tr '\\n' ';'";

describe.each(states)("on %s", (_, files) => {
  let machine: Booted;
  beforeAll(async () => {
    machine = await Booted.up(files);
    machine.run(`systemctl start nftables.service; ${others}`);
  }, 90_000);
  afterAll(async () => {
    await machine.down();
  });
  const all = "table inet sovereign_uc;table ip filter;table ip nat;";

  test.each([
    [
      "by the package's own postinst",
      "rm -f /usr/sbin/policy-rc.d; /var/lib/dpkg/info/nftables.postinst configure 1.0.6-1",
    ],
    ["by hand", "systemctl restart nftables.service"],
    ["that stops it first", "systemctl stop nftables.service; systemctl start nftables.service"],
    ["as convergence does it", "systemctl reload-or-restart nftables.service"],
  ])("a restart %s changes our table in one transaction, and no other", (_, script) => {
    const { stdout } = machine.run(watched(script));
    const changes = stdout.split("\n").filter((line) => line !== "");
    expect(changes.filter((line) => line.includes("generation"))).toHaveLength(1);
    expect(changes).toContain("delete table inet sovereign_uc");
    expect(changes.some((line) => line.startsWith("add table inet sovereign_uc"))).toBe(true);
    expect(changes.filter((line) => /KUBE|table ip /.test(line))).toEqual([]);
    expect(machine.run(counted).stdout).toBe(all);
  });

  test("a stop, and so a shutdown, leaves the filter in place", () => {
    expect(machine.run(`systemctl stop nftables.service; ${counted}`).stdout).toBe(all);
    expect(machine.run("systemctl is-active nftables.service").stdout).toBe("inactive\n");
    machine.run("systemctl start nftables.service");
  });

  test("a filter that nft refuses changes nothing", () => {
    const { stdout } = machine.run(
      `cp /etc/nftables.conf /tmp/good; echo 'table inet sovereign_uc { banana }' >/etc/nftables.conf; systemctl restart nftables.service && echo accepted; ${counted}; cp /tmp/good /etc/nftables.conf; systemctl restart nftables.service`,
    );
    expect(stdout).toBe(all);
  });
});

test("the filter from user data is active at once, even if the image already runs nftables", async () => {
  const machine = await Booted.up({ "/etc/nftables.conf": "table ip image\n" });
  try {
    machine.run("systemctl enable --now nftables.service");
    for (const { path, content } of cloudConfig.write_files)
      machine.run(`mkdir -p $(dirname ${path}); cat >${path} <<'FILE'\n${content}FILE`);
    const [, , command = ""] = cloudConfig.runcmd.find((words) => words.join(" ").includes("nftables")) ?? [];
    expect(machine.run(command).status).toBe(0);
    expect(machine.run(counted).stdout).toBe("table inet sovereign_uc;table ip image;");
    expect(machine.run("nft list chain inet sovereign_uc input").stdout).toContain("policy drop");
  } finally {
    await machine.down();
  }
});

test("without the drop-in the restart takes every table: these tests can fail", async () => {
  const machine = await Booted.up({ "/etc/nftables.conf": birthRuleset(["10.20.0.0/24"]) });
  try {
    machine.run(`systemctl start nftables.service; ${others}`);
    const { stdout } = machine.run(watched("systemctl try-restart nftables.service"));
    expect(stdout.match(/generation/g)).toHaveLength(2);
    expect(machine.run(counted).stdout).toBe("table inet sovereign_uc;");
  } finally {
    await machine.down();
  }
});

test("the unit is Debian's own", () => {
  expect(readFileSync("/lib/systemd/system/nftables.service", "utf8")).toContain(
    "ExecStop=/usr/sbin/nft flush ruleset",
  );
});
