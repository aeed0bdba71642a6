/** Ways out, ways in for everybody, and those of administrators. */
import { adminPlane } from "../../../policies/rules/adm-001-admin-plane";
import { egressDefaultDeny } from "../../../policies/rules/net-003-egress-default-deny";
import { publicExposure } from "../../../policies/rules/net-004-public-exposure";
import { adminPorts, publicPorts } from "../../../policies/facts/public-ports";
import { type Resource, shape, stackTable, table, unknownString } from "../support";
import { host, map } from "./fixtures";

const everybody = ["0.0.0.0/0", "::/0"];

const wall = (...rules: readonly unknown[]): Resource => ({ type: "hcloud:index/firewall:Firewall", props: { rules } });
const into = (port: string, sourceIps: unknown = everybody, protocol = "tcp") => ({
  direction: "in",
  protocol,
  port,
  sourceIps,
});
const out = (port: string, destinationIps: unknown = everybody, protocol = "tcp") => ({
  direction: "out",
  protocol,
  port,
  destinationIps,
});
const group = (props: object): Resource => ({
  type: "exoscale:index/securityGroupRule:SecurityGroupRule",
  props: { ...props },
});
const policy = (spec: object, namespace = "a"): Resource => ({
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  name: `policy-${namespace}`,
  props: { metadata: { namespace }, spec },
});
const service = (spec: object): Resource => ({ type: "kubernetes:core/v1:Service", props: { spec } });

