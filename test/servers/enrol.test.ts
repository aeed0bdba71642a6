/** The scripts that enrol and release a machine, run for real in a mount namespace with a small /etc of its own. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { enrolment, keyLine } from "../../components/clouds/metal/birth";
import { Cidr } from "../../components/core/cidr";
import type { Birth } from "../../components/recipe/cloud-init";
import { payload } from "../../components/recipe/payload";
import { agent } from "../../components/recipe/parts/k3s";
import { siteGateway, siteRoutes } from "../../components/recipe/parts/site-link";
import { scripts } from "../../components/recipe/scripts";
import { withNamespaces } from "../isolation/possible";
import { hostKey, machine } from "../support/inventory";
import { describeWith, installed } from "../support/programs/programs";

const { describe, test } = withNamespaces(["mount", "unshare"], "enrolments and releases");

let root: string;
const inside = (path: string): string => join(root, path);
const read = (path: string): string => readFileSync(inside(path), "utf8");

/** Stand-ins for programs that would change more than files: each logs its calls. `systemd-run` runs at once what it would run after the session. */
const programs: Readonly<Record<string, string>> = {
  systemctl: `case $1 in
is-active) exit 3 ;;
list-unit-files) printf 'ssh.service enabled\\nnetworking.service enabled\\n' ;;
daemon-reload) ;;
*) echo "systemctl $*" >>DIARY ;;
esac`,
  "systemd-run": `while [ "$1" != sh ]; do shift; done
echo "the last step" >>DIARY
exec "$@" 9>&-`,
  hostname: `if [ $# = 0 ]; then cat /etc/running-name; else echo "$1" >/etc/running-name; fi`,
  ip: `case $* in *-6*default*) cat /etc/routes6 ;; *default*) cat /etc/routes ;; *address*) cat /etc/addresses ;; esac`,
  ifup: `echo "ifup $*" >>DIARY`,
  ifdown: `echo "ifdown $*" >>DIARY`,
  nft: `case $* in "list tables") cat /etc/tables ;; *) echo "nft $*" >>DIARY ;; esac`,
  wipefs: `echo "wipefs $*" >>DIARY`,
  cryptsetup: `echo "cryptsetup $*" >>DIARY`,
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "enrol-"));
  for (const folder of [
    "bin",
    "state",
    "log",
    "etc/network/interfaces.d",
    "etc/ssl/certs",
    "etc/ssh/sshd_config.d",
    "home/.ssh",
  ])
    mkdirSync(inside(folder), { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(inside(`bin/${name}`), `#!/bin/sh\n${text.replaceAll("DIARY", inside("diary"))}\n`);
    chmodSync(inside(`bin/${name}`), 0o755);
  }
  for (const [path, text] of [
    ["passwd", "root:x:0:0:root:/root:/bin/sh\n"],
    ["group", "root:x:0:\n"],
    ["hostname", "as-delivered\n"],
    ["running-name", "as-delivered\n"],
    ["hosts", "127.0.0.1 localhost as-delivered\n"],
    ["routes", ""],
    ["routes6", ""],
    ["tables", "table inet operator\n"],
    ["ssl/certs/ca-certificates.crt", "-----BEGIN CERTIFICATE-----\n"],
    ["addresses", "2: eno1    inet 192.0.2.7/24 scope global eno1\n"],
    ["nftables.conf", "flush ruleset\n"],
    ["network/interfaces", "source /etc/network/interfaces.d/*\n"],
    ["ssh/ssh_host_ed25519_key.pub", `${hostKey(21)} root@as-delivered\n`],
  ] as const)
    writeFileSync(inside(`etc/${path}`), text);
  writeFileSync(inside("home/.ssh/authorized_keys"), "ssh-ed25519 OPERATOR operator\n");
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly diary: readonly string[];
}

