import type * as pulumi from "@pulumi/pulumi";
import type { BucketAccess } from "../../core/connections";
import { givenBucket } from "../../core/connections";
import { invalid, type Parsers, type Keys } from "../../core/errors";
import { isTier } from "../../core/link";
import { dnsLabel } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { readSecret, type Secret } from "../../core/secret";
import { fields, flag, record } from "../../core/shapes";
import { resources, type Resources } from "../container";
import type { KubernetesTarget } from "../target";
import { type VolumeUse, type WorkloadVolume, workloadVolume } from "../volume";
import { withinRegistry } from "../pod-checks";
import { paths } from "./paths";
import { databases, type DatabaseSettings } from "./roles";

/** Place of a cluster's archive, and how much is kept in it. */
export interface ArchiveSettings {
  /** A bucket in another place than the cluster. Its store must be among the gateways' destinations (`egress`). */
  readonly bucket: BucketAccess;
  /** Full backups that are kept, with the log since the oldest. @default 4 */
  readonly keepFull?: number;
  /** @default 7 */
  readonly fullEveryDays?: number;
  /** @default 24 */
  readonly incrementalEveryHours?: number;
}

/** Values of a cluster that restoring takes: the folder of its archive, and the passphrase. */
export interface Archive {
  readonly folder: string;
  readonly passphrase: Secret;
}

/** A moment to begin from. */
export interface RestoreSettings {
  /** The archive of another cluster, in the same bucket: `old.archive`, or its folder and passphrase. */
  readonly archive: Archive;
  /** Moment, as ISO 8601 with a zone: `2026-11-28T12:00:00Z`. */
  readonly at: string;
}

/** Arguments of a PostgreSQL cluster. */
export interface PostgresArgs {
  readonly cluster: KubernetesTarget;
  /** Pool of hosts with volumes, one instance on each. */
  readonly pool: string;
  readonly volume: {
    /** Name of the volume that the pool's hosts carry. */
    readonly from: string;
    readonly gib: number;
  };
  /** Request of each instance to its host. */
  readonly resources: Resources;
  /**
   * Instances: a primary, its synchronous standby, and one at least that takes the standby's place. With two, the loss of either would stop every write.
   *
   * @default 3
   */
  readonly instances?: number;
  /** Databases by name; services ask for them by `database()`. */
  readonly databases: Readonly<Record<string, DatabaseSettings>>;
  readonly archive: ArchiveSettings;
  /** Connections at once, of all clients. @default 200 */
  readonly connections?: number;
  /** Begin from a moment in an archive; counts while the cluster has no data only. @default - empty */
  readonly restore?: RestoreSettings;
  /** Image in the operator's registry with patroni, postgres, pgbackrest and python3 on its path, and user 1000. @default - the catalogue's */
  readonly image?: string;
  /** Protection of volumes and of the archive's passphrase. @default true */
  readonly keepData?: boolean;
}

export const postgresArgsKeys: Keys<PostgresArgs> = {
  cluster: true,
  pool: true,
  volume: true,
  resources: true,
  instances: true,
  databases: true,
  archive: true,
  connections: true,
  restore: true,
  image: true,
  keepData: true,
};

/** An archive's settings, all there. */
export type ReadArchive = Required<ArchiveSettings>;

function archive(value: ArchiveSettings | undefined): ReadArchive {
  const {
    bucket,
    keepFull = 4,
    fullEveryDays = 7,
    incrementalEveryHours = 24,
  } = record(value, "an archive", "{ bucket }: without one, what a person deletes is lost");
  const read = givenBucket(bucket as BucketAccess);
  if (isTier(read.peer))
    throw invalid(
      "a bucket in another place",
      "one of this cluster",
      "give one outside: it is there for when this place is lost",
    );
  return {
    bucket: read,
    keepFull: countInRange(keepFull, "full backups", 1, 1_000),
    fullEveryDays: countInRange(fullEveryDays, "days", 1, 90),
    incrementalEveryHours: countInRange(incrementalEveryHours, "hours", 1, 24 * 90),
  };
}

