import type * as pulumi from "@pulumi/pulumi";
import type { Cidr } from "../core/cidr";
import type { Opening } from "../core/openings";

/**
 * Where networks and hosts come from: all that a provider has to implement. It speaks in intent (a private host with this address), never in the
 * provider's resources; what one cloud cannot do is said in `outerWall`, not in a method that throws.
 */
export interface Cloud {
  /** As it stands in labels, configuration and policy facts. */
  readonly id: "hetzner" | "exoscale";
  /** What the provider's own firewall filters: the second wall outside the host's. Reports count it nowhere else. */
  readonly outerWall: string;
  /** Shell pattern of the device of a host's data volume. */
  readonly dataDevice: string;
  /** Bytes of user data that the provider takes. */
  readonly userDataLimit: number;
  /** Number of the first address in a network that the provider leaves to hosts. */
  readonly firstHost: number;
  /** Addresses at the end of a network that the provider keeps, before the broadcast address. */
  readonly reservedAtEnd: number;

  /** A location code that the provider has. Whether it is an allowed place is the packs' judgement. @throws RangeError for an unknown one. */
  location(value: unknown): string;
  /** A host type in the provider's own words. @throws RangeError for a malformed one. */
  hostType(value: unknown): string;

  network(name: string, spec: NetworkSpec, opts: pulumi.CustomResourceOptions): CloudNetwork;
  /** What the hosts of one pool share: spread over failure domains, outer wall. */
  pool(name: string, spec: PoolSpec, opts: pulumi.CustomResourceOptions): CloudPool;
}

export interface NetworkSpec {
  readonly location: string;
  readonly range: Cidr;
  readonly labels: Readonly<Record<string, string>>;
  /** OpenSSH public key of the key that converges hosts. */
  readonly convergenceKey: pulumi.Input<string>;
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
  readonly openings: readonly Opening[];
  readonly count: number;
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
  readonly userData: string;
  /** Size of a protected data volume; 0 for none. */
  readonly dataGib: number;
  /** Whether the volume is protected against deletion. */
  readonly keepData: boolean;
}

export interface CloudHost {
  readonly id: pulumi.Output<string>;
  readonly resource: pulumi.Resource;
  /** Only doors have one. It survives the host where the provider can keep it. */
  readonly publicAddress: pulumi.Output<string> | undefined;
  /** What must be there before the host can use its data volume. */
  readonly attachments: readonly pulumi.Resource[];
}
