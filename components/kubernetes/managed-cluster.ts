import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../clouds/cloud";
import { givenCloud } from "../clouds/cloud";
import type { AuditLog } from "../clouds/managed-clusters";
import { Cidr, ipv4Address } from "../core/cidr";
import { assetLabels, type Declared } from "../core/declared";
import { givenArgs, type Keys, validateArgs, invalid, each } from "../core/errors";
import { HostPorts } from "../core/ledger";
import { Isolated, isolatedKeys, isolatedSystems, outside, readableRanges } from "../core/isolation";
import { registryHost } from "../core/mirror";
import { dnsLabel, httpsUrl } from "../core/names";
import { countInRange } from "../core/numbers";
import { Opening, openingKeys, openings as checkedOpenings } from "../core/openings";
import { fields, items, list } from "../core/shapes";
import { providerPoolLabel } from "../core/taints";
import { KubernetesTarget } from "./target";

export interface ManagedClusterArgs extends Pick<Declared, "labels"> {
  /** A cloud that runs clusters: `exoscale(…)`. */
  readonly cloud: Cloud;
  /** Location code of the cloud. */
  readonly location: string;
  /** Version of Kubernetes: `1.34.2`. */
  readonly version: string;
  /** Its nodes. */
  readonly application: {
    /** Host type in the cloud's own words. */
    readonly type: string;
    /** At least two, kept on different machines. */
    readonly count: number;
    /** Size of a node's disk. @default 50 */
    readonly diskGib?: number;
  };
  /** Openings on the nodes' public addresses: node ports for the balancer. @default [] */
  readonly openings?: readonly Opening[];
  /** Host of the operator's registry, which mirrors every image. */
  readonly registry: string;
  /** Range of pods, as the provider's network plugin has it. */
  readonly podRange: string;
  /** Range of services, as the provider has it. */
  readonly serviceRange: string;
  /** IPv4 addresses from which published traffic comes. @default [] */
  readonly gatewayAddresses?: readonly string[];
  /** Log of everything that is asked of its API. @default - none, which UC-LOG-001 refuses */
  readonly audit?: AuditLog;
  /** Systems that the cluster must not reach. Give an empty list only where there are none. */
  readonly isolatedFrom: readonly Isolated[];
}

const managedClusterArgsKeys: Keys<ManagedClusterArgs> = {
  cloud: true,
  location: true,
  version: true,
  application: { type: true, count: true, diskGib: true },
  openings: each(openingKeys),
  registry: true,
  podRange: true,
  serviceRange: true,
  gatewayAddresses: true,
  audit: { endpoint: true, token: true },
  isolatedFrom: each(isolatedKeys),
  labels: true,
};

/**
 * A Kubernetes cluster that the cloud's provider runs: the declared exception, for stacks that can live with less. Beside `Cluster`, these guarantees
 * are weaker or absent:
 *
 * - the provider runs the control plane and its etcd: it can read every Secret, and sends the log of its API to `audit`, as far as it keeps its word;
 * - nodes have public addresses and a way out to the whole internet; nothing goes through a gateway's proxy or resolver;
 * - nodes take no recipe: the filter on them, their packages, their registries and their clocks are the provider's;
 * - isolation is carried out by Kubernetes network policies alone, for pods only;
 * - a node says itself which pool it belongs to, so one that is taken over can draw pods of other pools to itself;
 * - between nodes, packets of pods are not encrypted;
 * - nodes have no address that is known beforehand, so there are no media hosts.
 *
 * @example
 * const managed = new ManagedCluster("portal", {
 *   cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
 *   location: "ch-gva-2",
 *   version: "1.34.2",
 *   application: { type: "standard.large", count: 3 },
 *   registry: "registry.example.ch",
 *   podRange: "192.168.0.0/16",
 *   serviceRange: "10.96.0.0/12",
 *   isolatedFrom: [],
 * });
 */
