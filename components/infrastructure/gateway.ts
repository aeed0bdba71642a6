import * as pulumi from "@pulumi/pulumi";
import { authorityIn, Issued, Issuer } from "./certificate-authority";
import { Capacity } from "../core/capacity";
import { ipAddress, ranges } from "../core/cidr";
import { validate, validateArgs, invalid } from "../core/errors";
import { Mirror, mirror as checkedMirror } from "../core/mirror";
import { dnsLabel, domainName } from "../core/names";
import { countInRange } from "../core/numbers";
import { fields, items, list } from "../core/shapes";
import { checkedCollector, checkedEgress, checkedPorts, outside } from "./gateway-checks";
import { AdministratorAccess, checkedAccess, Frozen, Host, HostPlace, HostPool } from "./host";
import { givenNetwork, isolatedFrom, Network } from "./network";
import { Egress, gateway, Published, Resolver } from "../recipe/parts/gateway";
import { journalPaths, journalPort, senderOf, sharedSender } from "../recipe/parts/journals";
import { type Collector, forwardsJournals } from "../recipe/parts/journals-forwarded";
import { keepalived } from "../recipe/parts/keepalived";
import { gatewayName } from "../recipe/parts/private-host";
import { siteForwards, siteGateway, siteRoutes } from "../recipe/parts/site-link";
import { combine, Recipe } from "../recipe/recipe";
import { checkedLinks, type SiteEnd } from "./site-link";
import type { SecretInput } from "./host-lifecycle";

export type { Egress, Published, Resolver } from "../recipe/parts/gateway";
export type { Collector } from "../recipe/parts/journals-forwarded";

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
   * Whether administrators' SSH passes the cloud's outer wall before the gateways: a Hetzner firewall, an Exoscale security group. "closed" takes it out of that
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
  /** What private hosts may reach through the proxy, beside the mirror, by name and port: see {@link Egress}. @default [] */
  readonly egress?: readonly Egress[];
  /** Resolvers that are asked over TLS; at least two. */
  readonly resolvers: readonly Resolver[];
  /** Addresses of time servers; at least two. */
  readonly timeServers: readonly string[];
  readonly mirror: Mirror;
  /**
   * Private addresses of hosts whose encrypted data volumes the gateways open at boot; Tang answers nobody else. A `Cluster` refuses gateways that leave one of
   * its control plane out. @default - the targets of port 6443 among `published`: the control plane
   */
  readonly volumeHosts?: readonly string[];
  /**
   * Where the journals of all hosts go beside the gateways, which keep them for 90 days: the operator's collector, which they reach straight.
   * It can know them by certificates of {@link Gateway.journalAuthority}. @default - nowhere else
   */
  readonly journals?: Collector;
  /** What the gateways carry together. @default - what each keeps for its published ports: see {@link Published.connections} */
  readonly capacity?: Capacity;
  readonly frozen?: Frozen;
  /** Whether they may all stand in one failure domain: see `HostPoolArgs.spread`. @default "machines" */
  readonly spread?: "machines" | "domains";
  /** Number of a host address of the network that moves between the gateways, where the cloud's networks are one segment. @default - none */
  readonly virtualAddress?: number;
  /** This site's ends of links to other sites; they need a virtual address. @default [] */
  readonly links?: readonly SiteEnd[];
}

/**
 * The doors for web and signalling, at least two and active together (several addresses in DNS: no balancer of the clouds reaches everything), which
 * are also all that private hosts know of the world: a proxy with an allow-list of names, a resolver, a clock, and the administrators' path.
 *
 * @example
 * const gateway = new Gateway("doors", {
 *   network,
 *   type: "cpx22",
 *   administrators: ["203.0.113.0/24"],
 *   resolvers: [
 *     { address: "192.0.2.53", name: "dns.example.ch" },
 *     { address: "198.51.100.53", name: "dns.example.org" },
 *   ],
 *   timeServers: ["192.0.2.123", "198.51.100.123"],
 *   mirror: {
 *     registry: "registry.example.ch",
 *     packages: "https://packages.example.ch/debian",
 *     artefacts: "https://artefacts.example.ch",
 *   },
 * });
 */
