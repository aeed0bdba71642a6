/** Resources of the Hetzner cloud beside hosts: balancers, zones, vSwitches, routes; and what it refuses. */
import * as pulumi from "@pulumi/pulumi";
import {
  Balancer,
  type BalancerArgs,
  exoscale,
  Gateway,
  hetzner,
  type HetznerOptions,
  HostPool,
  inbound,
  Network,
  Zone,
  type ZoneRecord,
} from "../../../components";
import type { Cloud } from "../../../components/clouds/cloud";
import { gatewayArgs, isolatedFrom, outputs } from "../../support/infrastructure";
import { deploy } from "../../support/mocks";

const network = (options: HetznerOptions = {}, args: object = {}) =>
  new Network("net", { cloud: hetzner(options), location: "fsn1", isolatedFrom, ...args });

const pool = (net: Network, name = "web", firstHost = 40, count = 2) =>
  new HostPool(name, {
    network: net,
    role: "web",
    type: "cpx22",
    count,
    firstHost,
    sshFrom: ["10.20.0.10/32"],
    openings: [inbound("tcp", 8443, ["10.20.0.99/32"], "the balancer")],
  });

const port = { port: 443, targetPort: 8443, proxyProtocol: true };

function balancer(args: Partial<BalancerArgs> = {}, net = network(), name = "front") {
  return new Balancer(name, { network: net, number: 99, ports: [port], ...args, hosts: args.hosts ?? pool(net).hosts });
}

const made = (program: () => unknown) => deploy(() => void program(), { outputs });

