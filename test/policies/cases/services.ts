import { type Case, env, type Given, kube, open, pod, text } from "./case";

const model = (more: Readonly<Record<string, unknown>>): Given => text(JSON.stringify({ model: "groq/a", ...more }));
const sourced = (name: string, more: Readonly<Record<string, unknown>> = {}): Given =>
  pod({ envFrom: [{ configMapRef: { name } }], ...more });
const map = (name: string, data: Readonly<Record<string, unknown>>): Given =>
  kube("core/v1:ConfigMap", { metadata: { name, namespace: "it" }, data }, name);

/** Models of the operator's own, and of others. */
export const models: readonly Case[] = [
  ["a service that is one's own", text("https://api.openai.crisis.example.ch")],
  ["a service whose country is allowed and whose party is not", text("https://bedrock.eusc-de-east-1.amazonaws.eu")],
  ["a service whose party is allowed and whose country is not", text("https://api.cohere.com")],
  ["a key without an address", env({ OPENAI_API_KEY: "a" })],
  ["a key that nothing leads elsewhere", env({ ASSEMBLYAI_API_KEY: "a" })],
  ["an empty key", env({ OPENAI_API_KEY: "" })],
  ["a key of an accepted party's name", env({ INFOMANIAK_API_KEY: "a" })],
  ["a key with an empty address", env({ OPENAI_API_KEY: "a", OPENAI_BASE_URL: "" })],
  ["a key with an address of one's own", env({ OPENAI_API_KEY: "a", OPENAI_BASE_URL: "https://ai.crisis.example.ch" })],
  ["a key with an address nearby", env({ OPENAI_API_KEY: "a", OPENAI_BASE_URL: "http://vllm:8000/v1" })],
  ["a key with an unknown address", env({ OPENAI_API_KEY: "a", OPENAI_BASE_URL: open })],
  [
    "a key with an address of a service in the table",
    env({ OPENAI_API_KEY: "a", OPENAI_BASE_URL: "https://api.groq.com" }),
  ],
  ["a key with an address in no table", env({ OPENAI_API_KEY: "a", OPENAI_BASE_URL: "https://ai.example.org" })],
  [
    "a key with addresses",
    env({ OPENAI_API_KEY: "a", OPENAI_API_BASE_URLS: "https://ai.crisis.example.ch; https://ai.example.org" }),
  ],
  ["a key with an address that cannot be read", env({ OPENAI_API_KEY: "a", OPENAI_BASE_URL: "https://[" })],
  ["an address without a key", env({ OPENAI_BASE_URL: "https://ai.example.org" })],
  ...[
    "_API_KEY",
    "_KEY",
    "_TOKEN",
    "_API_KEYS",
    "_API_KEY_2",
    "_APIKEY",
    "APIKEY",
    "_ACCESS_KEY",
    "_ACCESS_TOKEN",
    "_AUTH_TOKEN",
    "_SUBSCRIPTION_KEY",
    "_SECRET_KEY",
    "_REGION",
    "_MODEL_ID",
    "_DEPLOYMENT_NAME",
    "_API_KEY_FILE",
    "_MODEL",
    "_MONKEY",
  ].map((end): Case => [`a variable that ends in ${end}`, env({ [`GROQ${end}`]: "a" })]),
  ["a variable that only holds the name", env({ MY_GROQ_API_KEY: "a" })],
  ["a key from an object that the stack makes", sourced("a"), map("a", { OPENAI_API_KEY: "a" })],
  [
    "a key from an object, and an address",
    sourced("a"),
    map("a", { OPENAI_API_KEY: "a", OPENAI_BASE_URL: "https://ai.crisis.example.ch" }),
  ],
  [
    "a key at the container and an object that nobody makes",
    sourced("b", { env: [{ name: "OPENAI_API_KEY", value: "a" }] }),
    map("a", {}),
  ],
  ["no key and an object that nobody makes", sourced("b"), map("a", {})],
  [
    "speech that an object leads elsewhere",
    sourced("a", {
      image: "registry.crisis.example.ch/jitsi/jigasi:1",
      env: [{ name: "ENABLE_TRANSCRIPTIONS", value: "1" }],
    }),
    map("a", { A: "b" }),
  ],
  ["a model of another", model({})],
  ["a model with an empty name", text('{"model": ""}')],
  ["a model that is a number", text('{"model": 1}')],
  ["a model without a service", text('{"model": "groq"}')],
  ["a model of one's own", text('{"model": "ours/a"}')],
  ["models in a list", text('[{"model": "groq/a"}, {"models": [{"model": "xai/a"}]}]')],
  ...["api_base", "base_url", "apiBase", "baseUrl"].flatMap((key): readonly Case[] => [
    [`a model with ${key} of one's own`, model({ [key]: "https://ai.crisis.example.ch" })],
    [`a model with ${key} nearby`, model({ [key]: "http://vllm:8000" })],
    [`a model with ${key} of another`, model({ [key]: "https://ai.example.org" })],
    [
      `a model with ${key} that is not known`,
      kube("a.example.org/v1:Model", { spec: { model: "groq/a", [key]: open } }),
    ],
  ]),
  ["a model with an address that is no text", model({ api_base: 1 })],
  ["nothing that can be read", { type: "a:b:C" }],
];

