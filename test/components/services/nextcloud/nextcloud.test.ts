/** Nextcloud as data: what is refused, what stays the same when secrets change, and that every switch outwards is off. */
import { AdoptedPlatform, type AdoptedPlatformArgs } from "../../../../components/adopted-platform";
import {
  givenBucket,
  givenCache,
  givenDatabase,
  givenOidcClient,
  givenSmtpRelay,
} from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import {
  Nextcloud,
  type NextcloudArgs,
  type NextcloudPlanArgs,
  planNextcloud,
} from "../../../../components/services/nextcloud";
import { hubConfig } from "../../../../components/services/nextcloud/config";
import { keepFile } from "../../../../components/services/nextcloud/keep";
import { recordingConf } from "../../../../components/services/nextcloud/recorder";
import { type Deployment, deploy } from "../../../support/mocks";
import { manifests, target } from "../../kubernetes/target";

jest.setTimeout(120_000);

const pem = "-----BEGIN CERTIFICATE-----\nsomebody\n-----END CERTIFICATE-----\n";
const planArgs: NextcloudPlanArgs = {
  name: "hub",
  domain: "hub.crisis.example.ch",
  people: 300,
  talk: { domain: "talk.crisis.example.ch", participants: 150 },
};

const args = (plan: ReturnType<typeof planNextcloud>, on: NextcloudArgs["on"]): NextcloudArgs => ({
  on,
  plan,
  image: { path: "intranet/hub", upstream: "registry.example.ch/hub", version: "34.0.2-1" },
  database: givenDatabase({
    host: "db",
    port: 5432,
    name: "hub",
    user: "hub",
    password: givenSecret("secret of the database"),
    ca: pem,
    peer: tier("data", "data-records", { postgres: 5432 }),
  }),
  cache: givenCache({
    host: "cache",
    port: 6379,
    password: givenSecret("secret of the cache"),
    ca: pem,
    peer: tier("data", "data-cache", { data: 6379 }),
  }),
  bucket: givenBucket({
    endpoint: "https://store:8333",
    bucket: "files",
    region: "house",
    accessKey: givenSecret("secret of the bucket, 1"),
    secretKey: givenSecret("secret of the bucket, 2"),
    ca: pem,
    port: 8333,
    peer: tier("store", "store-gateway", { s3: 8333 }),
  }),
  bucketEncryption: "store",
  login: givenOidcClient({
    issuer: "https://login.crisis.example.ch/realms/crisis",
    clientId: "hub",
    clientSecret: givenSecret("secret of the login"),
    addresses: ["10.20.0.10"],
    port: 443,
    peer: { name: "gateways", ranges: ["10.20.0.10/32"] },
  }),
});

/** Resources of a hub, with arguments and a plan that can be changed, also against their type. */
const hub = (change: Record<string, unknown> = {}, planned: Partial<NextcloudPlanArgs> = {}): Promise<Deployment> =>
  deploy(() => {
    const plan = planNextcloud({ ...planArgs, ...planned });
    const platform = new AdoptedPlatform("crisis", { cluster: target(), plans: [plan] } as AdoptedPlatformArgs);
    return { url: new Nextcloud("hub", { ...args(plan, platform), ...change } as NextcloudArgs).url };
  });

describe("an account of a service", () => {
  const account = (name: string, accounts: readonly string[]): Promise<Deployment> =>
    deploy(() => {
      const plan = planNextcloud({ ...planArgs, accounts });
      const platform = new AdoptedPlatform("crisis", { cluster: target(), plans: [plan] } as AdoptedPlatformArgs);
      const { password, ...found } = new Nextcloud("hub", args(plan, platform)).account(name);
      return { found, password: password.value };
    });

  test("that is planned is made by the task, and leads to the hub through the gateways inside", async () => {
    const { outputs, resources } = await account("minutes", ["minutes"]);
    expect(outputs["found"]).toMatchObject({
      url: "https://hub.crisis.example.ch",
      user: "minutes",
      port: 443,
      addresses: ["10.20.0.10", "10.20.0.11"],
      peer: { name: "gateways", ranges: ["10.20.0.10/32", "10.20.0.11/32"] },
    });
    const texts = manifests(resources).map((object) => JSON.stringify(object));
    expect(texts.filter((text) => text.includes('\\"secret\\": \\"account-minutes\\"'))).toHaveLength(1);
    expect(texts.some((text) => text.includes('"account-minutes":'))).toBe(true);
  });

  test.each<[string, string, readonly string[], RegExp]>([
    ["is not planned", "notes", ["minutes"], /an account of a service out of minutes, got "notes"/],
    ["has the administrator's name", "keeper", ["keeper"], /accounts with names of their own, got "keeper"/],
    ["is there twice", "minutes", ["minutes", "minutes"], /accounts with names of their own, got "minutes"/],
  ])("that %s is refused", async (_, name, accounts, problem) => {
    await expect(account(name, accounts)).rejects.toThrow(problem);
  });
});

