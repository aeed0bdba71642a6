import { Capacity, replicasFor } from "./capacity";
import { Cidr } from "./cidr";
import { invalid } from "./errors";
import type { Opening } from "./openings";
import { certificateNames, type Route } from "./route";

/** A destination outside that a service needs, by name: the gateways' proxy lets it through. */
export interface EgressNeed {
  readonly host: string;
  readonly port: number;
  readonly reason: string;
}

/** Pods of one tier, by what they ask of their hosts. */
export interface PodRequest {
  /** Name of the workload. */
  readonly tier: string;
  readonly replicas: number;
  /** Cores of one replica. */
  readonly cpu: number;
  /** Memory of one replica. */
  readonly memoryMib: number;
}

/** An opening of media hosts whose other side is known only once the platform has chosen addresses. */
export interface MediaOpening extends Omit<Opening, "peers"> {
  /**
   * The internet, the cluster's pods, all hosts of the same media pool, or application hosts: what pods there send to a host outside the pod range comes from their own
   * host's address.
   */
  readonly peers: "anywhere" | "pods" | "pool" | "application";
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
}

/** An encrypted volume on each of as many private hosts as there are replicas. */
export interface VolumeNeed {
  /** Name of the volume on its hosts. */
  readonly name: string;
  readonly gib: number;
  readonly replicas: number;
}

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
  /** Volumes on hosts for data. @default [] */
  readonly volumes?: readonly VolumeNeed[];
  /** Destinations outside. @default [] */
  readonly egress?: readonly EgressNeed[];
}

/** A media tier of a plan as blueprints name it: `meetings/bridge`. */
export const mediaTier = (plan: ServicePlan, need: string): string => `${plan.name}/${need}`;

/** All media tiers of all plans, by `<plan>/<tier>`. */
export const mediaTiers = (plans: readonly ServicePlan[]): Readonly<Record<string, MediaNeed>> =>
  Object.fromEntries(
    plans.flatMap((plan) => Object.entries(plan.media ?? {}).map(([name, need]) => [mediaTier(plan, name), need])),
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
  }: { readonly podRange: string; readonly hosts: readonly string[]; readonly application: readonly string[] },
): readonly Opening[] {
  const single = (address: string): string => `${address}/32`;
  const peers = {
    anywhere: Cidr.anywhere,
    pods: [podRange],
    pool: hosts.map(single),
    application: application.map(single),
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

/** Reserve of every host for its own programs: kubelet, containerd, filter, journals, and what Kubernetes itself runs as pods. */
const reserved = { cores: 0.5, memoryMib: 1_024 } as const;

/** Fewest application hosts: with two, the loss of one leaves no place for the second replica of anything. */
const fewestHosts = 3;

/**
 * Application hosts for a list of requests, one of them spare: as many as the pods fill, and no fewer than three.
 *
 * @throws RangeError when one pod does not fit onto a host of this size.
 */
export function applicationHosts(requests: readonly PodRequest[], { cores, memoryGib }: HostSize): number {
  const host = { cpu: cores - reserved.cores, memoryMib: memoryGib * 1_024 - reserved.memoryMib };
  const large = requests.find(({ cpu, memoryMib }) => cpu > host.cpu || memoryMib > host.memoryMib);
  if (large !== undefined)
    throw invalid(
      `application hosts of at least ${large.cpu + reserved.cores} cores and ${Math.ceil((large.memoryMib + reserved.memoryMib) / 1_024)} GiB for a pod of ${large.tier}`,
      `${cores} cores and ${memoryGib} GiB`,
      "take a larger machine type for application hosts",
    );
  return Math.max(fewestHosts, packed(requests, host) + 1);
}

/** Hosts that some pods fill when the largest are placed first, each on the first host where it fits. */
function packed(requests: readonly PodRequest[], host: { readonly cpu: number; readonly memoryMib: number }): number {
  const pods = requests
    .flatMap((request) => Array.from({ length: request.replicas }, () => request))
    .sort(
      (a, b) => b.cpu / host.cpu + b.memoryMib / host.memoryMib - (a.cpu / host.cpu + a.memoryMib / host.memoryMib),
    );
  const left: { cpu: number; memoryMib: number }[] = [];
  for (const { cpu, memoryMib } of pods) {
    const found = left.find((free) => free.cpu >= cpu && free.memoryMib >= memoryMib);
    const free = found ?? { ...host };
    free.cpu -= cpu;
    free.memoryMib -= memoryMib;
    if (found === undefined) left.push(free);
  }
  return left.length;
}

/** Host names of a plan's routes for which the edge needs a certificate, each once. */
export const webNames = ({ routes }: ServicePlan): readonly string[] => [...new Set(routes.flatMap(certificateNames))];

/**
 * Checks that plans can stand together: names of their own, and no two for one host name.
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
  return plans;
}
