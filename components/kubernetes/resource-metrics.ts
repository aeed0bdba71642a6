import { APIService } from "@pulumi/kubernetes/apiregistration/v1/apiservice";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import * as pulumi from "@pulumi/pulumi";
import { givenArgs, type Keys, validateArgs } from "../core/errors";
import { image } from "../core/images";
import { dnsLabel } from "../core/names";
import { keyPair } from "../core/secret";
import { serviceHost, tier } from "../core/tier";
import { authorityIn } from "../infrastructure/certificate-authority";
import { blockImages } from "./images";
import { Namespace } from "./namespace";
import type { KubernetesTarget } from "./target";
import { toApi } from "./ways-out";
import { Workload } from "./workload";

export interface ResourceMetricsArgs {
  readonly cluster: KubernetesTarget;
}

const resourceMetricsArgsKeys: Keys<ResourceMetricsArgs> = { cluster: "elsewhere" };

const port = 4443;
const group = { name: "metrics.k8s.io", version: "v1beta1" } as const;

/**
 * Kubernetes' metrics server: what pods and hosts use of processors and memory, for autoscalers that follow the load. One per cluster, and none where the cluster
 * has one already. It keeps nothing and sends nothing away.
 *
 * It asks the kubelets with its own account and verifies them by the cluster's authority. The API verifies it by an authority of its own; upstream switches that
 * off.
 *
 * The host on which it runs answers it at the address of its pod, which the hosts' filter does not know: of that host it has no figures. Two run, and figures of media
 * hosts are there always.
 *
 * | claim | where | revision |
 * |---|---|---|
 * | flags of the kubelet's client; without an authority given, that of the account is taken | kubernetes-sigs/metrics-server cmd/metrics-server/app/options/kubelet_client.go, Config | v0.8.1 (9ce65a47) |
 * | its rights, the group and version of its API, two of it side by side | manifests/base, manifests/components/high-availability | v0.8.1 |
 * | user 65534, program /metrics-server | Dockerfile | v0.8.1 |
 *
 * @example
 * const metrics = new ResourceMetrics("metrics", { cluster });
 */
export class ResourceMetrics extends pulumi.ComponentResource {
  constructor(name: string, args: ResourceMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, resourceMetricsArgsKeys, { cluster: "new Cluster(…)" });
    const { cluster } = args;
    super("sovereign-uc:index:ResourceMetrics", name, { group: group.name, version: group.version }, opts);

    validateArgs(this, name, { name: () => dnsLabel(name, 40) });

    const own = { parent: this, provider: cluster.provider };
    const namespace = new Namespace(name, { cluster }, { parent: this });
    const after = { ...own, dependsOn: [...namespace.ready] };
    const place = tier(name, name, { https: port });
    const authority = authorityIn(this, `${name}-authority`, { commonName: `${name} measurements` });
    // The API asks for the short name.
    const certificate = authority.issue("server", {
      commonName: place.name,
      dnsNames: [`${name}.${name}.svc`, serviceHost(place)],
      usage: "server",
    });
    const pair = keyPair(certificate);
    const workload = new Workload(
      name,
      {
        namespace,
        tier: place,
        role: "resource-metrics",
        image: image(cluster.registry, blockImages.metricsServer),
        replicas: 2,
        capacity: {
          load: 1,
          perReplica: 1,
          unit: "cluster",
          source: "README of v0.8.1: such requests for up to 100 hosts",
        },
        user: 65_534,
        account: name,
        command: ["/metrics-server"],
        args: [
          `--secure-port=${port}`,
          "--tls-cert-file=/tls/server.pem",
          "--tls-private-key-file=/tls/server.key",
          "--kubelet-preferred-address-types=InternalIP",
          "--kubelet-use-node-status-port",
          "--metric-resolution=15s",
        ],
        mounts: [
          { name: "tls", path: "/tls", secrets: { "server.pem": pair.certificate, "server.key": pair.privateKey } },
        ],
        probes: { ready: { connect: port }, alive: { connect: port, failures: 6 } },
        resources: { cpu: 0.1, memoryMib: 256 },
        ingress: [
          {
            peer: { ranges: [cluster.podRange, ...hosts(cluster.hostAddresses.controlPlane)] },
            port,
            reason: "the API, which passes questions on; through a service it comes from the pod range",
          },
        ],
        egress: [
          toApi(cluster, "Kubernetes API"),
          { peer: { ranges: hosts(allHosts(cluster)) }, port: 10_250, reason: "kubelets, for their measurements" },
        ],
      },
      { parent: this, dependsOn: [...rights(name, after)] },
    );
    new APIService(
      name,
      {
        metadata: { name: `${group.version}.${group.name}` },
        spec: {
          group: group.name,
          version: group.version,
          groupPriorityMinimum: 100,
          versionPriority: 100,
          service: { name, namespace: name, port },
          caBundle: authority.certificate.apply((pem) => Buffer.from(pem).toString("base64")),
        },
      },
      { ...own, dependsOn: [workload] },
    );
    this.registerOutputs({});
  }
}

const hosts = (addresses: readonly string[]): readonly string[] => addresses.map((address) => `${address}/32`);

const allHosts = ({ hostAddresses: { controlPlane, application, media, gpu = [], pools = {} } }: KubernetesTarget) => [
  ...new Set([...controlPlane, ...application, ...media, ...gpu, ...Object.values(pools).flat()]),
];

/** Its account, and what it may read. */
function rights(name: string, opts: pulumi.CustomResourceOptions): readonly pulumi.Resource[] {
  const subjects = [{ kind: "ServiceAccount", name, namespace: name }];
  const cluster = `sovereign-uc-${name}`;
  const bound = (role: string, to: string): pulumi.Resource =>
    new ClusterRoleBinding(
      role,
      {
        metadata: { name: role },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: to },
        subjects,
      },
      opts,
    );
  return [
    new ServiceAccount(name, { metadata: { name, namespace: name }, automountServiceAccountToken: false }, opts),
    new ClusterRole(
      cluster,
      {
        metadata: { name: cluster },
        rules: [
          { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
          { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
        ],
      },
      opts,
    ),
    bound(cluster, cluster),
    // It asks the API who asks, and whether they may.
    bound(`${cluster}-asks`, "system:auth-delegator"),
    new RoleBinding(
      name,
      {
        metadata: { name: cluster, namespace: "kube-system" },
        roleRef: {
          apiGroup: "rbac.authorization.k8s.io",
          kind: "Role",
          name: "extension-apiserver-authentication-reader",
        },
        subjects,
      },
      opts,
    ),
  ];
}
