import { existsSync, readdirSync, statSync } from "node:fs";
import { copyFile, link, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { invalid } from "../../../components/core/errors";
import type { CataloguedImage } from "./catalogue";
import { type Digest, digestOf, hex, measuredFile, Tampered } from "./digest";
import type { Manifest } from "./manifest";
import { startRegistry } from "./local-registry";
import { called, type ImageTarget, Registry } from "./registry";
import type { Place, Skopeo } from "./skopeo";
import { sumsName, writtenSums } from "./store";

/** Annotation of the OCI image layout that carries an image's name. */
export const nameAnnotation = "org.opencontainers.image.ref.name";

/** Folders and files of a bundle. */
export const bundlePaths = {
  layout: "images/oci-layout",
  index: "images/index.json",
  blobs: "images/blobs/sha256",
  files: "files",
  staging: ".staging",
} as const;

/**
 * An offline bundle while it is built: one folder with an OCI image layout, files, and a SHA256SUMS that is written last, so that an unfinished bundle is not
 * taken for a complete one.
 *
 * Images go through a docker-registry on loopback whose storage is the bundle's folder: writing into a folder directly, skopeo would restart every
 * interrupted image, and would convert Docker's manifests to OCI's, which changes their digests.
 */
export class Bundle implements ImageTarget {
  private constructor(
    private readonly folder: string,
    private readonly registry: Registry,
    private readonly stop: () => Promise<void>,
  ) {}

  /** @throws RangeError when the folder holds something that is no bundle. */
  static async open(
    folder: string,
    skopeo: Skopeo,
    scratch: ConstructorParameters<typeof Registry>[2],
  ): Promise<Bundle> {
    const layout = join(folder, bundlePaths.layout);
    if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(layout))
      throw invalid("an empty folder, or a bundle, after --bundle", folder, "name another folder: this one is kept");
    await mkdir(join(folder, bundlePaths.blobs), { recursive: true });
    await writeFile(layout, `${JSON.stringify({ imageLayoutVersion: "1.0.0" })}\n`);
    // From here on it is unfinished, even if it was complete before.
    await rm(join(folder, sumsName), { force: true });
    const { host, stop } = await startRegistry(join(folder, bundlePaths.staging));
    return new Bundle(folder, new Registry(skopeo, host, scratch), stop);
  }

  has(_: CataloguedImage, wanted: Manifest): Promise<boolean> {
    const whole = all(wanted).every(
      ({ digest, size }) => statSync(this.blob(digest), { throwIfNoEntry: false })?.size === size,
    );
    return Promise.resolve(whole);
  }

  async copy(image: CataloguedImage, wanted: Manifest, from: Place): Promise<void> {
    await this.registry.copy(image, wanted, from);
    for (const { digest, size } of all(wanted)) {
      const blob = this.blob(digest);
      if (statSync(blob, { throwIfNoEntry: false })?.size !== size) await linked(this.staged(digest), blob);
    }
  }

  async verify(image: CataloguedImage, wanted: Manifest): Promise<void> {
    for (const { digest } of all(wanted))
      await same(`a layer of ${called(image)} in ${this.folder}`, this.blob(digest), digest);
  }

  /**
   * Completes the bundle: removes leftovers, reads every byte once more, and writes the index and the checksums.
   *
   * @returns digest of the checksums, with which the bundle can be verified when it is loaded.
   * @throws Tampered when a layer on the disk has changed.
   */
  async seal(
    images: readonly { readonly image: CataloguedImage; readonly wanted: Manifest }[],
    keys: readonly string[],
  ): Promise<Digest> {
    await this.close();
    await rm(join(this.folder, bundlePaths.staging), { recursive: true, force: true });
    const wanted = new Set([
      bundlePaths.layout,
      ...images.flatMap((image) => all(image.wanted).map(({ digest }) => `${bundlePaths.blobs}/${hex(digest)}`)),
      ...keys.map((key) => `${bundlePaths.files}/${key}`),
    ]);
    for (const path of await filesIn(this.folder)) if (!wanted.has(path)) await rm(join(this.folder, path));
    await writeFile(
      join(this.folder, bundlePaths.index),
      `${JSON.stringify(
        {
          schemaVersion: 2,
          mediaType: "application/vnd.oci.image.index.v1+json",
          manifests: images.map(({ image, wanted: { digest, mediaType, raw } }) => ({
            mediaType,
            digest,
            size: raw.length,
            annotations: { [nameAnnotation]: called(image) },
          })),
        },
        null,
        2,
      )}\n`,
    );
    const sums = new Map<string, Digest>();
    for (const path of await filesIn(this.folder)) {
      const { digest } = await measuredFile(join(this.folder, path));
      const name = path.startsWith(`${bundlePaths.blobs}/`) ? path.slice(bundlePaths.blobs.length + 1) : undefined;
      if (name !== undefined && name !== hex(digest))
        throw new Tampered(path, `sha256:${name}`, digest, "look at the disk, then remove the bundle and start again");
      sums.set(path, digest);
    }
    const text = writtenSums(sums);
    const draft = join(this.folder, `${sumsName}.part`);
    await writeFile(draft, text);
    await rename(draft, join(this.folder, sumsName));
    return digestOf(text);
  }

  /** Stops the registry. Its content stays for the next run. */
  close(): Promise<void> {
    return this.stop();
  }

  private blob(digest: Digest): string {
    return join(this.folder, bundlePaths.blobs, hex(digest));
  }

  private staged(digest: Digest): string {
    const name = hex(digest);
    return join(this.folder, bundlePaths.staging, "docker/registry/v2/blobs/sha256", name.slice(0, 2), name, "data");
  }
}

/** Manifest and blobs. */
const all = ({ digest, raw, blobs }: Manifest): readonly { readonly digest: Digest; readonly size: number }[] => [
  { digest, size: raw.length },
  ...blobs,
];

async function same(what: string, path: string, digest: Digest): Promise<void> {
  const found = (await measuredFile(path)).digest;
  if (found !== digest) throw new Tampered(what, digest, found, "remove the bundle and make it again");
}

/** Names of all files below a folder, relative to it. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** A hard link to a file, or a copy if the file system has no hard links. */
async function linked(from: string, to: string): Promise<void> {
  const draft = `${to}.part`;
  await rm(draft, { force: true });
  await link(from, draft).catch(() => copyFile(from, draft));
  await rename(draft, to);
}
