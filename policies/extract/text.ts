import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import { isList, isObject, plain, unknown, type Value } from "./value";

/** A text in a resource. */
export interface Leaf {
  /** Path for messages: `spec.template.spec.containers[0].env[1].value`. */
  readonly path: string;
  readonly text: string;
}

/** Structured data inside a text. */
export interface Document {
  readonly path: string;
  readonly value: Value;
}

/** Everything that can be read in a value. */
export interface Reading {
  readonly leaves: readonly Leaf[];
  /** The value itself, and the data inside its texts. */
  readonly documents: readonly Document[];
  /** True if a part of it is not known before the update. */
  readonly partial: boolean;
}

/** Depth to which texts inside texts are unpacked: base64 in cloud-config in user data in base64 is three. */
const deepest = 4;

/**
 * All texts of a value. Texts inside texts are unpacked: base64, gzip, JSON, cloud-config and manifests. Keys are names and are not read.
 *
 * @param skipped keys whose text only explains.
 */
export function read(
  value: Value,
  skipped: ReadonlySet<string> = new Set(["description", "pluginDownloadURL"]),
): Reading {
  const leaves: Leaf[] = [];
  const found: Document[] = [{ path: "", value }];
  let partial = false;
  const walk = (current: Value, path: string, depth: number): void => {
    if (current === unknown) partial = true;
    else if (typeof current === "string") text(current, path, depth);
    else if (isList(current)) current.forEach((item, i) => walk(item, `${path}[${i}]`, depth));
    else if (isObject(current))
      for (const [key, item] of Object.entries(current))
        if (!skipped.has(key)) walk(item, /^[\w-]+$/.test(key) ? join(path, key) : `${path}["${key}"]`, depth);
  };
  const text = (current: string, path: string, depth: number): void => {
    const unpacked = depth < deepest ? unpack(current) : undefined;
    if (unpacked !== undefined) return text(unpacked, path, depth + 1);
    const inside = depth < deepest ? documents(current) : [];
    if (inside.length > 0)
      for (const document of inside) {
        found.push({ path, value: document });
        walk(document, path, depth + 1);
      }
    else leaves.push({ path, text: current });
  };
  walk(value, "", 0);
  return { leaves, documents: found, partial };
}

const remembered = new Map<string, readonly Value[]>();

/** Structured data inside a text: JSON, cloud-config, manifests, compose files. Empty for other texts. Cached, because several rules read the same texts. */
export function documents(text: string): readonly Value[] {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const result = parse(text);
  if (remembered.size > 2000) remembered.clear();
  remembered.set(text, result);
  return result;
}

function parse(text: string): readonly Value[] {
  const start = text.slice(0, 4096);
  const body = start.startsWith("#cloud-config") ? text.slice(text.indexOf("\n") + 1) : text;
  if (/^\s*[[{]/.test(body.slice(0, 4096))) {
    try {
      return [plain(JSON.parse(body))];
    } catch {
      // Templates often look like JSON; YAML accepts more.
    }
  }
  if (!start.startsWith("#cloud-config") && !/^(---|apiVersion|kind|services|write_files|mirrors):?(\s|$)/m.test(text))
    return [];
  try {
    const parsed = parseAllDocuments(body, { logLevel: "silent" });
    if (!Array.isArray(parsed) || parsed.some(({ errors }) => errors.length > 0)) return [];
    return parsed
      .map((document) => plain(document.toJS({ maxAliasCount: 100 })))
      .filter((document) => isObject(document) || isList(document));
  } catch {
    return [];
  }
}

/** Text inside base64 or gzip; undefined when the text is neither. */
export function unpack(text: string): string | undefined {
  const dense = text.replace(/\s+/g, "");
  if (dense.length < 24 || dense.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(dense)) return undefined;
  const bytes = Buffer.from(dense, "base64");
  try {
    return printable(
      bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: 16 * 1024 * 1024 }) : bytes,
    );
  } catch {
    return undefined;
  }
}

/** Text in bytes; undefined when they are no text. So a long word is not taken for base64: its bytes are no text. */
function printable(bytes: Buffer): string | undefined {
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") || /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : text;
}

const join = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);
