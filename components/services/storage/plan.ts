import { type Keys, each, invalid, knownKeys, validate } from "../../core/errors";
import { dnsLabel } from "../../core/names";
import { countInRange } from "../../core/numbers";
import type { DatabaseNeed, ServicePlan } from "../../core/plan";
import { list, record } from "../../core/shapes";
import type { Tier } from "../../core/tier";
import type { Resources } from "../../kubernetes/container";
import {
  copies,
  filesPerGrowth,
  gatewayCount,
  keeperIdentity,
  masterCount,
  reserveGib,
  slots,
  storageTiers,
} from "./settings";

/** A bucket for one service. */
export interface BucketNeed {
  /** 3 to 36 lower-case letters, digits and hyphens; not `keeper`. */
  readonly name: string;
  /**
   * Days for which nothing that is written can be deleted or written over, by anybody's key (S3 object lock, compliance mode): evidence. A version's days are counted
   * from when it was written, and can be made longer by no service. @default - no evidence: the service deletes what it likes, and versions stay
   */
  readonly evidenceDays?: number;
  /** Days after which a version that was written over or deleted goes for good. @default 30 */
  readonly formerDays?: number;
}

const bucketNeedKeys: Keys<BucketNeed> = { name: true, evidenceDays: true, formerDays: true };

export interface StoragePlanArgs {
  /** Its namespace, its objects and the volumes on its hosts are called by it. At most 9 characters. */
  readonly name: string;
  /** Volume of each host. Everything is kept twice: with three hosts, objects may take as much as one volume holds, so that a lost host's copies find room on the others. */
  readonly gib: number;
  readonly buckets: readonly BucketNeed[];
  /** Hosts with volumes. @default 3 */
  readonly hosts?: number;
  /** Name of its database. @default - its own name with underscores */
  readonly database?: string;
}

const storagePlanArgsKeys: Keys<StoragePlanArgs> = {
  name: true,
  gib: true,
  buckets: each(bucketNeedKeys),
  hosts: true,
  database: true,
};

/** A bucket with every figure. */
export interface PlannedBucket {
  readonly name: string;
  readonly evidenceDays?: number;
  readonly formerDays: number;
}

/** Needs of an object store, and the figures that it is built from. */
export interface StoragePlan extends ServicePlan {
  readonly service: "storage";
  readonly gib: number;
  readonly buckets: readonly PlannedBucket[];
  readonly serverCount: number;
  /** Objects that it holds in all, with one host lost. */
  readonly usableGib: number;
  readonly databases: readonly [DatabaseNeed];
  /** The gateways, as databases and clients see them. */
  readonly gateways: Tier<"s3" | "s3-grpc" | "filer" | "filer-grpc">;
}

/** Requests of one pod of each tier. A volume server keeps an index of its files in memory, 16 bytes an object (weed/storage/needle_map). Assumptions until measured. */
export const storageResources = {
  master: { cpu: 0.1, memoryMib: 256 },
  volume: { cpu: 0.5, memoryMib: 1_024 },
  gateway: { cpu: 0.5, memoryMib: 1_024 },
  keeper: { cpu: 0.1, memoryMib: 128 },
} as const satisfies Readonly<Record<string, Resources>>;

/** Connections of one gateway's pool. It has no upper bound, on purpose: a listing asks from within a listing, and a bounded pool would block itself. */
export const connectionsPerGateway = 40;

/** Names of the volumes on the hosts. */
export const storageVolumes = (name: string) => ({ objects: `${name}-disk`, raft: `${name}-raft` });

/** Size of the volume with the masters' log, which is written anew when it grows. */
export const raftGib = 1;

/**
 * Plans an object store on hosts' own volumes: three masters, a volume server on each host, three gateways, and a database for its names.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const store = planStorage({
 *   name: "store",
 *   gib: 500,
 *   buckets: [{ name: "media" }, { name: "protocols", evidenceDays: 365 }],
 * });
 * const records = planPostgres({ name: "records", serves: [store], gib: 50, archive: "https://sos-ch-dk-2.exo.io" });
 */
