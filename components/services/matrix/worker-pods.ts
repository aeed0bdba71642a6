import type * as pulumi from "@pulumi/pulumi";
import { replicasFor } from "../../core/capacity";
import { image } from "../../core/images";
import { blockImages } from "../../kubernetes/images";
import type { Mount } from "../../kubernetes/mounts";
import { workloadLabel } from "../../kubernetes/peers";
import { Workload } from "../../kubernetes/workload";
import { podsServices } from "../../kubernetes/workload-objects";
import { scripts } from "./files";
import { aroundResources, lightCapacity, readerCapacity, synapseResources, type WorkerTiers } from "./plan";
import { type HomeserverParts, mediaVolumeOf, processArgs, processMounts } from "./pods";
import { placesOf, routerFiles, routerFolder, routerHealth } from "./router";
import { folders, healthPath, routerPorts, routerUser } from "./settings";
import { workerConfig, type WorkerKind, workerPort, workerPrograms } from "./workers";

/** Folder that a worker writes its name into. */
const nameFolder = "/run/worker";

/** The homeserver's processes beside the main one, and the proxies before all of them. */
export function workerPods(
  parts: HomeserverParts,
  tiers: WorkerTiers,
  opts: pulumi.ComponentResourceOptions,
): readonly Workload[] {
  foundByRouters(parts, tiers, opts);
  return [
    readers(parts, tiers, opts),
    single(parts, "media", tiers, opts),
    single(parts, "writer", tiers, opts),
    ...(tiers.sender === undefined ? [] : [single(parts, "sender", tiers, opts)]),
    routers(parts, tiers, opts),
  ];
}

/** Names by which the proxies find the pods behind them one by one, as the edge finds its own: without them no proxy is ever ready (seen on live nodes). */
function foundByRouters(
  { plan, policies: { namespace } }: HomeserverParts,
  { reader, media }: WorkerTiers,
  opts: pulumi.ComponentResourceOptions,
): void {
  const own = { ...opts, provider: namespace.cluster.provider, dependsOn: [...namespace.ready] };
  for (const tier of [plan.homeserver, reader, media])
    podsServices(tier, "", { namespace: namespace.name }, { [workloadLabel]: tier.name }, own);
}

/** Arguments that a worker is started with. */
const started = (parts: HomeserverParts, kind: WorkerKind) => {
  const ways = { files: kind === "media", federation: kind === "sender" };
  const { env, ...shared } = processArgs(parts, ways);
  const own: readonly Mount[] = [
    { name: "scripts", path: "/scripts", files: scripts.worker },
    { name: "name", path: nameFolder, memoryMib: 1 },
  ];
  return {
    ...shared,
    env: { ...env, SYNAPSE_WORKER: workerPrograms[kind] },
    podFields: { POD_NAME: "metadata.name" },
    command: ["/bin/sh", "/scripts/start-worker.sh", folders.config, nameFolder, "/start.py", "run"],
    mounts: [...processMounts(parts, ways, { "worker.yaml": workerConfig(kind, { config: folders.config }) }), ...own],
    probes: {
      ready: { get: healthPath, port: workerPort(kind), everySeconds: 5 },
      alive: { get: healthPath, port: workerPort(kind), failures: 6 },
      startSeconds: 300,
    },
  };
};

/** Workers that answer clients: each has what any other has. */
function readers(parts: HomeserverParts, { reader }: WorkerTiers, opts: pulumi.ComponentResourceOptions): Workload {
  return new Workload(
    reader.name,
    {
      ...started(parts, "reader"),
      tier: reader,
      role: "readers",
      capacity: readerCapacity(parts.plan.users),
      // Who waits for news gets an empty answer after 30 seconds at most, and asks another one.
      drain: { seconds: 45 },
      resources: aroundResources.reader,
    },
    opts,
  );
}

/** Fail-over of the workers of which there can be one only: upstream's docs/workers.md has the reasons. */
const singletons = {
  media:
    "writing goes on without files; Kubernetes starts it again in seconds, on the host of its volume. Several would have to share one file system",
  writer: "clients send again what waits; Kubernetes starts it again in seconds, on any host",
  sender: "what is to be sent waits in the database; Kubernetes starts it again in seconds, on any host",
} as const;

function single(
  parts: HomeserverParts,
  kind: keyof typeof singletons,
  tiers: WorkerTiers,
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const tier = tiers[kind];
  if (tier === undefined) throw new Error(`expected a tier for the worker ${kind}, got none`);
  return new Workload(
    tier.name,
    {
      ...started(parts, kind),
      tier,
      role: kind,
      kind: "StatefulSet",
      capacity: { load: 1, perReplica: 1, unit: "workers", source: "docs/workers.md of upstream: there can be one" },
      singleton: singletons[kind],
      ...(kind === "media" ? { pool: parts.pool, volumes: [mediaVolumeOf(parts)] } : {}),
      resources: kind === "media" ? synapseResources : aroundResources[kind],
    },
    opts,
  );
}

/** The proxies that know which process answers a request. */
function routers(parts: HomeserverParts, tiers: WorkerTiers, opts: pulumi.ComponentResourceOptions): Workload {
  const { plan, policies } = parts;
  const { cluster } = policies.namespace;
  return new Workload(
    tiers.router.name,
    {
      namespace: policies.namespace,
      policies,
      tier: tiers.router,
      role: "router",
      image: image(cluster.registry, blockImages.haproxy),
      user: routerUser,
      capacity: lightCapacity(plan.users),
      command: ["haproxy", "-W", "-db", "-f", `${routerFolder}/haproxy.cfg`],
      mounts: [
        {
          name: "config",
          path: routerFolder,
          files: routerFiles({
            main: placesOf(plan.homeserver, 1),
            // One more than there are, while an update replaces them.
            readers: placesOf(tiers.reader, replicasFor(readerCapacity(plan.users)) + 1),
            media: placesOf(tiers.media, 1),
            connections: plan.connections,
          }),
        },
      ],
      metrics: { port: "metrics", path: "/metrics" },
      probes: {
        ready: { get: routerHealth, port: routerPorts.http, everySeconds: 2 },
        alive: { connect: routerPorts.metrics, failures: 6 },
      },
      drain: { seconds: 45 },
      resources: aroundResources.router,
    },
    opts,
  );
}
