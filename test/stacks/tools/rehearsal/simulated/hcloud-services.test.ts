/** Simulated balancers, zones, routes, vSwitches and floating addresses of Hetzner. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isSimulated } from "../../../../../stacks/tools/rehearsal/simulated/addresses";
import { type Properties, Unknown } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { hetznerNetwork, type Made, privateOnly, seen, serverInputs, types, World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const healthCheck: Properties = { protocol: "tcp", port: 8443, interval: 10, timeout: 5, retries: 3 };
const service = (loadBalancerId: string, more: Properties = {}): Properties => ({
  loadBalancerId,
  protocol: "tcp",
  listenPort: 443,
  destinationPort: 8443,
  healthCheck,
  ...more,
});
const balancer: Properties = { name: "lb", loadBalancerType: "lb11", location: "fsn1" };
const recordSet: Properties = { zone: "example.ch", name: "meet", type: "A", records: [{ value: "198.51.100.1" }] };

describe("what Hetzner's plugin refuses at plan time", () => {
  const refused: readonly (readonly [string, string, Properties, string])[] = [
    ["a balancer without a place", types.balancer, { name: "lb", loadBalancerType: "lb11" }, "location"],
    ["a balancer with two places", types.balancer, { ...balancer, networkZone: "eu-central" }, "location"],
    ["an algorithm that is none", types.balancer, { ...balancer, algorithm: { type: "random" } }, "algorithm.type"],
    ["a card without a network", types.balancerNetwork, { loadBalancerId: 1 }, "networkId"],
    [
      "a card with two networks",
      types.balancerNetwork,
      { loadBalancerId: 1, networkId: 1, subnetId: "1-10.0.0.0/24" },
      "networkId",
    ],
    ["a protocol that is none", types.balancerService, service("1", { protocol: "udp" }), "protocol"],
    [
      "tcp without a target port",
      types.balancerService,
      { loadBalancerId: "1", protocol: "tcp", listenPort: 1 },
      "destinationPort",
    ],
    ["a port beyond the last", types.balancerService, service("1", { listenPort: 65536 }), "listenPort"],
    [
      "a check every second",
      types.balancerService,
      service("1", { healthCheck: { ...healthCheck, interval: 1 } }),
      "healthCheck.interval",
    ],
    ["a target without a name", types.balancerTarget, { loadBalancerId: 1, type: "server" }, "serverId"],
    [
      "a target with two names",
      types.balancerTarget,
      { loadBalancerId: 1, type: "server", serverId: 1, ip: "192.0.2.1" },
      "serverId",
    ],
    [
      "a public target by private address",
      types.balancerTarget,
      { loadBalancerId: 1, type: "ip", ip: "192.0.2.1", usePrivateIp: true },
      "usePrivateIp",
    ],
    ["a kind of target that is none", types.balancerTarget, { loadBalancerId: 1, type: "pool", serverId: 1 }, "type"],
    [
      "a vSwitch without a number",
      types.subnet,
      { networkId: 1, type: "vswitch", networkZone: "eu-central", ipRange: "10.0.0.0/24" },
      "vswitchId",
    ],
    [
      "a vSwitch beyond Europe",
      types.subnet,
      { networkId: 1, type: "vswitch", networkZone: "us-east", ipRange: "10.0.0.0/24", vswitchId: 7 },
      "networkZone",
    ],
    [
      "a route with host bits",
      types.route,
      { networkId: 1, destination: "10.1.0.1/24", gateway: "10.0.0.5" },
      "destination",
    ],
    [
      "a route through no address",
      types.route,
      { networkId: 1, destination: "10.1.0.0/24", gateway: "door" },
      "gateway",
    ],
    ["a floating address without a home", types.floatingIp, { name: "f", type: "ipv4" }, "homeLocation"],
    ["a floating address of no family", types.floatingIp, { name: "f", type: "ip", homeLocation: "fsn1" }, "type"],
    ["a zone of no mode", types.zone, { name: "example.ch", mode: "hidden" }, "mode"],
    [
      "a primary zone with primaries",
      types.zone,
      { name: "example.ch", mode: "primary", primaryNameservers: [{ address: "192.0.2.1" }] },
      "primaryNameservers",
    ],
    ["a secondary zone without", types.zone, { name: "example.ch", mode: "secondary" }, "primaryNameservers"],
    ["a record set without records", types.recordSet, { ...recordSet, records: [] }, "records"],
    ["a record type that is none", types.recordSet, { ...recordSet, type: "ANY" }, "type"],
    ["a record that lives for a second", types.recordSet, { ...recordSet, ttl: 1 }, "ttl"],
    [
      "a text without quotes",
      types.recordSet,
      { ...recordSet, type: "TXT", records: [{ value: "v=spf1 -all" }] },
      "records[0].value",
    ],
  ];
  test.each(refused)("%s", (_, type, inputs, property) => {
    const problems = world.check(type, inputs);
    expect(problems.map((problem) => problem.property)).toEqual([property]);
    expect(problems[0]?.reason).toMatch(/^expected .*; .*[^.]$/);
  });

  test.each<[string, string, Properties]>([
    [
      "a balancer in a network zone",
      types.balancer,
      { name: "lb", loadBalancerType: "lb11", networkZone: "eu-central" },
    ],
    ["records that are not known yet", types.recordSet, { ...recordSet, records: Unknown.value }],
    ["quoted texts", types.recordSet, { ...recordSet, type: "TXT", records: [{ value: '"a\\"b" "c"' }] }],
    [
      "a service of a balancer that is not known yet",
      types.balancerService,
      { ...service("1"), loadBalancerId: Unknown.value },
    ],
  ])("but not %s", (_, type, inputs) => {
    expect(world.check(type, inputs)).toEqual([]);
  });
});

/** A balancer in a network, and a host beside it. */
async function front() {
  const { networkId, network, subnet } = await hetznerNetwork(world);
  const made = await world.make(types.balancer, "lb", balancer);
  const card = await world.make(types.balancerNetwork, "card", {
    loadBalancerId: Number(made.id),
    subnetId: subnet.id,
    ip: "10.0.0.99",
  });
  const host = await world.make(types.server, "s", serverInputs("s", networkId, "10.0.0.5", privateOnly));
  return { networkId, network, subnet, made, card, host };
}

