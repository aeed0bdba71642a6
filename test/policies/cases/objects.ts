import { type Case, type Given, kube, open } from "./case";

const made = (type: string, props: Readonly<Record<string, unknown>>): Given => ({ type, props });
const clouds = ["ovh", "scaleway", "upcloud", "ionoscloud", "stackit", "opentelekomcloud", "infomaniak", "xovh"];

/** Rules of accepted clouds' filters, in the keys of each. */
const rules: readonly (readonly [title: string, rule: Readonly<Record<string, unknown>>])[] = [
  [
    "ports",
    {
      direction: "in",
      protocol: "tcp",
      destinationPortStart: "20",
      destinationPortEnd: "30",
      sourceAddressStart: "10.0.0.1",
    },
  ],
  [
    "portRangeMin",
    { direction: "ingress", protocol: "TCP", portRangeMin: 25, portRangeMax: 26, remoteIpPrefix: "10.0.0.0/8" },
  ],
  [
    "portRangeStart",
    { type: "INGRESS", protocol: "udp", portRangeStart: 389, portRangeEnd: 390, sourceIp: "10.0.0.5" },
  ],
  [
    "portRange of numbers",
    { direction: "egress", protocol: { name: "tcp" }, portRange: { min: 445, max: 446 }, ipRange: "10.0.0.0/16" },
  ],
  ["portRange as text", { direction: "out", protocol: "TCP", portRange: "20-30", cidr: "10.0.0.0/8" }],
  ["port as text", { direction: "outbound", port: "25", ip: "10.0.0.5", action: "accept" }],
  ["port as a number", { type: "EGRESS", port: 25, sourceCidr: "10.0.0.0/8" }],
  ["neither port nor peer", { protocol: "any" }],
  ["every protocol", { protocol: "ALL", sourceAddressStart: "0.0.0.0", portRangeMin: 1 }],
  ["another protocol", { protocol: "icmp", destinationAddressStart: "10.0.0.7" }],
  ["an unknown protocol", { protocol: open, port: 25 }],
  ["an unknown port", { protocol: "tcp", port: open }],
  ["a port that is no number", { protocol: "tcp", port: "x", portRangeMin: "123456" }],
  ["an empty range", { protocol: "tcp", remoteIpPrefix: "", portRangeMin: null, port: 25 }],
  ["a group", { protocol: "tcp", remoteGroupId: "a", port: 25 }],
  ["a group and a range", { protocol: "tcp", remoteSecurityGroupId: "a", cidr: "10.0.0.0/8", port: 25 }],
  ...["drop", "deny", "reject", "DROP", "xdrop", "dropped"].map(
    (action) => [`action ${action}`, { action, port: 25 }] as const,
  ),
];

const filters: readonly (readonly [type: string, wrap: (rule: object) => object])[] = [
  ["upcloud:index/firewallRules:FirewallRules", (rule) => ({ firewallRules: [rule] })],
  [
    "scaleway:index/instanceSecurityGroup:InstanceSecurityGroup",
    (rule) => ({ inboundRules: [rule], inboundDefaultPolicy: "drop", outboundDefaultPolicy: "drop" }),
  ],
  ["ionoscloud:compute/firewall:Firewall", (rule) => rule],
  ["opentelekomcloud:Networking/secgroupRuleV2:SecgroupRuleV2", (rule) => rule],
  ["stackit:index/securityGroupRule:SecurityGroupRule", (rule) => rule],
];

