import type * as input from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { invalid, type Keys, each } from "../core/errors";
import { type Secret, secretKeys } from "../core/secret";
import { oneOf, record } from "../core/shapes";

/** A question that tells whether a container works. */
export type Probe = (
  | { readonly get: string; readonly port: number }
  | { readonly connect: number }
  | { readonly command: readonly string[] }
) & {
  /** @default 10 */
  readonly everySeconds?: number;
  /** @default 3 */
  readonly failures?: number;
};

const probeKeys: Keys<Probe> = {
  get: true,
  port: true,
  connect: true,
  command: true,
  everySeconds: true,
  failures: true,
};

export interface Probes {
  /** Readiness: whether it may get traffic. */
  readonly ready: Probe;
  /** Liveness: whether it must be restarted. @default - never */
  readonly alive?: Probe;
  /** Start-up time in seconds. @default 120 */
  readonly startSeconds?: number;
}

export const probesKeys: Keys<Probes> = {
  ready: probeKeys,
  alive: probeKeys,
  startSeconds: true,
};

/** Resource requests of a pod. Memory is also its limit; processors have none, since a throttled bridge loses packets. */
export interface Resources {
  /** Cores. */
  readonly cpu: number;
  readonly memoryMib: number;
}

export const resourcesKeys: Keys<Resources> = {
  cpu: true,
  memoryMib: true,
};

/** A container that runs to its end before the others start: migrations, configuration that only a program can write. It has the mounts of the pod. */
export interface InitContainer {
  readonly name: string;
  /** Reference in the operator's registry; see `image()`. */
  readonly image: string;
  /** @default - the image's */
  readonly command?: readonly string[];
  /** @default - the image's */
  readonly args?: readonly string[];
  /** @default {} */
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secret variables; they go into a Secret. @default {} */
  readonly secretEnv?: Readonly<Record<string, Secret>>;
  /** @default - those of the pod's own container */
  readonly resources?: Resources;
}

export const initContainerKeys: Keys<InitContainer> = {
  name: true,
  image: true,
  command: true,
  args: true,
  env: true,
  secretEnv: each(secretKeys),
  resources: resourcesKeys,
};

export interface ContainerSettings {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, pulumi.Input<string>>>;
  /** Variables filled with fields of the pod: name → field path. */
  readonly podFields: Readonly<Record<string, string>>;
  /** Name of the Secret whose entries become variables. */
  readonly envSecret?: string;
  readonly resources: Resources;
  /** Lets it bind ports below 1024 by the capability that its program file carries. */
  readonly lowPorts: boolean;
  readonly volumeMounts: readonly input.core.v1.VolumeMount[];
}

/** A container that is allowed nothing: no privileges, no capabilities, no writable root file system. */
export function container(one: ContainerSettings): input.core.v1.Container {
  const memory = `${one.resources.memoryMib}Mi`;
  return {
    name: one.name,
    image: one.image,
    ...(one.command === undefined ? {} : { command: [...one.command] }),
    ...(one.args === undefined ? {} : { args: [...one.args] }),
    env: [
      ...Object.entries(one.podFields).map(([key, fieldPath]) => ({
        name: key,
        valueFrom: { fieldRef: { fieldPath } },
      })),
      ...Object.entries(one.env).map(([key, value]) => ({ name: key, value })),
    ],
    ...(one.envSecret === undefined ? {} : { envFrom: [{ secretRef: { name: one.envSecret } }] }),
    resources: { requests: { cpu: `${one.resources.cpu}`, memory }, limits: { memory } },
    securityContext: {
      // A file capability counts only for a process that may gain privileges; the bounding set leaves this one only.
      allowPrivilegeEscalation: one.lowPorts,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], ...(one.lowPorts ? { add: ["NET_BIND_SERVICE"] } : {}) },
    },
    volumeMounts: [...one.volumeMounts],
  };
}

/** The probes of a container that has as long to stop as its drain allows. */
export function containerProbes(
  { ready, alive, startSeconds = 120 }: Probes,
  drainSeconds: number,
): Pick<input.core.v1.Container, "readinessProbe" | "livenessProbe" | "startupProbe"> {
  // A kubelet that starts asks this of running pods, too, before it asks whether they are ready.
  const starts = Math.min(5, ready.everySeconds ?? 5);
  return {
    readinessProbe: probe(ready),
    // A process that answers no more drains nothing: without a limit of its own, it would be waited for as long as one that does.
    ...(alive === undefined
      ? {}
      : { livenessProbe: { ...probe(alive), terminationGracePeriodSeconds: Math.min(drainSeconds, 30) } }),
    startupProbe: probe({ ...ready, everySeconds: starts, failures: Math.ceil(startSeconds / starts) }),
  };
}

function probe(asked: Probe): input.core.v1.Probe {
  const times = { periodSeconds: asked.everySeconds ?? 10, failureThreshold: asked.failures ?? 3, timeoutSeconds: 5 };
  if ("get" in asked) return { httpGet: { path: asked.get, port: asked.port }, ...times };
  if ("connect" in asked) return { tcpSocket: { port: asked.connect }, ...times };
  return { exec: { command: [...asked.command] }, ...times };
}

/** Reads probes: a way to be ready, and one question each. @throws RangeError for the first problem. */
export function probes(value: Probes | undefined): Probes {
  if (value?.ready === undefined) throw invalid("a readiness probe", value, "say how to see that it works");
  for (const asked of [value.ready, ...(value.alive === undefined ? [] : [value.alive])]) {
    if ("get" in asked && !asked.get.startsWith("/"))
      throw invalid('a path that begins with "/"', asked.get, "correct the probe");
    if (!("get" in asked) && !("connect" in asked) && (!("command" in asked) || asked.command.length === 0))
      throw invalid("a path, a port or a command to ask", asked, "give the probe one of them");
  }
  return value;
}

/** Reads what a pod asks of its host. @throws RangeError for the first problem. */
export function resources(value: Resources | undefined): Resources {
  const { cpu, memoryMib } = value ?? ({} as Partial<Resources>);
  if (typeof cpu !== "number" || !Number.isFinite(cpu) || cpu <= 0)
    throw invalid(
      "a positive number of cores",
      cpu,
      "give resources.cpu: a pod that asks for nothing is the first to be stopped",
    );
  if (typeof memoryMib !== "number" || !Number.isInteger(memoryMib) || memoryMib < 8)
    throw invalid("whole mebibytes of memory, 8 at least", memoryMib, "give resources.memoryMib");
  return { cpu, memoryMib };
}

/** An address under which a workload's numbers can be fetched. */
export interface Metrics {
  /** Name of one of the tier's ports. */
  readonly port: string;
  /** @default "/metrics" */
  readonly path?: string;
}

export const metricsKeys: Keys<Metrics> = {
  port: true,
  path: true,
};

/** Reads an address of metrics. @throws RangeError for a port that the tier lacks, and for what is no path. */
export function metrics(value: Metrics | undefined, ports: readonly string[]): Metrics | undefined {
  if (value === undefined) return undefined;
  const { port, path = "/metrics" } = record(value, "a port and a path", '{ port: "metrics", path: "/metrics" }');
  oneOf(port, "a port of the tier", ports);
  if (typeof path !== "string" || !/^\/[A-Za-z0-9/_.-]*$/.test(path))
    throw invalid('a path like "/metrics"', path, "correct the path of the metrics");
  return { port: port as string, path };
}
