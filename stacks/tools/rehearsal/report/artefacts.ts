import { HostView } from "./hosts";
import { at, fields, hidden, Plain, text } from "./plain";
import { StateResource } from "./state";

/** A rendered file: a host's user data, a file on a host, a Kubernetes object. */
export interface Artefact {
  /** Path below `rendered/`. */
  readonly path: string;
  /** As text, for files; as data, for Kubernetes objects. */
  readonly content: string | Readonly<Record<string, Plain>>;
}

/** Everything that a stack renders, without any secret. */
export function artefactsOf(resources: readonly StateResource[], hosts: readonly HostView[]): readonly Artefact[] {
  return [
    ...hosts.flatMap(({ name, userData, files }): Artefact[] => [
      ...(userData === undefined ? [] : [{ path: `user-data/${safe(name)}.yaml`, content: userData }]),
      ...Object.entries(files).map(([path, content]) => ({
        path: `hosts/${safe(name)}/${path
          .split("/")
          .filter((part) => part !== "" && part !== ".." && part !== ".")
          .join("/")}`,
        content,
      })),
    ]),
    ...resources.flatMap(manifest),
  ];
}

function manifest({ type, name, inputs }: StateResource): Artefact[] {
  if (!type.startsWith("kubernetes:") || type.startsWith("kubernetes:helm.sh/")) return [];
  const kind = type.slice(type.lastIndexOf(":") + 1);
  const namespace = text(at(inputs["metadata"], "namespace"));
  const file = [namespace, kind.toLowerCase(), text(at(inputs["metadata"], "name")) ?? name]
    .filter((part) => part !== undefined)
    .map(safe)
    .join("-");
  return [{ path: `kubernetes/${file}.yaml`, content: kind === "Secret" ? withoutValues(inputs) : inputs }];
}

/** A Secret keeps its keys; every value is hidden, whether the state marks it as secret or not. */
function withoutValues(inputs: StateResource["inputs"]): StateResource["inputs"] {
  const bare = (value: Plain | undefined): Plain =>
    Object.fromEntries(Object.keys(fields(value)).map((key) => [key, hidden]));
  return {
    ...inputs,
    ...(inputs["data"] === undefined ? {} : { data: bare(inputs["data"]) }),
    ...(inputs["stringData"] === undefined ? {} : { stringData: bare(inputs["stringData"]) }),
  };
}

/** Makes a part of a path that cannot leave its folder. */
const safe = (name: string): string => name.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^\.+/, "_");