describe("the arguments of a hub", () => {
  test.each([
    [
      "a bucket of which nobody says how it is encrypted",
      { bucketEncryption: undefined },
      /bucket is encrypted at rest/,
    ],
    ["a bucket in clear", { bucketEncryption: "none" }, /store/],
    ["an image without apps", { image: undefined }, /an image with the apps user_oidc, spreed/],
    [
      "upstream's own image",
      { image: { path: "library/nextcloud", upstream: "docker.io/library/nextcloud", version: "34.0.2-apache" } },
      /files\/Containerfile/,
    ],
    [
      "a relay without TLS from the start",
      {
        relay: givenSmtpRelay({
          host: "mail.example.ch",
          port: 587,
          from: "hub@example.ch",
          peer: { name: "relay", ranges: ["10.21.0.25/32"] },
        }),
      },
      /TLS from the start, as at port 465/,
    ],
    [
      "a relay behind the gateways that the plan has no way to",
      {
        relay: givenSmtpRelay({
          host: "mail.example.ch",
          port: 2465,
          from: "hub@example.ch",
          addresses: ["10.20.0.10"],
          peer: { name: "gateways", ranges: ["10.20.0.10/32"] },
        }),
      },
      /a plan with a way to the relay at port 2465/,
    ],
    [
      "settings of an app that is not planned",
      { integrations: [{ app: "jitsi", settings: {} }] },
      /bake it into the image/,
    ],
    [
      "mailboxes without the app that reads them",
      { mailboxes: { host: "mail", port: 993, peer: { name: "mail", ranges: ["10.21.0.25/32"] } } },
      /a plan with the app "mail"/,
    ],
    ["a secret that is kept", { secretsGenerations: { salt: "2" } }, /administrator, backend/],
  ])("refuse %s, and say what to do", async (_, change, message) => {
    await expect(hub(change)).rejects.toThrow(message);
  });
});

describe("the plan of a hub", () => {
  test("has one signaling server and one server of the bus more than the load needs", () => {
    const { requests } = planNextcloud(planArgs);
    const replicas = Object.fromEntries(requests.map(({ tier: name, replicas: count }) => [name, count]));
    expect(replicas).toMatchObject({ "hub-web": 2, "hub-signaling": 2, "hub-bus": 2 });
  });

  test("has relays and media hosts wherever it has calls, and no recorder unless it is asked for", () => {
    expect(Object.keys(planNextcloud(planArgs).media ?? {})).toEqual(["media", "relay"]);
    const recorded = planNextcloud({
      ...planArgs,
      talk: { domain: "talk.example.ch", participants: 20, recordings: 1 },
    });
    expect(Object.keys(recorded.media ?? {})).toEqual(["media", "relay", "recorder"]);
    const { talk, ...without } = planArgs;
    expect(talk).toBeDefined();
    expect(planNextcloud(without).media).toBeUndefined();
  });

  test.each([
    ["calls under the hub's own name", { talk: { domain: planArgs.domain, participants: 20 } }, /a name of its own/],
    ["apps that tell somebody outside", { apps: ["survey_client"] }, /apps that tell nobody outside/],
    ["what is no app", { apps: ["../evil"] }, /the name of an app/],
  ])("refuses %s", (_, change, message) => {
    expect(() => planNextcloud({ ...planArgs, ...change })).toThrow(message);
  });
});

