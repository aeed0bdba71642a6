import * as pulumi from "@pulumi/pulumi";
import { invalid, type Keys, validateArgs } from "./core/errors";
import type { Reachable } from "./core/connections";
import { closingRecords } from "./core/planned-records";
import { type DnsName, issuerOf, namesOf } from "./dns-names";
import type { PlacedHosts, PlacedMediaPool } from "./core/layout";
import { connectionsOf, hostNames, mediaTier, type ServicePlan, webNames } from "./core/plan";
import { fields, record } from "./core/shapes";
import type { Tier } from "./core/tier";
import { CertificateAuthority } from "./infrastructure/certificate-authority";
import { edgeTier } from "./core/route";
import { type AcmeArgs, acmeKeys } from "./kubernetes/acme";
import { Edge } from "./kubernetes/edge";
import { type CertificateSource, covers, type EdgeCertificate, pem } from "./kubernetes/edge-certificates";
import type { KubernetesTarget } from "./kubernetes/target";
import { proxyPort } from "./recipe/parts/private-host";
import type { KeyPair, MediaPlace } from "./service-media";
import { type HostGround, noServiceHosts, type ServiceHosts, serviceHosts } from "./service-hosts";

const keyPairKeys: Keys<KeyPair> = {
  certificate: true,
  privateKey: true,
};

/** Certificates that were bought, in place of those of the deployment's own authority. */
export interface GivenCertificates {
  /** Covers every host name of every route. @default - issued by an authority of the deployment's own, one certificate per service */
  readonly certificate?: KeyPair;
  /** Covers the names of all media hosts and services' own hosts: another key than the web's, which no media host holds. @default - issued by the deployment's own authority */
  readonly relayCertificate?: KeyPair;
  /**
   * Directory that issues the web's certificates, renewed inside the cluster. Media hosts have `relayCertificate`, or the deployment's own authority, which
   * browsers do not know. @default - none
   */
  readonly acme?: AcmeArgs;
  /**
   * Name by which the authority of these certificates is known in CAA records: `ca.example.ch`. No other may issue any for the domain then. Without given
   * certificates and a directory, no public one may. @default - no CAA record where certificates are given, as nobody says whose they are
   */
  readonly issuer?: string;
}

export const givenCertificatesKeys: Keys<GivenCertificates> = {
  issuer: true,
  certificate: keyPairKeys,
  relayCertificate: keyPairKeys,
  acme: acmeKeys,
};

/** A platform as services see it: ours, or one on an existing cluster. */
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
  /**
   * Hosts of a tier of a plan that are no nodes of the cluster; the service makes them.
   *
   * @throws RangeError when this platform has no ground for them.
   */
  readonly hosts: (plan: ServicePlan, tier: string) => ServiceHosts;
  /** The gateways' proxy: the way to every place outside that a plan names. `givenBucket({ ...store, ...platform.proxy })` */
  readonly proxy: Reachable;
  /** PEM of the deployment's own authority where it issues the web's certificates, for browsers inside. @default - browsers know the issuer */
  readonly webAuthority?: pulumi.Output<string> | undefined;
}

export interface ServiceBaseArgs extends GivenCertificates {
  readonly cluster: KubernetesTarget;
  readonly plans: readonly ServicePlan[];
  /** Media pools of the cluster, by name. */
  readonly mediaPools: Readonly<Record<string, PlacedMediaPool>>;
  /** Hosts of services of their own and their ground, by `<plan>/<tier>`. @default {} */
  readonly serviceHosts?: Readonly<Record<string, Omit<PlacedHosts, "firstHost"> & HostGround>>;
}

/** Result of `serviceBase` for a platform component. */
export interface ServiceBase {
  readonly edge: Tier;
  readonly media: ServicePlatform["media"];
  readonly hosts: ServicePlatform["hosts"];
  readonly proxy: Reachable;
  readonly webAuthority: pulumi.Output<string> | undefined;
  /**
   * Names in DNS: those of routes and further ones lead to the gateways, names of media hosts to these hosts, and the domains are closed to what no plan asks for. Names
   * of services' own hosts come from the services.
   *
   * @param more further names of the gateways.
   * @param domains the deployment's.
   * @throws RangeError for an issuer that is none.
   */
  readonly names: (
    more: readonly string[],
    gateways: readonly pulumi.Input<string>[],
    domains: readonly string[],
  ) => readonly DnsName[];
}

