import { isSimulated } from "../../../../../stacks/tools/rehearsal/simulated/addresses";
import { type Properties, Unknown } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { hetznerNetwork, type Made, privateOnly, seen, serverInputs, types, World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const sshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJc7Ym0J0g0Zb0b0Vq2Zx0K2m9b9Hk1C1V7J5c2m3QeX";

describe("what Hetzner's plugin refuses at plan time", () => {
  const rule: Properties = { direction: "in", protocol: "tcp", port: "443", sourceIps: ["0.0.0.0/0"] };
  const rules = (change: Properties): Properties => ({ name: "f", rules: [{ ...rule, ...change }] });
  const server = serverInputs("s", 1, "10.0.0.5");
  const address: Properties = { name: "ip", type: "ipv4", location: "fsn1" };

  const refused: readonly (readonly [string, string, Properties, string])[] = [
    [
      "a label with a slash in its value",
      types.network,
      { ipRange: "10.0.0.0/8", labels: { a: "10.0.0.0/8" } },
      "labels.a",
    ],
    ["a label without a key", types.network, { ipRange: "10.0.0.0/8", labels: { "": "a" } }, "labels."],
    ["a range with host bits", types.network, { ipRange: "10.0.0.1/8" }, "ipRange"],
    ["a datacenter", types.server, { ...server, datacenter: "fsn1-dc14" }, "datacenter"],
    ["an image without a name", types.server, { ...server, image: "" }, "image"],
    ["a network card without a network", types.server, { ...server, networks: [{ ip: "10.0.0.5" }] }, "networks[0]"],
    ["one network twice", types.server, { ...server, networks: [{ networkId: 1 }, { networkId: 1 }] }, "networks[1]"],
    [
      "an address outside of the named subnet",
      types.server,
      { ...server, networks: [{ subnetId: "1-10.0.0.0/24", ip: "10.0.1.5" }] },
      "networks[0].ip",
    ],
    [
      "a subnet type that is none",
      types.subnet,
      { networkId: 1, type: "vpn", networkZone: "eu-central", ipRange: "10.0.0.0/24" },
      "type",
    ],
    ["a placement group that packs", types.placementGroup, { type: "pack" }, "type"],
    ["a rule without a direction that exists", types.firewall, rules({ direction: "inbound" }), "rules[0].direction"],
    ["a protocol that is none", types.firewall, rules({ protocol: "sctp" }), "rules[0].protocol"],
    ["a source with host bits", types.firewall, rules({ sourceIps: ["10.0.0.1/8"] }), "rules[0].sourceIps[0]"],
    ["a port for icmp", types.firewall, rules({ protocol: "icmp" }), "rules[0].port"],
    ["a public address without a place", types.primaryIp, { name: "ip", type: "ipv4" }, "location"],
    [
      "a public address with two places",
      types.primaryIp,
      { ...address, assigneeId: 1, assigneeType: "server" },
      "assigneeId",
    ],
    ["a volume that is too small", types.volume, { name: "v", size: 9, location: "fsn1" }, "size"],
    ["a volume without a place", types.volume, { name: "v", size: 10 }, "location"],
  ];
  test.each(refused)("%s", (_, type, inputs, property) => {
    expect(world.check(type, inputs).map((problem) => problem.property)).toEqual([property]);
    expect(world.check(type, inputs)[0]?.reason).toMatch(/^expected .*; .*[^.]$/);
  });

  const accepted: readonly (readonly [string, string, Properties])[] = [
    ["a bare address in a rule", types.firewall, rules({ sourceIps: ["192.0.2.1", "2001:db8::1"] })],
    [
      "a card of a network that is not known yet",
      types.server,
      { ...server, networks: [{ networkId: Unknown.value }, { networkId: Unknown.value }] },
    ],
    ["a label with an empty value", types.network, { ipRange: "10.0.0.0/8", labels: { "example.ch/a": "" } }],
    ["a public address that is reserved for a place", types.primaryIp, address],
  ];
  test.each(accepted)("but not %s", (_, type, inputs) => {
    expect(world.check(type, inputs)).toEqual([]);
  });

  test("a token that cannot be one", () => {
    expect(world.of("hcloud:x:X").checkConfig({ token: "short" })).toHaveLength(1);
    expect(world.of("hcloud:x:X").checkConfig({ token: "x".repeat(64) })).toEqual([]);
  });

  test("a way of asking again that there is not", () => {
    expect(world.of("hcloud:x:X").checkConfig({ pollFunction: "linear" })).toHaveLength(1);
    expect(world.of("hcloud:x:X").checkConfig({ pollFunction: "constant" })).toEqual([]);
  });
});

describe("machines on Hetzner", () => {
  test("have a number, a public address that shows it is simulated, and the private one that was asked for", async () => {
    const { networkId } = await hetznerNetwork(world);
    const server = await world.make(types.server, "s", serverInputs("s", networkId, "10.0.0.5"));
    const state = seen(server);
    expect(server.id).toMatch(/^\d+$/);
    expect(isSimulated(String(state["ipv4Address"]))).toBe(true);
    expect(state["ipv6Address"]).toMatch(/^2001:db8:/);
    expect(state["networks"]).toEqual([
      {
        aliasIps: [],
        networkId,
        ip: "10.0.0.5",
        macAddress: expect.stringMatching(/^86:00(:[0-9a-f]{2}){4}$/) as unknown,
      },
    ]);
    expect(state).toMatchObject({ status: "running", primaryDiskSize: 80, location: "fsn1" });
  });

  test("without a public interface have no public address", async () => {
    const { networkId } = await hetznerNetwork(world);
    const server = await world.make(types.server, "s", serverInputs("s", networkId, "10.0.0.5", privateOnly));
    expect(seen(server)).toMatchObject({ ipv4Address: "", ipv6Address: "" });
  });

  test("take the address that was reserved for them", async () => {
    const { networkId } = await hetznerNetwork(world);
    const address = await world.make(types.primaryIp, "ip", { name: "ip", type: "ipv4", location: "fsn1" });
    const publicNets = [{ ipv4Enabled: true, ipv4: Number(address.id), ipv6Enabled: false }];
    const server = await world.make(types.server, "s", serverInputs("s", networkId, "10.0.0.5", { publicNets }));
    expect(seen(server)["ipv4Address"]).toBe(seen(address)["ipAddress"]);
    await expect(
      world.make(types.server, "t", serverInputs("t", networkId, "10.0.0.6", { publicNets })),
    ).rejects.toThrow(/\(primary_ip_already_assigned\)/);
  });

  test("hand back the hash of their user data, as the real plugin does", async () => {
    const { networkId } = await hetznerNetwork(world);
    const server = await world.make(
      types.server,
      "s",
      serverInputs("s", networkId, "10.0.0.5", { userData: "#cloud-config\n" }),
    );
    expect(seen(server)["userData"]).toBe("wK9leoEi2xH7hUH5D+q3hxwsPXE=");
    expect(await world.read(server)).toMatchObject({ inputs: { userData: "#cloud-config\n" } });
  });

  const refused: readonly (readonly [string, (networkId: number) => Properties, RegExp])[] = [
    [
      "a type that is none",
      (id) => serverInputs("s", id, "10.0.0.5", { serverType: "m5.large" }),
      /server type m5.large not found/,
    ],
    [
      "a type that is gone",
      (id) => serverInputs("s", id, "10.0.0.5", { serverType: "cx22" }),
      /server type cx22 not found/,
    ],
    [
      "a type that is gone in Europe",
      (id) => serverInputs("s", id, "10.0.0.5", { serverType: "cpx21" }),
      /unsupported location for server type/,
    ],
    [
      "a type that a location never had",
      (id) => serverInputs("s", id, "10.0.0.5", { serverType: "cax11", location: "ash" }),
      /unsupported location for server type/,
    ],
    [
      "an image that is none",
      (id) => serverInputs("s", id, "10.0.0.5", { image: "windows-11" }),
      /image windows-11 for architecture x86 not found/,
    ],
    ["a location that is none", (id) => serverInputs("s", id, "10.0.0.5", { location: "zrh1" }), /\(invalid_input\)/],
    ["a name that is no host name", (id) => serverInputs("a_b", id, "10.0.0.5"), /valid hostname/],
    [
      "user data above the limit",
      (id) => serverInputs("s", id, "10.0.0.5", { userData: "x".repeat(32 * 1024 + 1) }),
      /user_data/,
    ],
    [
      "an unknown administrator key",
      (id) => serverInputs("s", id, "10.0.0.5", { sshKeys: ["7"] }),
      /SSH key not found: 7/,
    ],
    [
      "a placement group that is not there",
      (id) => serverInputs("s", id, "10.0.0.5", { placementGroupId: 7 }),
      /placement group not found: 7/,
    ],
    [
      "no interface at all",
      () => ({ name: "s", serverType: "cpx22", ...privateOnly }),
      /at least one network interface/,
    ],
    ["an address of another network", (id) => serverInputs("s", id, "10.1.0.5"), /\(ip_not_available\)/],
    ["the gateway's address", (id) => serverInputs("s", id, "10.0.0.1"), /\(ip_not_available\)/],
    [
      "a place outside of the network's zone",
      (id) => serverInputs("s", id, "10.0.0.5", { location: "ash" }),
      /\(no_subnet_available\)/,
    ],
    [
      "a network that is not there",
      () => serverInputs("s", 4, "10.0.0.5"),
      /network with ID '4' not found \(not_found\)/,
    ],
    [
      "one protection without the other",
      (id) => serverInputs("s", id, "10.0.0.5", { deleteProtection: true }),
      /have to be the same/,
    ],
  ];
  test.each(refused)("are refused with %s", async (_, inputs, message) => {
    const { networkId } = await hetznerNetwork(world);
    await expect(world.make(types.server, "s", inputs(networkId))).rejects.toThrow(message);
  });

  test("need the subnet, not only the network", async () => {
    const network = await world.make(types.network, "net", { name: "net", ipRange: "10.0.0.0/24" });
    await expect(world.make(types.server, "s", serverInputs("s", Number(network.id), "10.0.0.5"))).rejects.toThrow(
      /\(no_subnet_available\)/,
    );
  });

  test("cannot share an address, and one without any takes the next that is free", async () => {
    const { networkId } = await hetznerNetwork(world);
    await world.make(types.server, "a", serverInputs("a", networkId, "10.0.0.2"));
    await expect(world.make(types.server, "b", serverInputs("b", networkId, "10.0.0.2"))).rejects.toThrow(
      /\(ip_not_available\)/,
    );
    const free = await world.make(types.server, "c", {
      ...serverInputs("c", networkId, ""),
      networks: [{ networkId }],
    });
    expect(seen(free)["networks"]).toMatchObject([{ ip: "10.0.0.3" }]);
  });

  test("are at most ten in a placement group, and never leave it while they run", async () => {
    const { networkId } = await hetznerNetwork(world);
    const group = await world.make(types.placementGroup, "pg", { name: "pg", type: "spread" });
    const inputs = (i: number): Properties =>
      serverInputs(`s${i}`, networkId, `10.0.0.${10 + i}`, { placementGroupId: Number(group.id) });
    const servers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => world.make(types.server, `s${i}`, inputs(i))),
    );
    await expect(world.make(types.server, "s10", inputs(10))).rejects.toThrow(/\(resource_limit_exceeded\)/);
    const [first] = servers;
    if (first === undefined) throw new Error("no server");
    await expect(world.update(first, serverInputs("s0", networkId, "10.0.0.10"))).rejects.toThrow(
      /removing a running server from a placement group/,
    );
  });

  test("take no firewall where they have no public interface", async () => {
    const { networkId } = await hetznerNetwork(world);
    const wall = await world.make(types.firewall, "f", {
      name: "f",
      rules: [{ direction: "in", protocol: "icmp", sourceIps: ["0.0.0.0/0"] }],
    });
    const firewallIds = [Number(wall.id)];
    await expect(
      world.make(types.server, "s", serverInputs("s", networkId, "10.0.0.5", { ...privateOnly, firewallIds })),
    ).rejects.toThrow(/\(private_net_only_server\)/);
    await expect(
      world.make(types.server, "s", serverInputs("s", networkId, "10.0.0.5", { firewallIds })),
    ).resolves.toBeDefined();
  });

  test.each([
    ["userData", { userData: "b" }, ["userData"]],
    ["location", { location: "nbg1" }, ["location"]],
    ["serverType", { serverType: "cpx32" }, []],
    ["labels", { labels: { a: "b" } }, []],
  ] as const)("change of %s replaces or not as in the plugin", async (_, change, replaces) => {
    const { networkId } = await hetznerNetwork(world);
    const inputs = serverInputs("s", networkId, "10.0.0.5", { userData: "a" });
    const server = await world.make(types.server, "s", inputs);
    const diff = world.diff(server, { ...inputs, ...change });
    expect(diff.replaces).toEqual(replaces);
    expect(diff.changes.size).toBe(1);
    // The name is fixed, so the old one has to go first.
    expect(diff.deleteBeforeReplace).toBe(replaces.length > 0);
  });

  test("with a name of the plugin's choice keep it, and can be replaced the other way round", async () => {
    const { networkId } = await hetznerNetwork(world);
    const { name: _, ...inputs } = serverInputs("s", networkId, "10.0.0.5");
    const server = await world.make(types.server, "s", inputs);
    expect(seen(server)["name"]).toMatch(/^s-[0-9a-f]{7}$/);
    expect(world.diff(server, inputs).changes.size).toBe(0);
    expect(world.diff(server, { ...inputs, location: "nbg1" })).toMatchObject({
      replaces: ["location"],
      deleteBeforeReplace: false,
    });
  });

  test("a preview knows what the program says and nothing that only the cloud can say", async () => {
    const preview = await world.preview(types.server, "s", serverInputs("s", 1, "10.0.0.5"));
    expect(preview).toMatchObject({ name: "s", location: "fsn1", backups: false });
    expect([preview["ipv4Address"], preview["status"], preview["primaryDiskSize"]]).toEqual([
      Unknown.value,
      Unknown.value,
      Unknown.value,
    ]);
  });
});