/** Filters and balancers of accepted clouds. */
export const cloudOpenings: readonly Case[] = [
  ...filters.flatMap(([type, wrap]) =>
    rules.map(([title, rule]): Case => [`${type}: ${title}`, made(type, { ...wrap(rule) })]),
  ),
  ...filters.flatMap(([type, wrap]) =>
    [`x${type}`, `${type}X`, type.replace(/:(\w+)$/, ":My$1"), type.toUpperCase()].map((other): Case => [
      `${other}, which only looks like one`,
      made(other, { ...wrap({ direction: "in", protocol: "tcp", port: 25, portRangeMin: 25 }) }),
    ]),
  ),
  ...[0, 1, 5].flatMap((digits) =>
    ["port", "destinationPortStart", "portRangeMin"].map((key): Case => [
      `a rule with ${digits + 1} digits in ${key}`,
      made("ionoscloud:compute/firewall:Firewall", { protocol: "tcp", [key]: `2${"5".repeat(digits)}` }),
    ]),
  ),
  ...["portRangeMax", "portRangeEnd", "portRange.max", "destinationPortEnd"].map((key): Case => [
    `a rule that says where it ends, and not where it begins: ${key}`,
    made("ionoscloud:compute/firewall:Firewall", { protocol: "tcp", [key]: 25, portRange: { max: 25 } }),
  ]),
  ...["accept", "drop", undefined, open].flatMap((policy): readonly Case[] => [
    [
      `Scaleway with inboundDefaultPolicy ${String(policy)}`,
      made("scaleway:network/securityGroup:SecurityGroup", {
        inboundDefaultPolicy: policy,
        outboundDefaultPolicy: "drop",
      }),
    ],
    [
      `Scaleway with outboundDefaultPolicy ${String(policy)}`,
      made("scaleway:network/securityGroup:SecurityGroup", {
        outboundDefaultPolicy: policy,
        inboundDefaultPolicy: "drop",
        outboundRules: [{ port: 25 }],
      }),
    ],
  ]),
  ...clouds.flatMap((cloud) =>
    [
      "Frontend",
      "frontend",
      "Listener",
      "ListenerV3",
      "Forwardingrule",
      "ForwardingRule",
      "Loadbalancer",
      "LoadBalancer",
      "LoadBalancerX",
      "Balancer",
    ].map((kind): Case => [
      `${cloud} ${kind}`,
      made(`${cloud}:index/a:${kind}`, {
        port: 25,
        listeners: [{ port: 389 }, { listenerPort: "445" }],
        frontends: [{ inboundPort: 636 }, { protocolPort: 88 }],
      }),
    ]),
  ),
  [
    "a balancer with frontends",
    made("stackit:index/loadbalancer:Loadbalancer", { frontends: [{ inboundPort: 636 }, { protocolPort: 88 }] }),
  ],
  ["a balancer with a port of its own", made("stackit:index/loadbalancer:Loadbalancer", { listenerPort: 25 })],
  ["a balancer of an unknown port", made("stackit:index/loadbalancer:Loadbalancer", { port: open })],
  ["a balancer without a port", made("stackit:index/loadbalancer:Loadbalancer", { name: "a" })],
  ...clouds.flatMap((cloud) =>
    [
      "FirewallRule",
      "SecgroupRule",
      "securityGroupRule",
      "MySECURITYGROUPRULE",
      "FirewallPolicy",
      "ACL",
      "Secgroup",
      "GroupRule",
      "SecgroupAcl",
      "securityGroupAcl",
      "AclFirewall",
      "NetworkAcl",
      "SecurityGroup",
      "Firewall",
      "Rule",
      "Server",
    ].map((kind): Case => [`${cloud} ${kind}, which nobody reads`, made(`${cloud}:index/a:${kind}`, { port: 25 })]),
  ),
];

const spec = (type: string, given: unknown): Given => kube(type, { spec: given });
const named = (type: string, given: unknown): Case => [
  `${type} ${JSON.stringify(given) ?? "nothing"}`,
  spec(type, given),
];

