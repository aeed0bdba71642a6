import type { Finding, Subject, Undetermined, Verdict } from "../rule";
import { type Container, containersIn } from "./containers";
import { filledWith } from "./joined";
import { attached } from "./memo";
import { recipeFiles } from "./recipe";
import { isComponent, isProvider } from "./subject";
import { inLeaves, type Leaf, leafOf } from "./leaf";
import { read, type Reading, textsOf } from "./text";
import { at, entries, isObject, type Properties } from "./value";

/** In our own components: where a figure comes from, and why something is open. */
const skippedOurs = new Set(["pluginDownloadURL", "reason", "source", "singleton"]);
const skipped = new Set(["pluginDownloadURL"]);

/** Everything that can be read in a resource. Several rules read the same one. */
export const reading = attached((subject: Subject): Reading => {
  const plain = read(opened(subject), subject.type.startsWith("sovereign-uc:") ? skippedOurs : skipped);
  const leaves = filledIn(plain);
  return leaves === plain.leaves ? plain : { ...plain, leaves, texts: textsOf(leaves) };
});

/** Texts of containers that take variables of the same container, filled in. A variable that only the cluster knows stays as it is. */
function filledIn({ documents, leaves }: Reading): readonly Leaf[] {
  if (!leaves.some(({ text }) => text.includes("$"))) return leaves;
  const given = documents.flatMap(({ path, value }) =>
    containersIn(value).flatMap(({ path: own, environment }) => {
      const known = [...environment].flatMap(([name, text]) =>
        typeof text === "string" ? [[name, text] as const] : [],
      );
      return known.length === 0 ? [] : [[`${[path, own].filter(Boolean).join(".")}.`, new Map(known)] as const];
    }),
  );
  if (given.length === 0) return leaves;
  return leaves.map((leaf) => {
    const known = leaf.text.includes("$") ? given.find(([start]) => leaf.path.startsWith(start))?.[1] : undefined;
    return known === undefined ? leaf : leafOf(leaf.path, filledWith(leaf.text, known));
  });
}

/** Content of a resource, where its type says how it is packed: a Secret's `data` is always base64, the files of a recipe are too. */
function opened({ type, properties }: Subject): Properties {
  if (type.startsWith("kubernetes:core/v1:Secret")) {
    const data = at(properties, "data");
    if (!isObject(data)) return properties;
    const plain = entries(data).map(
      ([key, value]) =>
        [key, typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : value] as const,
    );
    return { ...properties, data: Object.fromEntries(plain) };
  }
  if (type !== "command:remote:Command") return properties;
  const files = recipeFiles(at(properties, "stdin"));
  return files === undefined
    ? properties
    : { ...properties, stdin: files.map(({ path, content }) => ({ path, content })) };
}

/** All containers that a resource describes, including those in its texts. */
export const containers = attached(({ documents }: Reading): readonly Container[] =>
  documents.flatMap(({ path, value }) =>
    containersIn(value).map((found) =>
      path === "" ? found : { ...found, path: [path, found.path].filter(Boolean).join(" ") },
    ),
  ),
);

/**
 * Judges every text of a resource that is more than a word. Nothing readable: the rule is unrelated. A part unknown or not read: undetermined, beside what was found elsewhere.
 *
 * @param more findings that do not come from single texts.
 */
export function judgeTexts(
  subject: Subject,
  judge: (leaf: Leaf) => readonly (Finding | Undetermined)[],
  more: (read: Reading) => Verdict = () => [],
  which: "texts" | "words too" = "texts",
): Verdict {
  const whole = reading(subject);
  const others = more(whole) ?? [];
  const open = whole.partial && !isProvider(subject);
  const readable = whole.leaves.length > 0 || whole.documents.length > 1 || whole.unread.length > 0;
  if (!readable && !open && others.length === 0) return undefined;
  const found = unique(inLeaves(which === "texts" ? whole.texts : whole.leaves, judge));
  if (!open && whole.unread.length === 0) return others.length === 0 ? found : [...found, ...others];
  return [
    ...found,
    ...others,
    // What a provider keeps secret is its credentials; where it leads is judged by rules of their own.
    ...(open ? [partial] : []),
    ...whole.unread.map((what) => ({
      undetermined: `${what}, which no rule reads`,
      action: "split it, or give it unpacked",
    })),
  ];
}

/** Note of a rule that looks for something in texts: a part that is not known may hold it, too. */
export const unseen = (subject: Subject): readonly Undetermined[] =>
  reading(subject).partial && !isProvider(subject) ? [partial] : [];

export const partial: Undetermined = {
  later: true,
  undetermined: "a part of it is not known before the update, or is a secret without a key",
};

/**
 * The same for the outputs of components, which show at preview what their hosts will contain. Other resources are judged by their inputs.
 */
export function judgeComponents(subjects: readonly Subject[], judge: (subject: Subject) => Verdict): Verdict {
  const components = componentsOf(subjects);
  if (components.length === 0) return undefined;
  return components.flatMap((subject) => {
    const verdict = judge(subject);
    return verdict === undefined ? [] : verdict.map((item) => ({ ...item, urn: subject.urn }));
  });
}

const componentsOf = attached((subjects: readonly Subject[]) => subjects.filter(isComponent));

/** Verdicts of two parts of one check. */
export const together = (...verdicts: readonly Verdict[]): Verdict =>
  verdicts.every((verdict) => verdict === undefined) ? undefined : verdicts.flatMap((verdict) => verdict ?? []);

function unique<T extends Finding | Undetermined>(all: readonly T[]): readonly T[] {
  if (all.length < 2) return all;
  return [...new Map(all.map((item) => ["found" in item ? item.found : item.undetermined, item])).values()];
}

/** A text, and the line that it makes with its key: a simple file of settings is read as data, so that each value stands alone. */
export const withKey = ({ path, text }: Leaf): readonly string[] => {
  const [, key] = /([\w-]+)"?\]?$/.exec(path) ?? [];
  return key === undefined || text.length > 300 ? [text] : [text, `${key}: ${text}`];
};

/** Place of a text in a message. */
export const place = (path: string): string => (path === "" ? "" : ` in ${path}`);
