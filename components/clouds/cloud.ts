import type { input as commandInputs } from "@pulumi/command/types";
import type * as pulumi from "@pulumi/pulumi";
import type { Cidr } from "../core/cidr";
import type { RecordType } from "../core/dns";
import type { Opening } from "../core/openings";
import type { HostSize } from "../core/plan";
import type { Birth } from "../recipe/cloud-init";
import type { Recipe } from "../recipe/recipe";
import type { OperatingSystem } from "../recipe/system";
import type { ManagedClusters } from "./managed-clusters";
import type { ManagedDatabases } from "./managed-databases";
import type { ObjectStore } from "./object-stores";
import { invalid, type Keys } from "../core/errors";
import { fields } from "../core/shapes";

/**
 * The interface that a provider implements for networks and hosts. It speaks in intent (a private host with this address), never in the
 * provider's resources; what one cloud cannot do is left out and said in `absent`, not in a method that throws.
 */
export interface Cloud {
  /** As it stands in labels, configuration and policy facts. */
  readonly id: "hetzner" | "exoscale" | "metal";
  /** Rules of the provider's own firewall, the second wall outside the host's. Undefined if the host's own filter stands alone, from its first boot on. */
  readonly outerWall: string | undefined;
  /** Shell pattern of the device of the data volume of the host with a private address. */
  dataDevice(address: string): string;
  /** Maximum number of hosts in one network; larger stacks are split over networks. */
  readonly hostsPerNetwork: number;
  /** True if a network is one segment of layer 2, in which an address can move from host to host by VRRP. */
  readonly segment: boolean;
  /** Bytes of the largest packet that a private network carries, where it is less than what an image may take it for. @default - what the interface says */
  readonly mtu?: number;
  /** Bytes of user data that the provider takes; 0 where it hands nothing over at birth. */
  readonly userDataLimit: number;
  /** Number of the first address in a network that the provider leaves to hosts. */
  readonly firstHost: number;
  /** Addresses at the end of a network that the provider keeps, before the broadcast address. */
  readonly reservedAtEnd: number;

  /** A location code that the provider has. Whether it is an allowed place is the packs' judgement. @throws RangeError for an unknown one. */
  location(value: unknown): string;
  /**
   * A location whose hosts can be in a network that was made in another one, or in the same.
   *
   * @throws RangeError for a location that is unknown, or whose hosts cannot.
   */
  sharing(value: unknown, network: string): string;
  /** A host type in the provider's own words. @throws RangeError for a malformed one, or one that the location is known not to have. */
  hostType(value: unknown, location?: string): string;
  /** Processors and memory of a host type; undefined where nobody has said. @default - nothing is known of any type */
  hostSize?(type: string): HostSize | undefined;
  /** A host type that has graphics processors. @throws RangeError for one without, and where the cloud has no such types. */
  graphics(type: string): string;
  /** Country (ISO 3166-1) of a location, where only the operator knows it. @default - a fact of the provider's */
  country?(location: string): string | undefined;
  /** Refuses what a pool asks for beside its type and the cloud does not have. @throws RangeError with everything that the cloud cannot give. */
  pooled(asked: AskedHosts): void;

  network(name: string, spec: NetworkSpec, opts: pulumi.CustomResourceOptions): CloudNetwork;
  /** Resources that the hosts of one pool share: spread over failure domains, cloud firewall. */
  pool(name: string, spec: PoolSpec, opts: pulumi.CustomResourceOptions): CloudPool;

  /**
   * Refuses a range of a network that contradicts how the cloud was set up: parts of it that are promised elsewhere, routes that it holds.
   *
   * @throws RangeError with every contradiction.
   */
  readonly checkRange?: (range: Cidr, location: string, isolatedFrom: readonly Cidr[]) => void;

