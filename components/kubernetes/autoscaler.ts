import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./cluster";
import { image } from "../core/images";
import { blockImages } from "./images";
import { givenArgs, type Keys, validateArgs, invalid } from "../core/errors";
import { dnsLabel } from "../core/names";
import { givenSecret } from "../core/secret";
import { tier } from "../core/tier";
import { gatewayName, proxyUrl } from "../recipe/parts/private-host";
import { Namespace } from "./namespace";
import { toApi, toProxy } from "./ways-out";
import { Workload } from "./workload";

export interface AutoscalerArgs {
  /** A cluster with `elastic` hosts. */
  readonly cluster: Cluster;
  /** Credential of the cloud's API: a token of the project at Hetzner, with the right to write. A secret. */
  readonly credential: pulumi.Input<string>;
  /** Another value restarts it: a new credential. @default "1" */
  readonly secretsGeneration?: string;
}

const autoscalerArgsKeys: Keys<AutoscalerArgs> = {
  cluster: true,
  credential: true,
  secretsGeneration: true,
};

/**
 * Kubernetes' cluster autoscaler: asks the cloud for hosts while pods find no place, up to the most that the cluster's `elastic` pool allows, and gives them
 * back ten minutes after they are needed no more. One works, another waits. It reaches the API of its cluster, and of the cloud through the gateways'
 * proxy, nothing else.
 *
 * Its credential may make and delete every machine of the project, which no cloud here can narrow down: give the elastic hosts' network a project of its
 * own where that is too much.
 *
 * What is claimed of it was read in kubernetes/autoscaler 1.35.2 (2d42588): flags in `cluster-autoscaler/config/flags/flags.go`, the check of its health and
 * the choice of who works in `cluster-autoscaler/main.go` and `metrics/liveness.go`, its user (distroless `nonroot`, 65532: unverified) in `Dockerfile`;
 * what it may do is what the chart at b708162 gives it, without what belongs to switched-off features.
 *
 * @example
 * const autoscaler = new Autoscaler("grow", { cluster, credential: new pulumi.Config("hcloud").requireSecret("token") });
 */
export class Autoscaler extends pulumi.ComponentResource {
  constructor(name: string, args: AutoscalerArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, autoscalerArgsKeys);
    const { cluster, credential, secretsGeneration = "1" } = args;
    const { elastic } = cluster;
    super(
      "sovereign-uc:index:Autoscaler",
      name,
      elastic === undefined ? {} : { nodes: elastic.nodes, least: elastic.least, most: elastic.most },
      opts,
    );

    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name, 40),
      cluster: () => {
        if (elastic === undefined)
          throw invalid("a cluster with elastic hosts", "none", 'make it with elastic: { type: "cpx42", most: 5 }');
        return elastic;
      },
      credential: () => {
        if (credential === undefined || credential === null || credential === "")
          throw invalid("the credential of the cloud's API", undefined, "read it from the stack's secrets");
      },
      secretsGeneration: () => {
        if (!/^[A-Za-z0-9._-]{1,40}$/.test(secretsGeneration))
          throw invalid(
            "a word of at most 40 letters, digits, dots, underscores and hyphens",
            secretsGeneration,
            "shorten it",
          );
      },
    });
    const { provider, nodes, env, credential: variable, configuration, api, resources } = valid.cluster;

    const own = { parent: this, provider: cluster.provider };
    const namespace = new Namespace(name, { cluster }, { parent: this });
    const after = { ...own, dependsOn: [...namespace.ready] };
    const metadata = { name, namespace: name };
    const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, after);
    const subjects = [{ kind: "ServiceAccount", name, namespace: name }];
    const bound = [
      new ClusterRole(name, { metadata: { name: `sovereign-uc-${name}` }, rules: everywhere }, after),
      new ClusterRoleBinding(
        name,
        {
          metadata: { name: `sovereign-uc-${name}` },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: `sovereign-uc-${name}` },
          subjects,
        },
        after,
      ),
      new Role(name, { metadata, rules: athome }, after),
      new RoleBinding(
        name,
        { metadata, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name }, subjects },
        after,
      ),
    ];
    new Workload(
      name,
      {
        namespace,
        tier: tier(name, name, { health: 8085 }),
        role: "autoscaler",
        image: image(cluster.registry, blockImages.autoscaler),
        replicas: 2,
        stableHostsOnly: true,
        capacity: {
          load: 1,
          perReplica: 1,
          unit: "cluster",
          source: "cluster-autoscaler/main.go: one works while it holds a lease, the others wait",
        },
        user: 65532,
        account: name,
        names: { [gatewayName]: cluster.gatewayAddresses },
        command: ["/cluster-autoscaler"],
        args: [
          `--cloud-provider=${provider}`,
          ...nodes.map((group) => `--nodes=${group}`),
          `--namespace=${name}`,
          "--enforce-node-group-min-size=true",
          "--balance-similar-node-groups=true",
          // Every pod of ours has an empty directory or may have one; nothing in it outlives a pod anyway.
          "--skip-nodes-with-local-storage=false",
          // A machine boots and joins within a few minutes, at worst after one failed attempt.
          "--max-node-provision-time=30m",
          "--stderrthreshold=info",
        ],
        env: {
          ...env,
          [configuration.variable]: "/etc/autoscaler/cluster.json",
          HTTPS_PROXY: proxyUrl,
          NO_PROXY: cluster.serviceRange,
        },
        secretEnv: { [variable]: givenSecret(credential, secretsGeneration) },
        mounts: [{ name: "config", path: "/etc/autoscaler", files: { "cluster.json": configuration.content } }],
        probes: {
          ready: { get: "/health-check", port: 8085 },
          alive: { get: "/health-check", port: 8085, failures: 6 },
        },
        resources: { cpu: 0.1, memoryMib: 512 },
        egress: [toApi(cluster, "Kubernetes API"), toProxy(cluster, api)],
      },
      { parent: this, dependsOn: [account, ...bound, ...resources] },
    );
    this.registerOutputs({ nodes });
  }
}

const reads = ["get", "list", "watch"];

/** Its rights in the whole cluster. */
const everywhere = [
  { apiGroups: [""], resources: ["events", "endpoints"], verbs: ["create", "patch"] },
  { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
  { apiGroups: [""], resources: ["pods/status"], verbs: ["update"] },
  { apiGroups: [""], resources: ["nodes"], verbs: [...reads, "update"] },
  {
    apiGroups: [""],
    resources: [
      "namespaces",
      "pods",
      "services",
      "replicationcontrollers",
      "persistentvolumeclaims",
      "persistentvolumes",
    ],
    verbs: reads,
  },
  { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "replicasets", "statefulsets"], verbs: reads },
  { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: reads },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["list", "watch"] },
  {
    apiGroups: ["storage.k8s.io"],
    resources: ["storageclasses", "csinodes", "csidrivers", "csistoragecapacities", "volumeattachments"],
    verbs: reads,
  },
  { apiGroups: ["resource.k8s.io"], resources: ["resourceslices", "deviceclasses", "resourceclaims"], verbs: reads },
];

/** Its rights in its own namespace: the leader lease, and its status. */
const athome = [
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    resourceNames: ["cluster-autoscaler"],
    verbs: ["get", "update"],
  },
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
  {
    apiGroups: [""],
    resources: ["configmaps"],
    resourceNames: ["cluster-autoscaler-status"],
    verbs: ["get", "update", "delete"],
  },
];