const conference = (props: object): Given => ({ type: "sovereign-uc:index:Jitsi", props: { ...props } });
const rule = (props: object): Given => ({
  type: "exoscale:index/securityGroupRule:SecurityGroupRule",
  props: { ...props },
});
const sip = { protocol: "UDP", startPort: 5060, endPort: 5060, cidr: "192.0.2.0/24" };
const service = (ports: readonly object[], more: object = {}): Given =>
  kube("core/v1:Service", { spec: { ports, ...more } });

/** Media and their signalling. */
export const media: readonly Case[] = [
  ["a conference without a level", conference({})],
  ["a conference with another level", conference({ confidentiality: "none" })],
  ["a conference with a level that is not known", conference({ confidentiality: open })],
  ["a conference whose transport is encrypted", conference({ confidentiality: "transport" })],
  ["a recorded conference whose transport is encrypted", conference({ confidentiality: "transport", recording: true })],
  ["an end-to-end encrypted conference", conference({ confidentiality: "end-to-end", recording: false })],
  ["a recorded end-to-end encrypted conference", conference({ confidentiality: "end-to-end", recording: true })],
  [
    "an end-to-end encrypted conference with everything",
    conference({ confidentiality: "end-to-end", recording: true, transcription: "yes" }),
  ],
  ["an opening of SIP", rule({ type: "INGRESS", ...sip })],
  ["an opening below SIP", rule({ type: "INGRESS", ...sip, startPort: 5050, endPort: 5059 })],
  ["an opening above SIP", rule({ type: "INGRESS", ...sip, startPort: 5061, endPort: 5070 })],
  ["an opening from below up to SIP", rule({ type: "INGRESS", ...sip, startPort: 5050 })],
  ["an opening from SIP up", rule({ type: "INGRESS", ...sip, endPort: 5070 })],
  ["an opening of GRE", rule({ type: "INGRESS", ...sip, protocol: "GRE" })],
  ["an opening for a group", rule({ type: "INGRESS", ...sip, cidr: "", userSecurityGroupId: "a" })],
  ["wide outgoing media", rule({ type: "EGRESS", ...sip, startPort: 1024, endPort: 65535 })],
  ["wide incoming media", rule({ type: "INGRESS", ...sip, startPort: 1024, endPort: 65535 })],
  ["a wide way out of TCP", rule({ type: "EGRESS", ...sip, protocol: "TCP", startPort: 1024, endPort: 65535 })],
  ["outgoing media of 10,001 ports", rule({ type: "EGRESS", ...sip, startPort: 5000, endPort: 15000 })],
  ["outgoing media of 10,002 ports", rule({ type: "EGRESS", ...sip, startPort: 5000, endPort: 15001 })],
  ["a service of the cluster", service([{ port: 5060 }])],
  ["a service of the cluster with the port behind it", service([{ port: 1, targetPort: 5060 }])],
  ["a service of another port", service([{ port: 5061, targetPort: 5061 }])],
  ["a type that is like a service", kube("a.example.org/v1:Service", { spec: { ports: [{ port: 5060 }] } })],
  ...[
    "sip:a@b;transport=udp",
    "SIP:a@b;transport=tcp sip:",
    "sip:a@b;transport=tls",
    "sips:a@b;transport=udp",
    "sip:a@b:5060",
    "sip:a@b:50601",
    "xsip:a@b:5060",
    "a;transport=udp",
    "call sip:a@b then b:5060",
    "rtp_secure_media=optional",
    "rtp_secure_media=mandatory",
    '"rtp_secure_media" value="optional"',
    "RTP_SECURE_MEDIA=optional",
    "xrtp_secure_media=optional",
    "no-tls",
    "--no-tls",
    "no-dtls",
    "no-tls=true",
    "no-tls=yes",
    "no-tls=1",
    "no-tls=false",
    "x-no-tls",
    "[no-tls, a]",
    "no-tlsv1",
    "pcap { enabled = true }",
    "pcap.enabled = true",
    "pcap { enabled = false }",
    "xpcap.enabled = true",
    "fsBridgeMode: RTP",
    'fsBridgeMode="RTP"',
    "fsBridgeMode: WebRTC",
    "fsBridgeMode: RTPS",
    "xfsBridgeMode: RTP",
    "listen=udp:0.0.0.0",
    "socket = tcp:0.0.0.0",
    "LISTEN=UDP:0.0.0.0",
    "listen=tls:0.0.0.0",
    "relisten=udp:a",
    "media_encryption=no",
    "media_encryption = none",
    "Media_Encryption=no",
    "my_media_encryption=no",
    "bind = 0.0.0.0:5060",
    "bind = 0.0.0.0:5061",
    "bind=0.0.0.0:50600",
    "transport=udp",
    "transport = transport-tcp",
    "transport=tls",
    "TRANSPORT=UDP",
    "encryption=no",
    "encryption=none",
    "my transport=udp",
    "sip_port: 5060",
    "sip_port_listen: 5060",
    '"sip_port": "5060"',
    "sip_port: 5061",
    "sip_port: 50600",
    "my sip_port: 5060",
    "# sip:a@b:5060",
  ].map((line): Case => [`a text with ${line}`, text(`a\n${line}\nb`)]),
];

