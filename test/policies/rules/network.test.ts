import { Cidr } from "../../../components/core/cidr";
import { ruleset } from "../../../components/recipe/nftables";
import { mailDirectoryUnreachable } from "../../../policies/rules/net-001-mail-directory-unreachable";
import { type Resource, shape, type StackRow, stackTable, table, unknownString } from "../support";

const firewall = (...rules: readonly Readonly<Record<string, unknown>>[]): Resource => ({
  type: "hcloud:index/firewall:Firewall",
  props: { rules },
});

const group = (props: Readonly<Record<string, unknown>>): Resource => ({
  type: "exoscale:index/securityGroupRule:SecurityGroupRule",
  props: { type: "INGRESS", protocol: "TCP", cidr: "0.0.0.0/0", ...props },
});

const service = (props: Readonly<Record<string, unknown>>): Resource => ({
  type: "hcloud:index/loadBalancerService:LoadBalancerService",
  props: { loadBalancerId: "7", protocol: "tcp", destinationPort: 8443, ...props },
});

const policy = (spec: Readonly<Record<string, unknown>>): Resource => ({
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  props: { spec },
});

const route = (destination: unknown): Resource => ({
  type: "hcloud:index/networkRoute:NetworkRoute",
  props: { destination, gateway: "10.20.0.10" },
});

const network: Resource = {
  type: "sovereign-uc:index:Network",
  props: { isolatedFrom: [{ name: "directory", kind: "directory", ranges: ["10.0.0.0/16", "2001:db8::/48"] }] },
};

/** Declaration of a component of ours, under its own type. */
const isolating = (component: string): Resource => ({ ...network, type: `sovereign-uc:index:${component}` });

const link = (...ranges: readonly unknown[]): Resource => ({
  type: "sovereign-uc:index:SiteLink",
  props: { port: 51820, sites: ranges.map((range, i) => ({ name: `site-${i}`, range, gateways: ["192.0.2.1"] })) },
});

const isolated = { pack: { isolated: ["10.0.0.0/16"] } };

const web = { direction: "in", protocol: "tcp", port: "443", sourceIps: ["0.0.0.0/0", "::/0"] };

const pods = (name: string, more: object = {}, namespace = "meet"): Resource => ({
  type: "kubernetes:apps/v1:Deployment",
  name,
  props: {
    metadata: { name, namespace },
    spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [], ...more } } },
  },
});
const closed = (spec: object = {}, namespace = "meet"): Resource => ({
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  name: "closed",
  props: {
    metadata: { name: "closed", namespace },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ...spec },
  },
});
const other = (type: string, spec: object, metadata: object = { namespace: "meet" }): Resource => ({
  type: `kubernetes:${type}`,
  name: "other",
  props: { metadata, spec },
});

