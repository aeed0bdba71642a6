import { Cidr } from "../../components/core/cidr";
import type { KubernetesObject } from "../support/programs/apply";
import type { Pod } from "./live-cluster";

type Labels = Readonly<Record<string, string>>;

interface Peer {
  readonly podSelector?: { readonly matchLabels?: Labels };
  readonly namespaceSelector?: { readonly matchLabels?: Labels };
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
}

interface Spec {
  readonly podSelector: { readonly matchLabels?: Labels };
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** The other end of a connection: a pod, or an address outside. */
export type End = Pod | string;

/**
 * True if network policies allow a TCP connection, by the semantics of `networking.k8s.io/v1`: both ends have a say; a pod that a policy selects has
 * only what some policy lists. Only the kinds of peers that the components render are understood.
 */
export function allowed(objects: readonly KubernetesObject[], from: End, to: End, port: number): boolean {
  const policies = objects.filter(({ kind }) => kind === "NetworkPolicy");
  return says(policies, "Egress", from, to, port) && says(policies, "Ingress", to, from, port);
}

function says(
  policies: readonly KubernetesObject[],
  side: "Ingress" | "Egress",
  own: End,
  other: End,
  port: number,
): boolean {
  // Policies do not reach pods on the host's network, nor what is no pod.
  if (typeof own === "string" || own.spec.hostNetwork === true) return true;
  const selecting = policies.filter(({ metadata, ...policy }) => {
    const { podSelector, policyTypes } = policy["spec"] as Spec;
    return (
      metadata.namespace === own.metadata.namespace &&
      policyTypes.includes(side) &&
      holds(podSelector.matchLabels, own.metadata.labels)
    );
  });
  if (selecting.length === 0) return true;
  return selecting.some(({ metadata, ...policy }) => {
    const { ingress = [], egress = [] } = policy["spec"] as Spec;
    return (side === "Ingress" ? ingress : egress).some(
      ({ from, to, ports }) =>
        (ports === undefined || ports.some((one) => one.port === port && (one.protocol ?? "TCP") === "TCP")) &&
        ((side === "Ingress" ? from : to) ?? []).some((peer) => matches(peer, other, metadata.namespace ?? "default")),
    );
  });
}

function matches({ podSelector, namespaceSelector, ipBlock }: Peer, other: End, namespace: string): boolean {
  const address = typeof other === "string" ? other : (other.status.podIP ?? "");
  if (ipBlock !== undefined)
    return (
      Cidr.parse(ipBlock.cidr).contains(address) &&
      !(ipBlock.except ?? []).some((range) => Cidr.parse(range).contains(address))
    );
  if (typeof other === "string" || other.spec.hostNetwork === true) return false;
  const wanted = namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"] ?? namespace;
  return other.metadata.namespace === wanted && holds(podSelector?.matchLabels, other.metadata.labels);
}

const holds = (wanted: Labels = {}, labels: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);
