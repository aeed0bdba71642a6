import {
  CertificateAuthority,
  Balancer,
  Cluster,
  type ClusterArgs,
  exoscale,
  Gateway,
  hetzner,
  HostPool,
  Network,
} from "../../../components";
import { mediaTaint, poolLabel } from "../../../components/core/taints";
import { birthWord } from "../../../components/recipe/birth-word";
import { sentFiles } from "../../support/elastic";
import { deploy, type Deployment } from "../../support/mocks";
import {
  deployedInfrastructure,
  gatewayArgs,
  site,
  infrastructure,
  isolatedFrom,
  outputs,
  proven,
  renderedHosts,
  worlds,
} from "../../support/infrastructure";
import { hostKey } from "../../support/inventory";

const machines = (made: Deployment) =>
  made.resources.filter(({ type, name }) => /:(Server|ComputeInstance)$/.test(type) || name.endsWith("-enrol"));
/** An enrolled machine's resource is named after its role. */
const hostName = ({ name }: { readonly name: string }): string => name.replace(/-enrol$/, "");
const text = (value: unknown): string => String(value);

/** The filter of a host, as its convergence would write it. */
function filterOf(made: Deployment, host: string): string {
  const line = text(made.one("command:remote:Command", `${host}-converge`).inputs["stdin"])
    .split("\n")
    .map((words) => words.split(" "))
    .find(
      ([kind, , , path]) => kind === "file" && Buffer.from(path ?? "", "base64").toString() === "/etc/nftables.conf",
    );
  return Buffer.from(line?.[4] ?? "", "base64").toString();
}

test("the gateways' proxy connects to listed ports only, for the mirror and others", async () => {
  const [world] = worlds;
  if (world === undefined) throw new Error("expected a cloud to try, got none");
  const egress = [
    { host: "relay.example.ch", port: 8465, reason: "a test" },
    { host: "other.example.ch", port: 443, reason: "a test" },
  ];
  const mirror = { ...site.mirror, registry: "registry.example.ch:5443" };
  const made = await deploy(() => void infrastructure(world, { gateway: { egress, site: { ...site, mirror } } }), {
    outputs,
  });
  const ports = filterOf(made, "door-1")
    .split("\n")
    .filter((line) => line.includes('skuid "proxy"'))
    .map((line) => /meta nfproto (\S+) tcp dport (\S+) accept/.exec(line)?.slice(1).join(" "));
  expect(ports.sort()).toEqual(["443", "5443", "8465"].flatMap((port) => [`ipv4 ${port}`, `ipv6 ${port}`]).sort());
});

