import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clusterJurisdiction } from "../../../policies/rules/k8s-001-cluster-jurisdiction";
import { nPlusOne } from "../../../policies/rules/ha-001-n-plus-one";
import { opaqueResource } from "../../../policies/rules/opq-001-opaque-resource";
import { own, type Resource, secret, shape, stackTable, table, under, unknownString } from "../support";

describe("UC-HA-001 n-plus-one", () => {
  const deployment = (replicas: unknown, annotations: Readonly<Record<string, string>> = {}): Resource => ({
    type: "kubernetes:apps/v1:Deployment",
    props: { metadata: { annotations }, spec: { replicas } },
  });
  const pool = (count: number, load?: number): Resource => ({
    type: "sovereign-uc:index:HostPool",
    props: {
      count,
      ...(load === undefined ? {} : { capacity: { load, perReplica: 100, unit: "participants", source: "a" } }),
    },
  });
  const host = (name: string, tier: string): Resource => ({
    type: "hcloud:index/server:Server",
    name,
    props: { labels: { "sovereign-uc-tier": tier, "sovereign-uc-network": "crisis" } },
  });
  shape(nPlusOne);
  table(nPlusOne, [
    { title: "it accepts two replicas", resource: deployment(2), expect: "passes" },
    { title: "it refuses one", resource: deployment(1), expect: /found spec\.replicas 1; allowed: at least 2/ },
    { title: "it refuses none", resource: deployment(0), expect: /spec\.replicas 0/ },
    {
      title: "it leaves a missing count to the check of the stack, which knows of an autoscaler",
      resource: deployment(undefined),
      expect: "says nothing",
    },
    {
      title: "it accepts a singleton that says how it fails over",
      resource: deployment(1, { "sovereign-uc/singleton": "the other shard takes its rooms" }),
      expect: "passes",
    },
    {
      title: "it refuses a singleton that says nothing",
      resource: deployment(1, { "sovereign-uc/singleton": " " }),
      expect: /spec\.replicas 1/,
    },
    {
      title: "it cannot judge a count that is not known",
      resource: deployment(unknownString),
      expect: "is undetermined",
    },
    {
      title: "it judges stateful sets",
      resource: { ...deployment(1), type: "kubernetes:apps/v1:StatefulSet" },
      expect: /replicas 1/,
    },
    { title: "it refuses a bare pod", resource: { type: "kubernetes:core/v1:Pod", props: {} }, expect: /a single Pod/ },
    {
      title: "it refuses an autoscaler that goes down to one",
      resource: { type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", props: { spec: { maxReplicas: 5 } } },
      expect: /no spec\.minReplicas/,
    },
    {
      title: "it accepts an autoscaler that keeps two",
      resource: { type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", props: { spec: { minReplicas: 2 } } },
      expect: "passes",
    },
    {
      title: "it refuses an instance pool of one",
      resource: { type: "exoscale:index/instancePool:InstancePool", props: { size: 1 } },
      expect: /size 1/,
    },
    {
      title: "it refuses a managed cluster of one node",
      resource: { type: "exoscale:index/sksNodepool:SksNodepool", props: { size: 1 } },
      expect: /size 1/,
    },
    {
      title: "it accepts a managed cluster of two nodes",
      resource: { type: "exoscale:index/sksNodepool:SksNodepool", props: { size: 2 } },
      expect: "passes",
    },
    { title: "it accepts a pool with one host more than its load needs", resource: pool(3, 200), expect: "passes" },
    {
      title: "it refuses a pool that only just carries its load",
      resource: pool(2, 200),
      expect: /count 2 for 200 participants; allowed: ceil\(200 \/ 100\) \+ 1 = 3; do: raise count to 3/,
    },
    { title: "it rounds up", resource: pool(3, 201), expect: /= 4/ },
    { title: "it refuses a capacity that makes no sense", resource: pool(3, -1), expect: /without positive figures/ },
    { title: "it refuses a pool of one without a capacity", resource: pool(1), expect: /count 1/ },
    {
      title: "it recomputes a workload",
      resource: {
        type: "sovereign-uc:index:Workload",
        props: { replicas: 2, capacity: { load: 150, perReplica: 100, unit: "a" } },
      },
      expect: /= 3/,
    },
    {
      title: "it accepts a named singleton among workloads",
      resource: {
        type: "sovereign-uc:index:Workload",
        props: { replicas: 1, singleton: "the other shard", capacity: { load: 1, perReplica: 1 } },
      },
      expect: "passes",
    },
    {
      title: "it refuses a single gateway",
      resource: { type: "sovereign-uc:index:Gateway", props: { count: 1 } },
      expect: /count 1/,
    },
    {
      title: "it says nothing about jobs",
      resource: { type: "kubernetes:batch/v1:Job", props: {} },
      expect: "says nothing",
    },
  ]);
  stackTable(nPlusOne, [
    {
      title: "it counts what an autoscaler was given, which its outputs need not say",
      resources: [
        { type: "kubernetes:apps/v1:Deployment", name: "web", props: { metadata: { name: "web" }, spec: {} } },
        {
          type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
          name: "web",
          props: { metadata: { name: "web" }, spec: { minReplicas: 2, scaleTargetRef: { name: "web" } } },
        },
      ],
      outputs: [
        { type: "kubernetes:apps/v1:Deployment", name: "web", props: { metadata: { name: "web" }, spec: {} } },
        { type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", name: "web", props: {} },
      ],
      expect: "passes",
    },
    {
      title: "it accepts tiers of two hosts",
      resources: [host("a-1", "media"), host("a-2", "media")],
      expect: "passes",
    },
    {
      title: "it refuses a tier of one host",
      resources: [host("a-1", "media"), host("a-2", "media"), host("b-1", "gateway")],
      expect: /a single host in the tier gateway in crisis: b-1/,
    },
    {
      title: "it says nothing about hosts that name no tier",
      resources: [{ type: "hcloud:index/server:Server", props: {} }],
      expect: "says nothing",
    },
  ]);
});

describe("UC-K8S-001 cluster-jurisdiction", () => {
  const config = (server: string, user: object = {}, cluster: object = {}): string =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "a", cluster: { server, ...cluster } }],
      users: [{ name: "a", user }],
    });
  const named = { "tls-server-name": "api.crisis.example.ch", "certificate-authority-data": "YQ==" };
  const provider = (kubeconfig: unknown): Resource => ({ type: "pulumi:providers:kubernetes", props: { kubeconfig } });
  const adopted = (changes: Readonly<Record<string, unknown>>): Resource => ({
    type: "sovereign-uc:index:AdoptedCluster",
    props: { server: "https://api.crisis.example.ch:6443", country: "CH", ...changes },
  });
  shape(clusterJurisdiction);
  table(clusterJurisdiction, [
    {
      title: "it accepts a cluster under an own domain",
      ...own,
      resource: provider(secret(config("https://api.crisis.example.ch:6443"))),
      expect: "passes",
    },
    {
      title: "it accepts a cluster in a private network",
      resource: provider(config("https://10.20.0.10:6443")),
      expect: "passes",
    },
    {
      title: "it reads YAML",
      ...own,
      resource: provider(
        "apiVersion: v1\nkind: Config\nclusters:\n  - name: a\n    cluster:\n      server: https://1.gr7.eu-central-1.eks.amazonaws.com\n",
      ),
      expect: /eks\.amazonaws\.com of Amazon/,
    },
    ...[
      "https://a.hcp.germanywestcentral.azmk8s.io:443",
      "https://a.k8s.ondigitalocean.com",
      "https://a.us-east1.gke.goog",
    ].map((server) => ({
      title: `it refuses ${server}`,
      ...own,
      resource: provider(config(server)),
      expect: /US nexus: controlled/,
    })),
    {
      title: "it refuses a server in no table",
      ...own,
      resource: provider(config("https://203.0.113.9:6443")),
      expect: /203\.0\.113\.9, which is in no table/,
    },
    {
      title: "it accepts an address that has to prove an own name",
      ...own,
      resource: provider(config("https://203.0.113.9:6443", {}, named)),
      expect: "passes",
    },
    {
      title: "it refuses an address that any authority may prove",
      ...own,
      resource: provider(config("https://203.0.113.9:6443", {}, { "tls-server-name": "api.crisis.example.ch" })),
      expect: /in no table/,
    },
    {
      title: "it refuses an address that has to prove a foreign name",
      ...own,
      resource: provider(config("https://203.0.113.9:6443", {}, { ...named, "tls-server-name": "api.example.org" })),
      expect: /in no table/,
    },
    {
      title: "it does not take an address for an accepted cloud's cluster because of a name",
      ...own,
      resource: provider(
        config("https://203.0.113.9:6443", {}, { ...named, "tls-server-name": "0a.sks-at-vie-1.exo.io" }),
      ),
      expect: /203\.0\.113\.9, which is in no table/,
    },
    {
      title: "it refuses a server whose certificate is not verified",
      ...own,
      resource: provider(config("https://api.crisis.example.ch", {}, { "insecure-skip-tls-verify": true })),
      expect: /not verified/,
    },
    {
      title: "it refuses a foreign way to it",
      ...own,
      resource: provider(config("https://api.crisis.example.ch", {}, { "proxy-url": "http://proxy.example.org:3128" })),
      expect: /proxy\.example\.org/,
    },
    {
      title: "it cannot judge a kubeconfig that a state file keeps secret",
      resource: provider("[secret]"),
      expect: "is undetermined",
    },
    {
      title: "it accepts a managed cluster of an accepted cloud",
      resource: provider(config("https://0a.sks-at-vie-1.exo.io:443")),
      expect: "passes",
    },
    {
      title: "it refuses it outside the allowed countries",
      ...under("swiss"),
      resource: provider(config("https://0a.sks-at-vie-1.exo.io:443")),
      expect: /it is in AT/,
    },
    {
      title: "it refuses a login through a cloud's program",
      ...own,
      resource: provider(config("https://api.crisis.example.ch", { exec: { command: "/usr/bin/aws" } })),
      expect: /a login through aws/,
    },
    {
      title: "it refuses the kubeconfig of the machine",
      resource: { type: "pulumi:providers:kubernetes", props: {} },
      expect: /no kubeconfig/,
    },
    { title: "it refuses a path", resource: provider("/home/operator/.kube/config"), expect: /cannot be read/ },
    {
      title: "it accepts a provider that only writes manifests",
      resource: { type: "pulumi:providers:kubernetes", props: { renderYamlToDirectory: "out" } },
      expect: "passes",
    },
    {
      title: "it cannot judge a kubeconfig that is not known",
      resource: provider(unknownString),
      expect: "is undetermined",
    },
    {
      title: "it accepts an adopted cluster of one's own in an allowed country",
      ...own,
      resource: adopted({}),
      expect: "passes",
    },
    {
      title: "it accepts an adopted cluster of an accepted operator",
      ...own,
      resource: adopted({ server: "https://0a.sks-at-vie-1.exo.io:443", country: "AT" }),
      expect: "passes",
    },
    {
      title: "it refuses an adopted cluster whose server is in no table",
      ...own,
      resource: adopted({ server: "https://203.0.113.9:6443" }),
      expect: /203\.0\.113\.9, which is in no table/,
    },
    {
      title: "it refuses an adopted cluster of a US company, wherever it stands",
      ...own,
      resource: adopted({ server: "https://1.gr7.eu-central-1.eks.amazonaws.com", country: "DE" }),
      expect: /eks\.amazonaws\.com of Amazon/,
    },
    {
      title: "it refuses an adopted cluster in the US, whatever its name",
      ...own,
      resource: adopted({ country: "US" }),
      expect: /an adopted cluster in US; allowed: EU and Swiss locations/,
    },
    {
      title: "it refuses an adopted cluster outside the profile's countries",
      ...under("swiss"),
      resource: adopted({ country: "DE" }),
      expect: /an adopted cluster in DE; allowed: Swiss locations/,
    },
    {
      title: "it refuses an adopted cluster whose server is not known",
      ...own,
      resource: adopted({ server: unknownString }),
      expect: /a server that is no address/,
    },
    {
      title: "it refuses an adopted cluster whose country is not known",
      ...own,
      resource: adopted({ country: unknownString }),
      expect: /a country that is not stated/,
    },
    {
      title: "it refuses an adopted cluster that states nothing",
      ...own,
      resource: { type: "sovereign-uc:index:AdoptedCluster", props: {} },
      expect: /a server that is no address/,
    },
    {
      title: "it says nothing about another provider",
      resource: { type: "pulumi:providers:hcloud" },
      expect: "says nothing",
    },
  ]);
});

