import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Properties, revealAll, Secret, Unknown } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { hetznerNetwork, type Made, privateOnly, seen, serverInputs, types, World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const key = { privateKey: new Secret("not a key that anybody reads") };
const contact = "#!/bin/sh\n# answers: host-key\ncat key\n";

/** A door with a public address and a private host behind it. */
async function site(): Promise<{
  readonly door: Made;
  readonly inside: Made;
  readonly through: Properties;
  readonly networkId: number;
}> {
  const { networkId } = await hetznerNetwork(world);
  const door = await world.make(types.server, "door", serverInputs("door", networkId, "10.0.0.10"));
  const inside = await world.make(types.server, "inside", serverInputs("inside", networkId, "10.0.0.20", privateOnly));
  const through: Properties = { host: "10.0.0.20", ...key, proxy: { host: String(seen(door)["ipv4Address"]), ...key } };
  return { door, inside, through, networkId };
}

const journal = (): readonly Entry[] =>
  (JSON.parse(readFileSync(join(world.folder, "command.json"), "utf8")) as { readonly journal: readonly Entry[] })
    .journal;

interface Entry {
  readonly resource: string;
  readonly phase: string;
  readonly host: string;
  readonly through: string;
  readonly script: string;
  readonly stdin: string;
}

const direct = (door: Made): Properties => ({ host: String(seen(door)["ipv4Address"]), ...key });

describe("a command on a simulated machine", () => {
  test("reaches a door directly and a private host through a door of its network", async () => {
    const { door, through } = await site();
    await world.make(types.command, "a", { connection: direct(door), create: "true" });
    await world.make(types.command, "b", { connection: through, create: "true" });
    expect(journal().map(({ host, through: via }) => [host, via])).toEqual([
      ["door", ""],
      ["inside", "door"],
    ]);
  });

  test("fails without a machine, in the real provider's words", async () => {
    const { door, through, networkId } = await site();
    await world.make(types.network, "other", { name: "other", ipRange: "10.9.0.0/24" });
    const cases: readonly (readonly [Properties, RegExp])[] = [
      [
        { host: "198.51.100.9", ...key },
        /^after 10 failed attempts: dial tcp 198\.51\.100\.9:22: connect: connection refused$/,
      ],
      [{ host: "10.0.0.20", ...key }, /dial tcp 10\.0\.0\.20:22: connect: connection refused$/],
      [
        { ...through, host: "10.0.0.99", dialErrorLimit: 3 },
        /^proxy: after 3 failed attempts: ssh: rejected: connect failed \(Connection refused\)$/,
      ],
      [
        { ...through, proxy: { host: "198.51.100.9", ...key } },
        /^proxy: after 10 failed attempts: dial tcp 198\.51\.100\.9:22/,
      ],
      [{ host: String(seen(door)["ipv4Address"]) }, /unable to authenticate, attempted methods \[none\]/],
    ];
    for (const [connection, message] of cases)
      await expect(world.make(types.command, "a", { connection, create: "true" })).rejects.toThrow(message);
    expect(networkId).toBeGreaterThan(0);
  });

  test("does not get from one network into another", async () => {
    const { through } = await site();
    await world.make(types.network, "other", { name: "other", ipRange: "10.9.0.0/24" }).then((other) =>
      world
        .make(types.subnet, "far", {
          networkId: Number(other.id),
          type: "cloud",
          networkZone: "eu-central",
          ipRange: "10.9.0.0/24",
        })
        .then(() => world.make(types.server, "far", serverInputs("far", Number(other.id), "10.9.0.5"))),
    );
    await expect(
      world.make(types.command, "a", { connection: { ...through, host: "10.9.0.5" }, create: "true" }),
    ).rejects.toThrow(/^proxy: .*Connection refused/);
  });

  test("reaches machines on Exoscale in the same way", async () => {
    const zone = "ch-gva-2";
    const network = await world.make(types.privateNetwork, "n", {
      name: "n",
      zone,
      startIp: "10.0.0.200",
      endIp: "10.0.0.250",
      netmask: "255.255.255.0",
    });
    const instance = (name: string, ipAddress: string, more: Properties = {}): Promise<Made> =>
      world.make(types.instance, name, {
        name,
        zone,
        type: "standard.medium",
        templateId: "00000000-0000-4000-8000-000000000012",
        diskSize: 50,
        networkInterfaces: [{ networkId: network.id, ipAddress }],
        ...more,
      });
    const door = await instance("door", "10.0.0.10");
    await instance("inside", "10.0.0.20", { private: true });
    const proxy: Properties = { host: String(seen(door)["publicIpAddress"]), ...key };
    await world.make(types.command, "a", { connection: { host: "10.0.0.20", ...key, proxy }, create: "true" });
    expect(journal().map(({ host, through }) => [host, through])).toEqual([["inside", "door"]]);
  });

  test("reaches an instance of Exoscale's at the elastic address that is attached to it, and the next one after it", async () => {
    const zone = "ch-gva-2";
    const address = await world.make(types.elasticIp, "front", { zone });
    const instance = (): Promise<Made> =>
      world.make(types.instance, "door", {
        name: "door",
        zone,
        type: "standard.medium",
        templateId: "00000000-0000-4000-8000-000000000012",
        diskSize: 50,
        elasticIpIds: [address.id],
      });
    const connection: Properties = { host: String(seen(address)["ipAddress"]), ...key };
    const run = () => world.make(types.command, "a", { connection, create: contact });
    await expect(run()).rejects.toThrow(/connection refused$/);
    const first = await instance();
    const answered = seen(await run())["stdout"];
    await world.remove(first);
    await expect(run()).rejects.toThrow(/connection refused$/);
    await instance();
    expect(seen(await run())["stdout"]).not.toBe(answered);
  });

  const rule = (port: string, more: Properties = {}): Properties => ({
    direction: "in",
    protocol: "tcp",
    port,
    sourceIps: ["203.0.113.0/24"],
    ...more,
  });
  test.each<[string, readonly Properties[], boolean]>([
    ["lets SSH in", [rule("22")], true],
    ["lets in a range that SSH is in", [rule("443"), rule("20-30")], true],
    ["lets in everything", [rule("any")], true],
    ["lets in something else", [rule("443")], false],
    ["lets SSH out", [rule("22", { direction: "out", sourceIps: [], destinationIps: ["0.0.0.0/0"] })], false],
    ["lets in nothing", [], false],
  ])("passes Hetzner's firewall only where it lets SSH in: one that %s", async (_, rules, passes) => {
    const { networkId } = await hetznerNetwork(world);
    const wall = await world.make(types.firewall, "wall", { name: "wall", rules: [...rules] });
    const firewallIds = [Number(wall.id)];
    const door = await world.make(types.server, "door", {
      ...serverInputs("door", networkId, "10.0.0.10"),
      firewallIds,
    });
    await world.make(types.server, "inside", serverInputs("inside", networkId, "10.0.0.20", privateOnly));
    const proxy: Properties = direct(door);
    for (const [connection, prefix] of [
      [direct(door), ""],
      [{ host: "10.0.0.20", ...key, proxy }, "proxy: "],
    ] as const) {
      const run = world.make(types.command, "a", { connection, create: "true" });
      if (passes) await run;
      else await expect(run).rejects.toThrow(new RegExp(`^${prefix}after 10 failed attempts: .*: i/o timeout$`));
    }
  });

  test.each<[string, readonly Properties[], boolean]>([
    ["lets SSH in", [{ type: "INGRESS", startPort: 22, endPort: 22 }], true],
    ["lets something else in", [{ type: "INGRESS", startPort: 443, endPort: 443 }], false],
    ["lets SSH out", [{ type: "EGRESS", startPort: 22, endPort: 22 }], false],
    ["lets UDP in", [{ type: "INGRESS", protocol: "UDP", startPort: 1, endPort: 65_535 }], false],
    ["lets nothing in", [], false],
  ])("passes Exoscale's security group only where it lets SSH in: one that %s", async (_, rules, passes) => {
    const group = await world.make(types.securityGroup, "g", { name: "g" });
    for (const [i, one] of rules.entries())
      await world.make(types.securityGroupRule, `r${i}`, {
        securityGroupId: group.id,
        protocol: "TCP",
        cidr: "0.0.0.0/0",
        ...one,
      });
    const door = await world.make(types.instance, "door", {
      name: "door",
      zone: "ch-gva-2",
      type: "standard.medium",
      templateId: "00000000-0000-4000-8000-000000000012",
      diskSize: 50,
      securityGroupIds: [group.id],
    });
    const connection: Properties = { host: String(seen(door)["publicIpAddress"]), ...key };
    const run = world.make(types.command, "a", { connection, create: "true" });
    if (passes) await run;
    else await expect(run).rejects.toThrow(/i\/o timeout$/);
  });

  test("learns the machine's host key, which pins that machine and no other", async () => {
    const { door, through, networkId } = await site();
    const first = await world.make(types.command, "contact", { connection: direct(door), create: contact });
    const hostKey = String(seen(first)["stdout"]);
    expect(hostKey).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI/);
    const again = await world.make(types.command, "again", {
      connection: { ...direct(door), hostKey },
      create: contact,
    });
    expect(seen(again)["stdout"]).toBe(hostKey);
    await expect(
      world.make(types.command, "other", { connection: { ...through, hostKey }, create: "true" }),
    ).rejects.toThrow(/^proxy: ssh: handshake failed: ssh: host key mismatch$/);

    await world.remove(door);
    const reborn = await world.make(types.server, "door", serverInputs("door", networkId, "10.0.0.10"));
    await expect(
      world.make(types.command, "old", { connection: { ...direct(reborn), hostKey }, create: "true" }),
    ).rejects.toThrow(/host key mismatch/);
    await expect(
      world.make(types.command, "bad", { connection: { ...direct(reborn), hostKey: "nonsense" }, create: "true" }),
    ).rejects.toThrow(/failed to parse host key/);
  });

  test("runs update where there is one and create again where there is none, and delete at its end", async () => {
    const { door } = await site();
    const both: Properties = {
      connection: direct(door),
      create: "echo c",
      update: "echo u",
      delete: "echo d",
      stdin: "1",
    };
    const one = await world.make(types.command, "one", both);
    const changed = await world.update(one, { ...both, stdin: "2" });
    const { update: _, ...without } = both;
    const other = await world.make(types.command, "other", without);
    await world.update(other, { ...without, stdin: "2" });
    await world.remove(changed);
    expect(journal().map(({ resource, phase }) => `${resource} ${phase}`)).toEqual([
      "one create",
      "one update",
      "other create",
      "other update",
      "one delete",
    ]);
    const [created, updated, , again] = journal();
    expect(again?.script).toBe(created?.script);
    expect(updated?.script).not.toBe(created?.script);
    expect(updated?.stdin).not.toBe(created?.stdin);
  });

  test("cannot run its end on a machine that is gone", async () => {
    const { door } = await site();
    const one = await world.make(types.command, "one", { connection: direct(door), create: "true", delete: "true" });
    await world.remove(door);
    await expect(world.remove(one)).rejects.toThrow(/connection refused/);
  });

  test("is replaced by a trigger and by nothing else", async () => {
    const { door } = await site();
    const inputs: Properties = { connection: direct(door), create: "true", triggers: ["1"] };
    const one = await world.make(types.command, "one", inputs);
    expect(world.replaces(one, { ...inputs, triggers: ["2"] })).toEqual(["triggers[0]"]);
    expect(world.replaces(one, { ...inputs, create: "false" })).toEqual([]);
  });

  test("answers what its script says that it answers", async () => {
    const { door } = await site();
    const answer = async (create: string): Promise<unknown> =>
      seen(await world.make(types.command, create, { connection: direct(door), create }))["stdout"];
    expect(await answer("# answers: ready\n")).toBe("ready");
    expect(await answer("echo '# answers: ready'\n")).toBe("");
    expect(await answer("true")).toBe("");
  });

  test("keeps its connection secret and puts the real defaults into it", () => {
    const { inputs, problems } = world.checked(types.command, "a", {
      connection: { host: "h", proxy: { host: "p" } },
      create: "true",
    });
    expect(problems).toEqual([]);
    expect(inputs["connection"]).toBeInstanceOf(Secret);
    const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
    expect(revealAll(inputs)["connection"]).toEqual({ host: "h", ...defaults, proxy: { host: "p", ...defaults } });
  });

  test("may have anything unknown in its connection at preview, and its output is unknown then", async () => {
    const connection: Properties = { host: Unknown.value, privateKey: Unknown.value, hostKey: Unknown.value };
    expect(world.check(types.command, { connection, create: "true" })).toEqual([]);
    expect(await world.preview(types.command, "a", { connection, create: "true" })).toMatchObject({
      stdout: Unknown.value,
      stderr: Unknown.value,
    });
  });

  test("needs a host", () => {
    expect(
      world.check(types.command, { connection: { user: "root" }, create: "true" }).map(({ property }) => property),
    ).toEqual(["connection.host"]);
  });

  test("leaves neither scripts nor input nor keys in its file", async () => {
    const { door } = await site();
    await world.make(types.command, "a", {
      connection: direct(door),
      create: "echo hush1",
      delete: "echo hush2",
      stdin: "hush3",
      environment: { A: "hush4" },
    });
    await world.make(types.local, "b", { create: "echo hush5" });
    expect(readFileSync(join(world.folder, "command.json"), "utf8")).not.toMatch(/hush|not a key/);
  });

  test("reads as it was left", async () => {
    const { door } = await site();
    const one = await world.make(types.command, "one", {
      connection: direct(door),
      create: "true",
      stdin: new Secret("x"),
    });
    const read = await world.read(one);
    expect(read.inputs).toEqual(one.inputs);
    expect(read.properties).toEqual(one.state);
  });
});

test("a command that was removed by hand runs nothing at its end", async () => {
  const one = await world.make(types.local, "l", { create: "true", delete: "true" });
  await new World({ folder: world.folder }).remove(one);
  await world.remove(one);
  expect(journal().map(({ phase }) => phase)).toEqual(["create", "delete"]);
});

describe("other commands", () => {
  test("copies reach their machine and are journalled", async () => {
    const { door } = await site();
    const mark = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" };
    await world.make(types.copy, "c", { connection: direct(door), remotePath: "/etc/x", source: mark });
    expect(journal().map(({ phase, host }) => [phase, host])).toEqual([["copy", "door"]]);
  });

  test("local ones run nothing here either", async () => {
    const one = await world.make(types.local, "l", { create: "touch x", delete: "rm x" });
    await world.remove(one);
    expect(journal().map(({ phase, host }) => [phase, host])).toEqual([
      ["create", "local"],
      ["delete", "local"],
    ]);
  });
});
