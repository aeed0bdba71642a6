import type * as pulumi from "@pulumi/pulumi";
import { image } from "../../core/images";
import type { Secret } from "../../core/secret";
import { serviceHost, type Tier } from "../../core/tier";
import { blockImages } from "../images";
import type { Mount } from "../mounts";
import type { Policies } from "../policies";
import { Workload } from "../workload";
import { cacheScripts } from "./files";
import { cacheProxy, proxyPassword } from "./proxy";
import { cacheRequests } from "./plan";
import { cacheFolders, cachePorts, cacheQuorum, replicaConfig, watcherConfig } from "./valkey";

/** Input of the workloads of a cache. */
export interface CacheParts {
  readonly tiers: {
    readonly replica: Tier<"data">;
    readonly watcher: Tier<"watch">;
    readonly proxy: Tier<"data" | "health">;
  };
  readonly policies: Policies;
  /** Host names of single pods. */
  readonly names: { readonly replicas: readonly string[]; readonly watchers: readonly string[] };
  readonly memoryMib: number;
  readonly clients: number;
  readonly passwords: { readonly clients: Secret; readonly internal: Secret; readonly proxy: Secret };
  /** The users' file of replicas. */
  readonly users: Secret;
  readonly pair: { readonly certificate: Secret; readonly privateKey: Secret };
  readonly authority: Secret;
}

/** User of the image, the same in that of Debian and in that of Alpine. */
const valkeyUser = 999;

/** User of HAProxy's image. */
const haproxyUser = 99;

const { files, run, scripts } = cacheFolders;

/** Two of three members go on without the third. */
const majority = { load: 2, perReplica: 1, unit: "members", source: "a majority of three" } as const;

const script = (name: string, ...more: readonly string[]): readonly string[] => [
  "/bin/sh",
  `${scripts}/${name}`,
  ...more,
];

/** Variables that the scripts read. */
const environment = ({ names }: CacheParts, { namespace }: Tier) => ({
  CACHE_SELF: serviceHost({ name: "$(POD_NAME)", namespace }),
  CACHE_REPLICAS: names.replicas.join(" "),
  CACHE_WATCHERS: names.watchers.join(" "),
  CACHE_FILES: files,
  CACHE_RUN: run,
});

const podFields = { POD_NAME: "metadata.name", POD_IP: "status.podIP" } as const;

/** Mounts of replicas and watchers. */
const mounts = (
  { pair, authority }: CacheParts,
  own: {
    readonly config: Readonly<Record<string, string>>;
    readonly secrets: Readonly<Record<string, Secret>>;
    readonly scripts: Readonly<Record<string, string>>;
  },
): readonly Mount[] => [
  { name: "run", path: run, memoryMib: 8 },
  { name: "config", path: `${files}/config`, files: own.config },
  { name: "secrets", path: `${files}/secrets`, secrets: own.secrets },
  {
    name: "tls",
    path: `${files}/tls`,
    secrets: { "tls.crt": pair.certificate, "tls.key": pair.privateKey, "ca.crt": authority },
  },
  { name: "scripts", path: scripts, files: own.scripts, executable: true },
];

/** Settings that replicas and watchers share. */
const member = (parts: CacheParts, tier: Tier) => ({
  namespace: parts.policies.namespace,
  policies: parts.policies,
  tier,
  kind: "StatefulSet" as const,
  image: image(parts.policies.namespace.cluster.registry, blockImages.valkey),
  capacity: majority,
  user: valkeyUser,
  podFields,
  // The image is Alpine's, and its scripts ask within a time limit: see ask() in common.sh.
  shareProcessNamespace: true,
});

/** The replicas, of which one is the primary. */
export const replicas = (parts: CacheParts, opts: pulumi.ComponentResourceOptions): Workload =>
  new Workload(
    parts.tiers.replica.name,
    {
      ...member(parts, parts.tiers.replica),
      role: "cache",
      command: script("start-replica.sh"),
      env: environment(parts, parts.tiers.replica),
      mounts: mounts(parts, {
        config: { "valkey.conf": replicaConfig(parts.memoryMib) },
        secrets: { "users.acl": parts.users, internal: parts.passwords.internal },
        scripts: cacheScripts.replica,
      }),
      probes: {
        ready: { command: script("replica-ready.sh"), everySeconds: 5 },
        alive: { command: script("answers.sh", `${cachePorts.data}`), failures: 6 },
      },
      resources: cacheRequests(parts).replica,
      drain: { command: script("hand-over.sh"), seconds: 45 },
    },
    opts,
  );

/** The watchers. */
export const watchers = (parts: CacheParts, opts: pulumi.ComponentResourceOptions): Workload =>
  new Workload(
    parts.tiers.watcher.name,
    {
      ...member(parts, parts.tiers.watcher),
      role: "watcher",
      command: script("start-watcher.sh"),
      env: { ...environment(parts, parts.tiers.watcher), CACHE_QUORUM: `${cacheQuorum}` },
      mounts: mounts(parts, {
        config: watcherConfig(),
        secrets: { internal: parts.passwords.internal },
        scripts: cacheScripts.watcher,
      }),
      probes: {
        ready: { command: script("answers.sh", `${cachePorts.watcher}`) },
        alive: { command: script("answers.sh", `${cachePorts.watcher}`), failures: 6 },
      },
      resources: cacheRequests(parts).watcher,
    },
    opts,
  );

/** The proxies: one on every application host, so that clients find one on their own. */
export function proxies(parts: CacheParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { tiers, policies, names, clients } = parts;
  const { cluster } = policies.namespace;
  return new Workload(
    tiers.proxy.name,
    {
      namespace: policies.namespace,
      policies,
      tier: tiers.proxy,
      role: "cache-proxy",
      image: image(cluster.registry, blockImages.haproxy),
      replicas: Math.max(2, cluster.hostAddresses.application.length),
      capacity: {
        load: clients,
        perReplica: clients,
        unit: "connections",
        source: "maxconn of its own configuration",
      },
      user: haproxyUser,
      args: ["haproxy", "-W", "-db", "-f", `${files}/config/haproxy.cfg`],
      secretEnv: { [proxyPassword]: parts.passwords.proxy },
      mounts: [
        {
          name: "config",
          path: `${files}/config`,
          files: {
            "haproxy.cfg": cacheProxy({
              replicas: names.replicas,
              authority: `${files}/tls/ca.crt`,
              connections: clients,
            }),
          },
        },
        { name: "tls", path: `${files}/tls`, secrets: { "ca.crt": parts.authority } },
      ],
      probes: {
        ready: { get: "/ready", port: cachePorts.health, everySeconds: 5, failures: 2 },
        alive: { get: "/healthz", port: cachePorts.health, failures: 6 },
      },
      resources: cacheRequests(parts).proxy,
      drain: { seconds: 45 },
    },
    opts,
  );
}
