import type * as pulumi from "@pulumi/pulumi";
import type { BucketAccess } from "../../core/connections";
import { bucketAccessKeys } from "../../core/connections";
import { givenBucket } from "../../core/given-connections";
import { invalid, type Parsers, type Keys } from "../../core/errors";
import { isTier } from "../../core/link";
import { dnsLabel } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { planName, plannedEgress } from "../../core/plan";
import { readSecret, type Secret, secretKeys } from "../../core/secret";
import { fields, flag, items, record } from "../../core/shapes";
import { type Generation, readGeneration, readGenerations } from "../../infrastructure/secrets";
import { withinRegistry } from "../pod-checks";
import { type OnCluster, onCluster } from "../target";
import { carrier, type VolumeUse, type WorkloadVolume, workloadVolume } from "../volume";
import { paths } from "./paths";
import { type PostgresPlan, postgresPlan } from "./plan";
import { logins } from "./roles";

/** Place of a cluster's archive, and how much is kept in it. */
export interface ArchiveSettings {
  /** A bucket in another place than the cluster, in the store that the plan names. */
  readonly bucket: BucketAccess;
  /** Full backups that are kept, with the log since the oldest. @default 4 */
  readonly keepFull?: number;
  /** @default 7 */
  readonly fullEveryDays?: number;
  /** @default 24 */
  readonly incrementalEveryHours?: number;
}

const archiveSettingsKeys: Keys<ArchiveSettings> = {
  bucket: bucketAccessKeys,
  keepFull: true,
  fullEveryDays: true,
  incrementalEveryHours: true,
};

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

const restoreSettingsKeys: Keys<RestoreSettings> = {
  archive: { folder: true, passphrase: secretKeys },
  at: true,
};

/** Arguments of a PostgreSQL cluster. */
export interface PostgresArgs {
  /** The platform that it stands on. */
  readonly on: OnCluster;
  /** Plan from `planPostgres`; the platform has it, too. */
  readonly plan: PostgresPlan;
  readonly archive: ArchiveSettings;
  /**
   * Generation of the databases' passwords. Each has a role of its own: with `["2", "1"]` both are let in, so that nothing is interrupted, and services get the first;
   * with `"2"` the connections of the other end. @default "1"
   */
  readonly secretsGeneration?: Generation;
  /** Generations of single databases' passwords: `{ chat: ["2", "1"] }`. @default {} */
  readonly secretsGenerations?: Readonly<Record<string, Generation>>;
  /** Begin from a moment in an archive; counts while the cluster has no data only. @default - empty */
  readonly restore?: RestoreSettings;
  /** Image in the operator's registry with patroni, postgres, pgbackrest and python3 on its path, and user 1000. @default - the catalogue's */
  readonly image?: string;
  /** True if the archive's passphrase is protected. The data is on volumes of the cluster's hosts, which its own `keepData` protects. @default true */
  readonly keepData?: boolean;
}

export const postgresArgsKeys: Keys<PostgresArgs> = {
  on: "elsewhere",
  plan: "elsewhere",
  archive: archiveSettingsKeys,
  secretsGeneration: true,
  secretsGenerations: true,
  restore: restoreSettingsKeys,
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

/** The volume of a cluster's instances, and who takes it. */
function volume(
  name: string,
  { on, plan }: PostgresArgs,
): {
  readonly volume: WorkloadVolume;
  readonly use: VolumeUse;
} {
  const { gib, instances, volumes = [] } = postgresPlan(plan);
  const offers = fields(fields(on).cluster).volumes;
  const [need] = volumes;
  if (need === undefined) throw invalid("a plan with a volume", plan, "give what planPostgres(…) returns");
  const use: VolumeUse = {
    workload: name,
    namespace: name,
    kind: "StatefulSet",
    pool: carrier(need, offers),
    replicas: instances,
    offers,
  };
  return { volume: workloadVolume({ name: "data", path: paths.volume, gib, from: need.name }, use), use };
}

/** The databases of a cluster with their logins. @throws RangeError for a database that there is not, and a generation that is none. */
function databases({ plan, secretsGeneration = "1", secretsGenerations }: PostgresArgs) {
  const { holds } = postgresPlan(plan);
  readGeneration(secretsGeneration);
  const own = readGenerations(
    secretsGenerations,
    holds.map(({ name }) => name),
  );
  return holds.map(({ name, locale = "C.UTF-8" }) => ({
    name,
    locale,
    logins: logins(name, own[name] ?? secretsGeneration),
  }));
}

/** The arguments of a cluster: what is shown of them, and how each is read. */
export const postgresArgs = {
  shown: (name: string, args: PostgresArgs): pulumi.Inputs => {
    const { plan, restore: from, secretsGeneration = "1", secretsGenerations = {} } = fields(args);
    const { instances, gib, holds } = fields(plan);
    const { endpoint, bucket, region } = fields(fields(fields(args).archive).bucket);
    return {
      namespace: name,
      instances,
      gib,
      databases: items(holds).map((database) => database.name),
      secretsGeneration,
      secretsGenerations,
      archive: { endpoint, bucket, region, folder: name },
      ...(from === undefined ? {} : { restore: { folder: fields(from.archive).folder, at: from.at } }),
    };
  },
  parsers: (name: string, args: PostgresArgs) =>
    ({
      name: () => planName(dnsLabel(name, 15), args.plan),
      plan: () => postgresPlan(args.plan),
      volume: () => volume(name, args),
      databases: () => databases(args),
      archive: () => {
        const read = archive(args.archive);
        plannedEgress(postgresPlan(args.plan), read.bucket.endpoint, "archive");
        return read;
      },
      store: () => store(fields(args.archive).bucket),
      restore: () => restore(args.restore, name),
      image: () => (args.image === undefined ? undefined : withinRegistry(args.image, args.on.cluster.registry)),
      keepData: () => flag(args.keepData ?? true, "say whether the archive's passphrase is protected"),
      on: () => {
        const { cluster } = onCluster(args.on);
        if ((fields(fields(cluster).hostAddresses).controlPlane ?? []).length === 0)
          throw invalid(
            "the addresses of the cluster's control plane",
            [],
            "give hostAddresses.controlPlane: Patroni keeps its lock there",
          );
      },
    }) satisfies Parsers,
} as const;
