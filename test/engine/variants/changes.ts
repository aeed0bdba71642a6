import type { Inputs, Props } from "./variant";

/** Inputs of the blueprint's resource of a type and a name, changed; every other resource stays as it is. */
export const changing =
  (type: string, name: string, change: (props: Props) => Props): Inputs =>
  (given) =>
    given.type === type && given.name === name ? change(given.props as Props) : undefined;

/** Inputs with another value at a path. */
export function withAt(value: unknown, path: readonly (string | number)[], put: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return put(value);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === key ? withAt(item, rest, put) : item));
  const object = (value ?? {}) as Record<string, unknown>;
  return { ...object, [key]: withAt(object[key], rest, put) };
}

/** Inputs of a resource with another value at a path. */
export const at = (
  type: string,
  name: string,
  path: readonly (string | number)[],
  put: (old: unknown) => unknown,
): Inputs => changing(type, name, (props) => withAt(props, path, put) as Props);

const container = ["spec", "template", "spec", "containers", 0] as const;

/** The first container of a Deployment, changed. */
export const inContainer = (name: string, change: (container: Props) => Props): Inputs =>
  at("kubernetes:apps/v1:Deployment", name, container, (old) => change(old as Props));

/** The same with one variable more. */
export const withVariable = (deployment: string, name: string, value: string): Inputs =>
  inContainer(deployment, (old) => ({
    ...old,
    env: [...((old["env"] as readonly unknown[] | undefined) ?? []), { name, value }],
  }));

/** A ConfigMap with one file more. */
export const withFile = (configMap: string, file: string, text: string): Inputs =>
  at("kubernetes:core/v1:ConfigMap", configMap, ["data"], (old) => ({ ...(old as Props), [file]: text }));

/** A text of a file in a ConfigMap, in place of another. */
export const replaced = (configMap: string, file: string, from: string, to: string): Inputs =>
  at("kubernetes:core/v1:ConfigMap", configMap, ["data", file], (old) => {
    if (!String(old).includes(from))
      throw new Error(`expected ${JSON.stringify(from)} in ${configMap} ${file}, got none`);
    return String(old).replace(from, to);
  });

/** A component that shows no input. */
export const withoutInputs = (type: string, name: string): Inputs => changing(type, name, () => ({}));

/** Every file in ConfigMaps of one service, changed. */
export const inFiles =
  (service: string, change: (text: string, file: string) => string): Inputs =>
  ({ type, name, props }) => {
    const data = (props as Props)["data"] as Props | undefined;
    if (type !== "kubernetes:core/v1:ConfigMap" || !name.startsWith(service) || data === undefined) return undefined;
    const files = Object.entries(data).map(
      ([file, text]) => [file, typeof text === "string" ? change(text, file) : text] as const,
    );
    if (files.every(([file, text]) => text === data[file])) return undefined;
    return { ...(props as Props), data: Object.fromEntries(files) };
  };
