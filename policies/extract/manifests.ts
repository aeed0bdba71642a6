import type { Subject } from "../rule";
import { attached } from "./memo";
import { kindOf } from "./subject";
import type { Reading } from "./text";
import { at, isList, items, type Value } from "./value";

/** A Kubernetes object: a resource of its own, or one that stands in a text. */
export interface Manifest {
  /** `core` for the first group. */
  readonly group: string;
  readonly kind: string;
  readonly value: Value;
  /** Place of the text that it stands in. Empty: it is the resource itself. */
  readonly path: string;
}

/** Every Kubernetes object in a resource. */
export const manifestsIn = (
  subject: Pick<Subject, "type">,
  { documents }: Pick<Reading, "documents">,
): readonly Manifest[] => ofType(documents)(subject.type);

/** Manifests of documents by the type of their resource, which is almost always the same. */
const ofType = attached((documents: Reading["documents"]) => {
  let [last, found]: [type: string | undefined, found: readonly Manifest[]] = [undefined, []];
  return (type: string): readonly Manifest[] => {
    if (type !== last) {
      const own = kindOf(type);
      found = documents.flatMap(({ path, value }) =>
        path === "" && own !== undefined
          ? [{ ...own, kind: own.kind.replace(/Patch$/, ""), value, path }]
          : written(value, path),
      );
      last = type;
    }
    return found;
  };
});

/** Those of a document, those of a List too. */
function written(value: Value, path: string): readonly Manifest[] {
  if (isList(value)) return value.flatMap((item) => written(item, path));
  const [version, kind] = [at(value, "apiVersion"), at(value, "kind")];
  if (typeof version === "string" && typeof kind === "string")
    return [
      { group: version.includes("/") ? (version.split("/")[0] ?? "") : "core", kind, value, path },
      ...items(at(value, "items")).flatMap((item) => written(item, path)),
    ];
  return [];
}
