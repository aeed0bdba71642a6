import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { parse } from "yaml";
import { validate, invalid } from "../../../components/core/errors";
import { storeKey, webAddress } from "./address";
import {
  builtIn,
  type Catalogue,
  type CataloguedFile,
  type CataloguedImage,
  type CataloguedRepository,
  together,
} from "./catalogue";
import { type Digest, isDigest } from "./digest";

const sections = ["images", "files", "charts", "models", "repositories", "packages", "ubuntuPackages"] as const;
const kinds = { files: "file", charts: "chart", models: "model" } as const;

/** Name on the command line for the built-in catalogue: what this version of the project deploys. */
export const builtInName = "built-in";

/**
 * One catalogue from several files.
 *
 * @param paths YAML files, or "built-in".
 * @throws RangeError with every problem of every file on a line of its own.
 */
export function catalogues(paths: readonly string[]): Catalogue {
  const read = validate(
    Object.fromEntries(paths.map((path) => [path, () => (path === builtInName ? builtIn : catalogueFile(path))])),
  );
  const all = together(paths.map((path) => read[path] ?? builtIn));
  const twice = [
    ...repeated(all.images.map(({ name }) => name)),
    ...repeated(all.files.map(({ key }) => key)),
    ...repeated(all.repositories.map(({ folder }) => folder)),
  ];
  if (twice.length > 0)
    throw invalid("every name once", twice.join(", "), "two catalogues differ here: remove one entry");
  return all;
}

const repeated = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, i) => names.indexOf(name) !== i)),
];

function catalogueFile(path: string): Catalogue {
  const content = yaml(path);
  for (const key of Object.keys(content))
    if (!sections.some((section) => section === key))
      throw invalid(`sections out of ${sections.join(", ")}`, key, "correct the catalogue");
  const rows = (section: string): Record<string, Readonly<Record<string, unknown>>> => {
    const value = content[section] ?? {};
    if (typeof value !== "object" || Array.isArray(value))
      throw invalid(`names with their properties under "${section}"`, value, "correct the catalogue");
    return value as Record<string, Readonly<Record<string, unknown>>>;
  };
  const files = Object.entries(kinds).flatMap(([section, kind]) =>
    Object.entries(rows(section)).map(([key, row]) => ({ section, kind, key, row: row ?? {} })),
  );
  const sums = files.flatMap(({ row }) => (typeof row["sums"] === "string" ? [row["sums"]] : []));
  const parsers = {
    ...Object.fromEntries(
      Object.entries(rows("images")).map(([name, row]) => [`images.${name}`, () => image(name, row ?? {})]),
    ),
    ...Object.fromEntries(
      files.map(({ section, kind, key, row }) => [`${section}.${key}`, () => file(kind, key, row, sums, files)]),
    ),
    ...Object.fromEntries(
      Object.entries(rows("repositories")).map(([folder, row]) => [
        `repositories.${folder}`,
        () => repository(folder, row ?? {}, dirname(path)),
      ]),
    ),
    packages: () => packages(content["packages"] ?? [], "Debian"),
    ubuntuPackages: () => packages(content["ubuntuPackages"] ?? [], "Ubuntu"),
  };
  const values = validate<Record<string, () => unknown>>(parsers);
  return {
    images: Object.keys(rows("images")).map((name) => values[`images.${name}`] as CataloguedImage),
    files: files.map(({ section, key }) => values[`${section}.${key}`] as CataloguedFile),
    repositories: Object.keys(rows("repositories")).map(
      (folder) => values[`repositories.${folder}`] as CataloguedRepository,
    ),
    packages: values["packages"] as readonly string[],
    ubuntuPackages: values["ubuntuPackages"] as readonly string[],
  };
}

function yaml(path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = parse(readFileSync(path, "utf8")) as unknown;
  } catch (error) {
    const [said = ""] = (error as Error).message.split("\n");
    throw invalid("a catalogue that can be read", said, "correct the file, or the path after --catalogue");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(`sections out of ${sections.join(", ")}`, value, "correct the catalogue");
  return value as Readonly<Record<string, unknown>>;
}