/** The edge and the certificates of a platform, as children of its component, on any cluster. */
export function serviceBase(component: pulumi.ComponentResource, name: string, args: ServiceBaseArgs): ServiceBase {
  const { cluster, plans, serviceHosts: grounds = {} } = args;
  const places = mediaPlaces(args);
  const certificates = certificatesOf(component, name, args, places);
  new Edge(
    `${name}-edge`,
    {
      cluster,
      routes: plans.flatMap(({ routes }) => routes),
      connections: connectionsOf(plans),
      certificates: certificates.web,
      ...(args.acme === undefined ? {} : { acme: args.acme }),
    },
    { parent: component },
  );
  return {
    edge: edgeTier,
    webAuthority: certificates.authority,
    proxy: {
      peer: { name: "gateways", ranges: cluster.gatewayAddresses.map((address) => `${address}/32`) },
      port: proxyPort,
    },
    media: (plan, wanted) => {
      const tier = mediaTier(plan, wanted);
      const place = places.find((one) => one.tier === tier);
      if (place === undefined)
        throw invalid(
          `a media tier of this platform out of ${places.map((one) => one.tier).join(", ") || "none"}`,
          tier,
          "give the platform the same plan as the service",
        );
      const { pool, names } = place;
      return { pool, names, hosts: cluster.mediaPools[pool] ?? [], certificate: certificates.media.get(tier) };
    },
    hosts: (plan, wanted) => {
      const tier = mediaTier(plan, wanted);
      const ground = grounds[tier];
      const certificate = certificates.media.get(tier);
      if (ground === undefined || certificate === undefined) return noServiceHosts(tier, Object.keys(grounds));
      const { podRange, hostAddresses } = cluster;
      return serviceHosts(ground, ground, certificate, { podRange, application: hostAddresses.application });
    },
    names: (more, gateways, domains) => {
      const planned = plans.flatMap(({ records = [] }) => records);
      return [
        ...addresses([...new Set([...plans.flatMap(webNames), ...more])], gateways, cluster, places),
        ...namesOf([...planned, ...domains.flatMap((domain) => closingRecords(domain, issuerOf(args), planned))]),
      ];
    },
  };
}

/** Certificates of the edge by plan, and of media hosts by their tier: no media host holds the web's key. */
function certificatesOf(
  component: pulumi.ComponentResource,
  name: string,
  { plans, certificate, relayCertificate, acme, serviceHosts: own = {} }: ServiceBaseArgs,
  places: readonly Place[],
) {
  const hosts = Object.entries(own).map(([tier, { need, count }]) => ({ tier, names: hostNames(need, count) }));
  const named = [...places, ...hosts].filter(({ names }) => names.length > 0);
  const needed =
    (certificate === undefined && acme === undefined) || (named.length > 0 && relayCertificate === undefined);
  const authority = needed
    ? new CertificateAuthority(`${name}-web`, { commonName: `${name} web` }, { parent: component })
    : undefined;
  const source = (): CertificateSource => {
    if (certificate !== undefined) return { kind: "given", ...certificate };
    return authority === undefined || acme !== undefined ? { kind: "acme" } : { kind: "authority", authority };
  };
  const web = plans.flatMap((plan): [string, EdgeCertificate][] => {
    const hosts = webNames(plan);
    return hosts.length === 0 ? [] : [[plan.name, { hosts, source: source() }]];
  });
  const given = relayPair(
    component,
    name,
    relayCertificate,
    named.flatMap(({ names }) => names),
  );
  const media = named.flatMap(({ tier, names }): [string, KeyPair][] => {
    if (given !== undefined) return [[tier, given]];
    return authority === undefined
      ? []
      : [
          [
            tier,
            authority.issue(tier.replace("/", "-"), {
              commonName: names[0] ?? name,
              dnsNames: [...names],
              usage: "server",
            }),
          ],
        ];
  });
  const issues = certificate === undefined && acme === undefined;
  return {
    web: Object.fromEntries(web),
    media: new Map(media),
    authority: issues ? authority?.certificate : undefined,
  };
}

/** A certificate of media hosts that was given. @throws pulumi.ResourceError for one that lacks a name, at once where it is plain. */
function relayPair(
  component: pulumi.ComponentResource,
  name: string,
  given: KeyPair | undefined,
  names: readonly string[],
): KeyPair | undefined {
  if (given === undefined) return undefined;
  const { relayCertificate } = validateArgs(component, name, {
    relayCertificate: () => {
      const { certificate, privateKey } = record(given, "a certificate and its key", "{ certificate, privateKey }");
      pem(certificate, "a certificate in PEM");
      pem(privateKey, "a private key in PEM");
      return {
        privateKey: privateKey ?? "",
        certificate:
          typeof certificate === "string"
            ? covers(certificate, names)
            : pulumi.output(certificate ?? "").apply((text) => covers(text, names)),
      };
    },
  });
  return relayCertificate;
}

/** A platform, and nothing else in its place. @throws RangeError */
export function servicePlatform(value: ServicePlatform): ServicePlatform {
  if (typeof fields(value).media !== "function")
    throw invalid("a platform", value, "give new Platform(…) or new AdoptedPlatform(…)");
  return value;
}

/** Addresses of the web's names, which the gateways have, and of media hosts. */
function addresses(
  names: readonly string[],
  gateways: readonly pulumi.Input<string>[],
  cluster: KubernetesTarget,
  places: readonly Place[],
): readonly DnsName[] {
  const at = (name: string, values: readonly pulumi.Input<string>[]): readonly DnsName[] =>
    values.length === 0 ? [] : [{ name, type: "A", values }];
  return [
    ...names.flatMap((name) => at(name, gateways)),
    ...places.flatMap(({ pool, names: own }) =>
      own.flatMap((name, i) => {
        const host = cluster.mediaPools[pool]?.[i];
        return at(name, host === undefined ? [] : [host.publicAddress]);
      }),
    ),
  ];
}

/** A media tier with its pool and the names of its hosts. */
interface Place {
  readonly tier: string;
  readonly pool: string;
  readonly names: readonly string[];
}

const mediaPlaces = ({ mediaPools }: ServiceBaseArgs): readonly Place[] =>
  Object.entries(mediaPools).flatMap(([pool, { tiers, needs, count }]) =>
    tiers.flatMap((tier, i) => {
      const need = needs[i];
      return need === undefined ? [] : [{ tier, pool, names: hostNames(need, count) }];
    }),
  );
