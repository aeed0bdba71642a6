import type { KubernetesObject } from "../support/programs/apply";

const image = "live/coredns:1";

const namespace = "kube-system";
const labels = { "k8s-app": "kube-dns" };

/** Port of `ready`: `plugin/ready` of CoreDNS. */
const readyPort = 8181;

/**
 * The cluster's resolver as k3s packages it (k3s-io/k3s `manifests/coredns.yaml`): CoreDNS that asks the host's own resolvers for whatever is no name of the
 * cluster. Plugins that only measure are left out.
 */
export const resolver = (registry: string): readonly KubernetesObject[] => [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "coredns", namespace } },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "system:coredns" },
    rules: [
      { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "system:coredns" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
    subjects: [{ kind: "ServiceAccount", name: "coredns", namespace }],
  },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "coredns", namespace },
    data: {
      Corefile: [
        ".:53 {",
        "  errors",
        "  health",
        "  ready",
        "  kubernetes cluster.local in-addr.arpa ip6.arpa {",
        "    pods insecure",
        "    fallthrough in-addr.arpa ip6.arpa",
        "  }",
        "  cache 30",
        "  loop",
        "  reload",
        "  loadbalance",
        "  forward . /etc/resolv.conf",
        "}",
        "",
      ].join("\n"),
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "coredns", namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: "coredns",
          dnsPolicy: "Default",
          priorityClassName: "system-cluster-critical",
          tolerations: [
            { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
            { key: "CriticalAddonsOnly", operator: "Exists" },
          ],
          containers: [
            {
              name: "coredns",
              image: `${registry}/${image}`,
              args: ["-conf", "/etc/coredns/Corefile"],
              ports: [
                { containerPort: 53, protocol: "UDP" },
                { containerPort: 53, protocol: "TCP" },
              ],
              readinessProbe: { httpGet: { path: "/ready", port: readyPort }, periodSeconds: 2 },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
                readOnlyRootFilesystem: true,
              },
              volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
            },
          ],
          volumes: [{ name: "config", configMap: { name: "coredns" } }],
        },
      },
    },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kube-dns", namespace, labels },
    spec: {
      selector: labels,
      clusterIP: "10.43.0.10",
      ports: [
        { name: "dns", port: 53, protocol: "UDP" },
        { name: "dns-tcp", port: 53, protocol: "TCP" },
      ],
    },
  },
];
