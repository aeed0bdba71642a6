import { givenSecret } from "../../../../components/core/secret";
import { readRoute } from "../../../../components/core/route-checks";
import { planMatrix } from "../../../../components/services/matrix";
import type { Deployment } from "../../../support/mocks";
import { object } from "../../kubernetes/target";
import { bucket, cache, database, domain, login, matrix, storing } from "./support";

const name = "chat-synapse";

const file = ({ resources }: Deployment, named: string): string =>
  (object(resources, "ConfigMap", `${name}-config`)["data"] as Record<string, string>)[named] ?? "";

const yaml = (made: Deployment): Record<string, unknown> =>
  JSON.parse(file(made, "homeserver.yaml")) as Record<string, unknown>;

interface Pod {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly { readonly env: readonly { readonly name: string; readonly value?: string }[] }[];
  };
}

const pod = ({ resources }: Deployment): Pod =>
  (object(resources, "StatefulSet", name)["spec"] as { template: Pod }).template;

const secrets = ({ resources }: Deployment, of: string): Readonly<Record<string, string>> =>
  object(resources, "Secret", `${name}-${of}`)["stringData"] as Record<string, string>;

describe("the plan of a homeserver", () => {
  const plan = planMatrix({ name: "chat", domain, users: 300, mediaGib: 100 });

  test("names its route, its connections, its pods and its volume before anything is made", () => {
    expect(plan).toMatchObject({
      service: "matrix",
      serverName: domain,
      connections: 1200,
      requests: [{ tier: name, replicas: 1, hosts: "data", cpu: 2, memoryMib: 2560 }],
      volumes: [{ name: "chat-media", gib: 100, replicas: 1 }],
      databases: [{ name: "chat", connections: 10, locale: "C" }],
      egress: [],
      homeserver: { namespace: "chat", name },
    });
    expect(plan.routes.map(readRoute)).toHaveLength(1);
  });

  test("closes its administration and what other homeservers ask for at the edge", () => {
    expect(plan.routes[0]).toMatchObject({
      host: domain,
      health: ["/health"],
      closedPaths: ["/_synapse/admin", "/_synapse/metrics", "/_matrix/federation", "/_matrix/key"],
    });
  });

  test("tells every problem at once", () => {
    const wrong = (): unknown =>
      planMatrix({ name: "a-long-name", domain: "chat", users: 501, mediaGib: 0, workers: false });
    expect(wrong).toThrow(
      /name: expected .*9[\s\S]*domain: expected a domain name[\s\S]*users: expected at most 500 people for a homeserver of one process[\s\S]*mediaGib: expected/,
    );
  });
});

