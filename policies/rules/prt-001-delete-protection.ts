import { exampleLabels, exampleMachine, exampleVolume } from "../examples";
import type { Rule, Subject, Verdict } from "../rule";
import { remadeLabel } from "../extract/kept";
import { kindOf } from "../extract/subject";
import { at, unknown } from "../extract/value";

const remade = { ...exampleLabels, [remadeLabel]: "from-the-archive" };

/** UC-PRT-001: data is not deleted by mistake. */
export const deleteProtection: Rule = {
  id: "UC-PRT-001",
  name: "delete-protection",
  title: "Volumes, databases and buckets are protected from deletion.",
  rationale:
    "Renaming a resource replaces it, and replacing a volume deletes what is on it. A protection makes that a refusal, which somebody reads, in place of a loss, which somebody finds.",
  severity: "medium",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.c" },
    { framework: "ir2024-2690", reference: "4.2.3" },
    { framework: "gdpr", reference: "32.1.b" },
    { framework: "dpo", reference: "3.2.d" },
  ],
  remediation: "Set `protect` on the resource, or the protection of its provider.",
  types: [
    "hcloud:index/volume:Volume",
    "hcloud:index/storageBox:StorageBox",
    "exoscale:index/blockStorageVolume:BlockStorageVolume",
    "exoscale:index/database:Database",
    "exoscale:index/dbaas:Dbaas",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "minio:index/s3Bucket:S3Bucket",
    "kubernetes:core/v1:PersistentVolume",
    "kubernetes:storage.k8s.io/v1:StorageClass",
  ],
  remedies: {
    components: "Leave `keepData` at its default: data volumes and buckets are protected then.",
    pulumi:
      "Add `{ protect: true }` to the options of the resource, or set `deleteProtection` or `terminationProtection`.",
    kubernetes:
      "Set `persistentVolumeReclaimPolicy: Retain` in PersistentVolumes and `reclaimPolicy: Retain` in StorageClasses.",
  },
  beyond: "The laws ask that data can be restored. The rule asks that it is not lost in the first place.",
  examples: {
    good: [exampleMachine(), exampleVolume({ labels: remade })],
    bad: [exampleMachine(), exampleVolume({ labels: remade, deleteProtection: false })],
  },
  check: judge,
};

/** Stateful types, with the protection that their provider has: `reference/schemas` names the properties. */
const stateful: Readonly<Record<string, string | undefined>> = {
  "hcloud:index/volume:Volume": "deleteProtection",
  "hcloud:index/storageBox:StorageBox": "deleteProtection",
  "exoscale:index/blockStorageVolume:BlockStorageVolume": undefined,
  "exoscale:index/database:Database": "terminationProtection",
  "exoscale:index/dbaas:Dbaas": "terminationProtection",
  "aws:s3/bucket:Bucket": undefined,
  "aws:s3/bucketV2:BucketV2": undefined,
  "minio:index/s3Bucket:S3Bucket": undefined,
};

/** Kinds of Kubernetes whose policy decides what becomes of the data, with the path to it. Kubernetes deletes where a class says nothing (API reference v1). */
const kept: Readonly<Record<string, readonly string[]>> = {
  "core/PersistentVolume": ["spec", "persistentVolumeReclaimPolicy"],
  "storage.k8s.io/StorageClass": ["reclaimPolicy"],
};

function judge({ type, properties, protect = false }: Subject): Verdict {
  const kind = kindOf(type);
  const path = kind === undefined ? undefined : kept[`${kind.group}/${kind.kind}`];
  if (path !== undefined) {
    const policy = at(properties, ...path);
    if (policy === unknown) return [{ undetermined: `${path.join(".")} is not known before the update`, later: true }];
    // A volume that somebody made by hand is kept where nothing is said; one of a class is not.
    if (policy === "Retain" || protect || (policy === undefined && kind?.kind === "PersistentVolume")) return [];
    return [
      {
        found:
          policy === undefined ? `no ${path.join(".")}, which means Delete` : `${path.join(".")} "${String(policy)}"`,
        allowed: "Retain",
        action: `set ${path.join(".")} to Retain`,
      },
    ];
  }
  if (!Object.keys(stateful).includes(type)) return undefined;
  const property = stateful[type];
  const value = property === undefined ? false : at(properties, property);
  if (protect || value === true) return [];
  if (value === unknown) return [{ undetermined: `${property ?? ""} is not known before the update`, later: true }];
  return [
    {
      found: `data without protection: neither protect${property === undefined ? "" : ` nor ${property}`} is set`,
      allowed: "data that Pulumi or its provider refuses to delete",
      action: `set protect in the resource's options${property === undefined ? "" : `, or ${property}`}`,
    },
  ];
}
