import type { Finding, Subject, Undetermined, Verdict } from "../rule";
import { type Container, containersIn } from "./containers";
import { isComponent } from "./subject";
import { type Leaf, read, type Reading } from "./text";
import { at, entries, isObject, type Properties } from "./value";

/** Keys whose text only explains; in our own components, also the source of a figure and the reason for an opening. */
const explaining = new Set(["description", "pluginDownloadURL"]);
const explainingOurs = new Set([...explaining, "reason", "source", "singleton"]);

/** Everything that can be read in a resource. */
export function reading(subject: Subject): Reading {
  const ours = subject.type.startsWith("sovereign-uc:");
  return read(
    subject.type.startsWith("kubernetes:core/v1:Secret") ? opened(subject.properties) : subject.properties,
    ours ? explainingOurs : explaining,
  );
}

/** A Secret's `data` is always base64, even a short value. */
function opened(properties: Properties): Properties {
  const data = at(properties, "data");
  if (!isObject(data)) return properties;
  const plain = entries(data).map(
    ([key, value]) => [key, typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : value] as const,
  );
  return { ...properties, data: Object.fromEntries(plain) };
}

/** All containers that a resource describes, including those in its texts. */
export const containers = ({ documents }: Reading): readonly Container[] =>
  documents.flatMap(({ path, value }) =>
    containersIn(value).map((found) => ({ ...found, path: [path, found.path].filter(Boolean).join(" ") })),
  );

/**
 * Judges every text of a resource. Without readable text the rule does not apply; without findings but with an unknown part the result is undetermined.
 *
 * @param more findings that do not come from single texts.
 */
export function judgeTexts(
  subject: Subject,
  judge: (leaf: Leaf) => readonly Finding[],
  more: (read: Reading) => Verdict = () => [],
): Verdict {
  const whole = reading(subject);
  if (whole.leaves.length === 0 && !whole.partial) return undefined;
  const verdict = [...unique(whole.leaves.flatMap(judge)), ...(more(whole) ?? [])];
  return verdict.length === 0 && whole.partial ? [partial] : verdict;
}

export const partial: Undetermined = {
  undetermined: "a part of it is not known before the update, or is a secret without a key",
};

/**
 * The same for the outputs of components, which show at preview what their hosts will contain. Other resources are judged by their inputs.
 */
export function judgeComponents(subjects: readonly Subject[], judge: (subject: Subject) => Verdict): Verdict {
  const verdicts = subjects.filter(isComponent).flatMap((subject) => {
    const verdict = judge(subject);
    return verdict === undefined ? [] : verdict.map((item) => ("found" in item ? { ...item, urn: subject.urn } : item));
  });
  return subjects.some(isComponent) ? verdicts : undefined;
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [finding.found, finding])).values()];
}

/** Place of a text in a message. */
export const place = (path: string): string => (path === "" ? "" : ` in ${path}`);
