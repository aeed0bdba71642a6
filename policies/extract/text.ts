import { parsed } from "./documents";
import { type Leaf, leafOf, ofLeaf } from "./leaf";
import { remembering } from "./memo";
import { isOfSchema, isProse, isSilent } from "./prose";
import { embeddedIn, largest, mimeParts, tooLarge, unpack } from "./unpack";
import { isList, isObject, type Properties, unknown, type Value } from "./value";

/** Structured data inside a text. */
export interface Document {
  readonly path: string;
  readonly value: Value;
}

/** Everything that can be read in a value. */
export interface Reading {
  readonly leaves: readonly Leaf[];
  /** Those of them that are more than a word or a path: only they can name a host, an image or a command. */
  readonly texts: readonly Leaf[];
  /** The value itself, and the data inside its texts. */
  readonly documents: readonly Document[];
  /** True if a part of it is not known before the update. */
  readonly partial: boolean;
  /** Places that were not read, with the reason: texts beyond every sensible size. */
  readonly unread: readonly string[];
}

/** Depth to which texts inside texts are unpacked: base64 in cloud-config in user data in base64 is three. */
const deepest = 5;

/** Values that are looked at in one resource. A chain of aliases makes millions of a few lines. */
const most = 100_000;

/** Marks of a value that the program turned into text before it was known, or that a state file hides inside a text. */
const unresolved = [
  "on an [Output<",
  "pulumi.output.Output object at",
  "Pulumi.Output`1",
  "com.pulumi.core.",
  "[object Object]",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "[secret]",
];

/** Programs whose command lines stand as lists: `[docker, run, nginx]`. */
const program =
  /^(\S*\/)?(docker|podman|nerdctl|crictl|ctr|k3s|helm|kubectl|skopeo|crane|oras|buildah|curl|wget|git|apt-get|apt|pip|npm|ssh|scp|rsync|sftp|nc|ncat|telnet|ping6?|dig|nslookup|psql|pg_dump|mysql|mysqldump|mongosh|redis-cli|ldapsearch|powershell|pwsh)$/;

/**
 * All texts of a value. Texts that hold texts are unpacked: base64, gzip, MIME, JSON, cloud-config and manifests. Of keys, only those that are URLs are read:
 * the others are names.
 *
 * @param skipped keys whose text explains and configures nothing, beside those that explain everywhere.
 */
export function read(value: Value, skipped: ReadonlySet<string> = new Set(["pluginDownloadURL"])): Reading {
  const leaves: Leaf[] = [];
  const found: Document[] = [{ path: "", value }];
  const unread = new Set<string>();
  let partial = false;
  let [values, characters] = [0, 0];

  /** @param key the key under which a value stands, and `above` the one above that; items of a list have those of the list. */
  const walk = (current: Value, path: string, key: string, above: string, depth: number): void => {
    if (++values > most) return void unread.add(`more than ${most} values`);
    if (current === unknown) partial = true;
    else if (typeof current === "string") text(current, path, depth, above === packing);
    else if (typeof current !== "object" || current === null || isSilent(current)) return;
    else if (isList(current)) list(current, path, key, above, depth);
    else if (isObject(current))
      for (const name of Object.keys(current)) {
        const item = current[name];
        if (name.includes("://") && key !== "auths") text(name, path, depth, false);
        if (skipped.has(name) || isProse(key, name, item) || isReplaced(current, name) || isOfSchema(current, name))
          continue;
        walk(item, step(path, name), name, key, depth);
      }
  };
  const list = (items: readonly Value[], path: string, key: string, above: string, depth: number): void => {
    const [first] = items;
    if (items.length > 1 && typeof first === "string" && program.test(first))
      leaves.push(leafOf(path, items.filter((item) => typeof item === "string").join(" ")));
    // `Join` of templates: what stands between, and the parts.
    const [between, parts] = items;
    if (
      items.length === 2 &&
      typeof between === "string" &&
      between.length < 3 &&
      isList(parts) &&
      parts.every((one) => typeof one === "string")
    )
      leaves.push(leafOf(path, parts.join(between)));
    items.forEach((item, i) => walk(item, `${path}[${i}]`, key, above, depth));
  };
  const text = (current: string, path: string, depth: number, packed: boolean): void => {
    const isShort = !packed && isWord(current);
    if (!isShort && contentOf(current).isUnresolved) partial = true;
    if (characters + current.length > largest) return void unread.add(`more than ${largest / 1024} KiB of text`);
    if (isShort) {
      characters += current.length;
      return void leaves.push(leafOf(path, current));
    }
    const content = contentOf(current);
    const unpacked = packed ? unpack(current, packed) : content.unpacked();
    if (unpacked !== undefined && depth >= deepest)
      return void unread.add(`text in ${path} that is packed more than ${deepest} times`);
    if (unpacked === tooLarge) return void unread.add(`packed text of more than ${largest / 1024} KiB`);
    if (unpacked !== undefined) return text(unpacked, path, depth + 1, false);
    characters += current.length;
    const parts = depth < deepest ? content.parts() : [];
    if (parts.length > 0) return parts.forEach((part, i) => text(part, `${path}[${i}]`, depth + 1, false));
    const inside = depth < deepest ? content.data() : { values: [], tooLong: false };
    if (inside.tooLong) unread.add(`data in ${path} that is too long to be parsed`);
    if (inside.values.length > 0)
      for (const document of inside.values) {
        found.push({ path, value: document });
        walk(document, path, "", "", depth + 1);
      }
    else {
      leaves.push(leafOf(path, current));
      if (depth >= deepest) return;
      for (const plain of content.embedded())
        if (plain === tooLarge) unread.add(`packed text of more than ${largest / 1024} KiB`);
        else text(plain, path, depth + 1, false);
    }
  };
  walk(value, "", "", "", 0);
  return {
    leaves,
    texts: textsOf(leaves),
    documents: found,
    partial,
    unread: [...unread],
  };
}

/** A function without arguments that is asked once. */
function once<T>(made: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: made() }).value;
}

/** Everything that is inside a text, each read when it is first asked for. */
const contentOf = remembering((text) => ({
  isUnresolved: unresolved.some((mark) => text.includes(mark)),
  unpacked: once(() => unpack(text)),
  parts: once(() => mimeParts(text)),
  data: once(() => parsed(text)),
  embedded: once(() => embeddedIn(text)),
}));

/** Texts that are more than a word or a path. */
export const textsOf = (leaves: readonly Leaf[]): readonly Leaf[] => leaves.filter((leaf) => !isWordOrPath(leaf));

const isWordOrPath = ofLeaf(({ text }) => /^[\w/-]*$/.test(text));

/** True for a short word: nothing is packed in one, and it is no data. */
const isWord = (text: string): boolean => text.length < 16 && /^[\w-]*$/.test(text);

/** Key of the maps whose texts are base64 by their place: of a ConfigMap. */
const packing = "binaryData";

/** True for the name in a kustomization that another image replaces. */
const isReplaced = (value: Properties, key: string): boolean => key === "name" && typeof value.newName === "string";

const isName = remembering((key) => /^[\w-]+$/.test(key));

/** Path of what stands under a key. */
const step = (path: string, key: string): string =>
  !isName(key) ? `${path}["${key}"]` : path === "" ? key : `${path}.${key}`;