export class Gateway extends pulumi.ComponentResource {
  /** Private addresses. */
  readonly addresses: readonly string[];
  /** Addresses to put into DNS for every name that the gateways serve. */
  readonly publicAddresses: readonly pulumi.Output<string>[];
  /** The administrators' ways to private hosts. */
  readonly paths: readonly Host[];
  readonly mirror: Mirror;
  readonly administrators: readonly string[];
  /** What private hosts reach through the proxy, beside the mirror. */
  readonly egress: readonly Egress[];
  /** Private addresses of hosts whose data volumes the gateways open. */
  readonly volumeHosts: readonly string[];
  /**
   * Files with which hosts send their journals that have no name and address beforehand: those to which the cloud gives them, in the network's `elasticRange`. From
   * anywhere else they are refused. All other hosts have files of their own: {@link Gateway.journalFilesOf}.
   */
  readonly journalFiles: readonly SecretInput[];
  /** Certificate of the authority that signs what senders of journals show, as PEM. */
  readonly journalAuthority: pulumi.Output<string>;
  private readonly journals: Issuer;
  /** The address that moves between the gateways; undefined where there is none. */
  readonly virtualAddress: string | undefined;
  /** What private hosts need in their recipe to reach other sites; empty without links. */
  readonly siteRoutes: Recipe;

  constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    const network = givenNetwork(name, args.network);
    const { type, administrators, resolvers, timeServers, mirror, published = [], egress = [], frozen } = args;
    const { count = 2, firstHost = 10, capacity, spread, journals: collector, links = [] } = args;
    const { administratorAccess = "open", volumeHosts = controlPlaneOf(published) } = args;
    super(
      "sovereign-uc:index:Gateway",
      name,
      {
        cloud: network.cloud.id,
        location: network.location,
        network: network.name,
        type,
        count,
        administrators,
        published: items(published).map((port) => ({ ...port, protocol: "tcp" })),
        egress,
        resolvers,
        timeServers,
        volumeHosts,
        ...(collector === undefined
          ? {}
          : { journals: { host: collector.host, address: collector.address, port: collector.port ?? journalPort } }),
        ...(args.virtualAddress === undefined ? {} : { virtualAddress: args.virtualAddress }),
        ...(items(links).length === 0
          ? {}
          : {
              links: items(links)
                .map(fields)
                .map(({ site, others }) => ({ site, others })),
            }),
        ...(capacity === undefined ? {} : { capacity }),
      },
      opts,
    );

    const isolated = isolatedFrom(network);
    const valid = validateArgs(this, name, {
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
      administratorAccess: () => checkedAccess(administratorAccess, network.cloud),
      published: () => checkedPorts(published, network.range, isolated),
      egress: () =>
        list(egress, "destinations", '[{ host: "relay.example.ch", port: 443, reason: "mail" }]', checkedEgress),
      resolvers: () => {
        if (!Array.isArray(resolvers) || resolvers.length < 2)
          throw invalid("at least two resolvers", resolvers, "name two that answer over TLS");
        resolvers.forEach((resolver: Resolver) => {
          const { address, name: known } = fields(resolver);
          validate({ address: () => outside(address, isolated), name: () => domainName(known) });
        });
      },
      timeServers: () => {
        if (!Array.isArray(timeServers) || timeServers.length < 2)
          throw invalid("at least two time servers", timeServers, "give the addresses of two");
        timeServers.forEach((clock: unknown) => outside(clock, isolated));
      },
      mirror: () => checkedMirror(mirror),
      volumeHosts: () => {
        for (const host of items(volumeHosts))
          if (!network.range.contains(ipAddress(host)))
            throw invalid(`addresses in ${network.range.toString()}`, host, "name hosts of this network only");
      },
      journals: () => collector && checkedCollector(collector, isolated),
      virtualAddress: () => moving(network, name, args.virtualAddress),
      links: () => checkedLinks(links, { range: network.range, isolated, count, virtual: args.virtualAddress }),
    });
    this.mirror = valid.mirror;
    this.administrators = administrators;
    this.egress = egress;
    this.volumeHosts = volumeHosts;

