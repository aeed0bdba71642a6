import type * as input from "@pulumi/kubernetes/types/input";
import { invalid, validate, type Keys } from "../core/errors";
import { countInRange } from "../core/numbers";
import type { VolumeNeed } from "../core/plan";
import { list, record } from "../core/shapes";
import { volumePath } from "../recipe/parts/volumes";

/**
 * Volumes that private hosts carry, as Kubernetes sees them: one `local` PersistentVolume per host and volume, with a fixed name for each workload, which one replica of
 * one StatefulSet claims by name. No storage provisioner runs and no credential of a cloud lies in the cluster; the data comes back with its host.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `local` volumes need `nodeAffinity`, and their folder must exist | pkg/apis/core/validation/validation.go (ValidatePersistentVolumeSpec), pkg/volume/local/local.go | kubernetes v1.34.2 |
 * | a volume whose `claimRef` names a claim without its UID is kept for that claim | pkg/controller/volume/persistentvolume/pv_controller.go (syncVolume) | the same |
 * | a StatefulSet takes claims that exist, by the name `<template>-<set>-<ordinal>` | pkg/controller/statefulset/stateful_set_utils.go (getPersistentVolumeClaimName) | the same |
 * | with `OnRootMismatch`, files below a folder that has the group already are left as they are: PostgreSQL refuses a data directory that its group can write to | pkg/volume/volume_linux.go (requiresPermissionChange) | the same |
 */

/** A volume that every host of a pool carries: a folder of its encrypted data volume. */
export interface HostVolume {
  /**
   * Size. The sum of a pool's volumes is the size of each host's data volume. Volumes of one host share its file system: Kubernetes does not hold a pod to the size
   * of a folder.
   */
  readonly gib: number;
}

export const hostVolumeKeys: Keys<HostVolume> = {
  gib: true,
};

/** A pool's volume, as a cluster offers it. */
export interface PoolVolume {
  readonly gib: number;
  /** One per host: the host's name as a node, and the beginning of its PersistentVolumes' names. */
  readonly hosts: readonly { readonly node: string; readonly volume: string }[];
}

/** Volumes that a cluster offers: by pool, then by the volume's name. */
export type OfferedVolumes = Readonly<Record<string, Readonly<Record<string, PoolVolume>>>>;

/** A volume of a StatefulSet: each replica has its own, on a host of its own. */
export interface WorkloadVolume {
  readonly name: string;
  /** Absolute path inside the pods. */
  readonly path: string;
  /** Size that each replica needs; the pool's volume has at least as much. */
  readonly gib: number;
  /** Name of the volume that the hosts of the workload's pool carry. */
  readonly from: string;
  /**
   * Workload of the namespace that has the volume, where this one is to see it too: a second PersistentVolume leads to the same folder, and the replicas with the same
   * number stand on the same host. @default - this one alone
   */
  readonly of?: string;
}

export const workloadVolumeKeys: Keys<WorkloadVolume> = {
  name: true,
  path: true,
  gib: true,
  from: true,
  of: true,
};

/** One replica's claim, and the volume that is kept for it. */
export interface VolumeObjects {
  /** Name of the claim: `<volume>-<workload>-<ordinal>`. */
  readonly name: string;
  readonly persistentVolume: input.core.v1.PersistentVolume & { readonly metadata: { readonly name: string } };
  readonly claim: input.core.v1.PersistentVolumeClaim & { readonly metadata: { readonly name: string } };
}

/** Beginning of the names of a host's PersistentVolumes: `<cluster>-<pool>-<number>-<volume>`. `host` is the host's own name, `<cluster>-<pool>-<number>`. */
export const persistentVolumeName = (host: string, volume: string): string => `${host}-${volume}`;

/**
 * Name of the PersistentVolume that is kept for a workload's replica. A folder that goes to another workload gets another one, as one that several see has several:
 * one that was bound stays with its claim, and is Released when that one goes (the same file, syncVolume; seen with kube-controller-manager 1.34.2).
 */
const keptVolumeName = (volume: string, workload: string): string => `${volume}-of-${workload}`;

const example = "{ data: { gib: 100 } }";

/** Reads the volumes of a pool of hosts. @throws RangeError with every malformed name and size. */
export function hostVolumes(values: unknown): Readonly<Record<string, HostVolume>> {
  const volumes = record(values as Readonly<Record<string, HostVolume>>, "volumes by their names", example);
  validate(
    Object.fromEntries(
      Object.entries(volumes).map(([name, volume]) => [
        `["${name}"]`,
        () => {
          volumeName(name);
          countInRange(record(volume, "a volume", "{ gib: 100 }").gib, "GiB", 1, 65_536);
        },
      ]),
    ),
  );
  return volumes as Readonly<Record<string, HostVolume>>;
}

/** Size of the data volume that carries all volumes of a host; 0 without any. */
export const dataGib = (volumes: Readonly<Record<string, HostVolume>>): number =>
  Object.values(volumes).reduce((sum, { gib }) => sum + gib, 0);

/** The volumes of a pool as a cluster offers them. `hosts` are the names of its hosts. */
export const offered = (
  hosts: readonly string[],
  volumes: Readonly<Record<string, HostVolume>>,
): Readonly<Record<string, PoolVolume>> =>
  Object.fromEntries(
    Object.entries(volumes).map(([name, { gib }]) => [
      name,
      { gib, hosts: hosts.map((node) => ({ node, volume: persistentVolumeName(node, name) })) },
    ]),
  );

function volumeName(value: unknown): string {
  if (typeof value !== "string" || !/^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$/.test(value))
    throw invalid(
      "a volume name of at most 15 lower-case letters, digits and inner hyphens that begins with a letter",
      value,
      'name it like "data"',
    );
  return value;
}

