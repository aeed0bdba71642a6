import { nPlusOne } from "../../../policies/rules/ha-001-n-plus-one";
import { mailDirectoryUnreachable } from "../../../policies/rules/net-001-mail-directory-unreachable";
import { noPlainMedia } from "../../../policies/rules/med-001-no-plain-rtp";
import { type Resource, stackTable, table, unknownString } from "../support";
import { pod } from "./fixtures";

const isolated = { pack: { isolated: ["10.0.0.0/16"] } };
const kube = (type: string, props: Readonly<Record<string, unknown>>): Resource => ({
  type: `kubernetes:${type}`,
  props,
});
const policy = (egress: readonly unknown[]): Resource =>
  kube("networking.k8s.io/v1:NetworkPolicy", { spec: { egress } });
const rule = (props: Readonly<Record<string, unknown>>): Resource => ({
  type: "exoscale:index/securityGroupRule:SecurityGroupRule",
  props: { type: "EGRESS", ...props },
});

describe("Ways to what a stack is isolated from", () => {
  table(mailDirectoryUnreachable, [
    {
      title: "a policy without peers leads everywhere",
      ...isolated,
      resource: policy([{ ports: [{ port: 443 }] }]),
      expect: /0\.0\.0\.0\/0/,
    },
    {
      title: "a policy among pods leads nowhere",
      ...isolated,
      resource: policy([{ to: [{ podSelector: {} }] }]),
      expect: "passes",
    },
    {
      title: "a range that is cut out in two halves is cut out",
      ...isolated,
      resource: policy([
        { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/17", "10.0.128.0/17"] } }], ports: [{ port: 443 }] },
      ]),
      expect: "passes",
    },
    {
      title: "a range of which a part is left is not",
      ...isolated,
      resource: policy([
        { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/17", "10.0.128.0/18"] } }], ports: [{ port: 443 }] },
      ]),
      expect: /isolated range/,
    },
    ...["GRE", "IPIP", "ICMP", "ALL"].map((protocol) => ({
      title: `a rule of ${protocol} is a way`,
      ...isolated,
      resource: rule({ protocol, cidr: "10.0.0.0/16" }),
      expect: /isolated range/,
    })),
    {
      title: "an empty group is none",
      resource: rule({ protocol: "TCP", startPort: 25, endPort: 25, cidr: "0.0.0.0/0", userSecurityGroupId: "" }),
      expect: /SMTP 25/,
    },
    {
      title: "no group is none",
      resource: rule({ protocol: "TCP", startPort: 25, endPort: 25, cidr: "0.0.0.0/0", userSecurityGroup: null }),
      expect: /SMTP 25/,
    },
    {
      title: "NFS is a file service",
      resource: rule({ protocol: "TCP", startPort: 2049, endPort: 2049, cidr: "192.0.2.0/24" }),
      expect: /NFS/,
    },
    {
      title: "addresses behind a service are a way",
      ...isolated,
      resource: kube("core/v1:Endpoints", { subsets: [{ addresses: [{ ip: "10.0.0.5" }] }] }),
      expect: /isolated range/,
    },
    {
      title: "slices of them too",
      ...isolated,
      resource: kube("discovery.k8s.io/v1:EndpointSlice", { endpoints: [{ addresses: ["10.0.0.5"] }] }),
      expect: /isolated range/,
    },
    {
      title: "external addresses of a service too",
      ...isolated,
      resource: kube("core/v1:Service", { spec: { externalIPs: ["10.0.0.5"], ports: [{ port: 443 }] } }),
      expect: /isolated range/,
    },
    {
      title: "addresses elsewhere are none",
      ...isolated,
      resource: kube("core/v1:Endpoints", { subsets: [{ addresses: [{ ip: "10.9.0.5" }] }] }),
      expect: "passes",
    },
    {
      title: "a target of a balancer is one",
      ...isolated,
      resource: { type: "hcloud:index/loadBalancerTarget:LoadBalancerTarget", props: { ip: "10.0.0.5" } },
      expect: /isolated range/,
    },
    {
      title: "a published service opens its port",
      resource: kube("core/v1:Service", { spec: { type: "LoadBalancer", ports: [{ port: 445 }] } }),
      expect: /SMB 445/,
    },
    {
      title: "a service of the cluster opens nothing",
      resource: kube("core/v1:Service", { spec: { ports: [{ port: 445 }] } }),
      expect: "passes",
    },
    {
      title: "a port of the host is open",
      resource: pod("a", [], { ports: [{ containerPort: 389, hostPort: 389 }] }),
      expect: /LDAP 389/,
    },
    {
      title: "a policy of Cilium is a filter",
      ...isolated,
      resource: kube("cilium.io/v2:CiliumNetworkPolicy", {
        spec: { egress: [{ toCIDR: ["10.0.0.0/8"], toPorts: [{ ports: [{ port: "443", protocol: "TCP" }] }] }] },
      }),
      expect: /isolated range/,
    },
    {
      title: "a policy of Cilium among pods leads nowhere",
      ...isolated,
      resource: kube("cilium.io/v2:CiliumNetworkPolicy", { spec: { egress: [{ toEndpoints: [{}] }] } }),
      expect: "passes",
    },
    {
      title: "a policy of Calico is a filter",
      ...isolated,
      resource: kube("projectcalico.org/v3:GlobalNetworkPolicy", {
        spec: { egress: [{ action: "Allow", destination: { nets: ["10.0.0.0/16"] } }] },
      }),
      expect: /isolated range/,
    },
    {
      title: "what Calico denies is no way",
      ...isolated,
      resource: kube("projectcalico.org/v3:GlobalNetworkPolicy", {
        spec: { egress: [{ action: "Deny", destination: { nets: ["10.0.0.0/16"] } }] },
      }),
      expect: "passes",
    },
    {
      title: "an egress by address is a way",
      ...isolated,
      resource: { type: "sovereign-uc:index:Gateway", props: { egress: [{ host: "10.0.0.5", port: 443 }] } },
      expect: /isolated range/,
    },
    {
      title: "ports of a service that are not known cannot be judged",
      resource: kube("core/v1:Service", { spec: { type: "LoadBalancer", ports: unknownString } }),
      expect: "is undetermined",
    },
  ]);
  table(noPlainMedia, [
    {
      title: "every protocol includes that of SIP",
      resource: rule({ type: "INGRESS", protocol: "ALL", cidr: "0.0.0.0/0" }),
      expect: /5060/,
    },
    {
      title: "a port of the host may be that of SIP",
      resource: pod("a", [], { ports: [{ hostPort: 5060, containerPort: 1, protocol: "UDP" }] }),
      expect: /5060/,
    },
    {
      title: "a balancer of Exoscale may be that of SIP",
      resource: { type: "exoscale:index/nlbService:NlbService", props: { port: 5060, protocol: "udp" } },
      expect: /5060/,
    },
    {
      title: "TURN without TLS may stand among arguments",
      resource: pod("a", [], { args: ["-n", "--no-tls"] }),
      expect: /without TLS/,
    },
    {
      title: "Kamailio may listen in clear",
      resource: kube("core/v1:ConfigMap", { data: { a: "listen=udp:0.0.0.0:5060" } }),
      expect: /Kamailio/,
    },
    {
      title: "Kamailio may listen with TLS",
      resource: kube("core/v1:ConfigMap", { data: { a: "listen=tls:0.0.0.0:5061" } }),
      expect: "passes",
    },
  ]);
});

describe("Replicas in every spelling", () => {
  table(nPlusOne, [
    {
      title: "a patch that sets one",
      resource: kube("apps/v1:DeploymentPatch", { spec: { replicas: 1 } }),
      expect: /replicas 1/,
    },
    {
      title: "a patch of something else",
      resource: kube("apps/v1:DeploymentPatch", { spec: {} }),
      expect: "says nothing",
    },
    {
      title: "a database of one instance",
      resource: kube("postgresql.cnpg.io/v1:Cluster", { spec: { instances: 1 } }),
      expect: /instances 1/,
    },
    {
      title: "a database of two",
      resource: kube("postgresql.cnpg.io/v1:Cluster", { spec: { instances: 2 } }),
      expect: "passes",
    },
    {
      title: "a broker whose operator makes one by default",
      resource: kube("rabbitmq.com/v1beta1:RabbitmqCluster", { spec: {} }),
      expect: /means 1/,
    },
    {
      title: "watchers of a cache, of which their operator makes three by default",
      resource: kube("redis.redis.opstreelabs.in/v1beta2:RedisSentinel", { spec: {} }),
      expect: "passes",
    },
    {
      title: "a kind of an operator that nobody knows, with one",
      resource: kube("a.example.org/v1:Thing", { spec: { replicas: 1 } }),
      expect: /replicas 1/,
    },
    {
      title: "a kind that states no figure",
      resource: kube("a.example.org/v1:Thing", { spec: {} }),
      expect: "says nothing",
    },
    {
      title: "an empty reason for a singleton",
      resource: { type: "sovereign-uc:index:Workload", props: { replicas: 1, singleton: " " } },
      expect: /replicas 1/,
    },
    ...["constructor", "toString", "__proto__", "hasOwnProperty"].map((type) => ({
      title: `a type called ${type} is one like any other`,
      resource: { type },
      expect: "says nothing" as const,
    })),
  ]);
  const scaled = (minReplicas?: number): Resource => ({
    ...kube("autoscaling/v2:HorizontalPodAutoscaler", {
      metadata: { name: "web" },
      spec: { minReplicas, scaleTargetRef: { kind: "Deployment", name: "web" } },
    }),
    name: "web-scaler",
  });
  const web = kube("apps/v1:Deployment", { metadata: { name: "web" }, spec: { template: {} } });
  stackTable(nPlusOne, [
    { title: "an autoscaler says how many", resources: [web, scaled(3)], expect: "passes" },
    { title: "without one the default is one", resources: [web], expect: /no spec\.replicas, which means 1/ },
    {
      title: "an autoscaler of another deployment says nothing",
      resources: [{ ...web, props: { metadata: { name: "other" } } }, scaled(3)],
      expect: /means 1/,
    },
  ]);
});
