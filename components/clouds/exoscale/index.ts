import * as pulumi from "@pulumi/pulumi";
import type { Cidr } from "../../core/cidr";
import { checked, problem } from "../../core/errors";
import { whole } from "../../core/numbers";
import { Opening, portRange, portText } from "../../core/openings";
import { fields, flag } from "../../core/shapes";
import type { Cloud, CloudHost, CloudNetwork, CloudPool, ObjectStore, PoolSpec } from "../cloud";
import { machinesOnly } from "../spread";
import { balancers } from "./balancers";
import { gpuFamilies, gpuZones, hostsPerNetwork, hostsPerSpreadGroup, userDataLimit, zones } from "./facts";
import { dns } from "./dns";
import { managedClusters } from "./managed";
import {
  AntiAffinityGroup,
  BlockStorageVolume,
  ComputeInstance,
  PrivateNetwork,
  SecurityGroup,
  SecurityGroupRule,
  SshKey,
} from "./resources";

export { zones as exoscaleZones, type ExoscaleZone } from "./facts";

export interface ExoscaleOptions {
  /** Id of the template that hosts start from, in the zone of the network: `exo compute instance-template list` prints them. */
  readonly templateId: string;
  /** Size of the system disk. @default 50 */
  readonly diskGib?: number;
  /**
   * Whether private networks are managed: Exoscale then knows the hosts' addresses and refuses one that is taken. In an unmanaged network the hosts alone
   * know theirs. Changing it changes the networks in place.
   *
   * @default true
   */
  readonly managedNetworks?: boolean;
}

/**
 * Exoscale: private networks on layer 2, anti-affinity groups, security groups that filter public interfaces only, load balancers that reach instance
 * pools only.
 *
 * @throws RangeError with every malformed option.
 */
export function exoscale(options: ExoscaleOptions): Cloud {
  const given = fields(options);
  const { templateId, diskGib, managedNetworks } = checked({
    templateId: () => template(given.templateId),
    diskGib: () => whole(given.diskGib ?? 50, "GiB of system disk", 10, 51200),
    managedNetworks: () => flag(given.managedNetworks ?? true, "say whether Exoscale gives out the addresses"),
  });
  return {
    id: "exoscale",
    outerWall: "Exoscale security group on the public interface",
    dataDevice: () => "/dev/vdb",
    hostsPerNetwork,
    balancers,
    zones: dns,
    segment: false,
    objectStore,
    managedClusters: managedClusters(rules),
    absent: {},
    userDataLimit,
    firstHost: 1,
    reservedAtEnd: 4,
    location: (value) => {
      if (typeof value !== "string" || !Object.hasOwn(zones, value))
        throw problem("an Exoscale zone", value, `choose one of ${Object.keys(zones).join(", ")}`);
      return value;
    },
    hostType: (value, zone) => {
      if (typeof value !== "string" || !/^[a-z0-9-]+\.[a-z0-9-]+$/.test(value))
        throw problem("an Exoscale type as family.size", value, 'give one like "standard.large"');
      const family = value.slice(0, value.indexOf("."));
      const homes: readonly string[] | undefined = Object.hasOwn(gpuZones, family) ? gpuZones[family] : undefined;
      if (zone !== undefined && homes !== undefined && !homes.includes(zone))
        throw problem(
          `a type that zone ${zone} has`,
          value,
          `take another type, or a zone that has it: ${homes.join(", ")}`,
        );
      return value;
    },
    graphics: (type) => {
      if (typeof type !== "string" || !type.startsWith(gpuFamilies))
        throw problem(
          "a type with graphics processors",
          type,
          `take one whose family begins with "${gpuFamilies}", as \`exo compute instance-type list\` prints them`,
        );
      return type;
    },
    pooled: machinesOnly("Exoscale"),
    network: (name, { location, range, labels, convergenceKey }, opts) => {
      const network = new PrivateNetwork(
        name,
        {
          name,
          zone: location,
          // Static addresses must lie outside what DHCP gives away.
          ...(managedNetworks
            ? { startIp: range.host(range.size - 5), endIp: range.host(range.size - 2), netmask: netmask(range) }
            : {}),
          labels,
        },
        opts,
      );
      const key = new SshKey(`${name}-convergence`, { name: `${name}-convergence`, publicKey: convergenceKey }, opts);
      return new ExoscaleNetwork(network, key, managedNetworks);
    },
    pool: (name, spec, opts) => pool(name, spec, { templateId, diskGib }, opts),
  };
}

function template(value: unknown): string {
  if (typeof value !== "string" || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value))
    throw problem(
      "the id of a template (a UUID)",
      value,
      "take one that `exo compute instance-template list` prints for the zone",
    );
  return value;
}