const target = (balancerId: string, serverId: string, usePrivateIp = true): Properties => ({
  loadBalancerId: Number(balancerId),
  type: "server",
  serverId: Number(serverId),
  usePrivateIp,
});

describe("a balancer", () => {
  test("has public addresses, and one in the network", async () => {
    const { made, card, networkId } = await front();
    expect(isSimulated(String(seen(made)["ipv4"]))).toBe(true);
    expect(seen(made)).toMatchObject({ networkZone: "eu-central", algorithm: { type: "round_robin" } });
    expect(card.id).toBe(`${made.id}-${networkId}`);
    expect(seen(card)).toMatchObject({ ip: "10.0.0.99", networkId });
  });

  test("takes the place of a host in its network", async () => {
    const { networkId } = await front();
    await expect(world.make(types.server, "t", serverInputs("t", networkId, "10.0.0.99", privateOnly))).rejects.toThrow(
      /\(ip_not_available\)/,
    );
  });

  test("leads to a host of its network by private address", async () => {
    const { made, host } = await front();
    const led = await world.make(types.balancerTarget, "t", target(made.id, host.id));
    expect(led.id).toBe(`lb-srv-tgt-${host.id}-${made.id}`);
    await expect(world.make(types.balancerTarget, "u", target(made.id, host.id))).rejects.toThrow(
      /\(target_already_defined\)/,
    );
  });

  test("does not reach a host without a public address by one, nor one of another network", async () => {
    const { made, host } = await front();
    await expect(world.make(types.balancerTarget, "t", target(made.id, host.id, false))).rejects.toThrow(
      /\(missing_ipv4\)/,
    );
    const other = await world.make(types.network, "o", { name: "o", ipRange: "10.9.0.0/24" });
    await world.make(types.subnet, "os", {
      networkId: Number(other.id),
      type: "cloud",
      networkZone: "eu-central",
      ipRange: "10.9.0.0/24",
    });
    const far = await world.make(types.server, "far", serverInputs("far", Number(other.id), "10.9.0.5", privateOnly));
    await expect(world.make(types.balancerTarget, "f", target(made.id, far.id))).rejects.toThrow(
      /\(server_not_attached_to_network\)/,
    );
  });

  test("has to be in a network before it reaches a private address", async () => {
    const { host } = await front();
    const lone = await world.make(types.balancer, "lone", { ...balancer, name: "lone" });
    await expect(world.make(types.balancerTarget, "t", target(lone.id, host.id))).rejects.toThrow(
      /\(load_balancer_not_attached_to_network\)/,
    );
  });

  test("takes five ports as the smallest type, and each once", async () => {
    const { made } = await front();
    for (let i = 0; i < 5; i++)
      await world.make(types.balancerService, `p${i}`, service(made.id, { listenPort: 1000 + i }));
    await expect(world.make(types.balancerService, "again", service(made.id, { listenPort: 1000 }))).rejects.toThrow(
      /\(source_port_already_used\)/,
    );
    await expect(world.make(types.balancerService, "sixth", service(made.id))).rejects.toThrow(
      /\(resource_limit_exceeded\)/,
    );
    const larger = await world.update(made, { ...balancer, loadBalancerType: "lb21" });
    const sixth = await world.make(types.balancerService, "sixth", service(made.id));
    expect(sixth.id).toBe(`${made.id}__443`);
    await expect(world.update(larger, balancer)).rejects.toThrow(/\(invalid_load_balancer_type\)/);
  });

  test("takes 25 targets as the smallest type", async () => {
    const { made, networkId } = await front();
    for (let i = 0; i < 26; i++) {
      const host = await world.make(
        types.server,
        `h${i}`,
        serverInputs(`h${i}`, networkId, `10.0.0.${20 + i}`, privateOnly),
      );
      const led = world.make(types.balancerTarget, `t${i}`, target(made.id, host.id));
      if (i < 25) await led;
      else await expect(led).rejects.toThrow(/25 targets already \(resource_limit_exceeded\)/);
    }
  });

  test("stands in one network only, which cannot go before it", async () => {
    const { made, network, networkId, host, card } = await front();
    await expect(
      world.make(types.balancerNetwork, "c", { loadBalancerId: Number(made.id), networkId }),
    ).rejects.toThrow(/\(load_balancer_already_attached\)/);
    await world.remove(host);
    await expect(world.remove(network)).rejects.toThrow(new RegExp(`load balancer ${made.id} \\(resource_in_use\\)`));
    await world.remove(card);
    await expect(world.remove(network)).resolves.toBeUndefined();
  });

  test("loses a target when the host goes", async () => {
    const { made, host, networkId } = await front();
    await world.make(types.balancerTarget, "t", target(made.id, host.id));
    await world.remove(host);
    const next = await world.make(types.server, "s2", serverInputs("s2", networkId, "10.0.0.5", privateOnly));
    await expect(world.make(types.balancerTarget, "t2", target(made.id, next.id))).resolves.toBeDefined();
  });

  test("that is protected stays", async () => {
    const made = await world.make(types.balancer, "lb", { ...balancer, deleteProtection: true });
    await expect(world.remove(made)).rejects.toThrow(/\(protected\)/);
  });

  test.each<[string, Properties, RegExp]>([
    ["a type that is none", { ...balancer, loadBalancerType: "lb12" }, /\(invalid_input\)/],
    ["a location that is none", { ...balancer, location: "zrh1" }, /\(invalid_input\)/],
  ])("is refused with %s", async (_, inputs, message) => {
    await expect(world.make(types.balancer, "lb", inputs)).rejects.toThrow(message);
  });
});

