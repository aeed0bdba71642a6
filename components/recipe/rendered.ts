import type { RecipeFile } from "./recipe";

/** What is rendered for one host, secrets aside. */
export interface RenderedHost {
  readonly name: string;
  /** Undefined where the cloud hands nothing over at birth. */
  readonly userData: string | undefined;
  readonly files: readonly RecipeFile[];
}

/** What a pool says of its hosts in its outputs. */
export interface RenderedPool {
  /** Files that every host has, by path. */
  readonly renderedOnAll: Readonly<Record<string, string>>;
  /** What else a host has, by its name. */
  readonly rendered: Readonly<
    Record<string, { readonly userData?: string; readonly files: Readonly<Record<string, string>> }>
  >;
}

/**
 * What was rendered for a pool's hosts, for reports and for whoever looks into the state. What all of them have is said once: an engine with a file as its
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
