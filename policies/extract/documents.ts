import { parseAllDocuments } from "yaml";
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
    lines.filter((line) => /^[\w.$-]+:(\s|$)/.test(line)).length > 0 &&
    lines.every((line, i) => i === lines.length - 1 || /^([\w.$"'/-]+:(\s|$)|- |-$|\s|[}\]])/.test(line))
  );
}

function yamlIn(body: string): Parsed {
  try {
    const all = parseAllDocuments(body, { logLevel: "silent" });
    if (!Array.isArray(all) || all.some(({ errors }) => errors.length > 0)) return none;
    return {
      values: all
        .map((document) => plain(document.toJS({ maxAliasCount: 100 })))
        .filter((document) => isObject(document) || isList(document)),
      tooLong: false,
    };
  } catch {
    // More aliases than a configuration file has.
    return none;
  }
}