describe("a zone", () => {
  const zone = (more: Properties = {}) => world.make(types.zone, "z", { name: "example.ch", mode: "primary", ...more });

  test("is served by Hetzner's name servers", async () => {
    expect(seen(await zone())).toMatchObject({
      ttl: 3600,
      authoritativeNameservers: { assigneds: expect.arrayContaining(["hydrogen.ns.hetzner.com."]) as unknown },
    });
  });

  test("holds one set for each name and type", async () => {
    await zone();
    await world.make(types.recordSet, "a", recordSet);
    await expect(world.make(types.recordSet, "b", recordSet)).rejects.toThrow(/\(uniqueness_error\)/);
    await expect(
      world.make(types.recordSet, "c", { ...recordSet, type: "CNAME", records: [{ value: "web.example.ch." }] }),
    ).rejects.toThrow(/\(invalid_input\)/);
    await expect(world.make(types.recordSet, "d", { ...recordSet, name: "www" })).resolves.toBeDefined();
  });

  test("shares names with other zones", async () => {
    await zone();
    await world.make(types.zone, "o", { name: "example.org", mode: "primary" });
    await world.make(types.recordSet, "a", recordSet);
    await expect(world.make(types.recordSet, "b", { ...recordSet, zone: "example.org" })).resolves.toBeDefined();
  });

  test("has to be there before its records, and takes them with it", async () => {
    await expect(world.make(types.recordSet, "a", recordSet)).rejects.toThrow(/\(not_found\)/);
    const made = await zone();
    const set = await world.make(types.recordSet, "a", recordSet);
    await world.remove(made);
    expect((await world.read(set)).id).toBe("");
  });

  test("is protected with its records where asked", async () => {
    const made = await zone({ deleteProtection: true });
    const set = await world.make(types.recordSet, "a", { ...recordSet, changeProtection: true });
    await expect(world.remove(made)).rejects.toThrow(/\(protected\)/);
    await expect(world.remove(set)).rejects.toThrow(/\(protected\)/);
  });
});

