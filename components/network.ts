import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Cloud, CloudNetwork } from "./clouds/cloud";
import { givenCloud } from "./clouds/given";
import { Cidr, rfc1918 } from "./core/cidr";
import { parsed, problem, tried } from "./core/errors";
import { Isolated, isolatedRanges, isolatedSystems, readableRanges } from "./core/isolation";
import { dnsLabel } from "./core/names";
import { fields } from "./core/shapes";

export interface NetworkArgs {
  readonly cloud: Cloud;
  /** Location code of the cloud: `fsn1`, `ch-gva-2`. */
  readonly location: string;
  /**
   * Systems that must not reach this network and that it must not reach. Give an empty list only where there are none.
   */
  readonly isolatedFrom: readonly Isolated[];
  /** Private IPv4 range of its hosts, from /16 to /27. @default "10.20.0.0/24" */
  readonly range?: string;
}

/**
 * A private network with no way in or out: no route, no peering, no router of the provider's. It knows what it is isolated from, and every host in it drops
 * those ranges in both directions before anything else.
 *
 * It also makes the key that converges its hosts over SSH.
 *
 * @example
 * const network = new Network("crisis", {
 *   cloud: hetzner(),
 *   location: "fsn1",
 *   isolatedFrom: [{ name: "head office directory", kind: "directory", ranges: ["10.0.0.0/16"] }],
 * });
 */
export class Network extends pulumi.ComponentResource {
  readonly cloud: Cloud;
  readonly location: string;
  readonly range: Cidr;
  readonly isolatedFrom: readonly Isolated[];
  /** Private half of the key that converges hosts, in OpenSSH format: a secret. */
  readonly convergenceKey: pulumi.Output<string>;
  /** The network in the cloud. */
  readonly handle: CloudNetwork;
  private readonly taken = new Map<number, string>();

  constructor(
    readonly name: string,
    args: NetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { cloud, location, isolatedFrom, range = "10.20.0.0/24" } = args;
    const country = fields(cloud).country?.(location);
    super(
      "sovereign-uc:index:Network",
      name,
      { cloud: fields(cloud).id, location, range, isolatedFrom, ...(country === undefined ? {} : { country }) },
      opts,
    );

    parsed(this, name, { cloud: () => givenCloud(cloud) });
    const valid = parsed(this, name, {
      name: () => dnsLabel(name),
      location: () => cloud.location(location),
      range: () => privateRange(range),
      isolatedFrom: () => {
        const own = tried(() => privateRange(range));
        return isolatedSystems(isolatedFrom, own === undefined ? {} : { range: own });
      },
      cloud: () => {
        const own = tried(() => privateRange(range));
        if (own !== undefined) cloud.checkRange?.(own, location, readableRanges(isolatedFrom));
      },
    });
    this.cloud = cloud;
    this.location = valid.location;
    this.range = valid.range;
    this.isolatedFrom = valid.isolatedFrom;

    const key = new tls.PrivateKey(`${name}-convergence`, { algorithm: "ED25519" }, { parent: this });
    this.convergenceKey = key.privateKeyOpenssh;
    this.handle = cloud.network(
      name,
      {
        location: this.location,
        range: this.range,
        labels: { "sovereign-uc-network": name },
        convergenceKey: key.publicKeyOpenssh.apply((text) => text.trim()),
        convergencePrivateKey: key.privateKeyOpenssh,
      },
      { parent: this },
    );
    this.registerOutputs({ id: this.handle.id });
  }

  /** Private addresses of `count` hosts from a number on. @throws RangeError when the range has no such host. */
  addresses(first: number, count: number): readonly string[] {
    return Array.from({ length: count }, (_, i) => this.address(first + i));
  }

  /**
   * Gives host numbers to a pool or a balancer.
   *
   * @throws RangeError when another one has one of them, or when the provider's network takes no more.
   */
  take(pool: string, first: number, count: number): readonly string[] {
    const addresses = this.addresses(first, count);
    const members = this.taken.size + count;
    if (members > this.cloud.hostsPerNetwork)
      throw problem(
        `at most ${this.cloud.hostsPerNetwork} hosts and balancers in "${this.name}"`,
        members,
        "split the stack over networks",
      );
    for (let n = first; n < first + count; n++) {
      const other = this.taken.get(n);
      if (other !== undefined)
        throw problem(
          `host numbers of "${this.name}" that are free`,
          n,
          `"${other}" has it; begin "${pool}" elsewhere`,
        );
      this.taken.set(n, pool);
    }
    return addresses;
  }

  /** Whether a host's number was taken by the pool that its name tells. */
  has({ name, address }: { readonly name: string; readonly address: string }): boolean {
    return [...this.taken].some(
      ([number, pool]) => this.range.host(number) === address && name.replace(/-\d+$/, "") === pool,
    );
  }

  private address(number: number): string {
    const { firstHost, reservedAtEnd } = this.cloud;
    const last = this.range.size - 2 - reservedAtEnd;
    if (!Number.isInteger(number) || number < firstHost || number > last)
      throw problem(
        `a host number from ${firstHost} to ${last} in ${this.range.toString()}`,
        number,
        "choose another or a larger range",
      );
    return this.range.host(number);
  }
}

function privateRange(value: unknown): Cidr {
  const range = Cidr.parse(value);
  if (!rfc1918.some((outer) => outer.contains(range)) || range.prefix < 16 || range.prefix > 27)
    throw problem("a private IPv4 range (RFC 1918) from /16 to /27", value, 'give one like "10.20.0.0/24"');
  return range;
}

/** Isolated ranges of a network, parsed. */
export const isolatedFrom = (network: Network): readonly Cidr[] => isolatedRanges(network.isolatedFrom);
