import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { PersistentVolume } from "@pulumi/kubernetes/core/v1/persistentVolume";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type * as pulumi from "@pulumi/pulumi";
import type { Tier } from "../../core/tier";
import type { Namespace } from "../namespace";
import { type Allowed, policySpec, reasons, workloadLabel } from "../peers";
import type { KubernetesTarget } from "../target";
import { volumeClaims, type VolumeUse, type WorkloadVolume } from "../volume";
import { toApi, toProxy } from "../ways-out";
import { memberLabels, rules, services } from "./access";
import { scripts } from "./files";
import { ports } from "./paths";
import { mountedNames } from "./pods";
import type { ClusterSecrets } from "./secrets";

/** Labels and place of a cluster's objects. */
export const metadataOf = (name: string, object = name) => ({
  name: object,
  namespace: name,
  labels: { [workloadLabel]: name, ...memberLabels(name) },
});

/** Makes what the pods of a cluster mount: configuration, scripts and secrets. */
export function mounted(
  name: string,
  configuration: Readonly<Record<string, string>>,
  { certificates, variables, roles }: Pick<ClusterSecrets, "certificates" | "variables" | "roles">,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  const names = mountedNames(name);
  const secret = (object: string, stringData: Readonly<Record<string, pulumi.Input<string>>>): Secret =>
    new Secret(object, { metadata: metadataOf(name, object), stringData }, opts);
  return [
    new ConfigMap(names.configuration, { metadata: metadataOf(name, names.configuration), data: configuration }, opts),
    new ConfigMap(names.scripts, { metadata: metadataOf(name, names.scripts), data: scripts }, opts),
    secret(names.tls, certificates),
    secret(names.variables, variables),
    secret(names.roles, { "roles.json": roles }),
  ];
}

/** Makes the account of a cluster with its rights, and the services that Patroni keeps the addresses of. */
export function governed(name: string, opts: pulumi.CustomResourceOptions): readonly pulumi.Resource[] {
  const metadata = metadataOf(name);
  const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, opts);
  const role = new Role(name, { metadata, rules: rules(name) }, opts);
  const pods = {
    clusterIP: "None",
    publishNotReadyAddresses: true,
    selector: { [workloadLabel]: name },
    ports: [{ name: "postgres", port: ports.postgres, targetPort: "postgres", protocol: "TCP" }],
  };
  return [
    account,
    role,
    new RoleBinding(
      name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
        subjects: [{ kind: "ServiceAccount", name, namespace: name }],
      },
      opts,
    ),
    ...[...services(name, ports.postgres), { name: `${name}-pods`, spec: pods }].map(
      ({ name: service, spec }) => new Service(service, { metadata: metadataOf(name, service), spec }, opts),
    ),
    new PodDisruptionBudget(
      name,
      {
        metadata,
        spec: {
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: "AlwaysAllow",
          selector: { matchLabels: { [workloadLabel]: name } },
        },
      },
      opts,
    ),
  ];
}

/**
 * Makes the volumes of a cluster's instances, and their claims. Deleting either deletes no data: that is in the host's volume, which is protected there. Protection here
 * would keep the whole cluster: gateways, hosts and everything else that a claim depends on.
 */
export const claimed = (
  volume: WorkloadVolume,
  use: VolumeUse,
  namespace: Namespace,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] =>
  volumeClaims([volume], use).flatMap(({ persistentVolume, claim }) => {
    const made = new PersistentVolume(persistentVolume.metadata.name, persistentVolume, opts);
    return [
      made,
      new PersistentVolumeClaim(claim.metadata.name, claim, { ...opts, dependsOn: [...namespace.ready, made] }),
    ];
  });

/** Makes a policy for the instances; policies of one pod add up. */
export function policy(
  name: string,
  own: Tier,
  { isolatedFrom }: Namespace,
  incoming: readonly Allowed[],
  out: readonly Allowed[],
  opts: pulumi.CustomResourceOptions,
): NetworkPolicy {
  const why = [...reasons("in", incoming), ...reasons("out", out)].join("\n");
  return new NetworkPolicy(
    name,
    {
      metadata: { name, namespace: own.namespace, annotations: { "sovereign-uc/reasons": why } },
      spec: policySpec(own.name, incoming, out, isolatedFrom),
    },
    opts,
  );
}

/** The instances among each other: replication, and what Patroni asks. */
export const amongMembers = ({ name, namespace }: Tier): readonly Allowed[] => [
  { peer: { workload: name, namespace }, port: ports.postgres, reason: "replication" },
  { peer: { workload: name, namespace }, port: ports.patroni, reason: "Patroni asks the other members" },
];

/** Placement of the instances. */
export const outgoing = (own: Tier, cluster: KubernetesTarget, store: string): readonly Allowed[] => [
  ...amongMembers(own),
  toApi(cluster, "Kubernetes API: Patroni's lock and records"),
  toProxy(cluster, store),
];
