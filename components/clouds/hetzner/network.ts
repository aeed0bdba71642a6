import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { Cidr, ipv4Address, rfc1918 } from "../../core/cidr";
import { validate, invalid } from "../../core/errors";
import { integerInRange } from "../../core/numbers";
import { list, record } from "../../core/shapes";
import type { CloudNetwork, NetworkSpec } from "../cloud";
import { keyName } from "../key-name";
import { isLocation, locations, vSwitchZone } from "./facts";

/** Bare metal at Hetzner that shares the network: it is coupled through a vSwitch. */
export interface VSwitch {
  /** Number of the vSwitch in Hetzner Robot. */
  readonly id: number;
  /** Range of the bare-metal hosts: the upper half of the network's range. Decide when the network is made: later it replaces the subnet of the cloud hosts. */
  readonly range: string;
}

/** A range that a host of the network leads to, such as a site behind a WireGuard host. */
export interface HetznerRoute {
  /** Private IPv4 range outside the network and outside everything that the network is isolated from. */
  readonly destination: string;
  /** Private address of the host that leads there. */
  readonly gateway: string;
}

/** Options for the networks of one cloud. */
export interface Arrangement {
  readonly vswitch: { readonly id: number; readonly range: Cidr } | undefined;
  readonly routes: readonly { readonly destination: Cidr; readonly gateway: string }[];
}

/** @throws RangeError for a malformed one. */
export function checkedVSwitch(value: VSwitch | undefined): Arrangement["vswitch"] {
  if (value === undefined) return undefined;
  const { id, range } = record(value, "a vSwitch", '{ id: 4711, range: "10.20.0.128/25" }');
  return validate({ id: () => integerInRange(id, "the number of a vSwitch", 1), range: () => Cidr.parse(range) });
}

/** @throws RangeError with every malformed one. */
export function checkedRoutes(values: readonly HetznerRoute[]): Arrangement["routes"] {
  const example = '{ destination: "10.30.0.0/24", gateway: "10.20.0.10" }';
  return list(values, "routes", `[${example}]`, (value) => {
    const { destination, gateway } = record(value, "a route", example);
    return validate({ destination: () => privateRange(destination), gateway: () => ipv4Address(gateway) });
  });
}

/** Hetzner takes private ranges and 0.0.0.0/0 (API reference, add_route); a default route would be a way out. */
function privateRange(value: unknown): Cidr {
  const range = Cidr.parse(value);
  if (!rfc1918.some((outer) => outer.contains(range)))
    throw invalid(
      "a private IPv4 range (RFC 1918)",
      value,
      "a network has no way out; lead to a range behind the gateway",
    );
  return range;
}

const half = (range: Cidr, upper: boolean): Cidr =>
  Cidr.parse(`${range.host(upper ? range.size / 2 : 0)}/${range.prefix + 1}`);

/** @throws RangeError with everything in the arrangement that contradicts the range of a network. */
export function checkRange(
  { vswitch, routes }: Arrangement,
  range: Cidr,
  location: string,
  isolatedFrom: readonly Cidr[],
): void {
  validate({
    vswitch: () => {
      if (vswitch === undefined) return;
      const upper = half(range, true).toString();
      if (vswitch.range.toString() !== upper)
        throw invalid(`the upper half of the network's range, ${upper}`, vswitch.range.toString(), "give that one");
      if (isLocation(location) && locations[location].networkZone !== vSwitchZone)
        throw invalid(`a location in the network zone ${vSwitchZone} beside a vSwitch`, location, "choose another");
    },
    routes: () =>
      validate(
        Object.fromEntries(
          routes.map(({ destination, gateway }, i) => [
            `[${i}]`,
            () => {
              const isolated = isolatedFrom.find((other) => other.overlaps(destination));
              const others = [range, ...routes.slice(0, i).map((route) => route.destination)];
              const taken = others.find((other) => other.overlaps(destination));
              validate({
                destination: () => {
                  const outside = isolated ?? taken;
                  if (outside !== undefined)
                    throw invalid(
                      `a destination outside ${isolated === undefined ? "" : "the isolated range "}${outside.toString()}`,
                      destination.toString(),
                      "choose another",
                    );
                },
                gateway: () => {
                  const nobodys = [range.host(0), range.host(1), range.host(range.size - 1)];
                  if (!range.contains(gateway) || nobodys.includes(gateway))
                    throw invalid(
                      `the address of a host in ${range.toString()}`,
                      gateway,
                      `choose one from ${range.host(2)} to ${range.host(range.size - 2)}`,
                    );
                },
              });
            },
          ]),
        ),
      ),
  });
}

