import * as pulumi from "@pulumi/pulumi";
import { givenArgs } from "../core/errors";
import { HostPorts } from "../core/ledger";
import { givenNetwork } from "../infrastructure/network";
import type { Published } from "../infrastructure/gateway";
import type { HostPool } from "../infrastructure/host";
import { checkedCluster, type ClusterArgs, clusterArgsKeys, poolNames, withDefaults } from "./cluster-args";
import { administratorKubeconfig, clusterProvider } from "./cluster-access";
import { clusterKeys } from "./cluster-keys";
import { type ElasticHosts, elasticPool } from "./elastic-pool";
import { clusterNames } from "./cluster-names";
import {
  controlPool,
  elasticPlace,
  joiningPools,
  type JoiningPools,
  membership,
  podTaints,
  snapshotPlace,
} from "./member-pools";
import type { KubernetesTarget, MediaHost } from "./target";
import { offered } from "./volume";

export type { ClusterArgs } from "./cluster-args";

/** The port of the gateways that leads to a cluster's API: administrators only, by client certificate. */
export const apiPort = (controlPlane: readonly string[], administrators: readonly string[]): Published => ({
  port: 6443,
  targets: controlPlane,
  targetPort: 6443,
  proxyProtocol: false,
  from: administrators,
  reason: "Kubernetes API for administrators",
  // Administrators come from few places, and what they use has one connection or a few.
  connections: 1_000,
  connectionsPerSource: 250,
});

/**
 * Kubernetes (k3s) on hosts of any cloud: a control plane with embedded etcd whose certificate authorities are made beforehand, private hosts for
 * applications, doors for media.
 *
 * @example
 * const cluster = new Cluster("crisis", {
 *   network,
 *   gateway,
 *   domain: "crisis.example.ch",
 *   controlPlane: { type: "cpx32", firstHost: 20 },
 *   application: { type: "cpx42", firstHost: 30, count: 3 },
 * });
 */
export class Cluster extends pulumi.ComponentResource implements KubernetesTarget {
  readonly provider: pulumi.ProviderResource;
  readonly registry: string;
  readonly podRange: string;
  readonly serviceRange: string;
  readonly hostAddresses: KubernetesTarget["hostAddresses"];
  readonly taints: NonNullable<KubernetesTarget["taints"]>;
  readonly volumes: NonNullable<KubernetesTarget["volumes"]>;
  readonly gatewayAddresses: readonly string[];
  readonly mediaPools: KubernetesTarget["mediaPools"];
  readonly mediaOpenings: NonNullable<KubernetesTarget["mediaOpenings"]>;
  readonly hostPorts = new HostPorts();
  readonly controlPlane: NonNullable<KubernetesTarget["controlPlane"]>;
  readonly isolatedFrom: KubernetesTarget["isolatedFrom"];
  readonly ready: readonly pulumi.Resource[];
  /** Hosts that an `Autoscaler` makes by load; undefined if the cluster has none. */
  readonly elastic: ElasticHosts | undefined;
  /** For `kubectl`; a secret. */
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, clusterArgsKeys);
    const network = givenNetwork(name, args.network);
    const settings = withDefaults(args);
    const { gateway, endpoint, controlPlane, podRange, serviceRange, elastic } = settings;
    const snapshots = snapshotPlace(name, settings);
    super(
      "sovereign-uc:index:Cluster",
      name,
      {
        endpoint: `${endpoint}:6443`,
        kind: "k3s",
        network: network.name,
        podRange,
        serviceRange,
        members: controlPlane.count,
        pools: poolNames(settings),
        ...(elastic === undefined ? {} : { elastic }),
        ...(snapshots === undefined ? {} : { snapshots }),
      },
      opts,
    );

    const valid = checkedCluster(this, name, settings, network);

    const keys = clusterKeys(name, settings, this);
    const cluster = membership(name, settings, valid, keys, this);
    const growing =
      elastic === undefined || valid.elastic === undefined
        ? undefined
        : elasticPool(`${name}-elastic`, elastic, valid.elastic, elasticPlace(cluster), this);
    const control = controlPool(cluster, growing);
    const joined = joiningPools(cluster, control);
    this.elastic = growing?.hosts;
    this.kubeconfig = administratorKubeconfig(name, endpoint, gateway.publicAddresses[valid.apiGateway] ?? "", keys);
    this.provider = clusterProvider(name, endpoint, this.kubeconfig, this);
    this.registry = gateway.mirror.registry;
    this.podRange = podRange;
    this.serviceRange = serviceRange;
    this.hostAddresses = hostAddresses(control, joined);
    this.taints = Object.fromEntries(Object.entries(settings.pools).map(([pool, { taints = [] }]) => [pool, taints]));
    this.volumes = Object.fromEntries(
      Object.entries(joined.further).map(([pool, { hosts }]) => [
        pool,
        offered(
          hosts.map((host) => host.name),
          settings.pools[pool]?.volumes ?? {},
        ),
      ]),
    );
    this.gatewayAddresses = gateway.addresses;
    this.mediaPools = Object.fromEntries(Object.entries(joined.media).map(([pool, hosts]) => [pool, doors(hosts)]));
    this.mediaOpenings = Object.fromEntries(
      Object.entries(settings.media).map(([pool, { openings }]) => [pool, openings]),
    );
    this.controlPlane = control.hosts;
    this.isolatedFrom = network.isolatedFrom;
    const hosts = [control, ...every(joined)].flatMap((pool) => pool.hosts.map((host) => host.ready));
    const names = clusterNames(
      name,
      {
        registry: this.registry,
        serviceRange,
        askers: [podRange, network.range.toString()],
        gateways: gateway.addresses,
        controlPlane: control.addresses,
        taints: podTaints(settings),
      },
      { parent: this, provider: this.provider, dependsOn: hosts },
    );
    this.ready = [...hosts, ...names];
    this.registerOutputs({
      endpoint,
      ...(growing === undefined ? {} : { rendered: { [`${name}-elastic`]: growing.rendered } }),
    });
  }
}

const every = ({ application, media, gpu, further }: JoiningPools): readonly HostPool[] => [
  application,
  ...Object.values(media),
  ...(gpu === undefined ? [] : [gpu]),
  ...Object.values(further),
];

const hostAddresses = (
  control: HostPool,
  { application, media, gpu, further }: JoiningPools,
): KubernetesTarget["hostAddresses"] => ({
  controlPlane: control.addresses,
  application: application.addresses,
  media: Object.values(media).flatMap((pool) => pool.addresses),
  gpu: gpu?.addresses ?? [],
  pools: Object.fromEntries(Object.entries(further).map(([name, pool]) => [name, pool.addresses])),
});

const doors = (pool: HostPool): readonly MediaHost[] =>
  pool.hosts.flatMap(({ name, address, publicAddress }) =>
    publicAddress === undefined ? [] : [{ name, address, publicAddress }],
  );