/**
 * Simple Object Storage.
 *
 * | fact | source |
 * |---|---|
 * | endpoint, region | exoscale/terraform-provider-exoscale v0.66.0, `examples/sos-backend/providers.tf` |
 * | versions; locks as legal holds | Exoscale's documentation, "Simple Object Storage versioning"; locks for a time: unverified |
 * | encryption with the customer's key only | Exoscale's documentation, "Simple Object Storage Overview" |
 */
const objectStore: ObjectStore = {
  endpoint: (location) => `sos-${location}.exo.io`,
  region: (location) => location,
  retention: true,
};

class ExoscaleNetwork implements CloudNetwork {
  readonly id: pulumi.Output<string>;
  constructor(
    network: PrivateNetwork,
    readonly key: SshKey,
    readonly managed: boolean,
  ) {
    this.id = network.id;
  }
  /** Exoscale's images bring up their first interface only; a door has the private network on its second. */
  netplan(address: string, range: Cidr, door: boolean): object {
    const card = { dhcp4: false, dhcp6: false, "accept-ra": false, addresses: [`${address}/${range.prefix}`] };
    return { network: { version: 2, ethernets: { [door ? "eth1" : "eth0"]: card } } };
  }
}

function pool(
  name: string,
  spec: PoolSpec,
  { templateId, diskGib }: Required<Pick<ExoscaleOptions, "templateId" | "diskGib">>,
  opts: pulumi.CustomResourceOptions,
): CloudPool {
  const { network, location, labels, door, openings, count } = spec;
  if (!(network instanceof ExoscaleNetwork))
    throw problem("a network of the same cloud", "another", `make the network of "${name}" with exoscale()`);
  const groups = Array.from({ length: Math.ceil(count / hostsPerSpreadGroup) }, (_, i) => {
    const group = i === 0 ? `${name}-spread` : `${name}-spread-${i + 1}`;
    return new AntiAffinityGroup(group, { name: group, description: `keeps the hosts of ${name} apart` }, opts);
  });
  // A security group on a private instance would filter nothing: it would only look like a wall.
  const wall = door
    ? new SecurityGroup(`${name}-wall`, { name: `${name}-wall`, description: `doors of ${name}` }, opts)
    : undefined;
  if (wall !== undefined) openings.forEach((opening) => rules(name, wall, opening, opts));
  let made = 0;
  return {
    spread: "Exoscale anti-affinity group",
    host: (host, { type, address, userData, dataGib, keepData }, own): CloudHost => {
      const group = groups[Math.floor(made++ / hostsPerSpreadGroup)];
      const volume =
        dataGib > 0
          ? new BlockStorageVolume(
              `${host}-data`,
              { name: `${host}-data`, size: dataGib, zone: location, labels },
              { ...opts, protect: keepData },
            )
          : undefined;
      const machine = new ComputeInstance(
        host,
        {
          name: host,
          zone: location,
          type,
          templateId,
          diskSize: diskGib,
          userData,
          labels,
          sshKeys: [network.key.id],
          private: !door,
          ipv6: false,
          networkInterfaces: [{ networkId: network.id, ...(network.managed ? { ipAddress: address } : {}) }],
          ...(group === undefined ? {} : { antiAffinityGroupIds: [group.id] }),
          ...(wall === undefined ? {} : { securityGroupIds: [wall.id] }),
          ...(volume === undefined ? {} : { blockStorageVolumeIds: [volume.id] }),
        },
        // The plugin would change user data in place, and no host would ever read it.
        { ...own, deleteBeforeReplace: true, replaceOnChanges: ["userData"] },
      );
      return {
        id: machine.id,
        resource: machine,
        publicAddress: door ? machine.publicIpAddress : undefined,
        attachments: [],
      };
    },
  };
}

/** One rule per peer: that is all a rule can name. */
function rules(name: string, wall: SecurityGroup, opening: Opening, opts: pulumi.CustomResourceOptions): void {
  const [startPort, endPort] = portRange(opening);
  for (const cidr of opening.peers)
    new SecurityGroupRule(
      `${name}-${opening.direction}-${opening.protocol}-${portText(opening)}-${cidr.replace(/[/:.]+/g, "-")}`,
      {
        securityGroupId: wall.id,
        type: opening.direction === "in" ? "INGRESS" : "EGRESS",
        protocol: opening.protocol.toUpperCase(),
        startPort,
        endPort,
        cidr,
        description: opening.reason,
      },
      opts,
    );
}

function netmask(range: Cidr): string {
  const bits = (2 ** 32 - 2 ** (32 - range.prefix)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
}
