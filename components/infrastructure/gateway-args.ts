import type * as pulumi from "@pulumi/pulumi";
import { type Capacity, capacityKeys } from "../core/capacity";
import { type Cidr, ipAddress, ranges } from "../core/cidr";
import { invalid, validate, validateArgs, type Keys, each } from "../core/errors";
import { type Mirror, mirror as checkedMirror, mirrorKeys } from "../core/mirror";
import { dnsLabel } from "../core/names";
import { countInRange } from "../core/numbers";
import type { OutletNeed } from "../core/plan";
import { fields, items, list, record } from "../core/shapes";
import type { Egress, Published, Resolver } from "../recipe/parts/gateway";
import { resolverKeys } from "../recipe/parts/names";
import { egressKeys } from "../recipe/parts/proxy";
import { outletKeys, publishedKeys } from "../recipe/parts/published";
import { journalPort } from "../recipe/parts/journals";
import { type Collector, collectorKeys } from "../recipe/parts/journals-forwarded";
import {
  checkedCollector,
  checkedEgress,
  checkedOutlets,
  checkedPorts,
  checkedResolvers,
  checkedTimeServers,
} from "./gateway-checks";
import { type AdministratorAccess, checkedAccess, type Frozen } from "./host";
import { frozenKeys } from "./host-args";
import { isolatedFrom, type Network } from "./network";
import { checkedLinks, type SiteEnd } from "./site-link";

/** Services of the operator's that every gateway depends on, wherever it stands. */
export interface SiteServices {
  readonly mirror: Mirror;
  /** Resolvers that are asked over TLS; at least two. */
  readonly resolvers: readonly Resolver[];
  /** Addresses of time servers; at least two. */
  readonly timeServers: readonly string[];
}

export const siteServicesKeys: Keys<SiteServices> = {
  mirror: mirrorKeys,
  resolvers: each(resolverKeys),
  timeServers: true,
};

export interface GatewayArgs {
  readonly network: Network;
  /** Host type in the cloud's own words. */
  readonly type: string;
  /** Number of gateways, all active at once; never fewer than two. @default 2 */
  readonly count?: number;
  /** Number of the first gateway in the network. @default 10 */
  readonly firstHost?: number;
  /** Ranges from which administrators come, by SSH and to the Kubernetes API; never the whole internet. */
  readonly administrators: readonly string[];
  /**
   * Administrators' SSH at the cloud's firewall before the gateways: a Hetzner firewall, an Exoscale security group. "closed" takes it out of that
   * wall and out of nothing else, so that closing and opening change the wall alone: no host is converged or replaced. Published ports stay, the Kubernetes API
   * among them. Every host is reached through the gateways, so while it is closed nothing that touches a host can be changed or destroyed: such an `up` or `destroy`
   * waits a quarter of an hour for an answer and stops there. Set it to "open" and `up`, then change or destroy. Opening and changing in one `up` works too,
   * since hosts wait for the wall; closing does not mix with anything. A first deployment starts "open": nothing tells a program that it is the first, so
   * nobody can refuse it here.
   *
   * @default "open"
   */
  readonly administratorAccess?: AdministratorAccess;
  /** Ports that lead inside. @default [] */
  readonly published?: readonly Published[];
  /** Destinations that private hosts may reach through the proxy, beside the mirror, by name and port: see {@link Egress}. @default [] */
  readonly egress?: readonly Egress[];
  /** Destinations that private hosts may reach at a port of the gateways, for programs that know no proxy: see {@link OutletNeed}. @default [] */
  readonly outlets?: readonly OutletNeed[];
  /** Services of the operator that the gateways need. The same value serves every gateway of the operator's. */
  readonly site: SiteServices;
  /**
   * Private addresses of hosts whose encrypted data volumes the gateways open at boot; Tang answers nobody else. A `Cluster` refuses gateways that leave one of
   * its control plane out. @default - the targets of port 6443 among `published`: the control plane
   */
  readonly volumeHosts?: readonly string[];
  /**
   * The operator's collector for the journals of all hosts, beside the gateways, which keep them for a year. The gateways connect to it directly.
   * It can know them by certificates of {@link Gateway.journalAuthority}. @default - nowhere else
   */
  readonly journals?: Collector;
  /** Load of all gateways together. @default - what each keeps for its published ports: see {@link Published.connections} */
  readonly capacity?: Capacity;
  readonly frozen?: Frozen;
  /** Failure domain that they may not all share: see `HostPoolArgs.spread`. @default "machines" */
  readonly spread?: "machines" | "domains";
  /** Number of a host address of the network that moves between the gateways, where the cloud's networks are one segment. @default - none */
  readonly virtualAddress?: number;
  /** This site's ends of links to other sites; they need a virtual address. @default [] */
  readonly links?: readonly SiteEnd[];
}

