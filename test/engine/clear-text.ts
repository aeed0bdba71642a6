import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A state as `pulumi stack export --show-secrets` prints it. */
export interface State {
  readonly deployment: {
    readonly resources: readonly {
      readonly type: string;
      readonly urn?: string;
      readonly inputs?: Readonly<Record<string, unknown>>;
      readonly outputs?: Readonly<Record<string, unknown>>;
    }[];
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** Values that are kept as secrets anywhere in a part of a state. */
export function secretValues(value: unknown): readonly unknown[] {
  if (!isObject(value)) return [];
  return typeof value["plaintext"] === "string"
    ? [JSON.parse(value["plaintext"]) as unknown]
    : Object.values(value).flatMap(secretValues);
}

const textsIn = (value: unknown): readonly string[] =>
  typeof value === "string" ? [value] : isObject(value) ? Object.values(value).flatMap(textsIn) : [];

/**
 * Secrets of a state by which they are found in clear: passwords and given ones as they are, keys by the lines of their PEM bodies. Names, certificates and public
 * halves of keys, which stand beside secrets in the same files, are left out.
 */
export function secretLines({ deployment: { resources } }: State): readonly string[] {
  // A key's file has its public half too, which is also in certificates, and on one line in a record of DNS.
  const publicTexts = resources
    .filter(({ type }) => type.startsWith("tls:"))
    .flatMap(({ outputs = {} }) =>
      ["publicKeyPem", "publicKeyOpenssh", "certPem", "certRequestPem"].map((key) => String(outputs[key])),
    )
    .join("\n");
  const onOneLine = publicTexts.replace(/\s/g, "");
  const kept = ["result", "privateKeyPem", "privateKeyOpenssh", "privateKeyPemPkcs8", "stringData", "data"];
  const values = resources
    .filter(({ type }) => /^(random|tls):|^kubernetes:core\/v1:Secret$/.test(type))
    .flatMap(({ outputs = {} }) => kept.flatMap((key) => secretValues(outputs[key])));
  const lines = values.flatMap(textsIn).flatMap((text) => text.split("\n"));
  return [...new Set(lines)].filter(
    (line) =>
      line.length >= 24 && !line.startsWith("-----") && !publicTexts.includes(line) && !onOneLine.includes(line),
  );
}

export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/**
 * The engine's logs by their paths. Every engine on the machine writes into this folder and removes old logs: one that disappears while they are read is
 * looked for again under the name that it may have by then.
 */
export function logsBelow(folder: string): readonly (readonly [path: string, text: string])[] {
  const read = new Map<string, string | undefined>();
  for (;;) {
    const left = filesBelow(folder).filter((file) => !read.has(file));
    if (left.length === 0) break;
    for (const file of left) read.set(file, logText(file));
  }
  return [...read].flatMap(([file, text]) => (text === undefined ? [] : [[file, text] as const]));
}

/** Undefined for a file that is gone. */
function logText(file: string): string | undefined {
  try {
    const content = readFileSync(file);
    return (file.endsWith(".gz") ? gunzipSync(content, { finishFlush: 2 }) : content).toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Places in which a secret stands in clear. */
export const leaks = (
  secrets: readonly string[],
  places: readonly (readonly [place: string, text: string])[],
): readonly string[] =>
  places.flatMap(([place, text]) => (secrets.some((secret) => text.includes(secret)) ? [place] : []));
