import type { RecipeFile } from "./recipe";

/** Rendered files of one host, without secrets. */
export interface RenderedHost {
  readonly name: string;
  /** Undefined where the cloud hands nothing over at birth. */
  readonly userData: string | undefined;
  readonly files: readonly RecipeFile[];
}

/** Outputs of a pool about its hosts. */
export interface RenderedPool {
  /** Files that every host has, by path. */
  readonly renderedOnAll: Readonly<Record<string, string>>;
  /** Other files of a host, by its name. */
  readonly rendered: Readonly<
    Record<string, { readonly userData?: string; readonly files: Readonly<Record<string, string>> }>
  >;
}

/**
 * Rendered files of a pool's hosts, for reports and for people who read the state. Files that all hosts have are listed once: an engine with a file as its
 * backend writes every output again at every step of a deployment.
 */
export function renderedPool(hosts: readonly RenderedHost[]): RenderedPool {
  const [first, ...others] = hosts.map(({ files }) => new Map(files.map(({ path, content }) => [path, content])));
  const shared = new Map(
    [...(first ?? [])].filter(
      ([path, content]) => others.length > 0 && others.every((files) => files.get(path) === content),
    ),
  );
  return {
    renderedOnAll: Object.fromEntries(shared),
    rendered: Object.fromEntries(
      hosts.map(({ name, userData, files }) => [
        name,
        {
          ...(userData === undefined ? {} : { userData }),
          files: Object.fromEntries(files.flatMap(({ path, content }) => (shared.has(path) ? [] : [[path, content]]))),
        },
      ]),
    ),
  };
}