describe("the settings of a hub", () => {
  const settings = hubConfig({
    name: "hub",
    domain: "hub.example.ch",
    proxies: "10.42.0.0/16",
    folders: { data: "/data", trust: "/trust", run: "/run/hub" },
    database: { name: "hub", user: "hub" },
    cache: { port: 6379 },
    store: { host: "store", port: 8333, bucket: "files", region: "house", encrypted: false },
  });

  test("have every switch outwards off, the master's and those that it does not cover", () => {
    expect(settings).toMatchObject({
      has_internet_connection: false,
      appstoreenabled: false,
      updatechecker: false,
      lookup_server: "",
      connectivity_check_domains: [],
      "gs.enabled": false,
      reference_opengraph: false,
      mail_smtpmode: "null",
    });
    const kept = JSON.parse(
      keepFile({
        apps: ["user_oidc", "spreed"],
        integrations: [],
        certificates: [],
        accounts: { minutes: "account-minutes" },
        login: { clientId: "hub", issuer: "https://login.example.ch/realms/crisis", secret: "login" },
        talk: {
          stun: ["relay-1.talk.example.ch:3478"],
          turn: ["relay-1.talk.example.ch:443"],
          turnSecret: "turn",
          signaling: "https://talk.example.ch",
          signalingSecret: "backend",
        },
      }),
    ) as {
      readonly accounts: readonly object[];
      readonly disabled: readonly string[];
      readonly values: readonly Readonly<Record<string, string>>[];
    };
    expect(kept.accounts).toEqual([
      { name: "keeper", secret: "administrator", groups: ["admin"] },
      { name: "minutes", secret: "account-minutes", groups: [] },
    ]);
    expect(kept.disabled).toEqual(
      expect.arrayContaining([
        "survey_client",
        "nextcloud_announcements",
        "weather_status",
        "updatenotification",
        "app_api",
      ]),
    );
    const value = (app: string, key: string) =>
      kept.values.find((one) => one["app"] === app && one["key"] === key)?.["value"];
    expect(value("files_sharing", "lookupServerEnabled")).toBe("no");
    expect(value("notifications", "webpush_enabled")).toBe("0");
    expect(value("spreed", "federation_enabled")).toBe("no");
    expect(value("spreed", "recording_consent")).toBe("1");
  });

  test("name the database's certificates in full, since an empty name would take the user's place in the connection", () => {
    for (const part of Object.values(settings["pgsql_ssl"] as object)) expect(part).not.toBe("");
  });

  test("leave the recorder nothing to look for or to download, and everybody to verify", () => {
    const conf = recordingConf(
      { recorder: "one", internal: "two" },
      { domain: "hub.example.ch", talk: "talk.example.ch" },
    );
    expect(conf).toContain("driverPath = /usr/bin/geckodriver");
    expect(conf).toContain("browserPath = /usr/bin/firefox");
    expect(conf).not.toMatch(/skipverify = true|allowall = true/);
  });
});

describe("a hub on a cluster", () => {
  let made: Deployment;
  beforeAll(async () => {
    made = await hub();
  });
  const named = (kind: string, name: string) => {
    const found = manifests(made.resources).find((one) => one.kind === kind && one.metadata.name === name);
    if (found === undefined) throw new Error(`expected the ${kind} ${name}, got none`);
    return JSON.stringify(found);
  };

  test("has its signaling servers show each other certificates, and its bus by TLS", () => {
    const [conf] = made.resources.flatMap(({ secretTexts }) => secretTexts.filter((text) => text.includes("[grpc]")));
    expect(conf).toMatch(/^clientca = \/certificates\/authority\.crt$/m);
    expect(conf).toMatch(/^serverca = \/certificates\/authority\.crt$/m);
    expect(conf).toMatch(/^url = tls:\/\/signaling:/m);
    expect(conf).toMatch(/^allowall = false$/m);
  });

  test("starts web servers after the task that keeps settings", () => {
    expect(named("Job", "hub-keeper")).toContain("keep-hub.php");
    expect(named("CronJob", "hub-cron")).toContain("*/5 * * * *");
  });

  test("gives web servers and tasks a limit on a database that falls silent, by the file that libpq finds", () => {
    for (const [kind, name] of [
      ["Deployment", "hub-web"],
      ["CronJob", "hub-cron"],
      ["Job", "hub-keeper"],
    ] as const) {
      expect(named(kind, name)).toContain(
        '{"name":"PGSERVICEFILE","value":"/config/pg_service.conf"},{"name":"PGSERVICE","value":"hub"}',
      );
      expect(named("ConfigMap", `${name}-config`)).toMatch(
        /"pg_service\.conf":"\[hub\][^"]*\\nkeepalives_idle=10\\n[^"]*tcp_user_timeout=20000\\n"/,
      );
    }
  });

  test("keeps what is stored readable when all secrets get a new generation", async () => {
    const [before, after] = [made, await hub({ secretsGeneration: "2" })].map(({ resources }) =>
      resources.filter(({ type }) => type === "random:index/randomPassword:RandomPassword").map(({ name }) => name),
    );
    const both = (before ?? []).filter((name) => after?.includes(name));
    expect(both.sort()).toEqual(["hub-salt-1", "hub-secret-1"]);
  });
});