describe("UC-NET-003 egress-default-deny", () => {
  const closed = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };
  const pods = (namespace: string, spec: object = {}): Resource => ({
    type: "kubernetes:apps/v1:Deployment",
    name: "web",
    props: { metadata: { namespace }, spec: { template: { metadata: { labels: { app: "web" } }, spec } } },
  });
  const server = (props: object): Resource => ({
    type: "hcloud:index/server:Server",
    name: "gate",
    props: { ...props },
  });
  shape(egressDefaultDeny);
  table(egressDefaultDeny, [
    {
      title: "it accepts single ports to single ranges",
      resource: wall(into("443"), out("853", ["192.0.2.53/32"])),
      expect: "passes",
    },
    {
      title: "it accepts a single port to everybody at a host, whose proxy knows names",
      resource: wall(out("443")),
      expect: "passes",
    },
    { title: "it accepts media to everybody", resource: wall(out("1024-65535", everybody, "udp")), expect: "passes" },
    { title: "it accepts what has no ports", resource: wall(out("", everybody, "icmp")), expect: "passes" },
    {
      title: "it refuses every port to everybody",
      resource: wall(out("any")),
      expect: /lets tcp 1-65535 out to everybody/,
    },
    { title: "it refuses a few ports to everybody", resource: wall(out("443-444")), expect: /lets tcp 443-444 out/ },
    {
      title: "it refuses low ports of UDP",
      resource: wall(out("53-60000", everybody, "udp")),
      expect: /lets udp 53-60000 out/,
    },
    {
      title: "it refuses everybody in two halves",
      resource: wall(out("any", ["0.0.0.0/1", "128.0.0.0/1"])),
      expect: /out to everybody/,
    },
    { title: "it refuses high ports of TCP", resource: wall(out("1024-65535")), expect: /lets tcp 1024-65535 out/ },
    {
      title: "it waits for a rule that is not known, which may be one outwards",
      resource: wall(into("443"), unknownString),
      expect: "is undetermined",
    },
    {
      title: "it cannot judge a policy whose way out is not known",
      resource: policy({ podSelector: {}, egress: unknownString }),
      expect: "is undetermined",
    },
    { title: "it refuses everybody of IPv6", resource: wall(out("any", ["2000::/3"])), expect: /out to everybody/ },
    {
      title: "it refuses everybody of IPv4 in its other form",
      resource: wall(out("any", ["::ffff:0.0.0.0/96"])),
      expect: /out to everybody/,
    },
    { title: "it accepts a wide range of one's own", resource: wall(out("any", ["10.0.0.0/8"])), expect: "passes" },
    {
      title: "it refuses a firewall of Hetzner's without a rule outwards",
      resource: wall(into("443")),
      expect: /no rule outwards, so that everything goes out/,
    },
    { title: "it refuses one without any rule", resource: wall(), expect: /no rule outwards/ },
    {
      title: "it cannot judge rules that are not known",
      resource: { type: "hcloud:index/firewall:Firewall", props: { rules: unknownString } },
      expect: "is undetermined",
    },
    {
      title: "it refuses every protocol in a security group",
      resource: group({ type: "EGRESS", protocol: "ALL", cidr: "0.0.0.0/0" }),
      expect: /lets everything out to everybody/,
    },
    {
      title: "it says nothing about what comes in",
      resource: group({ type: "INGRESS", protocol: "TCP", startPort: 443, cidr: "0.0.0.0/0" }),
      expect: "says nothing",
    },
    {
      title: "it refuses a policy that names nobody",
      resource: policy({ podSelector: {}, egress: [{ ports: [{ port: 443 }] }] }),
      expect: /spec\.egress\[0\], which lets tcp 443 out to everybody/,
    },
    {
      title: "it refuses a policy that names everybody",
      resource: policy({
        podSelector: {},
        egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443 }] }],
      }),
      expect: /out to everybody/,
    },
    {
      title: "it refuses a rule that is empty",
      resource: policy({ podSelector: {}, egress: [{}] }),
      expect: /lets everything out/,
    },
    {
      title: "it accepts pods by their labels",
      resource: policy({ podSelector: {}, egress: [{ to: [{ podSelector: {} }] }] }),
      expect: "passes",
    },
    {
      title: "it refuses the world of Cilium",
      resource: {
        type: "kubernetes:cilium.io/v2:CiliumNetworkPolicy",
        props: { spec: { endpointSelector: {}, egress: [{ toEntities: ["world"] }] } },
      },
      expect: /lets everything out/,
    },
    {
      title: "it says nothing about a namespace",
      resource: { type: "kubernetes:core/v1:Namespace" },
      expect: "says nothing",
    },
  ]);
  stackTable(egressDefaultDeny, [
    {
      title: "it accepts pods in a namespace that is closed",
      resources: [pods("a"), policy(closed)],
      expect: "passes",
    },
    {
      title: "it refuses pods without a policy",
      resources: [pods("a")],
      expect: /pods of "web", which no policy of this stack closes outwards/,
    },
    {
      title: "it refuses pods whose namespace is closed inwards only",
      resources: [pods("a"), policy({ podSelector: {}, policyTypes: ["Ingress"] })],
      expect: /closes outwards/,
    },
    {
      title: "it refuses pods in another namespace than the policy",
      resources: [pods("b"), policy(closed)],
      expect: /closes outwards/,
    },
    {
      title: "it leaves pods on the network of their host to the host",
      resources: [pods("a", { hostNetwork: true })],
      expect: "passes",
    },
    {
      title: "it refuses a public server without a firewall",
      resources: [server({})],
      expect: /"gate" with a public address and without firewallIds/,
    },
    {
      title: "it refuses one that has only one family",
      resources: [server({ publicNets: [{ ipv4Enabled: false }] })],
      expect: /without firewallIds/,
    },
    {
      title: "it refuses one that has only the other family",
      resources: [server({ publicNets: [{ ipv6Enabled: false }] })],
      expect: /without firewallIds/,
    },
    {
      title: "it refuses one of whose two networks one is public",
      resources: [server({ publicNets: [{ ipv4Enabled: false, ipv6Enabled: false }, {}] })],
      expect: /without firewallIds/,
    },
    {
      title: "it cannot judge firewalls that are not known",
      resources: [server({ firewallIds: unknownString })],
      expect: { undetermined: /firewallIds of "gate" is not known before the update/ },
    },
    ...[
      ["tier = gate", "passes" as const],
      ["tier", "passes" as const],
      ["role", /without firewallIds/],
      ["", /without firewallIds/],
    ].map(([labelSelector, expect]) => ({
      title: `it takes a firewall for "${String(labelSelector)}" as it says`,
      resources: [
        server({ labels: { tier: "gate" } }),
        { ...wall(), props: { rules: [out("443")], applyTos: [{ labelSelector }] } },
      ],
      expect: expect as "passes" | RegExp,
    })),
    {
      title: "it accepts an attachment that names the server's labels",
      resources: [
        server({ labels: { tier: "gate" } }),
        {
          type: "hcloud:index/firewallAttachment:FirewallAttachment",
          props: { firewallId: 1, labelSelectors: ["tier=gate"] },
        },
      ],
      expect: "passes",
    },
    {
      title: "it takes the target of a balancer for no firewall",
      resources: [
        server({ labels: { tier: "gate" } }),
        { type: "hcloud:index/loadBalancerTarget:LoadBalancerTarget", props: { labelSelector: "tier=gate" } },
      ],
      expect: /without firewallIds/,
    },
    {
      title: "it cannot judge a firewall that names a server by its number",
      resources: [server({}), { ...wall(), props: { rules: [out("443")], applyTos: [{ server: 2 }] } }],
      expect: { undetermined: /whether a firewall that names servers by number is before "gate"/ },
    },
    {
      title: "it goes by what a policy was given, whatever its outputs say",
      resources: [pods("a"), policy(closed)],
      outputs: [pods("a"), { ...policy(closed), props: { metadata: { namespace: "a" } } }],
      expect: "passes",
    },
    ...["web", "urn:pulumi:test::project::kubernetes:apps/v1:Deployment::web"].map((resource) => ({
      title: `it accepts pods that somebody has looked at as ${resource}`,
      resources: [pods("a")],
      pack: { opaque: [{ resource, reason: "read by the team" }] },
      expect: "passes" as const,
    })),
    {
      title: "it refuses pods beside others that somebody has looked at",
      resources: [pods("a")],
      pack: { opaque: [{ resource: "other", reason: "read by the team" }] },
      expect: /closes outwards/,
    },
    {
      title: "it cannot judge pods that may be on the network of their host",
      resources: [pods("a", { hostNetwork: unknownString })],
      expect: { undetermined: /whether pods of "web" share their host's network is not known/ },
    },
    {
      title: "it cannot judge pods whose namespace is not known",
      resources: [pods(unknownString)],
      expect: { undetermined: /the namespace of "web" is not known/ },
    },
    { title: "it refuses an empty list", resources: [server({ firewallIds: [] })], expect: /without firewallIds/ },
    { title: "it accepts a server with a firewall", resources: [server({ firewallIds: [1] })], expect: "passes" },
    {
      title: "it accepts a private server",
      resources: [server({ publicNets: [{ ipv4Enabled: false, ipv6Enabled: false }] })],
      expect: "passes",
    },
    {
      title: "it accepts a firewall that names the server's labels",
      resources: [
        server({ labels: { tier: "gate" } }),
        { ...wall(out("443")), props: { rules: [out("443")], applyTos: [{ labelSelector: "tier=gate" }] } },
      ],
      expect: "passes",
    },
    {
      title: "it refuses one that names other labels",
      resources: [
        server({ labels: { tier: "gate" } }),
        { ...wall(out("443")), props: { rules: [out("443")], applyTos: [{ labelSelector: "tier=web" }] } },
      ],
      expect: /without firewallIds/,
    },
    {
      title: "it cannot judge one that names servers by number",
      resources: [
        server({}),
        { type: "hcloud:index/firewallAttachment:FirewallAttachment", props: { firewallId: 1, serverIds: [2] } },
      ],
      expect: { undetermined: /whether a firewall that names servers by number is before "gate"/ },
    },
    {
      title: "it refuses a public instance without a security group",
      resources: [{ type: "exoscale:index/computeInstance:ComputeInstance", name: "gate", props: {} }],
      expect: /without securityGroupIds/,
    },
    {
      title: "it accepts a private instance",
      resources: [{ type: "exoscale:index/computeInstance:ComputeInstance", props: { private: true } }],
      expect: "passes",
    },
    {
      title: "it refuses a pool without a security group",
      resources: [{ type: "exoscale:index/instancePool:InstancePool", name: "pool", props: {} }],
      expect: /"pool".*without securityGroupIds/,
    },
    {
      title: "it says nothing about a stack without machines and pods",
      resources: [{ type: "hcloud:index/network:Network" }],
      expect: "says nothing",
    },
  ]);
});

