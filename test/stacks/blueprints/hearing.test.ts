/** The blueprint `hearing`: hosts, ways and outputs that come from its plans. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Deployment } from "../../support/mocks";
import { deployStack, stacks } from "../../support/stack";

jest.setTimeout(120_000);

/** Resources of the stack; keys can be changed, and left out by undefined. */
const made = (change: Readonly<Record<string, unknown>> = {}): Promise<Deployment> =>
  deployStack("hearing-hetzner", change);

afterEach(() => pulumi.runtime.setAllConfig({}));

interface Pool {
  readonly role: string;
  readonly pool?: string;
  readonly system?: string;
  readonly hosts: readonly unknown[];
}

describe("the blueprint hearing", () => {
  test("reads in less than 60 lines", () => {
    expect(readFileSync(join(stacks, "blueprints/hearing.ts"), "utf8").trim().split("\n").length).toBeLessThan(60);
  });

  test("has a server more than its load needs, which Ubuntu runs, beside the hosts of the cluster", async () => {
    const pools = (await made()).all("sovereign-uc:index:HostPool").map(({ inputs }) => inputs as unknown as Pool);
    expect(
      Object.fromEntries(
        pools.map(({ role, pool = role, system = "debian-12", hosts }) => [pool, [system, hosts.length]]),
      ),
    ).toEqual({
      gateway: ["debian-12", 2],
      "control-plane": ["debian-12", 3],
      application: ["debian-12", 3],
      data: ["debian-12", 3],
      server: ["ubuntu-22.04", 3],
    });
  });

  test("leads out to sign-in, files and archive alone, and records nothing", async () => {
    const { one } = await made();
    const { egress } = one("sovereign-uc:index:Gateway", "hearing-gateway").inputs as {
      readonly egress: readonly { readonly host: string }[];
    };
    expect(egress.map(({ host }) => host).sort()).toEqual([
      "hel1.your-objectstorage.com",
      "login.example.ch",
      "nbg1.your-objectstorage.com",
    ]);
    expect(one("sovereign-uc:index:BigBlueButton", "hearing").inputs).toMatchObject({
      recording: false,
      guests: "ASK_MODERATOR",
    });
  });

  test("puts out the records of gateways and servers", async () => {
    const { outputs } = await made();
    const names = (outputs["records"] as readonly string[]).map((record) => record.split(" A ")[0]);
    expect([...new Set(names)]).toEqual([
      "hearing.crisis.example.ch",
      "scalelite.hearing.crisis.example.ch",
      "api.hearing.crisis.example.ch",
      "server-1.hearing.crisis.example.ch",
      "server-2.hearing.crisis.example.ch",
      "server-3.hearing.crisis.example.ch",
    ]);
  });

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      "keys of package repositories that are none",
      { repositoryKeys: { yq: "no key" } },
      /yq: expected an armoured public key/,
    ],
    ["more people than there are servers for", { participants: "20000" }, /expected at most 9800 participants/],
  ])("refuses %s", async (_, change, message) => {
    await expect(made(change)).rejects.toThrow(message);
  });
});