/** @param before shell text that runs first, in the same place: with mounts and a network of the test's own. */
function run(script: string, stdin: string, before = ":"): Run {
  rmSync(inside("diary"), { force: true });
  const mounts = `mount --bind ${root}/state /var/lib && mount --bind ${root}/log /var/log && mount --bind ${root}/etc /etc && mount --bind ${root}/home /root && mount -t tmpfs tmpfs /run`;
  const shell = `${mounts} && PATH=${root}/bin:$PATH && export PATH && { ${before}; } && exec sh -c "$1"`;
  const { status, stdout, stderr } = spawnSync("unshare", ["--mount", "--net", "sh", "-c", shell, "sh", script], {
    input: stdin,
    encoding: "utf8",
  });
  return { status, stdout, stderr, diary: existsSync(inside("diary")) ? read("diary").trim().split("\n") : [] };
}

const birth: Birth = {
  hostName: "uc-control-2",
  address: "10.20.0.21/24",
  administratorKeys: ["ssh-ed25519 ADMIN ada"],
  sshFrom: ["10.20.0.0/24"],
};
const stdin = (one: Birth = birth, door = false): string =>
  [...enrolment(one, machine(21), door, { id: 4000, mtu: 1400 }), keyLine("ssh-ed25519 CONVERGENCE"), "end", ""].join(
    "\n",
  );

const card = "etc/network/interfaces.d/60-sovereign-uc";
const state = "state/sovereign-uc";

test("an enrolment sets up keys, name, SSH, the first filter and the private address, and reports the machine", () => {
  const first = run(scripts.enrol, stdin());
  expect(first).toMatchObject({ status: 0, stderr: "", stdout: `enrolled uc-control-2 10.20.0.21 - ${hostKey(21)}\n` });
  expect(read("home/.ssh/authorized_keys")).toBe(
    "ssh-ed25519 OPERATOR operator\nssh-ed25519 ADMIN ada sovereign-uc\nssh-ed25519 CONVERGENCE sovereign-uc\n",
  );
  expect(read("etc/hostname")).toBe("uc-control-2\n");
  expect(read("etc/running-name")).toBe("uc-control-2\n");
  expect(read("etc/ssh/sshd_config.d/10-sovereign-uc.conf")).toContain("PasswordAuthentication no");
  expect(read("etc/nftables.conf")).toContain("policy drop");
  expect(read(card)).toContain("iface eno1.4000 inet static");
  expect(first.diary.slice(first.diary.indexOf("the last step") + 1)).toEqual([
    "systemctl start nftables.service",
    "systemctl reload nftables.service",
    "ifdown --force eno1.4000",
    "ifup eno1.4000",
  ]);
});

test("a second enrolment changes nothing, restarts nothing and takes no second backup of /etc", () => {
  run(scripts.enrol, stdin());
  const before = readFileSync(inside(`${state}/before.tar.gz`));
  const again = run(scripts.enrol, stdin());
  expect(again).toMatchObject({ status: 0, diary: ["systemctl enable --quiet nftables.service"] });
  expect(readFileSync(inside(`${state}/before.tar.gz`)).equals(before)).toBe(true);
});

test("an enrolment whose last step failed repeats it, and only then has nothing to do", () => {
  const works = programs["ifup"]?.replaceAll("DIARY", inside("diary")) ?? "";
  writeFileSync(inside("bin/ifup"), "#!/bin/sh\nexit 1\n");
  expect(run(scripts.enrol, stdin()).diary).toContain("the last step");
  writeFileSync(inside("bin/ifup"), `#!/bin/sh\n${works}\n`);
  expect(run(scripts.enrol, stdin()).diary.slice(-1)).toEqual(["ifup eno1.4000"]);
  expect(run(scripts.enrol, stdin()).diary).not.toContain("the last step");
});

test("an enrolment waits for the last step of the one before", () => {
  const steps = inside("steps");
  // Each query removes one line: the step in it still runs.
  const asked = `sed -n 1p ${steps} | grep -q . && case $* in *"$(sed -n 1p ${steps})."*) sed -i 1d ${steps}; exit 0 ;; esac; exit 3`;
  writeFileSync(inside("bin/sleep"), `#!/bin/sh\necho waited >>${inside("diary")}\n`);
  chmodSync(inside("bin/sleep"), 0o755);
  writeFileSync(inside("bin/systemctl"), `#!/bin/sh\nif [ "$1" = is-active ]; then ${asked}; fi\n`);
  writeFileSync(steps, "sovereign-uc-release\nsovereign-uc-enrol\nsovereign-uc-enrol\n");
  expect(run(scripts.enrol, stdin())).toMatchObject({ status: 0 });
  expect(read("steps")).toBe("");
});

