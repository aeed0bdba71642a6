import { type Fact, lastReview as reviewed } from "./fact";

/** A provisioner of volumes, with what makes it encrypt them by a key of one's own. */
export interface ProvisionerFact extends Fact {
  /** Name of the provisioner; `*` at its beginning stands for the name of an operator's namespace. */
  readonly provisioner: string;
  /** Parameter of a StorageClass that has to be there; undefined: there is none. */
  readonly parameter?: string;
  /** Value of it. @default any */
  readonly value?: string;
}

export const provisioners: readonly ProvisionerFact[] = [
  {
    provisioner: "csi.hetzner.cloud",
    parameter: "csi.storage.k8s.io/node-publish-secret-name",
    source: "hetznercloud/csi-driver docs/kubernetes/guides/encrypted-volumes.md at 648088ce",
    reviewed,
  },
  {
    provisioner: "driver.longhorn.io",
    parameter: "encrypted",
    value: "true",
    source: "https://longhorn.io/docs/1.6.0/advanced-resources/security/volume-encryption/",
    reviewed,
  },
  {
    provisioner: "*rbd.csi.ceph.com",
    parameter: "encrypted",
    value: "true",
    source: "rook/rook deploy/examples/csi/rbd/storageclass.yaml at b005fbf4",
    reviewed,
  },
  {
    provisioner: "*cephfs.csi.ceph.com",
    parameter: "encrypted",
    value: "true",
    source: "rook/rook deploy/examples/csi/cephfs/storageclass.yaml at 05315ae6",
    reviewed,
  },
  {
    provisioner: "csi.exoscale.com",
    source: "exoscale/exoscale-csi-driver driver at 6206a6fa (no parameter of a class encrypts)",
    reviewed,
  },
];

/** A keeper of keys of somebody else's, by the word that chooses it. */
export interface KeeperFact extends Fact {
  /** A line that chooses it. */
  readonly line: RegExp;
  readonly keeper: string;
}

const seals = "https://developer.hashicorp.com/vault/docs/configuration/seal";
const rook = "ceph/ceph-csi examples/kms/vault/kms-config.yaml at 52fcb7b0";

export const keepers: readonly KeeperFact[] = (
  [
    [/^\s*seal\s+"?awskms"?\s*\{?/i, "Amazon's key service", seals],
    [/^\s*seal\s+"?azurekeyvault"?\s*\{?/i, "Microsoft's key service", seals],
    [/^\s*seal\s+"?gcpckms"?\s*\{?/i, "Google's key service", seals],
    [/^\s*seal\s+"?ocikms"?\s*\{?/i, "Oracle's key service", seals],
    [/["']?\b(?:encryptionKMSType|KMS_PROVIDER)["']?\s*[:=]\s*["']?aws[-\w]*/i, "Amazon's key service", rook],
    [/["']?\b(?:encryptionKMSType|KMS_PROVIDER)["']?\s*[:=]\s*["']?azure[-\w]*/i, "Microsoft's key service", rook],
    [/["']?\b(?:encryptionKMSType|KMS_PROVIDER)["']?\s*[:=]\s*["']?ibmkeyprotect/i, "IBM's key service", rook],
    [
      /["']?\bkms["']?\s*:\s*["']?arn:aws/i,
      "Amazon's key service",
      "getsops/sops config/config.go at 15e36f97 (creation_rules)",
    ],
    [/["']?\bgcp_kms["']?\s*:/i, "Google's key service", "getsops/sops config/config.go at 15e36f97 (creation_rules)"],
    [
      /["']?\bazure_keyvault["']?\s*:/i,
      "Microsoft's key service",
      "getsops/sops config/config.go at 15e36f97 (creation_rules)",
    ],
  ] as const
).map(([line, keeper, source]) => ({ line, keeper, source, reviewed }));

/** Lines by which a machine encrypts a disk. */
export interface DiskFact extends Fact {
  readonly line: RegExp;
}

export const encryptedDisks: readonly DiskFact[] = (
  [
    [/\bcryptsetup\b.{0,200}\bluksFormat\b/, "cryptsetup(8) of cryptsetup 2.6.1"],
    [/\/etc\/crypttab\b/, "crypttab(5) of systemd 252"],
    [/\bclevis\s+luks\s+bind\b/, "clevis-luks-bind(1) of clevis 19"],
    [/\bsystemd-cryptenroll\b/, "systemd-cryptenroll(1) of systemd 252"],
    [/\bzfs\s+create\b.{0,200}\bencryption=(?:on|aes)/, "zfsprops(7) of OpenZFS 2.1"],
    [
      /\b(?:gocryptfs|fscrypt)\s+(?:-{1,2}\w+\s+){0,8}(?:init|-init|encrypt|setup)\b/,
      "gocryptfs(1), google/fscrypt README.md at 9e4a9a1f",
    ],
    [
      /^\s*["']?provider["']?\s*:\s*["']?luks2["']?,?\s*$/,
      "siderolabs/talos pkg/machinery/config/types/{v1alpha1,block} at ad882317 (systemDiskEncryption, provider: luks2)",
    ],
    [/^\s*["']?luks["']?\s*:\s*$/, "coreos/butane docs/config-fcos-v1_5.md at cb34e120 (storage.luks)"],
  ] as const
).map(([line, source]) => ({ line, source, reviewed }));
