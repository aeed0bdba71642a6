/** Variants that open, share, lose or forget something. */
import { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass";
import { at, changing, inFiles, inContainer, replaced, withFile, withVariable } from "./changes";
import { mediaServer as server } from "./owners";
import type { Props, Variant } from "./variant";

const wall = "hcloud:index/firewall:Firewall";

/** One rule more, in a list of them. */
const rule = (more: Props) => (old: unknown) => [...(old as readonly unknown[]), more];

/** Settings of the chat's homeserver, in the files of all its processes. */
const homeserver = (change: (given: Props) => Props) =>
  inFiles("chat", (text, file) =>
    file === "homeserver.yaml" ? JSON.stringify(change(JSON.parse(text) as Props)) : text,
  );

export const openings: readonly Variant[] = [
  {
    rule: "UC-MED-001",
    change: "a relay without TLS",
    inputs: replaced("rooms-relay-config", "turnserver.conf", "tls-listening-port=443\n", "no-tls\nno-dtls\n"),
  },
  {
    rule: "UC-NET-001",
    change: "a way to a directory's port",
    inputs: at(
      wall,
      "portal-gateway-wall",
      ["rules"],
      rule({
        direction: "out",
        protocol: "tcp",
        port: "636",
        description: "a directory",
        destinationIps: ["192.0.2.53/32"],
      }),
    ),
  },
  {
    rule: "UC-NET-003",
    change: "ports outwards to everybody, in a range",
    inputs: at(
      wall,
      "portal-gateway-wall",
      ["rules"],
      rule({
        direction: "out",
        protocol: "tcp",
        port: "60000-60010",
        description: "whatever it is",
        destinationIps: ["0.0.0.0/0"],
      }),
    ),
  },
  {
    rule: "UC-NET-004",
    change: "a port of a web console, open to everybody",
    inputs: at(
      wall,
      "portal-gateway-wall",
      ["rules"],
      rule({ direction: "in", protocol: "tcp", port: "8080", description: "a console", sourceIps: ["0.0.0.0/0"] }),
    ),
  },
  {
    rule: "UC-ADM-001",
    change: "a role that may do everything",
    inputs: at("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "portal-names", ["rules"], () => [
      { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
    ]),
  },
  {
    rule: "UC-TLS-001",
    change: "an edge that speaks TLS 1.0",
    inputs: replaced("portal-edge-config", "haproxy.cfg", "ssl-min-ver TLSv1.2", "ssl-min-ver TLSv1.0"),
  },
  {
    rule: "UC-SEC-001",
    change: "a password in a variable",
    inputs: withVariable(server, "POSTGRES_PASSWORD", "correct horse"),
  },
  {
    rule: "UC-IDN-003",
    change: "a media server with the keys of its manual",
    inputs: inContainer(server, (old) => ({ ...old, command: ["livekit-server", "--dev"] })),
  },
  {
    rule: "UC-REC-001",
    change: "recordings that begin by themselves",
    inputs: withFile("rooms-server-config", "bigbluebutton.properties", "autoStartRecording=true\n"),
  },
  {
    rule: "UC-IDN-001",
    change: "passwords alone in the chat",
    stack: "messaging-hetzner",
    inputs: homeserver((given) => ({ ...given, password_config: { enabled: true } })),
  },
  {
    rule: "UC-FED-001",
    change: "a chat that talks to every other server",
    stack: "messaging-hetzner",
    inputs: homeserver(({ federation_domain_whitelist: _, ...given }) => given),
  },
  {
    rule: "UC-PSH-001",
    change: "notifications by Apple's service",
    inputs: withFile(
      "rooms-server-config",
      "sygnal.yaml",
      "apps:\n  ch.example.rooms:\n    type: apns\n    certfile: /etc/sygnal/apns.pem\n",
    ),
  },
];

export const losses: readonly Variant[] = [
  {
    rule: "UC-HA-001",
    change: "one media server",
    inputs: at("kubernetes:apps/v1:Deployment", server, ["spec", "replicas"], () => 1),
  },
  {
    rule: "UC-HA-002",
    change: "media servers that may stand on one host",
    inputs: at(
      "kubernetes:apps/v1:Deployment",
      server,
      ["spec", "template", "spec", "topologySpreadConstraints"],
      () => [],
    ),
  },
  {
    rule: "UC-HA-003",
    change: "an archive where the stack is",
    stack: "messaging-hetzner",
    set: {
      "sovereign-uc:archiveStore": {
        endpoint: "https://fsn1.your-objectstorage.com",
        bucket: "messaging-records",
        region: "fsn1",
      },
    },
  },
  {
    rule: "UC-BKP-001",
    change: "an archive that leaves in clear",
    stack: "messaging-hetzner",
    inputs: inFiles("records", (text) => text.replaceAll("aes-256-cbc", "none")),
  },
  {
    rule: "UC-DAT-001",
    change: "a class of volumes that nobody encrypts",
    beside: (provider) => {
      const metadata = { name: "data" };
      void new StorageClass(
        "data",
        { metadata, provisioner: "csi.hetzner.cloud", reclaimPolicy: "Retain" },
        { provider },
      );
    },
  },
  { rule: "UC-PRT-001", change: "volumes that a slip deletes", set: { "sovereign-uc:keepData": false } },
  {
    rule: "UC-LOG-001",
    change: "a log that is kept for a week",
    inputs: withFile("rooms-server-config", "loki.yaml", "limits_config:\n  retention_period: 168h\n"),
  },
  {
    rule: "UC-EMG-001",
    change: "a second channel of the same product",
    set: { "sovereign-uc:fallback": { product: "openvidu", provider: "exoscale", location: "ch-dk-2" } },
  },
  {
    rule: "UC-TAG-001",
    change: "a host that nobody answers for",
    inputs: changing("hcloud:index/server:Server", "portal-control-1", ({ labels, ...others }) => {
      const { owner: _, ...rest } = labels as Props;
      return { ...others, labels: rest };
    }),
  },
  {
    rule: "UC-TIM-001",
    change: "a set-up that asks a clock and names none",
    inputs: withFile("rooms-server-config", "cloud-config.yaml", "#cloud-config\nntp:\n  enabled: true\n"),
  },
];
