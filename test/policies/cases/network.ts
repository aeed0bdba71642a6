import { type Case, type Given, kube, open, pod } from "./case";

const policy = (spec: object, kind = "networking.k8s.io/v1:NetworkPolicy"): Given => kube(kind, { spec });
const egress = (...rules: readonly object[]): Given => policy({ egress: rules });
const block = (cidr: unknown, except?: unknown): object => ({
  ipBlock: { cidr, ...(except === undefined ? {} : { except }) },
});
const hetzner = (rule: object): Given => ({ type: "hcloud:index/firewall:Firewall", props: { rules: [rule] } });
const exoscale = (props: object): Given => ({
  type: "exoscale:index/securityGroupRule:SecurityGroupRule",
  props: { ...props },
});
const cilium = (rule: object, side = "egress", kind = "CiliumNetworkPolicy"): Given =>
  kube(`cilium.io/v2:${kind}`, { spec: { [side]: [rule] } });
const calico = (rule: object, side = "egress", kind = "projectcalico.org/v3:GlobalNetworkPolicy"): Given =>
  kube(kind, { spec: { [side]: [rule] } });
const admin = (rule: object, side = "egress", kind = "AdminNetworkPolicy"): Given =>
  kube(`policy.networking.k8s.io/v1alpha1:${kind}`, { spec: { [side]: [rule] } });
const service = (spec: object): Given => kube("core/v1:Service", { spec });
const everywhere = { direction: "in", protocol: "tcp", sourceIps: ["0.0.0.0/0"] };

