import type * as pulumi from "@pulumi/pulumi";
import { tryParse, validateArgs } from "../core/errors";
import type { HostPort } from "../core/ledger";
import { isTier, sameEnd } from "../core/link";
import { fields, items } from "../core/shapes";
import { edgeNamespace, Tier } from "../core/tier";
import { Metrics, metrics as readMetrics, Probes, probes as readProbes } from "./container";
import { reachedByMonitoring } from "./host-metrics";
import type { Drain, Port } from "./pod";
import { objectsName, podParsers } from "./pod-checks";
import type { PodOwner } from "./pod-objects";
import { readScale, type Scale } from "./scale";
import { mediaPools, privatePools, taintsOf } from "./target";
import { VolumeUse, workloadVolumes } from "./volume";
import { takeVolumes } from "./volume-ledger";
import type { WorkloadArgs } from "./workload-args";
import { drained, networked, replicated, scalable } from "./workload-checks";

/** A workload's arguments, read and with their defaults. */
export interface WorkloadSettings extends PodOwner {
  readonly tier: Tier;
  readonly kind: "Deployment" | "StatefulSet";
  readonly replicas: number;
  readonly singleton?: string;
  readonly scale?: Required<Scale>;
  readonly ports: readonly Port[];
  readonly probes: Probes;
  readonly drain: Drain;
  readonly metrics?: Metrics;
  readonly use: VolumeUse;
  /** True if the cluster's edge routes to its pods. */
  readonly edge: boolean;
}

/** The ports of a tier as a list, also of one that is still to be read. */
export const portsOf = (tier: Tier | undefined): readonly Port[] =>
  Object.entries(fields(fields(tier).ports)).map(([name, port]) => ({ ...(fields(port) as Omit<Port, "name">), name }));

/** Number of the port that metrics are on. */
export const metricsPort = (metrics: Metrics, ports: readonly Port[]): number =>
  ports.find(({ name }) => name === metrics.port)?.port ?? 0;

/**
 * Reads the arguments of a workload and takes its host ports and volumes of the cluster.
 *
 * @throws pulumi.ResourceError with every problem.
 */
export function readWorkload(
  resource: pulumi.ComponentResource,
  component: string,
  args: WorkloadArgs,
): WorkloadSettings {
  const name = objectsName(component, args.tier);
  const { namespace, tier, capacity, singleton, kind = "Deployment", pool = "application", volumes = [] } = args;
  const { hostNetwork = false, hostPorts = [], lowPorts = false, drain = { seconds: 30 } } = args;
  const { cluster } = namespace;
  const use: VolumeUse = {
    workload: name,
    namespace: namespace.name,
    kind,
    pool,
    replicas: tryParse(() => replicated(args.replicas, capacity, singleton)) ?? 0,
    offers: cluster.volumes,
  };
  const parsers = podParsers(name, args);
  const valid = validateArgs(resource, component, {
    ...parsers,
    replicas: () => replicated(args.replicas, capacity, singleton),
    hostNetwork: () =>
      networked({
        hostNetwork,
        hostPorts,
        lowPorts,
        pool,
        pools: { private: privatePools(cluster), media: mediaPools(cluster) },
        podSecurity: namespace.podSecurity,
        connections: (tryParse(parsers.ingress)?.length ?? 0) + (tryParse(parsers.egress)?.length ?? 0),
      }),
    scale: () => readScale(scalable(args.scale, kind, singleton), use.replicas),
    volumes: () => workloadVolumes(volumes, use),
    probes: () => readProbes(args.probes),
    drain: () => drained(drain),
    metrics: () => {
      const read = readMetrics(args.metrics, Object.keys(fields(fields(tier).ports)));
      if (read !== undefined && hostNetwork) reachedByMonitoring(cluster, pool, metricsPort(read, portsOf(tier)));
      return read;
    },
  });
  const ports = portsOf(valid.tier);
  // Only now, since what is taken stays taken.
  validateArgs(resource, component, {
    hostPorts: () => {
      if (hostNetwork) cluster.hostPorts.take(`${namespace.name}/${name}`, pool, [...ports.map(onHost), ...hostPorts]);
    },
    volumes: () => takeVolumes(cluster, valid.volumes, use),
  });
  const { image, user, podFields = {}, env = {}, secretEnv = {}, mounts = [], init = [], stableHostsOnly } = args;
  return {
    name,
    prefix: component.slice(0, -name.length),
    role: valid.role,
    namespace,
    tier: valid.tier,
    kind,
    pool,
    taints: taintsOf(cluster, pool),
    image,
    user,
    ...(args.command === undefined ? {} : { command: args.command }),
    ...(args.args === undefined ? {} : { args: args.args }),
    env,
    podFields,
    secretEnv,
    mounts,
    volumes: valid.volumes,
    init,
    resources: valid.resources,
    replicas: valid.replicas,
    ports,
    probes: valid.probes,
    drain: valid.drain,
    hostNetwork,
    lowPorts,
    connections: { ingress: valid.ingress, egress: valid.egress },
    use,
    edge: ledByEdge(args),
    ...(args.policies === undefined ? {} : { policies: args.policies }),
    ...(valid.metrics === undefined ? {} : { metrics: valid.metrics }),
    ...(singleton === undefined ? {} : { singleton }),
    ...(valid.scale === undefined ? {} : { scale: valid.scale }),
    ...(stableHostsOnly === undefined ? {} : { stableHostsOnly }),
    ...(args.account === undefined ? {} : { account: args.account }),
    ...(args.runtimeClass === undefined ? {} : { runtimeClass: args.runtimeClass }),
    ...(args.names === undefined ? {} : { names: args.names }),
    ...(args.shard === undefined ? {} : { shard: args.shard }),
    ...(args.shareProcessNamespace === true ? { shareProcessNamespace: true } : {}),
  };
}

const onHost = ({ port, protocol = "tcp" }: Port): HostPort => ({ port, protocol });

/** True if a link goes from the cluster's edge to the workload. */
const ledByEdge = ({ tier, policies, links = [] }: WorkloadArgs): boolean =>
  items(policies?.links ?? links).some(
    ({ from, to }) => sameEnd(to, tier) && isTier(from) && from.namespace === edgeNamespace,
  );
