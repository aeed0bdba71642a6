import type { Keys } from "../core/errors";
import type * as input from "@pulumi/kubernetes/types/input";
import { elasticLabel, gpuPool, graphicsLabel, toleration } from "../core/taints";
import { container, containerProbes, ContainerSettings, InitContainer, Probes } from "./container";
import { Mount, volume, volumeMount } from "./mounts";
import { workloadLabel } from "./peers";
import { claimedMount, volumeSecurity, WorkloadVolume } from "./volume";

export interface Drain {
  /** Runs before the pod is told to stop. @default - a pause of 10 seconds, in which load balancers notice */
  readonly command?: readonly string[];
  /** Grace period of the pod in seconds, including the command. */
  readonly seconds: number;
}

export const drainKeys: Keys<Drain> = {
  command: true,
  seconds: true,
};

/** A port of a pod, as its container and its service name it. */
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
  /** True if a pod waits rather than share a host with another part: right if there are more hosts than parts. */
  readonly strict: boolean;
}

export const shardKeys: Keys<Shard> = {
  of: true,
  name: true,
  strict: true,
};

/** Settings of a pod: those of its container, and where it runs. */
export interface PodSettings extends Omit<ContainerSettings, "volumeMounts"> {
  readonly pool: string;
  /** Label of hosts with the name of their pool. */
  readonly poolLabel: string;
  /** Tolerations for the pool's hosts. */
  readonly taints: readonly string[];
  readonly user: number;
  readonly hostNetwork: boolean;
  readonly mounts: readonly Mount[];
  readonly volumes: readonly WorkloadVolume[];
  readonly init: readonly InitContainer[];
  /** Names of the init containers' Secrets, by container. */
  readonly initSecrets: Readonly<Record<string, string>>;
  /** @default - it belongs to no part of a service */
  readonly shard?: Shard;
  /** Runtime class of its containers. @default - the cluster's own */
  readonly runtimeClass?: string;
  /** Account under which it asks the cluster's API. @default - none */
  readonly account?: string;
  /** Names that it knows beside those of the resolver. @default {} */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** Its own first process takes what its container's commands leave behind. @default false */
  readonly shareProcessNamespace?: boolean;
  /** Never on hosts that come and go with the load. @default false */
  readonly stableHostsOnly?: boolean;
  /** A pod that runs until it is stopped has a way to tell that it works, a drain and a place apart from its replicas; undefined for one that ends by itself. */
  readonly serves?: { readonly ports: readonly Port[]; readonly probes: Probes; readonly drain: Drain };
}

/** A pod that is allowed nothing: no root, no writable root file system, no capabilities, no token unless it has an account, no view of other services. */
export function podSpec(pod: PodSettings): input.core.v1.PodSpec {
  const { name, mounts, volumes, serves } = pod;
  const volumeMounts = [...mounts.map(volumeMount), ...volumes.map(claimedMount)];
  return {
    automountServiceAccountToken: pod.account !== undefined,
    ...(pod.account === undefined ? {} : { serviceAccountName: pod.account }),
    ...(pod.runtimeClass === undefined ? {} : { runtimeClassName: pod.runtimeClass }),
    ...(pod.names === undefined ? {} : { hostAliases: hostAliases(pod.names) }),
    enableServiceLinks: false,
    nodeSelector: { [pod.poolLabel]: pod.pool },
    ...(pod.taints.length === 0 ? {} : { tolerations: pod.taints.map(toleration) }),
    ...affinity(pod),
    ...(pod.hostNetwork ? { hostNetwork: true, dnsPolicy: "ClusterFirstWithHostNet" } : {}),
    ...(pod.shareProcessNamespace === true ? { shareProcessNamespace: true } : {}),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: pod.user,
      runAsGroup: pod.user,
      fsGroup: pod.user,
      seccompProfile: { type: "RuntimeDefault" },
      ...(volumes.length === 0 ? {} : volumeSecurity),
    },
    ...(serves === undefined
      ? { restartPolicy: "Never" }
      : { topologySpreadConstraints: spread(name), terminationGracePeriodSeconds: serves.drain.seconds }),
    ...(pod.init.length === 0 ? {} : { initContainers: pod.init.map((one) => before(one, pod, volumeMounts)) }),
    containers: [
      { ...container({ ...pod, volumeMounts }), ...(serves === undefined ? {} : serving(serves, pod.hostNetwork)) },
    ],
    volumes: mounts.map((mount) => volume(name, mount)),
  };
}