describe("UC-OPQ-001 opaque-resource", () => {
  const files = join(__dirname, "../../../components/recipe/files");
  const scripts = Object.fromEntries(readdirSync(files).map((name) => [name, readFileSync(join(files, name), "utf8")]));
  const command = (props: Readonly<Record<string, unknown>>): Resource => ({
    type: "command:remote:Command",
    name: "a-converge",
    props,
  });
  const converge = scripts["converge.sh"];
  shape(opaqueResource);
  table(opaqueResource, [
    {
      title: "it knows our own scripts",
      resource: command({
        create: converge,
        update: converge,
        delete: scripts["leave.sh"],
        stdin: secret("end\n"),
        triggers: [1],
      }),
      expect: "passes",
    },
    {
      title: "it cannot judge a recipe that is not known",
      resource: command({ create: converge, stdin: unknownString, connection: unknownString }),
      expect: "is undetermined",
    },
    {
      title: "it refuses a script with one letter more",
      resource: command({ create: `${converge} ` }),
      expect: /"a-converge", which cannot be judged: a script can do anything/,
    },
    {
      title: "it refuses when only one of the scripts is not ours",
      resource: command({ create: converge, delete: "rm -rf /" }),
      expect: /a script can do anything/,
    },
    {
      title: "it refuses an environment that could change what a script does",
      resource: command({ create: converge, environment: { LD_PRELOAD: "a" } }),
      expect: /command:remote:Command/,
    },
    {
      title: "it refuses a script that is not known yet",
      resource: command({ create: unknownString }),
      expect: /command:remote:Command/,
    },
    { title: "it refuses a command without a script", resource: command({}), expect: /command:remote:Command/ },
    {
      title: "it refuses local commands",
      resource: { type: "command:local:Command", props: { create: converge } },
      expect: /command:local:Command/,
    },
    {
      title: "it refuses charts that are rendered later",
      resource: { type: "kubernetes:helm.sh/v3:Release", name: "ingress" },
      expect: /helm\.sh\/v3:Release "ingress".*do: use typed resources/,
    },
    {
      title: "it refuses dynamic providers",
      resource: { type: "pulumi-nodejs:dynamic:Resource" },
      expect: /its code runs inside the program/,
    },
    {
      title: "it refuses images that are built here",
      resource: { type: "docker-build:index:Image" },
      expect: /is not declared anywhere/,
    },
    {
      title: "it refuses what another stack exports",
      resource: { type: "pulumi:pulumi:StackReference" },
      expect: /judged, if at all, elsewhere/,
    },
    {
      title: "it accepts what somebody has looked at",
      pack: { opaque: [{ resource: "ingress", reason: "read by the platform team" }] },
      resource: { type: "kubernetes:helm.sh/v3:Release", name: "ingress" },
      expect: "passes",
    },
    {
      title: "it accepts only that",
      pack: { opaque: [{ resource: "ingress", reason: "read by the platform team" }] },
      resource: { type: "kubernetes:helm.sh/v3:Release", name: "other" },
      expect: /"other"/,
    },
    {
      title: "it says nothing about charts that are rendered into resources",
      resource: { type: "kubernetes:helm.sh/v4:Chart" },
      expect: "says nothing",
    },
    {
      title: "it says nothing about a plain resource",
      resource: { type: "hcloud:index/network:Network" },
      expect: "says nothing",
    },
  ]);
});
