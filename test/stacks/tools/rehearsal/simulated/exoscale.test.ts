import { join } from "node:path";
import { cloudInit } from "../../../../../components/recipe/cloud-init";
import { machines } from "../../../../../stacks/tools/rehearsal/simulated/machines";
import { Store } from "../../../../../stacks/tools/rehearsal/simulated/store";
import { type Properties, Unknown } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { seen, types, World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const zone = "ch-gva-2";
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const managed: Properties = { name: "net", zone, startIp: "10.0.0.200", endIp: "10.0.0.250", netmask: "255.255.255.0" };
const machine = (name: string, more: Properties = {}): Properties => ({
  name,
  zone,
  type: "standard.medium",
  templateId: "00000000-0000-4000-8000-000000000012",
  diskSize: 50,
  ...more,
});

describe("what Exoscale's plugin refuses at plan time", () => {
  const rule: Properties = {
    securityGroupId: "x",
    type: "INGRESS",
    protocol: "TCP",
    startPort: 443,
    endPort: 443,
    cidr: "0.0.0.0/0",
  };
  const refused: readonly (readonly [string, string, Properties, string])[] = [
    ["a disk that is too small", types.instance, machine("m", { diskSize: 9 }), "diskSize"],
    ["a type without a family", types.instance, machine("m", { type: "medium" }), "type"],
    ["two ways to name keys", types.instance, machine("m", { sshKey: "a", sshKeys: ["a"] }), "sshKey"],
    [
      "a private address that is none",
      types.instance,
      machine("m", { networkInterfaces: [{ networkId: "n", ipAddress: "fd00::1" }] }),
      "networkInterfaces[0].ipAddress",
    ],
    ["gzipped user data", types.instance, machine("m", { userData: "\x1f\x8b\x08" }), "userData"],
    ["a zone that is none", types.instance, machine("m", { zone: "ch-zrh-1" }), "zone"],
    ["a network with half of its DHCP", types.privateNetwork, { name: "n", zone, startIp: "10.0.0.2" }, "netmask"],
    ["a netmask that is a prefix", types.privateNetwork, { ...managed, netmask: "/24" }, "netmask"],
    ["a rule in lower case", types.securityGroupRule, { ...rule, type: "ingress" }, "type"],
    ["a protocol that is none", types.securityGroupRule, { ...rule, protocol: "SCTP" }, "protocol"],
    ["port 0", types.securityGroupRule, { ...rule, startPort: 0 }, "startPort"],
    ["a range with host bits", types.securityGroupRule, { ...rule, cidr: "10.0.0.1/8" }, "cidr"],
    ["two peers in one rule", types.securityGroupRule, { ...rule, userSecurityGroupId: "y" }, "cidr"],
    [
      "a source with host bits",
      types.securityGroup,
      { name: "g", externalSources: ["10.0.0.1/8"] },
      "externalSources[0]",
    ],
    ["a volume that is too small", types.blockVolume, { name: "v", zone, size: 5 }, "size"],
  ];
  test.each(refused)("%s", (_, type, inputs, property) => {
    expect(world.check(type, inputs).map((problem) => problem.property)).toEqual([property]);
  });

  test.each([
    [24_573, 0],
    [24_574, 1],
  ])("user data of %i bytes has %i problems: the limit counts base64", (size, problems) => {
    expect(world.check(types.instance, machine("m", { userData: "!".repeat(size) }))).toHaveLength(problems);
  });

  test("half of the credentials", () => {
    const { of } = { of: world.of("exoscale:x:X") };
    expect(of.checkConfig({ key: "EXOa" })).toMatchObject([{ property: "secret" }]);
    expect(of.checkConfig({ key: "EXOa", secret: "b" })).toEqual([]);
  });
});

describe("machines on Exoscale", () => {
  test("have a UUID, a simulated public address and the lease that was asked for", async () => {
    const network = await world.make(types.privateNetwork, "net", managed);
    const made = await world.make(
      types.instance,
      "m",
      machine("m", { networkInterfaces: [{ networkId: network.id, ipAddress: "10.0.0.5" }] }),
    );
    expect(made.id).toMatch(uuid);
    expect(seen(made)).toMatchObject({
      publicIpAddress: expect.stringMatching(/^198\.19\./) as unknown,
      state: "running",
      privateNetworkIds: [network.id],
      networkInterfaces: [{ ipAddress: "10.0.0.5" }],
    });
  });

  test("keep the card's address through an update", async () => {
    const network = await world.make(types.privateNetwork, "net", managed);
    const inputs = machine("m", { networkInterfaces: [{ networkId: network.id, ipAddress: "10.0.0.5" }] });
    const made = await world.make(types.instance, "m", inputs);
    const updated = await world.update(made, { ...inputs, labels: { a: "b" } });
    expect(seen(updated)["networkInterfaces"]).toEqual(seen(made)["networkInterfaces"]);
  });

  test("take the address of their netplan where the network gives none", async () => {
    const network = await world.make(types.privateNetwork, "net", { name: "net", zone });
    const netplan = { network: { version: 2, ethernets: { eth0: { dhcp4: false, addresses: ["10.20.0.7/24"] } } } };
    const birth = { hostName: "m", address: "10.20.0.7/24", sshFrom: ["10.20.0.0/24"], netplan };
    const card = { networkInterfaces: [{ networkId: network.id }], userData: cloudInit(birth, 24_573) };
    await world.make(types.instance, "m", machine("m", card));
    const [found] = machines({ exoscale: new Store(join(world.folder, "exoscale.json")) });
    expect(found?.privateAddresses).toEqual([{ network: network.id, address: "10.20.0.7" }]);
  });

  test("that are private have no public address", async () => {
    expect(seen(await world.make(types.instance, "m", machine("m", { private: true })))["publicIpAddress"]).toBe("");
  });

  const refused: readonly (readonly [string, Properties, RegExp])[] = [
    ["a template that is none", { templateId: "debian-12" }, /Not Found: template debian-12/],
    ["a security group that is not there", { securityGroupIds: ["x"] }, /Not Found: security group x/],
    ["a key that is not there", { sshKeys: ["x"] }, /Not Found: SSH key x/],
    ["a network that is not there", { networkInterfaces: [{ networkId: "x" }] }, /Not Found: private network x/],
    ["a volume that is not there", { blockStorageVolumeIds: ["x"] }, /Not Found: block storage volume x/],
  ];
  test.each(refused)("are refused with %s", async (_, more, message) => {
    await expect(world.make(types.instance, "m", machine("m", more))).rejects.toThrow(message);
  });

  test("stay within their network's range and zone, one to a lease", async () => {
    const network = await world.make(types.privateNetwork, "net", managed);
    const elsewhere = await world.make(types.privateNetwork, "far", { ...managed, name: "far", zone: "ch-dk-2" });
    const on = (networkId: string, ipAddress: string): Properties => ({
      networkInterfaces: [{ networkId, ipAddress }],
    });
    await world.make(types.instance, "a", machine("a", on(network.id, "10.0.0.5")));
    await expect(world.make(types.instance, "b", machine("b", on(network.id, "10.0.0.5")))).rejects.toThrow(
      /10\.0\.0\.5 is leased already.*pulumi import .*@ch-gva-2/,
    );
    await expect(world.make(types.instance, "b", machine("b", on(network.id, "10.0.1.5")))).rejects.toThrow(
      /is outside of/,
    );
    await expect(world.make(types.instance, "b", machine("b", on(elsewhere.id, "10.0.0.6")))).rejects.toThrow(
      /another zone/,
    );
  });

  test("are at most eight in an anti-affinity group", async () => {
    const group = await world.make(types.antiAffinityGroup, "g", { name: "g" });
    const inputs = (i: number): Properties => machine(`m${i}`, { antiAffinityGroupIds: [group.id] });
    await Promise.all(Array.from({ length: 8 }, (_, i) => world.make(types.instance, `m${i}`, inputs(i))));
    await expect(world.make(types.instance, "m8", inputs(8))).rejects.toThrow(/has its 8 instances already/);
  });

  test("change their user data in place, as the plugin does, whatever use that is", async () => {
    const made = await world.make(types.instance, "m", machine("m", { userData: "a" }));
    expect(world.replaces(made, machine("m", { userData: "b" }))).toEqual([]);
    expect(world.replaces(made, machine("m", { userData: "a", zone: "ch-dk-2" }))).toEqual(["zone"]);
  });

  test("are imported by id and zone", async () => {
    const made = await world.make(types.instance, "m", machine("m"));
    expect(await world.import(types.instance, "m", `${made.id}@${zone}`)).toMatchObject({
      id: made.id,
      inputs: { name: "m", zone },
    });
  });
});

describe("rules and groups on Exoscale", () => {
  test("a rule needs a group, a peer and ports", async () => {
    const group = await world.make(types.securityGroup, "G", { name: "Doors", description: "d" });
    expect(seen(group)["name"]).toBe("doors");
    const rule: Properties = {
      securityGroupId: group.id,
      type: "INGRESS",
      cidr: "0.0.0.0/0",
      startPort: 443,
      endPort: 443,
    };
    const made = await world.make(types.securityGroupRule, "r", rule);
    expect(seen(made)).toMatchObject({ protocol: "TCP", securityGroup: "doors" });
    await expect(world.make(types.securityGroupRule, "again", rule)).rejects.toThrow(/the same rule already/);
    const { cidr: _, ...open } = rule;
    await expect(world.make(types.securityGroupRule, "s", open)).rejects.toThrow(/either cidr or/);
    const { endPort: __, ...endless } = rule;
    await expect(world.make(types.securityGroupRule, "t", { ...endless, cidr: "10.0.0.0/8" })).rejects.toThrow(
      /have to be a range/,
    );
    await expect(world.make(types.securityGroupRule, "u", { ...rule, securityGroupId: "x" })).rejects.toThrow(
      /the group has to exist/,
    );
    expect(await world.import(types.securityGroupRule, "r", `${group.id}/${made.id}`)).toMatchObject({ id: made.id });
  });

  test("a group whose name the API lowers shows no difference", async () => {
    const group = await world.make(types.securityGroup, "G", { name: "doors" });
    expect(world.diff(group, { name: "doors" }).changes.size).toBe(0);
  });

  test("what is in use is not deleted", async () => {
    const network = await world.make(types.privateNetwork, "net", managed);
    const group = await world.make(types.securityGroup, "g", { name: "g" });
    const spread = await world.make(types.antiAffinityGroup, "a", { name: "a" });
    const volume = await world.make(types.blockVolume, "v", { name: "v", zone, size: 10 });
    const used = machine("m", {
      networkInterfaces: [{ networkId: network.id, ipAddress: "10.0.0.5" }],
      securityGroupIds: [group.id],
      antiAffinityGroupIds: [spread.id],
      blockStorageVolumeIds: [volume.id],
    });
    const made = await world.make(types.instance, "m", used);
    await expect(world.make(types.instance, "n", machine("n", { blockStorageVolumeIds: [volume.id] }))).rejects.toThrow(
      /is attached to instance/,
    );
    for (const one of [network, group, spread, volume])
      await expect(world.remove(one)).rejects.toThrow(/^Conflict: .* is in use by/);
    await world.remove(made);
    for (const one of [network, group, spread, volume]) await expect(world.remove(one)).resolves.toBeUndefined();
  });

  test("a preview leaves ids and addresses open", async () => {
    const preview = await world.preview(types.instance, "m", machine("m"));
    expect([preview["publicIpAddress"], preview["createdAt"]]).toEqual([Unknown.value, Unknown.value]);
    expect(preview["zone"]).toBe(zone);
  });
});
