import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { image } from "../core/images";
import { toleration } from "../core/taints";
import { clusterResolver } from "../recipe/parts/k3s";
import { blockImages } from "./images";

/** Surroundings of a cluster's resolver. */
export interface NamesSettings {
  readonly registry: string;
  readonly serviceRange: string;
  /** Ranges from which pods ask: their own, and that of the hosts for pods on the host network. */
  readonly askers: readonly string[];
  /** Private addresses of the gateways, which answer every name outside the cluster. */
  readonly gateways: readonly string[];
  /** Private addresses of the control plane, behind which the API is. */
  readonly controlPlane: readonly string[];
  /** Taints of all hosts that run pods. */
  readonly taints: readonly string[];
}

const namespace = "kube-system";
const name = "coredns";
/** Namespaces and other people's policies know the resolver by this label. */
const labels = { "k8s-app": "kube-dns" };
const ports = { names: 53, health: 8080, ready: 8181 } as const;

/** Configuration of CoreDNS. Plugins are asked in CoreDNS' own order, not in this one. */
export const corefile = (gateways: readonly string[]): string =>
  [
    `.:${ports.names} {`,
    "  errors",
    // Goes on answering for five seconds after it was told to end, until every host has noticed.
    "  health {",
    "    lameduck 5s",
    "  }",
    "  ready",
    "  kubernetes cluster.local in-addr.arpa ip6.arpa {",
    "    pods insecure",
    "    fallthrough in-addr.arpa ip6.arpa",
    "  }",
    `  forward . ${gateways.join(" ")}`,
    "  cache 30",
    "  loop",
    "  reload",
    "  loadbalance",
    "}",
    "",
  ].join("\n");

/**
 * The cluster's resolver: CoreDNS on every host that runs pods, each for the pods of its own host. A host that dies takes nobody's names with it but its own
 * pods'. Where a host's own CoreDNS does not answer, kube-proxy leads to the others.
 *
 * k3s' own is one pod: when its host dies, no pod of the cluster resolves a name until another takes its place, which is after five minutes of
 * `tolerationSeconds`. More replicas behind one address would not do: a ClusterIP goes on leading to the pods of a dead host until Kubernetes notices, some 45
 * seconds. k3s puts its manifest's tolerations back at every start, so its own is switched off.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | the feature `PreferSameTrafficDistribution` is on by default since 1.34 | kubernetes/kubernetes pkg/features/kube_features.go | v1.34.2 |
 * | with `PreferSameNode`, kube-proxy leads to ready pods of its own host, and to those of others where there are none | pkg/proxy/topology.go | v1.34.2 |
 * | plugins of the configuration, capabilities, probes, limits | k3s-io/k3s manifests/coredns.yaml | 66c487b |
 * | memory: 49.1 MB and 0.000858 MB per pod and service; one process on two cores answers 33,669 questions a second | coredns/deployment kubernetes/Scaling_CoreDNS.md | 0704381 |
 *
 * @returns what everything waits for that looks up names.
 */
export function clusterNames(
  cluster: string,
  settings: NamesSettings,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  const metadata = { name, namespace, labels };
  const text = corefile(settings.gateways);
  const account = new ServiceAccount(`${cluster}-names`, { metadata }, opts);
  const role = new ClusterRole(
    `${cluster}-names`,
    {
      metadata: { name: "system:coredns" },
      rules: [
        { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
      ],
    },
    opts,
  );
  const binding = new ClusterRoleBinding(
    `${cluster}-names`,
    {
      metadata: { name: "system:coredns" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
    { ...opts, dependsOn: [account, role] },
  );
  const configuration = new ConfigMap(`${cluster}-names`, { metadata, data: { Corefile: text } }, opts);
  const policy = new NetworkPolicy(`${cluster}-names`, { metadata, spec: policySpec(settings) }, opts);
  const service = new Service(
    `${cluster}-names`,
    {
      metadata: { ...metadata, name: "kube-dns" },
      spec: {
        selector: labels,
        clusterIP: clusterResolver(settings.serviceRange),
        trafficDistribution: "PreferSameNode",
        ports: [
          { name: "dns", port: ports.names, protocol: "UDP" },
          { name: "dns-tcp", port: ports.names, protocol: "TCP" },
        ],
      },
    },
    opts,
  );
  const pods = new DaemonSet(
    `${cluster}-names`,
    { metadata, spec: daemonSetSpec(settings, createHash("sha256").update(text).digest("hex")) },
    { ...opts, dependsOn: [binding, configuration, policy] },
  );
  return [service, pods];
}

const policySpec = ({ askers, gateways, controlPlane }: NamesSettings) => ({
  podSelector: { matchLabels: labels },
  policyTypes: ["Ingress", "Egress"],
  ingress: [
    {
      from: askers.map((cidr) => ({ ipBlock: { cidr } })),
      ports: [
        { port: ports.names, protocol: "UDP" },
        { port: ports.names, protocol: "TCP" },
      ],
    },
  ],
  egress: [
    {
      to: blocks(gateways),
      ports: [
        { port: ports.names, protocol: "UDP" },
        { port: ports.names, protocol: "TCP" },
      ],
    },
    { to: blocks(controlPlane), ports: [{ port: 6443, protocol: "TCP" }] },
  ],
});

const blocks = (addresses: readonly string[]) => addresses.map((address) => ({ ipBlock: { cidr: `${address}/32` } }));

const daemonSetSpec = ({ registry, taints }: NamesSettings, digest: string) => ({
  selector: { matchLabels: labels },
  // The new one answers before the old one ends.
  updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  template: {
    metadata: { labels, annotations: { "sovereign-uc/configuration": digest } },
    spec: {
      serviceAccountName: name,
      priorityClassName: "system-node-critical",
      dnsPolicy: "Default",
      nodeSelector: { "kubernetes.io/os": "linux" },
      tolerations: [...new Set(taints)].map(toleration),
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name,
          image: image(registry, blockImages.coredns),
          args: ["-conf", "/etc/coredns/Corefile"],
          ports: [
            { name: "dns", containerPort: ports.names, protocol: "UDP" },
            { name: "dns-tcp", containerPort: ports.names, protocol: "TCP" },
          ],
          resources: { requests: { cpu: "0.1", memory: "70Mi" }, limits: { memory: "170Mi" } },
          readinessProbe: { httpGet: { path: "/ready", port: ports.ready }, periodSeconds: 2, timeoutSeconds: 1 },
          livenessProbe: {
            httpGet: { path: "/health", port: ports.health },
            initialDelaySeconds: 60,
            periodSeconds: 10,
            timeoutSeconds: 1,
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
          },
          volumeMounts: [{ name: "configuration", mountPath: "/etc/coredns", readOnly: true }],
        },
      ],
      volumes: [{ name: "configuration", configMap: { name } }],
    },
  },
});