export const gatewayArgsKeys: Keys<GatewayArgs> = {
  network: true,
  type: true,
  count: true,
  firstHost: true,
  administrators: true,
  administratorAccess: true,
  published: each(publishedKeys),
  egress: each(egressKeys),
  outlets: each(outletKeys),
  site: siteServicesKeys,
  volumeHosts: true,
  journals: collectorKeys,
  capacity: capacityKeys,
  frozen: frozenKeys,
  spread: true,
  virtualAddress: true,
  links: each("elsewhere"),
};

/** Arguments of a gateway with every default filled in. */
export type GatewaySettings = ReturnType<typeof gatewaySettings>;

export const gatewaySettings = (args: GatewayArgs) => {
  const { published = [], egress = [], outlets = [], links = [], volumeHosts = controlPlaneOf(published) } = args;
  const { mirror, resolvers, timeServers } = fields(args.site);
  const { count = 2, firstHost = 10, administratorAccess = "open" as const } = args;
  return {
    ...args,
    ...{
      published,
      egress,
      outlets,
      links,
      volumeHosts,
      mirror,
      resolvers,
      timeServers,
      count,
      firstHost,
      administratorAccess,
    },
  };
};

/** Plain facts of a gateway for the engine and the packs. */
export const gatewayFacts = (settings: GatewaySettings, network: Network) => {
  const { type, count, administrators, published, egress, outlets, resolvers, timeServers, volumeHosts, capacity } =
    settings;
  const { journals, virtualAddress, links } = settings;
  return {
    cloud: network.cloud.id,
    location: network.location,
    network: network.name,
    type,
    count,
    administrators,
    published: items(published).map((port) => ({ ...port, protocol: "tcp" })),
    egress,
    ...(items(outlets).length === 0 ? {} : { outlets }),
    resolvers,
    timeServers,
    volumeHosts,
    ...(journals === undefined
      ? {}
      : { journals: { host: journals.host, address: journals.address, port: journals.port ?? journalPort } }),
    ...(virtualAddress === undefined ? {} : { virtualAddress }),
    ...(items(links).length === 0
      ? {}
      : {
          links: items(links)
            .map(fields)
            .map(({ site, others }) => ({ site, others })),
        }),
    ...(capacity === undefined ? {} : { capacity }),
  };
};

/** @throws RangeError with everything that no gateway could use. */
export function checkedSite(site: SiteServices, isolated: readonly Cidr[]): SiteServices {
  const { mirror, resolvers, timeServers } = record(
    site,
    "the operator's services",
    "{ mirror, resolvers, timeServers }",
  );
  return validate({
    mirror: () => checkedMirror(mirror),
    resolvers: () => checkedResolvers(resolvers, isolated),
    timeServers: () => checkedTimeServers(timeServers, isolated),
  });
}

/** Parsed arguments of a gateway. */
export type CheckedGateway = ReturnType<typeof checkedGateway>;

/** @throws pulumi.ResourceError with everything that cannot work. */
export function checkedGateway(resource: pulumi.Resource, name: string, settings: GatewaySettings, network: Network) {
  const { count, firstHost, administrators, published, egress, outlets, volumeHosts, journals, links } = settings;
  const { virtualAddress } = settings;
  const isolated = isolatedFrom(network);
  return validateArgs(resource, name, {
    name: () => dnsLabel(name),
    count: () => countInRange(count, "gateways", 2, 10),
    firstHost: () => network.addresses(firstHost, count),
    administrators: () => {
      if (ranges(administrators, 1).some((range) => range.prefix === 0))
        throw invalid(
          "ranges of administrators",
          administrators,
          "name the ranges that they come from, never the whole internet",
        );
    },
    administratorAccess: () => checkedAccess(settings.administratorAccess, network.cloud),
    published: () => checkedPorts(published, network.range, isolated),
    egress: () =>
      list(egress, "destinations", '[{ host: "relay.example.ch", port: 443, reason: "mail" }]', checkedEgress),
    outlets: () => checkedOutlets(outlets, published, isolated),
    site: () => checkedSite(settings.site, isolated),
    volumeHosts: () => {
      for (const host of items(volumeHosts))
        if (!network.range.contains(ipAddress(host)))
          throw invalid(`addresses in ${network.range.toString()}`, host, "name hosts of this network only");
    },
    journals: () => journals && checkedCollector(journals, isolated),
    virtualAddress: () => moving(network, name, virtualAddress),
    links: () => checkedLinks(links, { range: network.range, isolated, count, virtual: virtualAddress }),
  });
}

/** Hosts behind the port of the Kubernetes API. */
const controlPlaneOf = (published: readonly Published[]): readonly string[] =>
  items(published)
    .map(fields)
    .filter(({ port }) => port === 6443)
    .flatMap(({ targets }) => [...items(targets)]);

/** The address that moves, taken so that no pool gets it. */
function moving(network: Network, name: string, number: number | undefined): string | undefined {
  if (number === undefined) return undefined;
  if (!network.cloud.segment)
    throw invalid(
      "no virtual address where networks are no segment of layer 2",
      number,
      `leave it out at ${network.cloud.id}: names in DNS have every gateway's address`,
    );
  return network.take(`${name}-virtual`, number, 1)[0];
}
