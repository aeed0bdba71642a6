import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { problem } from "../../core/errors";
import { Opening, portText } from "../../core/openings";
import type { Cloud, CloudHost, CloudNetwork, CloudPool, PoolSpec } from "../cloud";
import { machinesOnly } from "../spread";
import { hostsPerNetwork, hostsPerSpreadGroup, locations, userDataLimit } from "./facts";

export interface HetznerOptions {
  /** Image that hosts start from: a name of Hetzner's, or the id of a snapshot of your own. @default "debian-12" */
  readonly image?: string;
}

/** Hetzner Cloud: private networks on layer 3, placement groups, a firewall that filters public interfaces only. */
export function hetzner({ image = "debian-12" }: HetznerOptions = {}): Cloud {
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(image)) throw problem("an image name or id", image, 'give one like "debian-12"');
  return {
    id: "hetzner",
    outerWall: "Hetzner firewall on the public interface",
    dataDevice: () => "/dev/disk/by-id/scsi-0HC_Volume_*",
    hostsPerNetwork,
    absent: {},
    userDataLimit,
    firstHost: 2,
    reservedAtEnd: 0,
    location: (value) => known(value, locations, "location"),
    hostType: (value) => {
      if (typeof value !== "string" || !/^[a-z]{2,4}\d{2}$/.test(value))
        throw problem("a Hetzner server type", value, 'give one like "ccx33"');
      return value;
    },
    pooled: machinesOnly("Hetzner"),
    network: (name, { location, range, labels, convergenceKey }, opts) => {
      const network = new hcloud.Network(name, { name, ipRange: range.toString(), labels }, opts);
      const subnet = new hcloud.NetworkSubnet(
        `${name}-subnet`,
        {
          networkId: numeric(network.id),
          type: "cloud",
          networkZone: locations[location]?.networkZone ?? "",
          ipRange: range.toString(),
        },
        opts,
      );
      const key = new hcloud.SshKey(
        `${name}-convergence`,
        { name: `${name}-convergence`, publicKey: convergenceKey, labels },
        opts,
      );
      return new HetznerNetwork(network, subnet, key);
    },
    pool: (name, spec, opts) => pool(name, spec, image, opts),
  };
}

class HetznerNetwork implements CloudNetwork {
  readonly id: pulumi.Output<string>;
  constructor(
    network: hcloud.Network,
    readonly subnet: hcloud.NetworkSubnet,
    readonly key: hcloud.SshKey,
  ) {
    this.id = network.id;
  }
  /** Hetzner's images take the private address by DHCP. */
  netplan(): undefined {
    return undefined;
  }
}

function pool(name: string, spec: PoolSpec, image: string, opts: pulumi.CustomResourceOptions): CloudPool {
  const { network, location, labels, door, openings, count } = spec;
  if (!(network instanceof HetznerNetwork))
    throw problem("a network of the same cloud", "another", `make the network of "${name}" with hetzner()`);
  const groups = Array.from({ length: Math.ceil(count / hostsPerSpreadGroup) }, (_, i) => {
    const group = i === 0 ? `${name}-spread` : `${name}-spread-${i + 1}`;
    return new hcloud.PlacementGroup(group, { name: group, type: "spread", labels }, opts);
  });
  // Hetzner refuses a firewall on a server without a public interface, so private hosts have none.
  const firewall = door
    ? new hcloud.Firewall(`${name}-wall`, { name: `${name}-wall`, rules: rules(openings), labels }, opts)
    : undefined;
  let made = 0;
  return {
    spread: "Hetzner placement group of type spread",
    host: (host, { type, address, userData, dataGib, keepData }, own): CloudHost => {
      const group = groups[Math.floor(made++ / hostsPerSpreadGroup)];
      const publicIp = door
        ? new hcloud.PrimaryIp(
            `${host}-public`,
            { name: `${host}-public`, type: "ipv4", location, autoDelete: false, labels },
            opts,
          )
        : undefined;
      const server = new hcloud.Server(
        host,
        {
          name: host,
          serverType: type,
          location,
          image,
          userData,
          labels,
          sshKeys: [network.key.id],
          ...(group === undefined ? {} : { placementGroupId: numeric(group.id) }),
          ...(firewall === undefined ? {} : { firewallIds: [numeric(firewall.id)] }),
          publicNets: [
            publicIp === undefined
              ? { ipv4Enabled: false, ipv6Enabled: false }
              : { ipv4Enabled: true, ipv4: numeric(publicIp.id), ipv6Enabled: false },
          ],
          networks: [{ networkId: numeric(network.id), ip: address }],
          shutdownBeforeDeletion: true,
        },
        { ...own, deleteBeforeReplace: true, dependsOn: [network.subnet, ...dependencies(own)] },
      );
      const attachments: pulumi.Resource[] = [];
      if (dataGib > 0) {
        const volume = new hcloud.Volume(
          `${host}-data`,
          { name: `${host}-data`, size: dataGib, location, deleteProtection: keepData, labels },
          { ...opts, protect: keepData },
        );
        attachments.push(
          new hcloud.VolumeAttachment(
            `${host}-data`,
            { volumeId: numeric(volume.id), serverId: numeric(server.id) },
            { ...opts, deleteBeforeReplace: true },
          ),
        );
      }
      return { id: server.id, resource: server, publicAddress: publicIp?.ipAddress, attachments };
    },
  };
}

/** Hetzner wants numbers where Pulumi's ids are text. */
const numeric = (id: pulumi.Output<string>): pulumi.Output<number> => id.apply(Number);

const dependencies = (opts: pulumi.CustomResourceOptions): pulumi.Resource[] =>
  (opts.dependsOn as pulumi.Resource[] | undefined) ?? [];

const rules = (openings: readonly Opening[]): hcloud.types.input.FirewallRule[] =>
  openings.map((opening) => ({
    direction: opening.direction,
    protocol: opening.protocol,
    port: portText(opening),
    description: opening.reason,
    ...(opening.direction === "in" ? { sourceIps: [...opening.peers] } : { destinationIps: [...opening.peers] }),
  }));

function known(value: unknown, table: Readonly<Record<string, unknown>>, what: string): string {
  if (typeof value !== "string" || !Object.hasOwn(table, value))
    throw problem(`a Hetzner ${what}`, value, `choose one of ${Object.keys(table).join(", ")}`);
  return value;
}