    const addresses = valid.firstHost;
    const { virtualAddress } = valid;
    this.virtualAddress = virtualAddress;
    this.siteRoutes =
      virtualAddress === undefined
        ? {}
        : siteRoutes(
            virtualAddress,
            links.flatMap(({ others }) => others),
          );
    const tunnels = (index: number) => links.flatMap(({ gateways }) => gateways[index]?.tunnels ?? []);
    const shared = (place: HostPlace): Recipe =>
      virtualAddress === undefined
        ? {}
        : combine(
            // Units start in this order: the virtual address leads packets here only once routes to other sites are looked after.
            links.length === 0 ? {} : siteGateway(virtualAddress, tunnels(place.index)),
            keepalived({
              ...place,
              others: addresses.filter((address) => address !== place.address),
              virtualAddress: `${virtualAddress}/${network.range.prefix}`,
              router: ((args.virtualAddress ?? 0) % 255) + 1,
            }),
          );

    const journals = authorityIn(this, `${name}-journals`, { commonName: `${name}-journals` });
    this.journals = journals;
    this.journalAuthority = journals.certificate;
    this.journalFiles = this.senderFiles("sender", sharedSender);
    const pool = new HostPool(
      name,
      {
        network,
        role: "gateway",
        type,
        count,
        firstHost,
        door: true,
        sshFrom: administrators,
        administratorAccess: valid.administratorAccess,
        forwards: siteForwards(network.range, tunnels(0)),
        segment: virtualAddress === undefined ? [] : addresses,
        recipe: (place) =>
          combine(
            gateway({
              address: place.address,
              next: addresses[(place.index + 1) % count] ?? "",
              range: network.range,
              isolatedFrom: isolated,
              published,
              egress,
              resolvers,
              timeServers,
              mirror: valid.mirror,
              volumeHosts,
              elasticRange: network.elasticRange,
            }),
            shared(place),
            collector === undefined ? {} : forwardsJournals(collector),
          ),
        secrets: ({ name: host, address, index }) => [
          ...this.journalFilesOf({ name: host, address }),
          ...certified(
            journalPaths.keeper,
            journals.issue(`${host}-keeper`, {
              commonName: host,
              dnsNames: [gatewayName],
              ipAddresses: [address],
              usage: "server",
            }),
          ),
          ...(collector === undefined
            ? []
            : certified(
                journalPaths.forwarder,
                journals.issue(`${host}-forwarder`, { commonName: host, usage: "client" }),
              )),
          ...links.flatMap(({ gateways }) => gateways[index]?.files ?? []),
        ],
        ...(capacity === undefined ? {} : { capacity }),
        ...(frozen === undefined ? {} : { frozen }),
        ...(spread === undefined ? {} : { spread }),
      },
      { parent: this },
    );
    this.addresses = pool.addresses;
    this.paths = pool.hosts;
    this.publicAddresses = pool.hosts.map((host) => host.publicAddress).filter((address) => address !== undefined);
    this.registerOutputs({ publicAddresses: this.publicAddresses });
  }

  /**
   * Files with which one host sends its journal to the gateways, for {@link HostPoolArgs.secrets}: a certificate of its own, after which the gateways name what they
   * keep of it.
   */
  journalFilesOf({ name, address }: Pick<HostPlace, "name" | "address">): readonly SecretInput[] {
    return this.senderFiles(`${name}-sender`, senderOf(address));
  }

  private senderFiles(role: string, commonName: string): readonly SecretInput[] {
    return [
      { path: journalPaths.authority, content: this.journals.certificate },
      ...certified(journalPaths.sender, this.journals.issue(role, { commonName, usage: "client" })),
    ];
  }
}

/** Hosts behind the port of the Kubernetes API. */
const controlPlaneOf = (published: readonly Published[]): readonly string[] =>
  items(published)
    .map(fields)
    .filter(({ port }) => port === 6443)
    .flatMap(({ targets }) => [...items(targets)]);

/** A certificate and its key as files that the journal's services may read. */
const certified = (
  { certificate, key }: { readonly certificate: string; readonly key: string },
  issued: Issued,
): readonly SecretInput[] => [
  { path: certificate, content: issued.certificate },
  { path: key, content: issued.privateKey, mode: "0640", owner: "root:systemd-journal" },
];

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
