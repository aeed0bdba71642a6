import { Cidr } from "../../../../components/core/cidr";
import { inbound, Opening, outbound } from "../../../../components/core/openings";
import { poolLabel } from "../../../../components/core/taints";
import { ruleset } from "../../../../components/recipe/nftables";
import type { ReportSource } from "../../../../stacks/tools/rehearsal/report/model";

/** A state of the shape that `pulumi stack export` prints, made by hand from the contract of the components: two clouds, all kinds of hosts and pods. */

const range = "10.20.0.0/24";
export const isolated = [
  { name: "directory", kind: "directory", ranges: ["10.0.0.0/20", "fd00:10::/48"] },
  { name: "mail", kind: "mail", ranges: ["10.0.16.0/24"] },
  { name: "file shares", kind: "files", ranges: ["10.0.17.0/24"] },
];
const pools = [
  { role: "gateway", count: 2, first: 10, type: "cpx22", door: true },
  { role: "control-plane", count: 3, first: 20, type: "cpx32", door: false },
  { role: "application", count: 3, first: 30, type: "cpx42", door: false },
  { role: "media", count: 3, first: 60, type: "ccx43", door: true },
] as const;

type Pool = (typeof pools)[number];

const anywhere = ["0.0.0.0/0", "::/0"];
const openings: Record<Pool["role"], readonly Opening[]> = {
  gateway: [
    inbound("tcp", 443, anywhere, "meetings"),
    inbound("tcp", 22, ["203.0.113.0/24"], "convergence and administration"),
    inbound("tcp", 3128, [range], "the proxy for private hosts"),
    outbound("tcp", 30443, ["10.20.0.30/32", "10.20.0.31/32", "10.20.0.32/32"], "meetings"),
    outbound("tcp", 853, ["192.0.2.53/32"], "names over TLS"),
  ],
  "control-plane": [
    inbound("tcp", 6443, [range], "Kubernetes API"),
    outbound("tcp", 3128, ["10.20.0.10/32"], "the gateways' proxy"),
  ],
  application: [
    inbound("tcp", 30443, ["10.20.0.10/32", "10.20.0.11/32"], "meetings"),
    outbound("tcp", 3128, ["10.20.0.10/32"], "the gateways' proxy"),
  ],
  media: [
    inbound("udp", 10000, anywhere, "media to the bridge"),
    inbound("tcp", 443, anywhere, "TURN over TLS"),
    inbound("udp", 3478, anywhere, "TURN"),
    inbound("udp", [49152, 65535], anywhere, "relayed media"),
    outbound("udp", [1024, 65535], anywhere, "media to participants"),
  ],
};

export const urn = (type: string, name: string): string => `urn:pulumi:crisis-hetzner::sovereign-uc::${type}::${name}`;

const component = (type: string, name: string, inputs: object, outputs: object = {}, parent = "") => ({
  urn: urn(`sovereign-uc:index:${type}`, name),
  type: `sovereign-uc:index:${type}`,
  custom: false,
  parent: parent === "" ? "" : urn(parent.split("::")[0] ?? "", parent.split("::")[1] ?? ""),
  inputs,
  outputs,
});

const custom = (type: string, name: string, id: string, inputs: object, outputs: object = inputs) => ({
  urn: urn(type, name),
  type,
  custom: true,
  id,
  inputs,
  outputs,
});

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "djE6xxxx" };