/** Pods on a cluster whose hosts' filters are rendered in this stack. */
function ours(): readonly StackRow[] {
  const cluster: Resource = { type: "sovereign-uc:index:Cluster", name: "uc", props: {} };
  const filter = (...ranges: readonly string[]): string =>
    ruleset({ isolatedFrom: ranges.map((range) => Cidr.parse(range)), openings: [] });
  const whole = filter("10.0.0.0/17", "10.0.128.0/17", "2001:db8::/48");
  const path = "/etc/nftables.conf";
  const pool = (rendered: unknown, renderedOnAll: unknown = {}): Resource => ({
    type: "sovereign-uc:index:HostPool",
    name: "media",
    within: cluster.type,
    props: { rendered, renderedOnAll },
  });
  const host = (text: unknown) => ({ files: { [path]: text } });
  const provider = (name: string, within?: string): Resource => ({
    type: "pulumi:providers:kubernetes",
    name,
    ...(within === undefined ? {} : { within }),
  });
  const bridge = pods("bridge", { hostNetwork: true });
  const on = (name: string): Resource => ({ ...bridge, provider: { type: "pulumi:providers:kubernetes", name } });
  const dropping = pool({ a: host(whole), b: host(whole) });
  const row = (title: string, expect: StackRow["expect"], ...resources: readonly Resource[]): StackRow => ({
    title,
    expect,
    resources: [network, ...resources],
  });
  return [
    row(
      "it passes pods on the network of hosts whose filter drops what is isolated",
      "passes",
      cluster,
      dropping,
      bridge,
    ),
    row(
      "also where all hosts have one filter",
      "passes",
      cluster,
      pool({ a: { files: {} } }, { [path]: whole }),
      bridge,
    ),
    row("also without a policy", "passes", cluster, dropping, pods("web")),
    row("also for hosts to come", "passes", { ...cluster, props: { rendered: { e: host(whole) } } }, dropping, bridge),
    row("a cluster of ours that shows no filter proves nothing", "is undetermined", cluster, bridge),
    row("nor without a policy for pods of a network of their own", "is undetermined", cluster, pods("web")),
    row("there a policy closes them", "passes", cluster, pods("web"), closed()),
    row(
      "an adopted cluster beside it may be where the pods are",
      { undetermined: /isolated from 10\.0\.0\.0\/16/ },
      cluster,
      dropping,
      isolating("AdoptedCluster"),
      bridge,
    ),
    {
      ...row(
        "who looked at the hosts of an adopted cluster has not looked at those of ours",
        "is undetermined",
        cluster,
        pool({ a: host(filter()) }),
        isolating("AdoptedCluster"),
        provider("uc", cluster.type),
        on("uc"),
      ),
      pack: { opaque: [{ resource: "it", reason: "hosts read by the team" }] },
    },
    row(
      "a pool outside the cluster is not asked",
      "is undetermined",
      cluster,
      { ...dropping, within: "a:b:C" },
      bridge,
    ),
    row(
      "a filter that is not known proves nothing",
      "is undetermined",
      cluster,
      pool({ a: host(unknownString) }),
      bridge,
    ),
    row("nor does a list of hosts that is not known", "is undetermined", cluster, pool(unknownString), bridge),
    row("one host that lets through is enough", "is undetermined", cluster, pool({ a: host(whole), b: {} }), bridge),
    row(
      "hosts to come are asked, too",
      "is undetermined",
      { ...cluster, props: { rendered: { e: host(filter()) } } },
      dropping,
      bridge,
    ),
    row(
      "a filter that drops one of two ranges lets the other through",
      "is undetermined",
      cluster,
      pool({ a: host(filter("10.0.0.0/16")) }),
      bridge,
    ),
    {
      ...row("nor does it drop what the pack's configuration adds", "is undetermined", cluster, dropping, bridge),
      pack: { isolated: ["10.9.0.0/16"] },
    },
    ...(
      [
        ["a filter that drops on the way in only", (text: string) => text.replace("hook postrouting", "hook output")],
        ["a filter that drops on the way out only", (text: string) => text.replace("hook prerouting", "hook input")],
        ["a filter that drops what comes from there only", (text: string) => text.replace(/^.* daddr @.*$/gm, "")],
        ["a filter that drops what goes there only", (text: string) => text.replace(/^.* saddr @.*$/gm, "")],
        [
          "a filter that lets something through before",
          (text: string) => text.replace(/^( *ip saddr @)/gm, "tcp dport 25 accept\n$1"),
        ],
        ["a filter whose drops are comments", (text: string) => text.replace(/^( *ip6? [sd]addr)/gm, "# $1")],
        [
          "a filter with drops on a condition",
          (text: string) => text.replace(/(@isolated_ip6?) counter drop/g, "$1 tcp dport 25 drop"),
        ],
        ["a text that is none", () => "drop everything"],
      ] as const
    ).map(([title, change]) =>
      row(`${title} proves nothing`, "is undetermined", cluster, pool({ a: host(change(whole)) }), bridge),
    ),
    row(
      "pods are on the cluster whose provider makes them",
      "passes",
      cluster,
      dropping,
      isolating("AdoptedCluster"),
      provider("uc", cluster.type),
      provider("theirs", "sovereign-uc:index:AdoptedCluster"),
      on("uc"),
    ),
    row(
      "so those of an adopted cluster beside one of ours are not isolated by its hosts",
      "is undetermined",
      cluster,
      dropping,
      isolating("AdoptedCluster"),
      provider("uc", cluster.type),
      provider("theirs", "sovereign-uc:index:AdoptedCluster"),
      on("theirs"),
    ),
    row(
      "nor are those of a cluster that is known by a kubeconfig only",
      "is undetermined",
      cluster,
      dropping,
      provider("uc", cluster.type),
      provider("by-kubeconfig"),
      on("by-kubeconfig"),
    ),
    row(
      "nor where two providers have one name",
      "is undetermined",
      cluster,
      dropping,
      provider("uc", cluster.type),
      provider("uc"),
      on("uc"),
    ),
    row(
      "nor where the provider is not said, and one of them is no part of a cluster of ours",
      "is undetermined",
      cluster,
      dropping,
      provider("uc", cluster.type),
      provider("by-kubeconfig"),
      bridge,
    ),
    {
      ...row(
        "who looked at the hosts of one adopted cluster has not looked at those of another",
        "is undetermined",
        isolating("AdoptedCluster"),
        { ...isolating("ManagedCluster"), name: "managed" },
        bridge,
      ),
      pack: { opaque: [{ resource: "it", reason: "hosts read by the team" }] },
    },
  ];
}

