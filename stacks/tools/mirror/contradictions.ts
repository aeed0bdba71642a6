import { invalid } from "../../../components/core/errors";
import type { Digest } from "./digest";
import type { FileJob, ImageJob } from "./jobs";
import { called } from "./registry";
import type { Session } from "./session";

/** Entries of a bundle that contradict the catalogue or the lock file. */
export function contradictions(
  { catalogue, lock }: Session,
  images: readonly ImageJob[],
  files: readonly FileJob[],
): readonly string[] {
  return [
    ...images.flatMap(({ image, wanted, pinned }) => {
      const locked = pinned ? (image.digest ?? lock.image(image.name, image.upstream, image.version)) : undefined;
      return against(`image ${called(image)}`, locked, wanted.digest);
    }),
    ...files.flatMap(({ kind, key, url, expected }) => {
      const demanded = catalogue.files.find((file) => file.key === key)?.expected;
      const locked =
        demanded !== undefined && demanded !== "first seen" && "digest" in demanded
          ? demanded.digest
          : lock.file(key, url)?.digest;
      const brought = expected !== "first seen" && "digest" in expected ? expected.digest : undefined;
      return against(`${kind} ${key}`, locked, brought);
    }),
  ];
}

const against = (what: string, locked: Digest | undefined, brought: Digest | undefined): readonly string[] =>
  locked === undefined || locked === brought
    ? []
    : [
        invalid(
          `${what} with the locked digest ${locked}`,
          brought,
          "nothing was loaded; find out which is right, the bundle or the lock file",
        ).message,
      ];