function poolResources({ role, count, first, type, door }: Pool): object[] {
  const name = `crisis-${role}`;
  const hosts = Array.from({ length: count }, (_, i) => ({
    name: `${name}-${i + 1}`,
    address: `10.20.0.${first + i}`,
  }));
  const podRange = Cidr.parse("10.42.0.0/16");
  const forwards = role === "gateway" ? [] : ([[podRange, podRange]] as const);
  const filter = ruleset({
    isolatedFrom: isolated.flatMap(({ ranges }) => ranges.map((text) => Cidr.parse(text))),
    openings: openings[role],
    forwards,
  });
  const rendered = Object.fromEntries(
    hosts.map((host) => [
      host.name,
      {
        userData: `#cloud-config\n${JSON.stringify({ hostname: host.name, runcmd: [["systemctl", "restart", "ssh"]] })}\n`,
        files: {
          "/etc/nftables.conf": filter,
          "/etc/apt/sources.list": "deb https://packages.crisis.example.ch/debian bookworm main\n",
          ...(role === "gateway"
            ? { "/etc/unbound/unbound.conf": "  forward-addr: 192.0.2.53@853#dns1.example.ch\n" }
            : {}),
        },
      },
    ]),
  );
  return [
    ...(role === "gateway"
      ? [
          component("Gateway", "crisis-gateway", {
            cloud: "hetzner",
            location: "fsn1",
            network: "crisis",
            type,
            count,
            hosts,
            administrators: ["203.0.113.0/24"],
            published: [
              {
                port: 443,
                protocol: "tcp",
                targets: ["10.20.0.30"],
                targetPort: 30443,
                proxyProtocol: true,
                reason: "meetings",
                from: anywhere,
              },
              {
                port: 6443,
                protocol: "tcp",
                targets: ["10.20.0.20"],
                targetPort: 6443,
                proxyProtocol: false,
                reason: "Kubernetes API",
                from: ["203.0.113.0/24"],
              },
            ],
            egress: [],
            capacity: {
              load: 200,
              perReplica: 2000,
              unit: "participants",
              source: "HAProxy: 20,000 connections a gateway, ten a participant",
            },
          }),
        ]
      : []),
    component(
      "HostPool",
      name,
      {
        role,
        cloud: "hetzner",
        location: "fsn1",
        network: "crisis",
        type,
        count,
        media: role === "media",
        door,
        hosts,
        openings: openings[role],
        dataGib: role === "control-plane" ? 20 : 0,
        ...(role === "media"
          ? {
              capacity: {
                load: 200,
                perReplica: 100,
                unit: "participants",
                source: "100 at 720p on 16 cores and 32 GiB, the article's low end",
              },
            }
          : {}),
      },
      { spread: "Hetzner placement group of type spread", rendered },
      role === "gateway" ? "sovereign-uc:index:Gateway::crisis-gateway" : "",
    ),
    ...(door
      ? [
          custom("hcloud:index/firewall:Firewall", `${name}-wall`, `${700 + first}`, {
            name: `${name}-wall`,
            rules: openings[role]
              .filter(({ peers }) => !peers.every((peer) => peer.startsWith("10.")))
              .map(({ direction, protocol, port, peers, reason }) => ({
                direction,
                protocol,
                port: typeof port === "number" ? String(port) : port.join("-"),
                description: reason,
                ...(direction === "in" ? { sourceIps: peers } : { destinationIps: peers }),
              })),
          }),
        ]
      : []),
    ...hosts.flatMap((host, i) => [
      custom(
        "hcloud:index/server:Server",
        host.name,
        `${1000 + first + i}`,
        {
          name: host.name,
          serverType: type,
          location: "fsn1",
          image: "debian-12",
          publicNets: door ? [{ ipv4Enabled: true, ipv6Enabled: false }] : [{ ipv4Enabled: false, ipv6Enabled: false }],
          networks: [{ networkId: 1, ip: host.address }],
          ...(door ? { firewallIds: [700 + first] } : {}),
        },
        door ? { ipv4Address: `198.51.100.${first + i}` } : {},
      ),
      ...(role === "control-plane"
        ? [
            {
              ...custom("hcloud:index/volume:Volume", `${host.name}-data`, `${2000 + i}`, {
                name: `${host.name}-data`,
                size: 20,
              }),
              protect: true,
            },
          ]
        : []),
    ]),
  ];
}

interface Workload {
  readonly tier: string;
  readonly pool: string;
  readonly replicas: number;
  readonly hostNetwork?: boolean;
  readonly singleton?: string;
  readonly capacity?: object;
}

const workloads: readonly Workload[] = [
  {
    tier: "edge",
    pool: "application",
    replicas: 2,
    capacity: { load: 200, perReplica: 1000, unit: "participants", source: "HAProxy" },
  },
  {
    tier: "web-1",
    pool: "application",
    replicas: 2,
    capacity: { load: 200, perReplica: 500, unit: "participants", source: "nginx, static files" },
  },
  {
    tier: "prosody-1",
    pool: "application",
    replicas: 1,
    singleton: "the other shard takes its rooms over within ten seconds",
  },
  {
    tier: "jicofo-1",
    pool: "application",
    replicas: 1,
    singleton: "the other shard takes its rooms over within ten seconds",
  },
  {
    tier: "prosody-2",
    pool: "application",
    replicas: 1,
    singleton: "the other shard takes its rooms over within ten seconds",
  },
  {
    tier: "jicofo-2",
    pool: "application",
    replicas: 1,
    singleton: "the other shard takes its rooms over within ten seconds",
  },
  {
    tier: "bridge",
    pool: "media",
    replicas: 3,
    hostNetwork: true,
    capacity: {
      load: 200,
      perReplica: 100,
      unit: "participants",
      source: "100 at 720p on 16 cores and 32 GiB, the article's low end",
    },
  },
  {
    tier: "turn",
    pool: "media",
    replicas: 2,
    hostNetwork: true,
    capacity: { load: 60, perReplica: 200, unit: "relayed participants", source: "coturn" },
  },
];

const workloadResources = ({ tier, pool, replicas, hostNetwork = false, singleton, capacity }: Workload): object[] => [
  component("Workload", `meetings-${tier}`, {
    tier,
    namespace: "meetings",
    replicas,
    hostNetwork,
    ports: [],
    ...(capacity === undefined ? {} : { capacity }),
    ...(singleton === undefined ? {} : { singleton }),
  }),
  custom("kubernetes:apps/v1:Deployment", `meetings-${tier}`, `meetings/${tier}`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: tier, namespace: "meetings" },
    spec: {
      replicas,
      selector: { matchLabels: { app: tier } },
      template: {
        metadata: { labels: { app: tier } },
        spec: {
          hostNetwork,
          nodeSelector: { [poolLabel]: pool },
          tolerations: pool === "media" ? [{ key: "sovereign-uc/media", operator: "Exists" }] : [],
          containers: [
            {
              name: tier,
              image: `registry.crisis.example.ch/jitsi/${tier.replace(/-\d$/, "")}:stable-1`,
              env: [{ name: "PUBLIC_URL", value: "https://meet.crisis.example.ch" }],
            },
          ],
        },
      },
    },
  }),
];

