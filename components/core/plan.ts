import { Capacity, replicasFor } from "./capacity";
import { Cidr } from "./cidr";
import { invalid, type Keys } from "./errors";
import type { Opening } from "./openings";
import type { PlannedRecord } from "./planned-records";
import { certificateNames, type Route } from "./route";

/** A destination outside that a service needs, by name: the gateways' proxy lets it through. */
export interface EgressNeed {
  readonly host: string;
  readonly port: number;
  readonly reason: string;
}

/**
 * A destination outside for programs that know no proxy, as those that send mail: the gateways pass TCP connections on, from private hosts at this port of theirs to
 * these addresses. Programs find its name at the gateways' private addresses, and TLS ends at the destination.
 */
export interface OutletNeed {
  /** Port of the gateways, and of the destination. */
  readonly port: number;
  /** Public addresses of the destination. */
  readonly addresses: readonly string[];
  readonly reason: string;
}

/** Pods of one tier, by what they ask of their hosts. */
export interface PodRequest {
  /** Name of the workload. */
  readonly tier: string;
  /** Number of pods, or one on every application host. */
  readonly replicas: number | "every host";
  /** Cores of one replica. */
  readonly cpu: number;
  /** Memory of one replica. */
  readonly memoryMib: number;
  /**
   * Private hosts that the pods run on: application hosts; hosts with volumes, the first replica on the first of them; or hosts with graphics processors, one for
   * each replica. @default "application"
   */
  readonly hosts?: "application" | "data" | "graphics";
  /** Pool of the hosts with volumes; see `VolumeNeed`. @default "data" */
  readonly pool?: string;
}

/** An opening of media hosts whose other side is known only once the platform has chosen addresses. */
export interface MediaOpening extends Omit<Opening, "peers"> {
  /**
   * The internet, the cluster's pods, all hosts of the same media pool and of its tiers in other locations, application hosts (what pods there send to a host outside the pod range comes from their own
   * host's address), or the gateways.
   */
  readonly peers: "anywhere" | "pods" | "pool" | "application" | "gateways";
}

/** One media tier: pods on the host network of hosts with public addresses, one replica per host. */
export interface MediaNeed {
  /** Load of the tier and what one host carries: ceil(load / perReplica) + 1 hosts. */
  readonly capacity: Capacity;
  readonly openings: readonly MediaOpening[];
  /**
   * Every host of the pool has a name in DNS and in a certificate: `<prefix>-1.<domain>`, `<prefix>-2.<domain>` … @default - hosts are found by address only
   */
  readonly names?: { readonly prefix: string; readonly domain: string };
  /**
   * Another location than the platform's in which its hosts stand, where the cloud lets both share a network, and the tier of the plan that does the same in the
   * platform's. @default - it stands where its pool does
   */
  readonly elsewhere?: { readonly location: string; readonly of: string };
}

/**
 * Hosts with public addresses that carry one tier of a service and are no nodes of the cluster, for software that upstream supports in no other form. Each has a name
 * in DNS and in a certificate.
 */
export interface HostNeed extends Omit<MediaNeed, "elsewhere" | "names">, Required<Pick<MediaNeed, "names">> {
  /** Size of an encrypted volume that each host has of its own. It outlives the host. @default 0, none */
  readonly dataGib?: number;
}

/**
 * An encrypted volume for each replica of a tier. Hosts of one pool carry the same volumes: where another tier has more replicas, further hosts have it and leave it
 * empty.
 */
export interface VolumeNeed {
  /** Name of the volume on its hosts. */
  readonly name: string;
  readonly gib: number;
  readonly replicas: number;
  /** Pool of private hosts that carry it: a name of its own keeps other tiers off these hosts. @default "data" */
  readonly pool?: string;
}

/** Pool of private hosts that carry the volumes of which no plan says otherwise. */
export const dataPool = "data";

/** A PostgreSQL database that a service keeps its data in. */
export interface DatabaseNeed {
  readonly name: string;
  /** Connections that all of the service's pods open at once. */
  readonly connections: number;
  /** Locale of its texts. @default "C.UTF-8" */
  readonly locale?: "C.UTF-8" | "C";
}

export const databaseNeedKeys: Keys<DatabaseNeed> = {
  name: true,
  connections: true,
  locale: true,
};