/** Volumes of a workload, with their pool. */
export interface VolumeUse {
  readonly workload: string;
  readonly namespace: string;
  readonly kind: "Deployment" | "StatefulSet";
  readonly pool: string;
  readonly replicas: number;
  /** Volumes of the cluster's pools. @default - nothing */
  readonly offers?: OfferedVolumes | undefined;
}

/**
 * Reads the volumes of a workload.
 *
 * @throws RangeError with every problem: not a StatefulSet, a volume that the pool does not carry, one that is too small, fewer hosts than replicas.
 */
export function workloadVolumes(values: unknown, use: VolumeUse): readonly WorkloadVolume[] {
  const given = values as readonly WorkloadVolume[];
  const read = list(given, "volumes", "[] for none", (value) => workloadVolume(value, use, given));
  if (read.length > 0 && use.kind !== "StatefulSet")
    throw invalid(
      '"StatefulSet" for a workload with volumes',
      use.kind,
      "set kind: a Deployment cannot claim a volume per replica",
    );
  return read;
}

/** Reads one volume of a workload, among all of them. @throws RangeError for the first problem. */
export function workloadVolume(
  value: WorkloadVolume,
  use: VolumeUse,
  given: readonly WorkloadVolume[] = [value],
): WorkloadVolume {
  const { name, path, gib, from } = record(value, "a volume", '{ name: "data", path: "/data", gib: 50, from: "data" }');
  volumeName(name);
  if (typeof path !== "string" || !/^\/[^:]+$/.test(path))
    throw invalid("an absolute path without a colon", path, `move the volume "${name}"`);
  for (const key of ["name", "path", "from"] as const)
    if (given.filter((other) => other[key] === value[key]).length > 1)
      throw invalid(`a ${key} of its own`, value[key], "rename or remove one of the volumes");
  const carried = use.offers?.[use.pool] ?? {};
  const found = carried[from as string];
  if (found === undefined)
    throw invalid(
      `a volume of the hosts of pool ${use.pool}: ${Object.keys(carried).join(", ") || "they carry none"}`,
      from,
      `give the pool volumes: { ${typeof from === "string" ? from : "data"}: { gib: … } }`,
    );
  countInRange(gib, "GiB", 1, found.gib);
  if (use.replicas > found.hosts.length)
    throw invalid(
      `at most ${found.hosts.length} replicas, one per host of pool ${use.pool}`,
      use.replicas,
      "add hosts to the pool: each replica has a volume on a host of its own",
    );
  return value;
}

/** The volumes of a workload and the claims of its replicas: replica 0 on the pool's first host, and so on. */
export const volumeClaims = (
  volumes: readonly WorkloadVolume[],
  { workload, namespace, pool, replicas, offers }: VolumeUse,
): readonly VolumeObjects[] =>
  volumes.flatMap((volume) =>
    (offers?.[pool]?.[volume.from]?.hosts ?? []).slice(0, replicas).map(({ node, volume: whole }, ordinal) => {
      const persistentVolume = keptVolumeName(whole, workload);
      const name = `${volume.name}-${workload}-${ordinal}`;
      const labels = { "sovereign-uc/workload": workload, "sovereign-uc/volume": volume.from };
      return {
        name,
        persistentVolume: {
          metadata: { name: persistentVolume, labels },
          spec: {
            capacity: { storage: `${volume.gib}Gi` },
            accessModes: ["ReadWriteOnce"],
            volumeMode: "Filesystem",
            persistentVolumeReclaimPolicy: "Retain",
            storageClassName: "",
            local: { path: volumePath(volume.from) },
            nodeAffinity: {
              required: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
                ],
              },
            },
            claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name },
          },
        },
        claim: {
          metadata: { name, namespace, labels },
          spec: { ...claimSpec(volume), volumeName: persistentVolume },
        },
      };
    }),
  );

const claimSpec = ({ gib }: WorkloadVolume) => ({
  accessModes: ["ReadWriteOnce"],
  storageClassName: "",
  resources: { requests: { storage: `${gib}Gi` } },
});

/** Templates of a StatefulSet: their claims exist beforehand, and so are never made from these. */
export const claimTemplates = (volumes: readonly WorkloadVolume[]): input.core.v1.PersistentVolumeClaim[] =>
  volumes.map((volume) => ({ metadata: { name: volume.name }, spec: claimSpec(volume) }));

/** Mount of a volume in a container. */
export const claimedMount = ({ name, path }: WorkloadVolume): input.core.v1.VolumeMount => ({ name, mountPath: path });

/** Security context of a pod with volumes, beside its group: see the table above. */
export const volumeSecurity = { fsGroupChangePolicy: "OnRootMismatch" } as const;

/**
 * The pool whose hosts carry a volume that a plan asks for.
 *
 * @throws RangeError when no pool carries it, when several do, and when it is too small or on too few hosts.
 */
export function carrier({ name, gib, replicas }: VolumeNeed, offers: OfferedVolumes = {}): string {
  const found = Object.entries(offers).flatMap(([pool, volumes]) =>
    volumes[name] === undefined ? [] : [{ pool, volume: volumes[name] }],
  );
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw invalid(
      `one pool of hosts that carries the volume "${name}"`,
      found.map(({ pool }) => pool).join(", ") || "none",
      found.length > 1
        ? "rename it in all pools but one"
        : "give the platform the same plan, or add the volume to a pool of the cluster",
    );
  if (only.volume.gib < gib || only.volume.hosts.length < replicas)
    throw invalid(
      `a volume "${name}" of at least ${gib} GiB on at least ${replicas} hosts`,
      `${only.volume.gib} GiB on ${only.volume.hosts.length}`,
      `enlarge pool ${only.pool}, or plan for less`,
    );
  return only.pool;
}