/** Host and port of a bucket's store. */
function store(bucket: BucketAccess | undefined): { readonly host: string; readonly port: number } {
  const text = fields(bucket).endpoint ?? "";
  if (!URL.canParse(text)) return { host: "", port: 443 };
  const { hostname, port } = new URL(text);
  return { host: hostname, port: port === "" ? 443 : Number(port) };
}

function restore(value: RestoreSettings | undefined, name: string): RestoreSettings | undefined {
  if (value === undefined) return undefined;
  const { archive, at } = record(
    value,
    "a moment in an archive",
    '{ archive: old.archive, at: "2026-11-28T12:00:00Z" }',
  );
  const { folder, passphrase } = record(archive, "an archive", "old.archive");
  if (typeof folder !== "string" || !/^[a-z][a-z0-9-]*$/.test(folder) || folder === name)
    throw invalid(
      "the folder of another cluster's archive",
      folder,
      "a restored cluster has a name and an archive of its own",
    );
  if (typeof at !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/.test(at))
    throw invalid("a moment with its zone, to the millisecond at most", at, 'give it like "2026-11-28T12:00:00Z"');
  // As pgBackRest and PostgreSQL read it: UTC, with a space and an offset in digits.
  const moment = new Date(at).toISOString().replace("T", " ").replace("Z", "+00");
  return { archive: { folder, passphrase: readSecret(passphrase) }, at: moment };
}

function instances(value: unknown): number {
  const read = countInRange(value, "instances", 1, 7);
  if (read < 3)
    throw invalid(
      "at least 3 instances",
      read,
      "a commit waits for a standby on another host: with fewer, the loss of one host stops every write",
    );
  return read;
}

function volume(
  name: string,
  { cluster, pool, volume: asked, instances: replicas = 3 }: PostgresArgs,
): {
  readonly gib: number;
  readonly volume: WorkloadVolume;
  readonly use: VolumeUse;
} {
  const { from, gib } = record(asked, "a volume", '{ from: "postgres", gib: 100 }');
  const use: VolumeUse = {
    workload: name,
    namespace: name,
    kind: "StatefulSet",
    pool,
    replicas,
    offers: fields(cluster).volumes,
  };
  const read = workloadVolume({ name: "data", path: paths.volume, gib, from } as WorkloadVolume, use);
  return { gib: read.gib, volume: read, use };
}

/** The arguments of a cluster: what is shown of them, and how each is read. */
export const postgresArgs = {
  shown: (name: string, args: PostgresArgs): pulumi.Inputs => {
    const { pool, instances: count = 3, volume: asked, databases: given, restore: from } = fields(args);
    const { bucket } = fields(fields(args).archive);
    const { endpoint, bucket: bucketName, region } = fields(bucket);
    return {
      namespace: name,
      pool,
      instances: count,
      volume: fields(asked),
      databases: Object.keys(fields(given)),
      archive: { endpoint, bucket: bucketName, region, folder: name },
      ...(from === undefined ? {} : { restore: { folder: fields(from.archive).folder, at: from.at } }),
    };
  },
  parsers: (name: string, args: PostgresArgs) =>
    ({
      name: () => dnsLabel(name, 40),
      pool: () => {
        const pools = Object.keys(fields(args.cluster).volumes ?? {});
        if (!pools.includes(args.pool))
          throw invalid(
            `a pool whose hosts carry volumes: ${pools.join(", ") || "none does"}`,
            args.pool,
            "give a pool volumes",
          );
        return args.pool;
      },
      volume: () => volume(name, args),
      instances: () => instances(args.instances ?? 3),
      resources: () => resources(args.resources),
      databases: () => databases(args.databases),
      archive: () => archive(args.archive),
      store: () => store(fields(args.archive).bucket),
      connections: () => countInRange(args.connections ?? 200, "connections", 10, 5_000),
      restore: () => restore(args.restore, name),
      image: () => (args.image === undefined ? undefined : withinRegistry(args.image, args.cluster.registry)),
      keepData: () => flag(args.keepData ?? true, "say whether volumes are protected"),
      cluster: () => {
        if ((fields(fields(args.cluster).hostAddresses).controlPlane ?? []).length === 0)
          throw invalid(
            "the addresses of the cluster's control plane",
            [],
            "give hostAddresses.controlPlane: Patroni keeps its lock there",
          );
      },
    }) satisfies Parsers,
} as const;