export class ManagedCluster extends pulumi.ComponentResource implements KubernetesTarget {
  readonly provider: pulumi.ProviderResource;
  readonly registry: string;
  readonly podRange: string;
  readonly serviceRange: string;
  readonly hostAddresses: KubernetesTarget["hostAddresses"] = { controlPlane: [], application: [], media: [] };
  readonly poolLabel = providerPoolLabel;
  readonly gatewayAddresses: readonly string[];
  readonly mediaPools: KubernetesTarget["mediaPools"] = {};
  readonly hostPorts = new HostPorts();
  readonly isolatedFrom: readonly Isolated[];
  readonly ready: readonly pulumi.Resource[];
  /** Id of the group of its nodes, for a balancer of the cloud. */
  readonly group: pulumi.Output<string>;
  /** For `kubectl`; a secret. */
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: ManagedClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, managedClusterArgsKeys);
    const { cloud, location, version, application, registry, podRange, serviceRange, isolatedFrom } = args;
    const { openings = [], gatewayAddresses = [], labels, audit } = args;
    const { type, count, diskGib = 50 } = fields(application);
    super(
      "sovereign-uc:index:ManagedCluster",
      name,
      {
        kind: "managed",
        cloud: fields(cloud).id,
        location,
        version,
        application: { type, count, diskGib },
        openings,
        registry,
        podRange,
        serviceRange,
        gatewayAddresses,
        isolatedFrom,
      },
      opts,
    );

    validateArgs(this, name, { cloud: () => givenCloud(cloud) });
    const { managedClusters } = cloud;
    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name, 24),
      cloud: () => {
        if (managedClusters === undefined)
          throw invalid("a cloud that runs clusters", cloud.id, "make a Cluster on hosts of this cloud");
        return managedClusters;
      },
      location: () => cloud.location(location),
      labels: () => assetLabels(labels),
      version: () => {
        if (typeof version !== "string" || !/^1\.\d+\.\d+$/.test(version))
          throw invalid("a version of Kubernetes", version, 'give one like "1.34.2"');
      },
      "application.type": () => cloud.hostType(type, location),
      "application.count": () => countInRange(count, "nodes", 2, managedClusters?.most ?? 2),
      "application.diskGib": () => countInRange(diskGib, "GiB of disk", 20, 51200),
      openings: () => inwards(openings, isolatedFrom),
      registry: () => registryHost(registry),
      podRange: () => Cidr.parse(podRange),
      serviceRange: () => {
        const services = Cidr.parse(serviceRange);
        if (services.overlaps(Cidr.parse(podRange)))
          throw invalid(`a range apart from podRange ${podRange}`, serviceRange, "give the provider's own ranges");
      },
      audit: () => {
        if (audit !== undefined)
          httpsUrl(audit.endpoint, "an HTTPS URL for the audit log", "name the webhook of your own");
      },
      gatewayAddresses: () => gateways(gatewayAddresses, isolatedFrom),
      isolatedFrom: () =>
        isolatedSystems(isolatedFrom, { podRange: Cidr.parse(podRange), serviceRange: Cidr.parse(serviceRange) }),
    });

    const cluster = valid.cloud.make(
      name,
      {
        location: valid.location,
        labels: { ...valid.labels, "sovereign-uc-tier": "application" },
        version,
        type: valid["application.type"],
        count: valid["application.count"],
        diskGib,
        openings: valid.openings,
        ...(audit === undefined ? {} : { audit }),
      },
      { parent: this },
    );
    this.kubeconfig = pulumi.secret(cluster.kubeconfig);
    this.provider = new kubernetes.Provider(
      name,
      {
        kubeconfig: this.kubeconfig,
        // A renewed client certificate must not count as another cluster, which would replace every object.
        clusterIdentifier: `${name}.${location}.${cloud.id}`,
        enableSecretMutable: true,
        enableConfigMapMutable: true,
      },
      { parent: this },
    );
    this.registry = registry;
    this.podRange = podRange;
    this.serviceRange = serviceRange;
    this.gatewayAddresses = valid.gatewayAddresses;
    this.isolatedFrom = valid.isolatedFrom;
    this.ready = cluster.ready;
    this.group = cluster.group;
    this.registerOutputs({ group: this.group });
  }
}

/** Network policies let them in: an isolated address among them would be a door. */
function gateways(addresses: readonly string[], isolatedFrom: unknown): readonly string[] {
  const isolated = readableRanges(isolatedFrom);
  return list(addresses, "addresses", '["203.0.113.10"]', (address) =>
    outside(ipv4Address(address), isolated, "publish through a host outside it"),
  );
}

/** The provider's nodes need a way out that nobody lists; one listed way would close all others. */
function inwards(openings: readonly Opening[], isolatedFrom: unknown): readonly Opening[] {
  if (items(openings).some((opening) => fields(opening).direction === "out"))
    throw invalid("openings for what comes in", "out", "remove it: nodes of a managed cluster may reach anything");
  return checkedOpenings(openings, readableRanges(isolatedFrom));
}