  /** Load balancers for TCP. @default - none */
  readonly balancers?: Balancers;
  /** Zones of the domain name system. @default - none */
  readonly zones?: Zones;
  /** Buckets. @default - none */
  readonly objectStore?: ObjectStore;
  /** Kubernetes clusters that the provider runs. @default - none */
  readonly managedClusters?: ManagedClusters;
  /** PostgreSQL that the provider runs. @default - none */
  readonly managedDatabases?: ManagedDatabases;
  /** Machines that come and go with the load of a cluster. @default - none */
  readonly autoscaling?: Autoscaling;
  /** Part of a recipe with which a host answers at a public address that outlives it. @default - nothing: that address is the host's only one */
  readonly lastingAddress?: Recipe;
  /** Why a capability is absent: stands in the error of the component that asks for it. */
  readonly absent: Readonly<
    Partial<Record<"balancers" | "zones" | "objectStore" | "autoscaling" | "outerWall", string>>
  >;
}

/** The hosts that a pool asks for. */
export interface AskedHosts {
  /** Private addresses, in order. */
  readonly addresses: readonly string[];
  readonly location: string;
  readonly type: string;
  readonly system: OperatingSystem;
  readonly door: boolean;
  readonly dataGib: number;
  readonly spread: "machines" | "domains";
  /** True if a majority of them must remain: then no failure domain may have a majority. */
  readonly quorum: boolean;
}

/** A service of a load balancer: a public port that leads to a port of its targets. */
export interface BalancedPort {
  readonly port: number;
  readonly targetPort: number;
  /** True if targets get the client's address by PROXY protocol. */
  readonly proxyProtocol: boolean;
  /** Seconds between two checks of a target. @default 10 */
  readonly checkSeconds?: number;
}

export const balancedPortKeys: Keys<BalancedPort> = {
  port: true,
  targetPort: true,
  proxyProtocol: true,
  checkSeconds: true,
};

export interface BalancerSpec {
  readonly location: string;
  readonly network: CloudNetwork;
  /** Private address of the balancer, which targets see; undefined where the provider's balancers stand in no network. */
  readonly address: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly BalancedPort[];
  /** Single hosts, or the id of one group of alike hosts: as `reaches` says. */
  readonly targets: readonly { readonly name: string; readonly id: pulumi.Input<string> }[];
}

export interface Balancers {
  /** Kind of targets: single hosts by private address, or only groups of equal hosts that the provider scales. */
  readonly reaches: "hosts" | "groups";
  /** Refuses more ports or targets than the provider takes. @throws RangeError */
  readonly check?: (spec: Pick<BalancerSpec, "ports" | "targets">) => void;
  make(
    name: string,
    spec: BalancerSpec,
    opts: pulumi.CustomResourceOptions,
  ): { readonly address: pulumi.Output<string> };
}

/** A record of a zone: all values of one name and type. */
export interface ZoneRecord {
  /** Relative to the zone; `@` for the zone itself. */
  readonly name: string;
  readonly type: RecordType;
  /** In the form of a zone file: `10 mail.example.ch`. Names are complete, with or without a final dot; texts stand without quotes, or in them. */
  readonly values: readonly pulumi.Input<string>[];
  /** Seconds. */
  readonly ttl: number;
}

export const zoneRecordKeys: Keys<ZoneRecord> = {
  name: true,
  type: true,
  values: true,
  ttl: true,
};

export interface Zones {
  /** Types of records that they take. */
  readonly types: readonly RecordType[];
  /** Seconds that a record lives at least. */
  readonly leastTtl: number;
  /** Makes a zone; names in values stand in lower case and without a final dot. */
  make(
    name: string,
    spec: {
      readonly domain: string;
      readonly records: readonly ZoneRecord[];
      readonly labels: Readonly<Record<string, string>>;
    },
    opts: pulumi.CustomResourceOptions,
  ): { readonly id: pulumi.Output<string> };
}

export interface NetworkSpec {
  readonly location: string;
  readonly range: Cidr;
  /** The part of it, in its upper half, in which the cloud itself gives addresses to hosts. @default - none */
  readonly elasticRange?: Cidr;
  readonly labels: Readonly<Record<string, string>>;
  /** OpenSSH public key of the key that converges hosts. */
  readonly convergenceKey: pulumi.Input<string>;
  /** Its private half, in OpenSSH format: a secret. */
  readonly convergencePrivateKey: pulumi.Input<string>;
}

export interface CloudNetwork {
  readonly id: pulumi.Output<string>;
  /** Netplan that a host needs to use its address here. @default - none: the provider's image does it by itself */
  netplan(address: string, range: Cidr, door: boolean): object | undefined;
}

