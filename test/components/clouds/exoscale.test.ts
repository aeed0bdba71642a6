/** Exoscale behind the interface of clouds, beside networks and hosts. */
import * as pulumi from "@pulumi/pulumi";
import { Balancer, exoscale, type ExoscaleOptions, exoscaleZones, HostPool, Network, Zone } from "../../../components";
import type { BalancedPort, BalancerSpec, Cloud, ZoneRecord } from "../../../components/clouds/cloud";
import { infrastructure, isolatedFrom, outputs, worlds } from "../../support/infrastructure";
import { deploy, type Registered } from "../../support/mocks";

const templateId = "00000000-0000-4000-8000-000000000012";
const cloud = (more: Partial<ExoscaleOptions> = {}): Cloud => exoscale({ templateId, ...more });
const location = "ch-gva-2";

describe("types of hosts", () => {
  test.each([
    ["gpurtx6000pro.medium", "ch-dk-2"],
    ["gpu3.small", "de-fra-1"],
    ["gpua5000.large", "at-vie-2"],
    ["standard.large", "ch-gva-2"],
    ["gpu2.small", "ch-gva-2"],
  ])("%s is taken in %s", (type, zone) => {
    expect(cloud().hostType(type, zone)).toBe(type);
  });

  test.each([
    [
      "gpurtx6000pro.medium",
      "ch-gva-2",
      /zone ch-gva-2 has, got "gpurtx6000pro\.medium"; .*ch-dk-2, de-fra-1, hr-zag-1/,
    ],
    ["gpu3080ti.small", "de-fra-1", /a zone that has it: at-vie-2$/],
  ])("%s is refused in %s, which has none", (type, zone, message) => {
    expect(() => cloud().hostType(type, zone)).toThrow(message);
  });

  test("a pool asks for its own zone", async () => {
    const program = (at: string) => () => {
      const network = new Network("net", { cloud: cloud(), location: at, isolatedFrom });
      const args = { network, role: "speech", type: "gpu3.small", count: 1, firstHost: 20, sshFrom: ["10.20.0.10/32"] };
      new HostPool("speech", { ...args, door: true });
    };
    await expect(deploy(program("ch-gva-2"), { outputs })).rejects.toThrow(
      /type: expected a type that zone ch-gva-2 has/,
    );
    expect((await deploy(program("de-fra-1"), { outputs })).all("ComputeInstance")).toHaveLength(1);
  });

  test("a word without a size is none", () => {
    expect(() => cloud().hostType("gpu3", "de-fra-1")).toThrow(/family\.size/);
  });
});

test("every zone has a city and a country of Switzerland or the EU", () => {
  expect(Object.values(exoscaleZones).map(({ city, country }) => `${city} ${country}`)).toEqual([
    "Geneva CH",
    "Zurich CH",
    "Frankfurt DE",
    "Munich DE",
    "Vienna AT",
    "Vienna AT",
    "Sofia BG",
    "Zagreb HR",
  ]);
});

describe.each([
  { managedNetworks: true, leases: ["10.20.0.20"], range: ["10.20.0.251", "10.20.0.254", "255.255.255.0"] },
  { managedNetworks: false, leases: [undefined], range: [undefined, undefined, undefined] },
])("a network that is managed: $managedNetworks", ({ managedNetworks, leases, range }) => {
  test("gives or gives no addresses, and every host brings its own up by itself", async () => {
    const made = await deploy(
      () => {
        const network = new Network("net", { cloud: cloud({ managedNetworks }), location, isolatedFrom });
        const args = { network, role: "tools", type: "standard.small", count: 1, firstHost: 20 };
        new HostPool("tools", { ...args, sshFrom: ["10.20.0.10/32"], door: true });
      },
      { outputs },
    );
    const { inputs } = made.one("exoscale:index/privateNetwork:PrivateNetwork", "net");
    expect([inputs["startIp"], inputs["endIp"], inputs["netmask"]]).toEqual(range);
    const [machine] = made.all("ComputeInstance");
    const cards = machine?.inputs["networkInterfaces"] as readonly { ipAddress?: string }[];
    expect(cards.map(({ ipAddress }) => ipAddress)).toEqual(leases);
    expect(String(machine?.inputs["userData"])).toContain('\\"addresses\\":[\\"10.20.0.20/24\\"]');
  });
});