describe.each(worlds)("a network with gateways and a cluster on $id", (world) => {
  let made: Deployment;
  beforeAll(async () => {
    made = (await deployedInfrastructure(world)).deployment;
  });

  test("only doors have a public address", () => {
    const open = machines(made)
      .filter(({ inputs }) => {
        if (world.id === "metal") return text(inputs["stdin"]).includes("\ndoor\n");
        return world.id === "hetzner"
          ? (inputs["publicNets"] as { ipv4Enabled: boolean }[]).some((net) => net.ipv4Enabled)
          : inputs["private"] !== true;
      })
      .map(hostName);
    expect(open.sort()).toEqual(["door-1", "door-2", "uc-media-1", "uc-media-2", "uc-media-3"]);
  });

  test("every host has its own private address, spread over physical machines", () => {
    const addresses = machines(made).map(({ inputs }) =>
      text(
        (inputs["networks"] as { ip: string }[] | undefined)?.[0]?.ip ??
          (inputs["networkInterfaces"] as { ipAddress: string }[] | undefined)?.[0]?.ipAddress ??
          /^at (\S+)/m.exec(text(inputs["stdin"]))?.[1],
      ),
    );
    expect(new Set(addresses).size).toBe(10);
    // Machines of an inventory are physical already.
    if (world.id === "metal") return;
    for (const { inputs } of machines(made))
      expect(inputs["placementGroupId"] ?? (inputs["antiAffinityGroupIds"] as unknown[])[0]).toBeDefined();
  });

  test("every host drops every isolated range before it opens anything", () => {
    for (const name of machines(made).map(hostName)) {
      const filter = filterOf(made, name);
      expect(filter).toContain("elements = { 10.0.0.0/20, 10.0.16.0/24 }");
      expect(filter).toContain("elements = { fd00:10::/48 }");
      expect(filter.indexOf("chain isolated_first")).toBeLessThan(filter.indexOf(" accept comment"));
      expect(filter.match(/policy drop/g)).toHaveLength(3);
    }
  });

  test("private hosts open nothing to or from the internet", () => {
    for (const machine of machines(made).filter(({ name }) => /control|application/.test(name)))
      expect(filterOf(made, hostName(machine))).not.toMatch(/meta nfproto|[ {]0\.0\.0\.0/);
  });

  test("user data is plain, small and the same text at preview", async () => {
    // Existing machines get the same over SSH.
    if (world.id === "metal") return expect(machines(made).map(({ inputs }) => inputs["userData"])).toEqual(Array(10));
    const preview = await deploy(() => void infrastructure(world), { outputs, preview: true });
    for (const machine of machines(made)) {
      expect(machine.secrets).not.toContain("userData");
      expect(text(machine.inputs["userData"])).not.toContain("secret");
      expect(Buffer.byteLength(text(machine.inputs["userData"]))).toBeLessThan(4096);
      expect(preview.one(machine.type, machine.name).inputs["userData"]).toBe(machine.inputs["userData"]);
    }
  });

  test("secrets travel on standard input only, marked as secrets", () => {
    for (const { name, inputs, secrets } of made.all("command:remote:Command"))
      if (name.endsWith("-converge")) {
        expect(secrets).toContain("stdin");
        expect(`${text(inputs["create"])}${text(inputs["update"])}`).not.toContain("secret of");
      }
    const components = made.resources.filter(({ type }) => type.startsWith("sovereign-uc:"));
    expect(JSON.stringify(components.map(({ inputs }) => inputs))).not.toContain("secret ");
  });

  test("only the control plane's hosts can admit others, and no host sets its own role", () => {
    const standing = made.resources
      .filter(({ type, name }) => type.endsWith(":RandomPassword") && /-(token|agent-token|join)$/.test(name))
      .map(({ name }) => `secret of ${name}`);
    expect(standing).toHaveLength(3);
    for (const { name, inputs } of made.all("command:remote:Command").filter((one) => one.name.endsWith("-converge"))) {
      const files = sentFiles(text(inputs["stdin"]));
      const all = JSON.stringify(files);
      const held = standing.filter((secret) => all.includes(secret));
      expect({ name, held }).toEqual({ name, held: name.includes("control") ? standing.slice(0, 2) : [] });
      const config = JSON.parse(files["/etc/rancher/k3s/config.yaml"]?.content ?? "{}") as Record<string, unknown>;
      expect(JSON.stringify(config["node-label"] ?? [])).not.toMatch(/sovereign-uc|node-restriction/);
      if (/application|media/.test(name))
        expect(files["/etc/rancher/k3s/token"]?.content).toMatch(/^K10[0-9a-f]{64}::[a-z0-9]{6}\.[a-z0-9]{16}\n$/);
    }
  });

  test("the control plane admits every other host with its own token, and sets its role", () => {
    const steps = made.all("command:remote:Command").filter(({ name }) => name.endsWith("-admit"));
    const hosts = [1, 2].map((n) => `uc-application-${n}`).concat([1, 2, 3].map((n) => `uc-media-${n}`));
    expect(steps.map(({ name }) => name).sort()).toEqual(hosts.map((host) => `${host}-admit`));
    const tokens = steps.map(({ name, inputs, secrets }) => {
      const host = name.replace(/-admit$/, "");
      const pool = host.replace(/^uc-|-\d$/g, "");
      expect(secrets).toContain("stdin");
      const told = text(inputs["stdin"]).split("\n");
      expect(told).toContain(`member ${host}`);
      expect(told.filter((line) => line.startsWith("label "))).toEqual([`label ${poolLabel}=${pool}`]);
      expect(told.includes(`taint ${mediaTaint}`)).toBe(pool === "media");
      // Over a connection that pins the member's own key.
      const member = `uc-control-${((Number(host.slice(-1)) - 1) % 3) + 1}-ready`;
      expect(inputs["connection"]).toMatchObject({ hostKey: expect.stringMatching(/^ssh-ed25519 /) as unknown });
      expect(inputs["connection"]).toEqual(made.one("command:remote:Command", member).inputs["connection"]);
      const token = /^token (\S+)$/m.exec(text(inputs["stdin"]))?.[1] ?? "";
      expect(
        sentFiles(text(made.one("command:remote:Command", `${host}-converge`).inputs["stdin"]))[
          "/etc/rancher/k3s/token"
        ]?.content,
      ).toContain(`::${token}\n`);
      return token;
    });
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  test("hosts install the programs of their scripts, and the certificates to verify their mirror", () => {
    for (const { name, inputs } of made.all("command:remote:Command").filter((one) => one.name.endsWith("-converge"))) {
      const lines = text(inputs["stdin"]).split("\n");
      const files = lines.flatMap((line) => {
        const [kind, , , , content = ""] = line.split(" ");
        return kind === "file" ? [Buffer.from(content, "base64").toString()] : [];
      });
      const installs = (wanted: string) => ({ name, wanted, there: lines.includes(`package ${wanted}`) });
      if (files.some((content) => /\bcurl -/.test(content))) expect(installs("curl")).toMatchObject({ there: true });
      expect(files.join()).toContain("deb https://");
      expect(installs("ca-certificates")).toMatchObject({ there: true });
    }
  });

  test("a host leaves with its machine id from first contact: another one may have its name by then", async () => {
    const twoLines: typeof outputs = (resource) => ({
      ...outputs(resource),
      ...(resource.type === "command:remote:Command"
        ? { stdout: `ssh-ed25519 key\nmachine of ${resource.name}\n` }
        : {}),
    });
    const told = await deploy(() => void infrastructure(world), { outputs: twoLines });
    for (const host of ["uc-control-1", "uc-application-2"])
      expect(told.one("command:remote:Command", `${host}-leave`).inputs["stdin"]).toBe(
        `${host}\nmachine of ${host}-contact\n`,
      );
  });

  test("a cloud host has its own first-contact secret, which is secret in the state and known at preview, and proves its key with it", async () => {
    const birthSecret = "secret of the configuration";
    const program = () => void infrastructure(world, { birthSecret });
    const proving: typeof outputs = (resource) => ({ ...outputs(resource), ...proven(birthSecret)(resource) });
    if (world.id === "metal") {
      const told = await deploy(program, { outputs });
      const inputs = JSON.stringify(told.resources.map((resource) => resource.inputs));
      return expect(inputs.includes(birthWord(birthSecret, "door-1"))).toBe(false);
    }
    const [told, preview] = [
      await deploy(program, { outputs: proving }),
      await deploy(program, { outputs, preview: true }),
    ];
    for (const machine of machines(told)) {
      const word = birthWord(birthSecret, machine.name);
      expect(machine.secrets).toContain("userData");
      expect(text(machine.inputs["userData"])).toContain(word);
      expect(preview.one(machine.type, machine.name).inputs["userData"]).toBe(machine.inputs["userData"]);
      expect(told.one("command:remote:Command", `${machine.name}-converge`).inputs["connection"]).toMatchObject({
        hostKey: `ssh-ed25519 host-key-of-${machine.name}`,
      });
    }
    const components = told.resources.filter(({ type }) => type.startsWith("sovereign-uc:"));
    expect(JSON.stringify(components.map(({ inputs }) => inputs))).not.toContain(birthSecret);
  });

  test("a door admits only administrators from the start: by the cloud firewall until its own filter has their ranges", () => {
    const wall = [
      ...made
        .all("hcloud:index/firewall:Firewall")
        .flatMap(({ name, inputs }) =>
          (inputs["rules"] as { port: string; direction: string; sourceIps?: string[] }[])
            .filter(({ port, direction }) => port === "22" && direction === "in")
            .map(({ sourceIps }) => [name, sourceIps]),
        ),
      ...made
        .all("exoscale:index/securityGroupRule:SecurityGroupRule")
        .filter(({ inputs }) => inputs["startPort"] === 22 && inputs["type"] === "INGRESS")
        .map(({ inputs }) => ["door-wall", [inputs["cidr"]]]),
    ];
    // Without a cloud firewall, the host's own filter has the ranges from the start.
    if (world.id === "metal") {
      expect(wall).toEqual([]);
      const [, filter = ""] =
        /^file \S+ L2V0Yy9uZnRhYmxlcy5jb25m (\S+)$/m.exec(
          text(made.one("command:remote:Command", "door-1-enrol").inputs["stdin"]),
        ) ?? [];
      return expect(Buffer.from(filter, "base64").toString()).toContain(
        "ip saddr { 203.0.113.0/24 } tcp dport 22 accept",
      );
    }
    expect(wall).toEqual([["door-wall", ["203.0.113.0/24"]]]);
    for (const { inputs } of machines(made).filter(({ name }) => name.startsWith("door-")))
      expect(inputs["firewallIds"] ?? inputs["securityGroupIds"]).toHaveLength(1);
  });

  test("first contact sends no secret, and everything after it pins the host's own key", () => {
    const contact = made.one("command:remote:Command", "uc-control-1-contact");
    expect(contact.inputs["stdin"]).toBeUndefined();
    const converge = made.one("command:remote:Command", "uc-control-1-converge").inputs["connection"] as Record<
      string,
      unknown
    >;
    // The inventory has it beforehand; elsewhere the host reports it at first contact.
    const known = (host: string, n: number): string =>
      world.id === "metal" ? hostKey(n) : `ssh-ed25519 host-key-of-${host}-contact`;
    expect(converge["hostKey"]).toBe(known("uc-control-1", 20));
    expect(converge["proxy"]).toMatchObject({ hostKey: known("door-1", 10) });
  });

  test("private hosts are reached through the gateways in turn", () => {
    const proxies = made
      .all("command:remote:Command")
      .filter(({ name }) => /control-\d-ready/.test(name))
      .map(({ inputs }) => text((inputs["connection"] as { proxy: { host: string } }).proxy.host));
    expect(new Set(proxies).size).toBe(2);
  });

  test("only the first control-plane host founds a cluster, and never again after a replacement", () => {
    const founding = made.all("command:remote:Command").filter(({ name }) => name.endsWith("-found"));
    expect(founding.map(({ name }) => name)).toEqual(["uc-control-1-found"]);
    expect(founding[0]?.inputs["triggers"]).toBeUndefined();
    expect(founding[0]?.inputs["update"]).not.toBe(founding[0]?.inputs["create"]);
  });

  test("only data volumes and their keys are protected", () => {
    const kept = made.resources.filter(({ opts }) => opts.protect === true).map(({ type, name }) => `${type} ${name}`);
    const volumes = kept.filter((one) => /Volume uc-control-\d-data$/.test(one));
    const keys = kept.filter((one) => /RandomPassword uc-control-\d-data-key$/.test(one));
    expect([volumes.length, keys.length]).toEqual([world.id === "metal" ? 0 : 3, 3]);
    expect(kept).toHaveLength(volumes.length + keys.length);
  });

  test("the cluster keeps its identity when a gateway's address changes", () => {
    expect(made.one("pulumi:providers:kubernetes", "uc").inputs["clusterIdentifier"]).toBe("api.crisis.example.ch");
  });

  test("every child has a parent and a name that begins with its component's", () => {
    const orphans = made.resources.filter(
      ({ type, opts }) => !type.startsWith("sovereign-uc:") && opts.parent === undefined,
    );
    expect(orphans).toEqual([]);
  });

  test("protection can be lifted", async () => {
    const lifted = await deploy(() => void infrastructure(world, { keepData: false }), { outputs });
    expect(lifted.resources.filter(({ opts }) => opts.protect === true)).toEqual([]);
    expect(JSON.stringify(lifted.resources.map(({ inputs }) => inputs["deleteProtection"]))).not.toContain("true");
  });

  test("administrators' SSH is closed at the cloud firewall only; without one that is refused", async () => {
    const closing = deploy(() => void infrastructure(world, { administratorAccess: "closed" }), { outputs });
    if (world.id === "metal")
      return expect(closing).rejects.toThrow(
        /administratorAccess: expected "open" on metal, where there is no outer wall/,
      );
    const closed = await closing;
    const differing = (one: Deployment, other: Deployment): readonly string[] =>
      one.resources
        .filter(({ type, name, inputs }) => {
          const same = other.resources.find((its) => its.type === type && its.name === name);
          return JSON.stringify(same?.inputs) !== JSON.stringify(inputs);
        })
        .map(({ name }) => name);
    const [rule, firewall] = ["door-in-tcp-22-203-0-113-0-24", "door-wall"];
    expect(differing(made, closed)).toEqual(world.id === "exoscale" ? [rule] : [firewall]);
    expect(differing(closed, made)).toEqual(world.id === "exoscale" ? [] : [firewall]);
    if (world.id === "exoscale") return;
    const ports = (closed.one("hcloud:index/firewall:Firewall", firewall).inputs["rules"] as { port: string }[]).map(
      ({ port }) => port,
    );
    expect(ports).toEqual(expect.arrayContaining(["443", "6443"]));
    expect(ports).not.toContain("22");
  });

  describe("refuses", () => {
    const network = (args: object = {}, name = "net") =>
      new Network(name, { cloud: world.cloud(), location: world.location, isolatedFrom, ...args });
    const gateway = (args: object = {}) =>
      new Gateway("door", { network: network(), type: world.type, ...gatewayArgs, ...args });
    const pool = (args: object = {}) =>
      new HostPool("tools", {
        network: network(),
        role: "tools",
        type: world.type,
        firstHost: 40,
        sshFrom: ["10.20.0.10/32"],
        ...args,
      });
    const cluster = (args: object = {}) => {
      const net = network();
      const volumeHosts = net.addresses(20, 3);
      const door = new Gateway("door", { network: net, type: world.type, ...gatewayArgs, volumeHosts });
      return new Cluster("uc", {
        network: net,
        gateway: door,
        domain: "crisis.example.ch",
        controlPlane: { type: world.type, firstHost: 20 },
        application: { type: world.type, firstHost: 30, count: 2 },
        ...args,
      });
    };
    const published = {
      port: 443,
      targets: ["10.20.0.30"],
      targetPort: 30443,
      proxyProtocol: true,
      from: ["0.0.0.0/0"],
      reason: "web",
    };

    test.each<[string, () => unknown, RegExp]>([
      ["a network whose name DNS refuses", () => network({}, "Net_1"), /name: expected a name/],
      ["an unknown location", () => network({ location: "atlantis" }), /location: expected an? .*choose one of/],
      ["a missing location", () => network({ location: undefined }), /location: .*got nothing/],
      ["a malformed range", () => network({ range: "10.20.0.0" }), /range: .*did you mean "10\.20\.0\.0\/32"/],
      ["a range with host bits", () => network({ range: "10.20.0.1/24" }), /range: .*did you mean "10\.20\.0\.0\/24"/],
      ["a public range", () => network({ range: "192.0.2.0/24" }), /range: expected a private IPv4 range/],
      ["an IPv6 range", () => network({ range: "fd00::/64" }), /range: expected a private IPv4 range/],
      ["a range that is too small", () => network({ range: "10.20.0.0/28" }), /range: expected a private IPv4 range/],
      [
        "a range that touches an isolated one",
        () => network({ range: "10.0.0.0/16" }),
        /isolatedFrom: .*outside the range 10\.0\.0\.0\/16/,
      ],
      ["no word on isolation", () => network({ isolatedFrom: undefined }), /isolatedFrom: expected a list/],
      ["one gateway", () => gateway({ count: 1 }), /count: expected a whole number of gateways from 2/],
      ["half a gateway", () => gateway({ count: 2.5 }), /count: expected a whole number/],
      [
        "administrators from everywhere",
        () => gateway({ administrators: ["0.0.0.0/0"] }),
        /administrators: .*never the whole internet/,
      ],
      [
        "no administrators",
        () => gateway({ administrators: [] }),
        /administrators: expected a list of at least 1 range/,
      ],
      [
        "access that is neither open nor closed",
        () => gateway({ administratorAccess: "shut" }),
        /administratorAccess: expected "open" or "closed", got "shut"/,
      ],
      [
        "the same of a pool",
        () => pool({ administratorAccess: true }),
        /administratorAccess: expected "open" or "closed", got true/,
      ],
      [
        "one resolver",
        () => gateway({ site: { ...site, resolvers: site.resolvers.slice(1) } }),
        /site: resolvers: expected at least two/,
      ],
      [
        "an isolated resolver",
        () =>
          gateway({
            site: {
              ...site,
              resolvers: [
                { address: "10.0.0.1", name: "a.example.ch" },
                { address: "10.0.16.9", name: "nope" },
              ],
            },
          }),
        /site: resolvers: address: .*isolated range 10\.0\.0\.0\/20/,
      ],
      [
        "a resolver without a name",
        () => gateway({ site: { ...site, resolvers: [{ address: "192.0.2.1" }, { address: "192.0.2.2" }] } }),
        /site: resolvers: name: expected a domain name/,
      ],
      [
        "an isolated clock",
        () => gateway({ site: { ...site, timeServers: ["10.0.0.1", "192.0.2.1"] } }),
        /site: timeServers: .*isolated range/,
      ],
      [
        "a clock by name",
        () => gateway({ site: { ...site, timeServers: ["time.example.ch", "192.0.2.1"] } }),
        /site: timeServers: expected an IP address/,
      ],
      [
        "no services of the site",
        () => gateway({ site: undefined }),
        /site: expected the operator's services, got nothing; give one like \{ mirror, resolvers, timeServers \}/,
      ],
      ["no mirror", () => gateway({ site: { ...site, mirror: undefined } }), /site: mirror: registry: /],
      [
        "a published port above 65535",
        () => gateway({ published: [{ ...published, port: 70000 }] }),
        /published: \[0\]: port: /,
      ],
      [
        "a target outside the network",
        () => gateway({ published: [{ ...published, targets: ["192.0.2.1"] }] }),
        /published: \[0\]: targets: expected addresses in 10\.20\.0\.0\/24/,
      ],
      [
        "no target",
        () => gateway({ published: [{ ...published, targets: [] }] }),
        /published: \[0\]: targets: expected at least one/,
      ],
      [
        "publishing to an isolated range",
        () => gateway({ published: [{ ...published, from: ["10.0.0.0/24"] }] }),
        /published: \[0\]: from: .*isolated/,
      ],
      [
        "publishing without a reason",
        () => gateway({ published: [{ ...published, reason: "" }] }),
        /published: \[0\]: reason: /,
      ],
      [
        "egress to no name",
        () => gateway({ egress: [{ host: "192.0.2.1", port: 443, reason: "x" }] }),
        /egress: \[0\]: host: expected a domain name/,
      ],
      [
        "egress to port 0",
        () => gateway({ egress: [{ host: "a.example.ch", port: 0, reason: "x" }] }),
        /egress: \[0\]: port: /,
      ],
      [
        "published ports that are no list",
        () => gateway({ published: {} }),
        /published: expected a list of ports, got \{\}/,
      ],
      ["a published port that is null", () => gateway({ published: [null] }), /published: \[0\]: port: .*got nothing/],
      [
        "a published port without a reason or targets",
        () => gateway({ published: [{ ...published, reason: undefined, targets: null, from: undefined }] }),
        /published: \[0\]: targets: .*got null[^]*published: \[0\]: from: [^]*published: \[0\]: reason: .*got nothing/,
      ],
      [
        "egress without a reason",
        () => gateway({ egress: [{ host: "a.example.ch", port: 443 }] }),
        /egress: \[0\]: reason: expected a reason on one line, got nothing/,
      ],
      ["egress that is null", () => gateway({ egress: [null] }), /egress: \[0\]: host: .*got nothing/],
      [
        "a resolver that is null",
        () => gateway({ site: { ...site, resolvers: [null, null] } }),
        /site: resolvers: address: .*got nothing/,
      ],
      [
        "links that are null",
        () => gateway({ links: [null] }),
        /links: \[0\]: expected a site's end of a link, got null/,
      ],
      [
        "a malformed host type",
        () => pool({ type: "Large Machine" }),
        /type: expected an? (Hetzner|Exoscale|type of the inventory)/,
      ],
      ["no host", () => pool({ count: 0 }), /count: expected a whole number of hosts/],
      ["negative hosts", () => pool({ count: -1 }), /count: expected a whole number of hosts/],
      [
        "fewer hosts than the load and one more",
        () => pool({ count: 2, capacity: { load: 200, perReplica: 100, unit: "participants", source: "x" } }),
        /count: expected at least 3 hosts/,
      ],
      [
        "a load of nothing",
        () => pool({ capacity: { load: 0, perReplica: 100, unit: "participants", source: "x" } }),
        /capacity: expected a positive number of participants, got 0/,
      ],
      ["a role that is no label", () => pool({ role: "Tools!" }), /role: expected a name/],
      ["a first host outside the network", () => pool({ firstHost: 300 }), /firstHost: expected a host number/],
      ["a first host that is the network itself", () => pool({ firstHost: 0 }), /firstHost: expected a host number/],
      [
        "a data volume below the providers' least size",
        () => pool({ dataGib: 5 }),
        /dataGib: expected a whole number of GiB/,
      ],
      ["a fractional data volume", () => pool({ dataGib: 10.5 }), /dataGib: expected a whole number of GiB/],
      ["SSH from nowhere", () => pool({ sshFrom: [] }), /sshFrom: expected a list of at least 1/],
      [
        "SSH from an isolated range, beside everything else that is wrong",
        () => pool({ sshFrom: ["10.0.16.0/24"], dataGib: 5 }),
        /dataGib: [^]*sshFrom: expected ranges outside the isolated ranges, got "10\.0\.16\.0\/24"/,
      ],
      [
        "a recipe that opens a port to an isolated range",
        () =>
          pool({
            role: "!",
            recipe: () => ({
              openings: [{ direction: "out", protocol: "tcp", port: 25, peers: ["10.0.16.5/32"], reason: "x" }],
            }),
          }),
        /role: [^]*recipe: \[\d+\]: peers: expected peers outside the isolated range 10\.0\.16\.0\/24/,
      ],
      [
        "gateways outside the network, beside everything else that is wrong",
        () => gateway({ firstHost: 300, site: { ...site, timeServers: [] } }),
        /firstHost: expected a host number [^]*site: timeServers: /,
      ],
      [
        "a control plane outside the network, beside everything else that is wrong",
        () => cluster({ controlPlane: { type: world.type, firstHost: 300 }, domain: "x" }),
        /domain: [^]*controlPlane\.firstHost: expected a host number/,
      ],
      ["SSH from a malformed range", () => pool({ sshFrom: ["gateway"] }), /sshFrom: expected a range/],
      [
        "an opening to an isolated range",
        () =>
          pool({ openings: [{ direction: "out", protocol: "tcp", port: 389, peers: ["10.0.0.5/32"], reason: "x" }] }),
        /openings: .*isolated range 10\.0\.0\.0\/20/,
      ],
      ["openings that are no list", () => pool({ openings: null }), /openings: expected a list of openings, got null/],
      [
        "an opening without a port",
        () => pool({ openings: [{ direction: "in", protocol: "tcp", peers: ["192.0.2.0/24"], reason: "x" }] }),
        /openings: \[0\]: port: expected ports from 1 to 65535.*got nothing/,
      ],
      ["a capacity that is null", () => pool({ capacity: null }), /capacity: expected a load .*got null/],
      ["a malformed forward", () => pool({ forwards: [["10.42.0.0", "10.42.0.0/16"]] }), /forwards: expected a range/],
      [
        "a forward by no interface",
        () => pool({ forwards: [["10.42.0.0/16", "10.42.0.0/16", "pods", { in: [] }]] }),
        /forwards: expected names of interfaces/,
      ],
      [
        "a forward by what is no interface",
        () => pool({ forwards: [["10.42.0.0/16", "10.42.0.0/16", "pods", { out: ['wg" accept'] }]] }),
        /forwards: expected names of interfaces/,
      ],
      [
        "a key that is none",
        () => pool({ frozen: { administratorKeys: ["secret"] } }),
        /administratorKeys: expected public SSH keys/,
      ],
      [
        "an even control plane",
        () => cluster({ controlPlane: { type: world.type, firstHost: 20, count: 4 } }),
        /controlPlane\.count: expected an odd number/,
      ],
      [
        "a control plane of one",
        () => cluster({ controlPlane: { type: world.type, firstHost: 20, count: 1 } }),
        /controlPlane\.count: expected a whole number of hosts from 3/,
      ],
      ["a domain that is none", () => cluster({ domain: "crisis" }), /domain: expected a domain name/],
      ["pods in the hosts' range", () => cluster({ podRange: "10.20.0.0/16" }), /ranges: .*apart from podRange/],
      [
        "services in the pods' range",
        () => cluster({ serviceRange: "10.42.128.0/17" }),
        /ranges: .*apart from serviceRange/,
      ],
      ["pods in an isolated range", () => cluster({ podRange: "10.0.0.0/16" }), /ranges: .*isolated range/],
      [
        "a gateway that is not there",
        () => cluster({ apiGateway: 2 }),
        /apiGateway: expected the number of a gateway from 0 to 1/,
      ],
      [
        "gateways that would leave the volumes of the control plane shut",
        () => cluster({ controlPlane: { type: world.type, firstHost: 21 } }),
        /firstHost: expected gateways that open the volumes of 10\.20\.0\.21, .*apiPort does so for the control plane/,
      ],
      [
        "a host of another network whose volume it would open",
        () => gateway({ volumeHosts: ["192.0.2.1"] }),
        /volumeHosts: expected addresses in 10\.20\.0\.0\/24, got "192\.0\.2\.1"/,
      ],
      [
        "more connections of one source than there are",
        () => gateway({ published: [{ ...published, connections: 100, connectionsPerSource: 101 }] }),
        /connectionsPerSource: expected a whole number of connections of one source from 1 to 100, got 101/,
      ],
      [
        "more connections than a gateway's memory carries",
        () => gateway({ published: [1, 2].map((n) => ({ ...published, port: 440 + n, connections: 60_000 })) }),
        /published: expected at most 100000 connections over all published ports, got 120000/,
      ],
      [
        "a port that is half TLS",
        () => gateway({ published: [{ ...published, tls: "maybe" }] }),
        /tls: expected true or false, got "maybe"/,
      ],
      [
        "a connection that may be silent for ever",
        () => gateway({ published: [{ ...published, idleMinutes: 0 }] }),
        /idleMinutes: expected a whole number of minutes/,
      ],
      [
        "a health port that is none",
        () => gateway({ published: [{ ...published, healthPort: 0 }] }),
        /healthPort: expected a port/,
      ],
      [
        "pools that share a host number",
        () => cluster({ application: { type: world.type, firstHost: 22, count: 2 } }),
        /firstHost: expected host numbers of "net" that are free, got 22/,
      ],
      ["an authority without a name", () => new CertificateAuthority("a", { commonName: " " }), /commonName: /],
      [
        "an authority for an hour",
        () => new CertificateAuthority("a", { commonName: "a", validityHours: 1 }),
        /validityHours: /,
      ],
    ])("%s", async (_, make, message) => {
      await expect(deploy(() => void make(), { outputs })).rejects.toThrow(message);
    });

    test("all bad arguments at once, without a stack", async () => {
      const error: unknown = await deploy(
        () => void network({ location: "x", range: "y", isolatedFrom: [{}] }, "Z"),
      ).catch((reason: unknown) => reason);
      expect(text((error as Error).message).split("\n")).toHaveLength(4);
      expect(error).toMatchObject({ hideStack: true });
    });
  });

  test("rendered files are in the outputs of their pool, without secrets", async () => {
    const { hosts } = await deployedInfrastructure(world);
    expect(Object.keys(hosts)).toHaveLength(10);
    expect(hosts["uc-control-1"]?.files["/etc/nftables.conf"]).toBe(filterOf(made, "uc-control-1"));
    expect(JSON.stringify(hosts)).not.toContain("secret of");
  });

  test("rendered files are known at preview, so that a deployment can be judged before it is made", async () => {
    const { hosts } = await deployedInfrastructure(world);
    expect(await renderedHosts(() => void infrastructure(world), true)).toEqual(hosts);
  });
});

test.each([
  ["a template that is no UUID", () => exoscale({ templateId: "debian" }), "the id of a template"],
  [
    "a system disk of 5 GiB",
    () => exoscale({ templateId: "00000000-0000-4000-8000-000000000012", diskGib: 5 }),
    "GiB of system disk",
  ],
  ["an image without a name", () => hetzner({ image: "" }), "an image name or id"],
])("refuses %s", (_, make, message) => {
  expect(make).toThrow(message);
});

describe.each<[string, (network: Network) => unknown]>([
  ["HostPool", (network) => new HostPool("tools", { network, role: "x", type: "cpx22", firstHost: 90, sshFrom: [] })],
  ["Gateway", (network) => new Gateway("tools", { network, type: "cpx22", ...gatewayArgs })],
  ["Balancer", (network) => new Balancer("tools", { network, number: 99, ports: [] })],
  ["Cluster", (network) => new Cluster("tools", { ...({} as ClusterArgs), network })],
])("a %s", (_, make) => {
  test.each<[string, unknown, string]>([
    ["null", null, "null"],
    ["nothing", undefined, "nothing"],
    ["a name", "office", '"office"'],
  ])("says what it got in the place of a network: %s", async (__, value, got) => {
    await expect(deploy(() => void make(value as Network))).rejects.toThrow(
      `"tools": network: expected a Network, got ${got}; make one first and give it`,
    );
  });
});
