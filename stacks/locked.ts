import { isDigest, type LockedImages } from "../components/core/images";
import type { LockedFiles } from "../components/core/files";
import { k3sFile } from "../components/recipe/parts/k3s";
import lock from "../components/core/images.lock.json";
import { builtIn } from "./tools/mirror/catalogue";

/**
 * Entries of the built-in catalogue that run on hosts or in the cluster and have no locked digest: images by their path in the registry, files
 * by their path in the store. Debian's packages are not in it: a host's apt checks Debian's own signatures.
 */
export function unlocked(images: LockedImages = lock.images, files: LockedFiles = lock.files): readonly string[] {
  return [
    ...builtIn.images.flatMap(({ name, upstream, version }) => {
      const row = images[name];
      return row?.upstream === upstream && row.version === version && isDigest(row.digest)
        ? []
        : [`${name}:${version}`];
    }),
    ...(isDigest(files[k3sFile]?.digest) ? [] : [k3sFile]),
  ];
}
