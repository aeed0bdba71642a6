import type { KubernetesObject } from "./programs/apply";

type Labels = Readonly<Record<string, string>>;

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number }[];
}

interface Peer {
  readonly podSelector?: { readonly matchLabels?: Labels };
  readonly namespaceSelector?: { readonly matchLabels?: Labels };
}

interface PolicySpec {
  readonly podSelector: { readonly matchLabels?: Labels };
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** Labels and ports of the pods that an object makes; undefined where it makes none. */
function podsOf({ metadata, ...one }: KubernetesObject) {
  const spec = one["spec"] as { template?: unknown; jobTemplate?: { spec: { template: unknown } } } | undefined;
  const template = (spec?.template ?? spec?.jobTemplate?.spec.template) as
    | {
        readonly metadata: { readonly labels: Labels };
        readonly spec: {
          readonly containers: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
        };
      }
    | undefined;
  if (template === undefined) return undefined;
  return {
    namespace: metadata.namespace ?? "default",
    labels: template.metadata.labels,
    ports: template.spec.containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort)),
  };
}

/**
 * What network policies name although it is not there: pods that nobody makes, and ports on which the pods do not listen. Namespaces of which the objects hold
 * none (the cluster's resolver, its edge, its monitoring) cannot be judged and are passed over.
 */
export function missingPeers(objects: readonly KubernetesObject[]): readonly string[] {
  const pods = objects.flatMap((one) => podsOf(one) ?? []);
  const namespaces = new Set(pods.map(({ namespace }) => namespace));
  const chosen = (namespace: string, labels: Labels = {}) =>
    pods.filter(
      (pod) => pod.namespace === namespace && Object.entries(labels).every(([key, value]) => pod.labels[key] === value),
    );
  return objects
    .filter(({ kind }) => kind === "NetworkPolicy")
    .flatMap(({ metadata, ...one }) => {
      const { podSelector, ingress = [], egress = [] } = one["spec"] as PolicySpec;
      const own = metadata.namespace ?? "default";
      const named = `${own}/${metadata.name}`;
      const hosts = chosen(own, podSelector.matchLabels);
      const missing = hosts.length === 0 ? [`${named} chooses no pods`] : [];
      const judge = (peers: readonly Peer[] = [], ports: Rule["ports"], target: boolean): string[] =>
        peers.flatMap(({ podSelector: selector, namespaceSelector }) => {
          if (selector === undefined) return [];
          const namespace = namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"] ?? own;
          if (!namespaces.has(namespace)) return [];
          const others = chosen(namespace, selector.matchLabels);
          const listening = target ? others : hosts;
          return others.length === 0
            ? [`${named} names pods of ${namespace} that are not there: ${JSON.stringify(selector.matchLabels)}`]
            : (ports ?? [])
                .filter(({ port }) => !listening.some((pod) => pod.ports.includes(port)))
                .map(({ port }) => `${named} opens port ${port}, on which nobody listens`);
        });
      return [
        ...missing,
        ...ingress.flatMap(({ from, ports }) => judge(from, ports, false)),
        ...egress.flatMap(({ to, ports }) => judge(to, ports, true)),
      ];
    });
}
