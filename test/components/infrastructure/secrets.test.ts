import * as pulumi from "@pulumi/pulumi";
import { Secrets, type SecretsArgs } from "../../../components/infrastructure/secrets";
import { deploy, type Deployment } from "../../support/mocks";

const made = (args: Partial<SecretsArgs> = {}, roles = ["focus", "relay"]): Promise<Deployment> =>
  deploy(() => {
    const secrets = new Secrets("meet", { roles, ...args });
    return Object.fromEntries(
      roles.map((role) => {
        const { value, version, previous } = secrets.password(role);
        return [role, pulumi.output({ value, version, ...(previous === undefined ? {} : { previous }) })];
      }),
    );
  });

const names = (deployment: Deployment): readonly string[] =>
  deployment
    .all("RandomPassword")
    .map(({ name }) => name)
    .sort();

describe("a service's secrets", () => {
  test("are generated once each, of letters and digits, and kept as secrets", async () => {
    const deployment = await made();
    expect(names(deployment)).toEqual(["meet-focus-1", "meet-relay-1"]);
    expect(deployment.one("RandomPassword", "meet-relay-1").inputs).toMatchObject({
      length: 32,
      special: false,
      keepers: { rotation: "1" },
    });
    expect(deployment.outputs).toEqual({
      focus: { value: "secret of meet-focus-1", version: "1" },
      relay: { value: "secret of meet-relay-1", version: "1" },
    });
    expect(JSON.stringify(deployment.one("Secrets", "meet").inputs)).not.toContain("secret of");
  });

  test("are marked as secrets, and their versions are not", async () => {
    let marks: Promise<readonly boolean[]> | undefined;
    await deploy(() => {
      const { value, version } = new Secrets("meet", { roles: ["relay"] }).password("relay");
      marks = Promise.all([value, version].map((one) => pulumi.isSecret(pulumi.output(one))));
    });
    expect(await marks).toEqual([true, false]);
  });

  test("are rotated one at a time by one argument", async () => {
    const { outputs } = await made({ generations: { relay: "2" } });
    expect(outputs).toEqual({
      focus: { value: "secret of meet-focus-1", version: "1" },
      relay: { value: "secret of meet-relay-2", version: "2" },
    });
  });

  test("keep the one before while both are named, made as it was", async () => {
    const first = await made();
    const both = await made({ generations: { relay: ["2", "1"] } });
    const last = await made({ generations: { relay: "2" } });
    expect(both.outputs["relay"]).toEqual({
      value: "secret of meet-relay-2",
      version: "2",
      previous: { value: "secret of meet-relay-1", version: "1" },
    });
    const inputs = (deployment: Deployment, name: string) => deployment.one("RandomPassword", name).inputs;
    expect(inputs(both, "meet-relay-1")).toEqual(inputs(first, "meet-relay-1"));
    expect(inputs(last, "meet-relay-2")).toEqual(inputs(both, "meet-relay-2"));
    // Forgetting the old one changes nothing for those who use the new one only.
    expect(last.outputs["relay"]).toMatchObject({ version: "2" });
  });

  test("are all rotated by the common generation", async () => {
    expect(names(await made({ generation: ["2026-02", "2026-01"] }))).toEqual([
      "meet-focus-2026-01",
      "meet-focus-2026-02",
      "meet-relay-2026-01",
      "meet-relay-2026-02",
    ]);
  });

  test("are found again where they stood before: below the service, without a generation in their name", async () => {
    const aliasesOf = async (generations: SecretsArgs["generations"]) =>
      (await made({ ...(generations === undefined ? {} : { generations }) }, ["relay"]))
        .all("RandomPassword")
        .map(({ name, opts }) => [name, (opts.aliases ?? []) as readonly { readonly name?: string }[]] as const)
        .map(([name, aliases]) => [name, aliases.map((alias) => alias.name)]);
    expect(await aliasesOf(undefined)).toEqual([["meet-relay-1", ["meet-relay"]]]);
    // The oldest may be the one that stood there. Two resources cannot both be.
    expect(await aliasesOf({ relay: ["2", "1"] })).toEqual([
      ["meet-relay-2", []],
      ["meet-relay-1", ["meet-relay"]],
    ]);
  });

  test("are the same when they are asked for twice", async () => {
    await deploy(() => {
      const secrets = new Secrets("meet", { roles: ["relay"] });
      expect(secrets.password("relay")).toBe(secrets.password("relay"));
    });
  });

  const cases: readonly [what: string, args: Partial<SecretsArgs>, message: RegExp][] = [
    [
      "a rotation of a secret that there is not",
      { generations: { rely: "2" } },
      /generations: expected roles out of focus, relay, got "rely"/,
    ],
    ["a generation with a space", { generation: "a b" }, /generation: expected a word of at most 40/],
    [
      "the same generation twice",
      { generation: ["1", "1"] },
      /generation: expected a generation, or the present one and the one before/,
    ],
    [
      "three generations",
      { generations: { relay: ["3", "2", "1"] as never } },
      /generations: expected a generation, or the present/,
    ],
    ["a role with a capital", { roles: ["Relay"] }, /roles: \[0\]: expected a name/],
    ["a role twice", { roles: ["relay", "relay"] }, /roles: \[0\]: expected each role once/],
  ];
  test.each(cases)("refuse %s", async (_, args, message) => {
    await expect(made(args)).rejects.toThrow(message);
  });

  test("refuse a role that was not announced, and a password that is too short", async () => {
    await expect(
      deploy(() => void new Secrets("meet", { roles: ["focus"] }).password("relay" as never)),
    ).rejects.toThrow(/role: expected a role out of focus, got "relay"/);
    await expect(
      deploy(() => void new Secrets("meet", { roles: ["focus"] }).password("focus", { length: 8 })),
    ).rejects.toThrow(/length: expected a whole number of characters from 16 to 256, got 8/);
  });
});
