import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { yamlFile } from "../../../policies/extract/documents";
import { at, isList, isObject, items, type Properties, type Value } from "../../../policies/extract/value";
import type { Subject } from "../../../policies/rule";

/** A resource in a file. */
export interface Found {
  readonly subject: Subject;
  readonly file: string;
  readonly line: number;
}

/** A file that nobody can judge, with the reason. */
export interface Unread {
  readonly file: string;
  readonly why: string;
}

/** Content of a folder. */
export interface Loaded {
  readonly found: readonly Found[];
  readonly unread: readonly Unread[];
}

/** Bytes of a file that is read. */
const largest = 4 * 1024 * 1024;

/** Everything in a folder that can be judged, in the order of the files' names. */
export const load = (folder: string): Loaded => together(loadEach(folder, files(folder)));

/** The same of some files in it, each by itself. */
export const loadEach = (folder: string, paths: readonly string[]): readonly Loaded[] =>
  paths.map((path) => loadFile(path, relative(folder, path)));

/** Content of several files as one. */
export const together = (loaded: readonly Loaded[]): Loaded => ({
  found: loaded.flatMap(({ found }) => found),
  unread: loaded.flatMap(({ unread }) => unread),
});

/** Paths of the files in a folder that can be judged, in the order of their names. */
export const files = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .sort((one: Dirent, other: Dirent) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "node_modules" || entry.name === ".git" ? [] : files(path);
      return entry.isFile() && (/\.(ya?ml|json)$/i.test(entry.name) || /user-?data|cloud-?init/i.test(entry.name))
        ? [path]
        : [];
    });

function loadFile(path: string, file: string): Loaded {
  const bytes = readFileSync(path);
  if (bytes.length > largest)
    return { found: [], unread: [{ file, why: `it is larger than ${largest / 1024 / 1024} MiB; split it` }] };
  const text = bytes.toString("utf8");
  if (/^(#cloud-config|#!|#include|content-type: *multipart)/i.test(text))
    return { found: [found("cloud-init:index:UserData", file, file, 1, { userData: text })], unread: [] };
  const documents = yamlFile(text);
  if (documents === "no YAML")
    return {
      found: [found("file:index:Text", file, file, 1, { text })],
      unread: [{ file, why: "it is no YAML; render it first if it is a template" }],
    };
  if (documents === "endless") return { found: [], unread: [{ file, why: "it has more aliases than a manifest has" }] };
  return {
    found: documents.flatMap(({ value, line }) => resources(value, file, isObject(value) ? line : 1)),
    unread: [],
  };
}

/** The resources of a document: a manifest, each of a List, a compose file; anything else is judged by its texts. */
function resources(value: Value, file: string, line: number): readonly Found[] {
  if (!isObject(value))
    return value === null || value === undefined ? [] : [found("file:index:Data", file, file, line, { value })];
  const [version, kind] = [at(value, "apiVersion"), at(value, "kind")];
  if (typeof version !== "string" || typeof kind !== "string")
    return [found(typeOf(value, file), file, file, line, value)];
  if (/List$/.test(kind) && isList(at(value, "items")))
    return items(at(value, "items")).flatMap((item) => resources(item, file, line));
  const name = at(value, "metadata", "name");
  const group = version.includes("/") ? version : `core/${version}`;
  return [found(`kubernetes:${group}:${kind}`, typeof name === "string" ? name : file, file, line, value)];
}

const found = (type: string, name: string, file: string, line: number, values: Properties): Found => ({
  file,
  line,
  subject: {
    type,
    name,
    urn: `${file}:${line}::${type}::${name}`,
    properties: values,
    provider: undefined,
  },
});

/** Compose files and values of charts name images of containers; other data may name anything under the same key. */
const typeOf = (value: Properties, file: string): string =>
  isObject(at(value, "services"))
    ? "docker:compose:File"
    : /values[^/]*\.(ya?ml|json)$/i.test(file)
      ? "docker:values:File"
      : "file:index:Data";
