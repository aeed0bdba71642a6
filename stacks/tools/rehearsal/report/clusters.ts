import { HostView } from "./hosts";
import { fields, Plain, text, texts } from "./plain";
import { ofType, StateResource } from "./state";

/** A Kubernetes cluster as the report sees it. */
export interface ClusterView {
  readonly name: string;
  /** `k3s`: on hosts of ours. `adopted`: made elsewhere. `managed`: run by the cloud's provider. */
  readonly kind: "k3s" | "adopted" | "managed";
  /** Reason why its hosts have no filter of ours; undefined if they have one. */
  readonly foreign: string | undefined;
  /** True if it enforces NetworkPolicies; undefined if that is not known. */
  readonly enforced: boolean | undefined;
  /** Ranges of its pods and services, and its stated addresses. */
  readonly ranges: readonly string[];
}

const types = ["Cluster", "AdoptedCluster", "ManagedCluster"] as const;

/** Network plugins that enforce NetworkPolicies. Source: their documentation (docs.tigera.io, docs.cilium.io), where each names it first; unverified in their code. */
const enforcing: readonly Plain[] = ["calico", "cilium"];

/** Every cluster of a stack, by its URN. */
export function clustersOf(
  resources: readonly StateResource[],
  hosts: readonly HostView[],
): ReadonlyMap<string, ClusterView> {
  return new Map(
    ofType(resources, ...types).map((resource) => [
      resource.urn,
      {
        name: resource.name,
        ...ofKind(resource, resources, hosts),
        ranges: [
          ...["podRange", "serviceRange"].flatMap((key) => text(resource.inputs[key]) ?? []),
          ...texts(resource.inputs["gatewayAddresses"]),
          ...Object.values(fields(resource.inputs["hostAddresses"])).flatMap(texts),
        ],
      },
    ]),
  );
}

function ofKind(
  { urn, type, inputs }: StateResource,
  resources: readonly StateResource[],
  hosts: readonly HostView[],
): Pick<ClusterView, "kind" | "foreign" | "enforced"> {
  if (type.endsWith(":AdoptedCluster"))
    return {
      kind: "adopted",
      foreign: "this cluster was made elsewhere: no filter of ours is on its hosts",
      enforced: undefined,
    };
  if (type.endsWith(":ManagedCluster")) {
    const made = ofType(resources, "exoscale:index/sksCluster:SksCluster").find(({ parent }) => parent === urn);
    return {
      kind: "managed",
      foreign: "the provider runs this cluster: no filter of ours is on its nodes",
      enforced: made !== undefined && enforcing.includes(made.inputs["cni"] ?? "calico") ? true : undefined,
    };
  }
  return { kind: "k3s", foreign: undefined, enforced: text(inputs["kind"]) === "k3s" ? enforces(hosts) : undefined };
}

/** k3s has a policy controller and runs it by default (k3s-io/k3s `pkg/agent/netpol`, option `disable-network-policy`). */
const enforces = (hosts: readonly HostView[]): boolean =>
  !hosts.some(({ files }) =>
    Object.entries(files).some(
      ([path, content]) =>
        path.startsWith("/etc/rancher/k3s/") && /"?disable-network-policy"?\s*:\s*"?true/.test(content),
    ),
  );

/**
 * The cluster of a Kubernetes object: that of its provider. If the engine does not say which, the stack's only one.
 */
export function clusterOf(
  { provider }: StateResource,
  resources: readonly StateResource[],
  clusters: ReadonlyMap<string, ClusterView>,
): ClusterView | undefined {
  const holder = resources.find(({ urn }) => urn === provider)?.parent;
  if (holder !== undefined) return clusters.get(holder);
  const [only, ...others] = clusters.values();
  return others.length === 0 ? only : undefined;
}
