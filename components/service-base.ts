import * as pulumi from "@pulumi/pulumi";
import { invalid } from "./core/errors";
import { type PlacedMediaPool, poolNames } from "./core/layout";
import { mediaTier, routeHosts, type ServicePlan } from "./core/plan";
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