describe("what is in use on Hetzner is not deleted", () => {
  test("networks, subnets, groups, firewalls and addresses of a machine, until it is gone", async () => {
    const { network, subnet, networkId } = await hetznerNetwork(world);
    const group = await world.make(types.placementGroup, "pg", { name: "pg", type: "spread" });
    const wall = await world.make(types.firewall, "f", {
      name: "f",
      rules: [{ direction: "in", protocol: "icmp", sourceIps: ["0.0.0.0/0"] }],
    });
    const address = await world.make(types.primaryIp, "ip", { name: "ip", type: "ipv4", location: "fsn1" });
    const server = await world.make(
      types.server,
      "s",
      serverInputs("s", networkId, "10.0.0.5", {
        placementGroupId: Number(group.id),
        firewallIds: [Number(wall.id)],
        publicNets: [{ ipv4: Number(address.id), ipv6Enabled: false }],
      }),
    );
    for (const used of [network, subnet, group, wall, address])
      await expect(world.remove(used)).rejects.toThrow(/\((resource_in_use|service_error)\)/);
    await world.remove(server);
    for (const free of [subnet, network, group, wall, address])
      await expect(world.remove(free)).resolves.toBeUndefined();
  });

  test("an attached volume, nor one that is protected", async () => {
    const { networkId } = await hetznerNetwork(world);
    const server = await world.make(types.server, "s", serverInputs("s", networkId, "10.0.0.5"));
    const inputs: Properties = { name: "v", size: 10, location: "fsn1", deleteProtection: true };
    const volume = await world.make(types.volume, "v", inputs);
    const attachment = await world.make(types.volumeAttachment, "a", {
      volumeId: Number(volume.id),
      serverId: Number(server.id),
    });
    await expect(
      world.make(types.volumeAttachment, "b", { volumeId: Number(volume.id), serverId: Number(server.id) }),
    ).rejects.toThrow(/\(volume_already_attached\)/);
    await expect(world.remove(volume)).rejects.toThrow(/\(protected\)/);
    const open = await world.update(volume, { ...inputs, deleteProtection: false });
    await expect(world.remove(open)).rejects.toThrow(/\(resource_in_use\)/);
    await world.remove(attachment);
    await expect(world.remove(open)).resolves.toBeUndefined();
  });

  test("a volume's attachment, which goes with its machine", async () => {
    const { networkId } = await hetznerNetwork(world);
    const inputs = serverInputs("s", networkId, "10.0.0.5");
    const server = await world.make(types.server, "s", inputs);
    const volume = await world.make(types.volume, "v", { name: "v", size: 10, location: "fsn1" });
    const attach = (to: string): Promise<Made> =>
      world.make(types.volumeAttachment, "a", { volumeId: Number(volume.id), serverId: Number(to) });
    const attachment = await attach(server.id);
    await world.remove(server);
    expect((await world.read(attachment)).id).toBe("");
    const reborn = await world.make(types.server, "s", inputs);
    await expect(attach(reborn.id)).resolves.toMatchObject({ id: volume.id });
  });

  test("a volume only grows", async () => {
    const volume = await world.make(types.volume, "v", { name: "v", size: 20, location: "fsn1" });
    await expect(world.update(volume, { name: "v", size: 10, location: "fsn1" })).rejects.toThrow(/only grow/);
  });
});

describe("names on Hetzner", () => {
  test("are unique for each type, and the refusal says how to adopt what is there", async () => {
    const first = await world.make(types.network, "n", { name: "n", ipRange: "10.0.0.0/8" });
    await expect(world.make(types.network, "other", { name: "n", ipRange: "10.0.0.0/8" })).rejects.toThrow(
      `name is already used (uniqueness_error): ${types.network} "n" exists with id ${first.id}; if it is yours, run: pulumi import ${types.network} n ${first.id}`,
    );
  });

  test("do not make two keys of one", async () => {
    await world.make(types.sshKey, "a", { name: "a", publicKey: sshKey });
    await expect(world.make(types.sshKey, "b", { name: "b", publicKey: `${sshKey} comment` })).rejects.toThrow(
      /\(uniqueness_error\)/,
    );
    await expect(world.make(types.sshKey, "c", { name: "c", publicKey: "no key" })).rejects.toThrow(
      /\(invalid_input\)/,
    );
  });
});
