import type * as input from "@pulumi/kubernetes/types/input";
import { invalid } from "../core/errors";
import { workloadLabel } from "./peers";
import { Mount, volume, volumeMount } from "./mounts";
import { elasticLabel, toleration } from "../core/taints";

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

export interface Probes {
  /** Whether it may get traffic. */
  readonly ready: Probe;
  /** Whether it must be restarted. @default - never */
  readonly alive?: Probe;
  /** How long it may take to come up. @default 120 */
  readonly startSeconds?: number;
}

/** What a pod asks of its host. Memory is also its limit; processors have none, since a throttled bridge loses packets. */
export interface Resources {
  /** Cores. */
  readonly cpu: number;
  readonly memoryMib: number;
}

export interface Drain {
  /** Runs before the pod is told to stop. @default - a pause of 10 seconds, in which load balancers notice */
  readonly command?: readonly string[];
  /** How long the pod has, the command included. */
  readonly seconds: number;
}

export interface Port {
  readonly name: string;
  readonly port: number;
  /** @default "tcp" */
  readonly protocol?: "tcp" | "udp";
}

/** Part of a service that works as long as all of its singletons do, while another part can take over. */
export interface Shard {
  /** Name that all parts of the service share. */
  readonly of: string;
  readonly name: string;
  /** Whether a pod rather waits than share a host with another part: right where there are more hosts than parts. */
  readonly strict: boolean;
}

export interface PodSettings {
  readonly name: string;
  readonly pool: string;
  /** Label of hosts with the name of their pool. */
  readonly poolLabel: string;
  /** What it tolerates of the pool's hosts. */
  readonly taints: readonly string[];
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly user: number;
  readonly hostNetwork: boolean;
  /** Lets it bind ports below 1024 by the capability that its program file carries. */
  readonly lowPorts: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** Variables filled with facts of the pod: name → field path. */
  readonly podFields: Readonly<Record<string, string>>;
  /** Name of the Secret whose entries become variables. */
  readonly envSecret?: string;
  readonly mounts: readonly Mount[];
  readonly ports: readonly Port[];
  readonly probes: Probes;
  readonly resources: Resources;
  readonly drain: Drain;
  /** Never on hosts that come and go with the load. @default false */
  readonly stableHostsOnly?: boolean;
  /** @default - it belongs to no part of a service */
  readonly shard?: Shard;
  /** Account under which it asks the cluster's API. @default - none */
  readonly account?: string;
  /** Names that it knows beside those of the resolver. @default {} */
  readonly names?: Readonly<Record<string, readonly string[]>>;
}