/** Pods on a cluster whose hosts nobody here filters. */
function walled(): readonly StackRow[] {
  const strange = isolating("AdoptedCluster");
  const own = isolating("Cluster");
  const reviewed = {
    pack: { isolated: ["10.0.0.0/16"], opaque: [{ resource: "it", reason: "hosts read by the team" }] },
  };
  const row = (
    title: string,
    expect: StackRow["expect"],
    resources: readonly Resource[],
    more: object = {},
  ): StackRow => ({
    title,
    expect,
    resources,
    ...more,
  });
  return [
    row("it cannot say that pods on an adopted cluster are isolated where no policy closes them", "is undetermined", [
      strange,
      pods("web"),
    ]),
    row("nor on a managed one", "is undetermined", [isolating("ManagedCluster"), pods("web")]),
    row("nor where only the pack's configuration says what is isolated", "is undetermined", [pods("web")], isolated),
    row("it passes pods that a policy of their namespace closes in both directions", "passes", [
      strange,
      pods("web"),
      closed(),
    ]),
    row("pods of another namespace stay open", "is undetermined", [strange, pods("web", {}, "other"), closed()]),
    row("a policy that closes one direction only leaves the other open", "is undetermined", [
      strange,
      pods("web"),
      closed({ policyTypes: ["Ingress"] }),
    ]),
    row("a policy without types closes outwards only with rules outwards", "is undetermined", [
      strange,
      pods("web"),
      other("networking.k8s.io/v1:NetworkPolicy", { podSelector: {}, ingress: [] }),
    ]),
    row("a policy for other pods closes nothing here", "is undetermined", [
      strange,
      pods("web"),
      closed({ podSelector: { matchLabels: { app: "db" } } }),
    ]),
    row("a policy by labels and expressions closes the pods that it selects", "passes", [
      strange,
      pods("web"),
      closed({
        podSelector: {
          matchLabels: { app: "web" },
          matchExpressions: [
            { key: "app", operator: "In", values: ["web"] },
            { key: "tier", operator: "DoesNotExist" },
            { key: "app", operator: "Exists" },
            { key: "app", operator: "NotIn", values: ["db"] },
          ],
        },
      }),
    ]),
    row("an expression that does not hold selects nothing", "is undetermined", [
      strange,
      pods("web"),
      closed({ podSelector: { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] } }),
    ]),
    row("a selector that is not known selects nothing for certain", "is undetermined", [
      strange,
      pods("web"),
      closed({ podSelector: unknownString }),
    ]),
    row("pods on their hosts' network are outside every policy", "is undetermined", [
      strange,
      pods("bridge", { hostNetwork: true }),
      closed(),
    ]),
    row(
      "somebody who looked at the hosts of the cluster can accept that",
      "passes",
      [strange, pods("bridge", { hostNetwork: true }), closed()],
      reviewed,
    ),
    row("such an acceptance closes no pods", "is undetermined", [strange, pods("web")], reviewed),
    ...ours(),
    row("one cluster of ours says nothing about an adopted one beside it", "is undetermined", [
      own,
      strange,
      pods("web"),
    ]),
    row("policies of Cilium close pods, too", "passes", [
      strange,
      pods("web"),
      other("cilium.io/v2:CiliumNetworkPolicy", {
        endpointSelector: { matchLabels: { "k8s:app": "web" } },
        ingress: [],
        egress: [],
      }),
    ]),
    row("one of Cilium's without a default denial closes nothing", "is undetermined", [
      strange,
      pods("web"),
      other("cilium.io/v2:CiliumNetworkPolicy", {
        endpointSelector: {},
        ingress: [],
        egress: [],
        enableDefaultDeny: { egress: false },
      }),
    ]),
    row("policies of Calico for everything close pods, too", "passes", [
      strange,
      pods("web"),
      other("projectcalico.org/v3:GlobalNetworkPolicy", { selector: "all()", types: ["Ingress", "Egress"] }, {}),
    ]),
    row("one of Calico's for a selection is not read", "is undetermined", [
      strange,
      pods("web"),
      other("projectcalico.org/v3:GlobalNetworkPolicy", { selector: "app == 'web'", types: ["Ingress", "Egress"] }, {}),
    ]),
    ...["StatefulSet", "DaemonSet", "ReplicaSet"].map((kind) =>
      row(`a ${kind} has pods, too`, "is undetermined", [
        strange,
        { ...pods("web"), type: `kubernetes:apps/v1:${kind}` },
      ]),
    ),
    row("a Pod is one itself", "is undetermined", [strange, other("core/v1:Pod", { containers: [] })]),
    row("a CronJob has pods, too", "is undetermined", [strange, other("batch/v1:CronJob", {})]),
    row("nothing is asked where nothing is isolated", "says nothing", [pods("web")]),
  ];
}

