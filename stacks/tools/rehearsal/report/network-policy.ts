import { at, fields, items, Plain, text, texts } from "./plain";
import { meets, within } from "./ranges";
import { ofType, StateResource } from "./state";
import { counted, Gap, notCounted, Path, Wall } from "./walls";

/** Pod fields that a NetworkPolicy's selectors read. */
export interface PodShape {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
  /** True if the cluster enforces policies, as k3s does; undefined if that is not known. */
  readonly enforced: boolean | undefined;
}

/** NetworkPolicy objects of a stack. */
export const policiesOf = (resources: readonly StateResource[]): readonly StateResource[] =>
  ofType(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy");

/**
 * NetworkPolicies on a path. They never count for pods on the host's network (Kubernetes leaves that undefined, and every common
 * implementation ignores such pods), nor where nothing is known to enforce them.
 */
export function networkPolicyWall(pod: PodShape, policies: readonly StateResource[], path: Path): Wall {
  const mechanism = "NetworkPolicy";
  if (pod.hostNetwork) return notCounted(mechanism, "a NetworkPolicy does not reach pods on the host's network");
  if (pod.enforced !== true)
    return notCounted(
      mechanism,
      pod.enforced === false
        ? "the cluster has its policy controller switched off"
        : "it is not known that this cluster enforces policies",
    );
  const direction = path.direction === "in" ? "Ingress" : "Egress";
  const selecting = policies.filter(
    ({ inputs }) =>
      (text(at(inputs["metadata"], "namespace")) ?? "default") === pod.namespace &&
      selects(at(inputs["spec"], "podSelector"), pod.labels) &&
      typesOf(inputs["spec"]).includes(direction),
  );
  if (selecting.length === 0)
    return notCounted(mechanism, `no policy for ${direction.toLowerCase()} selects these pods`);
  const gaps = selecting.flatMap(({ inputs, name }) =>
    items(at(inputs["spec"], direction.toLowerCase())).flatMap((rule) =>
      gapsOf(rule, path, reasonOf(inputs["metadata"], name)),
    ),
  );
  return counted(mechanism, selecting.map(({ name }) => name).join(", "), gaps);
}

const reasonOf = (metadata: Plain | undefined, name: string): string =>
  Object.entries(fields(at(metadata, "annotations")))
    .find(([key]) => key.endsWith("/reason"))?.[1]
    ?.toString() ?? name;

function typesOf(spec: Plain | undefined): readonly string[] {
  const stated = texts(at(spec, "policyTypes"));
  return stated.length > 0 ? stated : ["Ingress", ...(at(spec, "egress") === undefined ? [] : ["Egress"])];
}

/** True if a label selector matches labels. An unknown operator matches none, so that in doubt no wall is counted. */
function selects(selector: Plain | undefined, labels: Readonly<Record<string, string>>): boolean {
  const expressions = items(at(selector, "matchExpressions")).every((expression) => {
    const [key, values] = [text(at(expression, "key")) ?? "", texts(at(expression, "values"))];
    const label = labels[key];
    const taken: Readonly<Record<string, boolean>> = {
      In: label !== undefined && values.includes(label),
      NotIn: label === undefined || !values.includes(label),
      Exists: label !== undefined,
      DoesNotExist: label === undefined,
    };
    return taken[text(at(expression, "operator")) ?? ""] ?? false;
  });
  return (
    expressions && Object.entries(fields(at(selector, "matchLabels"))).every(([key, wanted]) => labels[key] === wanted)
  );
}

function gapsOf(rule: Plain, path: Path, reason: string): readonly Gap[] {
  const sides = items(at(rule, path.direction === "in" ? "from" : "to"));
  const open = sides.length === 0 ? path.ranges : sides.flatMap((side) => blocksMeeting(at(side, "ipBlock"), path));
  if (open.length === 0) return [];
  const ports = items(at(rule, "ports"));
  if (ports.length === 0) return [{ first: 1, last: 65535, peers: open, reason }];
  return ports.map((entry): Gap => {
    const protocol = (text(at(entry, "protocol")) ?? "TCP").toLowerCase();
    const port = at(entry, "port");
    // A named port is known to the pod only; it may be any port.
    const first = typeof port === "number" ? port : 1;
    const end = at(entry, "endPort");
    const last = typeof end === "number" ? end : typeof port === "number" ? port : 65535;
    return { ...(protocol === "tcp" || protocol === "udp" ? { protocol } : {}), first, last, peers: open, reason };
  });
}

/** The range of an ipBlock if it overlaps the path and no exception removes the whole path. Selectors name pods, which are no peers of these paths. */
function blocksMeeting(block: Plain | undefined, { ranges }: Path): readonly string[] {
  const cidr = text(at(block, "cidr"));
  if (cidr === undefined) return [];
  const excepted = texts(at(block, "except"));
  return ranges.some((range) => meets(cidr, range) && !excepted.some((except) => within(range, except))) ? [cidr] : [];
}