test.each([
  ["192.0.2.9", "ip saddr 192.0.2.9"],
  ["2001:db8::9", "ip6 saddr 2001:db8::9"],
  ["fe80::9%eno1", "ip6 saddr fe80::9"],
])("an enrolment from %s can be repeated, until convergence has brought its filter", (peer, source) => {
  const from = `export SSH_CONNECTION="${peer} 50000 192.0.2.7 22"`;
  expect(run(scripts.enrol, stdin(), from).diary).toContain(
    `nft add rule inet sovereign_uc input ${source} tcp dport 22 accept`,
  );
  run(scripts.converge, converged);
  const next = stdin().replace(keyLine("ssh-ed25519 CONVERGENCE"), keyLine("ssh-ed25519 NEXT"));
  const { diary } = run(scripts.enrol, next, from);
  expect(diary).toContain("the last step");
  expect(diary.join("\n")).not.toContain("nft add rule");
});

test("a private address that the machine brings up by itself is left alone", () => {
  writeFileSync(inside("etc/addresses"), "3: eno2    inet 10.20.0.21/24 scope global eno2\n");
  const { diary } = run(scripts.enrol, stdin());
  expect(existsSync(inside(card))).toBe(false);
  expect(diary.join("\n")).not.toContain("ifup");
});

test.each<[string, () => string, string]>([
  ["a birth that was cut", () => stdin().replace(/end\n$/, ""), "got a part"],
  [
    "a private host with a way out",
    () => (writeFileSync(inside("etc/routes"), "default via 192.0.2.1 dev eno1\n"), stdin()),
    "expected a private host without a way out",
  ],
  [
    "a private host with a way out by IPv6",
    () => (writeFileSync(inside("etc/routes6"), "default via fe80::1 dev eno1 proto ra\n"), stdin()),
    "got a default route of ip -6",
  ],
  [
    "a machine without nftables",
    // Other programs of an enrolment are elsewhere.
    () => (rmSync(inside("bin/nft")), stdin()),
    "expected nftables, got none",
  ],
  [
    "a machine that knows no authorities",
    () => (rmSync(inside("etc/ssl/certs/ca-certificates.crt")), stdin()),
    "install ca-certificates",
  ],
  [
    "interfaces that are read from nowhere",
    () => (writeFileSync(inside("etc/network/interfaces"), "auto lo\n"), stdin()),
    "got a file that does not",
  ],
  [
    "a machine without a host key",
    () => (rmSync(inside("etc/ssh/ssh_host_ed25519_key.pub")), stdin()),
    "expected an Ed25519 host key",
  ],
])("%s is refused and changes nothing", (_, prepare, message) => {
  const text = prepare();
  const refused = run(scripts.enrol, text, `PATH=${root}/bin:/usr/bin`);
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain(message);
  expect(refused.stderr).toContain("nothing was changed");
  expect(read("etc/hostname")).toBe("as-delivered\n");
  expect(read("home/.ssh/authorized_keys")).toBe("ssh-ed25519 OPERATOR operator\n");
});

