import { remembering } from "./memo";

/** Version of an image that a reference names. */
export type Pin =
  /** Content itself: `@sha256:…`. */
  | { readonly kind: "digest" }
  /** A tag of a full version or of one build, which moves only if its registry lets it. */
  | { readonly kind: "version"; readonly tag: string }
  /** A tag that is made to move, as `latest`, `stable` and `3-alpine`; without any tag, `latest`. */
  | { readonly kind: "moving"; readonly tag: string | undefined }
  /** A tag that is put in later. */
  | { readonly kind: "open" };

/** A version of two numbers at least, which is a full one with some upstreams, a build of at least four digits, or a revision. */
const full = /\d+\.\d+|\d{4,}|(^|[.-])(?=[a-f]*\d)[0-9a-f]{7,40}([.-]|$)/;

/**
 * Version that a reference to an image names. A digest that is too short or of another form is none.
 *
 * Source: distribution/reference `regexp.go` (a tag begins after the last colon behind the last slash; a digest has a name, a colon and hexadecimal digits).
 */
export const pinOf = remembering((reference): Pin => {
  const [name = "", digest] = reference.trim().split("@");
  if (digest !== undefined && /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(digest)) return { kind: "digest" };
  const last = name.slice(name.lastIndexOf("/") + 1);
  const tag = last.includes(":") ? last.slice(last.indexOf(":") + 1) : undefined;
  if (/[$<>]|\{\{|%[sdv(]/.test(digest ?? tag ?? last)) return { kind: "open" };
  return tag !== undefined && full.test(tag) ? { kind: "version", tag } : { kind: "moving", tag };
});
