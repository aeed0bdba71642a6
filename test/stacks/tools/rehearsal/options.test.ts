import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configKeys } from "../../../../stacks/tools/rehearsal/config-keys";
import { options, usage } from "../../../../stacks/tools/rehearsal/options";
import { configured, stackConfig, stackFiles } from "../../../../stacks/tools/rehearsal/stack-files";
import { settingKeys } from "../../../../policies/settings";

const stacks = join(__dirname, "../../../../stacks");
const files = [
  { name: "crisis-exoscale", blueprint: "crisis", cloud: "exoscale" },
  { name: "crisis-hetzner", blueprint: "crisis", cloud: "hetzner" },
  { name: "portal-hetzner", blueprint: "portal", cloud: "hetzner" },
];
const plain = {
  help: false,
  stack: "crisis-hetzner",
  set: {},
  destroy: false,
  withData: false,
  refresh: false,
  adopt: undefined,
  out: "out",
};

describe("the command line", () => {
  test.each([
    ["nothing", [], {}],
    ["a blueprint", ["crisis"], {}],
    ["another blueprint", ["portal"], { stack: "portal-hetzner" }],
    ["a stack", ["--stack", "crisis-exoscale"], { stack: "crisis-exoscale" }],
    ["blueprint and stack", ["crisis", "--stack", "crisis-exoscale"], { stack: "crisis-exoscale" }],
    ["a setting", ["--set", "sovereign-uc:location=ash"], { set: { "sovereign-uc:location": "ash" } }],
    ["a value with =", ["--set", "sovereign-uc:image=a=b"], { set: { "sovereign-uc:image": "a=b" } }],
    ["an empty value", ["--set", "sovereign-uc:image="], { set: { "sovereign-uc:image": "" } }],
    [
      "several settings",
      ["--set", "sovereign-uc:location=nbg1", "--set", "sovereign-uc:participants=40"],
      { set: { "sovereign-uc:location": "nbg1", "sovereign-uc:participants": "40" } },
    ],
    ["a profile", ["--profile", "strict"], { set: { "sovereign-uc:profile": "strict" } }],
    ["destroy", ["--destroy"], { destroy: true }],
    ["destroy with data", ["--destroy", "--with-data", "crisis-hetzner"], { destroy: true, withData: true }],
    ["refresh", ["--refresh"], { refresh: true }],
    ["a folder", ["--out", "elsewhere"], { out: "elsewhere" }],
    [
      "an adoption",
      ["--adopt", "hcloud:index/server:Server=crisis-gateway-2=42"],
      { adopt: { type: "hcloud:index/server:Server", name: "crisis-gateway-2", id: "42" } },
    ],
    ["help, whatever else is wrong", ["--help", "nonsense"], { help: true, stack: "" }],
  ])("understands %s", (_, argv, expected) => {
    expect(options(argv, files)).toEqual({ ...plain, ...expected });
  });

  test.each([
    ["an unknown blueprint", ["nonsense"], 'expected a blueprint out of crisis, portal, got "nonsense"; choose one'],
    ["two blueprints", ["crisis", "portal"], 'expected one blueprint, got "crisis portal"; rehearse one'],
    [
      "an unknown stack",
      ["--stack", "x"],
      'expected a stack out of crisis-exoscale, crisis-hetzner, portal-hetzner, got "x"',
    ],
    [
      "a stack of another blueprint",
      ["portal", "--stack", "crisis-hetzner"],
      "expected a stack of portal out of portal-hetzner",
    ],
    [
      "a setting without =",
      ["--set", "sovereign-uc:location"],
      'expected --set KEY=VALUE, got "sovereign-uc:location"; give both',
    ],
    ["a setting without a key", ["--set", "=ash"], 'expected --set KEY=VALUE, got "=ash"'],
    ["an unknown key", ["--set", "sovereign-uc:loc=ash"], 'got "sovereign-uc:loc"; correct the key'],
    ["a key that makes the stack", ["--set", "sovereign-uc:cloud=exoscale"], "take another stack with --stack"],
    ["a key of another cloud", ["--set", "sovereign-uc:templateId=x"], "expected a setting of hetzner"],
    ["a secret", ["--set", "sovereign-uc:certificateKey=x"], "expected no secret on the command line"],
    [
      "data that is no JSON",
      ["--set", "sovereign-uc:machineTypes={"],
      'expected JSON as the value of sovereign-uc:machineTypes, got "{"',
    ],
    ["an unknown profile", ["--profile", "x"], 'expected a profile out of swiss, european, strict, got "x"'],
    [
      "an unknown option",
      ["--frobnicate"],
      "expected options as --help prints them, got \"Unknown option '--frobnicate'\"",
    ],
    ["an option without its value", ["--stack"], "argument missing"],
    [
      "destroy and set",
      ["--destroy", "--set", "sovereign-uc:location=ash"],
      'expected --destroy without other changes, got "--set"',
    ],
    ["destroy and refresh", ["--destroy", "--refresh"], 'expected --destroy without other changes, got "--refresh"'],
    ["with-data alone", ["--with-data", "crisis-hetzner"], "expected --with-data together with --destroy"],
    [
      "with-data of another stack",
      ["--destroy", "--with-data", "crisis"],
      'expected the name of the stack after --with-data, "crisis-hetzner", got "crisis"',
    ],
    ["an adoption without an id", ["--adopt", "a:b:C=name"], 'expected --adopt TYPE=NAME=ID, got "a:b:C=name"'],
  ])("refuses %s in one sentence", (_, argv, expected) => {
    const message = refusal(() => options(argv, files));
    expect(message).toContain(expected);
    expect(message.split("\n")).toHaveLength(1);
  });

  test("says every problem at once", () => {
    const message = refusal(() => options(["nonsense", "--set", "a", "--profile", "x"], files));
    expect(message.split("\n")).toHaveLength(3);
  });

  test("explains every option that it knows", () => {
    for (const option of ["--stack", "--set", "--profile", "--refresh", "--adopt", "--destroy", "--with-data", "--out"])
      expect(usage).toContain(option);
  });
});

