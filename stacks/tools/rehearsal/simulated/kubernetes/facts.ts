/**
 * Facts about Kubernetes' resources beyond the declarations of @pulumi/kubernetes.
 *
 * | facts | source |
 * |---|---|
 * | what replaces | pulumi/pulumi-kubernetes 94977969, `provider/pkg/provider/diff.go` |
 * | names and namespaces that the provider chooses | the same, `provider/pkg/provider/provider.go` (Check), `provider/pkg/metadata/naming.go` |
 * | when a provider is replaced, what happens to unreachable clusters | the same, `provider.go` (DiffConfig, Create, Read, Delete) |
 * | kinds without a namespace | the same, `provider/pkg/kinds/kinds.go` |
 * | namespaces that every cluster has | Kubernetes' documentation, "Namespaces" |
 */
export const clusterScoped: ReadonlySet<string> = new Set([
  "APIService",
  "CSIDriver",
  "CSINode",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "ComponentStatus",
  "CustomResourceDefinition",
  "FlowSchema",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
]);

export const builtInNamespaces: ReadonlySet<string> = new Set([
  "default",
  "kube-system",
  "kube-public",
  "kube-node-lease",
]);

const identity = ["metadata.name", "metadata.namespace"];

const containers = [
  "args",
  "command",
  "env",
  "image",
  "ports",
  "resources",
  "securityContext",
  "volumeMounts",
  "workingDir",
].flatMap((field) => [`spec.containers[*].${field}`, `spec.initContainers[*].${field}`]);

const byKind: Readonly<Record<string, readonly string[]>> = {
  DaemonSet: ["spec.selector"],
  Deployment: ["spec.selector"],
  Job: ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  StatefulSet: [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  RoleBinding: ["roleRef"],
  ClusterRoleBinding: ["roleRef"],
  StorageClass: ["parameters", "provisioner"],
  PersistentVolumeClaim: ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  Service: ["spec.clusterIP"],
  ResourceQuota: ["spec.scopes"],
  Pod: [
    ...[
      "affinity",
      "hostNetwork",
      "nodeName",
      "nodeSelector",
      "restartPolicy",
      "securityContext",
      "serviceAccountName",
      "volumes",
    ].map((field) => `spec.${field}`),
    ...containers,
  ],
};

/** Paths whose change replaces an object. Secrets and ConfigMaps are replaced too, unless the provider is told otherwise. */
export function replaces(
  kind: string,
  {
    secretMutable,
    configMapMutable,
    immutable,
  }: { readonly secretMutable: boolean; readonly configMapMutable: boolean; readonly immutable: boolean },
): readonly string[] {
  if (kind === "Secret")
    return [...identity, ...(secretMutable && !immutable ? ["type"] : ["type", "stringData", "data"])];
  if (kind === "ConfigMap") return [...identity, ...(configMapMutable && !immutable ? [] : ["binaryData", "data"])];
  return [...identity, ...(byKind[kind] ?? [])];
}

/** Names of objects (RFC 1123): DNS subdomains, for some kinds DNS labels; our names are within both. */
export const objectName = /^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$/;