describe("an option is refused:", () => {
  test.each<[string, unknown, RegExp]>([
    ["none at all", undefined, /^templateId: expected the id of a template \(a UUID\), got nothing; take one/],
    ["null", null, /^templateId: /],
    ["a template by name", { templateId: "Debian 12" }, /^templateId: .*got "Debian 12"/],
    ["a template by number", { templateId: 12 }, /^templateId: .*got 12/],
    ["a disk in words", { templateId, diskGib: "50" }, /^diskGib: expected a whole number of GiB .*got "50"/],
    [
      "a word that only counts as true",
      { templateId, managedNetworks: "false" },
      /^managedNetworks: expected true or false, got "false"/,
    ],
    ["all at once", { diskGib: 1, managedNetworks: 0 }, /^templateId: .*\ndiskGib: .*\nmanagedNetworks: .*$/],
  ])("%s", (_, options, message) => {
    expect(() => exoscale(options as ExoscaleOptions)).toThrow(RangeError);
    expect(() => exoscale(options as ExoscaleOptions)).toThrow(message);
  });
});

describe("addresses of doors", () => {
  const world = worlds.find(({ id }) => id === "exoscale");
  if (world === undefined) throw new Error("no exoscale among the worlds");
  const run = async () => {
    const made = await deploy(
      () => {
        const { gateway, cluster } = infrastructure(world);
        return {
          doors: gateway.publicAddresses,
          media: (cluster.mediaPools["media"] ?? []).map((host) => host.publicAddress),
        };
      },
      { outputs },
    );
    const connection = (step: string) =>
      made.one("command:remote:Command", step).inputs["connection"] as { host: string; proxy?: { host: string } };
    return { made, connection };
  };

  test("each gateway has an elastic one, which names and ways lead to, while its own steps go where it is born", async () => {
    const { made, connection } = await run();
    expect(made.all("ElasticIp").map(({ name, inputs }) => [name, inputs["zone"]])).toEqual([
      ["door-1-public", world.location],
      ["door-2-public", world.location],
    ]);
    expect(made.outputs["doors"]).toEqual(["public address of door-1-public", "public address of door-2-public"]);
    expect(
      made.all("ComputeInstance").flatMap(({ name, inputs }) => (inputs["elasticIpIds"] === undefined ? [] : [name])),
    ).toEqual(["door-1", "door-2"]);
    for (const step of ["contact", "converge", "ready"])
      expect(connection(`door-1-${step}`).host).toBe("public address of door-1");
    expect(connection("uc-control-1-ready").proxy?.host).toBe("public address of door-1-public");
    expect(connection("uc-control-2-leave").proxy?.host).toBe("public address of door-2-public");
    const kubeconfig = made.one("pulumi:providers:kubernetes", "uc").inputs["kubeconfig"];
    expect(String(kubeconfig)).toContain("https://public address of door-1-public:6443");
  });

  test("a gateway gets it with convergence, and its health check asks for it", async () => {
    const { made } = await run();
    const told = (host: string): readonly (readonly [string | undefined, string])[] =>
      String(made.one("command:remote:Command", `${host}-converge`).inputs["stdin"])
        .split("\n")
        .map((line) => line.split(" "))
        .filter(([kind]) => kind === "file")
        .map(([, , , path = "", content = ""]) => {
          const [name, text] = [path, content].map((word) => Buffer.from(word, "base64").toString());
          return [name, text ?? ""] as const;
        });
    expect(new Map(told("door-2")).get("/etc/sovereign-uc/public-address.env")).toBe(
      "PUBLIC_ADDRESS=public address of door-2-public\n",
    );
    const paths = ["/etc/systemd/system/public-address.service", "/etc/sovereign-uc/checks.d/60-public-address"];
    for (const path of paths) expect(new Map(told("door-2")).has(path)).toBe(true);
    for (const host of ["uc-control-1", "uc-media-1"])
      for (const path of paths) expect(new Map(told(host)).has(path)).toBe(false);
  });

  test("media hosts keep the one that they are born with, since what runs there binds to it", async () => {
    const { made } = await run();
    expect(made.outputs["media"]).toEqual([1, 2, 3].map((n) => `public address of uc-media-${n}`));
  });

  test("the way in is opened before a door is made, and closed only after it is gone", async () => {
    const { made } = await run();
    const doors = made.all("ComputeInstance").filter(({ name }) => name.startsWith("door-"));
    for (const { opts } of doors)
      expect(
        (opts.dependsOn as pulumi.Resource[]).filter(({ constructor }) => constructor.name === "SecurityGroupRule")
          .length,
      ).toBe(made.all("SecurityGroupRule").filter(({ name }) => name.startsWith("door-")).length);
  });
});