describe("UC-NET-004 public-exposure", () => {
  shape(publicExposure);
  table(publicExposure, [
    { title: "it accepts the web", resource: wall(into("443"), into("80")), expect: "passes" },
    {
      title: "it accepts media",
      resource: wall(into("10000", everybody, "udp"), into("16384-32768", everybody, "udp")),
      expect: "passes",
    },
    ...(
      [
        ["443", "tcp udp"],
        ["80", "tcp"],
        ["3478", "tcp udp"],
        ["5349", "tcp udp"],
        ["49152-65535", "udp"],
        ["5061", "tcp"],
        ["8448", "tcp"],
        ["10000", "udp"],
        ["7881", "tcp"],
        ["7882-7999", "udp"],
        ["50000-60000", "udp"],
        ["16384-32768", "udp"],
        ["20000-40000", "udp"],
        ["2465", "tcp"],
      ] as const
    ).flatMap(([port, protocols]) =>
      protocols.split(" ").map((protocol) => ({
        title: `it accepts ${protocol} ${port} to everybody`,
        resource: wall(into(port, everybody, protocol)),
        expect: "passes" as const,
      })),
    ),
    {
      title: "it accepts another port to a named range",
      resource: wall(into("8080", ["203.0.113.0/24"])),
      expect: "passes",
    },
    {
      title: "it refuses another port to everybody",
      resource: wall(into("8080")),
      expect: /opens tcp 8080 to everybody; allowed: to everybody: 443, 80, 3478, 5349, 49152-65535, /,
    },
    { title: "it accepts what has no ports", resource: wall(into("", everybody, "icmp")), expect: "passes" },
    {
      title: "it refuses every protocol",
      resource: group({ type: "INGRESS", protocol: "ALL", cidr: "0.0.0.0/0" }),
      expect: /opens every protocol 1-65535 to everybody/,
    },
    { title: "it refuses one to everybody of one family", resource: wall(into("8080", ["::/0"])), expect: /8080/ },
    {
      title: "it refuses one to everybody in halves",
      resource: wall(into("8080", ["128.0.0.0/1", "0.0.0.0/1"])),
      expect: /8080/,
    },
    {
      title: "it refuses one to a range that is nobody's own",
      resource: wall(into("8080", ["80.0.0.0/7"])),
      expect: /8080/,
    },
    {
      title: "it accepts one to a whole private network",
      resource: wall(into("8080", ["10.0.0.0/8"])),
      expect: "passes",
    },
    {
      title: "it refuses the web's port over the other protocol of media",
      resource: wall(into("10000", everybody, "tcp")),
      expect: /tcp 10000/,
    },
    {
      title: "it refuses a range that is wider than media needs",
      resource: wall(into("10000-10001", everybody, "udp")),
      expect: /udp 10000-10001/,
    },
    { title: "it refuses every port", resource: wall(into("any")), expect: /tcp 1-65535/ },
    {
      title: "it leaves single ports of administration, mail and SIP to their rules",
      resource: wall(into("22"), into("25"), into("5060")),
      expect: "passes",
    },
    {
      title: "it cannot judge rules that are not known",
      resource: { type: "hcloud:index/firewall:Firewall", props: { rules: unknownString } },
      expect: "is undetermined",
    },
    {
      title: "it refuses a rule of a security group",
      resource: group({ type: "INGRESS", protocol: "TCP", startPort: 8000, endPort: 8100, cidr: "0.0.0.0/0" }),
      expect: /tcp 8000-8100/,
    },
    {
      title: "it accepts a rule for another group",
      resource: group({ type: "INGRESS", protocol: "TCP", startPort: 8000, userSecurityGroupId: "x" }),
      expect: "passes",
    },
    {
      title: "it refuses a balancer's port",
      resource: {
        type: "hcloud:index/loadBalancerService:LoadBalancerService",
        props: { protocol: "tcp", listenPort: 8080, destinationPort: 80 },
      },
      expect: /the balancer's port 8080/,
    },
    {
      title: "it leaves alone what stands behind a balancer",
      resource: {
        type: "hcloud:index/loadBalancerService:LoadBalancerService",
        props: { protocol: "https", destinationPort: 8080 },
      },
      expect: "passes",
    },
    {
      title: "it refuses a port of Exoscale's balancer",
      resource: { type: "exoscale:index/nlbService:NlbService", props: { port: 8080, protocol: "tcp" } },
      expect: /8080/,
    },
    {
      title: "it cannot judge a balancer's port that is not known",
      resource: { type: "exoscale:index/nlbService:NlbService", props: { port: unknownString } },
      expect: "is undetermined",
    },
    {
      title: "it refuses a published Service",
      resource: service({ type: "LoadBalancer", ports: [{ port: 8080, targetPort: 80 }] }),
      expect: /spec\.ports\[0\], which opens tcp 8080/,
    },
    {
      title: "it refuses external addresses",
      resource: service({ externalIPs: ["203.0.113.5"], ports: [{ port: 8080 }] }),
      expect: /8080/,
    },
    {
      title: "it accepts a Service for named ranges",
      resource: service({
        type: "LoadBalancer",
        loadBalancerSourceRanges: ["203.0.113.0/24"],
        ports: [{ port: 8080 }],
      }),
      expect: "passes",
    },
    {
      title: "it refuses a Service for everybody by name",
      resource: service({
        type: "LoadBalancer",
        loadBalancerSourceRanges: ["203.0.113.0/24", "0.0.0.0/0"],
        ports: [{ port: 8080 }],
      }),
      expect: /8080/,
    },
    {
      title: "it accepts a Service within the cluster",
      resource: service({ ports: [{ port: 8080 }] }),
      expect: "passes",
    },
    {
      title: "it refuses a listener of a gateway",
      resource: {
        type: "kubernetes:gateway.networking.k8s.io/v1:Gateway",
        props: { spec: { listeners: [{ port: 8080, protocol: "HTTP" }] } },
      },
      expect: /8080/,
    },
    {
      title: "it says nothing about policies between pods",
      resource: policy({ podSelector: {}, ingress: [{}] }),
      expect: "says nothing",
    },
    {
      title: "it says nothing about a network",
      resource: { type: "hcloud:index/network:Network" },
      expect: "says nothing",
    },
  ]);
});

