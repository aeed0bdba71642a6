import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { KubernetesObject } from "../support/programs/apply";
import type { Machine } from "./host";
import { served } from "./ask";
import { fillRegistry } from "./fill-registry";
import { LiveCluster } from "./live-cluster";
import { meetings } from "./meetings";
import { type LiveHost, type Rendered, render } from "./rendered";
import { cacheFolder } from "../../stacks/tools/rehearsal/engine";

/** Options of live nodes. */
export interface LiveOptions {
  /** Stack file whose hosts are started. @default "crisis-hetzner" */
  readonly stack?: string;
  /** Configuration laid over the stack file, by full key. @default - few participants, so that six nodes are enough */
  readonly change?: Readonly<Record<string, string>>;
  /** Program in the place of the stack file's blueprint. @default - the blueprint; of `crisis` its meetings */
  readonly program?: () => Record<string, unknown>;
  /** Host of an S3 store outside, which the gateways lead to and `Outside.startStore` starts. @default - none */
  readonly store?: string;
  /** Host of an identity provider outside, which the gateways lead to and `Outside.startLogin` starts. @default - none */
  readonly login?: string;
  /** Host of the operator's store of artefacts outside, which the gateways lead to and `Outside.startArtefacts` starts. @default - none */
  readonly artefacts?: string;
  /** Runs once names are answered, before anything is applied. @default - nothing */
  readonly prepare?: (cluster: LiveCluster) => Promise<void>;
  /** Objects to apply. @default - everything that the stack renders for Kubernetes */
  readonly objects?: (rendered: Rendered) => readonly KubernetesObject[];
  /** Seconds in which all pods have to be ready. @default 180 */
  readonly seconds?: number;
  /** True for objects that the engine makes after others: they are left to `afterwards`. @default - none */
  readonly isLater?: (object: KubernetesObject) => boolean;
  /** Applies those once all pods of the others are ready, before gateways are asked. @default - nothing */
  readonly afterwards?: (cluster: LiveCluster, later: readonly KubernetesObject[]) => Promise<void>;
  /** Told what goes on. @default - standard error */
  readonly note?: (progress: string) => void;
}

/** A deployment on live nodes, as tests see it. */
export interface Live {
  readonly cluster: LiveCluster;
  readonly objects: readonly KubernetesObject[];
}

/** Cores and memory of the hosts' types by role, as the stack file's own types have them: docs.hetzner.com, "cloud servers overview", read 2026-11-23. */
const machines: Readonly<Record<string, Machine>> = {
  "control-plane": { cores: 4, memoryGib: 8 },
  application: { cores: 8, memoryGib: 16 },
  media: { cores: 16, memoryGib: 64 },
  data: { cores: 4, memoryGib: 16 },
};

/** Objects that live nodes are given, and the deployment that they come from. */
export async function liveObjects({
  stack = "crisis-hetzner",
  change = { "sovereign-uc:participants": "50" },
  program = stack.startsWith("crisis-") ? meetings : undefined,
  objects,
}: LiveOptions): Promise<{ readonly rendered: Rendered; readonly objects: readonly KubernetesObject[] }> {
  const rendered = await render(stack, change, program);
  return { rendered, objects: objects?.(rendered) ?? rendered.objects };
}

/** One member of the control plane is started of three: etcd of k3s, and what it does when a member is lost, cannot be had here. */
const started = ({ role, name }: LiveHost): boolean => role !== "control-plane" || name.endsWith("-1");

/** Starts hosts, Kubernetes, gateways and outside, applies objects and waits until every pod is ready. @throws Error when one does not get there. */
export async function startLive(options: LiveOptions = {}): Promise<Live> {
  const { note = (progress: string) => process.stderr.write(`${progress}\n`) } = options;
  const begun = Date.now();
  const told = (progress: string): void => note(`[${((Date.now() - begun) / 1000).toFixed(1)} s] ${progress}`);
  const { rendered, objects: asRendered } = await liveObjects(options);
  const objects = asRendered.map(scaled);
  const storage = join(cacheFolder(process.env), "live-registry");
  await fillRegistry(storage, imagesOf(objects, rendered.registry), told);
  const { store, login, artefacts } = options;
  const cluster = new LiveCluster({
    rendered,
    storage,
    hosts: started,
    machines,
    note: told,
    ...(store === undefined ? {} : { store }),
    ...(login === undefined ? {} : { login }),
    ...(artefacts === undefined ? {} : { artefacts }),
  });
  try {
    await cluster.start();
    await cluster.apply(objects.filter(isOfCluster));
    await cluster.ready(["kube-system"]);
    told("names are answered");
    await options.prepare?.(cluster);
    const { isLater = () => false } = options;
    const [later, now] = [
      objects.filter(isLater),
      objects.filter((object) => !isOfCluster(object) && !isLater(object)),
    ];
    await cluster.apply(now);
    const namespaces = objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name);
    const pods = await cluster.ready(namespaces, options.seconds);
    told(`${pods.length} pods are ready`);
    if (options.afterwards !== undefined) {
      await options.afterwards(cluster, later);
      told("what comes after them is there");
    }
    if (objects.some(({ kind, metadata }) => kind === "StatefulSet" && metadata.namespace === "edge")) {
      await served(cluster);
      told("every gateway leads to them");
    }
    return { cluster, objects };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Objects of the cluster itself, on which all others wait: `Cluster.ready`. */
const isOfCluster = ({ metadata }: KubernetesObject): boolean =>
  metadata.namespace === "kube-system" || metadata.name.startsWith("system:");

/**
 * An object whose pods ask for the same part of this machine's cores as of those of their host's type: the kubelet cannot be told of cores that are not there. What
 * fits on a host is the same as before.
 */
export function scaled(object: KubernetesObject): KubernetesObject {
  const text = JSON.stringify(object);
  const role = /"[^"]*\/pool":"(media|data)"/.exec(text)?.[1] ?? "application";
  const part = availableParallelism() / (machines[role]?.cores ?? 1);
  return JSON.parse(
    text.replace(
      /"requests":\{"cpu":"([\d.]+)"/g,
      (_, cores: string) => `"requests":{"cpu":"${Math.floor(Number(cores) * part * 1000)}m"`,
    ),
  ) as KubernetesObject;
}

/** Names in the catalogue of the images that objects use. @throws Error for one that comes from elsewhere. */
export function imagesOf(objects: readonly KubernetesObject[], registry: string): readonly string[] {
  const text = JSON.stringify(objects);
  const found = [...text.matchAll(/"image":"([^"]+)"/g)].map(([, reference = ""]) => reference);
  return [...new Set(found)].map((reference) => {
    if (!reference.startsWith(`${registry}/`))
      throw new Error(`expected images from ${registry}, got ${reference}; take it from the catalogue`);
    return reference.slice(registry.length + 1).replace(/[:@].*$/, "");
  });
}