/** Everything that opens something. */
export const openings: readonly Case[] = [
  ...["443", 443, "any", "20-30", "30", "a-b", "1-", "1.5", null, open].map((port): Case => [
    `a firewall with port ${JSON.stringify(port)}`,
    hetzner({ ...everywhere, port }),
  ]),
  ...["tcp", "udp", "icmp", "esp", "gre", open].map((protocol): Case => [
    `a firewall with protocol ${protocol}`,
    hetzner({ ...everywhere, protocol, port: "25" }),
  ]),
  ["a firewall with three services of others", hetzner({ ...everywhere, port: "445-465" })],
  [
    "a firewall outwards",
    hetzner({
      direction: "out",
      protocol: "tcp",
      port: "445",
      sourceIps: ["192.0.2.0/24"],
      destinationIps: ["10.0.0.0/16"],
    }),
  ],
  ["a firewall with an unknown direction", hetzner({ ...everywhere, direction: open, port: "25" })],
  ["a firewall of which nothing is known", { type: "hcloud:index/firewall:Firewall", props: { rules: open } }],
  [
    "a firewall with an unknown rule",
    { type: "hcloud:index/firewall:Firewall", props: { rules: [open, { ...everywhere, port: "25" }] } },
  ],
  ["a firewall without rules", { type: "hcloud:index/firewall:Firewall" }],
  ["a firewall with every port", hetzner({ ...everywhere, port: "1-65535" })],
  ...["http", "https", "tcp", undefined].map((protocol): Case => [
    `a balancer's service of ${String(protocol)}`,
    { type: "hcloud:index/loadBalancerService:LoadBalancerService", props: { protocol } },
  ]),
  [
    "a balancer's service of mail",
    { type: "hcloud:index/loadBalancerService:LoadBalancerService", props: { protocol: "tcp", listenPort: 25 } },
  ],
  [
    "a balancer's service of an unknown port",
    { type: "hcloud:index/loadBalancerService:LoadBalancerService", props: { protocol: "http", listenPort: open } },
  ],
  ["a balancer of Exoscale", { type: "exoscale:index/nlbService:NlbService", props: { port: 25, protocol: "tcp" } }],
  [
    "a balancer of Exoscale for UDP",
    { type: "exoscale:index/nlbService:NlbService", props: { port: 5060, protocol: "udp" } },
  ],
  [
    "a balancer of Exoscale of an unknown port",
    { type: "exoscale:index/nlbService:NlbService", props: { port: open, protocol: "tcp" } },
  ],
  [
    "a balancer of Exoscale of an unknown protocol",
    { type: "exoscale:index/nlbService:NlbService", props: { port: 80, protocol: open } },
  ],
  ["a balancer of Exoscale without a port", { type: "exoscale:index/nlbService:NlbService" }],
  ...["TCP", "udp", "ALL", "ICMP", "", undefined, 1, open].map((protocol): Case => [
    `a rule with protocol ${String(protocol)}`,
    exoscale({ type: "INGRESS", protocol, startPort: 25, endPort: 25, cidr: "0.0.0.0/0" }),
  ]),
  ...["INGRESS", "EGRESS", "egress", undefined, open].map((type): Case => [
    `a rule of ${String(type)}`,
    exoscale({ type, protocol: "TCP", startPort: 389, endPort: 389, cidr: "10.0.0.0/8" }),
  ]),
  ["a rule without an end", exoscale({ type: "INGRESS", protocol: "TCP", startPort: 25, cidr: "0.0.0.0/0" })],
  ["a rule without a start", exoscale({ type: "INGRESS", protocol: "TCP", cidr: "0.0.0.0/0" })],
  ...["startPort", "endPort", "cidr"].map((key): Case => [
    `a rule with an unknown ${key}`,
    exoscale({ type: "INGRESS", protocol: "TCP", startPort: 1, endPort: 2, cidr: "0.0.0.0/0", [key]: open }),
  ]),
  ...["userSecurityGroupId", "userSecurityGroup"]
    .flatMap(
      (key) =>
        [
          ["a", key],
          ["", key],
          [null, key],
        ] as const,
    )
    .map(([group, key]): Case => [
      `a rule with ${key} ${JSON.stringify(group)}`,
      exoscale({ type: "INGRESS", protocol: "TCP", startPort: 25, endPort: 25, [key]: group }),
    ]),
  [
    "a rule with a group and a range",
    exoscale({
      type: "INGRESS",
      protocol: "TCP",
      startPort: 25,
      endPort: 25,
      userSecurityGroup: "a",
      cidr: "0.0.0.0/0",
    }),
  ],
  ["a rule with an empty range", exoscale({ type: "INGRESS", protocol: "TCP", startPort: 25, endPort: 25, cidr: "" })],
  ...[
    "sovereign-uc:index:HostPool openings",
    "sovereign-uc:index:Gateway published",
    "sovereign-uc:index:Gateway egress",
  ].flatMap((words): readonly Case[] => {
    const [type = "", key = ""] = words.split(" ");
    const one = (opening: object): Given => ({ type, props: { [key]: [opening] } });
    return [
      [`${words}: mail`, one({ port: 25, protocol: "tcp", peers: ["10.0.0.0/8"], from: ["10.0.0.0/16"] })],
      [`${words}: ports`, one({ port: [20, 30], protocol: "udp", direction: "out" })],
      [`${words}: no ports`, one({ port: ["a", 30] })],
      [`${words}: half of the ports`, one({ port: [20] })],
      [`${words}: an unknown port`, one({ port: open })],
      [`${words}: another list`, { type, props: { other: [{ port: 25 }] } }],
    ];
  }),
  ["a policy", egress({ to: [block("10.0.0.0/8")], ports: [{ port: 443, protocol: "TCP" }] })],
  ["a policy inwards", policy({ ingress: [{ from: [block("10.0.0.0/8")], ports: [{ port: 25 }] }] })],
  [
    "a policy inwards with the other side's key",
    policy({ ingress: [{ to: [block("10.0.0.0/8")], ports: [{ port: 25 }] }] }),
  ],
  [
    "a policy of the old group",
    policy({ egress: [{ to: [block("10.0.0.0/8")] }] }, "extensions/v1beta1:NetworkPolicy"),
  ],
  [
    "a patch of a policy",
    policy({ egress: [{ to: [block("10.0.0.0/8")] }] }, "networking.k8s.io/v1:NetworkPolicyPatch"),
  ],
  ["a policy of UDP", egress({ to: [block("192.0.2.0/24")], ports: [{ port: 389, protocol: "UDP" }] })],
  ["a policy of ports", egress({ to: [block("192.0.2.0/24")], ports: [{ port: 20, endPort: 30 }] })],
  ["a policy of a named port", egress({ to: [block("192.0.2.0/24")], ports: [{ port: "smtp" }] })],
  ["a policy of a protocol alone", egress({ to: [block("192.0.2.0/24")], ports: [{ protocol: "TCP" }] })],
  ["a policy of every port", egress({ to: [block("192.0.2.0/24")] })],
  ["a policy to everybody", egress({ ports: [{ port: 443 }] })],
  ["a policy to pods", egress({ to: [{ podSelector: {} }], ports: [{ port: 25 }] })],
  [
    "a policy to pods and a range",
    egress({ to: [{ podSelector: {} }, block("10.0.0.0/8", ["10.0.0.0/16"])], ports: [{ port: 443 }] }),
  ],
  [
    "a policy whose exception leaves a part",
    egress({ to: [block("10.0.0.0/8", ["10.0.0.0/17"])], ports: [{ port: 443 }] }),
  ],
  ["a policy to an unknown range", egress({ to: [block(open)] })],
  ["a policy of which nothing is known", policy({ egress: open })],
  [
    "a policy of which a side is not known",
    policy({ egress: open, ingress: [{ from: [block("192.0.2.0/24")], ports: [{ port: 25 }] }] }),
  ],
  ...["AdminNetworkPolicy", "BaselineAdminNetworkPolicy"].flatMap((kind): readonly Case[] => [
    [
      `${kind} to a range`,
      admin(
        {
          action: "Allow",
          to: [{ networks: ["10.0.0.0/8"] }],
          ports: [{ portNumber: { port: 443, protocol: "TCP" } }],
        },
        "egress",
        kind,
      ),
    ],
    [`${kind} that denies`, admin({ action: "Deny", to: [{ networks: ["10.0.0.0/8"] }] }, "egress", kind)],
  ]),
  [
    "an admin's policy inwards",
    admin(
      {
        action: "Allow",
        from: [{ networks: ["10.0.0.0/8"] }],
        ports: [{ portRange: { start: 20, end: 30, protocol: "UDP" } }],
      },
      "ingress",
    ),
  ],
  ["an admin's policy to pods", admin({ action: "Allow", to: [{ pods: {} }], ports: [{ portNumber: { port: 25 } }] })],
  ["an admin's policy without an action", admin({ to: [{ networks: ["10.0.0.0/8"] }] })],
  ["an admin's policy with an action that goes on", admin({ action: "DenyNot", to: [{ networks: ["10.0.0.0/8"] }] })],
  [
    "an admin's policy with an action that begins otherwise",
    admin({ action: "NotDeny", to: [{ networks: ["10.0.0.0/8"] }] }),
  ],
  ["an admin's policy that denies in small letters", admin({ action: "deny", to: [{ networks: ["10.0.0.0/8"] }] })],
  ...["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"].map((kind): Case => [
    `${kind} to a range`,
    cilium({ toCIDR: ["10.0.0.0/8"] }, "egress", kind),
  ]),
  [
    "Cilium inwards",
    cilium(
      {
        fromCIDR: ["10.0.0.0/8"],
        toPorts: [
          {
            ports: [
              { port: "25", protocol: "TCP" },
              { port: "53", protocol: "ANY" },
            ],
          },
        ],
      },
      "ingress",
    ),
  ],
  ["Cilium inwards from sets", cilium({ fromCIDRSet: [{ cidr: "10.0.0.0/8", except: ["10.0.0.0/16"] }] }, "ingress")],
  ["Cilium inwards from the world", cilium({ fromEntities: ["world"] }, "ingress")],
  ["Cilium to a set with an exception", cilium({ toCIDRSet: [{ cidr: "10.0.0.0/8", except: ["10.0.0.0/16"] }] })],
  ["Cilium to a set of an unknown range", cilium({ toCIDRSet: [{ cidr: open }] })],
  ...["world", "all", "cluster"].map((entity): Case => [
    `Cilium to ${entity}`,
    cilium({ toEntities: [entity], toPorts: [{ ports: [{ port: "443", protocol: "UDP" }] }] }),
  ]),
  ["Cilium to the world and a range", cilium({ toEntities: ["world"], toCIDR: ["192.0.2.0/24"] })],
  ...[
    "toEndpoints",
    "toServices",
    "toNodes",
    "toGroups",
    "toFQDNs",
    "toRequires",
    "toOthers",
    "xtoNodes",
    "toNodesx",
  ].map((key): Case => [`Cilium with ${key}`, cilium({ [key]: [{}], toPorts: [{ ports: [{ port: "25" }] }] })]),
  ["Cilium inwards with fromEndpoints", cilium({ fromEndpoints: [{}] }, "ingress")],
  ["Cilium to everybody", cilium({ toPorts: [{ ports: [{ port: "443" }] }] })],
  [
    "Cilium in a list",
    kube("cilium.io/v2:CiliumNetworkPolicy", { specs: [{ egress: [{ toCIDR: ["10.0.0.0/8"] }] }, 1] }),
  ],
  ["Cilium of which a rule is not known", kube("cilium.io/v2:CiliumNetworkPolicy", { spec: { egress: [open] } })],
  ...[
    "projectcalico.org/v3:NetworkPolicy",
    "projectcalico.org/v3:GlobalNetworkPolicy",
    "crd.projectcalico.org/v1:NetworkPolicy",
    "crd.projectcalico.org/v1:GlobalNetworkPolicy",
  ].map((kind): Case => [
    `${kind} to a range`,
    calico({ action: "Allow", destination: { nets: ["10.0.0.0/8"] } }, "egress", kind),
  ]),
  ...["Allow", "Deny", "Log", "Pass", "deny", "DenyNot", "NotDeny", undefined].map((action): Case => [
    `Calico with ${String(action)}`,
    calico({ action, destination: { nets: ["10.0.0.0/8"] } }),
  ]),
  [
    "Calico inwards",
    calico(
      { action: "Allow", source: { nets: ["10.0.0.0/8"] }, destination: { ports: [25, "20:30"] }, protocol: "TCP" },
      "ingress",
    ),
  ],
  [
    "Calico with an exception",
    calico({ action: "Allow", destination: { nets: ["10.0.0.0/8"], notNets: ["10.0.0.0/16"] } }),
  ],
  ...["selector", "namespaceSelector", "serviceAccounts", "services"].map((key): Case => [
    `Calico to ${key}`,
    calico({ action: "Allow", destination: { [key]: "a" } }),
  ]),
  ["Calico to pods of a range", calico({ action: "Allow", destination: { selector: "a", nets: ["10.0.0.0/8"] } })],
  ["Calico to everybody", calico({ action: "Allow" })],
  ["Calico of an unknown rule", calico({ action: open })],
  ...["LoadBalancer", "NodePort", "ClusterIP", undefined, open].map((type): Case => [
    `a service of type ${String(type)}`,
    service({
      type,
      ports: [
        { port: 25, targetPort: 2525 },
        { port: 80, targetPort: 80, protocol: "UDP" },
        { port: 443, targetPort: "https" },
      ],
    }),
  ]),
  ["a service with external addresses", service({ externalIPs: ["10.0.0.5"], ports: [{ port: 25 }] })],
  [
    "a service with sources",
    service({ type: "LoadBalancer", loadBalancerSourceRanges: ["10.0.0.0/8"], ports: [{ port: 443 }] }),
  ],
  ["a patch of a service", kube("core/v1:ServicePatch", { spec: { type: "LoadBalancer", ports: [{ port: 25 }] } })],
  [
    "a port of the host",
    pod({ ports: [{ hostPort: 25, containerPort: 1 }, { hostPort: 389, protocol: "UDP" }, { containerPort: 445 }] }),
  ],
  [
    "a port of the host in compose",
    kube("a.example.org/v1:Thing", {
      spec: { services: { a: { image: "a", ports: [{ published: 25, target: 1, protocol: "udp" }] } } },
    }),
  ],
  ["something without openings", kube("core/v1:ConfigMap", { data: {} })],
  ["something that is no resource of Kubernetes", { type: "a:b:C", props: { rules: [] } }],
];

