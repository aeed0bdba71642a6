import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Secret as KubernetesSecret } from "@pulumi/kubernetes/core/v1/secret";
import type * as input from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";
import { Secret, versionsDigest } from "../core/secret";
import { poolLabel } from "../core/taints";
import type { InitContainer, Resources } from "./container";
import { configMapData, Mount, mountsDigest } from "./mounts";
import type { Namespace } from "./namespace";
import { TierConnections, workloadLabel } from "./peers";
import { graphicsLabels, PodSettings, podSpec, shardLabels } from "./pod";
import { Policies, tierPolicy } from "./policies";
import type { WorkloadVolume } from "./volume";

/** Settings of whatever runs pods, read and with their defaults. */
export interface PodOwner {
  /** Name of its objects in Kubernetes. */
  readonly name: string;
  /** Stands before the names of its objects in the stack, where another cluster of the stack may have the same objects. */
  readonly prefix: string;
  readonly role: string;
  readonly namespace: Namespace;
  readonly image: string;
  readonly pool: string;
  readonly taints: readonly string[];
  readonly user: number;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, pulumi.Input<string>>>;
  readonly podFields: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, Secret>>;
  readonly mounts: readonly Mount[];
  readonly volumes: readonly WorkloadVolume[];
  readonly init: readonly InitContainer[];
  readonly resources: Resources;
  readonly hostNetwork: boolean;
  readonly lowPorts: boolean;
  readonly policies?: Policies;
  readonly connections: TierConnections;
  readonly stableHostsOnly?: boolean;
  readonly account?: string;
  readonly runtimeClass?: string;
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly shard?: PodSettings["shard"];
  readonly shareProcessNamespace?: boolean;
}

/** Label by which pods are chosen. */
export const selectorOf = ({ name }: Pick<PodOwner, "name">): Record<string, string> => ({ [workloadLabel]: name });

/** Metadata of an object that has the owner's name, or that name and a role. */
export const metadataOf = (
  owner: PodOwner,
  suffix?: string,
): { name: string; namespace: string; labels: Record<string, string> } => ({
  name: suffix === undefined ? owner.name : `${owner.name}-${suffix}`,
  namespace: owner.namespace.name,
  labels: { ...selectorOf(owner), "app.kubernetes.io/component": owner.role },
});

/** Makes what pods need before they start: configuration, secrets and, unless it was made beforehand, their network policy. */
export function podObjects(owner: PodOwner, opts: pulumi.CustomResourceOptions): readonly pulumi.Resource[] {
  const made: pulumi.Resource[] = [];
  const secret = (suffix: string, values: Readonly<Record<string, Secret>>): void => {
    if (Object.keys(values).length === 0) return;
    const metadata = metadataOf(owner, suffix);
    const stringData = Object.fromEntries(Object.entries(values).map(([key, { value }]) => [key, value]));
    made.push(new KubernetesSecret(owner.prefix + metadata.name, { metadata, stringData }, opts));
  };
  for (const mount of owner.mounts) {
    const metadata = metadataOf(owner, mount.name);
    if ("files" in mount)
      made.push(new ConfigMap(owner.prefix + metadata.name, { metadata, data: configMapData(mount.files) }, opts));
    if ("secrets" in mount) secret(mount.name, mount.secrets);
  }
  secret("env", owner.secretEnv);
  for (const { name, secretEnv = {} } of owner.init) secret(`${name}-env`, secretEnv);
  if (!owner.hostNetwork && owner.policies === undefined)
    made.push(
      tierPolicy(
        { name: owner.name, namespace: owner.namespace.name },
        owner.connections,
        owner.namespace,
        opts,
        metadataOf(owner).labels,
        owner.prefix,
      ),
    );
  return made;
}

/** Every secret of the pods, by a name that is its own. */
const secretsOf = ({ secretEnv, mounts, init }: PodOwner): Readonly<Record<string, Secret>> =>
  Object.fromEntries([
    ...Object.entries(secretEnv).map(([key, one]) => [`env/${key}`, one] as const),
    ...init.flatMap(({ name, secretEnv: values = {} }) =>
      Object.entries(values).map(([key, one]) => [`init/${name}/${key}`, one] as const),
    ),
    ...mounts.flatMap((mount) =>
      "secrets" in mount
        ? Object.entries(mount.secrets).map(([file, one]) => [`${mount.path}/${file}`, one] as const)
        : [],
    ),
  ]);

/** Template of the pods. Digests of configuration and of the secrets' versions stand on it, so that a change of either replaces the pods. */
export function podTemplate(
  owner: PodOwner,
  serves?: NonNullable<PodSettings["serves"]>,
  annotations: Readonly<Record<string, string>> = {},
): input.core.v1.PodTemplateSpec {
  const secrets = versionsDigest(secretsOf(owner));
  const { namespace, shard, ...pod } = owner;
  return {
    metadata: {
      labels: { ...metadataOf(owner).labels, ...shardLabels(shard), ...graphicsLabels(pod.pool) },
      annotations: {
        "sovereign-uc/configuration": mountsDigest(owner.mounts),
        ...(secrets === undefined ? {} : { "sovereign-uc/secrets": secrets }),
        ...annotations,
      },
    },
    spec: podSpec({
      ...pod,
      ...(shard === undefined ? {} : { shard }),
      poolLabel: namespace.cluster.poolLabel ?? poolLabel,
      initSecrets: Object.fromEntries(
        owner.init
          .filter(({ secretEnv = {} }) => Object.keys(secretEnv).length > 0)
          .map(({ name }) => [name, `${owner.name}-${name}-env`]),
      ),
      ...(Object.keys(owner.secretEnv).length === 0 ? {} : { envSecret: `${owner.name}-env` }),
      ...(serves === undefined ? {} : { serves }),
    }),
  };
}