describe("UC-NET-001 mail-directory-unreachable", () => {
  shape(mailDirectoryUnreachable);
  table(mailDirectoryUnreachable, [
    {
      title: "it accepts a balancer's web port",
      resource: service({ listenPort: 443 }),
      expect: "passes",
    },
    {
      title: "it refuses a balancer's directory port, which is open to everybody",
      resource: service({ listenPort: 636 }),
      expect: /the balancer's port 636, which opens .*636 inwards/,
    },
    // Services of firewalld with the port of theirs that is to be closed, in the tests' own words.
    ...(
      [
        ["afp", "548"],
        ["freeipa-4", "389"],
        ["freeipa-ldap", "389"],
        ["freeipa-ldaps", "636"],
        ["freeipa-trust", "389"],
        ["netbios-ns", "137"],
        ["nfs3", "2049"],
        ["rpc-bind", "111"],
        ["samba", "445"],
        ["samba-client", "137"],
        ["samba-dc", "389"],
        ["smtp-submission", "587"],
        ["vdsm", "5985"],
      ] as const
    ).map(([name, port]) => ({
      title: `it knows the port of firewalld's ${name}`,
      resource: {
        type: "hcloud:index/server:Server",
        props: { userData: `#!/bin/sh\nfirewall-cmd --permanent --add-service=${name}\n` },
      },
      expect: new RegExp(`opens .*\\b${port}\\b`),
    })),
    {
      title: "it takes the usual port where a balancer names none",
      resource: service({ protocol: "http" }),
      expect: "passes",
    },
    {
      title: "it accepts the platform's own ports",
      resource: firewall(web, { ...web, protocol: "udp", port: "49152-65535" }),
      expect: "passes",
    },
    ...[
      "25",
      "465",
      "587",
      "110",
      "143",
      "993",
      "995",
      "88",
      "135",
      "137-139",
      "389",
      "445",
      "464",
      "636",
      "3268",
      "3269",
      "5985",
      "5986",
      "9389",
    ].map((port) => ({
      title: `it refuses port ${port} inwards`,
      resource: firewall(web, { ...web, port }),
      expect: /found rule 2 \(in tcp [\d-]+\), which opens .* inwards/,
    })),
    {
      title: "it refuses mail outwards",
      resource: firewall({ direction: "out", protocol: "tcp", port: "25", destinationIps: ["198.51.100.7/32"] }),
      expect: /SMTP 25 outwards/,
    },
    {
      title: "it refuses a range that holds such a port",
      resource: firewall({ ...web, port: "400-500" }),
      expect: /SMTP over TLS 465, Kerberos passwords 464, SMB 445/,
    },
    { title: "it refuses every port", resource: firewall({ ...web, port: "any" }), expect: /and 17 more/ },
    {
      title: "it refuses a rule without a port",
      resource: firewall({ ...web, port: undefined }),
      expect: /every port/,
    },
    {
      title: "it knows which services answer over TCP only",
      resource: firewall({ ...web, protocol: "udp", port: "1024-65535" }),
      expect: "passes",
    },
    {
      title: "it refuses LDAP over UDP",
      resource: firewall({ ...web, protocol: "udp", port: "389" }),
      expect: /LDAP 389/,
    },
    {
      title: "it says nothing against ICMP",
      resource: firewall({ direction: "in", protocol: "icmp", sourceIps: ["0.0.0.0/0"] }),
      expect: "passes",
    },
    { title: "it passes a firewall that opens nothing", resource: firewall(), expect: "passes" },
    { title: "it reads Exoscale's rules", resource: group({ startPort: 443, endPort: 443 }), expect: "passes" },
    {
      title: "it refuses LDAP in Exoscale's rules",
      resource: group({ startPort: 389, endPort: 389 }),
      expect: /LDAP 389 inwards/,
    },
    {
      title: "it refuses Exoscale's rule without ports, which opens all of them",
      resource: group({ type: "EGRESS" }),
      expect: /outwards/,
    },
    {
      title: "it reads an egress rule of Exoscale",
      resource: group({ type: "EGRESS", startPort: 20, endPort: 30 }),
      expect: /the rule \(out tcp 20-30\), which opens SMTP 25 outwards/,
    },
    {
      title: "it says nothing against ports among members of a group",
      resource: group({ cidr: undefined, userSecurityGroupId: "a", startPort: 389, endPort: 389 }),
      expect: "passes",
    },
    {
      title: "it accepts a policy with ports and peers",
      resource: policy({
        egress: [{ to: [{ ipBlock: { cidr: "10.20.0.10/32" } }], ports: [{ protocol: "TCP", port: 3128 }] }],
      }),
      expect: "passes",
    },
    {
      title: "it refuses a policy that lets everything out",
      resource: policy({ egress: [{}] }),
      expect: /spec\.egress\[0\], which opens/,
    },
    {
      title: "it refuses a policy that lets a range in on every port",
      resource: policy({ ingress: [{ from: [{ ipBlock: { cidr: "192.0.2.0/24" } }] }] }),
      expect: /spec\.ingress\[0\]/,
    },
    {
      title: "it refuses mail in a policy's range of ports",
      resource: policy({
        egress: [{ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ port: 580, endPort: 600 }] }],
      }),
      expect: /submission 587/,
    },
    {
      title: "it accepts pods that talk to each other on any port",
      resource: policy({ ingress: [{ from: [{ podSelector: {} }] }], egress: [{ to: [{ namespaceSelector: {} }] }] }),
      expect: "passes",
    },
    {
      title: "it passes a policy that denies everything",
      resource: policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
      expect: "passes",
    },
    {
      title: "it refuses a peer in an isolated range",
      ...isolated,
      resource: firewall({ ...web, sourceIps: ["10.0.7.0/24"] }),
      expect: /peer 10\.0\.7\.0\/24, which contains the isolated range 10\.0\.0\.0\/16/,
    },
    {
      title: "it refuses a peer that holds an isolated range",
      ...isolated,
      resource: firewall({ ...web, sourceIps: ["10.0.0.0/8"] }),
      expect: /name a smaller peer/,
    },
    {
      title: "it refuses it in its IPv6 form too",
      ...isolated,
      resource: firewall({ ...web, sourceIps: ["::ffff:10.0.7.0/120"] }),
      expect: /isolated range/,
    },
    {
      title: "it lets a cloud's firewall say everybody, which it cannot cut",
      ...isolated,
      resource: firewall(web),
      expect: "passes",
    },
    {
      title: "it demands the cut of a policy, which can",
      ...isolated,
      resource: policy({ egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443 }] }] }),
      expect: /add 10\.0\.0\.0\/16 to ipBlock\.except/,
    },
    {
      title: "it accepts a policy with the cut",
      ...isolated,
      resource: policy({
        egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }], ports: [{ port: 443 }] }],
      }),
      expect: "passes",
    },
    {
      title: "it refuses a route into an isolated range",
      ...isolated,
      resource: route("10.0.0.0/8"),
      expect: /a route to 10\.0\.0\.0\/8/,
    },
    {
      title: "it refuses a default route, which holds it too",
      ...isolated,
      resource: route("0.0.0.0/0"),
      expect: /a route to 0\.0\.0\.0\/0/,
    },
    {
      title: "it refuses a link to a site in an isolated range",
      ...isolated,
      resource: link("10.20.0.0/24", "10.0.7.0/24"),
      expect: /a route to 10\.0\.7\.0\/24, which contains the isolated range 10\.0\.0\.0\/16/,
    },
    {
      title: "it accepts a link between sites outside",
      ...isolated,
      resource: link("10.20.0.0/24", "10.30.0.0/24"),
      expect: "passes",
    },
    {
      title: "it cannot judge a link whose sites are not known",
      ...isolated,
      resource: link("10.20.0.0/24", unknownString),
      expect: "is undetermined",
    },
    {
      title: "it accepts the web port of a balancer on Exoscale",
      resource: { type: "exoscale:index/nlbService:NlbService", props: { port: 443, protocol: "tcp" } },
      expect: "passes",
    },
    {
      title: "it refuses the directory port of a balancer on Exoscale, which is open to everybody",
      resource: { type: "exoscale:index/nlbService:NlbService", props: { port: 636, targetPort: 30636 } },
      expect: /the balancer's port 636, which opens .*636 inwards/,
    },
    {
      title: "it cannot judge a balancer's port that is not known",
      resource: { type: "exoscale:index/nlbService:NlbService", props: { port: unknownString } },
      expect: "is undetermined",
    },
    { title: "it accepts a route elsewhere", ...isolated, resource: route("10.30.0.0/16"), expect: "passes" },
    {
      title: "it reads openings that our pools declare",
      resource: {
        type: "sovereign-uc:index:HostPool",
        props: {
          openings: [{ direction: "out", protocol: "tcp", port: [380, 400], peers: ["192.0.2.1/32"], reason: "a" }],
        },
      },
      expect: /openings\[0\], which opens LDAP 389 outwards/,
    },
    {
      title: "it reads what our gateways let out",
      resource: {
        type: "sovereign-uc:index:Gateway",
        props: { egress: [{ host: "relay.crisis.example.ch", port: 587, reason: "a" }] },
      },
      expect: /egress\[0\], which opens submission 587 outwards/,
    },
    {
      title: "it cannot judge rules that are not known",
      resource: { type: "hcloud:index/firewall:Firewall", props: { rules: unknownString } },
      expect: "is undetermined",
    },
    {
      title: "it refuses what it knows beside what it does not",
      resource: firewall({ ...web, port: "25" }, { ...web, sourceIps: [unknownString] }),
      expect: /SMTP 25/,
    },
    {
      title: "it cannot judge a route that is not known",
      resource: route(unknownString),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about what filters nothing",
      resource: { type: "hcloud:index/server:Server", props: { name: "a" } },
      expect: "says nothing",
    },
  ]);
  stackTable(mailDirectoryUnreachable, [
    {
      title: "it knows what a network declares after the filter",
      resources: [firewall({ ...web, sourceIps: ["10.0.7.0/24"] }), network],
      expect: /isolated range 10\.0\.0\.0\/16/,
    },
    {
      title: "it knows declared IPv6 ranges",
      resources: [network, firewall({ ...web, sourceIps: ["2001:db8:0:7::/64"] })],
      expect: /2001:db8::\/48/,
    },
    {
      title: "it judges the route that a resource was given, where the state says it in another way",
      resources: [network, { type: "hcloud:index/networkRoute:NetworkRoute", props: { destination: "10.0.5.0/24" } }],
      outputs: [network, { type: "hcloud:index/networkRoute:NetworkRoute", props: { destination: "192.0.2.0/24" } }],
      expect: /a route to 10\.0\.5\.0\/24/,
    },
    {
      title: "it judges the texts that a resource was given, where the state has none of them",
      resources: [network, { type: "docker:index/container:Container", props: { command: ["curl http://10.0.5.9/"] } }],
      outputs: [network, { type: "docker:index/container:Container", props: {} }],
      expect: /10\.0\.5\.9 in command\[0\], which is in the isolated range 10\.0\.0\.0\/16/,
    },
    {
      title: "it remembers what a component was given, which its outputs do not say",
      resources: [
        {
          type: "sovereign-uc:index:HostPool",
          props: { openings: [{ direction: "in", protocol: "tcp", port: 443, peers: ["10.0.7.0/24"] }] },
        },
        network,
      ],
      outputs: [
        { type: "sovereign-uc:index:HostPool", props: {} },
        { ...network, props: {} },
      ],
      expect: /openings\[0\] with the peer 10\.0\.7\.0\/24/,
    },
    ...["AdoptedCluster", "ManagedCluster"].flatMap((cluster) => [
      {
        title: `it refuses a network policy towards what an ${cluster} is isolated from`,
        resources: [
          policy({ egress: [{ to: [{ ipBlock: { cidr: "10.0.7.0/24" } }], ports: [{ port: 8443 }] }] }),
          isolating(cluster),
        ],
        expect: /spec\.egress\[0\] with the peer 10\.0\.7\.0\/24, which contains the isolated range 10\.0\.0\.0\/16/,
      },
      {
        title: `it refuses a network policy that lets everybody in but for other ranges, on an ${cluster}`,
        resources: [
          isolating(cluster),
          policy({ ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.1.0.0/16"] } }] }] }),
        ],
        expect: /add 10\.0\.0\.0\/16 to ipBlock\.except/,
      },
      {
        title: `it refuses a rule of a security group towards what an ${cluster} is isolated from`,
        resources: [isolating(cluster), group({ cidr: "10.0.7.0/24", startPort: 443, endPort: 443 })],
        expect: /isolated range 10\.0\.0\.0\/16/,
      },
      {
        title: `it passes a network policy that cuts out what an ${cluster} is isolated from`,
        resources: [
          isolating(cluster),
          policy({
            egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/16"] } }], ports: [{ port: 8443 }] }],
          }),
        ],
        expect: "passes" as const,
      },
    ]),
    ...walled(),
    { title: "it passes filters that stay outside", resources: [network, firewall(web)], expect: "passes" },
    { title: "it says nothing where nothing is declared", resources: [firewall(web)], expect: "says nothing" },
  ]);
});