describe("UC-ADM-001 admin-plane", () => {
  const binding = (role: string, name: string, kind = "ClusterRoleBinding"): Resource => ({
    type: `kubernetes:rbac.authorization.k8s.io/v1:${kind}`,
    props: { roleRef: { name: role }, subjects: [{ kind: "Group", name }] },
  });
  const role = (rule: object): Resource => ({
    type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
    props: { rules: [rule] },
  });
  shape(adminPlane);
  table(adminPlane, [
    { title: "it accepts SSH from administrators", resource: wall(into("22", ["203.0.113.0/24"])), expect: "passes" },
    { title: "it refuses SSH from everybody", resource: wall(into("22")), expect: /opens SSH \(22\) to everybody/ },
    {
      title: "it refuses SSH from everybody in halves",
      resource: wall(into("22", ["0.0.0.0/1", "128.0.0.0/1"])),
      expect: /SSH/,
    },
    { title: "it refuses the Kubernetes API", resource: wall(into("6443")), expect: /the Kubernetes API \(6443\)/ },
    {
      title: "it refuses a range that holds a database",
      resource: wall(into("5000-6000")),
      expect: /PostgreSQL \(5432\)/,
    },
    {
      title: "it says how many more there are",
      resource: wall(into("any")),
      expect: new RegExp(`SSH \\(22\\), Telnet \\(23\\), RDP \\(3389\\) and ${adminPorts.length - 3} more`),
    },
    {
      title: "it tells the monitoring's ports from Kafka's between them",
      resource: wall(into("9092")),
      expect: /opens Kafka \(9092\) to everybody/,
    },
    {
      title: "it names each of them",
      resource: wall(into("9090-9100")),
      expect: /opens Prometheus \(9090\), Prometheus' Pushgateway \(9091\), Kafka \(9092\) and 2 more/,
    },
    {
      title: "it names three in full",
      resource: wall(into("3306-4222")),
      expect: /opens RDP \(3389\), MySQL \(3306\), NATS \(4222\) to everybody/,
    },
    // Ports as their programs name them, in the tests' own words: each end of a range, and the port beside it that belongs to nobody.
    ...(
      [
        ["SSH", "22", "21"],
        ["Telnet", "23", "24"],
        ["RDP", "3389", "3388"],
        ["VNC", "5900", "5899"],
        ["VNC", "5903", "5904"],
        ["Docker", "2375", "2374"],
        ["Docker", "2376", "2377"],
        ["etcd", "2379", "2378"],
        ["etcd", "2380", "2381"],
        ["the Kubernetes API", "6443", "6444"],
        ["the kubelet", "10250", "10251"],
        ["the scheduler and controllers of Kubernetes", "10255", "10254"],
        ["the scheduler and controllers of Kubernetes", "10259", "10260"],
        ["PostgreSQL", "5432", "5431"],
        ["MySQL", "3306", "3305"],
        ["MongoDB", "27017", "27016"],
        ["MongoDB", "27019", "27020"],
        ["Redis", "6379", "6378"],
        ["Redis Sentinel", "26379", "26378"],
        ["memcached", "11211", "11212"],
        ["Elasticsearch", "9200", "9199"],
        ["Elasticsearch", "9300", "9301"],
        ["NATS", "4222", "4223"],
        ["Prometheus", "9090", "9089"],
        ["Prometheus' Pushgateway", "9091", undefined],
        ["Kafka", "9092", undefined],
        ["Alertmanager", "9093", undefined],
        ["Alertmanager", "9094", "9095"],
        ["Prometheus' exporter of hosts", "9100", "9101"],
        ["Vault", "8200", "8199"],
        ["Vault", "8201", "8202"],
        ["Proxmox", "8006", "8005"],
      ] as const
    ).flatMap(([name, port, beside]) => [
      {
        title: `it knows port ${port} as one of ${name}`,
        resource: wall(into(port)),
        expect: new RegExp(`opens ${name} \\(`),
      },
      ...(beside === undefined
        ? []
        : [{ title: `it knows nothing of port ${beside}`, resource: wall(into(beside)), expect: "passes" as const }]),
    ]),
    { title: "it accepts what has no ports", resource: wall(into("", everybody, "icmp")), expect: "passes" },
    {
      title: "it refuses a port beside a rule that is not known",
      resource: wall(into("22"), unknownString),
      expect: /opens SSH/,
    },
    { title: "it accepts the same number over UDP", resource: wall(into("5432", everybody, "udp")), expect: "passes" },
    { title: "it accepts the web", resource: wall(into("443")), expect: "passes" },
    {
      title: "it refuses a database that a balancer publishes",
      resource: service({ type: "LoadBalancer", ports: [{ port: 5432 }] }),
      expect: /PostgreSQL/,
    },
    {
      title: "it cannot judge rules that are not known",
      resource: { type: "hcloud:index/firewall:Firewall", props: { rules: unknownString } },
      expect: "is undetermined",
    },
    {
      title: "it refuses passwords over SSH",
      resource: map({ sshd_config: "Port 22\nPasswordAuthentication yes\n" }),
      expect: /SSH with passwords in data\.sshd_config/,
    },
    {
      title: "it reads them without regard to case",
      resource: map({ sshd_config: "Port 22\npasswordauthentication YES\n" }),
      expect: /SSH with passwords/,
    },
    {
      title: "it leaves comments out",
      resource: map({ sshd_config: "Port 22\n#PasswordAuthentication yes\n" }),
      expect: "says nothing",
    },
    {
      title: "it refuses empty passwords",
      resource: map({ sshd_config: "Port 22\nPermitEmptyPasswords yes\n" }),
      expect: /empty passwords/,
    },
    {
      title: "it refuses root with a password",
      resource: map({ sshd_config: "Port 22\nPermitRootLogin yes\n" }),
      expect: /SSH as root/,
    },
    {
      title: "it accepts root with a key",
      resource: map({ sshd_config: "Port 22\nPermitRootLogin prohibit-password\n" }),
      expect: "says nothing",
    },
    {
      title: "it refuses passwords that cloud-init switches on",
      resource: host("#cloud-config\nssh_pwauth: true\n"),
      expect: /SSH with passwords in userData/,
    },
    {
      title: "it refuses them as text too",
      resource: host('#cloud-config\nssh_pwauth: "yes"\n'),
      expect: /SSH with passwords/,
    },
    {
      title: "it accepts that they are switched off",
      resource: host("#cloud-config\nssh_pwauth: false\n"),
      expect: "says nothing",
    },
    {
      title: "it finds a file that cloud-init writes",
      resource: host(
        "#cloud-config\nwrite_files:\n- path: /etc/ssh/sshd_config\n  content: |\n    Port 22\n    PermitRootLogin yes\n",
      ),
      expect: /SSH as root/,
    },
    ...[
      "PERMITROOTLOGIN=YES",
      "permitemptypasswords yes",
      "  PasswordAuthentication  yes # for now",
      "ssh_pwauth: true",
      "ssh_pwauth: 'yes'",
      "ssh_pwauth: 1",
      "ssh_pwauth: True",
    ].map((line) => ({
      title: `it refuses "${line}" in a script`,
      resource: host(`#!/bin/sh\ncat >/a <<E\n${line}\nE\n`),
      expect: /SSH (with|as)/,
    })),
    ...["PasswordAuthentication yes", "PermitEmptyPasswords yes", "PermitRootLogin yes", "ssh_pwauth: true"].flatMap(
      (line) =>
        [`we never write ${line}`, line.replace(/(yes|true)$/, "$1terday")].map((text) => ({
          title: `it takes "${text}" for no setting`,
          resource: host(`#!/bin/sh\ncat >/a <<E\n${text}\nE\n`),
          expect: "says nothing" as const,
        })),
    ),
    {
      title: "it refuses a role for everybody",
      resource: binding("cluster-admin", "system:authenticated"),
      expect: /the role cluster-admin for system:authenticated, which is everybody/,
    },
    {
      title: "it refuses one in a namespace",
      resource: binding("edit", "system:anonymous", "RoleBinding"),
      expect: /the role edit/,
    },
    ...["cluster-admin", "admin", "edit"].flatMap((name) =>
      ["anonymous", "unauthenticated", "authenticated", "serviceaccounts"].map((group) => ({
        title: `it refuses ${name} for ${group}`,
        resource: binding(name, `system:${group}`),
        expect: /which is everybody/,
      })),
    ),
    ...["namespace-admin", "edit-pods"].map((name) => ({
      title: `it accepts ${name} for everybody`,
      resource: binding(name, "system:authenticated"),
      expect: "passes" as const,
    })),
    ...["system:serviceaccounts:ci", "team:system:authenticated"].map((name) => ({
      title: `it accepts a role for ${name}`,
      resource: binding("edit", name),
      expect: "passes" as const,
    })),
    {
      title: "it cannot judge a role that is not known, for everybody",
      resource: binding(unknownString, "system:authenticated"),
      expect: { undetermined: /which role it gives to whom is not known/ },
    },
    {
      title: "it accepts a role that is not known for named people",
      resource: binding(unknownString, "platform-admins"),
      expect: "passes",
    },
    {
      title: "it cannot judge to whom a mighty role is given",
      resource: binding("edit", unknownString),
      expect: { undetermined: /to whom/ },
    },
    {
      title: "it accepts a small role for somebody who is not known",
      resource: binding("view", unknownString),
      expect: "passes",
    },
    {
      title: "it cannot judge a mighty role whose people are not known at all",
      resource: { ...binding("edit", ""), props: { roleRef: { name: "edit" }, subjects: unknownString } },
      expect: { undetermined: /to whom/ },
    },
    {
      title: "it accepts a role without a name",
      resource: { ...binding("", ""), props: { subjects: [{ name: "system:authenticated" }] } },
      expect: "passes",
    },
    {
      title: "it accepts a role for administrators",
      resource: binding("cluster-admin", "platform-admins"),
      expect: "passes",
    },
    {
      title: "it accepts a small role for everybody",
      resource: binding("system:discovery", "system:authenticated"),
      expect: "passes",
    },
    {
      title: "it refuses a role that allows everything",
      resource: role({ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }),
      expect: /rules\[0\] of a role, which allows everything/,
    },
    ...["apiGroups", "resources", "verbs"].map((key) => ({
      title: `it accepts one that names its ${key}`,
      resource: role({ apiGroups: ["*"], resources: ["*"], verbs: ["*"], [key]: ["a"] }),
      expect: "passes" as const,
    })),
    {
      title: "it accepts a role that reads everything",
      resource: role({ apiGroups: ["*"], resources: ["*"], verbs: ["get"] }),
      expect: "passes",
    },
    {
      title: "it says nothing about a network",
      resource: { type: "hcloud:index/network:Network" },
      expect: "says nothing",
    },
  ]);
  stackTable(adminPlane, [
    {
      title: "it reads what a component shows of its hosts",
      resources: [{ type: "sovereign-uc:index:Host", props: { files: ["Port 22\nPermitRootLogin yes\n"] } }],
      expect: /SSH as root/,
    },
  ]);
});

test("no port of administration is one that everybody may reach", () => {
  const both = adminPorts.filter((admin) =>
    publicPorts.some(
      ({ first, last, protocols }) => protocols.includes("tcp") && first <= admin.last && admin.first <= last,
    ),
  );
  expect(both).toEqual([]);
});
