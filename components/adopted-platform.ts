import * as pulumi from "@pulumi/pulumi";
import { type DnsName, printed } from "./dns-names";
import { givenArgs, invalid, type Keys, tryParse, validate, validateArgs, each } from "./core/errors";
import { adoptedMedia, type MediaPoolChoice, placedHosts } from "./core/layout";
import { type ServicePlan, together } from "./core/plan";
import { opened } from "./kubernetes/cluster-args";
import type { KubernetesTarget } from "./kubernetes/target";
import { carrier } from "./kubernetes/volume";
import { type HostGround, hostGroundKeys } from "./service-hosts";
import { type GivenCertificates, givenCertificatesKeys, serviceBase, type ServicePlatform } from "./service-base";

export interface AdoptedPlatformArgs extends GivenCertificates {
  /** An adopted or managed cluster, or one of ours with gateways of its own. */
  readonly cluster: KubernetesTarget;
  /** Plans of all services that will stand on it. */
  readonly plans: readonly ServicePlan[];
  /** Media tiers by the cluster's media pools. @default - pool "media" carries all of them */
  readonly mediaPools?: Readonly<Record<string, Pick<MediaPoolChoice, "carries">>>;
  /** Ground for hosts that services make beside the cluster, by `<plan>/<tier>`: `hearing/server`. @default {} */
  readonly serviceHosts?: Readonly<Record<string, HostGround>>;
}

const adoptedPlatformArgsKeys: Keys<AdoptedPlatformArgs> = {
  ...givenCertificatesKeys,
  cluster: "elsewhere",
  plans: each("elsewhere"),
  mediaPools: each({ carries: true }),
  serviceHosts: each(hostGroundKeys),
};

/**
 * A platform on an existing cluster: the edge and its certificates. Hosts, network and gateways belong to the cluster's owner: media hosts have to
 * be as many as the plans need, one pool has to carry each of the plans' volumes, and the gateways have to lead to the edge's node ports with PROXY protocol version 2
 * and out to the plans' destinations.
 *
 * @example
 * const meetings = planJitsi({ name: "meetings", domain: "meet.ministry.example.ch", participants: 200 });
 * const platform = new AdoptedPlatform("ministry", { cluster, plans: [meetings] });
 * const jitsi = new Jitsi("meetings", { on: platform, plan: meetings });
 */
export class AdoptedPlatform extends pulumi.ComponentResource implements ServicePlatform {
  readonly cluster: KubernetesTarget;
  readonly edge: ServicePlatform["edge"];
  readonly media: ServicePlatform["media"];
  readonly hosts: ServicePlatform["hosts"];
  readonly proxy: ServicePlatform["proxy"];
  readonly webAuthority: ServicePlatform["webAuthority"];
  /** Records to put into DNS beside those of the gateways: `name A address` for every media host that has a name. */
  readonly records: pulumi.Output<readonly string[]>;
  /** The same as data, for a `Zone`: `zoneRecords("example.ch", platform.names)`. */
  readonly names: readonly DnsName[];

  constructor(name: string, args: AdoptedPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, adoptedPlatformArgsKeys, { cluster: "new Cluster(…)" });
    const { cluster, plans, mediaPools, serviceHosts = {} } = args;
    super(
      "sovereign-uc:index:AdoptedPlatform",
      name,
      { services: (tryParse(() => together(plans)) ?? []).map(({ service, name: one }) => ({ service, name: one })) },
      opts,
    );
    const valid = validateArgs(this, name, {
      plans: () => together(plans),
      media: () =>
        adoptedMedia(
          { plans: tryParse(() => together(plans)) ?? [], mediaPools },
          Object.fromEntries(Object.entries(cluster.mediaPools).map(([pool, hosts]) => [pool, hosts.length])),
        ),
      serviceHosts: () => grounds(tryParse(() => together(plans)) ?? [], serviceHosts),
      volumes: () => validate(Object.fromEntries(volumes(plans, cluster))),
    });
    this.cluster = cluster;
    const base = serviceBase(this, name, { ...args, mediaPools: valid.media, serviceHosts: valid.serviceHosts });
    this.edge = base.edge;
    this.media = base.media;
    this.hosts = base.hosts;
    this.proxy = base.proxy;
    this.webAuthority = base.webAuthority;
    this.names = base.names([], [], []);
    this.records = printed(this.names);
    this.registerOutputs({ records: this.records });
  }
}

/** Planned hosts of services on the ground that was given. @throws RangeError for hosts without ground, and ground without hosts. */
function grounds(plans: readonly ServicePlan[], given: Readonly<Record<string, HostGround>>) {
  const placed = placedHosts(plans);
  const unknown = Object.keys(given).find((tier) => placed[tier] === undefined);
  if (unknown !== undefined)
    throw invalid(
      `tiers with hosts of their own out of ${Object.keys(placed).join(", ") || "none, as no plan has any"}`,
      unknown,
      "remove the ground, or give the plan",
    );
  return Object.fromEntries(
    Object.entries(placed).map(([tier, hosts]) => {
      const ground = given[tier];
      if (ground === undefined)
        throw invalid(
          `ground for the hosts of ${tier}, which are no nodes of the cluster`,
          undefined,
          `give serviceHosts: { "${tier}": { network, gateway, type, firstHost } }`,
        );
      if ((hosts.need.dataGib ?? 0) > 0)
        opened(ground.network.addresses(ground.firstHost, hosts.count), ground.gateway);
      return [tier, { ...hosts, ...ground }];
    }),
  );
}

/** Parsers of the plans' volumes, which hosts of the cluster have to carry already. */
const volumes = (
  plans: readonly ServicePlan[],
  { volumes: offers }: KubernetesTarget,
): readonly (readonly [name: string, parse: () => unknown])[] =>
  (tryParse(() => together(plans)) ?? []).flatMap((plan) =>
    (plan.volumes ?? []).map((need) => [`["${need.name}"]`, () => carrier(need, offers)] as const),
  );
