import { CORE_SCHEMA, loadAll, Type } from "js-yaml";
import { isList, isObject, plain, type Value } from "./value";

/** Characters of YAML that are parsed; a longer text is read line by line only, since the parser takes seconds for it. */
export const largestYaml = 48 * 1024;

/** Data inside a text, and whether the text is data that is too long to be parsed. */
export interface Parsed {
  readonly values: readonly Value[];
  readonly tooLong: boolean;
}

const remembered = new Map<string, Parsed>();

/** Data inside a text: JSON, cloud-config, manifests, compose files. Empty when it is none of them. Several rules read the same texts. */
export const documents = (text: string): readonly Value[] => parsed(text).values;

/** The same, and whether it was too long. */
export function parsed(text: string): Parsed {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const result = parse(text);
  if (remembered.size > 500) remembered.clear();
  remembered.set(text, result);
  return result;
}

const none: Parsed = { values: [], tooLong: false };

function parse(text: string): Parsed {
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

/** True if data has more values than anybody's configuration, each alias counted as what it stands for. */
function isEndless(data: unknown): boolean {
  const open: unknown[] = [data];
  let count = 0;
  while (open.length > 0) {
    const value = open.pop();
    if (++count > most) return true;
    if (typeof value === "object" && value !== null)
      for (const item of Object.values(value)) if (open.push(item) > most) return true;
  }
  return false;
}

/**
 * Data of a YAML text, by js-yaml: it takes a fifth of the time of the `yaml` package, which keeps positions that nobody needs here. Both read the core schema
 * of YAML 1.2, in which `<<` is a key like others, and both refuse a key that stands twice; such a text is read line by line.
 */
export function yamlIn(body: string): Parsed {
  try {
    const all = loadAll(body, null, { schema });
    if (isEndless(all)) return { values: [], tooLong: true };
    return { values: all.map((data) => plain(data)).filter((data) => isObject(data) || isList(data)), tooLong: false };
  } catch {
    return none;
  }
}