export function planStorage(args: StoragePlanArgs): StoragePlan {
  const { name, gib, buckets, hosts = 3, database } = knownKeys(args, storagePlanArgsKeys);
  const valid = validate({
    // Volumes are named after it, in at most 15 characters.
    name: () => dnsLabel(name, 9),
    buckets: () => bucketNeeds(buckets),
    hosts: () => hostCount(hosts),
    gib: () => {
      const read = countInRange(gib, "GiB", 1, 65_536);
      const least = reserveGib + 2 * filesPerGrowth * (Array.isArray(buckets) ? buckets.length + 1 : 1);
      if (read < least)
        throw invalid(
          `at least ${least} GiB (buckets: ${buckets.length})`,
          read,
          "plan larger volumes, or fewer buckets",
        );
      return read;
    },
    database: () => (database === undefined ? "" : databaseName(database)),
  });
  const { master, volume, gateway } = storageTiers(valid.name);
  const volumes = storageVolumes(valid.name);
  return {
    service: "storage",
    name: valid.name,
    gib: valid.gib,
    buckets: valid.buckets,
    serverCount: valid.hosts,
    usableGib: Math.floor((slots(valid.gib) * (valid.hosts - 1)) / copies),
    gateways: gateway,
    routes: [],
    connections: 0,
    requests: [
      { tier: master.name, replicas: masterCount, hosts: "data", ...storageResources.master },
      { tier: volume.name, replicas: valid.hosts, hosts: "data", ...storageResources.volume },
      { tier: gateway.name, replicas: gatewayCount, ...storageResources.gateway },
    ],
    volumes: [
      { name: volumes.objects, gib: valid.gib, replicas: valid.hosts },
      { name: volumes.raft, gib: raftGib, replicas: masterCount },
    ],
    databases: [
      {
        name: valid.database === "" ? valid.name.replaceAll("-", "_") : valid.database,
        connections: gatewayCount * connectionsPerGateway,
        locale: "C",
      },
    ],
  };
}

/** A plan of an object store, and nothing else in its place. @throws RangeError */
export function storagePlan(value: StoragePlan): StoragePlan {
  if ((value as StoragePlan | undefined)?.service !== "storage")
    throw invalid("a plan of an object store", value, "give what planStorage(…) returns, also to the platform");
  return value;
}

function databaseName(value: unknown): string {
  if (typeof value !== "string" || !/^[a-z][a-z0-9_]{0,62}$/.test(value))
    throw invalid("a name of lower-case letters, digits and underscores", value, 'give one like "store"');
  return value;
}

function hostCount(value: unknown): number {
  const read = countInRange(value, "hosts", 1, 50);
  if (read < masterCount)
    throw invalid(
      `at least ${masterCount} hosts`,
      read,
      "two masters of three have to agree, and a lost host's copies need a third host to be made again",
    );
  return read;
}

function bucketNeeds(values: readonly BucketNeed[]): readonly PlannedBucket[] {
  const example = '[{ name: "media" }]';
  const read = list(values, "buckets", example, (value, place): PlannedBucket => {
    const { name, evidenceDays, formerDays = 30 } = record(value, "a bucket", '{ name: "media" }');
    if (typeof name !== "string" || !/^[a-z0-9][a-z0-9-]{1,34}[a-z0-9]$/.test(name) || name.includes("--"))
      throw invalid(
        "a bucket name of 3 to 36 lower-case letters, digits and single inner hyphens",
        name,
        'name it like "media"',
      );
    if (values.findIndex((other) => other.name === name) !== place)
      throw invalid("a bucket once", name, "remove the second, or rename it");
    if (name === keeperIdentity)
      throw invalid("another bucket name", name, "rename it: the identity that makes the buckets is called so");
    return {
      name,
      formerDays: countInRange(formerDays, "days that former versions stay", 1, 36_500),
      ...(evidenceDays === undefined
        ? {}
        : { evidenceDays: countInRange(evidenceDays, "days that evidence stays", 1, 36_500) }),
    };
  });
  if (read.length === 0) throw invalid("at least one bucket", values, `give buckets: ${example}`);
  return read;
}
