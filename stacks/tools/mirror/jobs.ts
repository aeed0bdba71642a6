import type { CataloguedFile, CataloguedImage } from "./catalogue";
import type { Manifest } from "./manifest";
import type { Place } from "./skopeo";

/** An image on its way into a registry or a bundle. */
export interface ImageJob {
  readonly image: CataloguedImage;
  readonly wanted: Manifest;
  readonly there: boolean;
  /** Whether its digest goes into the lock file: only what the catalogue names. */
  readonly pinned: boolean;
  /** Hands out where it can be copied from. */
  readonly from: <T>(use: (place: Place) => Promise<T>) => Promise<T>;
}

/** A file on its way into a store. */
export interface FileJob {
  readonly kind: CataloguedFile["kind"] | "package";
  readonly key: string;
  readonly url: string;
  readonly expected: CataloguedFile["expected"];
  readonly bytes?: number | undefined;
  /** Whether its digest goes into the lock file. Debian's packages are renewed under signatures: pinned, they would never be mended. */
  readonly pinned: boolean;
  /** Where it lies on this machine already. */
  readonly path?: string;
  /** Whether it says of others that they are there: it comes last, and only if they are. */
  readonly last?: boolean;
}

/** A file as it stands in lines and messages: `file k3s/v1.34.2+k3s1/k3s`. */
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
