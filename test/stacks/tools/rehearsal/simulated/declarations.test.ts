import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkShape, shown } from "../../../../../stacks/tools/rehearsal/simulated/checks";
import { sdkDeclarations, sourceDeclarations, Tables } from "../../../../../stacks/tools/rehearsal/simulated/tables";
import { type Properties, Secret, Unknown } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { types, World } from "./world";

const root = join(__dirname, "../../../../..");
const schemas = join(root, "../shared/reference/schemas");

describe("tables out of declarations", () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "sovereign-uc-tables-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const tables = (name: string): Tables => new Tables(name, sdkDeclarations(`@pulumi/${name}`), folder);

  test("a type's inputs, nested shapes and outputs are read", () => {
    const server = tables("hcloud").get("hcloud:index/server:Server");
    expect(server?.inputs["serverType"]).toEqual({ shape: "text", optional: false });
    expect(server?.inputs["networks"]).toEqual({ shape: { list: { object: "ServerNetwork" } }, optional: true });
    expect(server?.objects["ServerNetwork"]?.["networkId"]).toEqual({ shape: "number", optional: true });
    expect(server?.outputs).toMatchObject({ ipv4Address: true, userData: false });
  });

  test("enumerations are read as the values that they have", () => {
    const service = tables("kubernetes").get("kubernetes:core/v1:Service");
    expect(service?.inputs["kind"]).toEqual({ shape: { value: "Service" }, optional: true });
    const command = tables("command").get("command:remote:Command");
    expect(command?.inputs["logging"]?.shape).toEqual({
      oneOf: ["stdout", "stderr", "stdoutAndStderr", "none"].map((value) => ({ value })),
    });
  });

  test("our own classes of the Exoscale resources are read like an SDK", () => {
    const own = new Tables(
      "exoscale",
      sourceDeclarations(
        join(root, "components/clouds/exoscale/resources.ts"),
        join(root, "components/clouds/exoscale/reach.ts"),
      ),
      folder,
    );
    const network = own.get("exoscale:index/privateNetwork:PrivateNetwork");
    expect(network?.inputs).toMatchObject({
      zone: { shape: "text", optional: false },
      labels: { shape: { map: "text" }, optional: true },
    });
    expect(own.get("exoscale:index/nlbService:NlbService")?.inputs).toMatchObject({
      healthchecks: { shape: { list: { object: "NlbServiceHealthcheckArgs" } }, optional: false },
    });
    expect(own.get("exoscale:index/unheardOf:UnheardOf")).toBeUndefined();
  });

  test("a second reader takes them from the cache, also what is not there", () => {
    tables("random").get("random:index/randomPassword:RandomPassword");
    tables("random").get("random:index/nothing:Nothing");
    const file = readdirSync(folder).find((name) => name.startsWith("random-")) ?? "";
    expect(JSON.parse(readFileSync(join(folder, file), "utf8"))).toMatchObject({
      resources: { "random:index/randomPassword:RandomPassword": {}, "random:index/nothing:Nothing": null },
    });
    const never = {
      ...sdkDeclarations("@pulumi/random"),
      locate: () => {
        throw new Error("asked again");
      },
    };
    expect(new Tables("random", never, folder).get("random:index/nothing:Nothing")).toBeUndefined();
    expect(
      new Tables("random", never, folder).get("random:index/randomPassword:RandomPassword")?.inputs["length"]?.optional,
    ).toBe(false);
  });

  test("a cache folder that cannot be written costs nothing but time", () => {
    const nowhere = new Tables("random", sdkDeclarations("@pulumi/random"), "/dev/null/tables");
    expect(nowhere.get("random:index/randomUuid:RandomUuid")).toBeDefined();
  });

  const published = existsSync(schemas)
    ? test.each(["hcloud", "exoscale"])
    : test.skip.each(["the published schemas are not at hand"]);
  published("what replaces a resource of %s is what its published schema says", (name) => {
    const { resources } = JSON.parse(readFileSync(join(schemas, `${name}.json`), "utf8")) as Schema;
    const world = new World();
    const service = world.of(`${name}:x:X`);
    for (const type of Object.values(types).filter((token) => token.startsWith(`${name}:`))) {
      const marked = Object.entries(resources[type]?.inputProperties ?? {}).flatMap(
        ([property, { willReplaceOnChanges }]) => (willReplaceOnChanges === true ? [property] : []),
      );
      // The schema cannot mark what plugins of the newer framework replace; the facts name their source. `datacenter` is gone.
      const known = service.simulated.kind(type)?.replaces ?? [];
      expect(known).toEqual(expect.arrayContaining(marked.filter((property) => property !== "datacenter")));
      if (marked.length > 0)
        expect([...known].sort()).toEqual(marked.filter((property) => property !== "datacenter").sort());
    }
    world.end();
  });
});