describe("stack files", () => {
  test("are found with their blueprint and cloud", () => {
    expect(stackFiles(stacks)).toEqual(
      expect.arrayContaining([{ name: "crisis-hetzner", blueprint: "crisis", cloud: "hetzner" }]),
    );
  });

  test.each(stackFiles(stacks).map(({ name }) => name))("%s uses known keys only", (name) => {
    expect(Object.keys(stackConfig(stacks, name)).filter((key) => configKeys[key] === undefined)).toEqual([]);
  });

  test("are overlaid by settings, data as data", () => {
    const config = configured({ a: "1", b: ["x"] }, { b: '["y"]', c: "2" }, (key) => key === "b");
    expect(config).toEqual({ a: "1", b: ["y"], c: "2" });
  });
});

test("no key of a stack stands in a namespace that a provider owns or may own", () => {
  const given = stackFiles(stacks).flatMap(({ name }) => Object.keys(stackConfig(stacks, name)));
  const foreign = [...Object.keys(configKeys), ...given].filter((key) => !key.startsWith("sovereign-uc:"));
  expect(given.length).toBeGreaterThan(30);
  expect(foreign).toEqual([]);
});

test("the settings are read from the project's own namespace", () => {
  const sources = ["site.ts", "keys.ts", "blueprints/index.ts"].map((file) => readFileSync(join(stacks, file), "utf8"));
  const asked = sources.flatMap((source) => [...source.matchAll(/new pulumi\.Config\(([^)]*)\)/g)]);
  expect(asked.map(([, namespace]) => namespace)).toEqual(['"sovereign-uc"']);
});

test("knows what the packs read of a stack", () => {
  const known = new Set(Object.keys(configKeys).map((key) => key.split(":")[1]));
  expect(settingKeys.filter((key) => ["profile", "ownDomains"].includes(key) && !known.has(key))).toEqual([]);
  expect(["blueprint", "cloud", "domain", "participants", "accessKey"].filter((key) => !known.has(key))).toEqual([]);
});

function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return (error as Error).message;
  }
  throw new Error("expected a refusal, got none");
}