const part = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const path = new RegExp(`^${part}(/${part})*$`);
const reference = new RegExp(`^[a-z0-9.-]+(:[0-9]+)?(/${part})+$`);
const tag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

function image(name: string, row: Readonly<Record<string, unknown>>): CataloguedImage {
  const { upstream, version, digest } = row;
  if (!path.test(name))
    throw invalid("a path in the registry in lower case", name, 'name the image like "speech/recogniser"');
  if (typeof upstream !== "string" || !reference.test(upstream))
    throw invalid("upstream: registry and path", upstream, 'give them like "registry.example.org/speech/recogniser"');
  if (typeof version !== "string" || !tag.test(version))
    throw invalid("version: a tag, in quotes where it is a number", version, "give the upstream's tag");
  return { name, upstream, version, ...(digest === undefined ? {} : { digest: demanded("digest", digest) }) };
}

function file(
  kind: CataloguedFile["kind"],
  key: string,
  row: Readonly<Record<string, unknown>>,
  sums: readonly string[],
  all: readonly { readonly key: string }[],
): CataloguedFile {
  const common = {
    kind,
    key: storeKey(key),
    url: webAddress(row["url"], "https://models.example.org/speech/small.bin"),
  };
  if (row["sha256"] !== undefined)
    return { ...common, expected: { digest: demanded("sha256", prefixed(row["sha256"])) } };
  if (typeof row["sums"] === "string") {
    if (!all.some((other) => other.key === row["sums"] && other.key !== key))
      throw invalid("sums: the path of another file in this catalogue", row["sums"], "add the checksum file");
    const line = row["line"] ?? basename(new URL(common.url).pathname);
    if (typeof line !== "string") throw invalid("line: a name in the checksum file", line, "give it as text");
    return { ...common, expected: { sums: row["sums"], line } };
  }
  if (sums.includes(key)) return { ...common, expected: "first seen" };
  throw invalid(
    "sha256, or sums with the path of a checksum file",
    undefined,
    "add the file's checksum: the server that sends it must not decide its content",
  );
}

const prefixed = (value: unknown): unknown => (typeof value === "string" ? `sha256:${value}` : value);

function demanded(property: string, value: unknown): Digest {
  if (!isDigest(value))
    throw invalid(
      property === "digest" ? "digest: sha256: and 64 hexadecimal digits" : `${property}: 64 hexadecimal digits`,
      value,
      "copy it from a source that you trust",
    );
  return value;
}

const isName = (one: unknown): one is string => typeof one === "string" && /^[a-z0-9][a-z0-9.+-]+$/.test(one);

/** @param beside folder of the catalogue, below which the file of keys is named. */
function repository(
  folder: string,
  { url, suite, components, keyring }: Readonly<Record<string, unknown>>,
  beside: string,
): CataloguedRepository {
  return validate({
    folder: () => storeKey(folder),
    url: () => webAddress(url, "https://packages.example.org/jammy"),
    suite: () => {
      if (!isName(suite)) throw invalid("the name of a suite", suite, 'give one like "bigbluebutton-jammy"');
      return suite;
    },
    components: () => {
      if (!Array.isArray(components) || components.length === 0 || !components.every(isName))
        throw invalid("a list of components", components, 'give one like ["main"]');
      return components;
    },
    keyring: () => {
      if (typeof keyring !== "string" || keyring === "")
        throw invalid("a file with the keys that sign it", keyring, "get them from a source that you trust");
      return resolve(beside, keyring);
    },
  });
}

function packages(value: unknown, system: string): readonly string[] {
  if (!Array.isArray(value) || !value.every(isName))
    throw invalid(`a list of ${system} packages' names`, value, 'give one like ["chrony", "nftables"]');
  return value;
}
