import type * as pulumi from "@pulumi/pulumi";
import type { Database } from "../../core/connections";
import { image } from "../../core/images";
import type { Tier } from "../../core/tier";
import type { Mount } from "../../kubernetes/mounts";
import type { Policies } from "../../kubernetes/policies";
import { Task } from "../../kubernetes/task";
import { Workload } from "../../kubernetes/workload";
import { gatewayCommand, masterCommand, volumeCommand } from "./commands";
import { configFiles } from "./config";
import { storageScripts } from "./files";
import { identities } from "./identities";
import { storageImages } from "./images";
import { type PlannedBucket, raftGib, storageResources, type StoragePlan, storageVolumes } from "./plan";
import type { StorageSecrets } from "./secrets";
import {
  folders,
  gatewayCount,
  masterCount,
  memberHosts,
  ports,
  region,
  replication,
  storageHost,
  type StorageTiers,
  storageUser,
  tlsFiles,
} from "./settings";

/** Input of the pods of a store. */
export interface StorageParts {
  readonly plan: StoragePlan;
  readonly database: Database;
  readonly tiers: StorageTiers;
  readonly policies: Policies;
  readonly secrets: StorageSecrets;
  /** Pools of hosts that carry the volumes. */
  readonly pools: { readonly objects: string; readonly raft: string };
  /** True if keys of the generation before are let in. */
  readonly rotated: boolean;
}

const weed = ["/usr/bin/weed"] as const;
const podFields = { POD_NAME: "metadata.name" } as const;

/** Place of a pod of a StatefulSet. */
const placeOf = ({ name, namespace }: Tier) => ({
  self: `$(POD_NAME).${name}.${namespace}.svc.cluster.local`,
  bind: "0.0.0.0",
});

function configFilesOf({ database, plan, rotated }: StorageParts): Readonly<Record<string, string>> {
  return { ...configFiles(database), "s3.json": identities(plan.buckets, rotated) };
}

/** Mounts of every pod: configuration, certificates, and what is written while a program runs. */
const mountsOf = (parts: StorageParts, own: readonly Mount[] = []): readonly Mount[] => [
  { name: "config", path: folders.config, files: configFilesOf(parts) },
  { name: "tls", path: folders.tls, secrets: parts.secrets.certificates },
  { name: "tmp", path: "/tmp", memoryMib: 64 },
  ...own,
];

/** Settings that all pods share. */
const common = ({ policies }: StorageParts) => ({
  namespace: policies.namespace,
  policies,
  image: image(policies.namespace.cluster.registry, storageImages.seaweedfs),
  user: storageUser,
});

const settingsOf = ({ plan, tiers }: StorageParts) => ({
  masters: memberHosts(tiers.master, masterCount),
  gib: plan.gib,
  host: storageHost(plan.name),
});

/** The masters, with their log on a volume. */
export const masters = (parts: StorageParts, opts: pulumi.ComponentResourceOptions): Workload =>
  new Workload(
    parts.tiers.master.name,
    {
      ...common(parts),
      tier: parts.tiers.master,
      role: "masters",
      kind: "StatefulSet",
      pool: parts.pools.raft,
      capacity: { load: 2, perReplica: 1, unit: "members", source: "a majority of three" },
      command: weed,
      args: masterCommand(placeOf(parts.tiers.master), settingsOf(parts)),
      podFields,
      secretEnv: parts.secrets.tokens,
      mounts: mountsOf(parts),
      volumes: [{ name: "raft", path: folders.raft, gib: raftGib, from: storageVolumes(parts.plan.name).raft }],
      probes: {
        ready: { connect: ports.master.grpc, everySeconds: 5 },
        alive: { connect: ports.master.http, failures: 6 },
      },
      resources: storageResources.master,
    },
    opts,
  );

/** The volume servers, one on each host. */
export const volumeServers = (parts: StorageParts, opts: pulumi.ComponentResourceOptions): Workload =>
  new Workload(
    parts.tiers.volume.name,
    {
      ...common(parts),
      tier: parts.tiers.volume,
      role: "objects",
      kind: "StatefulSet",
      pool: parts.pools.objects,
      capacity: {
        load: parts.plan.serverCount - 1,
        perReplica: 1,
        unit: "hosts",
        source: "the plan: with one host lost, the others hold both copies of everything",
      },
      command: weed,
      args: volumeCommand(placeOf(parts.tiers.volume), settingsOf(parts)),
      podFields,
      secretEnv: parts.secrets.tokens,
      mounts: mountsOf(parts),
      volumes: [
        { name: "objects", path: folders.objects, gib: parts.plan.gib, from: storageVolumes(parts.plan.name).objects },
      ],
      probes: {
        ready: { connect: ports.volume.http, everySeconds: 5 },
        alive: { connect: ports.volume.grpc, failures: 6 },
        // Indexes of all files are read first.
        startSeconds: 900,
      },
      resources: storageResources.volume,
      drain: { seconds: 60 },
    },
    opts,
  );