/**
 * Needs of a service, as plain data, before anything is made. A platform adds up the plans of all its services.
 *
 * Nothing in a plan is an output: what it decides (hosts, openings, names in certificates) has to be known at preview.
 */
export interface ServicePlan {
  /** Kind of the service: "jitsi". */
  readonly service: string;
  /** Name of this deployment of it; its resources and namespaces begin with it. */
  readonly name: string;
  /** Web and TCP traffic that comes in through the gateways and the edge. */
  readonly routes: readonly Route[];
  /** Connections at once over all routes. */
  readonly connections: number;
  /** Pods on application hosts. */
  readonly requests: readonly PodRequest[];
  /** Media tiers by name. @default {} */
  readonly media?: Readonly<Record<string, MediaNeed>>;
  /** Tiers that have hosts of their own outside the cluster, by name. @default {} */
  readonly hosts?: Readonly<Record<string, HostNeed>>;
  /** Volumes on hosts for data. @default [] */
  readonly volumes?: readonly VolumeNeed[];
  /** Databases, for the plan of the PostgreSQL cluster that serves them. @default [] */
  readonly databases?: readonly DatabaseNeed[];
  /** Destinations outside. @default [] */
  readonly egress?: readonly EgressNeed[];
  /** Destinations outside for programs that know no proxy. @default [] */
  readonly outlets?: readonly OutletNeed[];
  /** Records in DNS beside the addresses of its names. @default [] */
  readonly records?: readonly PlannedRecord[];
}

/** Reads a component's name, which is that of its plan. @throws RangeError for another. */
export function planName(name: string, plan: ServicePlan): string {
  const planned = (plan as ServicePlan | undefined)?.name;
  if (planned !== undefined && name !== planned)
    throw invalid(`the name of its plan, "${planned}"`, name, "give both the same");
  return name;
}

/** Connections at once over all routes of all plans. */
export const connectionsOf = (plans: readonly ServicePlan[]): number =>
  plans.reduce((sum, { connections }) => sum + connections, 0);

/** A media tier of a plan as blueprints name it: `meetings/bridge`. */
export const mediaTier = (plan: ServicePlan, need: string): string => `${plan.name}/${need}`;

/** All media tiers of all plans, by `<plan>/<tier>`. */
export const mediaTiers = (plans: readonly ServicePlan[]): Readonly<Record<string, MediaNeed>> =>
  Object.fromEntries(
    plans.flatMap((plan) => Object.entries(plan.media ?? {}).map(([name, need]) => [mediaTier(plan, name), need])),
  );

/** All tiers of all plans that have hosts of their own, by `<plan>/<tier>`. */
export const hostTiers = (plans: readonly ServicePlan[]): Readonly<Record<string, HostNeed>> =>
  Object.fromEntries(
    plans.flatMap((plan) => Object.entries(plan.hosts ?? {}).map(([name, need]) => [mediaTier(plan, name), need])),
  );

/** Hosts that a media pool has: the most that one of its tiers asks for. */
export const mediaHosts = (needs: readonly MediaNeed[]): number =>
  Math.max(2, ...needs.map(({ capacity }) => replicasFor(capacity)));

/** The capacity that decides how many hosts a media pool has. */
export const decisive = (needs: readonly MediaNeed[]): Capacity | undefined =>
  needs.map(({ capacity }) => capacity).sort((a, b) => replicasFor(b) - replicasFor(a))[0];

/** Names in DNS of the hosts of a pool, for one tier. */
export const hostNames = ({ names }: MediaNeed, hosts: number): readonly string[] =>
  names === undefined ? [] : Array.from({ length: hosts }, (_, i) => `${names.prefix}-${i + 1}.${names.domain}`);

/** The openings of a pool's hosts, with the addresses that the platform chose. Alike ones of two tiers are one. */
export function mediaOpenings(
  needs: readonly MediaNeed[],
  {
    podRange,
    hosts,
    application,
    gateways = [],
  }: {
    readonly podRange: string;
    readonly hosts: readonly string[];
    readonly application: readonly string[];
    readonly gateways?: readonly string[];
  },
): readonly Opening[] {
  const single = (address: string): string => `${address}/32`;
  const peers = {
    anywhere: Cidr.anywhere,
    pods: [podRange],
    pool: hosts.map(single),
    application: application.map(single),
    gateways: gateways.map(single),
  };
  const all = needs
    .flatMap(({ openings }) => openings)
    .map((opening): Opening => ({ ...opening, peers: peers[opening.peers] }));
  return all.filter((one, i) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === i);
}