/** Objects of clusters that open ports. */
export const clusterOpenings: readonly Case[] = [
  ...["ClusterNetworkPolicy", "NetworkPolicy"].flatMap((kind) =>
    [
      {
        egress: [
          {
            action: "Allow",
            to: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.0.0/16"] } }],
            ports: [
              { port: 25, protocol: "TCP" },
              { port: 20, endPort: 30, protocol: "UDP" },
            ],
          },
        ],
      },
      {
        egress: [
          { action: "Drop", to: [] },
          { action: "reject" },
          { action: "Dropx", to: [{ fqdn: "a.example.org" }] },
          { to: [{ fqdn: "a.example.org" }, { podSelector: {} }] },
          { action: "xDrop" },
        ],
      },
      {
        ingress: [
          { from: [{ podSelector: {} }], ports: [{ port: "smtp" }] },
          { from: [] },
          { to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] },
        ],
      },
      { ingress: open },
    ].map((given) => named(`crd.antrea.io/v1beta1:${kind}`, given)),
  ),
  ...["ClusterNetworkPolicy", "AdminNetworkPolicy"].flatMap((kind) =>
    [
      {
        egress: [
          {
            action: "Accept",
            to: [{ networks: ["10.0.0.0/8"] }],
            protocols: [
              { tcp: { destinationPort: { number: 25 } } },
              { udp: { destinationPort: { range: { start: 380, end: 390 } } } },
              { sctp: {} },
              { destinationNamedPort: "smtp" },
            ],
          },
          { action: "Accept", to: [{ domainNames: ["a.example.org"] }] },
          { action: "Accept", to: [{ domainNames: ["a.example.org"] }, { namespaces: {} }] },
          { action: "Deny", to: [{ networks: ["10.0.0.0/8"] }] },
          { action: "xDeny", to: [{ namespaces: {} }] },
          { action: "Denyx", to: [{ namespaces: {} }] },
        ],
      },
      {
        ingress: [
          {
            from: [{ namespaces: {} }],
            ports: [
              { portNumber: { port: 25, protocol: "TCP" } },
              { portRange: { start: 20, end: 30, protocol: "UDP" } },
              { portRange: { start: 20 } },
              { portRange: { end: 30 } },
              { namedPort: "smtp" },
            ],
          },
        ],
      },
    ].map((given) => named(`policy.networking.k8s.io/v1alpha2:${kind}`, given)),
  ),
  ...["CiliumNetworkPolicy", "CiliumPatchNetworkPolicy", "CiliumNetworkPolicyPatch"].map((kind) =>
    named(`cilium.io/v2:${kind}`, {
      egress: [
        ...["world", "world-ipv4", "all", "xall", "allx", "xworld", "worldx"].map((entity) => ({
          toEntities: [entity],
        })),
        null,
        "a",
        { toGroups: [{}] },
        { toFQDNs: [{}], toPorts: [{ ports: [{ port: "25", protocol: "ANY" }] }] },
        { toEndpoints: [{}], xtoGroups: [{}] },
        { toEndpoints: [{}], toGroupsx: [{}] },
      ],
      ingress: [{ fromGroups: [{}] }, { fromEndpoints: [{}] }, {}],
    }),
  ),
  [
    "Cilium's rules that are not known",
    kube("cilium.io/v2:CiliumNetworkPolicy", { spec: open, specs: [{ egress: [{}] }] }),
  ],
  ...["TCP", "UDP", "ICMP", "any", "ALL", "", 4].map((protocol) =>
    named("projectcalico.org/v3:NetworkPolicy", { egress: [{ protocol, destination: { ports: [25] } }] }),
  ),
  named("networking.k8s.io/v1:NetworkPolicy", {
    ingress: [
      { from: [{ podSelector: {} }], ports: [{ port: "web" }] },
      { from: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: "web" }] },
      { ports: [{ port: "web" }] },
    ],
  }),
  ...["TCPRoute", "UDPRoute", "TLSRoute", "HTTPRoute"].flatMap((kind) =>
    [
      { rules: [{ backendRefs: [{ port: 25 }, { port: "smtp" }, { port: "x" }] }] },
      { routes: [{ services: [{ port: 25 }] }] },
      { rules: open },
    ].map((given) => named(`gateway.networking.k8s.io/v1alpha2:${kind}`, given)),
  ),
  ...["traefik.io", "traefik.containo.us"].flatMap((group) =>
    ["IngressRouteTCP", "IngressRouteUDP", "IngressRoute"].map((kind) =>
      named(`${group}/v1alpha1:${kind}`, {
        routes: [{ services: [{ port: 389 }] }],
        rules: [{ backendRefs: [{ port: 25 }] }],
      }),
    ),
  ),
  ...[
    "gateway.networking.k8s.io/v1:ListenerSet",
    "gateway.networking.x-k8s.io/v1alpha1:XListenerSet",
    "gateway.networking.k8s.io/v1:Gateway",
    "networking.istio.io/v1:Gateway",
  ].flatMap((type) =>
    [
      { listeners: [{ port: 25, protocol: "TCP" }, { port: 389, protocol: "UDP" }, { port: "25" }] },
      {
        servers: [{ port: { number: 25, protocol: "TCP" } }, { port: { number: 389, protocol: "UDP" } }, { port: 25 }],
      },
    ].map((given) => named(type, given)),
  ),
  ...[
    { "25": "mail/smtp:25" },
    { "389": "directory/ldap:ldap" },
    { "636": "directory/ldap:ldaps:PROXY" },
    { a: "mail/smtp:25" },
    { "25": "mail/smtp" },
    { "25": "/smtp:25" },
    { "25": 25 },
    { "123456": "a/b:25" },
    { "80": "a/b:x" },
  ].map((data): Case => [
    `ports that a ConfigMap forwards: ${JSON.stringify(data)}`,
    kube("core/v1:ConfigMap", { data }),
  ]),
  ...[true, false, open, undefined].map((hostNetwork): Case => [
    `a pod with hostNetwork ${String(hostNetwork)}`,
    kube("apps/v1:DaemonSet", {
      spec: {
        template: {
          spec: {
            hostNetwork,
            containers: [
              {
                image: "a",
                ports: [{ containerPort: 25 }, { containerPort: 389, protocol: "UDP" }, { containerPort: "x" }],
              },
            ],
          },
        },
      },
    }),
  ]),
  [
    "a job on the network of the host",
    kube("batch/v1:CronJob", {
      spec: {
        jobTemplate: {
          spec: { template: { spec: { hostNetwork: true, containers: [{ ports: [{ containerPort: 25 }] }] } } },
        },
      },
    }),
  ],
  [
    "pods of an operator on the network of the host",
    kube("a.example.org/v1:Thing", {
      spec: { other: { hostNetwork: true, containers: [{ ports: [{ containerPort: 25 }] }] } },
    }),
  ],
  ...[
    "25:25",
    "127.0.0.1:25:25",
    "[::1]:25:25",
    "0.0.0.0:25:25",
    "[::]:25:25",
    "[fd00::1]:25:25",
    "20-30:20-30/udp",
    "25:25/tcp",
    "25:25/UDP",
    "25",
    "a:25:25",
    "25:25/sctp",
    "10.127.0.1:25:25",
    "x25:25",
    "25:25x",
  ].map((port): Case => [
    `a port of compose: ${port}`,
    made("docker:compose:File", { services: { a: { image: "a", ports: [port] } } }),
  ]),
  ...[
    { hostPort: "25" },
    { published: "25", protocol: "UDP" },
    { hostPort: "123456" },
    { hostPort: null, published: 25 },
    { hostPort: open },
  ].map((port): Case => [
    `a port of a container: ${JSON.stringify(port)}`,
    kube("core/v1:Pod", {
      spec: {
        initContainers: [{ image: "a", ports: [port] }],
        ephemeralContainers: [{ image: "b", ports: [{ hostPort: 389 }] }],
      },
    }),
  ]),
];