describe("a load balancer", () => {
  const port: BalancedPort = { port: 443, targetPort: 30_443, proxyProtocol: false };
  const balanced = (more: Partial<BalancerSpec> = {}) =>
    deploy(
      () => {
        const at = cloud();
        const network = new Network("net", { cloud: at, location, isolatedFrom });
        const targets = [{ name: "web", id: "pool-id" }];
        const shared = { location, network: network.handle, labels: { a: "b" }, address: undefined };
        const spec = { ...shared, ports: [port], targets, ...more };
        return at.balancers?.make("front", spec, {});
      },
      { outputs: ({ type }) => (type.endsWith(":Nlb") ? { ipAddress: "198.51.100.7" } : {}) },
    );

  test("leads each port to the pool and checks the port that it leads to", async () => {
    const made = await balanced({ ports: [port, { ...port, port: 80, targetPort: 30_080, checkSeconds: 30 }] });
    expect(made.outputs["address"]).toBe("198.51.100.7");
    expect(made.all("Nlb").map(({ inputs }) => inputs)).toMatchObject([{ name: "front", zone: location }]);
    expect(made.all("NlbService").map(({ inputs }) => inputs)).toMatchObject([
      {
        instancePoolId: "pool-id",
        port: 443,
        targetPort: 30_443,
        healthchecks: [{ mode: "tcp", port: 30_443, interval: 10 }],
      },
      { port: 80, targetPort: 30_080, healthchecks: [{ port: 30_080, interval: 30 }] },
    ]);
    // A balancer takes one service per port.
    expect(made.all("NlbService").map(({ opts }) => opts.deleteBeforeReplace)).toEqual([true, true]);
  });

  const two = [
    { name: "a", id: "1" },
    { name: "b", id: "2" },
  ];
  test.each<[string, Partial<BalancerSpec>, RegExp]>([
    ["no target", { targets: [] }, /one instance pool as target, got \[\]/],
    ["two targets", { targets: two }, /one instance pool as target, got \["a","b"\]/],
    ["PROXY protocol", { ports: [{ ...port, proxyProtocol: true }] }, /without PROXY protocol.*got \[443\]/],
  ])("is refused with %s", async (_, more, message) => {
    await expect(balanced(more)).rejects.toThrow(message);
  });

  test.each<[string, object, RegExp]>([
    [
      "PROXY protocol, beside everything else that is wrong",
      { ports: [{ ...port, proxyProtocol: true }], number: 7 },
      /targets: expected ports without PROXY protocol.*got \[443\][^]*number: expected no number/,
    ],
    ["no group", { group: undefined }, /targets: expected a group, since .*got nothing/],
    [
      "a group without name and id",
      { group: {} },
      /targets: group\.name: .*nothing[^]*targets: group\.id: .*got nothing/,
    ],
    ["a group that is null", { group: null }, /targets: expected a group, got null; give one like/],
    ["a group whose id is a number", { group: { name: "web", id: 7 } }, /targets: group\.id: .*got "number"/],
  ])("of a component is refused with %s", async (_, changes, message) => {
    const program = () => {
      const network = new Network("net", { cloud: cloud(), location, isolatedFrom });
      new Balancer("front", { network, ports: [port], group: { name: "web", id: "pool-id" }, ...changes });
    };
    await expect(deploy(program)).rejects.toThrow(message);
  });

  test("reaches groups only, and says so", () => {
    expect(cloud().balancers?.reaches).toBe("groups");
  });
});

