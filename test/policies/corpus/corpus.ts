import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isList, isObject, type Properties, type Value } from "../../../policies/extract/value";
import { judgeAll } from "../../../policies/judge";
import { rules } from "../../../policies/pack";
import { settings } from "../../../policies/settings";
import { type Found, load } from "../../../stacks/tools/audit/load";

/**
 * A place in somebody's file that a person has labelled: `contact`, `none`, `own` (a name of the file's own service, in a setting that may be contacted) or
 * `authority` (a certificate authority) or `proxy` (a network that is trusted in front of a service), which rules of their own judge. Nobody's text is kept: the place is an address, and a digest shows that the text there
 * is still the one that was read.
 */
export interface Label {
  readonly repository: string;
  readonly file: string;
  readonly line: number;
  readonly path: string;
  /** Place in the text at the path; -1 where a key is meant. */
  readonly offset: number;
  readonly length: number;
  readonly digest: string;
  readonly kind: string;
  readonly label: string;
  /** Draw by which it was chosen: the first guided the fixes, the second was drawn after them. */
  readonly draw: number;
}

const table = (name: string): readonly (readonly string[])[] =>
  readFileSync(join(__dirname, name), "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"));

/** Repositories of the corpus with their revisions. */
export const repositories = (): readonly (readonly string[])[] => table("repositories.tsv");

export const labels = (): readonly Label[] =>
  table("labels.tsv").map(
    ([repository = "", file = "", line, path = "", offset, length, digest = "", kind = "", label = "", draw]) => ({
      repository,
      file,
      line: Number(line),
      path,
      offset: Number(offset),
      length: Number(length),
      digest,
      kind,
      label,
      draw: Number(draw),
    }),
  );

/** Outcome of one label. */
export interface Outcome {
  readonly label: Label;
  /** False where the text is not there, or another. */
  readonly found: boolean;
  /** True if a rule named it. */
  readonly named: boolean;
}

/** Outcomes of labels in a folder that has the repositories as `owner/name`, and the time of the processor for each resource, in milliseconds. */
export function measure(
  folder: string,
  all: readonly Label[],
): { readonly outcomes: readonly Outcome[]; readonly times: readonly number[] } {
  const own = settings({ ownDomains: ["crisis.example.ch"] }, {});
  const times: number[] = [];
  const outcomes = [...new Set(all.map(({ repository }) => repository))].flatMap((repository) => {
    const resources = load(join(folder, repository)).found.map((found) => {
      const start = process.cpuUsage();
      const judged = judgeAll(rules, [found.subject], own);
      const { user, system } = process.cpuUsage(start);
      times.push((user + system) / 1000);
      // Copies, and media on their way, are no contacts.
      const said = judged
        .filter(({ rule }) => !/HA|MED/.test(rule.id))
        .map(({ item }) => ("found" in item ? item.found : item.undetermined));
      return { found, said };
    });
    return all.filter((label) => label.repository === repository).map((label) => outcome(label, resources));
  });
  return { outcomes, times };
}

function outcome(label: Label, all: readonly { readonly found: Found; readonly said: readonly string[] }[]): Outcome {
  for (const { found, said } of all) {
    if (found.file !== label.file || found.line !== label.line) continue;
    const text = textAt(found.subject.properties, label);
    if (text === undefined) continue;
    const word =
      label.offset < 0 ? (domain.exec(text)?.[0] ?? "") : text.slice(label.offset, label.offset + label.length);
    if (createHash("sha256").update(word).digest("hex").slice(0, 8) !== label.digest) continue;
    const about = said.filter((one) => names(one, word, label));
    return {
      label,
      found: true,
      named: (label.label === "contact" ? about : about.filter((one) => isHere(one, label, text))).length > 0,
    };
  }
  return { label, found: false, named: false };
}

const domain = /[a-z0-9_-]+(\.[a-z0-9_-]+)+/i;

/** Text at a path, or the key at its end. Paths are written as the rules write them. */
function textAt(properties: Properties, { path, offset }: Label): string | undefined {
  const walk = (value: Value, here: string): string | undefined => {
    if (!path.startsWith(here)) return undefined;
    if (typeof value === "string") return here === path && offset >= 0 ? value : undefined;
    if (isList(value)) return first(value.map((item, i) => () => walk(item, `${here}[${i}]`)));
    if (!isObject(value)) return undefined;
    return first(
      Object.entries(value).map(([key, item]) => () => {
        const next = /^[\w-]+$/.test(key) ? (here === "" ? key : `${here}.${key}`) : `${here}["${key}"]`;
        return offset < 0 && next === path ? key : walk(item, next);
      }),
    );
  };
  return walk(properties, "");
}

function first<T>(tries: readonly (() => T | undefined)[]): T | undefined {
  for (const attempt of tries) {
    const result = attempt();
    if (result !== undefined) return result;
  }
  return undefined;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** True if a message is about a host or an image. Of an image, its registry counts too, and that its reference cannot be read. */
function names(said: string, word: string, { kind, path }: Label): boolean {
  const [head = ""] = said.split(/ in (?=\S*[a-z])/);
  if (kind !== "image")
    return new RegExp(`(^|[^a-z0-9.-])${escaped(word.replace(/^-/, ""))}(?![a-z0-9_-]|\\.[a-z0-9])`, "i").test(head);
  const given = word.replace(/\$\{\w+:?-([^}]*)\}/g, "$1");
  const bare = given
    .replace(/@.*$/, "")
    .replace(/(.):[^/]*$/, "$1")
    .replace(/^docker\.io\/(library\/)?/, "")
    .replace(/\$.*$/, "");
  const [registry = ""] = given.split("/");
  return (
    new RegExp(`(^|[^a-z0-9.-])${escaped(bare)}(?![a-z0-9_]|\\.[a-z0-9])`, "i").test(head) ||
    (given.includes("/") && /[.:]/.test(registry) && said.includes(`registry ${registry}`)) ||
    (said.includes("whose reference cannot be read") && said.includes(path.replace(/\.[^.]*$/, "")))
  );
}

/** True if a message is about this place, and not about another in the same resource. */
function isHere(said: string, { path, kind, offset }: Label, text: string): boolean {
  const place = / in ([^\s,:]+(?: [^\s,:]+)*?)(?:, |: | whose |$)/.exec(said)?.[1] ?? "";
  if (place === "" || path.startsWith(place)) return true;
  if (place.includes(" ")) return path.startsWith(place.split(" ")[0] ?? "");
  if (kind === "key" || !place.startsWith(path)) return false;
  // Data inside a text: the line of the label has the key that the message names.
  const start = text.lastIndexOf("\n", offset) + 1;
  const end = text.indexOf("\n", offset);
  const line = text.slice(start, end < 0 ? undefined : end);
  const key = /([\w-]+)(\[\d+\])*"?\]?$/.exec(place.slice(path.length))?.[1];
  return text.split("\n").length < 3 || key === undefined || line.includes(key) || !line.includes(":");
}
