/** Refusals and plans of the real plugins, as observed: hcloud c3608de6, exoscale ad8c24f, random f64d8726, tls f7db93b. */
import { type Properties, Unknown } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { hetznerNetwork, privateOnly, serverInputs, types, World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJc7Ym0J0g0Zb0b0Vq2Zx0K2m9b9Hk1C1V7J5c2m3QeX";
const zone = "ch-gva-2";
const template = "00000000-0000-4000-8000-000000000012";

describe("a plugin refuses", () => {
  const set: Properties = { zone: "example.ch", name: "www", type: "A", records: [{ value: "192.0.2.1" }] };
  const server = serverInputs("s", 1, "10.0.0.5");
  const card: Properties = { loadBalancerId: 1, networkId: 1 };
  const balancer: Properties = { loadBalancerType: "lb11", location: "fsn1" };
  const nobody = "expected a value, got an object of which nothing is known yet";
  const once = "expected each member once, got one twice";
  const whole = "expected a whole number, got";

  test.each<[string, string, Properties, string, string]>([
    [
      "a record twice in a set",
      types.recordSet,
      { ...set, records: [{ value: "192.0.2.1" }, { value: "192.0.2.2" }, { value: "192.0.2.1" }] },
      "records[2]",
      once,
    ],
    [
      "a record that is wholly unknown",
      types.recordSet,
      { ...set, records: [Unknown.value] },
      "records[0].value",
      nobody,
    ],
    [
      "a primary name server that is wholly unknown",
      types.zone,
      { name: "example.ch", mode: "secondary", primaryNameservers: [{ address: "192.0.2.1" }, Unknown.value] },
      "primaryNameservers[1].address",
      nobody,
    ],
    [
      "a secondary zone with no primary name server in its list",
      types.zone,
      { name: "example.ch", mode: "secondary", primaryNameservers: [] },
      "primaryNameservers",
      "expected them in a secondary zone",
    ],
    ["an empty address of a balancer", types.balancerNetwork, { ...card, ip: "" }, "ip", "expected an IP address"],
    ["a blank address of a balancer", types.balancerNetwork, { ...card, ip: " " }, "ip", "expected an IP address"],
    ["a name as a balancer's address", types.balancerNetwork, { ...card, ip: "x" }, "ip", "expected an IP address"],
    ["an SSH key without a name", types.server, { ...server, sshKeys: [""] }, "sshKeys[0]", "expected the name or id"],
    [
      "cards that are not known as a list",
      types.server,
      { ...server, networks: Unknown.value },
      "networks",
      "expected a list",
    ],
    [
      "a hardware address that the program chooses",
      types.server,
      { ...server, networks: [{ networkId: 1, macAddress: "86:00:00:00:00:01" }] },
      "networks[0].macAddress",
      "expected none",
    ],
    [
      "an inline target that is no server",
      types.balancer,
      { ...balancer, targets: [{ type: "label_selector" }] },
      "targets[0].type",
      "expected one of server",
    ],
    [
      "an idle time of a balancer that is too short",
      types.balancerService,
      { loadBalancerId: "1", protocol: "http", http: { timeoutIdle: 29 } },
      "http.timeoutIdle",
      "expected a whole number from 30 to 300",
    ],
    [
      "a fraction of a network's number",
      types.subnet,
      { networkId: 1.5, type: "cloud", networkZone: "eu-central", ipRange: "10.0.0.0/24" },
      "networkId",
      whole,
    ],
    [
      "a fraction of a balancer's number",
      types.balancerNetwork,
      { loadBalancerId: 1.5, networkId: 1 },
      "loadBalancerId",
      whole,
    ],
    [
      "a fraction of a firewall's number in a list",
      types.server,
      { ...server, firewallIds: [1.5] },
      "firewallIds[0]",
      whole,
    ],
    [
      "a fraction of a port inside an object",
      types.balancerService,
      {
        loadBalancerId: "1",
        protocol: "http",
        healthCheck: { protocol: "tcp", port: 80.5, interval: 10, timeout: 5, retries: 3 },
      },
      "healthCheck.port",
      whole,
    ],
    [
      "a fraction of a size",
      types.instancePool,
      { zone, templateId: template, instanceType: "standard.medium", size: 1.5 },
      "size",
      whole,
    ],
    ["a fraction of a length", types.password, { length: 16, minLower: 0.5 }, "minLower", whole],
    [
      "a fraction of an hour",
      types.selfSigned,
      { privateKeyPem: "k", allowedUses: [], validityPeriodHours: 1.5 },
      "validityPeriodHours",
      whole,
    ],
    ["a number beyond all whole ones", types.randomId, { byteLength: 1e21 }, "byteLength", whole],
    [
      "two words for the same digits that differ",
      types.password,
      { length: 16, number: false, numeric: true },
      "number",
      'expected the same as "numeric"',
    ],
  ])("%s", (_, type, inputs, property, reason) => {
    const problems = world.check(type, inputs);
    expect(problems.map((problem) => problem.property)).toEqual([property]);
    expect(problems[0]?.reason).toContain(reason);
  });

  test("no lifetime of a kubeconfig that is a fraction, which that one number may be", () => {
    const access: Properties = { clusterId: "c", zone, user: "u", groups: ["g"], ttlSeconds: 1.5 };
    expect(world.check(types.sksKubeconfig, access)).toEqual([]);
  });

  test.each<[string, string, Properties]>([
    [
      "the balancer's place",
      types.balancer,
      { loadBalancerType: "lb11", location: "fsn1", networkZone: Unknown.value },
    ],
    [
      "the other name of a network",
      types.balancerNetwork,
      { loadBalancerId: 1, networkId: 1, subnetId: Unknown.value },
    ],
    [
      "another kind of target",
      types.balancerTarget,
      { loadBalancerId: 1, type: "server", serverId: 1, ip: Unknown.value },
    ],
    ["the holder of an address", types.primaryIp, { type: "ipv4", location: "fsn1", assigneeId: Unknown.value }],
  ])("nothing where what is not known yet may turn out to be nothing: %s", (_, type, inputs) => {
    expect(world.check(type, inputs)).toEqual([]);
  });
});

type Outcome = "nothing" | "update" | "replace";

/** Plan of a changed program for an object that was made with `base`. */
async function planned(type: string, base: Properties, changed: Properties): Promise<Outcome> {
  const made = await world.make(type, "one", base);
  const { changes, replaces } = world.diff(made, changed);
  return replaces.length > 0 ? "replace" : changes.size > 0 ? "update" : "nothing";
}

describe("a plan on Hetzner", () => {
  const rule: Properties = { direction: "in", protocol: "tcp", port: "443", sourceIps: ["0.0.0.0/0", "::/0"] };
  const wall: Properties = { name: "wall", labels: { a: "b" }, rules: [rule, { ...rule, port: "80" }] };
  const { labels: _labels, ...unlabelled } = wall;
  const address: Properties = { name: "ip", type: "ipv4", location: "fsn1", labels: { a: "b" } };
  const net: Properties = { name: "net", ipRange: "10.0.0.0/16" };
  const front: Properties = {
    name: "lb",
    loadBalancerType: "lb11",
    location: "fsn1",
    algorithm: { type: "least_connections" },
  };

  test.each<[string, string, Properties, Properties, Outcome]>([
    ["rules in another order", types.firewall, wall, { ...wall, rules: [{ ...rule, port: "80" }, rule] }, "nothing"],
    ["a rule said twice", types.firewall, wall, { ...wall, rules: [rule, { ...rule, port: "80" }, rule] }, "nothing"],
    [
      "a source said twice",
      types.firewall,
      wall,
      {
        ...wall,
        rules: [
          { ...rule, sourceIps: ["::/0", "0.0.0.0/0", "::/0"] },
          { ...rule, port: "80" },
        ],
      },
      "nothing",
    ],
    [
      "an empty list of destinations",
      types.firewall,
      wall,
      {
        ...wall,
        rules: [
          { ...rule, destinationIps: [] },
          { ...rule, port: "80" },
        ],
      },
      "nothing",
    ],
    ["a rule less", types.firewall, wall, { ...wall, rules: [rule] }, "update"],
    ["a firewall's labels no longer stated", types.firewall, wall, unlabelled, "nothing"],
    ["a firewall's labels emptied", types.firewall, wall, { ...wall, labels: {} }, "update"],
    ["a network's labels emptied where there are none", types.network, net, { ...net, labels: {} }, "nothing"],
    ["a label with an empty value", types.network, net, { ...net, labels: { a: "" } }, "update"],
    [
      "an address's labels no longer stated",
      types.primaryIp,
      address,
      { name: "ip", type: "ipv4", location: "fsn1" },
      "update",
    ],
    ["a name no longer stated", types.network, net, { ipRange: "10.0.0.0/16" }, "nothing"],
    ["a protection that is off already", types.network, net, { ...net, deleteProtection: false }, "nothing"],
    [
      "a balancer's algorithm no longer stated",
      types.balancer,
      front,
      { name: "lb", loadBalancerType: "lb11", location: "fsn1" },
      "nothing",
    ],
    ["a balancer's algorithm emptied", types.balancer, front, { ...front, algorithm: {} }, "nothing"],
    ["another algorithm", types.balancer, front, { ...front, algorithm: { type: "round_robin" } }, "update"],
    [
      "a balancer's location no longer stated, but its zone",
      types.balancer,
      front,
      { name: "lb", loadBalancerType: "lb11", networkZone: "eu-central", algorithm: { type: "least_connections" } },
      "nothing",
    ],
    ["another location", types.balancer, front, { ...front, location: "nbg1" }, "replace"],
    [
      "a key's labels emptied",
      types.sshKey,
      { name: "k", publicKey: key },
      { name: "k", publicKey: key, labels: {} },
      "nothing",
    ],
  ])("has for %s", async (_, type, base, changed, outcome) => {
    expect(await planned(type, base, changed)).toBe(outcome);
  });

  test.each<[string, Properties, Outcome]>([
    [
      "an image and a location no longer stated",
      { image: undefined as never, location: undefined as never },
      "nothing",
    ],
    ["another image", { image: "debian-11" }, "replace"],
    ["no firewalls in an empty list", { firewallIds: [] }, "nothing"],
    ["no rescue system in an empty text", { rescue: "", iso: "" }, "nothing"],
    ["no placement group as 0", { placementGroupId: 0 }, "nothing"],
    [
      "public interfaces said twice",
      {
        publicNets: [
          { ipv4Enabled: false, ipv6Enabled: false },
          { ipv4Enabled: false, ipv6Enabled: false },
        ],
      },
      "nothing",
    ],
    ["a public interface that is on by default", { publicNets: [{ ipv6Enabled: false }] }, "update"],
    ["an empty list of SSH keys", { sshKeys: [] }, "nothing"],
  ])("of a server has for %s", async (_, change, outcome) => {
    const { networkId } = await hetznerNetwork(world);
    const base = serverInputs("s", networkId, "10.0.0.5", privateOnly);
    const changed = Object.fromEntries(
      Object.entries({ ...base, ...change }).filter(([, value]) => value !== undefined),
    );
    expect(await planned(types.server, base, changed)).toBe(outcome);
  });

  test.each<[string, Properties, Outcome]>([
    [
      "records in another order",
      { records: [{ value: "192.0.2.2" }, { value: "192.0.2.1", comment: "one" }] },
      "nothing",
    ],
    ["other records", { records: [{ value: "192.0.2.1", comment: "one" }] }, "update"],
    [
      "no comment in an empty text, which the framework tells from none",
      {
        records: [
          { value: "192.0.2.1", comment: "one" },
          { value: "192.0.2.2", comment: "" },
        ],
      },
      "update",
    ],
    ["labels emptied where there are none", { labels: {} }, "nothing"],
    ["a protection that is off already", { changeProtection: false }, "nothing"],
    ["another type", { type: "AAAA" }, "replace"],
  ])("of a record set has for %s", async (_, change, outcome) => {
    await world.make(types.zone, "zone", { name: "example.ch", mode: "primary" });
    const base: Properties = {
      zone: "example.ch",
      name: "www",
      type: "A",
      records: [{ value: "192.0.2.1", comment: "one" }, { value: "192.0.2.2" }],
    };
    expect(await planned(types.recordSet, base, { ...base, ...change })).toBe(outcome);
  });

  test("of a server that says nothing of its firewalls any more leaves them where they are", async () => {
    const wall = await world.make(types.firewall, "wall", { name: "wall" });
    const { networks: _networks, ...silent } = serverInputs("s", 0, "");
    const made = await world.make(types.server, "s", { ...silent, firewallIds: [Number(wall.id)] });
    const updated = await world.update(made, { ...silent, labels: { a: "b" } });
    expect(updated.state).toMatchObject({ firewallIds: [Number(wall.id)], labels: { a: "b" } });
    expect((await world.read(updated)).properties).toMatchObject({ firewallIds: [Number(wall.id)] });
  });

  test("of a balancer's service keeps ports and checks that are no longer stated", async () => {
    const balancer = await world.make(types.balancer, "lb", front);
    const least: Properties = { loadBalancerId: balancer.id, protocol: "http" };
    const check = { protocol: "http", port: 80, interval: 10, timeout: 5, retries: 3 };
    const full: Properties = {
      ...least,
      listenPort: 8080,
      destinationPort: 80,
      healthCheck: check,
      http: { cookieName: "C" },
    };
    const made = await world.make(types.balancerService, "s", full);
    expect(world.diff(made, least).changes.size).toBe(0);
    expect(world.diff(made, { ...full, http: {} }).changes.size).toBe(0);
    expect([...world.diff(made, { ...full, healthCheck: { ...check, interval: 20 } }).changes.keys()]).toEqual([
      "healthCheck.interval",
    ]);
    expect(world.replaces(made, { ...full, listenPort: 8081 })).toEqual(["listenPort"]);
  });

  test("of what was made without a value compares the stated one with what there is", async () => {
    const balancer = await world.make(types.balancer, "lb", front);
    const service = await world.make(types.balancerService, "s", { loadBalancerId: balancer.id, protocol: "http" });
    const stated: Properties = { loadBalancerId: balancer.id, protocol: "http", listenPort: 80, proxyprotocol: false };
    expect(world.diff(service, stated).changes.size).toBe(0);
    expect(world.replaces(service, { ...stated, listenPort: 81 })).toEqual(["listenPort"]);
  });
});

describe("a plan on Exoscale", () => {
  const group: Properties = { name: "wall", externalSources: ["192.0.2.0/24", "198.51.100.0/24"] };
  const pool: Properties = {
    name: "web",
    zone,
    size: 1,
    templateId: template,
    instanceType: "standard.medium",
    diskSize: 60,
  };
  const check = { mode: "tcp", port: 443 };
  const address: Properties = { zone, addressFamily: "inet4", description: "door", healthcheck: check };
  const machine: Properties = { name: "m", zone, type: "standard.medium", templateId: template, diskSize: 50 };
  const cluster: Properties = { name: "uc", zone, version: "1.34.2", enableKubeProxy: true };
  const volume: Properties = { name: "v", zone, size: 20 };

  test.each<[string, string, Properties, Properties, Outcome]>([
    ["a group's name in another case", types.securityGroup, group, { ...group, name: "WALL" }, "nothing"],
    ["another name of a group", types.securityGroup, group, { ...group, name: "other" }, "replace"],
    [
      "sources in another order, one twice",
      types.securityGroup,
      group,
      { ...group, externalSources: ["198.51.100.0/24", "192.0.2.0/24", "198.51.100.0/24"] },
      "nothing",
    ],
    ["a type of machine in another case", types.instance, machine, { ...machine, type: "Standard.Medium" }, "nothing"],
    ["no SSH keys in an empty list", types.instance, machine, { ...machine, sshKeys: [] }, "nothing"],
    ["a state no longer stated", types.instance, { ...machine, state: "running" }, machine, "nothing"],
    [
      "a pool's disk and type no longer stated",
      types.instancePool,
      pool,
      { name: "web", zone, size: 1, templateId: template },
      "nothing",
    ],
    ["a pool's disk that grows", types.instancePool, pool, { ...pool, diskSize: 70 }, "update"],
    ["an address's family and check no longer stated", types.elasticIp, address, { zone }, "nothing"],
    [
      "a default of a check stated",
      types.elasticIp,
      address,
      { ...address, healthcheck: { ...check, interval: 10, strikesOk: 3 } },
      "nothing",
    ],
    ["another interval", types.elasticIp, address, { ...address, healthcheck: { ...check, interval: 20 } }, "update"],
    ["a cluster's version and proxy no longer stated", types.sksCluster, cluster, { name: "uc", zone }, "nothing"],
    [
      "a proxy that is on already",
      types.sksCluster,
      { name: "uc", zone },
      { name: "uc", zone, enableKubeProxy: true },
      "nothing",
    ],
    ["a proxy taken away", types.sksCluster, cluster, { ...cluster, enableKubeProxy: false }, "replace"],
    ["an empty audit, which is a block all the same", types.sksCluster, cluster, { ...cluster, audit: {} }, "update"],
    [
      "empty labels of a volume, which the framework tells from none",
      types.blockVolume,
      volume,
      { ...volume, labels: {} },
      "update",
    ],
  ])("has for %s", async (_, type, base, changed, outcome) => {
    expect(await planned(type, base, changed)).toBe(outcome);
  });

  test("has for a rule's protocol in another case nothing", async () => {
    const wall = await world.make(types.securityGroup, "wall", group);
    const rule: Properties = {
      securityGroupId: wall.id,
      type: "INGRESS",
      protocol: "TCP",
      cidr: "192.0.2.0/24",
      startPort: 443,
      endPort: 443,
    };
    expect(await planned(types.securityGroupRule, rule, { ...rule, protocol: "tcp" })).toBe("nothing");
    expect(
      await planned(types.securityGroupRule, { ...rule, startPort: 80 }, { ...rule, startPort: 80, protocol: "udp" }),
    ).toBe("replace");
  });

  test("has a new kubeconfig once the old one is due", async () => {
    const made = await world.make(types.sksCluster, "uc", cluster);
    const access: Properties = { clusterId: made.id, zone, user: "admin", groups: ["b", "a"], ttlSeconds: 3600 };
    const issued = await world.make(types.sksKubeconfig, "k", access);
    expect(world.replaces(issued, { ...access, groups: ["a", "b"], earlyRenewalSeconds: 3500 })).toEqual([]);
    expect(world.replaces(issued, { ...access, earlyRenewalSeconds: 3600 })).toEqual(["readyForRenewal"]);
  });

  test.each<[string, string, Properties, string]>([
    [
      "a hardware address that the program chooses",
      types.instance,
      { ...machine, networkInterfaces: [{ networkId: "n", macAddress: "" }] },
      "networkInterfaces[0].macAddress",
    ],
    ["a patience that is no duration", types.blockVolume, { ...volume, timeouts: { read: "soon" } }, "timeouts.read"],
  ])("refuses %s", (_, type, inputs, property) => {
    expect(world.check(type, inputs).map((problem) => problem.property)).toEqual([property]);
  });
});

describe("a plan of random values and certificates", () => {
  test.each<[string, string, Properties, Properties, Outcome]>([
    ["keepers emptied where there are none", types.password, { length: 16 }, { length: 16, keepers: {} }, "update"],
    ["empty keepers no longer stated", types.password, { length: 16, keepers: {} }, { length: 16 }, "update"],
    [
      "keepers emptied of bytes, which are stricter",
      types.randomBytes,
      { length: 8 },
      { length: 8, keepers: {} },
      "replace",
    ],
    [
      "special characters that are none",
      types.password,
      { length: 16 },
      { length: 16, overrideSpecial: "" },
      "replace",
    ],
    ["a keeper", types.password, { length: 16 }, { length: 16, keepers: { a: "b" } }, "replace"],
    ["a default stated", types.password, { length: 16 }, { length: 16, special: true, number: true }, "nothing"],
    ["digits forbidden", types.password, { length: 16 }, { length: 16, numeric: false }, "replace"],
    [
      "an empty prefix, which the framework tells from none",
      types.randomId,
      { byteLength: 8 },
      { byteLength: 8, prefix: "" },
      "replace",
    ],
  ])("has for %s", async (_, type, base, changed, outcome) => {
    expect(await planned(type, base, changed)).toBe(outcome);
  });

  test("has a new certificate once the old one is due, and keeps a path length that is no longer stated", async () => {
    const pair = await world.make(types.privateKey, "k", { algorithm: "ED25519" });
    const ca: Properties = {
      privateKeyPem: pair.state["privateKeyPem"] ?? "",
      allowedUses: ["cert_signing"],
      isCaCertificate: true,
      subject: { commonName: "ca" },
      validityPeriodHours: 24,
    };
    const made = await world.make(types.selfSigned, "ca", { ...ca, maxPathLength: 1 });
    expect(world.diff(made, ca).changes.size).toBe(0);
    expect(world.replaces(made, { ...ca, earlyRenewalHours: 23 })).toEqual([]);
    expect(world.replaces(made, { ...ca, earlyRenewalHours: 24 })).toEqual(["readyForRenewal"]);
  });
});
