import * as pulumi from "@pulumi/pulumi";
import { type DnsName, printed } from "./dns-names";
import type { Capacity } from "./core/capacity";
import { assetLabels, fallbackOf } from "./core/declared";
import { tryParse, validateArgs, givenArgs } from "./core/errors";
import { kindred, layout, type Layout } from "./core/layout";
import { domainName } from "./core/names";
import { decisive, type MediaNeed, mediaOpenings, together, waysOut } from "./core/plan";
import { fields } from "./core/shapes";
import { Gateway } from "./infrastructure/gateway";
import type { Frozen } from "./infrastructure/host";
import { Network } from "./infrastructure/network";
import { acmeEgress } from "./kubernetes/acme";
import { edgePublished } from "./kubernetes/edge-published";
import { apiPort, Cluster } from "./kubernetes/cluster";
import { type PlatformArgs, platformArgsKeys } from "./platform-args";
import { serviceBase, type ServicePlatform } from "./service-base";

export type { MachineTypes } from "./clouds/machine-types";
export type { GraphicsHosts, PlatformArgs } from "./platform-args";

const podRange = "10.42.0.0/16";

/**
 * Everything that services stand on, made from the sum of their plans: network, gateways, Kubernetes, certificates and the edge. The names of all its resources begin
 * with its own, so that a stack can have several.
 *
 * @example
 * const meetings = planJitsi({ name: "meetings", domain: "meet.crisis.example.ch", participants: 200 });
 * const platform = new Platform("crisis", {
 *   cloud: hetzner(),
 *   location: "fsn1",
 *   machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx42", media: "ccx43", data: "ccx23" },
 *   isolatedFrom: [{ name: "head office directory", kind: "directory", ranges: ["10.0.0.0/16"] }],
 *   domain: "crisis.example.ch",
 *   administrators: ["203.0.113.0/24"],
 *   site,
 *   plans: [meetings],
 * });
 * const jitsi = new Jitsi("meetings", { on: platform, plan: meetings, privacy: { confidentiality: "transport" } });
 */
export class Platform extends pulumi.ComponentResource implements ServicePlatform {
  readonly network: Network;
  readonly gateway: Gateway;
  readonly cluster: Cluster;
  readonly edge: ServicePlatform["edge"];
  /** Records to put into DNS, as `name type value`: addresses, those that plans ask for, and those that close the domain to mail and to other authorities. */
  readonly records: pulumi.Output<readonly string[]>;
  /** The same as data, for a `Zone`: `zoneRecords("example.ch", platform.names)`. */
  readonly names: readonly DnsName[];
  /** For `kubectl`; a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly media: ServicePlatform["media"];
  readonly hosts: ServicePlatform["hosts"];
  readonly proxy: ServicePlatform["proxy"];
  readonly webAuthority: ServicePlatform["webAuthority"];

  constructor(name: string, args: PlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, platformArgsKeys);
    const { cloud, location, machineTypes, domain, plans, mediaPools, applicationHosts, keepData = true } = args;
    const { labels = {}, fallback } = args;
    super(
      "sovereign-uc:index:Platform",
      name,
      {
        domain,
        location,
        services: (tryParse(() => together(plans)) ?? []).map(({ service, name: one }) => ({ service, name: one })),
        ...(fallback === undefined ? {} : { fallback }),
      },
      opts,
    );
    const valid = validateArgs(this, name, {
      domain: () => domainName(domain),
      labels: () => assetLabels(labels),
      fallback: () => fallbackOf(fallback),
      plans: () => together(plans),
      layout: () =>
        layout({
          plans: tryParse(() => together(plans)) ?? [],
          mediaPools,
          applicationHosts,
          applicationSize: fields(cloud).hostSize?.(fields(machineTypes).application ?? ""),
          dataSize: fields(cloud).hostSize?.(fields(machineTypes).data ?? ""),
          hasGraphics: args.graphics !== undefined,
          graphicsSize: fields(cloud).hostSize?.(fields(args.graphics).type ?? ""),
        }),
    });
    const own: pulumi.ComponentResourceOptions = {
      parent: this,
      // Before there was a platform, blueprints made its parts themselves.
      aliases: [{ parent: pulumi.rootStackResource }],
    };
    this.network = new Network(
      name,
      {
        cloud,
        location,
        isolatedFrom: args.isolatedFrom,
        labels,
        ...(args.range === undefined ? {} : { range: args.range }),
        ...(args.birthSecret === undefined ? {} : { birthSecret: args.birthSecret }),
      },
      own,
    );
    this.gateway = doors(name, args, valid.layout, this.network, own);
    this.cluster = cluster(name, args, valid.layout, this.network, this.gateway, own);
    const ground = { network: this.network, gateway: this.gateway, type: machineTypes.media, keepData };
    const base = serviceBase(this, name, {
      ...args,
      cluster: this.cluster,
      mediaPools: valid.layout.media,
      serviceHosts: mapped(valid.layout.hosts, (placed) => ({ ...ground, ...placed, frozen: frozen(args) })),
    });
    this.edge = base.edge;
    this.media = base.media;
    this.hosts = base.hosts;
    this.proxy = base.proxy;
    this.webAuthority = base.webAuthority;
    this.kubeconfig = this.cluster.kubeconfig;
    this.names = base.names([`api.${domain}`], this.gateway.publicAddresses, [valid.domain]);
    this.records = printed(this.names);
    this.registerOutputs({ records: this.records });
  }
}

/** The gateways: web and TCP routes in, the Kubernetes API for administrators, destinations of all plans out. */
function doors(
  name: string,
  args: PlatformArgs,
  { gateway, controlPlane, application, data, hosts }: Layout,
  network: Network,
  own: pulumi.ComponentResourceOptions,
): Gateway {
  const { administrators, plans } = args;
  const members = network.addresses(controlPlane.firstHost, controlPlane.count);
  const { acme } = args;
  // What is wrong with it, the edge says.
  const directory = acme === undefined ? [] : (tryParse(() => acmeEgress(acme)) ?? []);
  return new Gateway(
    `${name}-gateway`,
    {
      network,
      type: args.machineTypes.gateway,
      count: gateway.count,
      firstHost: gateway.firstHost,
      capacity: gateway.capacity,
      administrators,
      administratorAccess: args.administratorAccess ?? "open",
      published: [
        ...edgePublished(
          plans.flatMap(({ routes }) => routes),
          {
            applicationHosts: network.addresses(application.firstHost, application.count),
            // Records name IPv4 addresses only.
            from: ["0.0.0.0/0"],
            // Everybody may be behind one address, up to a quarter of what a gateway carries.
            connectionsPerSource: Math.min(gateway.capacity.load, 5_000),
            acme: args.acme !== undefined,
          },
        ),
        apiPort(members, administrators),
      ],
      ...waysOut([...plans, { egress: directory }]),
      volumeHosts: [
        ...members,
        ...[...Object.values(data), ...Object.values(hosts).filter(({ need }) => (need.dataGib ?? 0) > 0)].flatMap(
          ({ firstHost, count }) => network.addresses(firstHost, count),
        ),
      ],
      site: args.site,
      frozen: frozen(args),
    },
    own,
  );
}

const frozen = ({ administratorKeys = [] }: PlatformArgs): Frozen => ({ administratorKeys });

const mapped = <T, R>(values: Readonly<Record<string, T>>, make: (value: T) => R): Readonly<Record<string, R>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, make(value)]));

