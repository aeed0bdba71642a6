/** Every service of the list as tests see it: each brings `test/components/services/<name>/service.ts`. */
import type { Upstream } from "../../../components/core/upstream";
import { hostTiers, mediaHosts, mediaTiers, type ServicePlan } from "../../../components/core/plan";
import { metal } from "../../../components/clouds/metal";
import { Gateway } from "../../../components/infrastructure/gateway";
import { Network } from "../../../components/infrastructure/network";
import type { HostGround } from "../../../components/service-hosts";
import { gatewayArgs } from "../../support/arguments";
import { outputs } from "../../support/infrastructure";
import { machine, sites } from "../../support/inventory";
import { type Deployment, deploy } from "../../support/mocks";
import type { MediaPoolChoice } from "../../../components/core/layout";
import { offered } from "../../../components/kubernetes/volume";
import type { KubernetesTarget } from "../../../components/kubernetes/target";
import type { ServicePlatform } from "../../../components/service-base";
import { AdoptedPlatform } from "../../../components/adopted-platform";
import { type ServiceKind, services } from "../../../components/services/registry";
import * as pulumi from "@pulumi/pulumi";
import { target } from "../kubernetes/target";

/** A service that is planned and not made yet. */
export interface PlannedService {
  readonly plan: ServicePlan;
  /** Makes it on a platform that has its plan, and returns what a blueprint would put out. */
  readonly make: (on: ServicePlatform) => Record<string, unknown>;
}

/** Description of a service for the tests over the list of services. */
export interface ServiceDescription {
  readonly upstream: Upstream;
  /** Class of its component, and of the example in its docstring. */
  readonly component: string;
  /** A deployment of it with everything that it can be connected to. Secrets that it is given contain `givenWord`. */
  readonly planned: (name: string, domain: string) => PlannedService;
  /** The same without hosts in other locations, for clouds whose networks have one. @default - planned */
  readonly plannedInOnePlace?: (name: string, domain: string) => PlannedService;
  /**
   * Text about a further copy of a tier as it would be about the first one: "meet-web-2" as "meet-web-1". Golden files hold the first one; the others must be the
   * same but for this. @default - there are no copies
   */
  readonly asFirst?: (text: string) => string;
  /** Paths of images that another plan of it deploys; tests of its own show them. @default - none */
  readonly otherwise?: readonly string[];
  /** Row of a configuration file in the table of upstream, where hosts have a file each. @default - the file's own name */
  readonly fileOf?: (name: string) => string;
  /**
   * Findings of rules that it has by what it is, each as a rule and the text that it finds: whoever deploys it says so in the pack's configuration.
   * @default - none
   */
  readonly found?: readonly (readonly [rule: string, text: RegExp])[];
}

/** Stands in every secret that a description hands to its service. */
export const givenWord = "given-secret";

export interface DescribedService extends ServiceDescription {
  readonly kind: ServiceKind;
}

/** The services of the list with their descriptions. */
export const described: readonly DescribedService[] = services.map((kind) => {
  const { service } = require(`./${kind.name}/service.ts`) as { readonly service?: ServiceDescription };
  if (service === undefined)
    throw new Error(`expected "service" of test/components/services/${kind.name}/service.ts, got nothing`);
  return { kind, ...service };
});

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Volumes of plans on the hosts of one pool. */
function dataPool(plans: readonly ServicePlan[], base: KubernetesTarget): KubernetesTarget {
  const volumes = plans.flatMap((plan) => plan.volumes ?? []);
  if (volumes.length === 0) return base;
  const hosts = range(Math.max(...volumes.map(({ replicas }) => replicas)));
  return {
    ...base,
    volumes: {
      data: offered(
        hosts.map((number) => `crisis-data-${number}`),
        Object.fromEntries(volumes.map(({ name, gib }) => [name, { gib }])),
      ),
    },
    hostAddresses: { ...base.hostAddresses, pools: { data: hosts.map((number) => `10.20.0.${139 + number}`) } },
  };
}

type MediaPools = Readonly<Record<string, Pick<MediaPoolChoice, "carries">>>;

/** A media pool for each plan that has media, and one for each of its other locations: two of one kind want the same ports of their hosts. */
export const poolsApart = (plans: readonly ServicePlan[]): MediaPools =>
  Object.assign({}, ...plans.map((plan) => inPlaces(plan.name, [plan]))) as MediaPools;

