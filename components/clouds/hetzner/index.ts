import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { validate, invalid, type Keys, each, knownKeys } from "../../core/errors";
import { fields, flag } from "../../core/shapes";
import { lastingAddress, lastingAddressFile, lastingAddressLine } from "../../recipe/parts/lasting-address";
import type { Cloud, CloudHost, CloudPool, PoolSpec } from "../cloud";
import type { PlainStore } from "../object-stores";
import { machinesOnly } from "../spread";
import { autoscaling } from "./autoscaling";
import { balancers } from "./balancers";
import {
  BalancerType,
  balancerTypes,
  hostsPerNetwork,
  hostsPerSpreadGroup,
  locations,
  networkMtu,
  noGraphics,
  userDataLimit,
} from "./facts";
import {
  checkedRoutes,
  checkedVSwitch,
  checkRange,
  network,
  numeric,
  own as ownNetwork,
  sharedZone,
  HetznerRoute,
  VSwitch,
} from "./network";
import { firewallRules } from "./firewall";
import { serverSizes } from "./sizes";
import { objectStore } from "./store";
import { serverType } from "./types";
import { zones } from "./zones";

export type { BalancerType, HetznerLocation } from "./facts";
export type { HetznerRoute, VSwitch } from "./network";

export interface HetznerOptions {
  /** Image that hosts start from: a name of Hetzner's, or the id of a snapshot of your own. @default "debian-12" */
  readonly image?: string;
  /** The same for hosts with Ubuntu. @default "ubuntu-22.04" */
  readonly ubuntuImage?: string;
  /** Bare metal at Hetzner that shares the network. @default - none */
  readonly vswitch?: VSwitch;
  /** Ranges that hosts of the network lead to. @default [] */
  readonly routes?: readonly HetznerRoute[];
  /** Type of every balancer. @default - the smallest that takes its ports and targets */
  readonly balancerType?: BalancerType;
  /**
   * True if Hetzner itself refuses to delete or rebuild servers and to delete balancers and zones. It also stops every replacement, so lift it (`pulumi up`
   * with `false`) before a frozen change and before a destroy. @default false
   */
  readonly protection?: boolean;
  /**
   * True if each gateway has a floating address besides its own: names, kubeconfig and ways to private hosts lead there, and it stays when the gateways move
   * to another location, which no primary address does. @default false
   */
  readonly floating?: boolean;
  /** Number of the project, as it stands in the address of the console. Buckets' policies name keys by it. @default - none: buckets have no keys of services */
  readonly project?: string;
}

const hetznerOptionsKeys: Keys<HetznerOptions> = {
  image: true,
  ubuntuImage: true,
  vswitch: { id: true, range: true },
  routes: each({ destination: true, gateway: true }),
  balancerType: true,
  protection: true,
  floating: true,
  project: true,
};

/**
 * Hetzner Cloud: private networks on layer 3, placement groups, a firewall that filters public interfaces only.
 *
 * A door's address is a primary one, which outlives the door in its location. A floating one outlives the location too; it is led to one door and moved by
 * the next `pulumi up` alone, since doors are several at once, each with an address of its own in DNS.
 *
 * | fact about floating addresses | source |
 * |---|---|
 * | assigned to a server of any location later on; best routed in the one where they were made | Hetzner's cloud API reference, "Create a Floating IP" |
 * | have to be configured inside the server | docs.hetzner.com/cloud/floating-ips/faq: unverified |
 * | firewalls hold for packets to them too | unverified; the host's own filter holds in any case |
 *
 * @throws RangeError with every malformed option.
 */
export function hetzner(options: HetznerOptions = {}): Cloud & { readonly objectStore: PlainStore } {
  const {
    image = "debian-12",
    ubuntuImage = "ubuntu-22.04",
    vswitch,
    routes = [],
    balancerType,
    protection = false,
    floating = false,
    project,
  } = knownKeys(fields(options), hetznerOptionsKeys);
  const valid = validate({
    image: () => imageName(image, "debian-12"),
    ubuntuImage: () => imageName(ubuntuImage, "ubuntu-22.04"),
    balancerType: () => void (balancerType === undefined || known(balancerType, balancerTypes, "balancer type")),
    protection: () => flag(protection, "say whether Hetzner protects"),
    floating: () => flag(floating, "say whether gateways have floating addresses"),
    project: () => void (project === undefined || projectNumber(project)),
    vswitch: () => checkedVSwitch(vswitch),
    routes: () => checkedRoutes(routes),
  });
  return {
    id: "hetzner",
    outerWall: "Hetzner firewall on the public interface",
    dataDevice: () => "/dev/disk/by-id/scsi-0HC_Volume_*",
    hostsPerNetwork,
    mtu: networkMtu,
    segment: false,
    ...(valid.floating ? { lastingAddress: lastingAddress() } : {}),
    ...(valid.vswitch === undefined ? { autoscaling: autoscaling(image), absent: {} } : besideMetal),
    userDataLimit,
    firstHost: 2,
    reservedAtEnd: valid.vswitch?.range.size ?? 0,
    location: (value) => known(value, locations, "location"),
    sharing: (value, network) => sharedZone(known(value, locations, "location"), network),
    hostType: serverType,
    hostSize: (type) => serverSizes[type],
    graphics: (type) => {
      throw invalid("a type with graphics processors", type, noGraphics);
    },
    pooled: machinesOnly("Hetzner"),
    network: (name, spec, opts) => network(name, spec, valid, opts),
    checkRange: (range, location, isolatedFrom) => checkRange(valid, range, location, isolatedFrom),
    pool: (name, spec, opts) =>
      pool(
        name,
        spec,
        { image: spec.system === "debian-12" ? image : ubuntuImage, protection, floating: valid.floating },
        opts,
      ),
    balancers: balancers(balancerType, protection),
    zones: zones(protection),
    objectStore: objectStore(project),
  };
}

