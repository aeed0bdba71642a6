import * as pulumi from "@pulumi/pulumi";
import { givenSecret, planMatrix, type PostgresArgs, Postgres, tier } from "../../../components";
import { deploy, waitsFor } from "../../support/mocks";
import { goldenFolder } from "../../support/golden";
import { goodPostgres, postgresPlan } from "./postgres-args";
import { manifests, object } from "./target";

const homeserver = tier("matrix", "matrix-main", { http: 8008 });

const made = (
  change: (good: PostgresArgs) => Partial<Record<keyof PostgresArgs, unknown>> = () => ({}),
  plan: Parameters<typeof goodPostgres>[0] = {},
) =>
  deploy(() => {
    const good = goodPostgres(plan);
    const postgres = new Postgres("records", { ...good, ...change(good) } as PostgresArgs);
    const database = postgres.database("synapse", { from: homeserver });
    postgres.database("nextcloud", { from: homeserver });
    return {
      host: database.host,
      user: database.user,
      password: database.password.value,
      version: database.password.version,
    };
  });

type Rule = { readonly ports: readonly { port: number }[]; readonly from?: unknown[]; readonly to?: unknown[] };

interface Requests {
  readonly cpu: string;
  readonly memory: string;
}

type Hardened = { name: string; image: string; securityContext: object; resources: { limits: object } };

