import { givenDatabase } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { offered } from "../../../../components/kubernetes/volume";
import { planStorage, Storage, type StorageArgs, type StoragePlanArgs } from "../../../../components/services/storage";
import { maintenance } from "../../../../components/services/storage/config";
import { bucketActions } from "../../../../components/services/storage/identities";
import type { BucketAccess } from "../../../../components/core/connections";
import { type Deployment, deploy } from "../../../support/mocks";
import { object, target } from "../../kubernetes/target";

const buckets = [{ name: "media" }, { name: "protocols", evidenceDays: 365 }] as const;
const args: StoragePlanArgs = { name: "store", gib: 100, buckets };
const client = tier("chat", "chat-synapse", { http: 8008 });

const database = givenDatabase({
  host: "db.crisis.example.ch",
  port: 5432,
  name: "store",
  user: "store",
  password: givenSecret("secret of the database"),
  ca: "-----BEGIN CERTIFICATE-----\ndatabase\n-----END CERTIFICATE-----\n",
  peer: { name: "database", ranges: ["192.0.3.10/32"] },
});

/** A store on three hosts with its volumes. */
async function store(
  change: Partial<StorageArgs> = {},
  asked: (storage: Storage) => unknown = () => "",
): Promise<Deployment> {
  const plan = planStorage(args);
  const hosts = ["data-1", "data-2", "data-3"];
  const volumes = { data: offered(hosts, { "store-disk": { gib: 100 }, "store-raft": { gib: 1 } }) };
  return deploy(() => {
    const cluster = target({ volumes });
    const own = {
      ...cluster,
      hostAddresses: { ...cluster.hostAddresses, pools: { data: hosts.map((_, i) => `10.20.0.${140 + i}`) } },
    };
    const storage = new Storage("store", { on: { cluster: own }, plan, database, ...change });
    return { asked: asked(storage) };
  });
}

interface Controller {
  readonly replicas: number;
  readonly template: {
    readonly spec: {
      readonly containers: readonly { readonly command: readonly string[]; readonly args: readonly string[] }[];
    };
  };
}

const controller = (made: Deployment, name: string): Controller =>
  object(made.resources, "StatefulSet", name)["spec"] as Controller;
const flags = (made: Deployment, name: string): readonly string[] =>
  controller(made, name).template.spec.containers[0]?.args ?? [];
const config = (made: Deployment, file: string): string =>
  (object(made.resources, "ConfigMap", "store-gateway-config")["data"] as Record<string, string>)[file] ?? "";

describe("the plan of an object store", () => {
  test("names its hosts, its volumes and its database before anything is made", () => {
    expect(planStorage(args)).toMatchObject({
      service: "storage",
      usableGib: 98,
      requests: [
        { tier: "store-master", replicas: 3, hosts: "data" },
        { tier: "store-volume", replicas: 3, hosts: "data" },
        { tier: "store-gateway", replicas: 3 },
      ],
      volumes: [
        { name: "store-disk", gib: 100, replicas: 3 },
        { name: "store-raft", gib: 1, replicas: 3 },
      ],
      databases: [{ name: "store", connections: 120, locale: "C" }],
      routes: [],
    });
  });

  test("tells every problem at once", () => {
    const wrong = (): unknown => planStorage({ name: "a-long-name", gib: 1, buckets: [{ name: "M" }], hosts: 2 });
    expect(wrong).toThrow(
      /name: expected .*9[\s\S]*buckets: \[0\]: expected a bucket name[\s\S]*hosts: expected at least 3 hosts[\s\S]*gib: expected at least 10 GiB/,
    );
  });

  test.each([
    ["the name of the identity that makes buckets", [{ name: "keeper" }], /another bucket name/],
    ["one name twice", [{ name: "media" }, { name: "media" }], /a bucket once/],
    ["none at all", [], /at least one bucket/],
    ["evidence for no day", [{ name: "protocols", evidenceDays: 0 }], /days that evidence stays/],
  ])("refuses buckets with %s", (_, given, message) => {
    expect(() => planStorage({ ...args, buckets: given })).toThrow(message);
  });
});

describe("an object store", () => {
  test("tells nobody about itself, opens no door but S3, and turns no copies into pieces", async () => {
    const made = await store();
    expect(flags(made, "store-master")).toEqual(
      expect.arrayContaining(["-telemetry=false", "-telemetry.url=", "-metrics.address="]),
    );
    expect(flags(made, "store-gateway")).toEqual(
      expect.arrayContaining(["-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false", "-s3.autoCreateBucket=false"]),
    );
    expect(config(made, "security.toml")).toMatch(/\[access\]\nui = false/);
    expect(config(made, "master.toml")).toContain(`scripts = ${JSON.stringify(maintenance.join("\n"))}`);
    expect(maintenance.join()).not.toMatch(/\bec\./);
  });

  test("keeps two copies, on hosts of their own, and encrypts what comes through S3", async () => {
    const made = await store();
    expect(flags(made, "store-master")).toContain("-defaultReplication=001");
    expect(flags(made, "store-gateway")).toEqual(
      expect.arrayContaining(["-defaultReplicaPlacement=001", "-encryptVolumeData=true", "-s3.encryptVolumeData=true"]),
    );
    for (const name of ["store-master", "store-volume", "store-gateway"]) {
      expect([name, controller(made, name).replicas]).toEqual([name, 3]);
      expect(object(made.resources, "PodDisruptionBudget", name)["spec"]).toMatchObject({ maxUnavailable: 1 });
    }
  });

  test("lets a service do nothing to its bucket's rules and former versions, and delete no evidence", () => {
    const deletes = /Delete|Bypass|Acl|Policy|PutBucket|PutObjectRetention|PutLifecycle|PutEncryption|\*/;
    expect(bucketActions({}).filter((action) => deletes.test(action))).toEqual(["s3:DeleteObject"]);
    expect(bucketActions({ evidenceDays: 1 }).filter((action) => deletes.test(action))).toEqual([]);
  });

  test("gives who asks for a bucket its key, and opens the way for them once", async () => {
    let got: BucketAccess | undefined;
    const made = await store({}, (storage) => {
      got = storage.bucket("media", { from: client });
      storage.bucket("protocols", { from: client });
      return got.accessKey.value;
    });
    expect(got).toMatchObject({
      endpoint: "https://store.store.svc.cluster.local:8333",
      bucket: "media",
      port: 8333,
      peer: { name: "store-gateway", namespace: "store" },
    });
    expect(object(made.resources, "NetworkPolicy", "store-gateway-for-chat-chat-synapse")["spec"]).toMatchObject({
      policyTypes: ["Ingress"],
      ingress: [{ ports: [{ port: 8333, protocol: "TCP" }] }],
    });
  });

  test("refuses a bucket that it was not planned with", async () => {
    await expect(store({}, (storage) => storage.bucket("other", { from: client }))).rejects.toThrow(
      /expected a bucket of this store: media, protocols, got "other"/,
    );
  });

  test("lets two generations of keys in while they are exchanged", async () => {
    const identities = async (generation: "1" | readonly [string, string]): Promise<readonly number[]> => {
      const made = await store({ secretsGeneration: generation });
      const { identities: all } = JSON.parse(config(made, "s3.json")) as {
        readonly identities: readonly { readonly credentials: readonly object[] }[];
      };
      return all.map(({ credentials }) => credentials.length);
    };
    expect(await identities("1")).toEqual([1, 1, 1]);
    expect(await identities(["2", "1"])).toEqual([2, 2, 2]);
  });
});