const need = (kind: string, spec: object, name = "web", more: object = {}): Given =>
  kube(kind, { metadata: { name, namespace: "it", ...more }, spec }, name);
const annotated = { annotations: { "sovereign-uc/singleton": "its data moves with it" } };
const scaler = (target: object, more: object = {}, kind = "autoscaling/v2:HorizontalPodAutoscaler"): Given =>
  need(kind, { minReplicas: 2, minReplicaCount: 2, scaleTargetRef: target }, "scaler", more);
const tier = (props: object): Given => ({ type: "sovereign-uc:index:Workload", props: { ...props } });
const host = (type: string, name: string, labels: object): Given => ({ type, name, props: { labels } });
const hetzner = "hcloud:index/server:Server";

/** Replicas. */
export const replicas: readonly Case[] = [
  ...["apps/v1:Deployment", "apps/v1:StatefulSet", "apps/v1:ReplicaSet", "core/v1:ReplicationController"].flatMap(
    (kind): readonly Case[] => [
      [`${kind} of one`, need(kind, { replicas: 1 })],
      [`${kind} of two`, need(kind, { replicas: 2 })],
      [`${kind} of no figure`, need(kind, {})],
      [`${kind} of nothing`, need(kind, { replicas: null })],
      [`${kind} of an unknown figure`, need(kind, { replicas: open })],
      [`${kind} of a figure as text`, need(kind, { replicas: "2" })],
      [`${kind} of one that says how it fails over`, need(kind, { replicas: 1 }, "web", annotated)],
      [`a patch of ${kind} to one`, need(`${kind}Patch`, { replicas: 1 })],
      [`a patch of ${kind} to no figure`, need(`${kind}Patch`, {})],
      [`a patch of ${kind} to nothing`, need(`${kind}Patch`, { replicas: null })],
    ],
  ),
  ["a pod", need("core/v1:Pod", {})],
  ["a pod that says how it fails over", need("core/v1:Pod", {}, "web", annotated)],
  [
    "a pod that says it with blanks",
    need("core/v1:Pod", {}, "web", { annotations: { "sovereign-uc/singleton": " " } }),
  ],
  [
    "a pod that says it with a number",
    need("core/v1:Pod", {}, "web", { annotations: { "sovereign-uc/singleton": 1 } }),
  ],
  ["a patch of a pod", need("core/v1:PodPatch", {})],
  ...["autoscaling/v2:HorizontalPodAutoscaler minReplicas", "keda.sh/v1alpha1:ScaledObject minReplicaCount"].flatMap(
    (words): readonly Case[] => {
      const [kind = "", key = ""] = words.split(" ");
      return [
        [`${kind} from one`, need(kind, { [key]: 1 })],
        [`${kind} from two`, need(kind, { [key]: 2 })],
        [`${kind} from no figure`, need(kind, {})],
        [`a patch of ${kind} without a figure`, need(`${kind}Patch`, {})],
      ];
    },
  ),
  ["a database of an operator, patched elsewhere", need("postgresql.cnpg.io/v1:ClusterPatch", {})],
  ["a database of an operator, patched to nothing", need("postgresql.cnpg.io/v1:ClusterPatch", { instances: null })],
  ["another kind of the operator", need("postgresql.cnpg.io/v1:Pooler", { instances: 1 })],
  ["the same kind of another", need("a.example.org/v1:Cluster", { instances: 1 })],
  ["a kind of nobody with both figures", need("a.example.org/v1:Thing", { replicas: 1, instances: 2 })],
  ["a kind of nobody with text", need("a.example.org/v1:Thing", { replicas: "1" })],
  ["a kind of Kubernetes", need("policy.k8s.io/v1:Thing", { replicas: 1 })],
  ["a kind that only begins like Kubernetes'", need("k8s.io.example.org/v1:Thing", { replicas: 1 })],
  ["a kind of a group without dots", need("batch/v1:Job", { replicas: 1 })],
  ["a deployment and its autoscaler", need("apps/v1:Deployment", {}), scaler({ kind: "Deployment", name: "web" })],
  ["a deployment and an autoscaler without a kind", need("apps/v1:Deployment", {}), scaler({ name: "web" })],
  ["a set and an autoscaler without a kind", need("apps/v1:StatefulSet", {}), scaler({ name: "web" })],
  ["a set and its autoscaler", need("apps/v1:StatefulSet", {}), scaler({ kind: "StatefulSet", name: "web" })],
  [
    "a deployment and an autoscaler of a set",
    need("apps/v1:Deployment", {}),
    scaler({ kind: "StatefulSet", name: "web" }),
  ],
  [
    "a deployment and KEDA",
    need("apps/v1:Deployment", {}),
    scaler({ name: "web" }, {}, "keda.sh/v1alpha1:ScaledObject"),
  ],
  [
    "a deployment and something that only ends like an autoscaler",
    need("apps/v1:Deployment", {}),
    scaler({ name: "web" }, {}, "a.example.org/v1:MyScaledObject"),
  ],
  [
    "a deployment and a list of autoscalers",
    need("apps/v1:Deployment", {}),
    scaler({ name: "web" }, {}, "keda.sh/v1alpha1:ScaledObjectList"),
  ],
  [
    "a deployment and an autoscaler in another namespace",
    need("apps/v1:Deployment", {}),
    scaler({ name: "web" }, { namespace: "other" }),
  ],
  ["a deployment and an autoscaler of another", need("apps/v1:Deployment", {}), scaler({ name: "db" })],
  ["no deployment that waits", need("apps/v1:Deployment", { replicas: 2 })],
  ["a tier of enough", tier({ replicas: 3, capacity: { load: 100, perReplica: 50, unit: "calls" } })],
  ["a tier of one too few", tier({ replicas: 2, capacity: { load: 100, perReplica: 50, unit: "calls" } })],
  ["a tier whose load has no unit", tier({ replicas: 1, capacity: { load: 100, perReplica: 50 } })],
  ["a tier whose load does not go up evenly", tier({ replicas: 3, capacity: { load: 101, perReplica: 50 } })],
  ["a tier of a figure as text", tier({ replicas: "9", capacity: { load: 1, perReplica: 50 } })],
  ["a tier without load", tier({ replicas: 2, capacity: { load: 0, perReplica: 50 } })],
  ["a tier without capacity", tier({ replicas: 2, capacity: { load: 1, perReplica: 0 } })],
  ["a tier of a load as text", tier({ replicas: 2, capacity: { load: "1", perReplica: 50 } })],
  ["a tier of a capacity as text", tier({ replicas: 2, capacity: { load: 1, perReplica: "50" } })],
  ["a tier whose load is not known", tier({ replicas: 2, capacity: { load: open, perReplica: 50 } })],
  ["a tier whose capacity is not known", tier({ replicas: 2, capacity: { load: 1, perReplica: open } })],
  ["a tier whose count is not known", tier({ replicas: open, capacity: { load: 1, perReplica: 50 } })],
  ["a tier of which nothing is known", tier({ replicas: 2, capacity: open })],
  ["a tier without a plan", tier({ replicas: 2 })],
  ["a tier of one without a plan", tier({ replicas: 1 })],
  ["a tier of one that says how it fails over", tier({ replicas: 1, singleton: "a" })],
  ["a pool", { type: "sovereign-uc:index:HostPool", props: { count: 1 } }],
  ["gateways", { type: "sovereign-uc:index:Gateway", props: { count: 1 } }],
  ["a pool of instances", { type: "exoscale:index/instancePool:InstancePool", props: { size: 1 } }],
  ["a pool of nodes", { type: "exoscale:index/sksNodepool:SksNodepool", props: { size: 1 } }],
  ["a single host", host(hetzner, "a", { "sovereign-uc-tier": "media" })],
  ["a single host in a network", host(hetzner, "a", { "sovereign-uc-tier": "media", "sovereign-uc-network": "n" })],
  [
    "two hosts of a tier",
    host(hetzner, "a", { "sovereign-uc-tier": "media" }),
    host(hetzner, "b", { "sovereign-uc-tier": "media" }),
  ],
  [
    "two hosts of two networks",
    host(hetzner, "a", { "sovereign-uc-tier": "media", "sovereign-uc-network": "n" }),
    host(hetzner, "b", { "sovereign-uc-tier": "media", "sovereign-uc-network": "m" }),
  ],
  [
    "a single host of the other cloud",
    host("exoscale:index/computeInstance:ComputeInstance", "a", { "sovereign-uc-tier": "media" }),
  ],
  ["something else with a tier", host("hcloud:index/volume:Volume", "a", { "sovereign-uc-tier": "media" })],
  ["a host without a tier", host(hetzner, "a", {})],
];