function projectNumber(value: unknown): void {
  if (typeof value !== "string" || !/^[0-9]{1,12}$/.test(value))
    throw invalid("the number of a project as text", value, 'give one like "1234567", from the address of the console');
}

function imageName(value: unknown, example: string): void {
  if (typeof value !== "string" || !/^[a-z0-9][a-z0-9.-]*$/.test(value))
    throw invalid("an image name or id", value, `give one like "${example}"`);
}

/** Bare metal and machines that come and go would both want the upper half of the network's range. */
const besideMetal = {
  absent: {
    autoscaling: "the upper half of a network with a vSwitch belongs to bare metal; make the cluster in one without",
  },
} as const;

function pool(
  name: string,
  spec: PoolSpec,
  { image, protection, floating }: { readonly image: string; readonly protection: boolean; readonly floating: boolean },
  opts: pulumi.CustomResourceOptions,
): CloudPool {
  const { location, labels, door, lasting = false, openings, count } = spec;
  const network = ownNetwork(spec.network, name);
  const groups = Array.from({ length: Math.ceil(count / hostsPerSpreadGroup) }, (_, i) => {
    const group = i === 0 ? `${name}-spread` : `${name}-spread-${i + 1}`;
    return new hcloud.PlacementGroup(group, { name: group, type: "spread", labels }, opts);
  });
  // Hetzner refuses a firewall on a server without a public interface, so private hosts have none.
  const firewall = door
    ? new hcloud.Firewall(`${name}-wall`, { name: `${name}-wall`, rules: firewallRules(openings), labels }, opts)
    : undefined;
  let made = 0;
  return {
    spread: "Hetzner placement group of type spread",
    host: (host, { type, address, userData, dataGib, keepData }, own): CloudHost => {
      const group = groups[Math.floor(made++ / hostsPerSpreadGroup)];
      const publicIp = door
        ? new hcloud.PrimaryIp(
            `${host}-public`,
            // One that moves is made anew before the old one goes, which leads to the host until it has left: their names must differ.
            { name: `${host}-public-${location}`, type: "ipv4", location, autoDelete: false, labels },
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
          // Hetzner takes both or none.
          deleteProtection: protection,
          rebuildProtection: protection,
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
      const machine = { id: server.id, resource: server, attachments };
      if (!(lasting && floating)) return { ...machine, publicAddress: publicIp?.ipAddress };
      const lasts = floatingAddress(host, server, { location, labels, protection }, opts);
      return {
        ...machine,
        publicAddress: lasts,
        ...(publicIp === undefined ? {} : { birthAddress: publicIp.ipAddress }),
        files: [{ path: lastingAddressFile, content: lasts.apply(lastingAddressLine) }],
      };
    },
  };
}

/** An address that stays where it was made, whatever location its server moves to: another home would be another address. */
function floatingAddress(
  host: string,
  server: hcloud.Server,
  spec: { readonly location: string; readonly labels: Readonly<Record<string, string>>; readonly protection: boolean },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { location, labels, protection } = spec;
  const floating = new hcloud.FloatingIp(
    `${host}-floating`,
    { name: `${host}-floating`, type: "ipv4", homeLocation: location, deleteProtection: protection, labels },
    { ...opts, ignoreChanges: ["homeLocation"] },
  );
  const assigned = new hcloud.FloatingIpAssignment(
    `${host}-floating`,
    { floatingIpId: numeric(floating.id), serverId: numeric(server.id) },
    opts,
  );
  // Whoever goes through the address waits until it leads somewhere.
  return pulumi.all([floating.ipAddress, assigned.id]).apply(([address]) => address);
}

const dependencies = (opts: pulumi.CustomResourceOptions): pulumi.Resource[] =>
  (opts.dependsOn as pulumi.Resource[] | undefined) ?? [];

function known(value: unknown, table: Readonly<Record<string, unknown>>, what: string): string {
  if (typeof value !== "string" || !Object.hasOwn(table, value))
    throw invalid(`a Hetzner ${what}`, value, `choose one of ${Object.keys(table).join(", ")}`);
  return value;
}