/** The exported state of a stack that is up. */
export const crisisState = (
  extra: readonly object[] = [],
): { readonly deployment: { readonly resources: readonly object[] } } => ({
  deployment: {
    resources: [
      { urn: urn("pulumi:pulumi:Stack", "sovereign-uc-crisis-hetzner"), type: "pulumi:pulumi:Stack", custom: false },
      component("Network", "crisis", { cloud: "hetzner", location: "fsn1", range, isolatedFrom: isolated }),
      custom("hcloud:index/network:Network", "crisis", "1", { name: "crisis", ipRange: range }),
      component("Cluster", "crisis", {
        endpoint: "api.meet.crisis.example.ch:6443",
        kind: "k3s",
        podRange: "10.42.0.0/16",
        serviceRange: "10.43.0.0/16",
      }),
      ...pools.flatMap(poolResources),
      component("Jitsi", "meetings", {
        domain: "meet.crisis.example.ch",
        participants: 200,
        confidentiality: "transport",
      }),
      ...workloads.flatMap(workloadResources),
      custom("kubernetes:networking.k8s.io/v1:NetworkPolicy", "meetings-deny", "meetings/deny", {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "deny", namespace: "meetings" },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      }),
      custom("kubernetes:core/v1:Secret", "meetings-xmpp", "meetings/xmpp", {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "xmpp", namespace: "meetings" },
        stringData: { password: "must never be seen" },
      }),
      custom("command:remote:Command", "crisis-media-1-converge", "c1", { create: "#!/bin/sh\n", stdin: secret }),
      ...extra,
    ],
  },
});

const rules = [
  ["UC-JUR-001", "Only providers of the profile", "critical", ["nis2:21.2.d", "gdpr:28"]],
  ["UC-REG-001", "Every resource says where it stands, and stands there", "critical", ["nis2:21.2.d", "gdpr:44"]],
  ["UC-NET-001", "Mail and directory cannot be reached", "critical", ["nis2:21.2.e"]],
  ["UC-HA-001", "Every tier has one replica more than it needs", "critical", ["nis2:21.2.c", "gdpr:32.1.b"]],
  ["UC-OPQ-001", "Nothing opaque", "high", ["nis2:21.2.d"]],
] as const;

const server = urn("hcloud:index/server:Server", "crisis-media-1");

/** Events of an `up` in which every rule but one ran and found nothing. */
export const passedEvents: readonly object[] = [
  {
    policyAnalyzeSummaryEvent: {
      resourceUrn: server,
      policyPackName: "sovereign-uc",
      passed: ["uc-jur-001", "uc-reg-001", "uc-net-001"],
    },
  },
  { policyAnalyzeStackSummaryEvent: { policyPackName: "sovereign-uc", passed: ["uc-ha-001"] } },
];

/** Events of a preview that the location rule blocked. */
export const blockedEvents: readonly object[] = [
  ...crisisState().deployment.resources.map((resource) => ({
    resOutputsEvent: { metadata: { op: "create", new: resource }, planning: true },
  })),
  ...passedEvents,
  {
    policyEvent: {
      resourceUrn: server,
      policyName: "uc-reg-001",
      policyPackName: "sovereign-uc",
      enforcementLevel: "mandatory",
      message: 'found location "ash" (Ashburn, US), allowed under "european": fsn1, nbg1, hel1; choose one of them',
    },
  },
  {
    policyEvent: {
      resourceUrn: server,
      policyName: "uc-opq-001",
      policyPackName: "sovereign-uc",
      enforcementLevel: "advisory",
      message:
        "can't run policy 'uc-opq-001' from policy pack during preview: string value at .stdin can't be known during preview",
    },
  },
];

export const source = (changes: Partial<ReportSource> = {}): ReportSource => ({
  stack: "crisis-hetzner",
  blueprint: "crisis",
  profile: "european",
  outcome: "deployed",
  at: "2026-01-02T03:04:05.000Z",
  state: crisisState(),
  events: passedEvents,
  rules: rules.map(([id, title, severity, legal]) => ({
    id,
    title,
    severity,
    legal,
    remediation: "choose an allowed one",
  })),
  exposure: [
    { who: "Hetzner Online GmbH", grade: "presence", why: "runs sites in the United States beside its European ones" },
  ],
  ownDomains: ["example.ch"],
  facts: () => undefined,
  machineType: (_cloud, type) =>
    ({
      cpx22: { cores: 2, memoryGib: 4, diskGib: 80 },
      cpx32: { cores: 4, memoryGib: 8, diskGib: 160 },
      cpx42: { cores: 8, memoryGib: 16, diskGib: 320 },
      ccx43: { cores: 16, memoryGib: 64, diskGib: 360 },
    })[type],
  ...changes,
});
