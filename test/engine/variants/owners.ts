/** Variants that bring in somebody else: another owner, place, registry, model, name or sign-in. */
import { Command } from "@pulumi/command/local/command";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { hetzner, Zone } from "../../../components";
import { at, inContainer, replaced, withFile, withVariable } from "./changes";
import type { Variant } from "./variant";

/** Deployment of the blueprint that most variants change. */
export const mediaServer = "rooms-server";
/** The media server's image by digest, at GitHub's registry. */
const byDigest = `ghcr.io/livekit/livekit-server@sha256:${"0123456789abcdef".repeat(4)}`;

const image = (put: (old: string) => string) =>
  inContainer(mediaServer, (old) => ({ ...old, image: put(String(old["image"])) }));

export const owners: readonly Variant[] = [
  {
    rule: "UC-JUR-001",
    change: "an object of which a controller in the cluster makes a bucket at Amazon",
    beside: (provider) => {
      const spec = { forProvider: { region: "eu-central-1" } };
      const metadata = { name: "records", namespace: "cache" };
      void new CustomResource(
        "records",
        { apiVersion: "s3.aws.upbound.io/v1beta1", kind: "Bucket", metadata, spec },
        { provider },
      );
    },
  },
  {
    rule: "UC-JUR-002",
    change: "the profile that accepts no nexus, at Hetzner",
    set: { "sovereign-uc:profile": "strict" },
  },
  { rule: "UC-REG-001", change: "the location Ashburn", set: { "sovereign-uc:location": "ash" } },
  {
    rule: "UC-IMG-001",
    change: "the media server's image from GitHub's registry",
    inputs: image(() => byDigest),
  },
  {
    rule: "UC-AI-001",
    change: "a public model's address at the media server",
    inputs: withVariable(mediaServer, "OPENAI_BASE_URL", "https://api.openai.com/v1"),
  },
  {
    rule: "UC-AI-002",
    change: "transcripts that begin with every recording",
    inputs: withFile("rooms-server-config", "config.js", "config.transcription.autoTranscribeOnRecord = true;\n"),
  },
  {
    rule: "UC-AI-003",
    change: "feelings read off faces",
    inputs: withFile(
      "rooms-server-config",
      "config.js",
      "config.faceLandmarks = { enableFaceExpressionsDetection: true };\n",
    ),
  },
  {
    rule: "UC-AI-004",
    change: "a server of models that downloads one by its name",
    inputs: inContainer(mediaServer, (old) => ({
      ...old,
      image: "registry.crisis.example.ch/vllm/vllm-openai:v0.10.0",
      command: ["vllm", "serve", "mistralai/Mistral-7B-Instruct-v0.3"],
      env: [{ name: "VLLM_NO_USAGE_STATS", value: "1" }],
      envFrom: [],
    })),
  },
  {
    rule: "UC-NET-002",
    change: "Google's STUN server in the media server's configuration",
    inputs: withFile("rooms-server-config", "stun.yaml", "rtc:\n  stun_servers: [stun.l.google.com:19302]\n"),
  },
  {
    rule: "UC-MON-001",
    change: "a counter of Google's at the media server",
    inputs: withVariable(mediaServer, "GOOGLE_ANALYTICS_ID", "G-0123456789"),
  },
  {
    rule: "UC-IDN-002",
    change: "a sign-in at Okta",
    inputs: withVariable(mediaServer, "OIDC_ISSUER_URL", "https://acme.okta.com/oauth2/default"),
  },
  {
    rule: "UC-CDN-001",
    change: "an edge that believes Cloudflare's header",
    inputs: replaced(
      "portal-edge-config",
      "haproxy.cfg",
      "defaults\n",
      "defaults\n    option forwardfor header CF-Connecting-IP\n",
    ),
  },
  {
    rule: "UC-DNS-001",
    change: "a zone without a word on who may issue certificates",
    beside: () => {
      const records = [{ name: "rooms", type: "A" as const, values: ["203.0.113.80"], ttl: 300 }];
      void new Zone("public", { cloud: hetzner(), domain: "crisis.example.ch", records });
    },
  },
  {
    rule: "UC-SUP-001",
    change: "the media server's image by the tag latest",
    inputs: image((old) => old.replace(/:[^:/]*$/, ":latest")),
  },
  {
    rule: "UC-SUP-002",
    change: "packages whose signatures nobody checks",
    inputs: withFile(
      "rooms-server-config",
      "sources.list",
      "deb [trusted=yes] https://packages.crisis.example.ch/debian bookworm main\n",
    ),
  },
  {
    rule: "UC-K8S-001",
    change: "a cluster of somebody else's",
    inputs: at(
      "pulumi:providers:kubernetes",
      "portal",
      ["kubeconfig"],
      () => "apiVersion: v1\nclusters:\n- name: c\n  cluster: { server: 'https://api.elsewhere.example.net:6443' }\n",
    ),
  },
  {
    rule: "UC-OPQ-001",
    change: "a script that runs where the program does",
    beside: () => void new Command("hook", { create: "true" }),
  },
];