export interface PoolSpec {
  readonly location: string;
  readonly network: CloudNetwork;
  readonly labels: Readonly<Record<string, string>>;
  readonly system: OperatingSystem;
  /** True if its hosts have a public address. */
  readonly door: boolean;
  /** True if the public addresses of its hosts have to outlive them, even if that needs `lastingAddress` inside. @default false */
  readonly lasting?: boolean;
  readonly openings: readonly Opening[];
  readonly count: number;
  /** Failure domain that two hosts may not share: a machine only, or also a rack or power feed. @default "machines" */
  readonly spread?: "machines" | "domains";
}

export interface CloudPool {
  /** Mechanism that keeps two of its hosts on different physical machines, in the provider's words. */
  readonly spread: string;
  host(name: string, spec: HostSpec, opts: pulumi.CustomResourceOptions): CloudHost;
}

export interface HostSpec {
  readonly type: string;
  /** Private address. */
  readonly address: string;
  /** User data; undefined for clouds without any. */
  readonly userData: pulumi.Input<string> | undefined;
  /** The same as data, for hosts that are born already and are handed it over SSH. */
  readonly birth: Birth;
  /** The gateway through which a private host is reached; undefined where it answers directly. */
  readonly through: commandInputs.remote.ProxyConnectionArgs | undefined;
  /** Size of a protected data volume; 0 for none. */
  readonly dataGib: number;
  /** True if the volume is protected against deletion. */
  readonly keepData: boolean;
}

export interface CloudHost {
  readonly id: pulumi.Output<string>;
  readonly resource: pulumi.Resource;
  /** Public address of a door, for DNS and for connections through it. It outlives the host if the provider can keep it. */
  readonly publicAddress: pulumi.Output<string> | undefined;
  /** Address at which the door answers from its first boot on, before it has converged. @default - `publicAddress` */
  readonly birthAddress?: pulumi.Output<string>;
  /** Files that it gets with convergence, since the cloud makes what stands in them. @default [] */
  readonly files?: readonly { readonly path: string; readonly content: pulumi.Output<string> }[];
  /** Resources that must exist before the host can use its data volume. */
  readonly attachments: readonly pulumi.Resource[];
  /** Its own public SSH key, where the cloud knows it beforehand: pinned from the first contact on. @default - what the host says at first contact */
  readonly hostKey?: string;
}

/** Machines that Kubernetes' cluster autoscaler makes and takes away at this cloud. */
export interface Autoscaling {
  /** Host of the API that it asks: the gateways must let through to it on port 443. */
  readonly api: string;
  /** Prefix of machines' ids in Kubernetes: `hcloud://`. */
  readonly idPrefix: string;
  /** Its needs and settings. All of them are plain but the credential. */
  make(name: string, spec: ElasticSpec, opts: pulumi.CustomResourceOptions): Elastic;
}

export interface ElasticSpec {
  readonly location: string;
  readonly network: CloudNetwork;
  /** Range in which the cloud assigns addresses. */
  readonly range: Cidr;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that the machines will have in Kubernetes. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly type: string;
  readonly least: number;
  readonly most: number;
  readonly userData: string;
  /** OpenSSH public key of the control plane, which joins the machines to the cluster. */
  readonly joinKey: pulumi.Input<string>;
}

export interface Elastic {
  /** Groups of machines. A machine is named by its group, a hyphen and hexadecimal digits. */
  readonly groups: readonly string[];
  /** The cloud's name in the autoscaler. */
  readonly provider: string;
  /** Values of the autoscaler's flag `--nodes`. */
  readonly nodes: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The variable that holds the credential. */
  readonly credential: string;
  /** A file that it reads, and the variable that names it. */
  readonly configuration: { readonly variable: string; readonly content: string };
  /** Resources that must exist before the first machine. */
  readonly resources: readonly pulumi.Resource[];
}

/** A cloud, and nothing else in its place. @throws RangeError */
export function givenCloud(value: Cloud): Cloud {
  if (typeof fields(value).location !== "function")
    throw invalid("a cloud", value, "give hetzner(…), exoscale(…) or metal(…)");
  return value;
}
