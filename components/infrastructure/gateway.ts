import * as pulumi from "@pulumi/pulumi";
import { givenArgs } from "../core/errors";
import { authorityIn, type Issued, type Issuer } from "./certificate-authority";
import type { Mirror } from "../core/mirror";
import {
  type CheckedGateway,
  checkedGateway,
  type GatewayArgs,
  gatewayArgsKeys,
  gatewayFacts,
  type GatewaySettings,
  gatewaySettings,
} from "./gateway-args";
import { type Host, type HostPlace, HostPool } from "./host";
import { givenNetwork, isolatedFrom } from "./network";
import { type Egress, gateway } from "../recipe/parts/gateway";
import { journalPaths, senderOf, sharedSender } from "../recipe/parts/journals";
import { forwardsJournals } from "../recipe/parts/journals-forwarded";
import { keepalived } from "../recipe/parts/keepalived";
import { gatewayName } from "../recipe/parts/private-host";
import { outletPort } from "../recipe/parts/published";
import { siteForwards, siteGateway, siteRoutes } from "../recipe/parts/site-link";
import { combine, type Recipe } from "../recipe/recipe";
import type { SecretInput } from "./host-lifecycle";

export type { GatewayArgs, SiteServices } from "./gateway-args";
export type { Egress, Published, Resolver } from "../recipe/parts/gateway";
export type { Collector } from "../recipe/parts/journals-forwarded";

/**
 * The doors for web and signalling, at least two and active together (several addresses in DNS: no balancer of the clouds reaches everything), which
 * are also all that private hosts know of the world: a proxy with an allow-list of names, a resolver, a clock, and the administrators' path.
 *
 * @example
 * const gateway = new Gateway("doors", {
 *   network,
 *   type: "cpx22",
 *   administrators: ["203.0.113.0/24"],
 *   site: {
 *     resolvers: [
 *       { address: "192.0.2.53", name: "dns.example.ch" },
 *       { address: "198.51.100.53", name: "dns.example.org" },
 *     ],
 *     timeServers: ["192.0.2.123", "198.51.100.123"],
 *     mirror: {
 *       registry: "registry.example.ch",
 *       packages: "https://packages.example.ch/debian",
 *       artefacts: "https://artefacts.example.ch",
 *     },
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
  /** Destinations that private hosts reach through the proxy, beside the mirror. */
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
  /** Part of private hosts' recipe with which they reach other sites; empty without links. */
  readonly siteRoutes: Recipe;

  constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, gatewayArgsKeys);
    const network = givenNetwork(name, args.network);
    const settings = gatewaySettings(args);
    super("sovereign-uc:index:Gateway", name, gatewayFacts(settings, network), opts);

    const valid = checkedGateway(this, name, settings, network);
    const { type, count, firstHost, administrators, capacity, frozen, spread, links } = settings;
    const { virtualAddress, firstHost: addresses } = valid;
    this.mirror = valid.site.mirror;
    this.administrators = administrators;
    this.egress = settings.egress;
    this.volumeHosts = settings.volumeHosts;
    this.virtualAddress = virtualAddress;
    this.siteRoutes =
      virtualAddress === undefined
        ? {}
        : siteRoutes(
            virtualAddress,
            links.flatMap(({ others }) => others),
          );

    this.journals = authorityIn(this, `${name}-journals`, { commonName: `${name}-journals` });
    this.journalAuthority = this.journals.certificate;
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
        forwards: siteForwards(network.range, tunnels(settings, 0)),
        segment: virtualAddress === undefined ? [] : addresses,
        recipe: (place) => recipe(place, settings, valid),
        secrets: (place) => [
          ...this.journalFilesOf(place),
          ...keeperFiles(place, this.journals, settings),
          ...links.flatMap(({ gateways }) => gateways[place.index]?.files ?? []),
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

const tunnels = ({ links }: GatewaySettings, index: number) =>
  links.flatMap(({ gateways }) => gateways[index]?.tunnels ?? []);

/** Everything inside one gateway. */
function recipe(place: HostPlace, settings: GatewaySettings, valid: CheckedGateway): Recipe {
  const { network, egress, outlets, volumeHosts, journals } = settings;
  const published = [...settings.published, ...outlets.map((outlet) => outletPort(outlet, network.range))];
  const addresses = valid.firstHost;
  return combine(
    gateway({
      address: place.address,
      next: addresses[(place.index + 1) % addresses.length] ?? "",
      range: network.range,
      isolatedFrom: isolatedFrom(network),
      published,
      egress,
      ...valid.site,
      volumeHosts,
      elasticRange: network.elasticRange,
    }),
    shared(place, settings, valid),
    journals === undefined ? {} : forwardsJournals(journals),
  );
}

/** The address that moves between the gateways, and the tunnels that end there. */
function shared(place: HostPlace, settings: GatewaySettings, { virtualAddress, firstHost }: CheckedGateway): Recipe {
  if (virtualAddress === undefined) return {};
  return combine(
    // Units start in this order: the virtual address leads packets here only once routes to other sites are looked after.
    settings.links.length === 0 ? {} : siteGateway(virtualAddress, tunnels(settings, place.index)),
    keepalived({
      ...place,
      others: firstHost.filter((address) => address !== place.address),
      virtualAddress: `${virtualAddress}/${settings.network.range.prefix}`,
      router: ((settings.virtualAddress ?? 0) % 255) + 1,
    }),
  );
}

/** Certificates with which a gateway keeps journals and passes them on. */
const keeperFiles = (
  { name: host, address }: HostPlace,
  authority: Issuer,
  { journals }: GatewaySettings,
): readonly SecretInput[] => [
  ...certified(
    journalPaths.keeper,
    authority.issue(`${host}-keeper`, {
      commonName: host,
      dnsNames: [gatewayName],
      ipAddresses: [address],
      usage: "server",
    }),
  ),
  ...(journals === undefined
    ? []
    : certified(journalPaths.forwarder, authority.issue(`${host}-forwarder`, { commonName: host, usage: "client" }))),
];

/** A certificate and its key as files that the journal's services may read. */
const certified = (
  { certificate, key }: { readonly certificate: string; readonly key: string },
  issued: Issued,
): readonly SecretInput[] => [
  { path: certificate, content: issued.certificate },
  { path: key, content: issued.privateKey, mode: "0640", owner: "root:systemd-journal" },
];
