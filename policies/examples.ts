import type { Example } from "./rule";

/** Parts of the rules' examples: what passes every rule, so that each example shows one thing only. */

const labels = { app: "web" };

/** An image of one's own, by its digest. */
export const exampleImage = `registry.crisis.example.ch/team/web@sha256:${"0123456789abcdef".repeat(4)}`;

/** A Deployment of two spread replicas with one container. */
export const exampleDeployment = (
  container: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Example => ({
  type: "kubernetes:apps/v1:Deployment",
  name: "web",
  properties: {
    metadata: { name: "web", namespace: "web" },
    spec: {
      replicas: 2,
      ...more,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "DoNotSchedule",
              labelSelector: { matchLabels: labels },
            },
          ],
          containers: [{ name: "web", image: exampleImage, ...container }],
        },
      },
    },
  },
});

/** The policy that closes a namespace in both directions, and the budget that keeps one replica through a drain. */
export const exampleGuards: readonly Example[] = [
  {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    name: "closed",
    properties: {
      metadata: { name: "closed", namespace: "web" },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
  },
  {
    type: "kubernetes:policy/v1:PodDisruptionBudget",
    name: "web",
    properties: {
      metadata: { name: "web", namespace: "web" },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    },
  },
];

/** A ConfigMap with one file. */
export const exampleFile = (name: string, text: string): Example => ({
  type: "kubernetes:core/v1:ConfigMap",
  name: "files",
  properties: { metadata: { name: "files", namespace: "web" }, data: { [name]: text } },
});

/** A network of Hetzner's. */
export const exampleNetwork: Example = {
  type: "hcloud:index/network:Network",
  name: "crisis",
  properties: { ipRange: "10.20.0.0/16" },
};

/** A workload that asks a model at an address. */
export const exampleAsking = (address: string): readonly Example[] => [
  exampleDeployment({ env: [{ name: "OPENAI_BASE_URL", value: address }] }),
  ...exampleGuards,
];

/** Labels of an asset. */
export const exampleLabels: Readonly<Record<string, string>> = {
  owner: "platform-team",
  "data-class": "confidential",
  service: "meetings",
  "legal-entity": "example-ag",
};

/** User data of a machine that asks a clock of its owner's, sends its journal away and opens its disk by a key of its own. */
export const exampleUserData = `#cloud-config
ntp: { servers: [ntp.crisis.example.ch] }
rsyslog: { remotes: { keeper: "@@logs.crisis.example.ch:6514" } }
runcmd: ["cryptsetup luksFormat --batch-mode --key-file /run/volume.key /dev/sdb"]
`;

/** A machine in a private network. */
export const exampleMachine = (more: Readonly<Record<string, unknown>> = {}): Example => ({
  type: "hcloud:index/server:Server",
  name: "meetings-1",
  properties: {
    location: "fsn1",
    serverType: "cpx32",
    image: "debian-12",
    publicNets: [{ ipv4Enabled: false, ipv6Enabled: false }],
    labels: exampleLabels,
    userData: exampleUserData,
    ...more,
  },
});

/** A volume of that machine's. */
export const exampleVolume = (more: Readonly<Record<string, unknown>> = {}): Example => ({
  type: "hcloud:index/volume:Volume",
  name: "records",
  properties: { size: 20, location: "fsn1", deleteProtection: true, labels: exampleLabels, ...more },
});
