import * as pulumi from "@pulumi/pulumi";
import { invalid } from "./core/errors";
import type { PlacedMediaPool } from "./core/layout";
import { hostNames, mediaTier, type ServicePlan, webNames } from "./core/plan";
import type { Tier } from "./core/tier";
import { CertificateAuthority } from "./infrastructure/certificate-authority";
import { Edge } from "./kubernetes/edge";
import type { KubernetesTarget } from "./kubernetes/target";

/** A certificate with its key, both PEM. */
export interface KeyPair {
  readonly certificate: pulumi.Input<string>;
  /** A secret. */
  readonly privateKey: pulumi.Input<string>;
}

/** Certificates that were bought, in place of those of the deployment's own authority. */
export interface GivenCertificates {
  /** Covers every host name of every route. @default - issued by an authority of the deployment's own, one certificate per service */
  readonly certificate?: KeyPair;
  /** Covers the names of all media hosts: another key than the web's, which no media host holds. @default - issued by the deployment's own authority */
  readonly relayCertificate?: KeyPair;
}

/** The media hosts that carry one media tier of a plan. */
export interface MediaPlace {
  /** Name of the pool, for workloads. */
  readonly pool: string;
  readonly hosts: KubernetesTarget["mediaPools"][string];
  /** Names of the hosts in DNS, in their order; empty where the tier has none. */
  readonly names: readonly string[];
  /** Certificate for all these names; undefined where there are none. */
  readonly certificate: KeyPair | undefined;
}

/** What services stand on, as they see it: a platform of ours, or one on a cluster that somebody else made. */
export interface ServicePlatform {
  readonly cluster: KubernetesTarget;
  /** The edge, for the links that let it reach web servers. */
  readonly edge: Tier;
  /**
   * The media hosts that carry a media tier of a plan.
   *
   * @throws RangeError when no pool of this platform carries it.
   */
  readonly media: (plan: ServicePlan, tier: string) => MediaPlace;
}

export interface ServiceBaseArgs extends GivenCertificates {
  readonly cluster: KubernetesTarget;
  readonly plans: readonly ServicePlan[];
  /** Media pools of the cluster, by name. */
  readonly mediaPools: Readonly<Record<string, PlacedMediaPool>>;
}

/** What `serviceBase` gives to the component that is a platform. */
export interface ServiceBase {
  readonly edge: Tier;
  readonly media: ServicePlatform["media"];
  /**
   * Records to put into DNS, as `name A address`: host names of routes and further names lead to the gateways, names of media hosts to these hosts.
   *
   * @param more further names of the gateways.
   */
  readonly records: (
    more: readonly string[],
    gateways: readonly pulumi.Input<string>[],
  ) => pulumi.Output<readonly string[]>;
}

/** The edge and the certificates of a platform, as children of its component, on any cluster. */
export function serviceBase(component: pulumi.ComponentResource, name: string, args: ServiceBaseArgs): ServiceBase {
  const { cluster, plans, mediaPools, certificate, relayCertificate } = args;
  const own = { parent: component };
  const places = mediaPlaces(args);
  const issuing =
    certificate === undefined || (relayCertificate === undefined && places.some(({ names }) => names.length > 0));
  const authority = issuing
    ? new CertificateAuthority(`${name}-web`, { commonName: `${name} web` }, own)
    : undefined;
  const issued = (role: string, names: readonly string[]): KeyPair | undefined =>
    names.length === 0
      ? undefined
      : authority?.issue(role, { commonName: names[0] ?? name, dnsNames: [...names], usage: "server" });
  const edge = new Edge(
    `${name}-edge`,
    {
      cluster,
      routes: plans.flatMap(({ routes }) => routes),
      connections: plans.reduce((sum, plan) => sum + plan.connections, 0),
      certificates: plans.flatMap((plan) => {
        const names = webNames(plan);
        const pair = certificate ?? issued(plan.name, names);
        return pair === undefined || names.length === 0 ? [] : [{ name: plan.name, hosts: names, ...pair }];
      }),
    },
    own,
  );
  const relays = new Map(
    places.map(({ tier, names }) => [tier, relayCertificate ?? issued(tier.replace("/", "-"), names)] as const),
  );
  const media = (plan: ServicePlan, wanted: string): MediaPlace => {
    const tier = mediaTier(plan, wanted);
    const place = places.find((one) => one.tier === tier);
    if (place === undefined)
      throw invalid(
        `a media tier of this platform out of ${places.map((one) => one.tier).join(", ") || "none"}`,
        tier,
        "give the platform the same plan as the service",
      );
    const { pool, names } = place;
    return {
      pool,
      names,
      hosts: cluster.mediaPools[pool] ?? [],
      certificate: names.length === 0 ? undefined : relays.get(tier),
    };
  };
  return {
    edge: edge.tier,
    media,
    records: (more, gateways) =>
      pulumi
        .all([pulumi.all([...gateways]), ...places.map(({ pool }) => poolAddresses(cluster, pool))])
        .apply(([doors, ...pools]) => [
          ...[...new Set([...plans.flatMap(webNames), ...more])].flatMap((record) =>
            doors.map((address) => `${record} A ${address}`),
          ),
          ...places.flatMap(({ names }, i) =>
            names.flatMap((record, n) => {
              const address = pools[i]?.[n];
              return address === undefined ? [] : [`${record} A ${address}`];
            }),
          ),
        ]),
  };
}

const poolAddresses = (cluster: KubernetesTarget, pool: string): pulumi.Output<string[]> =>
  pulumi.all((cluster.mediaPools[pool] ?? []).map(({ publicAddress }) => publicAddress));

/** Each media tier with its pool and the names of its hosts. */
const mediaPlaces = ({ mediaPools }: ServiceBaseArgs) =>
  Object.entries(mediaPools).flatMap(([pool, { tiers, needs, count }]) =>
    tiers.flatMap((tier, i) => {
      const need = needs[i];
      return need === undefined ? [] : [{ tier, pool, names: hostNames(need, count) }];
    }),
  );
