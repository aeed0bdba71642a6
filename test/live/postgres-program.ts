import { type BucketAccess, givenSecret, planPostgres, Postgres, type PostgresArgs, tier } from "../../components";
import { outsideAuthority } from "./outside";
import { smallCluster } from "./small-cluster";

/** Store of the archive, outside. */
export const store = { host: "store.example.ch", bucket: "archive", access: "archive-key", secret: "archive-secret" };

/** Its bucket, as a component takes it. */
export const archiveBucket = (): BucketAccess => ({
  endpoint: `https://${store.host}`,
  bucket: store.bucket,
  region: "live",
  accessKey: givenSecret(store.access),
  secretKey: givenSecret(store.secret),
  ca: outsideAuthority().certificate,
  port: 443,
  peer: { name: "store", ranges: ["192.0.2.81/32"] },
});

/** Clients of the database: pods of the tests' own. */
export const client = tier("clients", "writer", { none: 1 });

const planned = (name: string) =>
  planPostgres({
    name,
    gib: 8,
    resources: { cpu: 0.25, memoryMib: 512 },
    databases: [{ name: "ledger", connections: 20 }],
    archive: `https://${store.host}`,
  });

/** PostgreSQL on three hosts with volumes, and little beside it: one gateway more than none, one member, one host for the resolver. */
export function postgresProgram(
  more: Pick<PostgresArgs, "restore"> = {},
  name = "records",
): () => Record<string, unknown> {
  return () => {
    const plan = planned(name);
    const cluster = smallCluster({
      application: 1,
      pools: {
        data: {
          count: 3,
          // Databases alone: a resolver that died with the primary's host would hide what clients see of it.
          taints: ["data=true:NoSchedule"],
          volumes: { records: { gib: 8 }, restored: { gib: 8 } },
        },
      },
      egress: plan.egress ?? [],
    });
    const postgres = new Postgres(name, { on: { cluster }, plan, archive: { bucket: archiveBucket() }, ...more });
    const database = postgres.database("ledger", { from: client });
    return {
      kubeconfig: cluster.kubeconfig,
      user: database.user,
      password: database.password.value,
      ca: database.ca,
      passphrase: postgres.archive.passphrase.value,
    };
  };
}

/** A second cluster on the same hosts, begun from a moment in the archive of the first. */
export const restoredProgram = (passphrase: string, at: string): (() => Record<string, unknown>) =>
  postgresProgram({ restore: { archive: { folder: "records", passphrase: givenSecret(passphrase) }, at } }, "restored");
