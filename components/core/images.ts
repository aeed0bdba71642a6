import type { Keys } from "./errors";
import lock from "./images.lock.json";

/** SHA-256 of some content, as registries write it. */
export type Digest = `sha256:${string}`;

export const isDigest = (value: unknown): value is Digest =>
  typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value);

/** A container image that a deployment runs. */
export interface Image {
  /** Upstream reference, read by the mirror only. Nothing that runs contacts it. */
  readonly upstream: string;
  /** Tag. */
  readonly version: string;
  /** Content, once it is locked; a tag alone can be moved. */
  readonly digest?: Digest;
}

/** An image with the path that it has in the operator's registry. */
export interface CatalogueImage extends Image {
  readonly path: string;
}

export const catalogueImageKeys: Keys<CatalogueImage> = {
  path: true,
  upstream: true,
  version: true,
  digest: true,
};

/** Digests of images that `npm run mirror` copied, by path in the operator's registry. */
export type LockedImages = Readonly<Record<string, Partial<Record<keyof Image, unknown>>>>;

/** An image with the digest that is locked for this very upstream and version; a row that speaks of others locks nothing. */
export function locked(name: string, { upstream, version }: Image, rows: LockedImages = lock.images): Image {
  const row = rows[name];
  return row?.upstream === upstream && row.version === version && isDigest(row.digest)
    ? { upstream, version, digest: row.digest }
    : { upstream, version };
}

/**
 * Reference of an image in the operator's registry: `registry.crisis.example.ch/jitsi/jvb:stable-11146-2`, with its own digest or the one that is locked.
 *
 * Images of an importer's own are given in the same shape: `image(cluster.registry, { path: "intranet/wiki", upstream: "registry.example.ch/wiki", version: "4.2" })`.
 */
export const image = (registry: string, { path, ...row }: CatalogueImage): string =>
  reference(registry, path, row.digest === undefined ? locked(path, row) : row);

/** Reference of any image that a registry has under a path. */
export const reference = (registry: string, path: string, { version, digest }: Image): string =>
  `${registry}/${path}:${version}${digest === undefined ? "" : `@${digest}`}`;
