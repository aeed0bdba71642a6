import { CORE_SCHEMA, loadAll, Type } from "js-yaml";
import { remembering } from "./memo";
import { isList, isObject, plain, type Value } from "./value";

/** Characters of YAML that are parsed; a longer text is read line by line only, since the parser takes seconds for it. */
export const largestYaml = 48 * 1024;

/** Data inside a text, and whether the text is data that is too long to be parsed. */
export interface Parsed {
  readonly values: readonly Value[];
  readonly tooLong: boolean;
}

const none: Parsed = { values: [], tooLong: false };

/** Data inside a text: JSON, cloud-config, manifests, compose files. Empty when it is none of them. Several rules read the same texts. */
export const documents = (text: string): readonly Value[] => parsed(text).values;

/** The same, and whether it was too long. */
export const parsed = remembering(parse);

function parse(text: string): Parsed {
  if (isWord(text)) return none;
  const start = text.slice(0, 4096);
  const cloudConfig = start.startsWith("#cloud-config");
  const body = cloudConfig ? text.slice(text.indexOf("\n") + 1) : text;
  if (/^\s*[[{]/.test(body.slice(0, 4096))) {
    try {
      return { values: [plain(JSON.parse(body))], tooLong: false };
    } catch {
      // Templates often look like JSON; YAML takes more.
    }
  }
  if (!cloudConfig && !isYaml(start)) return none;
  if (text.length > largestYaml) return { values: [], tooLong: true };
  return yamlIn(body);
}

/** True for one word, as most texts are: neither a list nor a map. */
const isWord = (text: string): boolean => /^[\w./@-]*$/.test(text);

/** True if a text is YAML that configures something: a document's start, or top-level keys and nothing else that begins a line. */
function isYaml(start: string): boolean {
  if (/^(---|apiVersion|kind|services|write_files|mirrors):?(\s|$)/m.test(start)) return true;
  const lines = start.split("\n").filter((line) => line.trim() !== "" && !/^\s*#/.test(line));
  return (
    lines.length > 1 &&
    lines.filter((line) => /^(- )?[\w.$-]+:(\s|$)/.test(line)).length > 0 &&
    lines.every((line, i) => i === lines.length - 1 || /^([\w.$"'/-]+:(\s|$)|- |-$|\s|[}\]])/.test(line))
  );
}

/** Tags of programs (`!Ref`, `!vault`) are left out: what they stand before is read. */
const schema = CORE_SCHEMA.extend(
  (["scalar", "sequence", "mapping"] as const).map((kind) => new Type("!", { kind, multi: true })),
);

/** Values that a text may hold. A chain of aliases makes millions of a few lines, and an alias inside itself makes endlessly many. */
const most = 100_000;

/** Lists and objects that may stand there once more by an alias: a file of a hundred services shares some for each. */
const mostRepeated = 2_000;

/** Key that js-yaml makes of an object which stands where a key does: `{{ name }}` of a template that nobody rendered. What stood in it is lost. */
const lost = "[object Object]";

/** Kind of what the parser made of a text: data; a template; or more values than anybody's configuration has, each alias counted as what it stands for. */
function kindOf(data: unknown): "data" | "template" | "endless" {
  const open: unknown[] = [data];
  const seen = new Set<object>();
  let [count, repeated] = [0, 0];
  let isTemplate = false;
  while (open.length > 0) {
    const value = open.pop();
    if (++count > most) return "endless";
    if (typeof value !== "object" || value === null) continue;
    if (seen.has(value) && ++repeated > mostRepeated) return "endless";
    seen.add(value);
    isTemplate ||= lost in value;
    for (const item of Object.values(value)) if (open.push(item) > most) return "endless";
  }
  return isTemplate ? "template" : "data";
}

/**
 * Data of a YAML text, by js-yaml: it takes a fifth of the time of the `yaml` package, which keeps positions that nobody needs here. Both read the core schema
 * of YAML 1.2, in which `<<` is a key like others, and both refuse a key that stands twice; such a text is read line by line, and so is a template.
 */
export function yamlIn(body: string): Parsed {
  try {
    const all = loadAll(body, null, { schema });
    const kind = kindOf(all);
    if (kind !== "data") return { values: [], tooLong: kind === "endless" };
    return { values: all.map((data) => plain(data)).filter((data) => isObject(data) || isList(data)), tooLong: false };
  } catch {
    return none;
  }
}

/** One document of a file. */
export interface Placed {
  readonly value: Value;
  /** Line at which its content begins, from 1 on. */
  readonly line: number;
}

/** Documents of a whole file, by the same parser; "no YAML" where it is none, "endless" where its aliases stand for more than anybody's file has. */
export function yamlFile(text: string): readonly Placed[] | "no YAML" | "endless" {
  const lines: number[] = [];
  try {
    const all = loadAll(text, null, {
      schema,
      listener: (_, { line, documents: read }) => (lines[read.length] ??= line + 1),
    });
    const kind = kindOf(all);
    if (kind !== "data") return kind === "endless" ? kind : "no YAML";
    return all.map((data, i) => ({ value: plain(data), line: lines[i] ?? 1 }));
  } catch {
    return "no YAML";
  }
}
