import { attached, remembering } from "./memo";
import { at, isList, isObject, type Properties, type Value } from "./value";

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
  const host = hosted ? first.toLowerCase() : "docker.io";
  const registry = host === "index.docker.io" ? "docker.io" : host;
  const path = (hosted ? rest.join("/") : bare).replace(/:[\w][\w.-]{0,127}$/, "");
  if (
    path.length > 255 ||
    !path.split("/").every((part) => /^[a-z0-9][a-z0-9._-]*$/.test(part) && /[a-z0-9]$/.test(part))
  )
    return undefined;
  if (!/^([a-z0-9][a-z0-9.-]{0,252}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/.test(registry)) return undefined;
  const official = registry === "docker.io" && !path.includes("/");
  return { registry, repository: official ? `library/${path}` : path };
});

/**
 * A reference with its variables filled in: defaults of compose and of shells take their place, a tag that is one is left out, and within the repository any
 * name does, since the registry is what matters.
 */
function filled(reference: string): string {
  if (reference.length > 1000) return reference;
  const given = reference.replace(/\$\{\w{1,100}:?-([^{}$]*)\}/g, "$1").replace(/[:@]\$(\{[^{}]*\}|\(\w+\)|\w+)$/, "");
  if (given.startsWith("$")) return given;
  const slash = given.indexOf("/");
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
const naming = /^(image|imageName|imageRef|\w*Image|\w+_image|\w*[iI]mageRepository|\w*image_repository)$/;

/** Keys with hyphens, of annotations and of options in files: `agent-image`. Of those, only what has a folder or a tag is a reference: pages have images, too. */
const hyphened = /^([\w.-]+\/)?([\w.-]+-image|proxyImage)$/;
const tagged = /^[\w.${}-]+(\/[\w.${}-]+)+|^[\w.-]+:[\w.-]+$/;

/** Ends of names of pictures, which stand under the same key. */
const picture = /\.(png|jpe?g|gif|svg|webp|ico|bmp|avif|tiff?)(\?.*)?$/i;

/** True if a text under `image` is a picture, a file or a placeholder, and no reference. */
export const isOther = (text: string): boolean =>
  text === "" || picture.test(text) || /^(https?:|data:|file:|\.{0,2}\/|#)/i.test(text) || /\s/.test(text.trim());

/**
 * References in data, wherever they stand: containers of Kubernetes and compose, kinds of operators, Tekton and Argo, image volumes, and the values of charts,
 * which split references into registry, repository and tag.
 */
export const referencesIn = (value: Value): readonly Reference[] =>
  isList(value) || isObject(value) ? referencesOf(value) : [];

const referencesOf = attached((value: Properties | readonly Value[]): readonly Reference[] => {
  const found: Reference[] = [];
  walk(value, "", found);
  return found;
});

const isNaming = remembering((key) => naming.test(key));
const isHyphened = remembering((key) => hyphened.test(key));

/** True for a key under which a text may be a reference. Most are none, and their texts are left at once. */
const mayName = remembering((key) => naming.test(key) || hyphened.test(key) || key === "container");

function walk(value: Value, path: string, found: Reference[], under = ""): void {
  if (isList(value)) return value.forEach((item, i) => walk(item, `${path}[${i}]`, found));
  if (!isObject(value)) return;
  const isNamed = isNaming(under);
  if (path !== "" && (isNamed || at(value, "tag") !== undefined || at(value, "registry") !== undefined))
    found.push(...split(value, path, isNamed));
  for (const key of Object.keys(value)) {
    const item = value[key];
    const here = path === "" ? key : `${path}.${key}`;
    if (typeof item === "string") {
      if (mayName(key) || isContext(item)) found.push(...named(key, item, path, value));
    } else {
      if (key === "services" && isPipeline(value)) found.push(...serviceImages(item, here));
      walk(item, here, found, key);
    }
  }
}

/** The reference that a text is, by the key under which it stands. */
function named(key: string, text: string, path: string, holder: Value): readonly Reference[] {
  const here = path === "" ? key : `${path}.${key}`;
  if (isContext(text) || isContainer(key, holder))
    return [{ path: here, text: text.replace(context, ""), certain: false }];
  if (isHyphened(key)) return tagged.test(text) && !isOther(text) ? [{ path: here, text, certain: false }] : [];
  // The image of a volume of Ceph is a disk.
  if (!isNaming(key) || (key === "image" && /(^|\.)rbd$/.test(path)) || isOther(text) || isBuilt(path, holder))
    return [];
  const certain = /(^|\.)\w*[cC]ontainers\[\d+\]$|^services\.[^.]+$/.test(path);
  return [{ path: path === "" ? key : path, text, certain }];
}

/** True for an artifact of Skaffold's, which is built of a folder under that name (GoogleContainerTools/skaffold pkg/skaffold/schema/latest/config.go at f8efbee2, Artifact). */
const isBuilt = (path: string, holder: Value): boolean =>
  /(^|\.)artifacts\[\d+\]$/.test(path) && at(holder, "context") !== undefined;

/** The image that a build takes as a folder: `docker-image://alpine`. */
const context = /^docker-image:\/\//;
const isContext = (text: string): boolean => context.test(text);

/** True for the image of a job of GitHub's, which stands under `container` itself. */
const isContainer = (key: string, job: Value): boolean =>
  key === "container" && (at(job, "runs-on") !== undefined || at(job, "steps") !== undefined);

/** True for a job of a pipeline, beside whose script services are listed. */
const isPipeline = (job: Value): boolean =>
  ["script", "before_script", "stages", "stage"].some((key) => at(job, key) !== undefined);

/** Services of GitLab's jobs: texts, or objects whose `name` is the image. */
const serviceImages = (list: Value, path: string): readonly Reference[] =>
  (isList(list) ? list : []).flatMap((one, i) => {
    const text = typeof one === "string" ? one : at(one, "name");
    return typeof text === "string" && text !== "" ? [{ path: `${path}[${i}]`, text, certain: false }] : [];
  });

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
