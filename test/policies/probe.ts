/** A resource as a probe makes it. */
export interface Probed {
  readonly type: string;
  readonly props?: Readonly<Record<string, unknown>>;
  /** Package of its provider, and the provider's inputs. */
  readonly provider?: readonly [name: string, props?: Readonly<Record<string, unknown>> | undefined];
}

/** One way in which a stack meets the rows of a table. */
export interface Probe {
  /** Words that choose a row, each with a resource of its own: a host, a package and a code. */
  readonly words: readonly string[];
  readonly make: (...words: readonly string[]) => Probed;
}

/** An object of Kubernetes. */
export const kubernetes = (type: string, props: Readonly<Record<string, unknown>>): Probed => ({
  type: `kubernetes:${type}`,
  props: { metadata: { name: "it", namespace: "it" }, ...props },
});

/** A ConfigMap with one text. */
export const text = (a: string): Probed => kubernetes("core/v1:ConfigMap", { data: { a } });

/** A Deployment of two replicas, with one container of one's own. */
export const pod = (container: Readonly<Record<string, unknown>>): Probed =>
  kubernetes("apps/v1:Deployment", {
    spec: {
      replicas: 2,
      template: { spec: { containers: [{ image: "registry.crisis.example.ch/a:1", ...container }] } },
    },
  });

/** A provider with a kubeconfig. */
export const kubeconfig = (server: string, user: object = {}): Probed => ({
  type: "pulumi:providers:kubernetes",
  props: {
    kubeconfig: JSON.stringify({ kind: "Config", clusters: [{ cluster: { server } }], users: [{ user }] }),
  },
});

/** A word of a row, with something at its end where any end will do. */
export const whole = (word: string): string => word.replace(/\*$/, "x");

/** A value at the end of a path; `*` stands for a list with one member. */
export function nested(path: readonly string[], value: unknown): Readonly<Record<string, unknown>> {
  const [key = "", ...rest] = path;
  return {
    [key]:
      rest.length === 0
        ? value
        : rest[0] === "*"
          ? [rest.length === 1 ? value : nested(rest.slice(1), value)]
          : nested(rest, value),
  };
}