describe("a homeserver", () => {
  test("federates with nobody, asks nobody for keys, pushes nothing, counts nothing", async () => {
    expect(yaml(await matrix())).toMatchObject({
      federation_domain_whitelist: [],
      trusted_key_servers: [],
      push: { enabled: false },
      report_stats: false,
      url_preview_enabled: false,
      enable_registration: false,
    });
  });

  test("has its secrets in files and variables of Secrets, each once", async () => {
    const made = await matrix({ bucket: bucket(), image: storing, cache: cache() });
    expect(Object.keys(secrets(made, "secrets")).sort()).toEqual([
      "cache",
      "forms",
      "login-client",
      "macaroons",
      "signing.key",
    ]);
    expect(Object.keys(secrets(made, "env")).sort()).toEqual([
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "PGPASSWORD",
    ]);
    for (const { name: resource, secrets: held } of made.all("kubernetes:core/v1:Secret"))
      // An authority's certificate is none.
      if (!resource.endsWith("-trust")) expect([resource, held]).toEqual([resource, ["stringData"]]);
  });

  test("has a signing key of 32 bytes in the format that Synapse reads", async () => {
    const [algorithm, key, seed = "", ...rest] =
      secrets(await matrix(), "secrets")
        ["signing.key"]?.trim()
        .split(" ") ?? [];
    expect([algorithm, key, rest, Buffer.from(seed, "base64").length, seed.length]).toEqual([
      "ed25519",
      "a_1",
      [],
      32,
      43,
    ]);
  });

  test.each([
    ["the generation of one of its own", { secretsGenerations: { macaroons: "2" } }],
    [
      "the password of the database",
      { database: { ...database(), password: givenSecret("secret of the database, new", "2") } },
    ],
    [
      "the secret at the identity provider",
      { login: login({ clientSecret: givenSecret("secret of the login, new", "2") }) },
    ],
  ])("is started again when %s changes, and not otherwise", async (_, change) => {
    const [before, same, after] = [await matrix(), await matrix(), await matrix(change)].map(
      (made) => pod(made).metadata.annotations,
    );
    expect(same).toEqual(before);
    expect(after).not.toEqual(before);
  });

  test("knows its database by libpq's variables, and authorities of the deployment's own by files", async () => {
    const made = await matrix({
      bucket: { ...bucket(), ca: "-----BEGIN CERTIFICATE-----\nstore\n-----END CERTIFICATE-----\n" },
      image: storing,
    });
    const env = Object.fromEntries(pod(made).spec.containers[0]?.env.map(({ name: key, value }) => [key, value]) ?? []);
    expect(env).toMatchObject({
      PGHOST: "db.crisis.example.ch",
      SSL_CERT_FILE: "/trust/login.crt",
      AWS_CA_BUNDLE: "/trust/bucket.crt",
      AWS_EC2_METADATA_DISABLED: "true",
    });
    expect(Object.keys(secrets(made, "trust")).sort()).toEqual(["bucket.crt", "database.crt", "login.crt"]);
  });

  test("reaches its database, its login, its cache and its bucket, is reached by the edge and by monitoring, and nothing else", async () => {
    const { resources } = await matrix({ bucket: bucket(), image: storing, cache: cache() });
    const reasons = (policy: string): string =>
      (object(resources, "NetworkPolicy", policy).metadata as unknown as { annotations: Record<string, string> })
        .annotations["sovereign-uc/reasons"] ?? "";
    expect(reasons(name).split("\n").sort()).toEqual([
      "in tcp 8008 from edge/crisis-edge: clients, through the edge",
      "out tcp 443 to 192.0.3.11/32: logins",
      "out tcp 443 to 192.0.3.12/32: files",
      "out tcp 5432 to 192.0.3.10/32: rooms",
      "out tcp 6379 to chat-data/chat-cache-proxy: talk between processes",
    ]);
    expect(reasons(`${name}-metrics`)).toBe("in tcp 9000 from monitoring/collector: metrics");
  });

  test("goes through the gateways' proxy to places that are reached there, and to no others", async () => {
    const gateways = { name: "gateways", ranges: ["10.20.0.10/32", "10.20.0.11/32"] };
    const made = await matrix(
      { bucket: { ...bucket(), port: 3128, peer: gateways }, image: storing },
      { bucket: "https://store.crisis.example.ch" },
    );
    const { env } = pod(made).spec.containers[0] ?? { env: [] };
    expect(env).toContainEqual({ name: "HTTPS_PROXY", value: "http://gateway.internal:3128" });
    expect(env).toContainEqual({ name: "NO_PROXY", value: "login.crisis.example.ch" });
    expect(JSON.stringify(pod(made).spec)).toContain('"hostnames":["gateway.internal"]');
    expect(JSON.stringify(pod(await matrix()).spec)).not.toContain("gateway.internal");
  });

  test("finds an issuer on the same platform at its own name, through the gateways inside the network", async () => {
    const spec = JSON.stringify(pod(await matrix({ login: login({ addresses: ["10.20.0.10"] }) })).spec);
    expect(spec).toContain('"hostAliases":[{"hostnames":["login.crisis.example.ch"],"ip":"10.20.0.10"}]');
    expect(spec).not.toContain("HTTPS_PROXY");
  });

  test("keeps its files on the volume that its hosts carry", async () => {
    const { resources } = await matrix();
    const claim = object(resources, "PersistentVolumeClaim", `media-${name}-0`);
    expect(claim["spec"]).toMatchObject({ volumeName: "crisis-data-1-chat-media-of-chat-synapse" });
  });

  test.each([
    [
      "a bucket with upstream's image",
      { bucket: bucket() },
      {},
      "chat",
      /image: expected an image with the S3 storage provider beside a bucket/,
    ],
    ["another name than its plan's", {}, {}, "talk", /name: expected the name of its plan, "chat", got "talk"/],
    ["no plan", { plan: undefined }, {}, "chat", /plan: expected a plan of a Matrix homeserver, got nothing/],
    [
      "a plan of something else",
      { plan: { service: "jitsi", name: "chat" } },
      {},
      "chat",
      /plan: expected a plan of a Matrix homeserver/,
    ],
    ["no database", { database: undefined }, {}, "chat", /database: expected a database, got nothing/],
    ["no login", { login: undefined }, {}, "chat", /login: expected a client of the identity provider, got nothing/],
    [
      "a volume that is too small",
      {},
      { mediaGib: 101 },
      "chat",
      /volumes: expected a volume "chat-media" of at least 101 GiB on at least 1 hosts, got "100 GiB on 1"/,
    ],
    [
      "a login behind the gateways' proxy that its plan does not name",
      { login: login({ port: 3128, peer: { name: "gateways", ranges: ["10.20.0.10/32"] } }) },
      { bucket: "https://store.crisis.example.ch" },
      "chat",
      /egress: expected a place that its plan names: store.crisis.example.ch:443, got "https:\/\/login.crisis.example.ch\/realms\/crisis"; give the plan the same address as `login`/,
    ],
  ])("refuses %s", async (_, change, plan, own, problem) => {
    await expect(matrix(change, plan, { name: own })).rejects.toThrow(problem);
  });

  test("is the same at preview, where no output is known", async () => {
    expect(file(await matrix({}, {}, { preview: true }), "homeserver.yaml")).toBe(
      file(await matrix(), "homeserver.yaml"),
    );
  });
});
