import type { input as commandInputs } from "@pulumi/command/types";
import type * as pulumi from "@pulumi/pulumi";
import type { Cidr } from "../core/cidr";
import type { RecordType } from "../core/dns";
import type { Opening } from "../core/openings";
import type { HostSize } from "../core/plan";
import type { Birth } from "../recipe/cloud-init";
import type { Recipe } from "../recipe/recipe";
import { invalid } from "../core/errors";
import { fields } from "../core/shapes";

/**
 * Where networks and hosts come from: all that a provider has to implement. It speaks in intent (a private host with this address), never in the
 * provider's resources; what one cloud cannot do is left out and said in `absent`, not in a method that throws.
 */
export interface Cloud {
  /** As it stands in labels, configuration and policy facts. */
  readonly id: "hetzner" | "exoscale" | "metal";
  /** What the provider's own firewall filters: the second wall outside the host's. Undefined where the host's own filter stands alone, from its birth on. */
  readonly outerWall: string | undefined;
  /** Shell pattern of the device of the data volume of the host with a private address. */
  dataDevice(address: string): string;
  /** How many hosts one network takes; larger stacks are split over networks. */
  readonly hostsPerNetwork: number;
  /** Whether a network is one segment of layer 2, in which an address can move from host to host by VRRP. */
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
  /** What the hosts of one pool share: spread over failure domains, outer wall. */
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
  /** What a host has inside to answer at a public address that outlives it. @default - nothing: that address is the host's only one */
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
  readonly door: boolean;
  readonly dataGib: number;
  readonly spread: "machines" | "domains";
  /** Whether a majority of them must be there: then no failure domain may hold one. */
  readonly quorum: boolean;
}

/** A service of a load balancer: a public port that leads to a port of its targets. */
export interface BalancedPort {
  readonly port: number;
  readonly targetPort: number;
  /** Whether targets are told the client's address by PROXY protocol. */
  readonly proxyProtocol: boolean;
  /** Seconds between two checks of a target. @default 10 */
  readonly checkSeconds?: number;
}

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
  /** What they lead to: single hosts by private address, or only groups of alike hosts that the provider scales. */
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

/** Where buckets are and what the store can do for them. */
export interface ObjectStore {
  /** Host of the S3 API of a location: `sos-ch-gva-2.exo.io`. */
  endpoint(location: string): string;
  /** Region as it stands in signatures. */
  region(location: string): string;
  /** Whether who writes can lock single objects against deletion. */
  readonly retention: boolean;
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
  /** Whether its hosts have a public address. */
  readonly door: boolean;
  /** Whether the public addresses of its hosts have to outlive them even where that takes `lastingAddress` inside. @default false */
  readonly lasting?: boolean;
  readonly openings: readonly Opening[];
  readonly count: number;
  /** Whether two hosts may share more than a machine (a rack, a power feed). @default "machines" */
  readonly spread?: "machines" | "domains";
}

export interface CloudPool {
  /** What keeps two of its hosts off one physical machine, in the provider's words. */
  readonly spread: string;
  host(name: string, spec: HostSpec, opts: pulumi.CustomResourceOptions): CloudHost;
}

export interface HostSpec {
  readonly type: string;
  /** Private address. */
  readonly address: string;
  /** What it is born with; undefined for clouds that hand nothing over at birth. */
  readonly userData: pulumi.Input<string> | undefined;
  /** The same as data, for hosts that are born already and are handed it over SSH. */
  readonly birth: Birth;
  /** The gateway through which a private host is reached; undefined where it answers directly. */
  readonly through: commandInputs.remote.ProxyConnectionArgs | undefined;
  /** Size of a protected data volume; 0 for none. */
  readonly dataGib: number;
  /** Whether the volume is protected against deletion. */
  readonly keepData: boolean;
}

export interface CloudHost {
  readonly id: pulumi.Output<string>;
  readonly resource: pulumi.Resource;
  /** Where others find a door: it stands in DNS and in the ways through it, and outlives the host where the provider can keep it. */
  readonly publicAddress: pulumi.Output<string> | undefined;
  /** Where the door answers from its birth on, before it has converged. @default - `publicAddress` */
  readonly birthAddress?: pulumi.Output<string>;
  /** Files that it gets with convergence, since the cloud makes what stands in them. @default [] */
  readonly files?: readonly { readonly path: string; readonly content: pulumi.Output<string> }[];
  /** What must be there before the host can use its data volume. */
  readonly attachments: readonly pulumi.Resource[];
  /** Its own public SSH key, where the cloud knows it beforehand: pinned from the first contact on. @default - what the host says at first contact */
  readonly hostKey?: string;
}

export interface ManagedClusterSpec {
  readonly location: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Version of Kubernetes. */
  readonly version: string;
  /** Type of its nodes. */
  readonly type: string;
  readonly count: number;
  readonly diskGib: number;
  /** What is open on the nodes' public addresses. */
  readonly openings: readonly Opening[];
}

export interface ManagedClusters {
  /** How many nodes can be kept on different machines. */
  readonly most: number;
  make(
    name: string,
    spec: ManagedClusterSpec,
    opts: pulumi.CustomResourceOptions,
  ): {
    readonly kubeconfig: pulumi.Output<string>;
    /** Id of the group of its nodes, as balancers reach it. */
    readonly group: pulumi.Output<string>;
    readonly ready: readonly pulumi.Resource[];
  };
}

/** Machines that Kubernetes' cluster autoscaler makes and takes away at this cloud. */
export interface Autoscaling {
  /** Host of the API that it asks: the gateways must let through to it on port 443. */
  readonly api: string;
  /** How the ids of machines begin in Kubernetes: `hcloud://`. */
  readonly idPrefix: string;
  /** What it needs beside itself, and what it is told. All of it is plain but the credential. */
  make(name: string, spec: ElasticSpec, opts: pulumi.CustomResourceOptions): Elastic;
}

export interface ElasticSpec {
  readonly location: string;
  readonly network: CloudNetwork;
  /** Where the cloud gives addresses. */
  readonly range: Cidr;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that the machines will have in Kubernetes. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly type: string;
  readonly least: number;
  readonly most: number;
  readonly userData: string;
  /** OpenSSH public key that opens the machines to those who welcome them. */
  readonly welcomeKey: pulumi.Input<string>;
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
  /** What has to be there before the first machine. */
  readonly resources: readonly pulumi.Resource[];
}

/** A cloud, and nothing else in its place. @throws RangeError */
export function givenCloud(value: Cloud): Cloud {
  if (typeof fields(value).location !== "function")
    throw invalid("a cloud", value, "give hetzner(…), exoscale(…) or metal(…)");
  return value;
}

/** A PostgreSQL service that a provider runs. */
export interface ManagedDatabaseSpec {
  readonly location: string;
  readonly plan: string;
  /** Major version. */
  readonly version: string;
  /** Ranges that may connect. */
  readonly from: readonly string[];
  readonly password: pulumi.Input<string>;
  readonly databases: Readonly<Record<string, { readonly locale: string }>>;
  readonly keepData: boolean;
}

export interface ManagedDatabases {
  /** A plan of the provider. @throws RangeError for one without a standby. */
  plan(value: unknown): string;
  make(
    name: string,
    spec: ManagedDatabaseSpec,
    opts: pulumi.CustomResourceOptions,
  ): {
    /** PEM. */
    readonly ca: pulumi.Output<string>;
    readonly user: string;
    readonly ready: readonly pulumi.Resource[];
  };
}
