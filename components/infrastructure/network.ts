import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Cloud, CloudNetwork } from "../clouds/cloud";
import { givenCloud } from "../clouds/cloud";
import { Cidr, rfc1918 } from "../core/cidr";
import { assetLabels } from "../core/declared";
import { givenArgs, type Keys, validateArgs, invalid, tryParse, each } from "../core/errors";
import { Isolated, isolatedKeys, isolatedRanges, isolatedSystems, readableRanges } from "../core/isolation";
import { dnsLabel } from "../core/names";
import { fields } from "../core/shapes";

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
  /**
   * Part of the range's upper half in which the cloud itself gives addresses, to hosts that come and go with the load; then every other host is in the
   * lower half. Decide when the network is made: later it replaces the subnet of the other hosts. @default - none
   */
  readonly elasticRange?: string;
  /**
   * A long random secret of the stack's configuration, of which each host's birth word is made. With it a host in a cloud proves at first contact, before any
   * key of it is known, which key it has; the first way to a door leads over the internet. A change makes every host anew. Bare metal needs none: its
   * inventory has the keys. @default - none: who answers first at a host's address is believed
   */
  readonly birthSecret?: pulumi.Input<string>;
  /** Labels of everything in a cloud that belongs to the network, beside its own; see `Declared.labels`. @default {} */
  readonly labels?: Readonly<Record<string, string>>;
}