/** Variables of the scripts. */
const scriptVariables = ({ plan, tiers }: StorageParts) => ({
  STORE_AUTHORITY: `${folders.tls}/${tlsFiles.authority}`,
  STORE_HOST: storageHost(plan.name),
  STORE_PORT: `${ports.gateway.s3}`,
  STORE_URL: `https://${storageHost(plan.name)}:${ports.gateway.s3}`,
  STORE_REGION: region,
  STORE_MASTERS: memberHosts(tiers.master, masterCount)
    .map((host) => `${host}:${ports.master.http}`)
    .join(","),
  STORE_CONFIG: folders.config,
  STORE_WORK: folders.run,
  STORE_COPIES: replication,
  STORE_BUCKETS: plan.buckets.map(bucketWord).join(" "),
  STORE_S3_GRPC: `${memberHosts(tiers.gateway, 1)[0]}:${ports.gateway.s3Grpc}`,
});

/** A bucket as `make-buckets.sh` reads it. */
export const bucketWord = ({ name, formerDays, evidenceDays }: PlannedBucket): string =>
  `${name}:${formerDays}:${evidenceDays ?? ""}`;

/** Some of the scripts' variables. */
const some = <K extends keyof ReturnType<typeof scriptVariables>>(parts: StorageParts, ...names: readonly K[]) => {
  const all = scriptVariables(parts);
  return Object.fromEntries(names.map((name) => [name, all[name]]));
};

/** The gateways: S3 for clients, and the names behind it. */
export const gateways = (parts: StorageParts, opts: pulumi.ComponentResourceOptions): Workload =>
  new Workload(
    parts.tiers.gateway.name,
    {
      ...common(parts),
      tier: parts.tiers.gateway,
      role: "gateways",
      kind: "StatefulSet",
      capacity: {
        load: gatewayCount - 1,
        perReplica: 1,
        unit: "gateways",
        source: "an assumption until measured: two carry the load, and the third is the one more",
      },
      command: ["/bin/sh", `${folders.scripts}/start-gateway.sh`, ...weed],
      args: gatewayCommand(placeOf(parts.tiers.gateway), settingsOf(parts)),
      podFields,
      env: {
        WEED_POSTGRES2_HOSTNAME: parts.database.host,
        STORE_DATABASE_PORT: `${parts.database.port}`,
        ...some(parts, "STORE_URL", "STORE_AUTHORITY", "STORE_HOST", "STORE_PORT", "STORE_WORK"),
      },
      secretEnv: { ...parts.secrets.tokens, ...parts.secrets.gateway },
      mounts: mountsOf(parts, [
        { name: "scripts", path: folders.scripts, files: storageScripts.gateway, executable: true },
      ]),
      probes: {
        ready: { command: ["/bin/sh", `${folders.scripts}/answers.sh`], everySeconds: 5 },
        alive: {
          command: ["/bin/sh", `${folders.scripts}/alive.sh`, `${ports.gateway.filerGrpc}`],
          failures: 6,
        },
        startSeconds: 300,
      },
      resources: storageResources.gateway,
      drain: { seconds: 60 },
    },
    opts,
  );

/** The task that makes the buckets, and makes them again as the plan changes. It leaves alone what is there. */
export const makeBuckets = (parts: StorageParts, opts: pulumi.ComponentResourceOptions): Task =>
  new Task(
    parts.tiers.buckets.name,
    {
      ...common(parts),
      tier: parts.tiers.buckets,
      role: "buckets",
      command: ["/bin/sh", `${folders.scripts}/make-buckets.sh`],
      env: some(
        parts,
        "STORE_URL",
        "STORE_REGION",
        "STORE_AUTHORITY",
        "STORE_COPIES",
        "STORE_BUCKETS",
        "STORE_MASTERS",
        "STORE_CONFIG",
        "STORE_WORK",
      ),
      secretEnv: { ...parts.secrets.tokens, ...parts.secrets.keeper },
      mounts: mountsOf(parts, [
        { name: "scripts", path: folders.scripts, files: storageScripts.buckets, executable: true },
      ]),
      resources: storageResources.keeper,
      timeoutSeconds: 600,
      // It may do its work twice.
      retries: 3,
    },
    opts,
  );

/** The nightly task that carries out the buckets' rules on former versions. */
export const expire = (parts: StorageParts, opts: pulumi.ComponentResourceOptions): Task =>
  new Task(
    parts.tiers.expire.name,
    {
      ...common(parts),
      tier: parts.tiers.expire,
      role: "expiry",
      schedule: "23 2 * * *",
      command: ["/bin/sh", `${folders.scripts}/expire.sh`],
      env: some(parts, "STORE_MASTERS", "STORE_CONFIG", "STORE_WORK", "STORE_S3_GRPC"),
      secretEnv: parts.secrets.tokens,
      mounts: mountsOf(parts, [
        { name: "scripts", path: folders.scripts, files: storageScripts.expire, executable: true },
      ]),
      resources: storageResources.keeper,
      timeoutSeconds: 3_600,
      retries: 1,
    },
    opts,
  );
