/** The blueprint `hearing`: hosts, ways and outputs that come from its plans. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { manifests, object } from "../../components/kubernetes/target";
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
  test("reads in less than 110 lines", () => {
    expect(readFileSync(join(stacks, "blueprints/hearing.ts"), "utf8").trim().split("\n").length).toBeLessThan(110);
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

  test("leads out to sign-in, the buckets and the archive alone, and records nothing", async () => {
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

  test("keeps the hub's files in a bucket of their own, encrypted with a key that the store does not keep, and calls off", async () => {
    const { one, resources } = await made();
    expect(one("sovereign-uc:index:Nextcloud", "hub").inputs).toMatchObject({
      apps: ["user_oidc", "calendar", "contacts"],
      bucketEncryption: "key",
    });
    const settings = object(resources, "ConfigMap", "hub-web-settings")["data"] as Record<string, string>;
    expect(settings["settings.json"]).toContain("crisis-hearing-hub");
    expect(settings["settings.json"]).not.toContain("crisis-hearing-files");
    expect(manifests(resources).filter(({ metadata }) => metadata.namespace === "hub-media")).toEqual([]);
  });

  test("signs people in to rooms and hub by a client each, at one provider", async () => {
    const { resources } = await made();
    const texts = JSON.stringify(manifests(resources));
    for (const secret of ["loginSecret", "hubClientSecret"])
      expect(texts).toContain(`made up for a rehearsal: ${secret}`);
    const keep = object(resources, "ConfigMap", "hub-keeper-settings")["data"] as Record<string, string>;
    const { login } = JSON.parse(keep["keep.json"] ?? "") as {
      readonly login: { readonly options: readonly string[] };
    };
    expect(login.options).toEqual(
      expect.arrayContaining([
        "--clientid=hub",
        "--discoveryuri=https://login.example.ch/realms/people/.well-known/openid-configuration",
      ]),
    );
  });

  test("has calls of the hub where they are asked for, on media hosts of their own", async () => {
    const { all, outputs } = await made({ talk: { domain: "talk.crisis.example.ch", participants: 50 } });
    const pools = all("sovereign-uc:index:HostPool").map(({ inputs }) => inputs as unknown as Pool);
    expect(pools.find(({ role }) => role === "media")?.hosts.length).toBeGreaterThan(1);
    expect((outputs["records"] as readonly string[]).join("\n")).toMatch(/^talk\.crisis\.example\.ch A /m);
  });

  test("puts out the records of gateways and servers", async () => {
    const { outputs } = await made();
    const records = outputs["records"] as readonly string[];
    expect(records).toContain("hearing.crisis.example.ch MX 0 .");
    const names = records.flatMap((record) => (record.includes(" A ") ? record.split(" A ").slice(0, 1) : []));
    expect([...new Set(names)]).toEqual([
      "hearing.crisis.example.ch",
      "scalelite.hearing.crisis.example.ch",
      "hub.crisis.example.ch",
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
    [
      "an app that tells somebody outside",
      { hubApps: ["weather_status"] },
      /apps: expected apps that tell nobody outside, got "weather_status"/,
    ],
    [
      "upstream's image, which has no apps in it",
      { hubImage: { path: "library/nextcloud", upstream: "docker.io/library/nextcloud", version: "34.0.2" } },
      /expected an image with the apps user_oidc, calendar, contacts baked into it/,
    ],
    [
      "a word that says nothing about encryption",
      { hubEncryption: "none" },
      /hubEncryption: |expected "key" or "store"/,
    ],
    ["more people than there are servers for", { participants: "20000" }, /expected at most 9800 participants/],
  ])("refuses %s", async (_, change, message) => {
    await expect(made(change)).rejects.toThrow(message);
  });
});
