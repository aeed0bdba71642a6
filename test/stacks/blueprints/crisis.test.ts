/** The blueprint `crisis`: hosts, ways, accounts and what none of it asks, on all clouds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { manifests, object } from "../../components/kubernetes/target";
import type { Deployment } from "../../support/mocks";
import { deployStack, stacks } from "../../support/stack";

jest.setTimeout(300_000);

/** Resources of a stack; keys can be changed, and left out by undefined. */
const made = (change: Readonly<Record<string, unknown>> = {}, stack = "crisis-hetzner"): Promise<Deployment> =>
  deployStack(stack, change);

afterEach(() => pulumi.runtime.setAllConfig({}));

interface Pool {
  readonly role: string;
  readonly hosts: readonly unknown[];
}

const archives: Readonly<Record<string, string>> = {
  "crisis-hetzner": "hel1.your-objectstorage.com",
  "crisis-exoscale": "sos-ch-dk-2.exo.io",
  "crisis-metal": "archive.crisis.example.ch",
};

/** Text of every object of one namespace. */
const textOf = ({ resources }: Deployment, namespace: string): string =>
  JSON.stringify(manifests(resources).filter(({ metadata }) => metadata.namespace === namespace));

/** The part of the chat in the plans of a stack's gateways: destinations outside. */
const destinations = ({ one }: Deployment): readonly string[] =>
  (
    one("sovereign-uc:index:Gateway", "crisis-gateway").inputs as {
      readonly egress: readonly { readonly host: string; readonly reason: string }[];
    }
  ).egress.map(({ host, reason }) => `${host}: ${reason}`);

test("the blueprint crisis reads in less than 110 lines", () => {
  expect(readFileSync(join(stacks, "blueprints/crisis.ts"), "utf8").trim().split("\n").length).toBeLessThan(110);
});

describe.each([
  ["crisis-hetzner", 3],
  ["crisis-exoscale", 6],
  ["crisis-metal", 3],
])("%s", (stack, application) => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await made({}, stack);
  });

  test("has the hosts that its plans add up to, and volumes on three of them", () => {
    const pools = deployment.all("sovereign-uc:index:HostPool").map(({ inputs }) => inputs as unknown as Pool);
    expect(Object.fromEntries(pools.map(({ role, hosts }) => [role, hosts.length]))).toEqual({
      gateway: 2,
      "control-plane": 3,
      application,
      data: 3,
      media: 3,
    });
    const volumes = manifests(deployment.resources).filter(({ kind }) => kind === "PersistentVolume");
    expect(volumes.map(({ metadata }) => metadata.name).sort()).toEqual([
      "crisis-data-1-chat-media-of-chat-media",
      "crisis-data-1-records-of-records",
      "crisis-data-2-records-of-records",
      "crisis-data-3-records-of-records",
    ]);
  });

  test("leads out to the archive alone", () => {
    expect(destinations(deployment)).toEqual([`${archives[stack] ?? ""}: archive of records`]);
  });

  test("signs people in at a realm of its own, without a directory, where the named accounts are", () => {
    const realm = object(deployment.resources, "ConfigMap", "login-realm-realm")["data"] as Record<string, string>;
    const { users, components } = JSON.parse(realm["realm.json"] ?? "") as {
      readonly users: readonly { readonly username: string }[];
      readonly components: object;
    };
    expect(users.map(({ username }) => username)).toEqual(["duty-officer", "deputy"]);
    expect(Object.keys(components)).toEqual(["org.keycloak.userprofile.UserProfileProvider"]);
    expect(deployment.one("sovereign-uc:index:Identity", "login").inputs).toMatchObject({ directory: false });
    expect(textOf(deployment, "chat")).toContain("https://login.crisis.example.ch/realms/login");
  });
});

test("meetings know accounts of their own, and nothing of database, cache, chat and sign-in", async () => {
  const deployment = await made();
  expect(deployment.one("sovereign-uc:index:Jitsi", "meetings").inputs).toMatchObject({ access: "accounts" });
  for (const namespace of ["meetings", "meetings-media"])
    for (const other of ["records.", "cache.", "login.", '"login"', '"records"', '"cache"'])
      expect([namespace, other, textOf(deployment, namespace).includes(other)]).toEqual([namespace, other, false]);
  // One thing is said about the chat, at the edge: its app may show a room.
  expect(textOf(deployment, "edge")).toMatch(/frame-ancestors [^;]*https:\/\/app\.crisis\.example\.ch/);
  const { accounts, logins } = deployment.outputs as Readonly<Record<string, Readonly<Record<string, string>>>>;
  for (const passwords of [accounts, logins])
    expect(Object.keys(passwords ?? {}).sort()).toEqual(["deputy", "duty-officer"]);
  expect(accounts?.["deputy"]).not.toBe(logins?.["deputy"]);
});

test("has one account, the moderator, where none is named", async () => {
  const { outputs } = await made({ accounts: undefined });
  for (const key of ["accounts", "logins"]) expect(Object.keys(outputs[key] as object)).toEqual(["moderator"]);
});

test("a new generation of secrets leaves accounts their passwords", async () => {
  const [before, after] = [await made(), await made({ secretsGeneration: "2" })];
  expect(after.outputs["logins"]).toEqual(before.outputs["logins"]);
  expect(after.outputs["accounts"]).toEqual(before.outputs["accounts"]);
  // The chat's client at the sign-in has another, and knows it.
  const both = [before, after].map(({ resources }) =>
    ["chat-synapse-secrets", "login-realm-secrets"].map((name) =>
      Object.values(object(resources, "Secret", name)["stringData"] as Record<string, string>),
    ),
  );
  const clients = both.map((places) => places.map((texts) => texts.find((text) => text.includes("login-client-chat"))));
  expect(clients).toEqual([
    ["secret of login-client-chat-1", "secret of login-client-chat-1"],
    ["secret of login-client-chat-2", "secret of login-client-chat-2"],
  ]);
});

test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
  [
    "no names for chat and sign-in, all at once",
    { chatDomain: undefined, loginDomain: undefined, archiveSecretKey: undefined },
    /chatDomain: Missing required[^]*loginDomain: Missing required[^]*archiveSecretKey: Missing required/,
  ],
  ["an account twice", { accounts: ["deputy", "deputy"] }, /accounts with names of their own/],
  ["one name for two services", { appDomain: "meet.crisis.example.ch" }, /meet\.crisis\.example\.ch/],
  [
    "a store without TLS",
    { archiveStore: { endpoint: "http://store.example.ch", bucket: "archive", region: "x" } },
    /archive: expected an HTTPS address, got "http:\/\/store.example.ch"/,
  ],
])("refuses %s", async (_, change, message) => {
  await expect(made(change)).rejects.toThrow(message);
});