describe("a route", () => {
  const route = (networkId: number, destination: string, gateway = "10.0.0.5") =>
    world.make(types.route, destination, { networkId, destination, gateway });

  test("leads to a private range behind a host", async () => {
    const { networkId } = await hetznerNetwork(world);
    expect((await route(networkId, "10.1.0.0/24")).id).toBe(`${networkId}-10.1.0.0/24`);
    await expect(route(networkId, "0.0.0.0/0")).resolves.toBeDefined();
  });

  test.each([
    ["a public destination", "198.51.100.0/24", "10.0.0.5"],
    ["a destination in a subnet", "10.0.0.64/26", "10.0.0.5"],
    ["a destination of another route", "10.1.0.0/25", "10.0.0.5"],
    ["Hetzner's own gateway", "10.2.0.0/24", "10.0.0.1"],
    ["a gateway outside", "10.2.0.0/24", "10.9.0.5"],
  ])("is refused with %s", async (_, destination, gateway) => {
    const { networkId } = await hetznerNetwork(world);
    await route(networkId, "10.1.0.0/24");
    await expect(route(networkId, destination, gateway)).rejects.toThrow(/\(invalid_input\)/);
  });
});

describe("a subnet of a vSwitch", () => {
  async function halves() {
    const network = await world.make(types.network, "net", { name: "net", ipRange: "10.0.0.0/24" });
    const networkId = Number(network.id);
    const part = (type: string, ipRange: string, more: Properties = {}) =>
      world.make(types.subnet, ipRange, { networkId, type, networkZone: "eu-central", ipRange, ...more });
    await part("cloud", "10.0.0.0/25");
    const coupled = await part("vswitch", "10.0.0.128/25", { vswitchId: 7 });
    return { networkId, coupled };
  }

  test("has a gateway of its own, and no place for servers", async () => {
    const { networkId, coupled } = await halves();
    expect(seen(coupled)).toMatchObject({ gateway: "10.0.0.129", vswitchId: 7 });
    await expect(
      world.make(types.server, "s", serverInputs("s", networkId, "10.0.0.130", privateOnly)),
    ).rejects.toThrow(/\(ip_not_available\)/);
  });

  test("couples a vSwitch with one network only", async () => {
    await halves();
    const other = await world.make(types.network, "o", { name: "o", ipRange: "10.9.0.0/24" });
    await expect(
      world.make(types.subnet, "os", {
        networkId: Number(other.id),
        type: "vswitch",
        networkZone: "eu-central",
        ipRange: "10.9.0.0/24",
        vswitchId: 7,
      }),
    ).rejects.toThrow(/\(vswitch_id_already_used\)/);
  });
});

