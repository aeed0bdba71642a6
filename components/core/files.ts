import { type Digest, isDigest } from "./images";
import lock from "./images.lock.json";

/** Digests of files that `npm run mirror` copied, by path in the operator's store. */
export type LockedFiles = Readonly<Record<string, { readonly digest?: unknown }>>;

/** Digest that is locked for a file of the operator's store; undefined where nobody has locked it. */
export function lockedFile(path: string, rows: LockedFiles = lock.files): Digest | undefined {
  const digest = Object.hasOwn(rows, path) ? rows[path]?.digest : undefined;
  return isDigest(digest) ? digest : undefined;
}
