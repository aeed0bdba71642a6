import type * as input from "@pulumi/kubernetes/types/input";
import { scopeLabel } from "./paths";

/** The Endpoints that Patroni keeps for a cluster: of the leader, and of its own records. */
export const endpointsNames = (scope: string): readonly string[] => [
  scope,
  ...["config", "sync", "failover"].map((role) => `${scope}-${role}`),
];

/**
 * The rights of Patroni in its own namespace, and no others: to see the members, to write what it says of itself on its pod, and to keep the Endpoints of its cluster.
 * Kubernetes cannot restrict `create`, `list` and `watch` to names; `patch` of pods cannot be restricted to the asking pod.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | pods: get, list, patch, update, watch; endpoints: get, patch, update, create, list, watch | kubernetes/patroni_k8s.yaml | patroni/patroni v4.1.4 |
 * | services: create is for `-config` alone, and a refusal is taken | patroni/dcs/kubernetes.py (_create_config_service) | v3.0.2 |
 */
export const rules = (scope: string): input.rbac.v1.PolicyRule[] => [
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "patch", "watch"] },
  { apiGroups: [""], resources: ["endpoints"], verbs: ["create", "list", "watch"] },
  {
    apiGroups: [""],
    resources: ["endpoints"],
    resourceNames: [...endpointsNames(scope)],
    verbs: ["get", "patch", "update"],
  },
];

/**
 * Services without selectors, whose addresses Patroni writes itself: the first leads to the leader, and changes in the same moment as the leader's lock. It needs no
 * pod to be noticed as dead. The others only keep Patroni's records from being cleaned up.
 */
export const services = (
  scope: string,
  port: number,
): readonly { readonly name: string; readonly spec: input.core.v1.ServiceSpec }[] => {
  const ports = [{ name: "postgres", port, protocol: "TCP" }];
  return endpointsNames(scope).map((name) => ({
    name,
    spec: name === scope ? { ports } : { clusterIP: "None", ports },
  }));
};

/** Labels by which Patroni finds its pods and Endpoints. */
export const memberLabels = (scope: string): Readonly<Record<string, string>> => ({ [scopeLabel]: scope });
