/** The blueprint `portal`: hosts, ways and outputs that come from its plans. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Deployment } from "../../support/mocks";
import { deployStack, stacks } from "../../support/stack";

/** Resources of the stack; keys can be changed, and left out by undefined. */
const made = (change: Readonly<Record<string, unknown>> = {}, stack = "portal-hetzner"): Promise<Deployment> =>
  deployStack(stack, change);

afterEach(() => pulumi.runtime.setAllConfig({}));

interface Pool {
  readonly role: string;
  readonly hosts: readonly unknown[];
}

describe("the blueprint portal", () => {
  test("reads in less than 80 lines", () => {
    expect(readFileSync(join(stacks, "blueprints/portal.ts"), "utf8").trim().split("\n").length).toBeLessThan(80);
  });

  test.each(["portal-hetzner", "portal-exoscale"])("has a media host more than it needs in %s", async (stack) => {
    const pools = (await made({}, stack))
      .all("sovereign-uc:index:HostPool")
      .map(({ inputs }) => inputs as unknown as Pool);
    expect(Object.fromEntries(pools.map(({ role, hosts }) => [role, hosts.length]))).toEqual({
      gateway: 2,
      "control-plane": 3,
      application: 3,
      media: 3,
    });
  });

  test("has no way out: nobody is told of rooms, and nothing is recorded", async () => {
    const { one } = await made();
    const { egress } = one("sovereign-uc:index:Gateway", "portal-gateway").inputs as { readonly egress: unknown };
    expect(egress).toEqual([]);
    expect(one("sovereign-uc:index:OpenVidu", "rooms").inputs).toMatchObject({ recording: false });
  });

  test("gives each portal its address and a key of its own", async () => {
    const { outputs } = await made({ portals: ["citizens", "courts"] });
    const portals = outputs["portals"] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    expect(Object.keys(portals)).toEqual(["citizens", "courts"]);
    expect(portals["courts"]).toEqual({
      url: "https://rooms.crisis.example.ch",
      webSocketUrl: "wss://rooms.crisis.example.ch",
      apiKey: "courts-1",
      apiSecret: "secret of rooms-portal-courts-1",
    });
  });

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ["no portal", { portals: [] }, /portals: expected at least one portal/],
    ["a portal that is missing", { portals: undefined }, /portals: Missing required configuration variable/],
    ["more people than there are hosts for", { participants: "20000" }, /expected at most 9900 participants/],
  ])("refuses %s", async (_, change, message) => {
    await expect(made(change)).rejects.toThrow(message);
  });
});