describe("a PostgreSQL cluster", () => {
  it("renders the configuration that stands under test/golden", async () => {
    const { resources } = await made(() => ({
      restore: { archive: { folder: "old", passphrase: givenSecret("old passphrase") }, at: "2026-11-28T12:00:00Z" },
    }));
    const { data } = object(resources, "ConfigMap", "records-configuration") as unknown as {
      data: Record<string, string>;
    };
    goldenFolder("postgres", data);
  });

  it("acknowledges nothing that is on one host alone, and never stops doing so by itself", async () => {
    const { resources } = await made();
    const { data } = object(resources, "ConfigMap", "records-configuration") as unknown as {
      data: Record<string, string>;
    };
    const keeper = JSON.parse(data["keeper.json"] ?? "") as { dynamic: Record<string, unknown> };
    const patroni = JSON.parse(data["patroni.yml"] ?? "") as { bootstrap: { dcs: Record<string, number> } };
    expect(keeper.dynamic).toMatchObject({
      synchronous_mode: true,
      synchronous_mode_strict: true,
      synchronous_node_count: 1,
    });
    expect(patroni.bootstrap.dcs).toEqual(keeper.dynamic);
    const { ttl = 0, loop_wait: loop = 0, retry_timeout: retry = 0 } = patroni.bootstrap.dcs;
    expect(loop + 2 * retry).toBeLessThanOrEqual(ttl);
  });

  it("lets in its own members and who asked for a database, each port with a reason, and reaches nothing but what it names", async () => {
    const { resources } = await made();
    const policies = manifests(resources).filter(
      ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name !== "closed",
    );
    expect(policies.map(({ metadata }) => metadata.name).sort()).toEqual([
      "records",
      "records-from-matrix-matrix-main",
    ]);
    const spec = (name: string) =>
      object(resources, "NetworkPolicy", name) as unknown as { spec: { ingress: Rule[]; egress: Rule[] } };
    expect(spec("records-from-matrix-matrix-main").spec).toMatchObject({
      ingress: [
        {
          ports: [{ port: 5432 }],
          from: [
            {
              podSelector: { matchLabels: { "app.kubernetes.io/name": "matrix-main" } },
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "matrix" } },
            },
          ],
        },
      ],
      egress: [],
    });
    expect(spec("records").spec.egress.map(({ ports }) => ports[0]?.port)).toEqual([5432, 8008, 6443, 3128]);
    expect(spec("records").spec.ingress.map(({ ports }) => ports[0]?.port)).toEqual([5432, 8008]);
  });

  it("the primary's service has no selector: only the lock's holder writes its address", async () => {
    const { resources } = await made();
    const spec = (name: string) => (object(resources, "Service", name) as unknown as { spec: object }).spec;
    for (const name of ["records", "records-config", "records-sync", "records-failover"])
      expect(spec(name)).not.toHaveProperty("selector");
    expect(spec("records-config")).toMatchObject({ clusterIP: "None" });
    expect(spec("records")).not.toHaveProperty("clusterIP");
  });

  it("Patroni may write the Endpoints of its own cluster by name, and reach nothing outside its namespace", async () => {
    const { resources, all } = await made();
    const { rules } = object(resources, "Role", "records") as unknown as {
      rules: { resources: string[]; verbs: string[]; resourceNames?: string[] }[];
    };
    expect(rules.filter(({ verbs }) => verbs.includes("update")).map(({ resourceNames }) => resourceNames)).toEqual([
      ["records", "records-config", "records-sync", "records-failover"],
    ]);
    expect(rules.flatMap(({ resources: kinds }) => kinds)).not.toContain("secrets");
    expect(all("ClusterRole")).toEqual([]);
    expect(all("ClusterRoleBinding")).toEqual([]);
  });

  it("each instance has the volume of one host, whose data nobody takes along", async () => {
    const { resources } = await made();
    const volumes = manifests(resources).filter(({ kind }) => kind === "PersistentVolume");
    expect(volumes.map(({ metadata }) => metadata.name)).toEqual(
      [1, 2, 3].map((n) => `crisis-data-${n}-records-of-records`),
    );
    // Protected is what holds the data and what opens it. An object of Kubernetes is neither, and would keep the whole cluster from a destroy.
    const kept = resources.filter(({ opts }) => opts.protect === true).map(({ name }) => name);
    expect(kept).toEqual(["records-passphrase"]);
    const set = object(resources, "StatefulSet", "records") as unknown as {
      spec: { volumeClaimTemplates: unknown[]; template: { spec: { securityContext: object } } };
    };
    expect(set.spec.volumeClaimTemplates).toHaveLength(1);
    // Otherwise the kubelet opens PostgreSQL's files to their group at each start, and PostgreSQL refuses them.
    expect(set.spec.template.spec.securityContext).toMatchObject({
      fsGroupChangePolicy: "OnRootMismatch",
      fsGroup: 1000,
    });
  });

  it("a pod that ends hands over: Patroni is told in the one way that both of its versions hear, and has two minutes", async () => {
    const { resources } = await made();
    const { spec } = object(resources, "StatefulSet", "records") as unknown as {
      spec: { template: { spec: { terminationGracePeriodSeconds: number; containers: { lifecycle: object }[] } } };
    };
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(120);
    expect(spec.template.spec.containers[0]?.lifecycle).toEqual({
      preStop: { exec: { command: ["/bin/sh", "/etc/postgres/scripts/stop-postgres.sh"] } },
    });
    const { data } = object(resources, "ConfigMap", "records-scripts") as unknown as { data: Record<string, string> };
    expect(data["stop-postgres.sh"]).toContain("\nkill -TERM 1\n");
  });

  it("every container is hardened alike", async () => {
    const { resources } = await made();
    const { spec } = object(resources, "StatefulSet", "records") as unknown as {
      spec: {
        template: {
          spec: {
            containers: Hardened[];
            initContainers: Hardened[];
          };
        };
      };
    };
    const containers = [...spec.template.spec.containers, ...spec.template.spec.initContainers];
    expect(containers.map(({ name }) => name)).toEqual(["postgres", "keeper", "way"]);
    for (const { securityContext, image, resources: asked } of containers) {
      expect(image).toBe(containers[0]?.image);
      expect(asked.limits).toHaveProperty("memory");
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });

  it("gives a database's current login, and lets the one before in as long as it is told to", async () => {
    const roles = async (change?: Parameters<typeof made>[0]) => {
      const { resources } = await made(change);
      const { stringData } = object(resources, "Secret", "records-roles") as unknown as {
        stringData: Record<string, string>;
      };
      const { databases } = JSON.parse(stringData["roles.json"] ?? "") as {
        databases: { name: string; locale: string; logins: { user: string; password: string }[] }[];
      };
      return databases.map(({ name, locale, logins }) => [name, locale, logins.map(({ user }) => user)]);
    };
    expect(await roles()).toEqual([
      ["synapse", "C", ["synapse_1"]],
      ["nextcloud", "C.UTF-8", ["nextcloud_1"]],
    ]);
    expect(
      await roles(() => ({ secretsGeneration: "2", secretsGenerations: { nextcloud: ["2026-11", "1"] } })),
    ).toEqual([
      ["synapse", "C", ["synapse_2"]],
      ["nextcloud", "C.UTF-8", ["nextcloud_2026-11", "nextcloud_1"]],
    ]);
    const { outputs } = await made();
    expect(outputs).toEqual({
      host: "records.records.svc.cluster.local",
      user: "synapse_1",
      password: "secret of records-synapse_1",
      version: "1",
    });
  });

  it("nobody uses a password before the cluster has it", async () => {
    let password: pulumi.Input<string> = "";
    await deploy(() => {
      password = new Postgres("records", goodPostgres()).database("synapse", { from: homeserver }).password.value;
    });
    expect(await waitsFor(password)).toContain("records");
    expect(await pulumi.isSecret(pulumi.output(password))).toBe(true);
  });

  it("rotating a database's password rolls no pod of the cluster; another key of the bucket rolls all", async () => {
    const annotations = async (change?: Parameters<typeof made>[0]) => {
      const { resources } = await made(change);
      const { spec } = object(resources, "StatefulSet", "records") as unknown as {
        spec: { template: { metadata: { annotations: Record<string, string> } } };
      };
      return spec.template.metadata.annotations;
    };
    const before = await annotations();
    expect(await annotations(() => ({ secretsGenerations: { synapse: ["9", "1"] } }))).toEqual(before);
    const other = await annotations(({ archive }) => ({
      archive: { bucket: { ...archive.bucket, secretKey: givenSecret("another", "2") } },
    }));
    expect(other["sovereign-uc/secrets"]).not.toBe(before["sovereign-uc/secrets"]);
    expect(other["sovereign-uc/configuration"]).toBe(before["sovereign-uc/configuration"]);
  });

  it("no secret stands outside of Secrets", async () => {
    const { resources } = await made();
    for (const { type, name, inputs, secrets } of resources)
      if (
        /secret (key )?of |access key|secret key/.test(JSON.stringify(inputs)) &&
        !/^tls:|:RandomPassword$/.test(type)
      )
        expect([type, name, secrets]).toEqual(["kubernetes:core/v1:Secret", name, ["stringData"]]);
  });

  it("asks its hosts for what its plan said, and takes twice the connections of its clients", async () => {
    const { resources } = await made();
    const { requests, volumes, egress, mostConnections } = postgresPlan();
    const { spec } = object(resources, "StatefulSet", "records") as unknown as {
      spec: { replicas: number; template: { spec: Record<string, { resources: { requests: Requests } }[]> } };
    };
    const { containers = [], initContainers = [] } = spec.template.spec;
    const asked = [...containers, ...initContainers].map((one) => one.resources.requests);
    expect(requests).toEqual([
      {
        tier: "records",
        replicas: spec.replicas,
        hosts: "data",
        cpu: asked.reduce((sum, { cpu }) => sum + Number(cpu), 0),
        memoryMib: asked.reduce((sum, { memory }) => sum + Number(memory.replace("Mi", "")), 0),
      },
    ]);
    expect(volumes).toEqual([{ name: "records", gib: 80, replicas: 3 }]);
    expect(egress).toEqual([{ host: "sos-ch-dk-2.exo.io", port: 443, reason: "archive of records" }]);
    expect(mostConnections).toBe(200);
    const { data } = object(resources, "ConfigMap", "records-configuration") as unknown as {
      data: Record<string, string>;
    };
    expect(data["keeper.json"]).toContain('"max_connections": 200');
  });

  it("serves the databases of services' plans", () => {
    const chat = planMatrix({ name: "chat", domain: "chat.crisis.example.ch", users: 300, mediaGib: 100 });
    const { holds, mostConnections } = postgresPlan({ serves: [chat], databases: [] });
    expect({ holds, mostConnections }).toEqual({
      holds: [{ name: "chat", connections: 10, locale: "C" }],
      mostConnections: 40,
    });
  });

  const misplanned: readonly [string, Parameters<typeof postgresPlan>[0], RegExp][] = [
    ["two instances", { instances: 2 }, /instances: expected at least 3 instances, got 2; a commit waits/],
    ["no database", { databases: [] }, /databases: expected at least one database, got nothing/],
    [
      "the name of a system database",
      { databases: [{ name: "postgres", connections: 10 }] },
      /databases: \[0\]: name: expected a name of at most 40/,
    ],
    [
      "one database twice",
      { databases: [1, 2].map((connections) => ({ name: "chat", connections })) },
      /databases: \[1\]: expected databases with names of their own, got "chat"/,
    ],
    [
      "a database without connections",
      { databases: [{ name: "chat" }] },
      /databases: \[0\]: connections: expected a whole number of connections/,
    ],
    ["an archive without TLS", { archive: "http://store.example.ch" }, /archive: expected an HTTPS address/],
    ["a long name", { name: "a-very-long-name" }, /name: expected a name of at most 15/],
  ];
  it.each(misplanned)("plans no cluster with %s", (_, change, message) => {
    expect(() => postgresPlan(change)).toThrow(message);
  });

  const refused: readonly [
    string,
    (good: PostgresArgs) => Partial<Record<keyof PostgresArgs, unknown>>,
    RegExp,
    Parameters<typeof goodPostgres>[0]?,
  ][] = [
    ["no plan", () => ({ plan: undefined }), /plan: expected a plan of a PostgreSQL cluster, got nothing/],
    ["no platform", () => ({ on: undefined }), /on: expected an object, got nothing/],
    [
      "a plan of another name",
      () => ({}),
      /name: expected the name of its plan, "more", got "records"/,
      { name: "more" },
    ],
    [
      "a volume that no pool carries",
      () => ({ plan: { ...postgresPlan(), volumes: [{ name: "other", gib: 1, replicas: 3 }] } }),
      /volume: expected one pool of hosts that carries the volume "other", got "none"; give the platform the same plan/,
    ],
    [
      "more instances than hosts",
      () => ({}),
      /volume: expected a volume "records" of at least 80 GiB on at least 5 hosts, got "100 GiB on 3"/,
      { instances: 5 },
    ],
    [
      "a volume that is too small",
      () => ({}),
      /at least 101 GiB on at least 3 hosts, got "100 GiB on 3"/,
      { gib: 101 },
    ],
    [
      "an archive elsewhere than planned",
      ({ archive }) => ({ archive: { bucket: { ...archive.bucket, endpoint: "https://other.example.ch" } } }),
      /archive: expected a place that its plan names: sos-ch-dk-2.exo.io:443, got "https:\/\/other.example.ch"; give the plan/,
    ],
    ["no archive", () => ({ archive: undefined }), /archive: expected an archive, got nothing/],
    [
      "an archive in the same cluster",
      ({ archive }) => ({ archive: { bucket: { ...archive.bucket, peer: tier("store", "store", { s3: 443 }) } } }),
      /archive: expected a bucket in another place/,
    ],
    ["a generation of nothing", () => ({ secretsGeneration: "" }), /databases: expected a word of at most 40 letters/],
    [
      "a generation of a database that there is not",
      () => ({ secretsGenerations: { mail: "2" } }),
      /databases: expected roles out of synapse, nextcloud, got "mail"/,
    ],
    [
      "a generation that makes a role's name too long",
      () => ({ secretsGenerations: { a23456789012345678901234567890: "g".repeat(40) } }),
      /databases: expected a generation of at most 32 characters/,
      { databases: [{ name: "a23456789012345678901234567890", connections: 1 }] },
    ],
    [
      "its own archive to begin from",
      () => ({ restore: { archive: { folder: "records", passphrase: givenSecret("x") }, at: "2026-11-28T12:00:00Z" } }),
      /restore: expected the folder of another cluster's archive, got "records"/,
    ],
    [
      "a moment without a zone",
      () => ({ restore: { archive: { folder: "old", passphrase: givenSecret("x") }, at: "2026-11-28 12:00:00" } }),
      /restore: expected a moment with its zone/,
    ],
    [
      "an image of another registry",
      () => ({ image: "docker.io/postgres:17" }),
      /image: expected an image in registry.crisis.example.ch/,
    ],
  ];
  it.each(refused)("refuses %s", async (_, change, message, ...[plan]) => {
    await expect(made(change, plan)).rejects.toThrow(message);
  });

  it("refuses a database that it was not given, and a volume that another cluster has", async () => {
    await expect(
      deploy(() => {
        new Postgres("records", goodPostgres()).database("mail", { from: homeserver });
      }),
    ).rejects.toThrow('expected a database of this cluster: synapse, nextcloud, got "mail"; plan the cluster for');
    await expect(
      deploy(() => {
        const good = goodPostgres();
        new Postgres("records", good);
        new Postgres("more", { ...good, plan: { ...good.plan, name: "more" } });
      }),
    ).rejects.toThrow(/expected a volume of pool data that is free, got "records, which records\/records has"/);
  });
});
