import { type Capacity, capacityKeys } from "../core/capacity";
import { invalid, type Parsers, validate, type Keys, each } from "../core/errors";
import { dnsLabel } from "../core/names";
import { type Opening, openingKeys } from "../core/openings";
import { fields, record } from "../core/shapes";
import { hostLabels, taints } from "../core/taints";
import type { Frozen } from "../infrastructure/host";
import { frozenKeys } from "../infrastructure/host-args";
import { type HostVolume, hostVolumeKeys, hostVolumes } from "./volume";

/** A pool of a cluster's members. */
export interface MemberPool {
  /** Host type in the cloud's own words. */
  readonly type: string;
  /** Number of the first host in the network. */
  readonly firstHost: number;
  /** @default - from `capacity` */
  readonly count?: number;
  readonly capacity?: Capacity;
  readonly frozen?: Frozen;
  /**
   * Failure domain that its hosts may not all share: see `HostPoolArgs.spread`. A control plane over "domains" has most of its members in none, or is
   * refused: it would end with that one.
   *
   * @default "machines"
   */
  readonly spread?: "machines" | "domains";
}

export const memberPoolKeys: Keys<MemberPool> = {
  type: true,
  firstHost: true,
  count: true,
  capacity: capacityKeys,
  frozen: frozenKeys,
  spread: true,
};

export interface MediaPool extends MemberPool {
  /** Location of its hosts, where the cloud lets them share the cluster's network. @default - the network's */
  readonly location?: string;
  /** Openings on the media hosts, beside those of the cluster itself. */
  readonly openings: readonly Opening[];
}

export const mediaPoolKeys: Keys<MediaPool> = {
  ...memberPoolKeys,
  location: true,
  openings: each(openingKeys),
};

export interface GpuPool extends MemberPool {
  /** Public key that signs NVIDIA's repository of the container toolkit, armoured: the mirror keeps the repository under `nvidia-container-toolkit/` as it is. */
  readonly toolkitKey: string;
}

export const gpuPoolKeys: Keys<GpuPool> = {
  ...memberPoolKeys,
  toolkitKey: true,
};

/** Private hosts of a cluster beside its application hosts: for what wants machines of another type, or of its own. */
export interface ApplicationPool extends MemberPool {
  /** Taints of its hosts: `"records=true:NoSchedule"`. Workloads of the pool tolerate them. @default [] */
  readonly taints?: readonly string[];
  /**
   * Labels of its hosts in Kubernetes, beside that of their pool. Those below `node-restriction.kubernetes.io`
   * (`example.ch.node-restriction.kubernetes.io/disk`) are given by the control plane; any other one a host says of itself, once, when it joins, and whoever
   * has taken a host over can change it. @default {}
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Volumes that each of its hosts carries for pods, by name: folders of one protected data volume per host, encrypted and opened at boot by any of the gateways (name
   * the hosts in the gateway's `volumeHosts`). A host keeps its data when it is replaced. @default {}
   */
  readonly volumes?: Readonly<Record<string, HostVolume>>;
}

export const applicationPoolKeys: Keys<ApplicationPool> = {
  ...memberPoolKeys,
  taints: true,
  labels: true,
  volumes: each(hostVolumeKeys),
};

/** Names that mean something else: roles of other hosts, and parts of their names. */
const reserved = ["gateway", "control", "control-plane", "application", "media", "gpu"];

/** The longest name: with a cluster's name of 24 characters it leaves a host's number its place. */
const longest = 15;

/** @throws RangeError with every malformed name, taint and label. */
export function checkedPools(pools: unknown): void {
  byName(pools, "pools", (name, pool: Partial<ApplicationPool>) => ({
    name: () => poolName(name, reserved),
    taints: () => taints(pool.taints ?? []),
    labels: () => hostLabels(pool.labels ?? {}),
    volumes: () => hostVolumes(pool.volumes ?? {}),
  }));
}

/** Names that no media pool takes. */
const reservedInMedia = reserved.filter((one) => one !== "media");

/** @throws RangeError with every malformed name, and one that a pool of private hosts has. */
export function checkedMedia(media: unknown, others: unknown): void {
  const taken = Object.keys(fields(others as object));
  byName(media, "media pools", (name, pool: Partial<MediaPool>) => ({
    name: () => {
      poolName(name, reservedInMedia);
      if (taken.includes(name)) throw invalid("a name that no pool of private hosts has", name, "rename one of them");
    },
    openings: () => {
      if (!Array.isArray(pool.openings))
        throw invalid("a list of openings", pool.openings, "list what is open on the media hosts, with a reason each");
    },
  }));
}

/** Parsers of media pools that somebody else made, by name. @throws RangeError unless they are pools by their names. */
export function mediaPoolParsers<H>(pools: unknown, read: (hosts: H) => void): Parsers {
  if (typeof pools !== "object" || pools === null || Array.isArray(pools))
    throw invalid("media pools by their names", pools, "give {} for none");
  return Object.fromEntries(
    Object.entries(pools as Readonly<Record<string, H>>).map(([name, hosts]) => [
      `["${name}"]`,
      () => {
        poolName(name, reservedInMedia);
        read(hosts);
      },
    ]),
  );
}

function byName<T>(pools: unknown, what: string, parsers: (name: string, pool: Partial<T>) => Parsers): void {
  if (typeof pools !== "object" || pools === null || Array.isArray(pools))
    throw invalid(`${what} by their names`, pools, "give {} for none");
  validate(
    Object.fromEntries(
      Object.entries(pools as Readonly<Record<string, Partial<T> | undefined>>).map(([name, pool]) => [
        `["${name}"]`,
        () => validate(parsers(name, record(pool, "a pool of hosts", '{ type: "cpx42", firstHost: 50, count: 2 }'))),
      ]),
    ),
  );
}

function poolName(name: string, others: readonly string[]): void {
  if (others.includes(name))
    throw invalid(`a name other than ${others.join(", ")}`, name, "these are roles of other hosts");
  dnsLabel(name, longest);
}

/** An armoured public key, as text. @throws RangeError for anything else */
export function toolkitKey(value: unknown): void {
  if (
    typeof value !== "string" ||
    !/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n[^]+\n-----END PGP PUBLIC KEY BLOCK-----$/.test(value.trim())
  )
    throw invalid("an armoured public key", value, "give the text of the key that signs the toolkit's repository");
}
