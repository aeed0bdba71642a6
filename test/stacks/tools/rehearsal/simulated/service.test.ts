import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PartiallyMade } from "../../../../../stacks/tools/rehearsal/simulated/kind";
import { type Properties, Unknown } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { seen, types, World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const network: Properties = { name: "n", ipRange: "10.0.0.0/8", labels: { a: "b" } };

describe("the life of an object", () => {
  test("goes on in another process", async () => {
    const made = await world.make(types.network, "n", network);
    const later = new World({ folder: world.folder });
    expect((await later.read(made)).properties).toEqual(made.state);
    await later.remove(made);
    expect((await world.read(made)).id).toBe("");
  });

  test("is told of, line by line", async () => {
    const lines: string[] = [];
    const told = new World({ report: (line) => lines.push(line) });
    const made = await told.make(types.network, "n", network);
    await told.update(made, { ...network, labels: {} });
    await told.remove(made);
    expect(lines).toEqual([
      `hcloud: made Network "n" (${made.id})`,
      `hcloud: changed Network "n" (${made.id})`,
      `hcloud: removed Network "n" (${made.id})`,
    ]);
    told.end();
  });

  test("leaves no trace at preview", async () => {
    await world.preview(types.network, "n", network);
    expect(() => readFileSync(join(world.folder, "hcloud.json"))).toThrow(/ENOENT/);
  });

  test("is read as it stands in the file", async () => {
    const made = await world.make(types.network, "n", network);
    const file = join(world.folder, "hcloud.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"a": "b"', '"a": "by hand", "c": "d"'));
    const { properties, inputs } = await world.read(made);
    expect(properties["labels"]).toEqual({ a: "by hand", c: "d" });
    expect(inputs["labels"]).toEqual({ a: "by hand" });
    expect(inputs["__defaults"]).toEqual(made.inputs["__defaults"]);
  });

  test("can be taken over by its id", async () => {
    const made = await world.make(types.network, "n", network);
    const { id, inputs } = await world.import(types.network, "n", made.id);
    expect(id).toBe(made.id);
    expect(inputs).toMatchObject(network);
    expect((await world.import(types.network, "n", "4")).id).toBe("");
  });

  test("loses what the program no longer says", async () => {
    const made = await world.make(types.network, "n", network);
    const { labels: _, ...without } = network;
    expect(seen(await world.update(made, without))).not.toHaveProperty("labels");
  });

  test("cannot be changed once somebody has removed it, and its removal is no error then", async () => {
    const made = await world.make(types.network, "n", network);
    await new World({ folder: world.folder }).remove(made);
    await expect(world.update(made, { ...network, labels: {} })).rejects.toThrow(
      /not found \(not_found\).*run a refresh first$/,
    );
    await expect(world.remove(made)).resolves.toBeUndefined();
  });

  test("does not begin for a type that nobody simulates", async () => {
    await expect(world.make("hcloud:index/storageBox:StorageBox", "s", {})).rejects.toThrow(
      /expected a resource type that the simulated "hcloud" has/,
    );
  });

  test("keeps computed outputs known through a previewed change, unless they come from running something", async () => {
    const subject = { urn: `urn:pulumi:a::b::${types.network}::n`, type: types.network };
    const made = await world.make(types.network, "n", network);
    const old = { state: made.state, inputs: made.inputs };
    const previewed = await world
      .of(types.network)
      .update(subject, made.id, old, { ...made.inputs, labels: Unknown.value }, true, {});
    expect(previewed).toMatchObject({ name: "n", labels: Unknown.value });
    const local = await world.make(types.local, "l", { create: "# answers: ready\n" });
    const again = { state: local.state, inputs: local.inputs };
    const run = await world
      .of(types.local)
      .update({ ...subject, type: types.local }, local.id, again, { create: "x" }, true, {});
    expect(run["stdout"]).toBe(Unknown.value);
  });
});

describe("faults", () => {
  const cases: readonly (readonly [string, string, Properties, readonly RegExp[]])[] = [
    [
      "Hetzner",
      types.network,
      network,
      [/\(resource_limit_exceeded\).* 403/, /\(rate_limit_exceeded\).* 429/, /status code 503/],
    ],
    [
      "Exoscale",
      types.antiAffinityGroup,
      { name: "g" },
      [/^Forbidden: .*\(403\)/, /^Too Many Requests: .*\(429\)/, /^Service Unavailable: .*\(503\)/],
    ],
    ["commands", types.local, { create: "x" }, [/no space left/, /connection reset by peer/, /status 1/]],
    ["random values", types.password, { length: 8 }, [/\(quota\)/, /\(rate-limit\)/, /\(server-error\)/]],
    ["keys", types.privateKey, { algorithm: "ED25519" }, [/\(quota\)/, /\(rate-limit\)/, /\(server-error\)/]],
  ];
  test.each(cases)("of %s speak the provider's language and make nothing", async (_, type, inputs, messages) => {
    const kinds = ["quota", "rate-limit", "server-error"] as const;
    const faulty = new World({ faults: kinds.map((kind, i) => ({ type, operation: "create", nth: i + 1, kind })) });
    for (const message of messages) await expect(faulty.make(type, "o", inputs)).rejects.toThrow(message);
    await expect(faulty.make(type, "o", inputs)).resolves.toBeDefined();
    faulty.end();
  });

  test("of previews do not count", async () => {
    const faulty = new World({ faults: [{ type: types.network, operation: "create", nth: 1, kind: "quota" }] });
    await faulty.preview(types.network, "n", network);
    await expect(faulty.make(types.network, "n", network)).rejects.toThrow(/resource_limit_exceeded/);
    faulty.end();
  });

  test.each(["update", "delete", "read"] as const)("can hit an %s, which then changes nothing", async (operation) => {
    const faulty = new World({ faults: [{ type: types.network, operation, nth: 1, kind: "server-error" }] });
    const made = await faulty.make(types.network, "n", network);
    const attempts = {
      update: () => faulty.update(made, { ...network, labels: {} }),
      delete: () => faulty.remove(made),
      read: () => faulty.read(made),
    };
    await expect(attempts[operation]()).rejects.toThrow(/status code 503/);
    expect((await faulty.read(made)).properties).toEqual(made.state);
    faulty.end();
  });

  test("that lose the answer leave an object whose name is taken", async () => {
    const faulty = new World({
      faults: [{ type: types.network, operation: "create", nth: 1, kind: "timeout-after-made" }],
    });
    await expect(faulty.make(types.network, "n", network)).rejects.toThrow(/it may exist all the same/);
    await expect(faulty.make(types.network, "n", network)).rejects.toThrow(
      /name is already used \(uniqueness_error\): .*pulumi import/,
    );
    faulty.end();
  });

  test("that know the id hand back what was made", async () => {
    const faulty = new World({
      faults: [{ type: types.network, operation: "create", nth: 1, kind: "timeout-with-id" }],
    });
    const error: unknown = await faulty.make(types.network, "n", network).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PartiallyMade);
    expect(error).toMatchObject({ id: expect.stringMatching(/^\d+$/) as unknown, properties: { name: "n" } });
    faulty.end();
  });
});
