/** The blueprint `messaging`: hosts, ways and secrets that come from its plans. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { madeUpSecrets } from "../../../stacks/keys";
import { stackKeys } from "../../../stacks/tools/rehearsal/config-keys";
import { stackConfig } from "../../../stacks/tools/rehearsal/stack-files";
import { manifests, object } from "../../components/kubernetes/target";
import type { Deployment } from "../../support/mocks";
import { deployStack, stacks } from "../../support/stack";

const secrets = madeUpSecrets(stackKeys(stackConfig(stacks, "messaging-hetzner")), "hetzner");

/** Resources of the stack; keys can be changed, and left out by undefined. */
const made = (change: Readonly<Record<string, unknown>> = {}): Promise<Deployment> =>
  deployStack("messaging-hetzner", change);

afterEach(() => pulumi.runtime.setAllConfig({}));

interface Pool {
  readonly role: string;
  readonly hosts: readonly unknown[];
}

describe("the blueprint messaging", () => {
  test("reads in less than 80 lines", () => {
    expect(readFileSync(join(stacks, "blueprints/messaging.ts"), "utf8").trim().split("\n").length).toBeLessThan(80);
  });

  test("has the hosts that its plans add up to, and volumes on three of them", async () => {
    const { resources, all } = await made();
    const pools = all("sovereign-uc:index:HostPool").map(({ inputs }) => inputs as unknown as Pool);
    expect(Object.fromEntries(pools.map(({ role, hosts }) => [role, hosts.length]))).toEqual({
      gateway: 2,
      "control-plane": 3,
      application: 3,
      data: 3,
    });
    const sizes = all("hcloud:index/volume:Volume").map(({ name, inputs }) => [name, inputs["size"]]);
    expect(sizes.filter(([name]) => /-data-\d-data$/.test(String(name)))).toEqual(
      [1, 2, 3].map((number) => [`messaging-data-${number}-data`, 150]),
    );
    const volumes = manifests(resources).filter(({ kind }) => kind === "PersistentVolume");
    expect(volumes.map(({ metadata }) => metadata.name).sort()).toEqual([
      "messaging-data-1-chat-media-of-chat-synapse",
      "messaging-data-1-records-of-records",
      "messaging-data-2-records-of-records",
      "messaging-data-3-records-of-records",
    ]);
  });

  test("lets its hosts reach the buckets and the identity provider, and nothing else", async () => {
    const { one } = await made();
    const { egress } = one("sovereign-uc:index:Gateway", "messaging-gateway").inputs as {
      readonly egress: readonly { readonly host: string; readonly reason: string }[];
    };
    expect(egress.map(({ host, reason }) => `${host}: ${reason}`)).toEqual([
      "login.example.ch: logins of chat",
      "nbg1.your-objectstorage.com: files of chat",
      "hel1.your-objectstorage.com: archive of records",
    ]);
  });

  test("rotates every secret of its own by one key, the database's and the cache's without an interruption", async () => {
    const state = async (secretsGeneration?: unknown) => {
      const { resources } = await made({ secretsGeneration });
      const texts = (name: string) => object(resources, "Secret", name)["stringData"] as Record<string, string>;
      const { databases } = JSON.parse(texts("records-roles")["roles.json"] ?? "") as {
        readonly databases: readonly {
          readonly logins: readonly { readonly user: string; readonly password: string }[];
        }[];
      };
      const pods = (name: string): string =>
        JSON.stringify((object(resources, "StatefulSet", name)["spec"] as { readonly template: unknown }).template);
      const settings = object(resources, "ConfigMap", "chat-synapse-config")["data"] as Record<string, string>;
      const { database } = JSON.parse(settings["homeserver.yaml"] ?? "") as {
        readonly database: { readonly args: { readonly user: string } };
      };
      return {
        allowed: databases.flatMap(({ logins }) => logins),
        used: { user: database.args.user, password: texts("chat-synapse-env")["PGPASSWORD"] },
        cache: texts("chat-synapse-secrets")["cache"],
        acl: texts("cache-replica-secrets")["users.acl"] ?? "",
        records: pods("records"),
        chat: pods("chat-synapse"),
      };
    };
    const [before, both, after] = [await state(), await state([2, 1]), await state("2")];
    const first = { user: "chat_1", password: "secret of records-chat_1" };
    const second = { user: "chat_2", password: "secret of records-chat_2" };
    expect([before.allowed, before.used]).toEqual([[first], first]);
    expect([both.allowed, both.used]).toEqual([[second, first], second]);
    expect([after.allowed, after.used]).toEqual([[second], second]);
    for (const { cache = "", acl } of [before, both, after]) expect(acl).toContain(`>${cache} `);
    expect(both.acl).toContain(`>${before.cache} `);
    expect(after.acl).not.toContain(`>${before.cache} `);
    // The homeserver starts again once; the database never does.
    expect([both.records, after.records]).toEqual([before.records, before.records]);
    expect(both.chat).not.toBe(before.chat);
    expect(after.chat).toBe(both.chat);
  });

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      "secrets that are missing, all at once",
      { loginSecret: undefined, archiveSecretKey: undefined },
      /loginSecret: Missing required configuration variable[^]*archiveSecretKey: Missing required configuration/,
    ],
    ["more people than one homeserver carries", { users: "10001" }, /users: expected at most 10000 people/],
    [
      "a list of three generations",
      { secretsGeneration: ["3", "2", "1"] },
      /secretsGeneration: expected a generation, or/,
    ],
    [
      "one generation twice",
      { secretsGeneration: ["2", "2"] },
      /secretsGeneration: expected a generation, or the present/,
    ],
    [
      "hosts that are too small for the database and the homeserver",
      { machineTypes: { data: "cpx22" } },
      /layout: dataHosts: expected data hosts of at least 3.6 cores and 8 GiB for one pod each of chat-synapse, records/,
    ],
    [
      "a store without TLS",
      { archiveStore: { endpoint: "http://store.example.ch", bucket: "archive", region: "x" } },
      /archive: expected an HTTPS address, got "http:\/\/store.example.ch"/,
    ],
  ])("refuses %s", async (_, change, message) => {
    await expect(made(change)).rejects.toThrow(message);
  });

  test("has workers for more people than one process carries, which the database and the cache let in", async () => {
    const { resources } = await made({ users: "501" });
    const policies = manifests(resources).flatMap(({ kind, metadata }) =>
      kind === "NetworkPolicy" ? [metadata.name] : [],
    );
    for (const worker of ["chat-synapse", "chat-reader", "chat-media", "chat-writer"])
      expect(policies).toEqual(expect.arrayContaining([worker, `cache-proxy-for-${worker}`]));
    const opened = JSON.stringify(manifests(resources).filter(({ metadata }) => metadata.namespace === "records"));
    for (const worker of ["chat-synapse", "chat-reader", "chat-media", "chat-writer"]) expect(opened).toContain(worker);
  });

  test("a rehearsal makes up the secrets that it needs, and no others", () => {
    expect(Object.keys(secrets).sort()).toEqual(
      ["archiveAccessKey", "archiveSecretKey", "loginSecret", "mediaAccessKey", "mediaSecretKey"].map(
        (key) => `sovereign-uc:${key}`,
      ),
    );
    expect(Object.keys(madeUpSecrets(stackKeys({ "sovereign-uc:blueprint": "crisis" }), "metal")).sort()).toEqual(
      ["accessKey", "archiveAccessKey", "archiveSecretKey"].map((key) => `sovereign-uc:${key}`),
    );
  });
});
