import { Namespace as KubernetesNamespace } from "@pulumi/kubernetes/core/v1/namespace";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import * as pulumi from "@pulumi/pulumi";
import { validateArgs, invalid, givenArgs, type Keys } from "../core/errors";
import { Isolated } from "../core/isolation";
import { dnsLabel } from "../core/names";
import { KubernetesTarget } from "./target";

/** Allowed pods of a namespace, as a level of the Pod Security Standards. */
export const podSecurityLevels = ["restricted", "privileged"] as const;

export interface NamespaceArgs {
  readonly cluster: KubernetesTarget;
  /**
   * `privileged` is for pods on the host network, which the standards forbid from `baseline` on. Such pods are outside network policies too: their wall is the
   * host's.
   *
   * @default "restricted"
   */
  readonly podSecurity?: (typeof podSecurityLevels)[number];
  /** Name of the namespace in its cluster: a stack with two clusters can have it twice. @default - the component's name */
  readonly kubernetesName?: string;
}

const namespaceArgsKeys: Keys<NamespaceArgs> = {
  cluster: "elsewhere",
  podSecurity: true,
  kubernetesName: true,
};

/**
 * A namespace in which nothing is allowed that is not asked for: Pod Security Standards on, every connection in and out denied but names from the cluster's own
 * resolver.
 *
 * Isolated ranges cannot be denied by a network policy. They are left out of every range that a workload opens, and the hosts drop them first of all.
 *
 * @example
 * const namespace = new Namespace("crisis-jitsi", { cluster });
 */
export class Namespace extends pulumi.ComponentResource {
  readonly name: string;
  readonly cluster: KubernetesTarget;
  readonly podSecurity: (typeof podSecurityLevels)[number];
  readonly isolatedFrom: readonly Isolated[];
  /** Resources on which every object in it depends. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: NamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, namespaceArgsKeys, { cluster: "new Cluster(…)" });
    const { cluster, podSecurity = "restricted", kubernetesName = name } = args;
    super("sovereign-uc:index:Namespace", name, { podSecurity, isolatedFrom: cluster.isolatedFrom }, opts);

    const valid = validateArgs(this, name, {
      name: () => dnsLabel(kubernetesName, 63),
      podSecurity: () => {
        if (!podSecurityLevels.includes(podSecurity))
          throw invalid(
            `one of ${podSecurityLevels.join(", ")}`,
            podSecurity,
            "leave it out unless pods need the host network",
          );
        return podSecurity;
      },
    });
    this.name = valid.name;
    this.cluster = cluster;
    this.podSecurity = valid.podSecurity;
    this.isolatedFrom = cluster.isolatedFrom;

    const namespace = new KubernetesNamespace(
      name,
      {
        metadata: {
          name: valid.name,
          labels: Object.fromEntries(
            ["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, podSecurity]),
          ),
        },
      },
      { parent: this, provider: cluster.provider, dependsOn: [...cluster.ready] },
    );
    const closed = new NetworkPolicy(
      `${name}-closed`,
      {
        metadata: {
          name: "closed",
          namespace: valid.name,
          annotations: {
            "sovereign-uc/reasons": "out udp 53, tcp 53 to kube-system/kube-dns: names inside the cluster",
          },
        },
        spec: {
          podSelector: {},
          policyTypes: ["Ingress", "Egress"],
          egress: [
            {
              to: [
                {
                  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
                  podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
                },
              ],
              ports: [
                { port: 53, protocol: "UDP" },
                { port: 53, protocol: "TCP" },
              ],
            },
          ],
        },
      },
      { parent: this, provider: cluster.provider, dependsOn: [namespace] },
    );
    this.ready = [namespace, closed];
    this.registerOutputs({ name: valid.name });
  }
}
