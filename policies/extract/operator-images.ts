import { type OperatorImageFact, operatorImages } from "../facts/operator-images";
import type { Subject } from "../rule";
import type { Reference } from "./images";
import { manifestsIn } from "./manifests";
import type { Reading } from "./text";
import { at, isList, isObject, unknown, type Value } from "./value";

const ofGroup = new Map<string, readonly OperatorImageFact[]>(
  operatorImages.map(({ group }) => [group, operatorImages.filter((row) => row.group === group)]),
);

/** True if something stands at a path; what is not known may be an image. */
function stands(value: Value, [step, ...rest]: readonly string[]): boolean {
  if (value === unknown) return true;
  if (step === undefined) return value !== undefined && value !== null && value !== "" && value !== false;
  if (step !== "*") return stands(at(value, step), rest);
  const members: readonly Value[] = isList(value) ? value : isObject(value) ? Object.values(value) : [];
  return members.some((item) => stands(item, rest));
}

/** Images that operators take of their publishers, since the objects name none. A patch leaves everything else as it is, so that nothing is missing there. */
export const defaultImages = (subject: Subject, read: Reading): readonly Reference[] =>
  manifestsIn(subject, read).flatMap(({ group, kind, value, path }) =>
    path === "" && subject.type.endsWith("Patch")
      ? []
      : (ofGroup.get(group) ?? []).flatMap((row) => {
          const is = (key: string): boolean => stands(value, key.split("."));
          if (row.kind !== kind || row.paths.some(is)) return [];
          if ((row.when !== undefined && !is(row.when)) || (row.unless !== undefined && is(row.unless))) return [];
          const [named = ""] = row.paths;
          const where = `the ${kind}, which names none in ${named}`;
          return [{ path: path === "" ? where : `${path} (${where})`, text: row.image, certain: false }];
        }),
  );