/** Size of a host type. */
export interface HostSize {
  readonly cores: number;
  readonly memoryGib: number;
}

/**
 * A destination outside, from its address: `egressTo("https://sos-ch-dk-2.exo.io", "archive of records")`.
 *
 * @throws RangeError for anything but an HTTPS address.
 */
export function egressTo(address: string, reason: string): EgressNeed {
  const url = typeof address === "string" && URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== "https:")
    throw invalid("an HTTPS address", address, 'give one like "https://store.example.ch"');
  return { host: url.hostname, port: url.port === "" ? 443 : Number(url.port), reason };
}

/** Destinations of all plans, each once with all reasons for it. */
export const egressNeeds = (plans: readonly Pick<ServicePlan, "egress">[]): readonly EgressNeed[] =>
  eachOnce(
    plans.flatMap(({ egress = [] }) => egress),
    ({ host, port }) => `${host}:${port}`,
  );

/** Ports of the gateways that lead somewhere else, each once with all reasons for it. */
export const outletNeeds = (plans: readonly Pick<ServicePlan, "outlets">[]): readonly OutletNeed[] =>
  eachOnce(
    plans.flatMap(({ outlets = [] }) => outlets),
    ({ port, addresses }) => `${port} ${[...addresses].sort().join(" ")}`,
  );

/** Both, as gateways take them. */
export const waysOut = (plans: readonly Pick<ServicePlan, "egress" | "outlets">[]) => ({
  egress: egressNeeds(plans),
  outlets: outletNeeds(plans),
});

function eachOnce<T extends { readonly reason: string }>(all: readonly T[], key: (one: T) => string): readonly T[] {
  const same = (one: T, other: T): boolean => key(one) === key(other);
  return all
    .filter((one, i) => all.findIndex((other) => same(one, other)) === i)
    .map((one) => ({
      ...one,
      reason: [...new Set(all.filter((other) => same(one, other)).map(({ reason }) => reason))].join("; "),
    }));
}

/**
 * Checks that what a service is given outside is among the destinations of its plan: the gateways lead to those and to no others.
 *
 * @throws RangeError for one that is not.
 */
export function plannedEgress({ egress = [] }: ServicePlan, address: string, key: string): void {
  const { host, port } = egressTo(address, "");
  if (!egress.some((one) => one.host === host && one.port === port))
    throw invalid(
      `a place that its plan names: ${egress.map((one) => `${one.host}:${one.port}`).join(", ") || "it names none"}`,
      address,
      `give the plan the same address as \`${key}\`: the gateways lead nowhere else`,
    );
}

/** Host names of a plan's routes for which the edge needs a certificate, each once. */
export const webNames = ({ routes }: ServicePlan): readonly string[] => [...new Set(routes.flatMap(certificateNames))];

/**
 * Checks that plans can stand together: names of their own, volumes of their own. Host names of routes are checked by the edge.
 *
 * @throws RangeError for the first clash.
 */
export function together(plans: readonly ServicePlan[]): readonly ServicePlan[] {
  if (!Array.isArray(plans) || plans.length === 0)
    throw invalid("at least one plan", plans, "give the plans of the services that will stand on this platform");
  for (const plan of plans) {
    const clash = plans.find((other) => other !== plan && other.name === plan.name);
    if (clash !== undefined)
      throw invalid("plans with names of their own", plan.name, `rename one of ${clash.service} and ${plan.service}`);
  }
  const given: readonly ServicePlan[] = plans;
  const volumes = given.flatMap((plan) => (plan.volumes ?? []).map(({ name }) => ({ name, plan: plan.name })));
  for (const { name, plan } of volumes) {
    const clash = volumes.find((other) => other.name === name && other.plan !== plan);
    if (clash !== undefined)
      throw invalid("volumes with names of their own", name, `rename one of the plans ${plan} and ${clash.plan}`);
  }
  return plans;
}
