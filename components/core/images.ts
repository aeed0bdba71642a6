import { invalid } from "./errors";
import lock from "./images.lock.json";

/** SHA-256 of some content, as registries write it. */
export type Digest = `sha256:${string}`;

export const isDigest = (value: unknown): value is Digest =>
  typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value);

/** A container image that a deployment runs. */
export interface Image {
  /** Where the mirror takes it from. Nothing that runs ever asks this place. */
  readonly upstream: string;
  /** Tag. */
  readonly version: string;
  /** Content, once it is locked; a tag alone can be moved. */
  readonly digest?: Digest;
}

/**
 * Every image, under the path that it has in the operator's registry. Versions were read in the upstream repositories named beside them. No registry could be
 * asked for a tag from where this was written: each was seen in public files of others who run it, in November 2026. `npm run mirror -- --dry-run` asks.
 */
export const images = {
  // jitsi/docker-jitsi-meet, tag stable-11146-2 (738058b).
  "jitsi/web": { upstream: "ghcr.io/jitsi/web", version: "stable-11146-2" },
  "jitsi/prosody": { upstream: "ghcr.io/jitsi/prosody", version: "stable-11146-2" },
  "jitsi/jicofo": { upstream: "ghcr.io/jitsi/jicofo", version: "stable-11146-2" },
  "jitsi/jvb": { upstream: "ghcr.io/jitsi/jvb", version: "stable-11146-2" },
  // jitsi-contrib/jitsi-helm 3.4.0 (b849a05), values.yaml; options read in coturn/coturn 8024aa6 (4.17.1).
  "coturn/coturn": { upstream: "docker.io/coturn/coturn", version: "4.17.2" },
  // The branch of HAProxy with long-term support.
  "library/haproxy": { upstream: "docker.io/library/haproxy", version: "3.2.24-alpine" },
  // kubernetes/autoscaler, tag cluster-autoscaler-1.35.2 (2d42588); why no earlier one: clouds/hetzner/autoscaling.ts.
  "autoscaling/cluster-autoscaler": { upstream: "registry.k8s.io/autoscaling/cluster-autoscaler", version: "v1.35.2" },
} as const satisfies Record<string, Image>;

/** Path of an image in the operator's registry. */
export type ImageName = keyof typeof images;

/** What `npm run mirror` has seen, by path in the operator's registry. */
export type LockedImages = Readonly<Record<string, Partial<Record<keyof Image, unknown>>>>;

/** An image with the digest that is locked for this very upstream and version; a row that speaks of others locks nothing. */
export function locked(name: string, { upstream, version }: Image, rows: LockedImages = lock.images): Image {
  const row = rows[name];
  return row?.upstream === upstream && row.version === version && isDigest(row.digest)
    ? { upstream, version, digest: row.digest }
    : { upstream, version };
}

/**
 * Reference of an image in the operator's registry: `registry.crisis.example.ch/jitsi/jvb:stable-11146-2`, with the digest where it is locked.
 *
 * @throws RangeError when the catalogue has no such image.
 */
export function image(registry: string, name: ImageName): string {
  const found: Image | undefined = images[name];
  if (found === undefined)
    throw invalid(`an image of the catalogue: ${Object.keys(images).join(", ")}`, name, "add it there first");
  return reference(registry, name, locked(name, found));
}

/** Reference of any image that a registry has under a path. */
export const reference = (registry: string, path: string, { version, digest }: Image): string =>
  `${registry}/${path}:${version}${digest === undefined ? "" : `@${digest}`}`;
