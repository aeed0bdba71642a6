import type { KubernetesObject } from "./programs/apply";

/** A connection that a program is told to make, read from its configuration: `meet/meet-focus-1 -> meet/meet-signalling-1 5222`. */
export type Dialled = string;

export const connection = (from: string, to: string, port: number | string): Dialled => `${from} -> ${to} ${port}`;

/** A host name inside the cluster, with its port where it has one. Pods of a headless service count as those of their tier. */
const address = /([a-z][a-z0-9-]*?)(?:-pods(?:-all)?)?\.([a-z][a-z0-9-]*)\.svc\.cluster\.local(?::(\d+))?/g;

interface Spec {
  readonly template?: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: {
      readonly containers: readonly { readonly env?: readonly { readonly name: string; readonly value?: string }[] }[];
      readonly volumes?: readonly { readonly configMap?: { readonly name: string } }[];
    };
  };
}

/**
 * Connections that the programs of some workloads are configured to make: what their variables and mounted files name. No policy and no link is read, so that
 * the two can be held against each other.
 *
 * @param otherPort port of an address that is written without one, from the variables beside it.
 */
export function dialled(
  objects: readonly KubernetesObject[],
  otherPort: (env: Readonly<Record<string, string>>) => string | undefined,
): readonly Dialled[] {
  const configMap = (name: string, namespace: string | undefined): string =>
    Object.values(
      (objects.find(
        (one) => one.kind === "ConfigMap" && one.metadata.name === name && one.metadata.namespace === namespace,
      )?.["data"] ?? {}) as Readonly<Record<string, unknown>>,
    ).join("\n");
  const found = objects.flatMap(({ metadata, ...one }) => {
    const { template } = (one["spec"] ?? {}) as Spec;
    if (template === undefined) return [];
    const own = `${metadata.namespace}/${metadata.name}`;
    const env = Object.fromEntries(
      template.spec.containers.flatMap((container) =>
        (container.env ?? []).map(({ name, value = "" }) => [name, value] as const),
      ),
    );
    const files = (template.spec.volumes ?? []).map((volume) =>
      volume.configMap === undefined ? "" : configMap(volume.configMap.name, metadata.namespace),
    );
    return [...Object.values(env), ...files].flatMap((text) =>
      [...text.matchAll(address)].map(([all, name = "", namespace = "", port = otherPort(env)]) => {
        if (port === undefined) throw new Error(`expected a port for ${all} in ${own}, got none`);
        return connection(own, `${namespace}/${name}`, port);
      }),
    );
  });
  return [...new Set(found)].sort();
}
