import type { Subject } from "../rule";
import { kindOf } from "./subject";
import { at, entries, isObject, items, strings, unknown, type Value, worded } from "./value";

/** Directions of traffic. */
type Direction = "in" | "out";

/** Pods of one kind in a stack, with what decides which policies hold for them. */
export interface Pods {
  readonly subject: Subject;
  readonly namespace: Value;
  readonly labels: Value;
  /** True if they share the network of their host, where no policy reaches, or may. */
  readonly onHost: boolean;
  /** True if it is not known whether they do. */
  readonly perhapsOnHost: boolean;
}

/** A policy of a cluster, as far as it closes pods: whom it selects, and in which directions everything is refused that it does not name. */
interface Wall {
  /** Undefined for every namespace. */
  readonly namespace: Value;
  readonly selects: (labels: Value) => boolean;
  readonly closes: readonly Direction[];
}

const templates: ReadonlyMap<string, readonly string[]> = new Map([
  ["core/Pod", []],
  ["core/ReplicationController", ["spec", "template"]],
  ["apps/Deployment", ["spec", "template"]],
  ["apps/StatefulSet", ["spec", "template"]],
  ["apps/DaemonSet", ["spec", "template"]],
  ["apps/ReplicaSet", ["spec", "template"]],
  ["batch/Job", ["spec", "template"]],
  ["batch/CronJob", ["spec", "jobTemplate", "spec", "template"]],
]);

/** Pods that a resource makes; undefined if it makes none. */
export function podsOf(subject: Subject): Pods | undefined {
  const found = kindOf(subject.type);
  const path = found === undefined ? undefined : templates.get(`${found.group}/${found.kind}`);
  if (path === undefined) return undefined;
  const { properties } = subject;
  const onHost = at(properties, ...path, "spec", "hostNetwork");
  return {
    subject,
    namespace: namespaceOf(subject),
    labels: at(properties, ...path, "metadata", "labels"),
    onHost: isMaybe(onHost),
    perhapsOnHost: onHost === unknown,
  };
}

/** Only what is known counts as a wall, and what is not known counts as a hole. */
const isMaybe = (value: Value): boolean => value === true || value === unknown;
const isThere = (value: Value): boolean => value !== undefined && value !== unknown;
const isUsual = (value: Value): boolean => value === undefined || value === true;

const namespaceOf = ({ properties, provider }: Subject): Value =>
  at(properties, "metadata", "namespace") ?? at(provider?.properties, "namespace") ?? "default";

/** The walls that a resource builds around pods. Shapes: Kubernetes API reference, NetworkPolicy v1; cilium/cilium pkg/policy/api; projectcalico/calico api. */
export function wallsOf(subject: Subject): readonly Wall[] {
  const found = kindOf(subject.type);
  const reader = found === undefined ? undefined : readers.get(`${found.group}/${found.kind}`);
  return reader?.(subject) ?? [];
}

const readers: ReadonlyMap<string, (subject: Subject) => readonly Wall[]> = new Map([
  ["networking.k8s.io/NetworkPolicy", networkPolicy],
  ["cilium.io/CiliumNetworkPolicy", (subject) => cilium(subject, namespaceOf(subject))],
  ["cilium.io/CiliumClusterwideNetworkPolicy", (subject) => cilium(subject)],
  ["projectcalico.org/NetworkPolicy", (subject) => calico(subject, namespaceOf(subject))],
  ["projectcalico.org/GlobalNetworkPolicy", (subject) => calico(subject)],
  ["crd.projectcalico.org/NetworkPolicy", (subject) => calico(subject, namespaceOf(subject))],
  ["crd.projectcalico.org/GlobalNetworkPolicy", (subject) => calico(subject)],
]);

const ways = (closes: { readonly in: boolean; readonly out: boolean }): readonly Direction[] =>
  (["in", "out"] as const).filter((way) => closes[way]);

/** Without `policyTypes` a policy closes inwards, and outwards where it has rules outwards. */
function networkPolicy(subject: Subject): readonly Wall[] {
  const spec = at(subject.properties, "spec");
  const types = at(spec, "policyTypes");
  const named = strings(types);
  const closes =
    types === unknown
      ? { in: false, out: false }
      : named.length > 0
        ? { in: named.includes("Ingress"), out: named.includes("Egress") }
        : { in: isObject(spec), out: items(at(spec, "egress")).length > 0 };
  const selector = at(spec, "podSelector");
  return [{ namespace: namespaceOf(subject), selects: selected(selector), closes: ways(closes) }];
}

function cilium({ properties }: Subject, namespace?: Value): readonly Wall[] {
  const specs: readonly Value[] = [at(properties, "spec"), ...items(at(properties, "specs"))];
  return specs.filter(isObject).flatMap((spec) => {
    const selector = at(spec, "endpointSelector");
    if (selector === undefined) return [];
    const has = (...keys: readonly string[]): boolean => keys.some((key) => isThere(at(spec, key)));
    const deny = (way: string): boolean => isUsual(at(spec, "enableDefaultDeny", way));
    return [
      {
        namespace,
        selects: selected(selector, /^(k8s|any):/),
        closes: ways({
          in: has("ingress", "ingressDeny") && deny("ingress"),
          out: has("egress", "egressDeny") && deny("egress"),
        }),
      },
    ];
  });
}

/** Only policies for all pods are read: Calico's selectors are a language of their own. */
function calico({ properties }: Subject, namespace?: Value): readonly Wall[] {
  const spec = at(properties, "spec");
  const selector = at(spec, "selector");
  const all = selector === undefined || selector === "" || selector === "all()";
  if (!isObject(spec) || !all || at(spec, "namespaceSelector") !== undefined) return [];
  const types = strings(at(spec, "types"));
  if (at(spec, "types") === unknown) return [];
  const closes =
    types.length > 0
      ? { in: types.includes("Ingress"), out: types.includes("Egress") }
      : {
          in: isThere(at(spec, "ingress")) || at(spec, "egress") === undefined,
          out: isThere(at(spec, "egress")),
        };
  return [{ namespace, selects: () => true, closes: ways(closes) }];
}

/** Selector of labels. A selector that is not known, or not there, selects nothing for certain. */
export function selected(selector: Value, prefix?: RegExp): (labels: Value) => boolean {
  if (!isObject(selector)) return () => false;
  const named = (key: string): string => (prefix === undefined ? key : key.replace(prefix, ""));
  const asked = entries(at(selector, "matchLabels"));
  const terms = at(selector, "matchExpressions");
  if (at(selector, "matchLabels") === unknown || terms === unknown) return () => false;
  return (labels) =>
    asked.every(([key, value]) => typeof value === "string" && at(labels, named(key)) === value) &&
    items(terms).every((term) => {
      const value = at(labels, named(worded(at(term, "key"))));
      const listed = typeof value === "string" && strings(at(term, "values")).includes(value);
      const operator = at(term, "operator");
      if (value === unknown) return false;
      if (operator === "In") return listed;
      if (operator === "NotIn") return !listed;
      if (operator === "Exists") return value !== undefined;
      return operator === "DoesNotExist" && value === undefined;
    });
}

/** Directions in which pods are closed by none of the walls. */
export const openWays = (pods: Pods, walls: readonly Wall[]): readonly Direction[] =>
  (["in", "out"] as const).filter(
    (way) =>
      !walls.some(
        ({ namespace, selects, closes }) =>
          closes.includes(way) &&
          (namespace === undefined || (namespace === pods.namespace && namespace !== unknown)) &&
          selects(pods.labels),
      ),
  );
