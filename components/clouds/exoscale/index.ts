import * as pulumi from "@pulumi/pulumi";
import type { Cidr } from "../../core/cidr";
import { validate, invalid, type Keys, knownKeys } from "../../core/errors";
import { countInRange } from "../../core/numbers";
import { Opening, portRange, portText } from "../../core/openings";
import { fields, flag } from "../../core/shapes";
import { lastingAddress, lastingAddressFile, lastingAddressLine } from "../../recipe/parts/lasting-address";
import type { Cloud, CloudHost, CloudNetwork, CloudPool, PoolSpec } from "../cloud";
import { keyName } from "../key-name";
import type { MakingStore } from "../object-stores";
import { machinesOnly } from "../spread";
import { balancers } from "./balancers";
import { gpuFamilies, hostsPerNetwork, hostsPerSpreadGroup, noAutoscaling, userDataLimit, zones } from "./facts";
import { managedDatabases } from "./databases";
import { dns } from "./dns";
import { managedClusters } from "./managed";
import { ElasticIp } from "./reach";
import {
  AntiAffinityGroup,
  BlockStorageVolume,
  ComputeInstance,
  PrivateNetwork,
  SecurityGroup,
  SecurityGroupRule,
  SshKey,
} from "./resources";
import { instanceSizes } from "./sizes";
import { objectStore } from "./store";
import { instanceType } from "./types";

export { zones as exoscaleZones, type ExoscaleZone } from "./facts";

export interface ExoscaleOptions {
  /** Id of the template that hosts start from, in the zone of the network: `exo compute instance-template list` prints them. */
  readonly templateId: string;
  /** The same for hosts with Ubuntu 22.04. @default - none: every host has Debian */
  readonly ubuntuTemplateId?: string;
  /** Size of the system disk. @default 50 */
  readonly diskGib?: number;
  /**
   * True for managed private networks: Exoscale then knows the hosts' addresses and refuses one that is taken. In an unmanaged network the hosts alone
   * know theirs. Changing it changes the networks in place.
   *
   * @default true
   */
  readonly managedNetworks?: boolean;
}

const exoscaleOptionsKeys: Keys<ExoscaleOptions> = {
  templateId: true,
  ubuntuTemplateId: true,
  diskGib: true,
  managedNetworks: true,
};

/**
 * Exoscale: private networks on layer 2, anti-affinity groups, security groups that filter public interfaces only, load balancers that reach instance
 * pools only.
 *
 * An instance's own public address goes with it. Each gateway therefore has an elastic address besides, which outlives it: DNS, the kubeconfig and the ways
 * to private hosts name that one. What a gateway itself sends to the world leaves with its own address, and media hosts have no other, since what runs on
 * them binds to the address that it advertises.
 *
 * | fact | source |
 * |---|---|
 * | elastic addresses are attached with `elasticIpIds`, at birth and later without a replacement | exoscale/terraform-provider-exoscale v0.66.0 (548f180c), `pkg/resources/instance/resource.go` |
 * | one without a health check has to be set up on the instance, as /32 on `lo` | same, `examples/elastic-ip/`; Exoscale's documentation, "EIPs" |
 * | outgoing packets keep the instance's own address | Exoscale's documentation, "EIPs" |
 * | security groups hold for packets to elastic addresses too | unverified: said in a partner's training notes only; the host's own filter holds in any case |
 * | deleting an instance frees its elastic address | unverified: the plugin deletes the instance without detaching it first |
 *
 * @throws RangeError with every malformed option.
 */
