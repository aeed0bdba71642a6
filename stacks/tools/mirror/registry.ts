import type { CataloguedImage } from "./catalogue";
import { type Digest, digestOf, Tampered } from "./digest";
import { invalid } from "../../../components/core/errors";
import { type Manifest, manifest, ofPlatform } from "./manifest";
import type { Place, Skopeo } from "./skopeo";

/** Name of an image in the operator's registry: `jitsi/jvb:stable-11146-2`. */
export const called = ({ name, version }: Pick<CataloguedImage, "name" | "version">): string => `${name}:${version}`;

/** A destination for images. */
export interface ImageTarget {
  /** True if the image is complete in the registry, under its name. */
  has(image: CataloguedImage, wanted: Manifest): Promise<boolean>;
  copy(image: CataloguedImage, wanted: Manifest, from: Place): Promise<void>;
  /** Reads every byte of an image back. @throws Tampered when one differs. */
  verify(image: CataloguedImage, wanted: Manifest): Promise<void>;
}

/**
 * Fetches the manifest of the locked image from its upstream, or of its tag if it is not locked.
 *
 * @throws Tampered when the upstream sends something else under this digest; RangeError when it has no such image.
 */
export async function upstreamManifest(
  skopeo: Skopeo,
  image: CataloguedImage,
  locked: Digest | undefined,
): Promise<Manifest> {
  const digest = locked ?? (await tagged(skopeo, image));
  const raw = await skopeo.raw(source(image, digest));
  if (raw === undefined)
    throw invalid(
      `${called(image)} with digest ${digest} at ${image.upstream}`,
      undefined,
      locked === undefined
        ? "ask its publisher: the tag points to nothing"
        : `load it from a bundle, or take what is there now with --relock ${image.name}`,
    );
  return manifest(called(image), digest, raw);
}

async function tagged(skopeo: Skopeo, image: CataloguedImage): Promise<Digest> {
  const raw = await skopeo.raw(`docker://${image.upstream}:${image.version}`);
  if (raw === undefined)
    throw invalid(`${image.upstream}:${image.version}`, undefined, "correct the version in the catalogue");
  return ofPlatform(called(image), raw);
}

/** Upstream reference of an image, by digest, so that a tag that moves between check and copy changes nothing. */
export const source = ({ upstream }: CataloguedImage, digest: Digest): Place => `docker://${upstream}@${digest}`;

/** The operator's registry. */
export class Registry implements ImageTarget {
  constructor(
    private readonly skopeo: Skopeo,
    private readonly host: string,
    /** Folder for blobs that are read back. */
    private readonly scratch: <T>(work: (folder: string) => Promise<T>) => Promise<T>,
  ) {}

  async has(image: CataloguedImage, wanted: Manifest): Promise<boolean> {
    // A registry accepts a manifest only after all its layers, so a manifest means that the image is complete.
    const raw = await this.skopeo.raw(this.place(image));
    return raw !== undefined && digestOf(raw) === wanted.digest;
  }

  async copy(image: CataloguedImage, wanted: Manifest, from: Place): Promise<void> {
    await this.skopeo.copy(called(image), from, this.place(image));
    const raw = await this.skopeo.raw(this.place(image));
    if (raw === undefined || digestOf(raw) !== wanted.digest)
      throw new Tampered(
        `${called(image)} at ${this.host}`,
        wanted.digest,
        raw === undefined ? undefined : digestOf(raw),
        "the registry changes images: check its settings",
      );
  }

  verify(image: CataloguedImage, wanted: Manifest): Promise<void> {
    return this.scratch((folder) =>
      this.skopeo.copy(
        `${called(image)} at ${this.host}`,
        `docker://${this.host}/${image.name}@${wanted.digest}`,
        `dir:${folder}`,
      ),
    );
  }

  private place(image: CataloguedImage): Place {
    return `docker://${this.host}/${called(image)}`;
  }
}
