import { givenSecret, type PostgresArgs, Postgres, tier } from "../../../components";
import { deploy } from "../../support/mocks";
import { goldenFolder } from "../../support/golden";
import { goodPostgres } from "./postgres-args";
import { manifests, object } from "./target";

const homeserver = tier("matrix", "matrix-main", { http: 8008 });

const made = (
  change: (good: PostgresArgs) => Partial<Record<keyof PostgresArgs, unknown>> = () => ({}),
  name = "records",
) =>
  deploy(() => {
    const good = goodPostgres();
    const postgres = new Postgres(name, { ...good, ...change(good) } as PostgresArgs);
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
    const { resources, all } = await made();
    const volumes = manifests(resources).filter(({ kind }) => kind === "PersistentVolume");
    expect(volumes.map(({ metadata }) => metadata.name)).toEqual([1, 2, 3].map((n) => `crisis-data-${n}-postgres`));
    for (const { opts } of [
      ...all("PersistentVolume"),
      ...all("PersistentVolumeClaim"),
      ...all("RandomPassword").filter(({ name }) => /passphrase/.test(name)),
    ])
      expect(opts.protect).toBe(true);
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
      ["nextcloud", "C.UTF-8", ["nextcloud_3", "nextcloud_2"]],
    ]);
    expect(await roles(() => ({ databases: { synapse: { generation: 2, previous: false }, nextcloud: {} } }))).toEqual([
      ["synapse", "C.UTF-8", ["synapse_2"]],
      ["nextcloud", "C.UTF-8", ["nextcloud_1"]],
    ]);
    const { outputs } = await made();
    expect(outputs).toEqual({
      host: "records.records.svc.cluster.local",
      user: "synapse_1",
      password: "secret of records-synapse_1",
      version: "1",
    });
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
    expect(await annotations(() => ({ databases: { synapse: { generation: 9 }, nextcloud: {} } }))).toEqual(before);
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

  const refused: readonly [string, (good: PostgresArgs) => Partial<Record<keyof PostgresArgs, unknown>>, RegExp][] = [
    ["two instances", () => ({ instances: 2 }), /instances: expected at least 3 instances, got 2; a commit waits/],
    [
      "a pool without volumes",
      () => ({ pool: "application" }),
      /pool: expected a pool whose hosts carry volumes: data, got "application"/,
    ],
    [
      "more instances than hosts",
      () => ({ instances: 5 }),
      /volume: expected at most 3 replicas, one per host of pool data, got 5/,
    ],
    [
      "a volume that is too small",
      () => ({ volume: { from: "postgres", gib: 101 } }),
      /volume: expected a whole number of GiB from 1 to 100/,
    ],
    ["no archive", () => ({ archive: undefined }), /archive: expected an archive, got nothing/],
    [
      "an archive in the same cluster",
      ({ archive }) => ({ archive: { bucket: { ...archive.bucket, peer: tier("store", "store", { s3: 443 }) } } }),
      /archive: expected a bucket in another place/,
    ],
    [
      "the name of a system database",
      () => ({ databases: { postgres: {}, synapse: {}, nextcloud: {} } }),
      /databases: \["postgres"\]: expected a name/,
    ],
    [
      "a generation of nothing",
      () => ({ databases: { synapse: { generation: 0 }, nextcloud: {} } }),
      /databases: \["synapse"\]: expected a whole number of generations/,
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
  it.each(refused)("refuses %s", async (_, change, message) => {
    await expect(made(change)).rejects.toThrow(message);
  });

  it("refuses a database that it was not given, and a volume that another cluster has", async () => {
    await expect(
      deploy(() => {
        new Postgres("records", goodPostgres()).database("mail", { from: homeserver });
      }),
    ).rejects.toThrow('expected a database of this cluster: synapse, nextcloud, got "mail"; add it to databases');
    await expect(
      deploy(() => {
        const good = goodPostgres();
        new Postgres("records", good);
        new Postgres("others", good);
      }),
    ).rejects.toThrow(/expected a volume of pool data that is free, got "postgres, which records\/records has"/);
  });
});