/** A network of Hetzner's, as hosts and balancers need it. */
export class HetznerNetwork implements CloudNetwork {
  readonly id: pulumi.Output<string>;
  constructor(
    network: hcloud.Network,
    readonly name: string,
    /** The one in which cloud hosts and balancers stand. */
    readonly subnet: hcloud.NetworkSubnet,
    readonly key: hcloud.SshKey,
    /** The one in which Hetzner gives addresses itself. */
    readonly elastic: hcloud.NetworkSubnet | undefined,
  ) {
    this.id = network.id;
  }
  /** Hetzner's images take the private address by DHCP. */
  netplan(): undefined {
    return undefined;
  }
}

export function network(
  name: string,
  { location, range, elasticRange, labels, convergenceKey }: NetworkSpec,
  { vswitch, routes }: Arrangement,
  opts: pulumi.CustomResourceOptions,
): HetznerNetwork {
  const made = new hcloud.Network(
    name,
    {
      name,
      ipRange: range.toString(),
      labels,
      // Bare metal has to learn the way to what lies behind hosts of the network.
      ...(vswitch === undefined ? {} : { exposeRoutesToVswitch: routes.length > 0 }),
    },
    opts,
  );
  const networkId = numeric(made.id);
  const networkZone = isLocation(location) ? locations[location].networkZone : "";
  const subnet = new hcloud.NetworkSubnet(
    `${name}-subnet`,
    {
      networkId,
      type: "cloud",
      networkZone,
      ipRange: (vswitch === undefined && elasticRange === undefined ? range : half(range, false)).toString(),
    },
    // Two subnets of a network may not overlap, and the plugin would make the new one first.
    { ...opts, deleteBeforeReplace: true },
  );
  // The provider changes a network one step at a time.
  const next = { ...opts, deleteBeforeReplace: true, dependsOn: [subnet] };
  const elastic =
    elasticRange === undefined
      ? undefined
      : new hcloud.NetworkSubnet(
          `${name}-elastic`,
          { networkId, type: "cloud", networkZone, ipRange: elasticRange.toString() },
          next,
        );
  if (vswitch !== undefined)
    new hcloud.NetworkSubnet(
      `${name}-vswitch`,
      { networkId, type: "vswitch", networkZone, ipRange: vswitch.range.toString(), vswitchId: vswitch.id },
      next,
    );
  routes.forEach(
    ({ destination, gateway }, i) =>
      new hcloud.NetworkRoute(
        `${name}-route-${i + 1}`,
        { networkId, destination: destination.toString(), gateway },
        next,
      ),
  );
  const key = new hcloud.SshKey(
    `${name}-convergence`,
    { name: keyName(`${name}-convergence`, convergenceKey), publicKey: convergenceKey, labels },
    opts,
  );
  return new HetznerNetwork(made, name, subnet, key, elastic);
}

/**
 * A location whose servers can be in a network that was made in another one: a subnet is in a network zone, and servers of every location of the zone can be in it.
 *
 * | fact | source |
 * |---|---|
 * | a subnet has a `network_zone`, and no location | hcloud-go `schema/network.go` |
 * | node pools in fsn1, nbg1 and hel1 of one network | mysticaltech/terraform-hcloud-kube-hetzner, `kube.tf.example` |
 *
 * @throws RangeError for a location of another zone.
 */
export function sharedZone(location: string, network: string): string {
  const zoneOf = (code: string): string | undefined => (isLocation(code) ? locations[code].networkZone : undefined);
  const zone = zoneOf(network);
  if (zoneOf(location) !== zone)
    throw invalid(
      `a location in the network zone of ${network}, ${zone ?? "which is unknown"}`,
      location,
      `choose one of ${Object.keys(locations)
        .filter((code) => zoneOf(code) === zone)
        .join(", ")}, or make a platform of its own there`,
    );
  return location;
}

/** Hetzner wants numbers where Pulumi's ids are text. */
export const numeric = (id: pulumi.Input<string>): pulumi.Output<number> => pulumi.output(id).apply(Number);

/** @throws RangeError for a network of another cloud. */
export function own(network: CloudNetwork, user: string): HetznerNetwork {
  if (!(network instanceof HetznerNetwork))
    throw invalid("a network of the same cloud", "another", `make the network of "${user}" with hetzner()`);
  return network;
}
