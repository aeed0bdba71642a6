import { exampleLabels, exampleMachine, exampleVolume } from "../examples";
import { encryptedDisks, keepers, provisioners } from "../facts/encryption";
import { readableLines, spokenLines } from "../extract/comments";
import { remadeLabel } from "../extract/kept";
import { machinesOf } from "../extract/machines";
import { manifestsIn } from "../extract/manifests";
import { attached, remembering } from "../extract/memo";
import { place, reading, unseen } from "../extract/scan";
import { ofLeaf } from "../extract/leaf";
import type { Reading } from "../extract/text";
import { at, isOn, unknown, type Value, worded } from "../extract/value";
import type { Context, Finding, Item, Rule, Subject, Verdict } from "../rule";

/** UC-DAT-001: a disk that is carried away says nothing. */
export const encryptedAtRest: Rule = {
  id: "UC-DAT-001",
  name: "encryption-at-rest-own-key",
  title: "Data on volumes is encrypted, by a key that the operator of the disks does not have.",
  rationale:
    "Whoever runs the disks can read them, and can be ordered to. Encryption by the provider's own key helps against the thief of a disk, not against its owner; one that a machine of yours does, with a key of yours, helps against both.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.h" },
    { framework: "ir2024-2690", reference: "9.2" },
    { framework: "gdpr", reference: "32.1.a" },
    { framework: "revfadp", reference: "8" },
    { framework: "dpo", reference: "3.2.b" },
    { framework: "csf", reference: "SOV-3" },
  ],
  remediation: "Encrypt volumes on the machine with LUKS, or by the class of storage with a secret of your own.",
  types: [
    "hcloud:index/volume:Volume",
    "exoscale:index/blockStorageVolume:BlockStorageVolume",
    "sovereign-uc:index:HostPool",
    "kubernetes:storage.k8s.io/v1:StorageClass",
    "kubernetes:*",
    "*",
  ],
  remedies: {
    components:
      "Use `HostPool` with `dataGib`: it encrypts volumes with LUKS, and the gateways hold the keys that open them at boot.",
    pulumi:
      "Write `cryptsetup luksFormat` into the machine's set-up, with a key that comes from elsewhere than its user data.",
    kubernetes:
      'Set `csi.storage.k8s.io/node-publish-secret-name` (Hetzner) or `encrypted: "true"` (Longhorn, Ceph) under `parameters` of the StorageClass.',
  },
  beyond:
    "The laws ask for encryption where it is suitable, and not whose the key is. The rule asks that it is yours. It looks for encryption anywhere in what machines are told, since no resource says which disk it is for.",
  examples: {
    good: [exampleMachine(), exampleVolume({ labels: { ...exampleLabels, [remadeLabel]: "from-the-mirror" } })],
    bad: [
      {
        type: "kubernetes:storage.k8s.io/v1:StorageClass",
        properties: { metadata: { name: "data" }, provisioner: "csi.hetzner.cloud", reclaimPolicy: "Retain" },
      },
    ],
  },
  check: judge,
  checkStack: volumes,
};

const allowed = "data that is encrypted by a key of your own";

function judge(subject: Subject): Verdict {
  const read = reading(subject);
  const classes = manifestsIn(subject, read).filter(
    ({ group, kind }) => group === "storage.k8s.io" && kind === "StorageClass",
  );
  const found = [
    ...classes.flatMap(({ value, path }) => classed(value, path) ?? []),
    ...read.texts.flatMap((leaf) => foreignKeys(leaf)),
    ...unseen(subject),
  ];
  return found.length > 0 || classes.some(({ value }) => classed(value, "") !== undefined) ? found : undefined;
}

/** A class of storage; undefined for a provisioner that leaves encryption to the machine, or is in no table. */
function classed(value: Value, path: string): readonly Item[] | undefined {
  const name = at(value, "provisioner");
  if (name === unknown)
    return [{ undetermined: `the provisioner${place(path)} is not known before the update`, later: true }];
  const row = provisioners.find(({ provisioner }) =>
    provisioner.startsWith("*") ? worded(name).endsWith(provisioner.slice(1)) : name === provisioner,
  );
  if (row === undefined) return undefined;
  const { parameter, value: must } = row;
  if (parameter === undefined)
    return [
      {
        found: `volumes of ${row.provisioner}${place(path)}, which encrypts none by a key of yours`,
        allowed,
        action: "keep data on volumes that your machines encrypt",
      },
    ];
  const set = at(value, "parameters", parameter);
  if (set === unknown)
    return [{ undetermined: `the parameter ${parameter}${place(path)} is not known before the update`, later: true }];
  const isSet = must === undefined ? typeof set === "string" && set !== "" : isOn(set);
  return isSet
    ? []
    : [
        {
          found: `volumes of ${row.provisioner}${place(path)} without the parameter ${parameter}, so that they are in clear`,
          allowed,
          action: `set ${parameter}${must === undefined ? " to a secret with your key" : ` to "${must}"`}`,
        },
      ];
}

/** Keys that somebody else keeps. */
const foreignKeys = ofLeaf(({ path, text }): readonly Finding[] =>
  keepersIn(text).map((keeper) => ({
    found: `keys in ${keeper}${place(path)}`,
    allowed,
    action: "keep keys in a store of your own",
  })),
);

const keepersIn = remembering((text): readonly string[] => {
  if (!/kms|keyvault/i.test(text)) return [];
  const lines = spokenLines(text);
  return [
    ...new Set(
      keepers
        .filter(({ line }) => lines.some((one) => one.length < 1000 && line.test(one)))
        .map(({ keeper }) => keeper),
    ),
  ];
});

/** Disks of an inventory are no resources: a pool of ours says that it has some. */
const isDisk = ({ type, properties }: Subject): boolean =>
  type === "sovereign-uc:index:HostPool" &&
  at(properties, "cloud") === "metal" &&
  ![0, undefined].some((none) => at(properties, "dataGib") === none);

/** Volumes of clouds, which are empty and in clear until a machine does something. */
const blank = new Set(["hcloud:index/volume:Volume", "exoscale:index/blockStorageVolume:BlockStorageVolume"]);

function volumes(subjects: readonly Subject[], { inputs }: Context): Verdict {
  const found = subjects
    .map((subject) => inputs.get(subject.urn) ?? subject)
    .filter((subject) => blank.has(subject.type) || isDisk(subject));
  if (found.length === 0) return undefined;
  const told = machinesOf(subjects, inputs).flatMap((machine) => machine.told);
  if (told.some(encrypts)) return [];
  if (told.some(({ partial }) => partial))
    return found.map(({ name, urn }) => ({
      undetermined: `whether a machine encrypts "${name}": what it is told is not known`,
      later: true,
      urn,
    }));
  return found.map(({ name, urn }) => ({
    found: `the volume "${name}", which no machine of this stack encrypts`,
    allowed,
    action: "have the machine encrypt it with LUKS before anything is written",
    urn,
  }));
}

/** True for a setting that is said; one that is not known may be anything. */
const isThere = (value: Value): boolean => value !== undefined && value !== unknown;

const encrypts = attached(
  ({ texts, documents }: Reading): boolean =>
    texts.some(({ text }) => isEncrypting(text)) ||
    documents.some(
      ({ value }) => isThere(at(value, "machine", "systemDiskEncryption")) || isThere(at(value, "storage", "luks")),
    ),
);

const isEncrypting = remembering((text) => {
  if (!/luks|crypt/.test(text)) return false;
  const lines = readableLines(text);
  return encryptedDisks.some(({ line }) => lines.some((one) => line.test(one)));
});
