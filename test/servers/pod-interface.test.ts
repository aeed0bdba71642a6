/** The interface that flannel takes on a rendered host: its own functions, called in a network namespace like a host of each cloud. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { withNamespaces } from "../isolation/possible";
import { renderedElastic } from "../support/elastic";
import { deployedInfrastructure, type RenderedHost, worlds } from "../support/infrastructure";
import { program } from "../support/programs/programs";

const { describe, test } = withNamespaces(["flannel-interface", "mount", "unshare"], "pods' tunnels");

let root: string;
let probe: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pod-interface-"));
  probe = await program("flannel-interface");
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

interface Machine {
  readonly files: Readonly<Record<string, string>>;
  /** Description of the private interface: `enp7s0 10.20.0.20/24 1450`, several addresses apart by commas. */
  readonly card: string;
  /** Made before the units start, or after them, as where a lease comes late. @default - none */
  readonly publicCard?: "before" | "after";
}

/** Interface that flannel takes once the host's units have started, and every other line that the host reports. */
function started({ files, card, publicCard }: Machine, more = ":") {
  const etc = join(root, "etc");
  rmSync(etc, { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    const place = join(root, path);
    mkdirSync(dirname(place), { recursive: true });
    if (path.startsWith("/etc/")) writeFileSync(place, content);
  }
  const [name = "", addresses = "", mtu = ""] = card.split(" ");
  // Whatever the kernel has stands in for every kind of interface.
  const made = [
    `ip link add ${name} type bridge`,
    `ip link set ${name} mtu ${mtu} up`,
    ...addresses.split(",").map((address) => `ip address add ${address} dev ${name}`),
  ];
  const lease = [
    "ip link add public type bridge",
    "ip link set public up",
    "ip address add 198.51.100.40/32 dev public",
    "ip route add 172.31.1.1 dev public",
    "ip route add default via 172.31.1.1 dev public metric 100",
  ];
  const nowhere = /^ExecStart=(.*)$/m.exec(files["/etc/systemd/system/route-to-nowhere.service"] ?? "");
  const unit = files["/etc/systemd/system/k3s.service"] ?? "";
  const [, script = ""] = /^ExecStartPre=(\/usr\/local\/lib\/sovereign-uc\/pod-interface)$/m.exec(unit) ?? [];
  const steps = [
    `mount --bind ${etc} /etc`,
    "ip link set lo up",
    ...made,
    ...(publicCard === "before" ? lease : []),
    ...(nowhere === null ? [] : [(nowhere[1] ?? "").replace("type dummy", "type bridge")]),
    more,
    files[script] ?? "echo no script; false",
    ...(publicCard === "after" ? lease : []),
    `interface=$(sed -n 's/^{"flannel-iface":"\\(.*\\)"}$/\\1/p' /etc/rancher/k3s/config.yaml.d/65-interface.yaml)`,
    `${probe} $interface`,
    "ip -o -4 route show default | sed 's/ *$//'",
  ];
  // Each step in a shell of its own, as systemd starts them.
  const run = [...steps.slice(0, -3), `sh -c '${steps.slice(-3).join("; ").replaceAll("'", `'\\''`)}'`];
  writeFileSync(join(root, "steps"), run.map((step, i) => `cat >${root}/step-${i} <<'STEP'\n${step}\nSTEP\n`).join(""));
  spawnSync("sh", [join(root, "steps")]);
  const whole = run.map((_, i) => `sh -e ${root}/step-${i}`).join(" && ");
  const { status, stdout, stderr } = spawnSync("unshare", ["--net", "--mount", "sh", "-c", whole], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
  });
  const [taken = "", ...routes] = stdout.trim().split("\n");
  return { status, taken, routes, stderr };
}

const cards = {
  hetzner: { private: "enp7s0", door: "enp7s0", mtu: 1450 },
  exoscale: { private: "eth0", door: "eth1", mtu: 1500 },
  metal: { private: "eno2.4000", door: "eno2.4000", mtu: 1400 },
} as const;

for (const world of worlds)
  describe(`flannel on ${world.id}`, () => {
    let hosts: Readonly<Record<string, RenderedHost>>;
    beforeAll(async () => {
      ({ hosts } = await deployedInfrastructure(world));
    });
    const files = (host: string): Readonly<Record<string, string>> => hosts[host]?.files ?? {};
    const { mtu, ...named } = cards[world.id];

    test.each([
      ["uc-control-1", "10.20.0.20"],
      ["uc-application-1", "10.20.0.30"],
    ])("takes the private interface of %s, which has a blackhole default route", (host, address) => {
      expect(started({ files: files(host), card: `${named.private} ${address}/24 ${mtu}` })).toEqual({
        status: 0,
        taken: `${named.private} ${address} ${mtu}`,
        routes: ["default via 192.0.2.255 dev nowhere metric 10000"],
        stderr: "",
      });
    });

    test.each(["before", "after"] as const)(
      "takes the private interface of a door whose lease comes %s its units, and no other",
      (publicCard) => {
        const card = `${named.door} 10.20.0.60/24 ${mtu}`;
        expect(started({ files: files("uc-media-1"), card, publicCard })).toEqual({
          status: 0,
          taken: `${named.door} 10.20.0.60 ${mtu}`,
          routes: ["default via 172.31.1.1 dev public metric 100"],
          stderr: "",
        });
      },
    );
  });

describe("an interface for the pods' tunnels", () => {
  let control: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const [hetzner] = worlds;
    control = (hetzner && (await deployedInfrastructure(hetzner)).hosts["uc-control-1"]?.files) ?? {};
  });

  test("by default flannel takes the one of the blackhole route: these tests can fail", () => {
    const late = `printf '#!/bin/sh\\nexit 0\\n' >/dev/null`;
    const without = {
      ...control,
      "/usr/local/lib/sovereign-uc/pod-interface":
        "mkdir -p /etc/rancher/k3s/config.yaml.d; >/etc/rancher/k3s/config.yaml.d/65-interface.yaml",
    };
    expect(started({ files: without, card: "enp7s0 10.20.0.20/24 1450" }, late).taken).toBe("nowhere 192.0.2.254 1500");
  });

  test("is found on hosts to which the cloud assigns the address, once they have it", async () => {
    const { files } = await renderedElastic();
    const card = "enp7s0 10.20.0.130/32 1450";
    expect(started({ files, card }).stderr).toContain("expected the host's private address as node-ip");
    const itself = {
      "/etc/rancher/k3s/config.yaml.d/60-itself.yaml": '{"node-ip":"10.20.0.130","server":"https://10.20.0.20:6443"}\n',
    };
    expect(started({ files: { ...files, ...itself }, card })).toMatchObject({
      status: 0,
      taken: "enp7s0 10.20.0.130 1450",
    });
  });

  test("with a larger MTU than the network is corrected first", () => {
    expect(started({ files: control, card: "enp7s0 10.20.0.20/24 1500" }).taken).toBe("enp7s0 10.20.0.20 1450");
  });

  test("is detected again at every start", () => {
    const before = `mkdir -p /etc/rancher/k3s/config.yaml.d; echo '{"flannel-iface":"enp8s0"}' >/etc/rancher/k3s/config.yaml.d/65-interface.yaml`;
    expect(started({ files: control, card: "enp7s0 10.20.0.20/24 1450" }, before).taken).toBe("enp7s0 10.20.0.20 1450");
  });

  test.each([
    ["has no such address", "enp7s0 10.20.0.99/24 1450", "expected the address 10.20.0.20 on an interface, got none"],
    [
      "has another address before it, which the other hosts would be told",
      "enp7s0 192.168.1.5/24,10.20.0.20/24 1450",
      "expected 10.20.0.20 as the first address of enp7s0, since the other hosts' tunnels lead to that one, got 192.168.1.5",
    ],
  ])("k3s does not start where the host %s", (_, card, message) => {
    const { status, stderr } = started({ files: control, card });
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
  });
});

describe("the health check of the pods' tunnels", () => {
  const check = async (node: string) => {
    const [hetzner] = worlds;
    const { hosts = {} } = (hetzner && (await deployedInfrastructure(hetzner))) ?? {};
    const folder = join(root, "bin");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "k3s"), `#!/bin/sh\nprintf '%s' '${node}'\n`, { mode: 0o755 });
    const script = hosts["uc-media-1"]?.files["/etc/sovereign-uc/checks.d/51-pods"] ?? "";
    const { status, stdout } = spawnSync("sh", ["-c", script], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
    });
    return { status, stdout };
  };

  test("passes where they lead to the private address", async () => {
    expect(await check("10.20.0.60 10.20.0.60")).toEqual({ status: 0, stdout: "" });
  });

  test.each(["10.20.0.60 198.51.100.40", "10.20.0.60 ", " "])("fails if the node reports '%s'", async (node) => {
    const { status, stdout } = await check(node);
    expect(status).toBe(1);
    expect(stdout).toContain("expected the tunnels of pods to lead to");
  });
});