/** A pod that is allowed nothing: no root, no writable root file system, no capabilities, no token unless it has an account, no view of other services. */
export function podSpec(pod: PodSettings): input.core.v1.PodSpec {
  const { name, mounts, resources } = pod;
  const memory = `${resources.memoryMib}Mi`;
  const alive = pod.probes.alive;
  return {
    automountServiceAccountToken: pod.account !== undefined,
    ...(pod.account === undefined ? {} : { serviceAccountName: pod.account }),
    ...(pod.names === undefined
      ? {}
      : {
          hostAliases: Object.entries(pod.names).flatMap(([name, addresses]) =>
            addresses.map((ip) => ({ ip, hostnames: [name] })),
          ),
        }),
    enableServiceLinks: false,
    nodeSelector: { [pod.poolLabel]: pod.pool },
    ...(pod.taints.length === 0 ? {} : { tolerations: pod.taints.map(toleration) }),
    ...affinity(pod),
    ...(pod.hostNetwork ? { hostNetwork: true, dnsPolicy: "ClusterFirstWithHostNet" } : {}),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: pod.user,
      runAsGroup: pod.user,
      fsGroup: pod.user,
      seccompProfile: { type: "RuntimeDefault" },
    },
    topologySpreadConstraints: [
      // Hosts first: two replicas on one host are lost together. Zones as far as there are any.
      ["kubernetes.io/hostname", "DoNotSchedule"] as const,
      ["topology.kubernetes.io/zone", "ScheduleAnyway"] as const,
    ].map(([topologyKey, whenUnsatisfiable]) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable,
      labelSelector: { matchLabels: { [workloadLabel]: name } },
    })),
    terminationGracePeriodSeconds: pod.drain.seconds,
    containers: [
      {
        name,
        image: pod.image,
        ...(pod.command === undefined ? {} : { command: [...pod.command] }),
        ...(pod.args === undefined ? {} : { args: [...pod.args] }),
        env: [
          ...Object.entries(pod.podFields).map(([key, fieldPath]) => ({
            name: key,
            valueFrom: { fieldRef: { fieldPath } },
          })),
          ...Object.entries(pod.env).map(([key, value]) => ({ name: key, value })),
        ],
        ...(pod.envSecret === undefined ? {} : { envFrom: [{ secretRef: { name: pod.envSecret } }] }),
        ports: pod.ports.map(({ name: port, port: containerPort, protocol = "tcp" }) => ({
          name: port,
          containerPort,
          protocol: protocol.toUpperCase(),
          ...(pod.hostNetwork ? { hostPort: containerPort } : {}),
        })),
        readinessProbe: probe(pod.probes.ready),
        // A process that answers no more drains nothing: without a limit of its own, it would be waited for as long as one that does.
        ...(alive === undefined
          ? {}
          : { livenessProbe: { ...probe(alive), terminationGracePeriodSeconds: Math.min(pod.drain.seconds, 30) } }),
        startupProbe: probe({
          ...pod.probes.ready,
          everySeconds: 5,
          failures: Math.ceil((pod.probes.startSeconds ?? 120) / 5),
        }),
        lifecycle: {
          preStop:
            pod.drain.command === undefined
              ? { sleep: { seconds: 10 } }
              : { exec: { command: [...pod.drain.command] } },
        },
        resources: { requests: { cpu: `${resources.cpu}`, memory }, limits: { memory } },
        securityContext: {
          // A file capability counts only for a process that may gain privileges; the bounding set leaves this one only.
          allowPrivilegeEscalation: pod.lowPorts,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"], ...(pod.lowPorts ? { add: ["NET_BIND_SERVICE"] } : {}) },
        },
        volumeMounts: mounts.map(volumeMount),
      },
    ],
    volumes: mounts.map((mount) => volume(name, mount)),
  };
}

/** Labels by which pods of one part of a service tell those of another. */
export const shardLabels = (shard: Shard | undefined): Readonly<Record<string, string>> =>
  shard === undefined ? {} : { "sovereign-uc/shard-of": shard.of, "sovereign-uc/shard": shard.name };

/** Which hosts a pod keeps off. */
function affinity({ stableHostsOnly = false, shard }: PodSettings): Pick<input.core.v1.PodSpec, "affinity"> {
  if (!stableHostsOnly && shard === undefined) return {};
  return {
    affinity: {
      ...(stableHostsOnly
        ? {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: elasticLabel, operator: "DoesNotExist" }] }],
              },
            },
          }
        : {}),
      ...(shard === undefined ? {} : { podAntiAffinity: apart(shard) }),
    },
  };
}

/** Two parts of a service on one host would be lost together. */
function apart({ of, name, strict }: Shard): input.core.v1.PodAntiAffinity {
  const term = {
    topologyKey: "kubernetes.io/hostname",
    labelSelector: {
      matchLabels: { "sovereign-uc/shard-of": of },
      matchExpressions: [{ key: "sovereign-uc/shard", operator: "NotIn", values: [name] }],
    },
  };
  return strict
    ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
    : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
}

/** The same ports on the service of a workload. */
export const servicePorts = (values: readonly Port[]): input.core.v1.ServicePort[] =>
  values.map(({ name, port, protocol = "tcp" }) => ({
    name,
    port,
    targetPort: name,
    protocol: protocol.toUpperCase(),
  }));

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

/** Reads ports: distinct names of at most 15 characters, numbers from 1 to 65535. @throws RangeError for the first problem. */
export function ports(values: unknown): readonly Port[] {
  if (!Array.isArray(values)) throw invalid("a list of ports", values, "give [] for none");
  for (const { name, port, protocol } of values as readonly Partial<Port>[]) {
    if (typeof name !== "string" || !/^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name))
      throw invalid("a port name of at most 15 lower-case letters, digits and inner hyphens", name, "rename the port");
    if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65535)
      throw invalid("a port from 1 to 65535", port, `correct the port "${name}"`);
    if (protocol !== undefined && protocol !== "tcp" && protocol !== "udp")
      throw invalid('"tcp" or "udp"', protocol, `correct the port "${name}"`);
    if ((values as readonly Port[]).filter((other) => other.name === name).length > 1)
      throw invalid("a port name of its own", name, "rename one of the ports");
  }
  return values as readonly Port[];
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
