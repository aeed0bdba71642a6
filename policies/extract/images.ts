import { spokenLines } from "./comments";
import { having } from "./keys";
import { remembering } from "./memo";
import type { Leaf } from "./text";
import { at, isList, isObject, type Value } from "./value";

/** A reference to a container image, with all defaults filled in. */
export interface Image {
  /** `docker.io` where the reference names none. */
  readonly registry: string;
  readonly repository: string;
}

/**
 * Parses a reference as container runtimes do: `nginx` is docker.io/library/nginx. Undefined when it is none.
 *
 * Source: distribution/reference, `normalize.go` (the first part is a host when it has a dot or a colon, or is `localhost`).
 */
export const image = remembering((reference): Image | undefined => {
  const bare = filled(reference)
    .replace(/^(docker|oci):\/\//, "")
    .replace(/@sha(256|512):[0-9a-f]+$/, "");
  const [first = "", ...rest] = bare.split("/");
  const hosted = rest.length > 0 && (/[.:[]/.test(first) || first === "localhost");
  const registry = hosted ? first.toLowerCase() : "docker.io";
  const path = (hosted ? rest.join("/") : bare).replace(/:[\w][\w.-]{0,127}$/, "");
  if (
    path.length > 255 ||
    !path.split("/").every((part) => /^[a-z0-9][a-z0-9._-]*$/.test(part) && /[a-z0-9]$/.test(part))
  )
    return undefined;
  if (!/^([a-z0-9][a-z0-9.-]{0,252}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/.test(registry)) return undefined;
  const official = registry === "docker.io" && !path.includes("/");
  return {
    registry: registry === "index.docker.io" ? "docker.io" : registry,
    repository: official ? `library/${path}` : path,
  };
});

/**
 * A reference with its variables filled in: defaults of compose and of shells take their place, a tag that is one is left out, and within the repository any
 * name does, since the registry is what matters.
 */
function filled(reference: string): string {
  if (!reference.includes("$") || reference.length > 1000) return reference;
  const given = reference.replace(/\$\{\w{1,100}:?-([^{}$]*)\}/g, "$1").replace(/[:@]\$(\{[^{}]*\}|\(\w+\)|\w+)$/, "");
  const slash = given.indexOf("/");
  if (given.startsWith("$") && slash < 0) return given;
  return given.slice(0, slash + 1) + given.slice(slash + 1).replace(/\$(\{[^{}]*\}|\(\w+\)|\w+)/g, "x");
}

/** A reference and its path. */
export interface Reference {
  readonly path: string;
  readonly text: string;
  /** True if nothing but an image can stand there: what cannot be read is then refused. */
  readonly certain: boolean;
}

/** Keys whose text is a reference: `image`, `jobImage`, `sidecar_image`, `imageName`. */
const naming =
  /^(image|imageName|imageRef|containerImage|\w*Image|\w+_image|\w*[iI]mageRepository|\w*image_repository)$/;

/** Ends of names of pictures, which stand under the same key. */
const picture = /\.(png|jpe?g|gif|svg|webp|ico|bmp|avif|tiff?)(\?.*)?$/i;

/** True if a text under `image` is a picture, a file or a placeholder, and no reference. */
const isOther = (text: string): boolean =>
  text === "" || picture.test(text) || /^(https?:|data:|file:|\.{0,2}\/|#)/i.test(text) || /\s/.test(text.trim());

/**
 * References in data, wherever they stand: containers of Kubernetes and compose, kinds of operators, Tekton and Argo, image volumes, and the values of charts,
 * which split references into registry, repository and tag.
 */
export function referencesIn(value: Value): readonly Reference[] {
  const found: Reference[] = [];
  if (hasImage(value)) walk(value, "", found);
  return found;
}

const isNaming = remembering((key) => naming.test(key));
const hasImage = having((key) => isNaming(key) || key === "repository");

function walk(value: Value, path: string, found: Reference[]): void {
  if (isList(value)) return value.forEach((item, i) => walk(item, `${path}[${i}]`, found));
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (typeof item === "string") {
      // The image of a volume of Ceph is a disk.
      if (!isNaming(key) || (key === "image" && /(^|\.)rbd$/.test(path)) || isOther(item)) continue;
      found.push({
        path: path === "" ? key : path,
        text: item,
        certain: /(^|\.)\w*[cC]ontainers\[\d+\]$|^services\.[^.]+$/.test(path),
      });
    } else if (typeof item === "object" && item !== null) {
      const here = path === "" ? key : `${path}.${key}`;
      if (isObject(item) && (isNaming(key) || at(item, "tag") !== undefined || at(item, "registry") !== undefined))
        found.push(...split(item, here, isNaming(key)));
      walk(item, here, found);
    }
  }
}

function split(item: Value, path: string, named: boolean): readonly Reference[] {
  const keys = named ? ["repository", "name", "reference"] : ["repository"];
  const repository = keys.map((key) => at(item, key)).find((part) => typeof part === "string" && part !== "");
  if (typeof repository !== "string") return [];
  const registry = at(item, "registry");
  return [
    {
      path,
      text: typeof registry === "string" && registry !== "" ? `${registry}/${repository}` : repository,
      certain: false,
    },
  ];
}

/** Tools that fetch images, and the words after which a reference stands. */
const tools: Readonly<Record<string, readonly string[]>> = {
  docker: ["pull", "run", "create"],
  podman: ["pull", "run", "create"],
  nerdctl: ["pull", "run", "create"],
  crictl: ["pull"],
  ctr: ["pull"],
  buildah: ["pull", "from"],
  crane: ["pull", "copy", "cp"],
  oras: ["pull", "copy", "cp"],
  skopeo: [],
  kubectl: [],
  apptainer: [],
  singularity: [],
  regctl: ["copy"],
};

/** Options that stand alone; every other one takes the word after it, unless it has an equals sign. */
const alone =
  /^(-[ditPqaf]+|--(rm|init|detach|interactive|tty|privileged|read-only|publish-all|quiet|no-healthcheck|oom-kill-disable|replace|all-platforms|all|local|all-tags))$/;

const bare = (word: string): string => word.replace(/^["'`]+|["'`,]+$/g, "");

/** References that a command fetches. Each word is looked at once, so a line of any length takes no longer than it is long. */
function fetchedBy(words: readonly string[]): readonly string[] {
  const found: string[] = [];
  let tool: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = bare(words[i] ?? "");
    const name = word.slice(word.lastIndexOf("/") + 1);
    if (Object.prototype.hasOwnProperty.call(tools, name)) tool = name;
    else if (tool === undefined) continue;
    else if (/^(docker|oci|registry):\/\/[\w.[]/.test(word)) found.push(word);
    else if (tool === "kubectl" && /^--image(=|$)/.test(word))
      found.push(word.includes("=") ? word.slice(8) : bare(words[i + 1] ?? ""));
    else if (tool === "kubectl" && word === "image" && bare(words[i - 1] ?? "") === "set") {
      for (i++; i < words.length; i++) found.push(...(/^[\w.-]+=(\S+)$/.exec(bare(words[i] ?? ""))?.slice(1) ?? []));
    } else if (tools[tool]?.includes(word) === true) {
      for (i++; i < words.length && bare(words[i] ?? "").startsWith("-"); i++)
        if (!alone.test(bare(words[i] ?? "")) && !(words[i] ?? "").includes("=")) i++;
      const reference = bare(words[i] ?? "");
      if (reference !== "") found.push(reference);
      tool = undefined;
    }
  }
  return found.filter((reference) => !/^[$&]|^\\?$/.test(reference));
}

/** True if the lines are a Dockerfile: its first instruction is FROM or ARG, or it stands in a script after `<<`. SQL has the word too. */
function dockerfile(lines: readonly string[]): readonly string[] {
  let open = false;
  let begun = false;
  let stages: ReadonlySet<string> = new Set();
  const found: string[] = [];
  lines.forEach((line, i) => {
    const first = !begun;
    begun ||= !/^\s*(ARG\s.*)?$/.test(line);
    if (first || /<<-?\s*["']?\w+/.test(lines[i - 1] ?? "")) open = /^\s*(FROM|ARG)\s/.test(line);
    const [, reference, stage] = /^\s*FROM\s+(?:--\S+\s+)*([a-z0-9[$][^\s;]*)(?:\s+AS\s+(\S+))?\s*$/i.exec(line) ?? [];
    if (!open || reference === undefined) return;
    if (reference !== "scratch" && !reference.startsWith("$") && !stages.has(reference)) found.push(reference);
    if (stage !== undefined) stages = new Set([...stages, stage]);
  });
  return found;
}

/** References in a text that is no data: scripts, units, Dockerfiles, templates. */
export const referencesInText = ({ path, text }: Leaf): readonly Reference[] =>
  fetchedIn(text).map((reference) => ({ path, text: reference, certain: false }));

const fetchedIn = remembering((text): readonly string[] => {
  // One word is no command, and no line of a Dockerfile.
  if (!/\s|\\[nrt]|image/i.test(text)) return [];
  const lines = spokenLines(text);
  const continued = lines
    .join("\n")
    .replace(/\\[ \t]*\n/g, " ")
    .split("\n");
  const frontend = /^#\s*syntax\s*=\s*(\S+)\s*\n[\s\S]*^\s*FROM\s/im.exec(text.slice(0, 20_000))?.[1];
  const all = [
    ...(frontend === undefined ? [] : [frontend]),
    ...lines.flatMap((line) =>
      [...line.matchAll(/(?:^|[\s"'{,])["']?(?:image|Image)["']?[ \t]{0,8}[:=][ \t]{0,8}["']?([^\s"',{}]+)/g)].map(
        ([, one]) => one ?? "",
      ),
    ),
    ...continued.flatMap((line) => line.split(/[|;&]/).flatMap((command) => fetchedBy(command.trim().split(/\s+/)))),
    ...dockerfile(lines),
  ];
  return [...new Set(all)].filter((reference) => !isOther(reference));
});