/** Hosts first: two replicas on one host are lost together. Zones as far as there are any. */
const spread = (name: string): input.core.v1.TopologySpreadConstraint[] =>
  [
    ["kubernetes.io/hostname", "DoNotSchedule"] as const,
    ["topology.kubernetes.io/zone", "ScheduleAnyway"] as const,
  ].map(([topologyKey, whenUnsatisfiable]) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels: { [workloadLabel]: name } },
  }));

/** An init container: the pod's mounts, its user and its limits. */
const before = (
  one: InitContainer,
  pod: PodSettings,
  volumeMounts: readonly input.core.v1.VolumeMount[],
): input.core.v1.Container => {
  const envSecret = pod.initSecrets[one.name];
  return container({
    name: one.name,
    image: one.image,
    ...(one.command === undefined ? {} : { command: one.command }),
    ...(one.args === undefined ? {} : { args: one.args }),
    env: one.env ?? {},
    podFields: {},
    ...(envSecret === undefined ? {} : { envSecret }),
    resources: one.resources ?? pod.resources,
    lowPorts: false,
    volumeMounts,
  });
};

/** Fields of a container that runs until it is stopped. */
const serving = (
  { ports, probes, drain }: NonNullable<PodSettings["serves"]>,
  hostNetwork: boolean,
): Omit<input.core.v1.Container, "name"> => ({
  ports: ports.map(({ name, port: containerPort, protocol = "tcp" }) => ({
    name,
    containerPort,
    protocol: protocol.toUpperCase(),
    ...(hostNetwork ? { hostPort: containerPort } : {}),
  })),
  ...containerProbes(probes, drain.seconds),
  lifecycle: {
    preStop: drain.command === undefined ? { sleep: { seconds: 10 } } : { exec: { command: [...drain.command] } },
  },
});

/** Labels by which pods of one part of a service tell those of another. */
export const shardLabels = (shard: Shard | undefined): Readonly<Record<string, string>> =>
  shard === undefined ? {} : { "sovereign-uc/shard-of": shard.of, "sovereign-uc/shard": shard.name };

/** Labels by which pods with graphics processors keep off each other's hosts. */
export const graphicsLabels = (pool: string): Readonly<Record<string, string>> =>
  pool === gpuPool ? { [graphicsLabel]: "true" } : {};

/** Which hosts a pod keeps off. */
function affinity({ stableHostsOnly = false, shard, pool }: PodSettings): Pick<input.core.v1.PodSpec, "affinity"> {
  const required = [...(pool === gpuPool ? [alone] : []), ...(shard?.strict === true ? [otherParts(shard)] : [])];
  const preferred = shard?.strict === false ? [{ weight: 100, podAffinityTerm: otherParts(shard) }] : [];
  const podAntiAffinity: input.core.v1.PodAntiAffinity = {
    ...(required.length === 0 ? {} : { requiredDuringSchedulingIgnoredDuringExecution: required }),
    ...(preferred.length === 0 ? {} : { preferredDuringSchedulingIgnoredDuringExecution: preferred }),
  };
  if (!stableHostsOnly && Object.keys(podAntiAffinity).length === 0) return {};
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
      ...(Object.keys(podAntiAffinity).length === 0 ? {} : { podAntiAffinity }),
    },
  };
}

/** One pod to a host with a graphics processor, in whatever namespace the others are. */
const alone: input.core.v1.PodAffinityTerm = {
  topologyKey: "kubernetes.io/hostname",
  labelSelector: { matchLabels: { [graphicsLabel]: "true" } },
  namespaceSelector: {},
};

/** Two parts of a service on one host would be lost together. */
const otherParts = ({ of, name }: Shard): input.core.v1.PodAffinityTerm => ({
  topologyKey: "kubernetes.io/hostname",
  labelSelector: {
    matchLabels: { "sovereign-uc/shard-of": of },
    matchExpressions: [{ key: "sovereign-uc/shard", operator: "NotIn", values: [name] }],
  },
});

/** The same ports on the service of a workload. */
export const servicePorts = (values: readonly Port[]): input.core.v1.ServicePort[] =>
  values.map(({ name, port, protocol = "tcp" }) => ({
    name,
    port,
    targetPort: name,
    protocol: protocol.toUpperCase(),
  }));

/** Names of a pod's own, one entry for each address: Kubernetes takes no address twice. */
function hostAliases(names: Readonly<Record<string, readonly string[]>>): input.core.v1.HostAlias[] {
  const pairs = Object.entries(names).flatMap(([host, addresses]) => addresses.map((ip) => [ip, host] as const));
  return [...new Set(pairs.map(([ip]) => ip))].map((ip) => ({
    ip,
    hostnames: pairs.flatMap(([address, host]) => (address === ip ? [host] : [])),
  }));
}
