import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import {
  Cluster,
  type ClusterArgs,
  Gateway,
  type GatewayArgs,
  HostPool,
  metal,
  type MetalHost,
  type MetalOptions,
  Network,
  type Site,
} from "../../../components";
import { gatewayArgs, infrastructure, isolatedFrom, outputs, worlds } from "../../support/infrastructure";
import { hostKey, machine, sites } from "../../support/inventory";
import { deploy, type Deployment } from "../../support/mocks";

type Connection = Readonly<Record<string, unknown>>;
const world = worlds.filter(({ id }) => id === "metal");
const command = (made: Deployment, name: string) => made.one("command:remote:Command", name);
const connection = (made: Deployment, name: string) => command(made, name).inputs["connection"] as Connection;

/** The lines of an enrolment's input with their last fields decoded. */
const born = (made: Deployment, host: string): readonly string[] =>
  String(command(made, `${host}-enrol`).inputs["stdin"]).split("\n");
const decoded = (word: string | undefined): string => Buffer.from(word ?? "", "base64").toString();

describe.each(world)("hosts of $id", (metalWorld) => {
  let made: Deployment;
  beforeAll(async () => {
    made = await deploy(() => void infrastructure(metalWorld), { outputs });
  });

  test("a door is enrolled at its public address with the access key, its host key pinned from the first connection on", () => {
    expect(connection(made, "door-1-enrol")).toMatchObject({
      host: "198.51.100.10",
      user: "root",
      privateKey: "secret access key",
      hostKey: hostKey(10),
    });
    expect(connection(made, "door-1-enrol")["proxy"]).toBeUndefined();
    expect(command(made, "door-1-enrol").secrets).toContain("connection");
  });

  test("steps after an enrolment pin the inventory's key, not the one that a machine reports", () => {
    for (const step of ["contact", "converge", "ready", "release"])
      expect(connection(made, `uc-control-2-${step}`)).toMatchObject({
        hostKey: hostKey(21),
        proxy: { hostKey: hostKey(11) },
      });
  });

  test("a private host is enrolled through a gateway", () => {
    expect(connection(made, "uc-control-2-enrol")).toMatchObject({
      host: "10.20.0.21",
      hostKey: hostKey(21),
      proxy: { host: "198.51.100.11" },
    });
  });

  test("a host is released with convergence's key, at the address that convergence uses", () => {
    expect(connection(made, "uc-control-2-release")).toMatchObject({
      host: "10.20.0.21",
      privateKey: "secret openssh key of net-convergence",
      hostKey: hostKey(21),
      proxy: { host: "198.51.100.11" },
    });
    expect(connection(made, "door-1-release")).toMatchObject({ host: "198.51.100.10" });
    expect(command(made, "uc-control-2-release").inputs["triggers"]).toEqual(["uc-control-2-enrol-id"]);
  });

  test("an enrolment takes over the command that a stack of before has under the name claim", () => {
    expect(command(made, "uc-control-2-enrol").opts.aliases).toEqual([{ name: "uc-control-2-claim" }]);
  });

  test("enrolments replace themselves in place, and everything that runs on a host comes after its release is known", () => {
    expect(command(made, "uc-control-2-enrol").opts.deleteBeforeReplace).toBe(true);
    const names = (command(made, "uc-control-2-contact").opts.dependsOn as unknown as { __name: string }[]).map(
      ({ __name }) => __name,
    );
    expect(names).toEqual(["uc-control-2-enrol", "uc-control-2-release"]);
  });

  test("an enrolment gets its settings on standard input: name, address, keys, a tagged interface of 1400 bytes, the first filter", () => {
    const lines = born(made, "uc-control-2").map((line) => line.split(" "));
    const of = (word: string) => lines.filter(([first]) => first === word);
    expect(of("host")).toEqual([["host", "uc-control-2"]]);
    expect(of("at")).toEqual([["at", "10.20.0.21", "-"]]);
    expect(of("private")).toHaveLength(1);
    expect(of("key").map(([, key]) => decoded(key))).toEqual(["ssh-ed25519 public-net-convergence"]);
    const [network] = of("network");
    expect(network?.[1]).toBe("eno1.4000");
    expect(decoded(network?.[2])).toBe("/etc/network/interfaces.d/60-sovereign-uc");
    expect(decoded(network?.[3])).toMatch(
      /^auto eno1\.4000\niface eno1\.4000 inet static\n {2}address 10\.20\.0\.21\/24\n {2}mtu 1400\n/,
    );
    expect(of("file").map(([, mode, path]) => [mode, decoded(path)])).toEqual([
      ["0644", "/etc/hostname"],
      ["0644", "/etc/ssh/sshd_config.d/10-sovereign-uc.conf"],
      ["0644", "/etc/nftables.conf"],
      ["0644", "/etc/systemd/system/nftables.service.d/60-sovereign-uc.conf"],
      ["0644", "/etc/cloud/cloud.cfg.d/99-sovereign-uc.cfg"],
    ]);
    expect(lines.at(-2)).toEqual(["end"]);
  });

  test("a door accepts SSH from the administrators' ranges only, from its enrolment on: there is no cloud firewall", async () => {
    const filter = (deployment: Deployment): string =>
      decoded(
        born(deployment, "door-1")
          .find((line) => line.startsWith("file ") && decoded(line.split(" ")[2]) === "/etc/nftables.conf")
          ?.split(" ")[3],
      );
    const ssh = (deployment: Deployment) => filter(deployment).match(/.*dport 22 accept/g);
    expect(ssh(made)).toEqual(["    ip saddr { 203.0.113.0/24 } tcp dport 22 accept"]);
    const moved = await deploy(() => void infrastructure(metalWorld, { administrators: ["192.0.2.0/24"] }), {
      outputs,
    });
    expect(ssh(moved)).toEqual(["    ip saddr { 192.0.2.0/24 } tcp dport 22 accept"]);
    // Their enrolment runs again in place; nothing is released.
    expect(command(moved, "door-1-enrol").inputs["triggers"]).toEqual(command(made, "door-1-enrol").inputs["triggers"]);
  });

  test("a data disk is wiped only where its data need not be kept", async () => {
    const told = (one: Deployment) => command(one, "uc-control-2-release").inputs["stdin"];
    expect(told(made)).toBe("end\n");
    expect(told(await deploy(() => void infrastructure(metalWorld, { keepData: false }), { outputs }))).toBe(
      "wipe /dev/disk/by-id/nvme-21\nend\n",
    );
  });

  test("a new administrator key enrols one machine after the other again", async () => {
    const enrolments = (key: string) =>
      deploy(
        () => {
          const network = new Network("net", { cloud: metalWorld.cloud(), location: "bern", isolatedFrom });
          new HostPool("tools", {
            network,
            role: "tools",
            type: "large",
            firstHost: 40,
            count: 2,
            sshFrom: ["10.20.0.10/32"],
            frozen: { administratorKeys: [`ssh-ed25519 ${key}`] },
          });
        },
        { outputs },
      );
    const [one, two] = [await enrolments("AAAA"), await enrolments("BBBB")];
    const triggers = (of: Deployment) => command(of, "tools-1-enrol").inputs["triggers"];
    expect(triggers(one)).not.toEqual(triggers(two));
    const before = command(one, "tools-2-enrol").opts.dependsOn as unknown as { __name: string }[];
    expect(before.map(({ __name }) => __name)).toEqual(["tools-1-ready"]);
  });

  test("the country of the site is in the network's inputs, where packs read it", () => {
    expect(made.one("sovereign-uc:index:Network", "net").inputs).toMatchObject({ cloud: "metal", country: "CH" });
  });
});