const networkArgsKeys: Keys<NetworkArgs> = {
  cloud: true,
  location: true,
  isolatedFrom: each(isolatedKeys),
  range: true,
  elasticRange: true,
  birthSecret: true,
  labels: true,
};

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
  /** Labels of everything in the cloud that belongs to it. */
  readonly labels: Readonly<Record<string, string>>;
  /** Range in which the cloud itself assigns addresses; undefined if it does not. */
  readonly elasticRange: Cidr | undefined;
  readonly isolatedFrom: readonly Isolated[];
  /** Private half of the key that converges hosts, in OpenSSH format: a secret. */
  readonly convergenceKey: pulumi.Output<string>;
  /** The network in the cloud. */
  readonly handle: CloudNetwork;
  /** Of which the hosts' birth words are made; a secret. */
  readonly birthSecret: pulumi.Output<string> | undefined;
  private readonly taken = new Map<number, string>();

  constructor(
    readonly name: string,
    args: NetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    givenArgs(name, args, networkArgsKeys);
    const { cloud, location, isolatedFrom, range = "10.20.0.0/24", elasticRange, labels = {} } = args;
    const country = fields(cloud).country?.(location);
    super(
      "sovereign-uc:index:Network",
      name,
      {
        cloud: fields(cloud).id,
        location,
        range,
        isolatedFrom,
        ...(elasticRange === undefined ? {} : { elasticRange }),
        ...(country === undefined ? {} : { country }),
        ...(Object.keys(fields(labels)).length === 0 ? {} : { labels }),
      },
      opts,
    );

    validateArgs(this, name, { cloud: () => givenCloud(cloud) });
    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name),
      location: () => cloud.location(location),
      range: () => privateRange(range),
      labels: () => assetLabels(labels),
      elasticRange: () => (elasticRange === undefined ? undefined : upperPart(elasticRange, range, cloud)),
      isolatedFrom: () => {
        const own = tryParse(() => privateRange(range));
        return isolatedSystems(isolatedFrom, own === undefined ? {} : { range: own });
      },
      cloud: () => {
        const own = tryParse(() => privateRange(range));
        if (own !== undefined) cloud.checkRange?.(own, location, readableRanges(isolatedFrom));
      },
    });
    this.cloud = cloud;
    this.location = valid.location;
    this.range = valid.range;
    this.labels = { ...valid.labels, "sovereign-uc-network": name };
    this.elasticRange = valid.elasticRange;
    this.isolatedFrom = valid.isolatedFrom;
    this.birthSecret = args.birthSecret === undefined ? undefined : pulumi.secret(args.birthSecret);

    const key = new tls.PrivateKey(`${name}-convergence`, { algorithm: "ED25519" }, { parent: this });
    this.convergenceKey = key.privateKeyOpenssh;
    this.handle = cloud.network(
      name,
      {
        location: this.location,
        range: this.range,
        ...(this.elasticRange === undefined ? {} : { elasticRange: this.elasticRange }),
        labels: this.labels,
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
    this.mark(pool, first, count);
    return addresses;
  }

  private mark(pool: string, first: number, count: number): void {
    const members = this.taken.size + count;
    if (members > this.cloud.hostsPerNetwork)
      throw invalid(
        `at most ${this.cloud.hostsPerNetwork} hosts and balancers in "${this.name}"`,
        members,
        "split the stack over networks",
      );
    for (let n = first; n < first + count; n++) {
      const other = this.taken.get(n);
      if (other !== undefined)
        throw invalid(
          `host numbers of "${this.name}" that are free`,
          n,
          `"${other}" has it; begin "${pool}" elsewhere`,
        );
      this.taken.set(n, pool);
    }
  }

  /**
   * Gives the elastic range to a pool of hosts that come and go, of which there are at most so many.
   *
   * @throws RangeError when there is no such range, when it or the provider's network takes no more, or when another pool has it.
   */
  takeElastic(pool: string, most: number): Cidr {
    const { elasticRange } = this;
    if (elasticRange === undefined)
      throw invalid(
        `a network with an elasticRange for "${pool}"`,
        this.name,
        'make the network with one, like elasticRange: "10.20.0.128/26"',
      );
    // Its own address and the broadcast address are no hosts'.
    if (most > elasticRange.size - 2)
      throw invalid(
        `at most ${elasticRange.size - 2} hosts in ${elasticRange.toString()}`,
        most,
        "lower it, or make the network with a larger elasticRange",
      );
    const first = Array.from({ length: this.range.size }, (_, n) => n).findIndex(
      (n) => this.range.host(n) === elasticRange.host(0),
    );
    this.mark(pool, first, most);
    return elasticRange;
  }

  /** True if a host's number was taken by the pool in its name. */
  has({ name, address }: { readonly name: string; readonly address: string }): boolean {
    return [...this.taken].some(
      ([number, pool]) => this.range.host(number) === address && name.replace(/-\d+$/, "") === pool,
    );
  }

  private address(number: number): string {
    const { firstHost, reservedAtEnd } = this.cloud;
    const last = this.range.size - 2 - (this.elasticRange === undefined ? reservedAtEnd : this.range.size / 2);
    if (!Number.isInteger(number) || number < firstHost || number > last)
      throw invalid(
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
    throw invalid("a private IPv4 range (RFC 1918) from /16 to /27", value, 'give one like "10.20.0.0/24"');
  return range;
}

function upperPart(value: unknown, around: string, cloud: Cloud): Cidr {
  if (cloud.autoscaling === undefined)
    throw invalid("a cloud that makes machines by load", cloud.id, cloud.absent.autoscaling ?? "leave it out");
  const range = privateRange(around);
  const part = Cidr.parse(value);
  const upper = Cidr.parse(`${range.host(range.size / 2)}/${range.prefix + 1}`);
  if (!upper.contains(part) || part.prefix > 28)
    throw invalid(`a range of at least /28 within ${upper.toString()}`, value, "choose a part of the upper half");
  return part;
}

/** Isolated ranges of a network, parsed. */
export const isolatedFrom = (network: Network): readonly Cidr[] => isolatedRanges(network.isolatedFrom);

/** The network that a component was given, before anything of it is read. @throws RangeError for anything else */
export function givenNetwork(component: string, value: Network): Network {
  if (typeof fields(value).take !== "function")
    throw new RangeError(
      `"${component}": network: ${invalid("a Network", value, "make one first and give it").message}`,
    );
  return value;
}
