import { existsSync } from "node:fs";
import { lstat, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { invalid } from "../../../components/core/errors";
import { bundlePaths, filesIn, nameAnnotation } from "./bundle";
import { type Digest, digestOf, hex, isDigest, measuredFile, Tampered } from "./digest";
import { type Manifest, manifest } from "./manifest";
import type { Place } from "./skopeo";
import { readSums, type Sums, sumsName } from "./store";

/** An image in a bundle. */
export interface BundledImage {
  readonly name: string;
  readonly version: string;
  readonly wanted: Manifest;
}

/** A complete bundle. Every byte is checked before anything is read from it. */
export class BundleSource {
  private constructor(
    private readonly folder: string,
    readonly images: readonly BundledImage[],
    /** Paths in the store. */
    readonly files: ReadonlyMap<string, Digest>,
  ) {}

  /**
   * Checks a bundle against its checksums: every file is there and unchanged, and there is no other file.
   *
   * @param expected digest of the checksums file, received over another channel; without it the bundle is checked only against itself.
   * @throws RangeError or Tampered for the first thing that is wrong.
   */
  static async open(
    folder: string,
    expected: Digest | undefined,
    note: (bytes: number) => void = () => {},
  ): Promise<BundleSource> {
    const path = join(folder, sumsName);
    if (!existsSync(path))
      throw invalid(
        `a bundle with ${sumsName} in ${folder}`,
        undefined,
        existsSync(join(folder, bundlePaths.layout))
          ? "finish it first: run the command that began it again"
          : "name the folder that --bundle made",
      );
    const text = await readFile(path, "utf8");
    const digest = digestOf(text);
    if (expected !== undefined && digest !== expected)
      throw new Tampered(path, expected, digest, "nothing was loaded; get the bundle again");
    const sums = readSums(text);
    const present = await filesIn(folder);
    const strange = present.filter((name) => name !== sumsName && !sums.has(name));
    if (strange.length > 0)
      throw invalid(
        `only files that ${sumsName} names`,
        strange[0],
        "get the bundle again, or find out where they came from",
      );
    let bytes = 0;
    for (const [name, sum] of sums) {
      const found = await regular(join(folder, name), present.includes(name));
      if (found?.digest !== sum)
        throw new Tampered(`${name} in the bundle`, sum, found?.digest, "nothing was loaded; get the bundle again");
      note((bytes += found.bytes));
    }
    return new BundleSource(
      resolve(folder),
      await images(folder, sums),
      new Map(
        [...sums].flatMap(([name, sum]) =>
          name.startsWith(`${bundlePaths.files}/`) ? [[name.slice(bundlePaths.files.length + 1), sum] as const] : [],
        ),
      ),
    );
  }

  path(key: string): string {
    return join(this.folder, bundlePaths.files, key);
  }

  /**
   * An image as a folder in skopeo's `dir:` format. skopeo's reader of OCI layouts skips Docker's manifests.
   *
   * @param scratch an empty folder; it gets links only, since the bundle may be on a read-only medium.
   */
  async place({ wanted }: BundledImage, scratch: string): Promise<Place> {
    await writeFile(join(scratch, "version"), "Directory Transport Version: 1.1\n");
    await writeFile(join(scratch, "manifest.json"), wanted.raw);
    for (const { digest } of wanted.blobs)
      await symlink(join(this.folder, bundlePaths.blobs, hex(digest)), join(scratch, hex(digest)));
    return `dir:${scratch}`;
  }
}

/** A link could point anywhere on this machine: it counts as missing. */
async function regular(path: string, present: boolean) {
  return present && (await lstat(path)).isFile() ? measuredFile(path) : undefined;
}

async function images(folder: string, sums: Sums): Promise<readonly BundledImage[]> {
  const text = await readFile(join(folder, bundlePaths.index), "utf8");
  const { manifests = [] } = JSON.parse(text) as {
    readonly manifests?: readonly {
      readonly digest?: unknown;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  };
  const found: BundledImage[] = [];
  for (const { digest, annotations } of manifests) {
    const [, name, version] = /^([a-z0-9/._-]+):([A-Za-z0-9_.-]+)$/.exec(annotations?.[nameAnnotation] ?? "") ?? [];
    if (name === undefined || version === undefined || !isDigest(digest) || !sums.has(blob(digest)))
      throw invalid("images with name, version and manifest in the bundle", annotations, "make the bundle again");
    const wanted = manifest(name, digest, await readFile(join(folder, blob(digest))));
    const lacking = wanted.blobs.find((piece) => !sums.has(blob(piece.digest)));
    if (lacking !== undefined)
      throw new Tampered(`a layer of ${name} in the bundle`, lacking.digest, undefined, "make the bundle again");
    found.push({ name, version, wanted });
  }
  return found;
}

const blob = (digest: Digest): string => `${bundlePaths.blobs}/${hex(digest)}`;
