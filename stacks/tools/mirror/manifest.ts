import { invalid } from "../../../components/core/errors";
import { type Digest, digestOf, isDigest, Tampered } from "./digest";

/** A blob of an image. */
export interface Blob {
  readonly digest: Digest;
  readonly size: number;
}

/** An image for one platform: exactly what a registry holds under its digest. */
export interface Manifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly raw: Buffer;
  /** Configuration and layers. */
  readonly blobs: readonly Blob[];
  /** Of all blobs, as transferred (compressed). */
  readonly bytes: number;
}

/** Platform of our hosts: k3s is mirrored for no other. */
const platform = { os: "linux", architecture: "amd64" } as const;

/**
 * Digest of the image for our platform behind a tag: the tag's own, or that of an entry if the tag is an image index.
 *
 * @throws RangeError when the list has none.
 */
export function ofPlatform(what: string, raw: Buffer): Digest {
  const entries = json(what, raw)["manifests"];
  if (!Array.isArray(entries)) return digestOf(raw);
  const found = entries.find(
    (entry: { readonly platform?: { readonly os?: unknown; readonly architecture?: unknown } }) =>
      entry.platform?.os === platform.os && entry.platform.architecture === platform.architecture,
  ) as { readonly digest?: unknown } | undefined;
  if (!isDigest(found?.digest))
    throw invalid(
      `${what} for ${platform.os}/${platform.architecture}`,
      `a list of ${entries.length} images for others`,
      "take a version that is built for it",
    );
  return found.digest;
}

/**
 * Reads a manifest and checks that it is the requested one: skopeo does not verify what a registry sends.
 *
 * @throws Tampered when the content has another digest; RangeError when it is no manifest of a single image.
 */
export function manifest(what: string, expected: Digest, raw: Buffer): Manifest {
  const digest = digestOf(raw);
  if (digest !== expected)
    throw new Tampered(`a manifest of ${what}`, expected, digest, "nothing of it was copied; ask its publisher");
  const content = json(what, raw);
  const { mediaType, config, layers } = content;
  const blobs = [config, ...(Array.isArray(layers) ? layers : [])] as Partial<Blob>[];
  if (!Array.isArray(layers) || !blobs.every((blob) => isDigest(blob?.digest) && Number.isInteger(blob.size)))
    throw invalid(
      `${what}: the manifest of one image, with configuration and layers`,
      Object.keys(content).join(", "),
      Array.isArray(content["manifests"])
        ? `lock ${ofPlatform(what, raw)} instead: hosts need one platform only`
        : "take a version with a manifest of schema 2",
    );
  const unique = [...new Map((blobs as Blob[]).map((blob) => [blob.digest, blob])).values()];
  return {
    digest,
    mediaType: typeof mediaType === "string" ? mediaType : "application/vnd.oci.image.manifest.v1+json",
    raw,
    blobs: unique,
    bytes: unique.reduce((sum, { size }) => sum + size, 0),
  };
}

function json(what: string, raw: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(raw.toString("utf8")) as unknown;
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // No JSON at all: the same message.
  }
  throw invalid(`a manifest of ${what}`, raw.toString("utf8"), "check the server at this address");
}