describe("the blackhole default route that k3s needs", () => {
  const { files = [] } = agent(
    {
      mirror: { registry: "r.example.ch", packages: "https://p.example.ch/debian", artefacts: "https://a.example.ch" },
      range: "10.20.0.0/24",
      podRange: "10.42.0.0/16",
      serviceRange: "10.43.0.0/16",
      controlPlane: ["10.20.0.21"],
      address: "10.20.0.31",
      labels: {},
      taints: [],
    },
    0,
  );
  const service = files.find(({ path }) => path.endsWith("/route-to-nowhere.service"))?.content ?? "";
  const command = (key: string): string => new RegExp(`^${key}=-?(.*)$`, "m").exec(service)?.[1] ?? "false";
  /** This kernel may lack dummy interfaces; one end of a pair does as well. */
  const started = `ip link set lo up; ${command("ExecStart").replace("type dummy", "type veth peer name elsewhere")}`;
  beforeEach(() => {
    rmSync(inside("bin/ip"));
  });

  test("is no route out: a member of a cluster can be enrolled again", () => {
    expect(run(scripts.enrol, stdin(), `${started}; ip -4 route show default | grep nowhere >&2`)).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("default via 192.0.2.255 dev nowhere") as unknown,
    });
  });

  test("is removed with its unit, and with the release of the machine", () => {
    expect(run(scripts.enrol, stdin(), `${started}; ${command("ExecStop")}; ! ip link show nowhere`).status).toBe(0);
    mkdirSync(inside("state/rancher"));
    const left = `${started}; sh -c '${scripts.release.replaceAll("'", `'\\''`)}'; ! ip link show nowhere >&2`;
    expect(run(":", "end\n", left)).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('"nowhere" does not exist') as unknown,
    });
    expect(run(scripts.enrol, stdin())).toMatchObject({ status: 0 });
  });
});

test("a door keeps its default route", () => {
  writeFileSync(inside("etc/routes"), "default via 192.0.2.1 dev eno1\n");
  expect(run(scripts.enrol, stdin(birth, true))).toMatchObject({
    status: 0,
    stdout: `enrolled uc-control-2 10.20.0.21 198.51.100.21 ${hostKey(21)}\n`,
  });
});

/** Files that convergence leaves on an enrolled machine. */
const converged = payload({
  files: [
    { path: "/etc/hosts", content: "127.0.0.1 localhost\n" },
    { path: "/etc/nftables.conf", content: "a whole filter\n" },
    { path: "/etc/sovereign-uc/checks.d/10-firewall", content: "#!/bin/sh\n", mode: "0755" },
    { path: "/etc/systemd/system/data.service", content: "[Unit]\n" },
  ],
  units: [
    { name: "nftables.service", files: ["/etc/nftables.conf"], onChange: "reload" },
    { name: "ssh.service", files: [] },
    { name: "data.service", files: [] },
  ],
});

test("an enrolment with another key after convergence does not change files of convergence", () => {
  run(scripts.enrol, stdin());
  run(scripts.converge, converged);
  const again = run(scripts.enrol, stdin().replace(keyLine("ssh-ed25519 CONVERGENCE"), keyLine("ssh-ed25519 NEXT")));
  expect(again.status).toBe(0);
  expect(read("etc/nftables.conf")).toBe("a whole filter\n");
  expect(read("home/.ssh/authorized_keys")).toContain("ssh-ed25519 NEXT sovereign-uc\n");
  expect(read("home/.ssh/authorized_keys")).not.toContain("CONVERGENCE");
});

describe("a release", () => {
  const delivered = () => inside("delivered");
  beforeEach(() => {
    cpSync(inside("etc"), delivered(), { recursive: true });
    run(scripts.enrol, stdin());
    expect(run(scripts.converge, converged).status).toBe(0);
  });
  const difference = () =>
    spawnSync("diff", ["--recursive", delivered(), inside("etc")], { encoding: "utf8" }).stdout.trim();

  test("leaves /etc, the keys and the state as they were handed over", () => {
    expect(difference()).not.toBe("");
    expect(run(scripts.release, "end\n")).toMatchObject({ status: 0, stdout: "released\n", stderr: "" });
    // Empty folders may stay: other programs may use them.
    expect(difference()).toBe(`Only in ${inside("etc")}: cloud\nOnly in ${inside("etc")}: systemd`);
    expect(read("etc/hosts")).toBe("127.0.0.1 localhost as-delivered\n");
    expect(read("home/.ssh/authorized_keys")).toBe("ssh-ed25519 OPERATOR operator\n");
    expect(existsSync(inside(state))).toBe(false);
  });

  test("ends the units that convergence enabled, not those that ran before, and closes the network last", () => {
    const { diary } = run(scripts.release, "end\n");
    const last = diary.indexOf("the last step");
    expect(diary.slice(0, last)).toContain("systemctl disable --quiet --now data.service");
    // While its drop-in is there, so that it takes no table.
    expect(diary.slice(0, last)).toContain("systemctl stop nftables.service");
    expect(diary.join("\n")).not.toMatch(/disable.*ssh\.service/);
    expect(diary.slice(last + 1)).toEqual([
      "systemctl disable --quiet nftables.service",
      "nft delete table inet sovereign_uc",
      "systemctl try-reload-or-restart nftables.service",
      "ifdown --force eno1.4000",
      "systemctl reload ssh.service",
    ]);
  });

  test("removes the traces of Kubernetes, other hosts and the recipe's kernel settings", () => {
    for (const path of [
      "state/rancher/k3s",
      "log/kubernetes/audit.log",
      "log/pods/one",
      "log/containers/one",
      "log/journal/remote/remote-10.20.0.21.journal",
      "log/journal/own",
      "sys/net/ipv4",
    ])
      mkdirSync(inside(path), { recursive: true });
    writeFileSync(inside("etc/tables"), "table inet operator\ntable ip nat\ntable inet sovereign_uc\n");
    writeFileSync(inside("sys/net/ipv4/ip_forward"), "1\n");
    writeFileSync(inside(`${state}/kernel`), "net.ipv4.ip_forward 0\n");
    writeFileSync(inside(`${state}/units`), "systemd-journal-remote.service\n");
    const { status, diary } = run(scripts.release, "end\n", `mount --bind ${root}/sys /proc/sys`);
    expect(status).toBe(0);
    expect(readdirSync(inside("log"), { recursive: true }).sort()).toEqual([
      "journal",
      "journal/own",
      "journal/remote",
    ]);
    expect(read("sys/net/ipv4/ip_forward")).toBe("0\n");
    expect(diary.filter((line) => line.startsWith("nft "))).toEqual([
      "nft delete table ip nat",
      "nft delete table inet sovereign_uc",
    ]);
  });

  test("removes the routes to other sites", () => {
    const tunnel = {
      site: "geneva",
      range: Cidr.parse("10.31.0.0/24"),
      endpoint: "192.0.2.1",
      endpointPort: 1,
      port: 51821,
    };
    for (const recipe of [siteGateway("10.20.0.5", [tunnel]), siteRoutes("10.20.0.5", ["10.30.0.0/24"])])
      for (const { path, content } of recipe.files ?? []) {
        if (!path.startsWith("/etc/")) continue;
        mkdirSync(dirname(inside(path)), { recursive: true });
        writeFileSync(inside(path), content);
      }
    rmSync(inside("bin/ip"));
    const made = [
      "ip link add eno1 type veth peer name other",
      "ip address add 10.20.0.21/24 dev eno1",
      "ip link set eno1 up",
      ...[...read("etc/systemd/system/site-routes.service").matchAll(/^ExecStart=(.*)$/gm)].map(
        ([, command]) => command,
      ),
      "ip -4 route replace unreachable 10.31.0.0/24 metric 10000",
      "ip -4 route show",
      `sh -c '${scripts.release.replaceAll("'", `'\\''`)}'`,
      "ip -4 route show",
    ].join(" && ");
    const { status, stdout } = run(":", "end\n", made);
    expect(status).toBe(0);
    const [before = "", after = ""] = stdout.split("released\n");
    for (const route of ["10.30.0.0/24 via 10.20.0.5", "unreachable 10.31.0.0/24"]) {
      expect(before).toContain(route);
      expect(after).not.toContain(route);
    }
    expect(after).toContain("10.20.0.0/24 dev eno1");
  });

  test("wipes no data disk unless it is named", () => {
    expect(run(scripts.release, "end\n").diary.join("\n")).not.toContain("wipefs");
  });

  test("stops the units that use the data volume before the volume is closed", () => {
    mkdirSync(inside("etc/sovereign-uc"), { recursive: true });
    writeFileSync(inside("etc/sovereign-uc/data-volume.env"), `DATA_PATH=${inside("nowhere")}\n`);
    mkdirSync(inside("mapper"));
    writeFileSync(inside("mapper/sovereign-uc-data"), "");
    const { status, diary } = run(
      `mkdir -p /dev/mapper\nmount --bind ${inside("mapper")} /dev/mapper\n${scripts.release}`,
      "end\n",
    );
    expect(status).toBe(0);
    const stop = diary.indexOf("systemctl stop rebind-tang.timer rebind-tang.service data-volume.service");
    expect(stop).toBeGreaterThan(-1);
    expect(diary.indexOf("cryptsetup close sovereign-uc-data")).toBeGreaterThan(stop);
  });

  test.each<[string, boolean, readonly string[]]>([
    ["of a gateway destroys the keys that open data volumes, hidden ones too", true, []],
    ["leaves alone a Tang that was its operator's own", false, [".rotated.jwk", "one.jwk"]],
  ])("%s", (_, ours, left) => {
    mkdirSync(inside("state/tang"), { recursive: true });
    for (const name of [".rotated.jwk", "one.jwk"]) writeFileSync(inside(`state/tang/${name}`), "key");
    if (ours) {
      mkdirSync(inside("etc/systemd/system/tangd.socket.d"), { recursive: true });
      writeFileSync(inside("etc/systemd/system/tangd.socket.d/60-sovereign-uc.conf"), "");
    }
    expect(run(scripts.release, "end\n").status).toBe(0);
    expect(readdirSync(inside("state/tang")).sort()).toEqual(left);
  });

  describeWith(["cryptsetup", "losetup"], "that wipes", () => {
    test("an encrypted data disk destroys its key slots first: no key opens it again", () => {
      writeFileSync(inside("disk.img"), "");
      truncateSync(inside("disk.img"), 24 * 2 ** 20);
      const cryptsetup = installed("cryptsetup") ?? "";
      const device = spawnSync("losetup", ["--find", "--show", inside("disk.img")], { encoding: "utf8" }).stdout.trim();
      const opens = () =>
        spawnSync(cryptsetup, ["open", "--test-passphrase", "--key-file", "-", device], { input: "key" }).status === 0;
      try {
        const cheap = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"];
        spawnSync(cryptsetup, ["luksFormat", "--batch-mode", ...cheap, "--key-file", "-", device], { input: "key" });
        expect(opens()).toBe(true);
        const real = `#!/bin/sh\necho "cryptsetup $1" >>${inside("diary")}\nexec ${cryptsetup} "$@"\n`;
        writeFileSync(inside("bin/cryptsetup"), real);
        const { status, diary } = run(scripts.release, `wipe ${device}\nend\n`);
        expect(status).toBe(0);
        expect(diary.filter((line) => /^(cryptsetup|wipefs)/.test(line))).toEqual([
          "cryptsetup isLuks",
          "cryptsetup erase",
          `wipefs --all --quiet ${device}`,
        ]);
        // The wiping itself is only logged here, so the header is still there.
        expect(spawnSync(cryptsetup, ["isLuks", device]).status).toBe(0);
        expect(opens()).toBe(false);
      } finally {
        spawnSync("losetup", ["--detach", device]);
      }
    });
  });

  test("with a missing data disk changes nothing and says so", () => {
    const { status, stderr } = run(scripts.release, "wipe /dev/disk/by-id/none\nend\n");
    expect(status).toBe(1);
    expect(stderr).toContain("expected the data disk /dev/disk/by-id/none, which is to be wiped, got none");
    expect(read("etc/hostname")).toBe("uc-control-2\n");
  });

  test("gives back a machine that an earlier version had taken over, under the name that its list of files had then", () => {
    renameSync(inside(`${state}/enrolled`), inside(`${state}/claimed`));
    expect(run(scripts.release, "end\n")).toMatchObject({ status: 0, stdout: "released\n", stderr: "" });
    expect(difference()).toBe(`Only in ${inside("etc")}: cloud\nOnly in ${inside("etc")}: systemd`);
    expect(existsSync(inside(state))).toBe(false);
  });

  test("that runs a second time changes nothing", () => {
    run(scripts.release, "end\n");
    expect(run(scripts.release, "end\n")).toMatchObject({ status: 0, diary: [] });
  });

  test("with a truncated input changes nothing", () => {
    const cut = run(scripts.release, "wipe /dev/disk");
    expect(cut.status).toBe(1);
    expect(cut.stderr).toContain("nothing was changed");
    expect(read("etc/hostname")).toBe("uc-control-2\n");
  });

  test("leaves a machine that can be enrolled again", () => {
    run(scripts.release, "end\n");
    expect(run(scripts.enrol, stdin({ ...birth, hostName: "tools-1" }))).toMatchObject({ status: 0 });
    expect(read("etc/hostname")).toBe("tools-1\n");
  });
});