const onePool = (plans: readonly ServicePlan[]): MediaPools => inPlaces("media", plans);

/** A pool for the media tiers of plans in each location. */
function inPlaces(name: string, plans: readonly ServicePlan[]): MediaPools {
  const tiers = Object.entries(mediaTiers(plans)).map(([tier, { elsewhere }]) => [tier, elsewhere?.location] as const);
  return Object.fromEntries(
    [...new Set(tiers.map(([, location]) => location))].map((location) => [
      location === undefined ? name : `${name}-${location}`,
      { carries: tiers.filter(([, other]) => other === location).map(([tier]) => tier) },
    ]),
  );
}

/** An existing cluster with hosts for all of some plans. */
function clusterFor(plans: readonly ServicePlan[], pools: MediaPools): KubernetesTarget {
  const needs = mediaTiers(plans);
  const mediaPools = Object.entries(pools).map(([pool, { carries }], i) => {
    const hosts = range(mediaHosts(carries.flatMap((tier) => needs[tier] ?? []))).map((number) => ({
      name: `crisis-${pool}-${number}`,
      address: `10.20.${i + 1}.${number}`,
      publicAddress: pulumi.output(`198.51.100.${i * 20 + number}`),
    }));
    return [pool, hosts] as const;
  });
  return dataPool(plans, target({ mediaPools: Object.fromEntries(mediaPools) }));
}

/** Ground for hosts that services have beside the cluster: a network and gateways of the cluster's owner. The same with some of them as with all. */
function grounds(all: readonly ServicePlan[], plans: readonly ServicePlan[]): Readonly<Record<string, HostGround>> {
  const tiers = Object.keys(hostTiers(all));
  if (Object.keys(hostTiers(plans)).length === 0) return {};
  const hosts = Array.from({ length: 120 }, (_, i) => machine(i + 1, i + 1 < 60 ? {} : { system: "ubuntu-22.04" }));
  const cloud = metal({ sites, hosts, accessKey: "access key of the owner", vlan: { id: 4000 } });
  const network = new Network("owner", { cloud, location: "bern", isolatedFrom: [] });
  const mirror = {
    registry: "registry.crisis.example.ch",
    packages: "https://packages.crisis.example.ch/debian",
    ubuntu: "https://packages.crisis.example.ch/ubuntu",
    artefacts: "https://artefacts.crisis.example.ch",
  };
  const gateway = new Gateway("owner-gateway", {
    network,
    type: "large",
    ...gatewayArgs,
    site: { ...gatewayArgs.site, mirror },
    volumeHosts: tiers.flatMap((_, i) => network.addresses(60 + 20 * i, 20)),
  });
  return Object.fromEntries(
    Object.keys(hostTiers(plans)).map((tier) => [
      tier,
      { network, gateway, type: "large", firstHost: 60 + 20 * tiers.indexOf(tier) },
    ]),
  );
}

/** Hosts of the services under test. */
export interface Hosts {
  /** Services whose hosts the cluster has, too: with the same list, each stands on the same hosts as among the others. @default - those that are made */
  readonly among?: readonly PlannedService[];
  /** True if all media tiers share one pool of hosts. @default false */
  readonly sharedMedia?: boolean;
}

/** Makes planned services on one existing cluster; call it inside a program. */
export function standing(
  planned: readonly PlannedService[],
  { among = planned, sharedMedia = false }: Hosts = {},
): Record<string, unknown> {
  const plans = planned.map(({ plan }) => plan);
  const all = among.map(({ plan }) => plan);
  const pools = sharedMedia ? onePool : poolsApart;
  const cluster = clusterFor(all, pools(all));
  // A platform leads the world to at least one route. What has none takes any cluster.
  if (plans.every(({ routes }) => routes.length === 0)) {
    const bare = { cluster } as ServicePlatform;
    return Object.fromEntries(planned.map(({ plan, make }) => [plan.name, make(bare)]));
  }
  const platform = new AdoptedPlatform("crisis", {
    cluster,
    plans,
    mediaPools: pools(plans),
    serviceHosts: grounds(all, plans),
  });
  return {
    records: platform.records,
    ...Object.fromEntries(planned.map(({ plan, make }) => [plan.name, make(platform)])),
  };
}

/** The same in mocks, with everything that was registered. */
export const deployed = (planned: readonly PlannedService[], hosts: Hosts = {}): Promise<Deployment> =>
  deploy(() => standing(planned, hosts), { outputs });
