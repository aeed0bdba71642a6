import { catalogueImages } from "../../../components/services/registry";
import { k3sVersion } from "../../../components/recipe/parts/k3s";
import type { Digest } from "./digest";

/** An image to be mirrored. */
export interface CataloguedImage {
  /** Path in the operator's registry. */
  readonly name: string;
  /** Upstream reference: `ghcr.io/jitsi/jvb`. */
  readonly upstream: string;
  readonly version: string;
  /** Digest that the catalogue itself demands; it comes before the lock file. */
  readonly digest?: Digest;
}

/** A file to be mirrored. */
export interface CataloguedFile {
  readonly kind: "file" | "chart" | "model";
  /** Path in the operator's store. */
  readonly key: string;
  readonly url: string;
  /** Expected content: a digest, or a line in a checksum file of the same catalogue. A checksum file itself is trusted on first use. */
  readonly expected: { readonly digest: Digest } | { readonly sums: string; readonly line: string } | "first seen";
}

/** A package repository of one upstream's own, for hosts with Ubuntu. */
export interface CataloguedRepository {
  /** Folder in the operator's store. */
  readonly folder: string;
  readonly url: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** File with the keys that sign its lists, as the operator has got them; apt reads it. */
  readonly keyring: string;
}

/** Everything that hosts and clusters need, with its upstream. */
export interface Catalogue {
  readonly images: readonly CataloguedImage[];
  readonly files: readonly CataloguedFile[];
  readonly repositories: readonly CataloguedRepository[];
  /** Packages that hosts with Ubuntu install, from Ubuntu's archive and the repositories; their dependencies are added. */
  readonly ubuntuPackages: readonly string[];
  /** Debian packages that hosts install; their dependencies are added. */
  readonly packages: readonly string[];
}

/**
 * k3s and what it runs itself; the rest of its list is switched off in our clusters.
 *
 * | claim | file in k3s-io/k3s | revision |
 * |---|---|---|
 * | names and versions of the images | scripts/airgap/image-list.txt | 7a8e519, a month younger than v1.34.2+k3s1, whose own list could not be read |
 * | the checksum file covers the binary and the image archives | .github/workflows/release.yml | 9204014 |
 */
const k3s = {
  upstream: "docker.io/rancher",
  images: { "mirrored-pause": "3.6" },
  url: `https://github.com/k3s-io/k3s/releases/download/${encodeURIComponent(k3sVersion)}`,
  folder: `k3s/${k3sVersion}`,
  sums: "sha256sum-amd64.txt",
  files: ["k3s", "k3s-airgap-images-amd64.tar.zst"],
} as const;

/** Everything that this version of the project deploys. There are no charts; models come from a catalogue of the operator's, because the operator chooses them. */
export const builtIn: Catalogue = {
  images: [
    ...catalogueImages.map(({ path, upstream, version }) => ({ name: path, upstream, version })),
    ...Object.entries(k3s.images).map(([name, version]) => ({
      // `system-default-registry` replaces the host only: the path stays.
      name: `rancher/${name}`,
      upstream: `${k3s.upstream}/${name}`,
      version,
    })),
  ],
  files: [
    { kind: "file", key: `${k3s.folder}/${k3s.sums}`, url: `${k3s.url}/${k3s.sums}`, expected: "first seen" },
    ...k3s.files.map((name) => ({
      kind: "file" as const,
      key: `${k3s.folder}/${name}`,
      url: `${k3s.url}/${name}`,
      expected: { sums: `${k3s.folder}/${k3s.sums}`, line: name },
    })),
  ],
  // Of hosts with Ubuntu what every host has, and an encrypted data volume.
  repositories: [],
  ubuntuPackages: [
    "auditd",
    "ca-certificates",
    "chrony",
    "clevis",
    "clevis-luks",
    "cryptsetup-bin",
    "curl",
    "jose",
    "nftables",
    "openssl",
    "systemd-journal-remote",
    "unattended-upgrades",
  ],
  packages: [
    "auditd",
    "ca-certificates",
    "chrony",
    "clevis",
    "clevis-luks",
    "cryptsetup-bin",
    "curl",
    "dns-root-data",
    "haproxy",
    "jose",
    "keepalived",
    "nftables",
    "openssl",
    "squid",
    "systemd-journal-remote",
    "tang",
    "unattended-upgrades",
    "unbound",
    "wireguard-tools",
  ],
};

/** Several catalogues as one. A later one may repeat an entry, but a different entry under the same name is refused when it is read. */
export const together = (catalogues: readonly Catalogue[]): Catalogue => ({
  images: unique(catalogues.flatMap((catalogue) => catalogue.images)),
  files: unique(catalogues.flatMap((catalogue) => catalogue.files)),
  repositories: unique(catalogues.flatMap((catalogue) => catalogue.repositories)),
  ubuntuPackages: [...new Set(catalogues.flatMap((catalogue) => catalogue.ubuntuPackages))].sort(),
  packages: [...new Set(catalogues.flatMap((catalogue) => catalogue.packages))].sort(),
});

const unique = <T>(rows: readonly T[]): readonly T[] => [
  ...new Map(rows.map((row) => [JSON.stringify(row), row])).values(),
];