interface Schema {
  readonly resources: Readonly<
    Record<string, { readonly inputProperties: Readonly<Record<string, { readonly willReplaceOnChanges?: boolean }>> }>
  >;
}

describe("checks out of declarations", () => {
  const table = new Tables("hcloud", sdkDeclarations("@pulumi/hcloud")).get("hcloud:index/server:Server");
  const command = new Tables("command", sdkDeclarations("@pulumi/command")).get("command:remote:Command");
  const good: Properties = { serverType: "cpx22", labels: { a: "b" }, networks: [{ networkId: 1 }] };

  const cases: readonly (readonly [string, Properties, string, RegExp])[] = [
    [
      "an unknown property",
      { ...good, flavour: "x" },
      "flavour",
      /^expected a known property, got "flavour"; choose one of /,
    ],
    ["a property in another spelling", { ...good, server_type: "x" }, "server_type", /did you mean "serverType"\?$/],
    ["a singular for a plural", { ...good, network: [] }, "network", /did you mean "networks"\?$/],
    ["a missing property", { labels: {} }, "serverType", /^expected a string, got nothing; set "serverType"$/],
    ["a number for a text", { ...good, image: 12 }, "image", /^expected a string, got 12;/],
    [
      "a text for a number",
      { ...good, networks: [{ networkId: "1" }] },
      "networks[0].networkId",
      /^expected a number, got "1";/,
    ],
    ["no number at all", { ...good, placementGroupId: Number.NaN }, "placementGroupId", /^expected a number/],
    ["an object for a list", { ...good, networks: { networkId: 1 } }, "networks", /^expected a list, got an object;/],
    ["a text for a flag", { ...good, backups: "yes" }, "backups", /^expected true or false, got "yes";/],
    ["a wrong value in a map", { ...good, labels: { a: 1 } }, "labels.a", /^expected a string, got 1;/],
    [
      "an unknown property further inside",
      { ...good, networks: [{ networkId: 1, mac: "x" }] },
      "networks[0].mac",
      /^expected a known property/,
    ],
  ];
  test.each(cases)("%s is refused, by the name of the property", (_, inputs, property, reason) => {
    if (table === undefined) throw new Error("no table");
    expect(checkShape(inputs, table)).toEqual([{ property, reason: expect.stringMatching(reason) as unknown }]);
  });

  test("a value that an enumeration does not have is refused with those that it has", () => {
    if (command === undefined) throw new Error("no table");
    expect(checkShape({ connection: { host: "a" }, logging: "all" }, command)).toEqual([
      {
        property: "logging",
        reason: 'expected one of "stdout", "stderr", "stdoutAndStderr", "none", got "all"; change "logging"',
      },
    ]);
  });

  test("a secret is checked without being shown, and the unknown passes", () => {
    if (table === undefined || command === undefined) throw new Error("no table");
    expect(checkShape({ ...good, image: Unknown.value, labels: new Secret({ a: "b" }) }, table)).toEqual([]);
    const [problem] = checkShape({ connection: new Secret({ host: "a", privateKey: { key: "hush" } }) }, command);
    expect(problem?.property).toBe("connection.privateKey");
    expect(problem?.reason).not.toContain("hush");
  });

  test.each([
    [new Secret("hush"), "a secret"],
    [Unknown.value, "a value that is not known yet"],
    [{ a: "hush" }, "an object"],
    [["hush"], "a list"],
    ["x".repeat(100), `"${"x".repeat(76)}...`],
  ])("a message never shows the inside of a value (%#)", (value, words) => {
    expect(shown(value)).toBe(words);
  });

  test("all problems come at once", () => {
    if (table === undefined) throw new Error("no table");
    expect(checkShape({ image: 1, flavour: 2 }, table)).toHaveLength(3);
  });
});