export function exoscale(options: ExoscaleOptions): Cloud & { readonly objectStore: MakingStore } {
  const given = knownKeys(fields(options), exoscaleOptionsKeys);
  const { templateId, ubuntuTemplateId, diskGib, managedNetworks } = validate({
    templateId: () => template(given.templateId),
    ubuntuTemplateId: () => (given.ubuntuTemplateId === undefined ? undefined : template(given.ubuntuTemplateId)),
    diskGib: () => countInRange(given.diskGib ?? 50, "GiB of system disk", 10, 51200),
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
    managedDatabases,
    lastingAddress: lastingAddress(),
    absent: { autoscaling: noAutoscaling },
    userDataLimit,
    firstHost: 1,
    reservedAtEnd: 4,
    location: (value) => {
      if (typeof value !== "string" || !Object.hasOwn(zones, value))
        throw invalid("an Exoscale zone", value, `choose one of ${Object.keys(zones).join(", ")}`);
      return value;
    },
    // Source: exoscale/terraform-provider-exoscale v0.66.0, docs/resources/private_network.md: `zone` of a private network, which instances of it are in.
    sharing: (value, network) => {
      if (value !== network)
        throw invalid(
          `${network}, the zone of the network`,
          value,
          "leave the location out, or make a platform of its own there: a private network of Exoscale is in one zone",
        );
      return network;
    },
    hostType: instanceType,
    hostSize: (type) => instanceSizes[type],
    graphics: (type) => {
      if (typeof type !== "string" || !type.startsWith(gpuFamilies))
        throw invalid(
          "a type with graphics processors",
          type,
          `take one whose family begins with "${gpuFamilies}", as \`exo compute instance-type list\` prints them`,
        );
      return type;
    },
    pooled: machinesOnly("Exoscale", ({ system }) => ({
      system: () => {
        if (system === "ubuntu-22.04" && ubuntuTemplateId === undefined)
          throw invalid("a template with Ubuntu 22.04", undefined, "give exoscale(…) its id as ubuntuTemplateId");
      },
    })),
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
        // Another zone has an API of its own, so the new network meets no other; the plugin would ask to delete the old one first, with hosts still in it.
        { ...opts, deleteBeforeReplace: false },
      );
      const key = new SshKey(
        `${name}-convergence`,
        { name: keyName(`${name}-convergence`, convergenceKey), publicKey: convergenceKey },
        // The plugin would ask to delete it first, and every host with it at once.
        { ...opts, deleteBeforeReplace: false },
      );
      return new ExoscaleNetwork(network, key, managedNetworks);
    },
    pool: (name, spec, opts) =>
      pool(
        name,
        spec,
        { templateId: (spec.system === "ubuntu-22.04" ? ubuntuTemplateId : undefined) ?? templateId, diskGib },
        opts,
      ),
  };
}

function template(value: unknown): string {
  if (typeof value !== "string" || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value))
    throw invalid(
      "the id of a template (a UUID)",
      value,
      "take one that `exo compute instance-template list` prints for the zone",
    );
  return value;
}

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
  const { network, location, labels, door, lasting = false, openings, count } = spec;
  if (!(network instanceof ExoscaleNetwork))
    throw invalid("a network of the same cloud", "another", `make the network of "${name}" with exoscale()`);
  const groups = Array.from({ length: Math.ceil(count / hostsPerSpreadGroup) }, (_, i) => {
    const group = i === 0 ? `${name}-spread` : `${name}-spread-${i + 1}`;
    return new AntiAffinityGroup(group, { name: group, description: `keeps the hosts of ${name} apart` }, opts);
  });
  // A security group on a private instance would filter nothing: it would only look like a wall.
  const wall = door
    ? new SecurityGroup(`${name}-wall`, { name: `${name}-wall`, description: `doors of ${name}` }, opts)
    : undefined;
  const openWall = wall === undefined ? [] : openings.flatMap((opening) => rules(name, wall, opening, opts));
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
      const elastic = lasting
        ? new ElasticIp(`${host}-public`, { zone: location, description: `leads to ${host}`, labels }, opts)
        : undefined;
      const machine = new ComputeInstance(
        host,
        {
          name: host,
          zone: location,
          type,
          templateId,
          diskSize: diskGib,
          ...(userData === undefined ? {} : { userData }),
          labels,
          sshKeys: [network.key.id],
          private: !door,
          ipv6: false,
          networkInterfaces: [{ networkId: network.id, ...(network.managed ? { ipAddress: address } : {}) }],
          ...(group === undefined ? {} : { antiAffinityGroupIds: [group.id] }),
          ...(wall === undefined ? {} : { securityGroupIds: [wall.id] }),
          ...(volume === undefined ? {} : { blockStorageVolumeIds: [volume.id] }),
          ...(elastic === undefined ? {} : { elasticIpIds: [elastic.id] }),
        },
        {
          ...own,
          deleteBeforeReplace: true,
          // The plugin would change user data in place, and no host would ever read it.
          replaceOnChanges: ["userData"],
          // The way in has to be there as long as the host: a destroy that closed it first could not tell the host to leave.
          dependsOn: [...openWall, ...((own.dependsOn as pulumi.Resource[] | undefined) ?? [])],
        },
      );
      return {
        id: machine.id,
        resource: machine,
        ...(elastic === undefined
          ? { publicAddress: door ? machine.publicIpAddress : undefined }
          : {
              publicAddress: elastic.ipAddress,
              birthAddress: machine.publicIpAddress,
              files: [{ path: lastingAddressFile, content: elastic.ipAddress.apply(lastingAddressLine) }],
            }),
        attachments: [],
      };
    },
  };
}

/** One rule per peer: that is all a rule can name. */
function rules(
  name: string,
  wall: SecurityGroup,
  opening: Opening,
  opts: pulumi.CustomResourceOptions,
): readonly SecurityGroupRule[] {
  const [startPort, endPort] = portRange(opening);
  return opening.peers.map(
    (cidr) =>
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
        // Another reason makes another rule, equal to the old one but for its words.
        { ...opts, deleteBeforeReplace: true },
      ),
  );
}

function netmask(range: Cidr): string {
  const bits = (2 ** 32 - 2 ** (32 - range.prefix)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
}