describe("a balancer on Hetzner", () => {
  test("is in the network and targets hosts by private address", async () => {
    const { all, one } = await made(() => balancer());
    expect(one("LoadBalancer", "front").inputs).toEqual({
      name: "front",
      loadBalancerType: "lb11",
      location: "fsn1",
      algorithm: { type: "least_connections" },
      deleteProtection: false,
      labels: { "sovereign-uc-network": "net" },
    });
    expect(one("LoadBalancerNetwork", "front-network").inputs).toMatchObject({
      subnetId: "net-subnet-id",
      ip: "10.20.0.99",
      enablePublicInterface: true,
    });
    expect(all("LoadBalancerTarget").map(({ name, inputs }) => [name, inputs["type"], inputs["usePrivateIp"]])).toEqual(
      [
        ["front-target-web-1", "server", true],
        ["front-target-web-2", "server", true],
      ],
    );
  });

  test("checks every target and sends it the client's address if asked", async () => {
    const ports = [port, { port: 5061, targetPort: 5061, proxyProtocol: false, checkSeconds: 30 }];
    const { one } = await made(() => balancer({ ports }));
    expect(one("LoadBalancerService", "front-port-443").inputs).toEqual({
      loadBalancerId: "front-id",
      protocol: "tcp",
      listenPort: 443,
      destinationPort: 8443,
      proxyprotocol: true,
      healthCheck: { protocol: "tcp", port: 8443, interval: 10, timeout: 5, retries: 3 },
    });
    expect(one("LoadBalancerService", "front-port-5061").inputs).toMatchObject({
      proxyprotocol: false,
      healthCheck: { port: 5061, interval: 30 },
    });
  });

  test("targets hosts only when it is in the network itself", async () => {
    const { all } = await made(() => balancer());
    for (const { opts } of all("LoadBalancerTarget"))
      expect(opts.dependsOn).toEqual([expect.objectContaining({ __name: "front-network" })]);
  });

  test.each([
    ["six ports", (net: Network) => ({ ports: six, hosts: pool(net).hosts }), {}, "lb21"],
    ["thirty hosts", (net: Network) => ({ hosts: pool(net, "web", 40, 30).hosts }), {}, "lb21"],
    ["one port, where asked", () => ({}), { balancerType: "lb31" }, "lb31"],
  ] as const)("takes the type that fits: %s", async (_, args, options, type) => {
    const { one } = await made(() => {
      const net = network(options);
      return balancer(args(net), net);
    });
    expect(one("LoadBalancer", "front").inputs["loadBalancerType"]).toBe(type);
  });

  test("keeps its number for itself", async () => {
    const late = () => {
      const net = network();
      balancer({}, net);
      pool(net, "late", 98);
    };
    await expect(made(late)).rejects.toThrow(
      /firstHost: expected host numbers of "net" that are free, got 99; "front" has it/,
    );
  });

  test.each<[string, () => unknown, RegExp]>([
    ["no ports", () => balancer({ ports: [] }), /ports: expected at least one port, got \[\]/],
    ["ports that are no list", () => balancer({ ports: {} as never }), /ports: expected at least one port, got \{\}/],
    ["a port that is null", () => balancer({ ports: [null as never] }), /ports: \[0\]: expected a port, got null/],
    [
      "hosts that are null",
      () => new Balancer("front", { network: network(), number: 99, ports: [port], hosts: null as never }),
      /targets: expected a list of hosts, got null/,
    ],
    [
      "a host that is null",
      () => balancer({ hosts: [null as never] }),
      /targets: \[0\]: expected a host, got null; give the hosts of a pool/,
    ],
    [
      "port 0",
      () => balancer({ ports: [{ ...port, port: 0 }] }),
      /ports: \[0\]: port: expected a port from 1 to 65535, got 0/,
    ],
    [
      "a target port that is none",
      () => balancer({ ports: [{ ...port, targetPort: 65536 }] }),
      /ports: \[0\]: targetPort: expected a target port from 1 to 65535/,
    ],
    ["a port twice", () => balancer({ ports: [port, port] }), /ports: \[1\]: port: expected each port once, got 443/],
    [
      "no word on PROXY",
      () => balancer({ ports: [{ ...port, proxyProtocol: undefined as never }] }),
      /ports: \[0\]: proxyProtocol: expected true or false, got nothing/,
    ],
    ["hasty checks", () => balancer({ ports: [{ ...port, checkSeconds: 1 }] }), /seconds between checks from 5 to 60/],
    [
      "no hosts",
      () => balancer({ hosts: [] }),
      /targets: expected hosts, since balancers of hetzner reach single ones, got nothing/,
    ],
    ["a group", () => balancer({ hosts: [], group: { name: "g", id: "7" } }), /targets: expected hosts.*got "g"/],
    [
      "no number",
      () => balancer({ number: undefined as never }),
      /number: expected the balancer's number in the network, got nothing/,
    ],
    ["a number outside", () => balancer({ number: 255 }), /number: expected a host number from 2 to 254/],
    ["a host's number", () => balancer({ number: 41 }), /number: expected host numbers of "net" that are free, got 41/],
    ["a name that DNS refuses", () => balancer({}, network(), "Front"), /name: expected a name/],
    [
      "too many ports",
      () => balancer({ ports: many(31) }),
      /targets: expected at most 30 ports and 150 targets of a lb31/,
    ],
    [
      "more ports than the type that was asked for takes",
      () => balancer({ ports: six }, network({ balancerType: "lb11" })),
      /at most 5 ports and 25 targets of a lb11, got "6 and 2"; take a larger balancerType/,
    ],
    [
      "a host twice",
      () => {
        const net = network();
        const [host] = pool(net).hosts;
        return balancer({ hosts: [host, host] as never }, net);
      },
      /targets: expected each host once, got "web-1"/,
    ],
    [
      "a host of another network",
      () => {
        const other = new Network("other", { cloud: hetzner(), location: "fsn1", isolatedFrom });
        return balancer({ hosts: pool(other, "far", 50).hosts });
      },
      /targets: expected hosts of the network "net", got "far-1"/,
    ],
    [
      "a network that is isolated from a public range",
      () => balancer({}, network({}, { isolatedFrom: [{ name: "mail", kind: "mail", ranges: ["198.51.100.0/24"] }] })),
      /network: expected a network that is isolated from private ranges only.*got "198\.51\.100\.0\/24"; publish through a Gateway/,
    ],
    [
      "a cloud that has none",
      () => {
        const cloud: Cloud = {
          ...without(hetzner(), "balancers"),
          absent: { balancers: "no balancers are rented here" },
        };
        return balancer({}, new Network("net", { cloud, location: "fsn1", isolatedFrom }));
      },
      /network: expected a cloud with load balancers, got "hetzner"; no balancers are rented here/,
    ],
    [
      "hosts, where balancers reach groups only",
      () => {
        const balancers = { reaches: "groups", make: () => ({ address: pulumi.output("") }) } as const;
        return balancer({}, new Network("net", { cloud: { ...hetzner(), balancers }, location: "fsn1", isolatedFrom }));
      },
      /targets: expected a group, since balancers of hetzner reach nothing else, got \["web-1","web-2"\](.|\n)*number: expected no number/,
    ],
  ])("refuses %s", async (_, program, message) => {
    await expect(made(program)).rejects.toThrow(message);
  });
});