/** Everything that leads somewhere. */
export const routes: readonly Case[] = [
  ["a route", { type: "hcloud:index/networkRoute:NetworkRoute", props: { destination: "10.0.0.0/8" } }],
  ["a route elsewhere", { type: "hcloud:index/networkRoute:NetworkRoute", props: { destination: "10.1.0.0/16" } }],
  ["an unknown route", { type: "hcloud:index/networkRoute:NetworkRoute", props: { destination: open } }],
  ["a target of a balancer", { type: "hcloud:index/loadBalancerTarget:LoadBalancerTarget", props: { ip: "10.0.0.5" } }],
  [
    "a target of a balancer by name",
    { type: "hcloud:index/loadBalancerTarget:LoadBalancerTarget", props: { serverId: 1 } },
  ],
  [
    "a link of sites",
    { type: "sovereign-uc:index:SiteLink", props: { sites: [{ range: "10.9.0.0/16" }, { range: "10.0.1.0/24" }] } },
  ],
  [
    "a gateway that lets an address through",
    {
      type: "sovereign-uc:index:Gateway",
      props: {
        egress: [
          { host: "10.0.0.5", port: 443 },
          { host: "a.example.org", port: 443 },
        ],
      },
    },
  ],
  [
    "endpoints",
    kube("core/v1:Endpoints", {
      subsets: [{ addresses: [{ ip: "10.0.0.5" }], notReadyAddresses: [{ ip: "10.0.0.6" }] }],
    }),
  ],
  [
    "a slice of endpoints",
    kube("discovery.k8s.io/v1:EndpointSlice", { endpoints: [{ addresses: ["10.0.0.5", "10.9.0.1"] }] }),
  ],
  ["a patch of a slice", kube("discovery.k8s.io/v1:EndpointSlicePatch", { endpoints: [{ addresses: ["10.0.0.5"] }] })],
  ["a service by name elsewhere", service({ externalName: "10.0.0.5" })],
  ["a service by another name", service({ externalName: "a.example.org" })],
  [
    "a firewall and a route",
    hetzner({ ...everywhere, port: "389", sourceIps: ["10.0.0.0/16"] }),
    { type: "hcloud:index/networkRoute:NetworkRoute", props: { destination: "10.0.0.0/8" } },
  ],
  ["nothing that opens or leads", { type: "a:b:C" }, { type: "a:b:D" }],
];