describe("an inventory is refused with", () => {
  const base: MetalOptions = { sites, hosts: [machine(1), machine(2)], accessKey: "key" };
  const hosts = (other: Partial<MetalHost>, first: Partial<MetalHost> = {}, vlan = true) =>
    ({ ...base, hosts: [machine(1, first), machine(2, other)], ...(vlan ? { vlan: { id: 7 } } : {}) }) as MetalOptions;
  test.each<[string, MetalOptions, RegExp]>([
    ["no machine", { ...base, hosts: [] }, /hosts: expected at least one machine/],
    ["nothing at all", undefined as never, /^sites: .*\nhosts: .*\naccessKey: [^\n]*$/],
    ["machines that are no list", { ...base, hosts: {} as never }, /hosts: expected at least one machine, got \{\}/],
    [
      "a machine that is null",
      { ...base, hosts: [machine(1), null as never] },
      /hosts: \[1\]: expected a machine, got null; give one like/,
    ],
    ["a VLAN that is null", { ...base, vlan: null as never }, /vlan: expected a VLAN, got null; give one like \{ id/],
    ["a site that is null", { ...base, sites: { bern: null } as never }, /sites: \["bern"\]: expected a country code/],
    ["sites that are null", { ...base, sites: null as never }, /sites: expected at least one site, got null/],
    [
      "no interfaces",
      hosts({ interfaces: undefined as never }),
      /\[1\]: interfaces: expected the names of network interfaces, got nothing/,
    ],
    ["no site", { ...base, sites: {} }, /sites: expected at least one site/],
    [
      "a country in words",
      { ...base, sites: { bern: { country: "Switzerland" } } },
      /sites: \["bern"\]: expected a country code/,
    ],
    [
      "an unknown site",
      hosts({ site: "zug" }),
      /\[1\]: site: expected a site of the inventory, got "zug"; choose one of bern/,
    ],
    [
      "two machines of one name",
      hosts({ name: "machine-1" }),
      /all: name: expected one machine per name, got "machine-1"/,
    ],
    [
      "two machines of one host key",
      hosts({ hostKey: hostKey(1) }),
      /all: hostKey: .*both "machine-1" and "machine-2"/,
    ],
    [
      "two machines of one address",
      hosts({ address: "10.20.0.1" }),
      /all: address: expected one machine per address, got "10\.20\.0\.1"/,
    ],
    [
      "a mapped address that another has",
      hosts({ publicAddress: "::ffff:198.51.100.1" }),
      /all: address: expected one machine per address, got "198\.51\.100\.1"/,
    ],
    ["a public address that is another's private one", hosts({ publicAddress: "10.20.0.1" }), /all: address: /],
    ["an address that is none", hosts({ address: "machine" }), /\[1\]: address: expected an IP address/],
    ["an IPv6 address in the network", hosts({ address: "fd00::1" }), /\[1\]: address: expected an IPv4 address/],
    ["a host key of another kind", hosts({ hostKey: "ssh-rsa AAAA" }), /\[1\]: hostKey: expected an Ed25519 host key/],
    [
      "a public address without its interface",
      hosts({ interfaces: { private: "eno1" } }),
      /\[1\]: publicAddress: expected the interface/,
    ],
    [
      "one interface for both and no VLAN",
      hosts({}, {}, false),
      /\[1\]: interfaces: expected two interfaces, or a VLAN/,
    ],
    [
      "an interface whose name is too long with the VLAN",
      hosts({ interfaces: { private: "enp123s0f0np10", public: "eno1" } }),
      /interfaces: expected a name of at most 15/,
    ],
    [
      "a disk by a name that changes",
      hosts({ dataDisk: "/dev/sdb" }),
      /\[1\]: dataDisk: expected a disk under \/dev\/disk\/by-id/,
    ],
    ["VLAN 4095", { ...base, vlan: { id: 4095 } }, /vlan: id: expected the number of a VLAN from 1 to 4094/],
    ["an access key that is no text", { ...base, accessKey: 5 as never }, /accessKey: .*got "number"; give the key/],
    [
      "an address in its mapped form",
      hosts({ address: "::ffff:10.20.0.2" }),
      /\[1\]: address: expected an IPv4 address, got "::ffff/,
    ],
    ["an address with leading zeros", hosts({ address: "10.20.0.010" }), /\[1\]: address: .*without leading zeros/],
    [
      "two machines of one data disk",
      hosts({ dataDisk: "/dev/disk/by-id/nvme-1" }),
      /all: dataDisk: expected one machine per data disk, got "\/dev\/disk\/by-id\/nvme-1"; both "machine-1" and "machine-2"/,
    ],
    [
      "half a graphics processor",
      hosts({ graphicsProcessors: 0.5 }),
      /\[1\]: graphicsProcessors: expected a whole number of graphics processors of at least 0/,
    ],
    ["no access key", { ...base, accessKey: "" }, /accessKey: expected a private SSH key/],
  ])("%s", (_, options, message) => {
    expect(() => metal(options)).toThrow(message);
  });

  test("every problem at once", () => {
    expect(() => metal({ ...hosts({ site: "zug", dataDisk: "sdb" }), accessKey: "" })).toThrow(
      /site: [^]*dataDisk: [^]*accessKey: /,
    );
  });
});

describe("a network is refused on", () => {
  const network = (other: Partial<MetalHost>, args: object = {}) =>
    new Network("net", {
      cloud: metal({
        sites: { ...sites, zug: { country: "CH" } },
        hosts: [machine(30), machine(31, other)],
        accessKey: "key",
        vlan: { id: 7 },
      }),
      location: "bern",
      isolatedFrom,
      ...args,
    });
  test.each<[string, Partial<MetalHost>, RegExp]>([
    [
      "a machine outside its range",
      { address: "10.30.0.1" },
      /cloud: hosts\[1\]\.address: expected machines of bern in the range 10\.20\.0\.0\/24, got "10\.30\.0\.1"/,
    ],
    [
      "an isolated public address",
      { publicAddress: "10.0.16.7" },
      /cloud: hosts\[1\]\.publicAddress: expected an address outside the isolated range 10\.0\.16\.0\/24, got "10\.0\.16\.7"/,
    ],
    [
      "an isolated address where a machine is handed over",
      { reachedAt: "fd00:10::7" },
      /cloud: hosts\[1\]\.reachedAt: expected an address outside the isolated range fd00:10::\/48/,
    ],
    [
      "an isolated address in its mapped form",
      { reachedAt: "::ffff:10.0.0.7" },
      /cloud: hosts\[1\]\.reachedAt: expected an address outside the isolated range 10\.0\.0\.0\/20/,
    ],
  ])("%s", async (_, other, message) => {
    await expect(deploy(() => void network(other), { outputs })).rejects.toThrow(message);
  });

  test("all of them at once, and with the other arguments", async () => {
    const all = { address: "10.30.0.1", publicAddress: "10.0.16.7" };
    await expect(
      deploy(
        () =>
          void new Network("Net", {
            cloud: metal({ sites, hosts: [machine(31, all)], accessKey: "key", vlan: { id: 7 } }),
            location: "bern",
            isolatedFrom,
          }),
        { outputs },
      ),
    ).rejects.toThrow(/name: [^]*\.address: [^]*\.publicAddress: /);
  });

  test("but machines of another site are not checked", async () => {
    await expect(deploy(() => void network({ site: "zug", address: "10.0.0.7" }), { outputs })).resolves.toBeDefined();
  });
});

describe("a pool at another site", () => {
  const made = (home: Partial<Site>, other: Partial<Site>, location = "zug") =>
    deploy(
      () => {
        const network = new Network("net", {
          cloud: metal({
            sites: { bern: { country: "CH", ...home }, zug: { country: "CH", ...other } },
            hosts: [machine(30), machine(31, { site: "zug" })],
            accessKey: "key",
            vlan: { id: 7 },
          }),
          location: "bern",
          isolatedFrom,
        });
        new HostPool("tools", {
          ...{ network, role: "tools", type: "large", location, firstHost: 31, count: 1 },
          sshFrom: ["10.20.0.10/32"],
        });
      },
      { outputs },
    );

  test("is made where both sites share a network, as its operator says", async () => {
    const { one } = await made({ network: "campus" }, { network: "campus" });
    expect(one("HostPool", "tools").inputs).toMatchObject({ location: "zug" });
  });

  test.each<[string, Partial<Site>, Partial<Site>, string, RegExp]>([
    [
      "where nobody says that they do",
      {},
      {},
      "zug",
      /location: expected a site that shares its network with bern, in the same country, got "zug"; give both sites one name as `network`/,
    ],
    ["in another network", { network: "campus" }, { network: "lake" }, "zug", /location: expected a site that shares/],
    [
      "in another country, since packs judge the network's",
      { network: "campus" },
      { network: "campus", country: "LI" },
      "zug",
      /location: expected a site that shares its network with bern, in the same country/,
    ],
    ["that is none", {}, {}, "chur", /location: expected a site of the inventory, got "chur"/],
    [
      "for a machine that stands elsewhere",
      {},
      {},
      "bern",
      /hosts: 10\.20\.0\.31: expected "machine-31" at 10\.20\.0\.31 to stand in bern, got "zug"/,
    ],
  ])("is refused %s", async (_, home, other, location, message) => {
    await expect(made(home, other, location)).rejects.toThrow(message);
  });

  test("has its machines checked with the network's own", async () => {
    const away = () =>
      void new Network("net", {
        cloud: metal({
          sites: { bern: { country: "CH", network: "campus" }, zug: { country: "CH", network: "campus" } },
          hosts: [machine(30), machine(31, { site: "zug", address: "10.30.0.1" })],
          accessKey: "key",
          vlan: { id: 7 },
        }),
        location: "bern",
        isolatedFrom,
      });
    await expect(deploy(away, { outputs })).rejects.toThrow(
      /hosts\[1\]\.address: expected machines of bern in the range/,
    );
  });
});

describe("a pool is refused on", () => {
  const pool = (hosts: readonly MetalHost[], args: object = {}, cloud: object = {}) => {
    const network = new Network("net", {
      cloud: metal({ sites: { ...sites, zug: { country: "CH" } }, hosts, accessKey: "key", vlan: { id: 7 }, ...cloud }),
      location: "bern",
      isolatedFrom,
    });
    return new HostPool("tools", {
      network,
      role: "tools",
      type: "large",
      firstHost: 30,
      count: 2,
      sshFrom: ["10.20.0.10/32"],
      ...args,
    });
  };
  const two = (other: Partial<MetalHost>) => [machine(30), machine(31, other)];
  test.each<[string, () => unknown, RegExp]>([
    [
      "an address without a machine",
      () => pool([machine(30)]),
      /hosts: 10\.20\.0\.31: expected a machine at 10\.20\.0\.31 in the inventory, got nothing/,
    ],
    [
      "a machine of another type",
      () => pool(two({ type: "small" })),
      /hosts: .*"machine-31" at 10\.20\.0\.31 to be of type "large", got "small"/,
    ],
    ["a machine at another site", () => pool(two({ site: "zug" })), /hosts: .*to stand in bern, got "zug"/],
    [
      "a machine without a data disk",
      () => pool([machine(30), { ...machine(31), dataDisk: undefined } as unknown as MetalHost], { dataGib: 10 }),
      /hosts: .*a data disk of "machine-31"/,
    ],
    [
      "a door without a public address",
      () => pool([machine(30), { ...machine(31), publicAddress: undefined } as unknown as MetalHost], { door: true }),
      /hosts: .*a public address of "machine-31"/,
    ],
    [
      "one failure domain where domains were asked",
      () => pool(two({ failureDomain: "rack-0" }), { spread: "domains" }),
      /hosts: spread: expected machines in at least two failure domains, got "rack-0, rack-0"/,
    ],
    [
      "a single machine where domains were asked",
      () => pool([machine(30)], { count: 1, spread: "domains" }),
      /hosts: spread: expected machines in at least two failure domains, got "rack-0"/,
    ],
    [
      "a spread that nobody knows",
      () => pool(two({}), { spread: "racks" }),
      /hosts: spread: expected "machines" or "domains", got "racks"/,
    ],
    [
      "a rack with most of a quorum",
      () =>
        pool([machine(30), machine(31), machine(32, { failureDomain: "rack-0" })], {
          count: 3,
          role: "control-plane",
          spread: "domains",
        }),
      /hosts: spread: expected no failure domain with most of the machines.*got "rack-0, rack-1, rack-0"; choose addresses with fewer machines in "rack-0"/,
    ],
  ])("%s", async (_, make, message) => {
    await expect(deploy(() => void make(), { outputs })).rejects.toThrow(message);
  });

  test.each([
    ["a quorum over three racks", "control-plane", {}],
    ["another pool over two", "tools", { failureDomain: "rack-0" }],
  ])("but %s is accepted", async (_, role, other) => {
    const machines = [machine(30), machine(31), machine(32, other)];
    const make = () => void pool(machines, { count: 3, role, spread: "domains" });
    await expect(deploy(make, { outputs })).resolves.toBeDefined();
  });

  test("but machines in two failure domains are accepted", async () => {
    const made = await deploy(() => void pool(two({}), { spread: "domains" }), { outputs });
    expect(command(made, "tools-2-enrol").inputs["triggers"]).toHaveLength(1);
  });

  test.each(worlds.filter(({ id }) => id !== "metal"))("domains on $id, which does not know them", async (other) => {
    const make = () => {
      const network = new Network("net", { cloud: other.cloud(), location: other.location, isolatedFrom });
      new HostPool("tools", {
        network,
        role: "tools",
        type: other.type,
        firstHost: 30,
        sshFrom: ["10.20.0.10/32"],
        spread: "domains",
      });
    };
    await expect(deploy(make, { outputs })).rejects.toThrow(/hosts: spread: expected "machines", got "domains"/);
  });
});

describe("gateways and members of a cluster over failure domains", () => {
  const made = (changes: {
    readonly gateway?: Partial<GatewayArgs>;
    readonly cluster?: Partial<ClusterArgs>;
    readonly racks?: (n: number) => string | undefined;
  }) => {
    const { racks = (n) => `rack-${n % 3}` } = changes;
    const hosts = [10, 11, 20, 21, 22, 30, 31].map((n): MetalHost => {
      const { failureDomain: _, ...rest } = machine(n);
      const failureDomain = racks(n);
      return failureDomain === undefined ? rest : { ...rest, failureDomain };
    });
    const cloud = metal({ sites, hosts, accessKey: "key", vlan: { id: 7 } });
    const network = new Network("net", { cloud, location: "bern", isolatedFrom });
    const type = "large";
    const gateway = new Gateway("door", {
      network,
      type,
      ...gatewayArgs,
      volumeHosts: network.addresses(20, 3),
      spread: "domains",
      ...changes.gateway,
    });
    return new Cluster("uc", {
      network,
      gateway,
      domain: "crisis.example.ch",
      controlPlane: { type, firstHost: 20, spread: "domains" },
      application: { type, firstHost: 30, count: 2, spread: "domains" },
      ...changes.cluster,
    });
  };
  const deployed = (changes: Parameters<typeof made>[0]) => deploy(() => void made(changes), { outputs });

  test("are used if the inventory has them, and a pool without requirements accepts any", async () => {
    await expect(deployed({})).resolves.toBeDefined();
    const together = deployed({
      gateway: { spread: "machines" },
      cluster: {
        controlPlane: { type: "large", firstHost: 20 },
        application: { type: "large", firstHost: 30, count: 2 },
      },
      racks: () => undefined,
    });
    await expect(together).resolves.toBeDefined();
  });

  test.each<[string, readonly number[]]>([
    ["door", [10, 11]],
    ["uc-control", [20, 21, 22]],
    ["uc-application", [30, 31]],
  ])("are refused where all of %s stand in one", async (pool, numbers) => {
    const racks = (n: number) => (numbers.includes(n) ? "rack-9" : `rack-${n % 3}`);
    const all = numbers.map(() => "rack-9").join(", ");
    await expect(deployed({ racks })).rejects.toThrow(
      `"${pool}": hosts: spread: expected machines in at least two failure domains, got "${all}"; give the machines a failureDomain each`,
    );
  });
});

test("no rack of the example inventory holds most of its control plane, or all of another kind of host", () => {
  const file = path.join(__dirname, "../../../stacks/Pulumi.crisis-metal.yaml");
  const { config } = parse(readFileSync(file, "utf8")) as { config: { "sovereign-uc:hosts": readonly MetalHost[] } };
  const racks = new Map<string, string[]>();
  for (const { type, publicAddress, failureDomain = "" } of config["sovereign-uc:hosts"]) {
    const kind = `${type} ${publicAddress === undefined ? "inside" : "door"}`;
    racks.set(kind, [...(racks.get(kind) ?? []), failureDomain]);
  }
  const most = (all: readonly string[]) => Math.max(...all.map((rack) => all.filter((other) => other === rack).length));
  expect(Object.fromEntries([...racks].map(([kind, all]) => [kind, [most(all), all.length]]))).toEqual({
    "small door": [1, 2],
    "medium inside": [1, 3],
    "large inside": [2, 6],
    "large door": [1, 3],
  });
});
