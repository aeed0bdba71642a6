import type { CataloguedFile, CataloguedImage } from "./catalogue";
import type { Manifest } from "./manifest";
import type { Place } from "./skopeo";

/** An image on its way into a registry or a bundle. */
export interface ImageJob {
  readonly image: CataloguedImage;
  readonly wanted: Manifest;
  readonly there: boolean;
  /** True if its digest goes into the lock file: only entries of the catalogue do. */
  readonly pinned: boolean;
  /** Returns the place to copy it from. */
  readonly from: <T>(use: (place: Place) => Promise<T>) => Promise<T>;
}

/** A file on its way into a store. */
export interface FileJob {
  readonly kind: CataloguedFile["kind"] | "package";
  readonly key: string;
  readonly url: string;
  readonly expected: CataloguedFile["expected"];
  readonly bytes?: number | undefined;
  /** True if its digest goes into the lock file. Debian's packages are not pinned: they are updated under Debian's signatures, and a pinned one would never get its security update. */
  readonly pinned: boolean;
  /** Path on this machine, if it is already here. */
  readonly path?: string;
  /** True for an index of other files: it is published last, and only if they are complete. */
  readonly last?: boolean;
}

/** Name of a file in messages: `file k3s/v1.34.2+k3s1/k3s`. */
export const whatOf = ({ kind, key }: Pick<FileJob, "kind" | "key">): string => `${kind} ${key}`;

/** Bytes for people: `98.1 MB`. */
export function size(bytes: number | undefined): string {
  if (bytes === undefined) return "?";
  const [unit, divisor] =
    (
      [
        ["GB", 1e9],
        ["MB", 1e6],
        ["kB", 1e3],
      ] as const
    ).find(([, least]) => bytes >= least) ?? (["B", 1] as const);
  return `${divisor === 1 ? bytes : (bytes / divisor).toFixed(1)} ${unit}`;
}