describe("a floating address", () => {
  const floating = (more: Properties = {}) =>
    world.make(types.floatingIp, "f", { name: "f", type: "ipv4", homeLocation: "fsn1", ...more });

  test("moves from host to host and keeps its address", async () => {
    const { networkId } = await hetznerNetwork(world);
    const address = await floating();
    const hosts: Made[] = [];
    for (const [i, name] of ["a", "b"].entries())
      hosts.push(await world.make(types.server, name, serverInputs(name, networkId, `10.0.0.${5 + i}`)));
    const floatingIpId = Number(address.id);
    const assigned = await world.make(types.floatingIpAssignment, "x", {
      floatingIpId,
      serverId: Number(hosts[0]?.id),
    });
    const next = { floatingIpId, serverId: Number(hosts[1]?.id) };
    expect(world.replaces(assigned, next)).toEqual([]);
    expect(seen(await world.update(assigned, next))).toMatchObject(next);
    expect(isSimulated(String(seen(address)["ipAddress"]))).toBe(true);
  });

  test("goes to hosts that exist only, and ends with its protection only", async () => {
    const address = await floating({ deleteProtection: true });
    await expect(
      world.make(types.floatingIpAssignment, "x", { floatingIpId: Number(address.id), serverId: 7 }),
    ).rejects.toThrow(/\(not_found\)/);
    await expect(world.remove(address)).rejects.toThrow(/\(protected\)/);
    await expect(floating({ name: "g", homeLocation: "zrh1" })).rejects.toThrow(/\(invalid_input\)/);
  });
});

describe("what replaces", () => {
  const folder = process.env["SOVEREIGN_UC_SCHEMAS"] ?? join(__dirname, "../../../../../../shared/reference/schemas");
  const file = join(folder, "hcloud.json");
  // Schemas are at hand only beside the project's reference material.
  const where = existsSync(file) ? test : test.skip;

  where.each<[string, string, () => Promise<Made>, Properties]>([
    ["a balancer", types.balancer, () => world.make(types.balancer, "lb", balancer), { location: "nbg1" }],
    [
      "a service",
      types.balancerService,
      async () => world.make(types.balancerService, "p", service((await front()).made.id)),
      { listenPort: 444, protocol: "http", loadBalancerId: "9" },
    ],
    [
      "a target",
      types.balancerTarget,
      async () => {
        const { made, host } = await front();
        return world.make(types.balancerTarget, "t", target(made.id, host.id));
      },
      { serverId: 9, loadBalancerId: 9 },
    ],
    [
      "a route",
      types.route,
      async () => {
        const { networkId } = await hetznerNetwork(world);
        return world.make(types.route, "r", { networkId, destination: "10.1.0.0/24", gateway: "10.0.0.5" });
      },
      { networkId: 9, destination: "10.2.0.0/24", gateway: "10.0.0.6" },
    ],
    [
      "a floating address",
      types.floatingIp,
      () => world.make(types.floatingIp, "f", { name: "f", type: "ipv4", homeLocation: "fsn1" }),
      { homeLocation: "nbg1", type: "ipv6" },
    ],
  ])("%s is what the real plugin says", async (_, type, make, change) => {
    const schema = JSON.parse(readFileSync(file, "utf8")) as {
      readonly resources: Readonly<
        Record<
          string,
          { readonly inputProperties: Readonly<Record<string, { readonly willReplaceOnChanges?: boolean }>> }
        >
      >;
    };
    const flagged = Object.entries(schema.resources[type]?.inputProperties ?? {})
      .filter(([, property]) => property.willReplaceOnChanges === true)
      .map(([name]) => name);
    const made = await make();
    const changed = world.replaces(made, { ...made.inputs, ...change });
    expect(changed.length).toBeGreaterThan(0);
    expect([...changed].sort()).toEqual(flagged.filter((name) => name in change).sort());
    expect(flagged.filter((name) => name in made.inputs && !(name in change))).toEqual([]);
  });
});
