import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { configurationKeys } from "../../../../../stacks/tools/rehearsal/simulated/configuration";
import type { Properties } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { World } from "./world";

const world = new World();
afterAll(() => world.end());

/** Configuration that a provider accepts, to go with a key that it does not. */
const whole: Readonly<Record<string, Properties>> = { minio: { minioServer: "sos.example.ch" } };

const byDefault = (name: string): string => `urn:pulumi:s::p::pulumi:providers:${name}::default_1_0_0`;

describe.each(Object.keys(configurationKeys))("the simulated %s", (name) => {
  const provider = world.of(`${name}:index/x:X`);

  test("refuses a key of its own namespace that it does not have, in the real plugin's words", () => {
    const problems = provider.checkConfig({ ...whole[name], templateId: "x", location: "y" }, byDefault(name));
    expect(problems.map(({ reason }) => reason)).toEqual(
      ["templateId", "location"].map(
        (key) =>
          `\`${name}:${key}\` is not a valid configuration key for the ${name} provider. If the referenced key is not intended for the provider, please choose a different namespace from \`${name}:\`.`,
      ),
    );
  });

  test("refuses it on a provider that the program makes, and names that one", () => {
    const problems = provider.checkConfig(
      { ...whole[name], zone: "x" },
      `urn:pulumi:s::p::pulumi:providers:${name}::mine`,
    );
    expect(problems).toEqual([
      {
        property: "",
        reason: "could not validate provider configuration: Invalid or unknown key. Examine values at 'mine.zone'.",
      },
    ]);
  });

  test("accepts every key that it has, and those that the engine adds", () => {
    const all = Object.fromEntries((configurationKeys[name] ?? []).map((key) => [key, "x"]));
    const reasons = provider
      .checkConfig({ ...all, version: "1.0.0", pluginDownloadURL: "x", __internal: {} }, byDefault(name))
      .map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason.includes("valid configuration key"))).toEqual([]);
  });
});

test.each(["hcloud", "kubernetes", "minio", "random", "tls", "command"])(
  "the keys of %s are those of the published package",
  (name) => {
    const folder = join(__dirname, "../../../../../node_modules/@pulumi", name);
    const source = readFileSync(join(folder, "provider.d.ts"), "utf8");
    const [, args = ""] = /interface ProviderArgs \{([^]*?)\n\}/.exec(source) ?? [];
    const stated = [...args.matchAll(/^ {4}(\w+)\??:/gm)].map(([, key]) => key);
    const variables = join(folder, "config/vars.d.ts");
    const listed = existsSync(variables)
      ? [...readFileSync(variables, "utf8").matchAll(/^export declare const (\w+)/gm)].map(([, key]) => key)
      : [];
    // Keys that the Kubernetes plugin reads although no package states them.
    const beside = name === "kubernetes" ? ["strictMode"] : [];
    expect([...new Set([...stated, ...listed, ...beside])].sort()).toEqual([...(configurationKeys[name] ?? [])].sort());
  },
);