const many = (count: number) => Array.from({ length: count }, (_, i) => ({ ...port, port: 1000 + i }));
const six = many(6);

function without<K extends keyof Cloud>(cloud: Cloud, key: K): Omit<Cloud, K> {
  const { [key]: _, ...rest } = cloud;
  return rest;
}

describe("a zone on Hetzner", () => {
  const zone = (records: readonly unknown[], args: object = {}, options: HetznerOptions = {}) =>
    new Zone("public", {
      cloud: hetzner(options),
      domain: "crisis.example.ch",
      records: records as ZoneRecord[],
      ...args,
    });
  const a = { name: "meet", type: "A", values: ["198.51.100.10"], ttl: 300 };

  test("is a primary one, with a set of values for each name and type", async () => {
    const { all, one } = await made(() => zone([{ ...a, values: ["198.51.100.10", "198.51.100.11"] }]));
    expect(all("hcloud:index/zone:Zone")[0]?.inputs).toEqual({
      name: "crisis.example.ch",
      mode: "primary",
      deleteProtection: false,
      labels: { "sovereign-uc-zone": "public" },
    });
    expect(one("ZoneRrset", "public-a-meet").inputs).toEqual({
      zone: "crisis.example.ch",
      name: "meet",
      type: "A",
      ttl: 300,
      records: [{ value: "198.51.100.10" }, { value: "198.51.100.11" }],
      labels: { "sovereign-uc-zone": "public" },
    });
  });

  test.each([
    ["AAAA", "2001:db8::1", "2001:db8::1"],
    ["CNAME", "web.example.ch", "web.example.ch."],
    ["MX", "10 mail.example.ch", "10 mail.example.ch."],
    ["NS", "ns1.example.ch", "ns1.example.ch."],
    ["SRV", "10 5 5061 sip.example.ch", "10 5 5061 sip.example.ch."],
    ["CAA", '0 issue "ca.example.ch"', '0 issue "ca.example.ch"'],
    ["MX", "0 .", "0 ."],
    ["SRV", "0 0 0 .", "0 0 0 ."],
    ["PTR", "host.example.ch", "host.example.ch."],
    ["HTTPS", "1 . alpn=h2,h3 port=8443", "1 . alpn=h2,h3 port=8443"],
    ["SVCB", "0 svc.example.ch", "0 svc.example.ch."],
    ["TLSA", `3 1 1 ${"AB".repeat(32)}`, `3 1 1 ${"ab".repeat(32)}`],
    ["DS", `60485 13 2 ${"cd".repeat(32)}`, `60485 13 2 ${"cd".repeat(32)}`],
    ["TXT", '"v=DKIM1; p=" "abc\\"def"', '"v=DKIM1; p=" "abc\\"def"'],
    ["TXT", 'v="1" \\', '"v=\\"1\\" \\\\"'],
    ["TXT", "x".repeat(300), `"${"x".repeat(255)}" "${"x".repeat(45)}"`],
  ])("writes %s as Hetzner reads it", async (type, value, written) => {
    const { all } = await made(() => zone([{ ...a, type, values: [value] }]));
    expect(all("ZoneRrset").map(({ inputs }) => inputs["records"])).toEqual([[{ value: written }]]);
  });

  test("accepts addresses that are not known yet", async () => {
    const { one } = await made(() => zone([{ ...a, values: [pulumi.output("198.51.100.12")] }]));
    expect(one("ZoneRrset", "public-a-meet").inputs["records"]).toEqual([{ value: "198.51.100.12" }]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ["a domain of one label", () => zone([], { domain: "crisis" }), /domain: expected a domain name/],
    ["records that are no list", () => zone({} as never), /records: expected a list of records/],
    [
      "a record that is null",
      () => zone([null as never]),
      /records: \[0\]: expected a record, got null; give one like/,
    ],
    ["no cloud", () => zone([], { cloud: undefined as never }), /cloud: expected a cloud, got nothing/],
    [
      "a name that is none",
      () => zone([{ ...a, name: "me et" }]),
      /records: \[0\]: name: expected a name inside the zone/,
    ],
    ["an empty name", () => zone([{ ...a, name: "" }]), /\[0\]: name: expected a name/],
    ["a star in the middle", () => zone([{ ...a, name: "a.*" }]), /\[0\]: name: expected a name/],
    ["a type that is none", () => zone([{ ...a, type: "ANY" }]), /\[0\]: values: expected a type out of A, AAAA/],
    ["no values", () => zone([{ ...a, values: [] }]), /\[0\]: values: expected at least one value/],
    ["a value twice", () => zone([{ ...a, values: ["198.51.100.1", "198.51.100.1"] }]), /each value once/],
    ["IPv6 in an A record", () => zone([{ ...a, values: ["2001:db8::1"] }]), /expected an IPv4 address in a A record/],
    ["IPv4 in an AAAA record", () => zone([{ ...a, type: "AAAA" }]), /expected an IPv6 address/],
    ["an address as an alias", () => zone([{ ...a, type: "CNAME" }]), /expected a complete domain name/],
    [
      "two aliases",
      () => zone([{ ...a, type: "CNAME", values: ["a.example.ch", "b.example.ch"] }]),
      /expected one value/,
    ],
    ["an alias of the zone", () => zone([{ ...a, name: "@", type: "CNAME", values: ["a.example.ch"] }]), /not at "@"/],
    [
      "an alias beside others",
      () => zone([a, { ...a, type: "CNAME", values: ["a.example.ch"] }]),
      /\[1\]: name: expected a CNAME that is alone/,
    ],
    [
      "a mail server without a preference",
      () => zone([{ ...a, type: "MX", values: ["mail.example.ch"] }]),
      /"10 mail\.example\.ch" in a MX/,
    ],
    [
      "a preference that is too large",
      () => zone([{ ...a, type: "MX", values: ["65536 mail.example.ch"] }]),
      /in a MX record/,
    ],
    [
      "a service without a port",
      () => zone([{ ...a, type: "SRV", values: ["10 5 sip.example.ch"] }]),
      /in a SRV record/,
    ],
    [
      "a malformed authority",
      () => zone([{ ...a, type: "CAA", values: ["0 issue ca example ch"] }]),
      /in a CAA record/,
    ],
    ["a text beyond ASCII", () => zone([{ ...a, type: "TXT", values: ["grüezi"] }]), /in a TXT record/],
    ["a short life", () => zone([{ ...a, ttl: 59 }]), /\[0\]: ttl: expected a whole number of seconds from 60/],
    [
      "a type that it does not have",
      () => zone([{ ...a, type: "SSHFP", values: [`4 2 ${"ab".repeat(32)}`] }]),
      /expected a type that zones of hetzner take \(A, AAAA, .*\), got "SSHFP"/,
    ],
    [
      "the same name in upper case",
      () => zone([a, { ...a, name: "MEET" }]),
      /\[1\]: name: expected one record of type A for "meet"/,
    ],
    ["the same name and type twice", () => zone([a, a]), /\[1\]: name: expected one record of type A for "meet"/],
    [
      "a cloud that has none",
      () => zone([], { cloud: { ...without(hetzner(), "zones"), absent: { zones: "keep names at home" } } }),
      /cloud: expected a cloud with zones, got "hetzner"; keep names at home/,
    ],
  ])("refuses %s", async (_, program, message) => {
    await expect(made(program)).rejects.toThrow(message);
  });
});

describe("a network on Hetzner", () => {
  const vswitch = { id: 4711, range: "10.20.0.128/25" };
  const route = { destination: "10.30.0.0/24", gateway: "10.20.0.10" };

  test("shares its range with bare metal through a vSwitch", async () => {
    const { all, one } = await made(() => network({ vswitch, routes: [route] }));
    expect(one("hcloud:index/network:Network", "net").inputs).toMatchObject({
      ipRange: "10.20.0.0/24",
      exposeRoutesToVswitch: true,
    });
    expect(all("NetworkSubnet").map(({ inputs }) => inputs)).toEqual([
      { networkId: expect.anything() as unknown, type: "cloud", networkZone: "eu-central", ipRange: "10.20.0.0/25" },
      {
        networkId: expect.anything() as unknown,
        type: "vswitch",
        networkZone: "eu-central",
        ipRange: "10.20.0.128/25",
        vswitchId: 4711,
      },
    ]);
  });

  test("has no vSwitch by default", async () => {
    const { one } = await made(() => network({ routes: [route] }));
    expect(one("hcloud:index/network:Network", "net").inputs).not.toHaveProperty("exposeRoutesToVswitch");
  });

  test("routes to ranges behind its hosts", async () => {
    const { one } = await made(() =>
      network({ routes: [route, { destination: "192.168.7.0/24", gateway: "10.20.0.11" }] }),
    );
    expect(one("NetworkRoute", "net-route-1").inputs).toMatchObject(route);
    expect(one("NetworkRoute", "net-route-2").inputs).toMatchObject({ destination: "192.168.7.0/24" });
  });

  test("accepts 100 hosts and no more", async () => {
    await expect(made(() => pool(network(), "web", 40, 100))).resolves.toBeDefined();
    const more = () => {
      const net = network();
      pool(net, "web", 40, 100);
      pool(net, "more", 20, 1);
    };
    await expect(made(more)).rejects.toThrow(
      /firstHost: expected at most 100 hosts and balancers in "net", got 101; split the stack over networks/,
    );
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "a vSwitch without a number",
      () => network({ vswitch: { ...vswitch, id: 0 } }),
      /^vswitch: id: expected the number of a vSwitch of at least 1, got 0/,
    ],
    ["a vSwitch that is null", () => network({ vswitch: null as never }), /^vswitch: expected a vSwitch, got null/],
    ["routes that are null", () => network({ routes: null as never }), /^routes: expected a list of routes, got null/],
    ["routes that are no list", () => network({ routes: {} as never }), /^routes: expected a list of routes, got \{\}/],
    [
      "a route that is null",
      () => network({ routes: [null as never] }),
      /^routes: \[0\]: expected a route, got null; give one like \{ destination/,
    ],
    [
      "a vSwitch without a range",
      () => network({ vswitch: { ...vswitch, range: "bare" } }),
      /vswitch: range: expected a range/,
    ],
    [
      "a vSwitch that takes another part of the range",
      () => network({ vswitch: { ...vswitch, range: "10.20.0.0/25" } }),
      /cloud: vswitch: expected the upper half of the network's range, 10\.20\.0\.128\/25, got "10\.20\.0\.0\/25"/,
    ],
    [
      "a vSwitch beyond Europe",
      () => network({ vswitch }, { location: "ash" }),
      /cloud: vswitch: expected a location in the network zone eu-central beside a vSwitch, got "ash"/,
    ],
    [
      "a host in the vSwitch's half",
      () => pool(network({ vswitch }), "web", 126, 2),
      /firstHost: expected a host number from 2 to 126 in 10\.20\.0\.0\/24, got 127/,
    ],
    [
      "a default route",
      () => network({ routes: [{ ...route, destination: "0.0.0.0/0" }] }),
      /routes: \[0\]: destination: expected a private IPv4 range/,
    ],
    [
      "an IPv6 route",
      () => network({ routes: [{ ...route, destination: "fd00::/64" }] }),
      /expected a private IPv4 range/,
    ],
    [
      "a gateway that is none",
      () => network({ routes: [{ ...route, gateway: "door-1" }] }),
      /\[0\]: gateway: expected an IP address/,
    ],
    [
      "a gateway outside",
      () => network({ routes: [{ ...route, gateway: "10.21.0.10" }] }),
      /cloud: routes: \[0\]: gateway: expected the address of a host in 10\.20\.0\.0\/24/,
    ],
    [
      "Hetzner's own gateway",
      () => network({ routes: [{ ...route, gateway: "10.20.0.1" }] }),
      /choose one from 10\.20\.0\.2 to/,
    ],
    [
      "the network's own address as a gateway",
      () => network({ routes: [{ ...route, gateway: "10.20.0.0" }] }),
      /routes: \[0\]: gateway: expected the address of a host .*choose one from 10\.20\.0\.2 to 10\.20\.0\.254/,
    ],
    [
      "the broadcast address as a gateway",
      () => network({ routes: [{ ...route, gateway: "10.20.0.255" }] }),
      /routes: \[0\]: gateway: expected the address of a host/,
    ],
    [
      "a route to an isolated range",
      () => network({ routes: [{ ...route, destination: "10.0.0.0/16" }] }),
      /routes: \[0\]: destination: expected a destination outside the isolated range 10\.0\.0\.0\/20/,
    ],
    [
      "a route to an isolated range in its mapped form",
      () => network({ routes: [{ ...route, destination: "::ffff:10.0.16.0/120" }] }),
      /outside the isolated range 10\.0\.16\.0\/24/,
    ],
    [
      "a route into the network",
      () => network({ routes: [{ ...route, destination: "10.20.0.64/26" }] }),
      /outside 10\.20\.0\.0\/24/,
    ],
    [
      "two routes that overlap",
      () => network({ routes: [route, { ...route, destination: "10.30.0.128/25" }] }),
      /\[1\]: destination: expected a destination outside 10\.30\.0\.0\/24/,
    ],
    ["an image that is none", () => network({ image: "Windows 11" }), /image: expected an image name or id/],
    [
      "a balancer type that is none",
      () => network({ balancerType: "lb12" as never }),
      /balancerType: expected a Hetzner balancer type/,
    ],
    ["half a protection", () => network({ protection: "yes" as never }), /protection: expected true or false/],
    ["floating addresses in words", () => network({ floating: "yes" as never }), /floating: expected true or false/],
  ])("refuses %s", async (_, program, message) => {
    await expect(made(program)).rejects.toThrow(message);
  });

  test("reports all bad options at once", () => {
    const bad = () => hetzner({ image: "!", protection: 1 as never, vswitch: { id: -1, range: "x" } });
    expect(bad).toThrow(/^image: (.*\n)+protection: (.*\n)+vswitch: id: .*\nvswitch: range: /);
  });
});

describe("protection by Hetzner", () => {
  const program = (options: HetznerOptions) => {
    const net = network(options);
    balancer({}, net);
    new Zone("public", { cloud: net.cloud, domain: "example.ch", records: [] });
  };

  test.each([true, false])("covers servers, balancers and zones if asked: %s", async (protection) => {
    const { all } = await made(() => program({ protection }));
    for (const { inputs } of all("Server"))
      expect(inputs).toMatchObject({ deleteProtection: protection, rebuildProtection: protection });
    for (const type of ["hcloud:index/loadBalancer:LoadBalancer", "hcloud:index/zone:Zone"])
      expect(all(type).map(({ inputs }) => inputs["deleteProtection"])).toEqual([protection]);
  });

  test("is off unless asked for", async () => {
    const { all } = await made(() => program({}));
    expect(all("Server").map(({ inputs }) => inputs["deleteProtection"])).toEqual([false, false]);
  });
});

describe("Hetzner's object store", () => {
  const store = hetzner().objectStore;

  test.each(["fsn1", "nbg1", "hel1"])("is at %s", (location) => {
    expect(store?.endpoint(location)).toBe(`${location}.your-objectstorage.com`);
    expect(store?.region(location)).toBe(location);
  });

  test.each(["ash", "hil", "sin", "ch-gva-2"])("is not at %s", (location) => {
    expect(() => store?.endpoint(location)).toThrow(
      /expected a Hetzner location with an object store, got ".*"; choose one of fsn1, nbg1, hel1/,
    );
  });
});

test("a network of another cloud is refused for Hetzner's balancer", async () => {
  const program = () => {
    const other = exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }).network(
      "other",
      {
        location: "ch-gva-2",
        range: network().range,
        labels: {},
        convergenceKey: "ssh-ed25519 AAAA",
        convergencePrivateKey: "",
      },
      {},
    );
    hetzner().balancers?.make(
      "front",
      { location: "fsn1", network: other, address: undefined, labels: {}, ports: [port], targets: [] },
      {},
    );
  };
  await expect(made(program)).rejects.toThrow(/expected a network of the same cloud/);
});

test("a gateway is reached at its floating address, which stays when the gateway moves to another location", async () => {
  const { one, outputs: found } = await deploy(
    () => {
      const net = network({ floating: true });
      return { addresses: new Gateway("door", { network: net, type: "cpx22", ...gatewayArgs }).publicAddresses };
    },
    { outputs },
  );
  expect(one("FloatingIp", "door-1-floating").opts.ignoreChanges).toEqual(["homeLocation"]);
  expect(one("FloatingIpAssignment", "door-2-floating").inputs).toEqual({
    floatingIpId: expect.anything() as unknown,
    serverId: expect.anything() as unknown,
  });
  const floating = [1, 2].map((n) => `public address of door-${n}-floating`);
  expect(found["addresses"]).toEqual(floating);
  expect(one("command:remote:Command", "door-1-contact").inputs["connection"]).toMatchObject({
    host: "public address of door-1-public",
  });
});