const pods = (given: object, kind: string): Given =>
  kube(
    kind,
    kind.endsWith("Pod")
      ? { spec: given }
      : kind.endsWith("CronJob")
        ? { spec: { jobTemplate: { spec: { template: { spec: given } } } } }
        : { spec: { template: { spec: given } } },
  );

/** Objects of clusters that lead to addresses. */
export const clusterRoutes: readonly Case[] = [
  ...[
    "core/v1:Pod",
    "apps/v1:Deployment",
    "apps/v1:StatefulSet",
    "apps/v1:DaemonSet",
    "apps/v1:ReplicaSet",
    "batch/v1:Job",
    "batch/v1:CronJob",
    "core/v1:ReplicationController",
  ].map((kind): Case => [
    `${kind} with addresses`,
    pods(
      {
        hostAliases: [{ ip: "10.0.0.1" }],
        dnsConfig: { nameservers: ["10.0.0.2"] },
        volumes: [{ nfs: { server: "10.0.0.3" } }],
      },
      kind,
    ),
  ]),
  ...[
    { nfs: { server: "a.example.org" } },
    { iscsi: { targetPortal: "10.0.0.3:3260", portals: ["10.0.0.4", "10.0.0.5:1"] } },
    { cephfs: { monitors: ["10.0.0.6:6789"] } },
    { rbd: { monitors: ["10.0.0.7"] } },
    { csi: { volumeAttributes: { server: "10.0.0.8", source: "//10.0.0.9/a", share: "10.0.0.10" } } },
    { flexVolume: { options: { networkPath: "//10.0.0.11/a" } } },
    { nfs: { server: "fd00::1" } },
    { nfs: { server: open } },
    { nfs: { server: null } },
    { nfs: { server: 5 } },
    { nfs: { server: "10.0.0.0/24" } },
    { nfs: { server: "10.0.0.1.2" } },
    { nfs: { server: "1234.0.0.1" } },
  ].flatMap((volume): readonly Case[] => [
    [`a volume ${JSON.stringify(volume)}`, pods({ volumes: [volume] }, "core/v1:Pod")],
    [`a volume of the cluster ${JSON.stringify(volume)}`, spec("core/v1:PersistentVolume", volume)],
  ]),
  named("core/v1:Service", { externalIPs: ["10.0.0.5"], externalName: "10.0.0.6", loadBalancerIP: "10.0.0.7" }),
  named("cilium.io/v2:CiliumEgressGatewayPolicy", { destinationCIDRs: ["10.0.0.0/8"] }),
  named("cilium.io/v2alpha1:CiliumCIDRGroup", { externalCIDRs: ["10.0.0.0/8"] }),
  named("cilium.io/v2alpha1:CiliumLoadBalancerIPPool", { blocks: [{ cidr: "10.0.0.0/24" }, { start: "10.0.0.5" }] }),
  named("cilium.io/v2:CiliumLocalRedirectPolicy", { redirectFrontend: { addressMatcher: { ip: "10.0.0.5" } } }),
  ...["projectcalico.org", "crd.projectcalico.org"].flatMap((group) => [
    named(`${group}/v1:IPPool`, { cidr: "10.0.0.0/8" }),
    named(`${group}/v1:GlobalNetworkSet`, { nets: ["10.0.0.0/8"] }),
    named(`${group}/v1:NetworkSet`, { nets: ["10.0.0.0/8"] }),
  ]),
  named("submariner.io/v1:Endpoint", { subnets: ["10.0.0.0/8"] }),
  named("kubeovn.io/v1:Vpc", { staticRoutes: [{ cidr: "10.0.0.0/8" }] }),
  named("k8s.cni.cncf.io/v1:NetworkAttachmentDefinition", {
    config: JSON.stringify({
      ipam: {
        addresses: [{ address: "10.0.0.5/24" }],
        routes: [{ dst: "10.0.0.0/8" }],
        subnet: "10.0.1.0/24",
        range: "10.0.2.0/24",
      },
    }),
  }),
  [
    "a class of storage",
    kube("storage.k8s.io/v1:StorageClass", { parameters: { server: "10.0.0.5", share: "10.0.0.6" } }),
  ],
  named("networking.istio.io/v1:ServiceEntry", { addresses: ["10.0.0.5"], endpoints: [{ address: "10.0.0.6" }] }),
  named("networking.istio.io/v1:WorkloadEntry", { address: "10.0.0.5" }),
  named("metallb.io/v1beta1:IPAddressPool", { addresses: ["10.0.0.5-10.0.0.9", "10.1.0.0/16"] }),
  named("a.example.org/v1:Endpoint", { subnets: ["10.0.0.0/8"] }),
];