const capacityOf = (needs: readonly MediaNeed[]): { readonly capacity?: Capacity } => {
  const capacity = decisive(needs);
  return capacity === undefined ? {} : { capacity };
};

/** Kubernetes on as many hosts as the plans need. */
function cluster(
  name: string,
  args: PlatformArgs,
  { controlPlane, application, media, data, graphics }: Layout,
  network: Network,
  gateway: Gateway,
  own: pulumi.ComponentResourceOptions,
): Cluster {
  const { machineTypes, keepData = true } = args;
  const addressesOf = (pool: string): readonly string[] => {
    const { firstHost = 0, count = 0 } = media[pool] ?? {};
    return network.addresses(firstHost, count);
  };
  const mediaPools = Object.entries(media).map(([pool, { firstHost, count, needs, machineType, location }]) => [
    pool,
    {
      type: machineType ?? machineTypes.media,
      firstHost,
      count,
      ...(location === undefined ? {} : { location }),
      ...capacityOf(needs),
      openings: mediaOpenings(needs, {
        podRange,
        hosts: kindred(media, pool).flatMap(addressesOf),
        application: network.addresses(application.firstHost, application.count),
        gateways: gateway.addresses,
      }),
      frozen: frozen(args),
    },
  ]);
  const dataPools = Object.entries(data).map(([pool, { firstHost, count, volumes }]) => [
    pool,
    {
      type: machineTypes.data,
      firstHost,
      count,
      volumes: Object.fromEntries(volumes.map((volume) => [volume.name, { gib: volume.gib }])),
      frozen: frozen(args),
    },
  ]);
  return new Cluster(
    name,
    {
      network,
      gateway,
      domain: args.domain,
      keepData,
      controlPlane: { type: machineTypes.controlPlane, ...controlPlane, frozen: frozen(args) },
      application: { type: machineTypes.application, ...application, frozen: frozen(args) },
      media: Object.fromEntries(mediaPools),
      pools: Object.fromEntries(dataPools),
      ...(graphics === undefined || args.graphics === undefined
        ? {}
        : { gpu: { ...args.graphics, ...graphics, frozen: frozen(args) } }),
      podRange,
    },
    own,
  );
}
