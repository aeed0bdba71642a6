import { containersIn } from "./containers";
import type { Leaf } from "./text";
import type { Value } from "./value";
import { unknown } from "./value";

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
export function image(reference: string): Image | undefined {
  const bare = reference.replace(/^(docker|oci):\/\//, "").replace(/@sha(256|512):[0-9a-f]+$/, "");
  const [first = "", ...rest] = bare.split("/");
  const hosted = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const registry = hosted ? first.toLowerCase() : "docker.io";
  const path = (hosted ? rest.join("/") : bare).replace(/:[\w][\w.-]{0,127}$/, "");
  if (!/^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(path)) return undefined;
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(registry)) return undefined;
  const official = registry === "docker.io" && !path.includes("/");
  return {
    registry: registry === "index.docker.io" ? "docker.io" : registry,
    repository: official ? `library/${path}` : path,
  };
}

/** A reference and its path. */
export interface Reference {
  readonly path: string;
  readonly text: string;
}

/** References in data: containers of Kubernetes and compose, at any depth. */
export const referencesIn = (value: Value): readonly Reference[] =>
  containersIn(value).flatMap(({ path, image: text }) =>
    text === unknown || text === undefined ? [] : [{ path, text }],
  );

/** Commands and lines that fetch an image by the reference that follows. */
const fetched: readonly RegExp[] = [
  /(?:^|[\s"'{,])["']?image["']?[ \t]*:[ \t]*["']?([^\s"',{}]+)/g, // YAML and JSON
  /^\s*Image[ \t]*=[ \t]*(\S+)/gm, // Podman's units
  /\b(?:docker|podman|nerdctl|crictl|ctr)\b[^\n|;&]*?\bpull\b(?:[ \t]+-\S+)*[ \t]+["']?([^\s"']+)/g,
  /\bFROM[ \t]+(?:--\S+[ \t]+)*([a-z0-9][^\s]+)/g, // Dockerfiles
];

/** References in a text that is no data: scripts, units, templates. */
export const referencesInText = ({ path, text }: Leaf): readonly Reference[] =>
  [
    ...fetched.flatMap((pattern) => [...text.matchAll(pattern)].map(([, reference]) => reference)),
    ...[...text.matchAll(/\b(?:docker|podman|nerdctl)[ \t]+(?:container[ \t]+)?(?:run|create)[ \t]+([^\n|;&]+)/g)].map(
      ([, words]) => ran(words ?? ""),
    ),
  ].flatMap((reference) => (reference === undefined ? [] : [{ path, text: reference }]));

/** Options of `run` that stand alone; every other one takes the word after it, unless it has an equals sign. */
const alone =
  /^(-[ditPq]+|--(rm|init|detach|interactive|tty|privileged|read-only|publish-all|quiet|no-healthcheck|oom-kill-disable|replace))$/;

/** The image that a `run` names: its first word that belongs to no option. */
function ran(words: string): string | undefined {
  const list = words.replace(/\\\s/g, " ").trim().split(/\s+/);
  for (let i = 0; i < list.length; i++) {
    const word = list[i] ?? "";
    if (!word.startsWith("-")) return word.replace(/^["']|["']$/g, "");
    if (!alone.test(word) && !word.includes("=")) i++;
  }
  return undefined;
}