describe("a zone of names", () => {
  const zone = (...records: readonly ZoneRecord[]) =>
    deploy(() => cloud().zones?.make("names", { domain: "example.ch", records, labels: {} }, {}));

  test("has a record for each value, the apex without a name", async () => {
    const made = await zone(
      { name: "@", type: "A", values: ["192.0.2.1", "192.0.2.2"], ttl: 60 },
      { name: "meet", type: "CNAME", values: [pulumi.output("example.ch")], ttl: 300 },
    );
    expect(made.one("exoscale:index/domain:Domain", "names").inputs).toEqual({ name: "example.ch" });
    expect(made.all("DomainRecord").map(({ name, inputs }) => [name, inputs["name"], inputs["content"]])).toEqual([
      ["names-apex-a", "", "192.0.2.1"],
      ["names-apex-a-2", "", "192.0.2.2"],
      ["names-meet-cname", "meet", "example.ch"],
    ]);
    expect(made.all("DomainRecord").map(({ inputs }) => [inputs["recordType"], inputs["ttl"], inputs["prio"]])).toEqual(
      [
        ["A", 60, undefined],
        ["A", 60, undefined],
        ["CNAME", 300, undefined],
      ],
    );
  });

  test("keeps a record that is called apex apart from those of the zone itself", async () => {
    const made = await zone(
      { name: "@", type: "A", values: ["192.0.2.1"], ttl: 60 },
      { name: "apex", type: "A", values: ["192.0.2.2"], ttl: 60 },
    );
    expect(made.all("DomainRecord").map(({ name, inputs }) => [name, inputs["name"]])).toEqual([
      ["names-apex-a", ""],
      ["names-apex.-a", "apex"],
    ]);
  });

  test("takes the preference out of MX and SRV, also where the value is known later", async () => {
    const made = await zone(
      { name: "@", type: "MX", values: ["10 mail.example.ch"], ttl: 60 },
      { name: "_xmpp._tcp", type: "SRV", values: [pulumi.output("0 5 5222 chat.example.ch")], ttl: 60 },
    );
    expect(made.all("DomainRecord").map(({ inputs }) => [inputs["prio"], inputs["content"]])).toEqual([
      [10, "mail.example.ch"],
      [0, "5 5222 chat.example.ch"],
    ]);
  });

  test("of Zone takes what Exoscale's does, in the form that it wants", async () => {
    const made = await deploy(
      () =>
        void new Zone("names", {
          cloud: cloud(),
          domain: "example.ch",
          records: [
            { name: "S1._domainkey", type: "CNAME", values: ["s1._domainkey.mail.example.org."], ttl: 1 },
            { name: "@", type: "MX", values: ["0 ."], ttl: 60 },
            { name: "_sip._tcp", type: "SRV", values: ["0 0 0 ."], ttl: 60 },
            { name: "@", type: "TXT", values: ['"v=spf1" " -all"', 'say "so"'], ttl: 60 },
            { name: "host", type: "SSHFP", values: [`4 2 ${"AB".repeat(32)}`], ttl: 60 },
          ],
        }),
    );
    const of = ({ inputs }: Registered) => [inputs["name"], inputs["recordType"], inputs["content"], inputs["prio"]];
    expect(new Set(made.all("DomainRecord").map(of))).toEqual(
      new Set([
        ["s1._domainkey", "CNAME", "s1._domainkey.mail.example.org", undefined],
        ["", "MX", ".", 0],
        ["_sip._tcp", "SRV", "0 0 .", 0],
        ["", "TXT", "v=spf1 -all", undefined],
        ["", "TXT", 'say "so"', undefined],
        ["host", "SSHFP", `4 2 ${"ab".repeat(32)}`, undefined],
      ]),
    );
  });

  test.each([
    ["TLSA", `3 1 1 ${"ab".repeat(32)}`],
    ["HTTPS", "1 ."],
    ["PTR", "host.example.ch"],
  ] as const)("of Zone refuses %s, which Exoscale's do not have", async (type, value) => {
    const records = [{ name: "a", type, values: [value], ttl: 60 }];
    const made = deploy(() => void new Zone("names", { cloud: cloud(), domain: "example.ch", records }));
    await expect(made).rejects.toThrow(/expected a type that zones of exoscale take \(A, AAAA, .*SSHFP, TXT\), got "/);
  });

  test.each(["mail.example.ch", "10", "ten mail.example.ch"])("%p is no MX", async (value) => {
    await expect(zone({ name: "@", type: "MX", values: [value], ttl: 60 })).rejects.toThrow(/MX as in a zone file/);
  });
});
