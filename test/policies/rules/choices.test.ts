import { defaultLeakEndpoints } from "../../../policies/rules/net-002-default-leak-endpoints";
import { mailDirectoryUnreachable } from "../../../policies/rules/net-001-mail-directory-unreachable";
import { nPlusOne } from "../../../policies/rules/ha-001-n-plus-one";
import { noPublicAiEndpoint } from "../../../policies/rules/ai-001-no-public-ai-endpoint";
import { opaqueResource } from "../../../policies/rules/opq-001-opaque-resource";
import { providerAllowlist } from "../../../policies/rules/jur-001-provider-allowlist";
import { clusterJurisdiction } from "../../../policies/rules/k8s-001-cluster-jurisdiction";
import { type Expectation, own, type Resource, type Row, stackTable, table } from "../support";

const map = (...texts: readonly string[]): Resource => ({
  type: "kubernetes:core/v1:ConfigMap",
  props: { data: Object.fromEntries(texts.map((text, i) => [`file-${i}`, text])) },
});
const pod = (container: object, spec: object = {}): Resource => ({
  type: "kubernetes:core/v1:Pod",
  props: { spec: { containers: [{ image: "registry.crisis.example.ch/a:1", ...container }], ...spec } },
});
const variables = (...pairs: readonly (readonly [name: string, value: unknown])[]): Resource =>
  pod({
    env: pairs.map(([name, value]) => (typeof value === "string" ? { name, value } : { name, valueFrom: value })),
  });
const object = (type: string, spec: unknown, more: object = {}): Resource => ({
  type: `kubernetes:${type}`,
  props: { spec, ...more },
});
const row = (title: string, resource: Resource, expect: Expectation, options: object = own): Row => ({
  title,
  resource,
  expect,
  ...options,
});

describe("UC-NET-002: services chosen by a scheme, a word or a type", () => {
  table(defaultLeakEndpoints, [
    ...(
      [
        ["gs://backups/a", /gs:\/\/ in data\.file-0, which Google/],
        ["url = azblob://backups", /azblob:\/\/.*Microsoft/],
        ["kms: gcpkms://projects/a/locations/b", /gcpkms:\/\/.*Google/],
        ["sink=awssqs://queue", /awssqs:\/\/.*Amazon/],
      ] as const
    ).map(([text, expect]) => row(`it refuses ${text}`, map(text), expect)),
    row("a store of anybody's may stand behind s3://", map("path: s3://backups/a"), "passes"),
    row("a scheme in a comment chooses nothing", map("# gs://backups/a\na = 1\n"), "passes"),
    row(
      "it refuses a repository of restic's in a cloud",
      map("restic -r b2:bucket:path backup /data"),
      /b2:.*Backblaze/,
    ),
    row("it refuses the same in a variable", variables(["RESTIC_REPOSITORY", "azure:box:/"]), /azure:.*Microsoft/),
    row(
      "it passes a repository in a store of one's own",
      variables(["RESTIC_REPOSITORY", "s3:https://s3.crisis.example.ch/a"]),
      "passes",
    ),
    row("it refuses a remote of rclone's in a cloud", map("[files]\ntype = drive\n"), /remote drive.*Google/),
    row("it refuses one of Amazon's", map("[files]\ntype = s3\nprovider = AWS\n"), /remote AWS.*Amazon/),
    row("it refuses one by a variable", variables(["RCLONE_CONFIG_A_TYPE", "onedrive"]), /remote onedrive.*Microsoft/),
    row("it passes a remote of another kind", map("[files]\ntype = sftp\nprovider = Other\n"), "passes"),
    row("it passes a type that is no remote's", map("type = drive\nname = a\n"), "passes"),
    row(
      "it refuses a store of Thanos' in a cloud",
      map("type: GCS\nconfig:\n  bucket: a\n"),
      /store of type GCS.*Google/,
    ),
    row("it refuses S3 without an endpoint", map("type: S3\nconfig:\n  bucket: a\n"), /store of type S3.*Amazon/),
    row(
      "it passes S3 with an endpoint of one's own",
      map("type: S3\nconfig:\n  bucket: a\n  endpoint: s3.crisis.example.ch\n"),
      "passes",
    ),
    row("it passes a type without a bucket", map("type: S3\nconfig:\n  level: a\n"), "passes"),
    row(
      "it refuses a cluster of a refused party, where a text leads to it",
      map("server: https://a.azmk8s.io"),
      /a\.azmk8s\.io.*Microsoft/,
    ),
    row("it passes a cluster of an accepted one", map("server: https://a.sks-ch-gva-2.exo.io"), "passes"),
    row(
      "a file that is fetched from below a host of names is a contact",
      map("url: https://downloads.apache.org/a.tgz"),
      "is undetermined",
    ),
    row("a name below it is none", map("url: http://www.apache.org/licenses/LICENSE-2.0"), "passes"),
    row(
      "it refuses a certificate authority of a party that the profile refuses",
      object("cert-manager.io/v1:ClusterIssuer", {
        acme: { server: "https://acme-v02.api.letsencrypt.org/directory" },
      }),
      /letsencrypt\.org.*which .*US.* operates: its US nexus/,
    ),
  ]);
});

describe("UC-AI-001: keys and models in other spellings", () => {
  const key = (name: string): Resource => variables([name, "secret"]);
  table(noPublicAiEndpoint, [
    ...(
      [
        ["openai_api_key", /OpenAI/],
        ["APP__OPENAI__APIKEY", /OpenAI/],
        ["LLM_ANTHROPIC_API_KEY", /Anthropic/],
        ["openaiApiKey", /OpenAI/],
        ["HF_TOKEN", /Hugging Face/],
        ["MISTRAL_API_KEY", /Mistral/],
        ["GOOGLE_APPLICATION_CREDENTIALS", /Google/],
        ["DEEPL_AUTH_KEY", /DeepL/],
        ["DASHSCOPE_API_KEY", /Alibaba/],
        ["CEREBRAS_API_KEY", /Cerebras/],
        ["CLAUDE_API_KEY", /Anthropic/],
        ["MY_CLAUDE_API_KEY", /Anthropic/],
        ["PPLX_API_KEY", /Perplexity/],
        ["MISTRALAI_API_KEY", /Mistral/],
        ["AWS_BEARER_TOKEN_BEDROCK", /Amazon/],
        ["TOGETHERAI_API_KEY", /Together/],
        ["DEEPINFRA_API_KEY", /somebody/],
      ] as const
    ).map(([name, expect]) => row(`it refuses ${name} alone`, key(name), expect)),
    row(
      "the longest name decides whose key it is",
      variables(["AZURE_OPENAI_API_KEY", "x"], ["AZURE_OPENAI_ENDPOINT", "http://llm.ai.svc"]),
      "passes",
    ),
    row(
      "an address under the same beginning leads the client elsewhere",
      variables(["APP_OPENAI_API_KEY", "x"], ["APP_OPENAI_BASE_URL", "http://llm.ai.svc/v1"]),
      "passes",
    ),
    row(
      "an empty address leads nowhere",
      variables(["OPENAI_API_KEY", "x"], ["OPENAI_BASE_URL", ""]),
      /OPENAI_API_KEY without OPENAI_BASE_URL/,
    ),
    row(
      "a word of something else's is no party's",
      variables(["MY_SPEECH_KEY", "x"], ["APP_CO_API_KEY", "x"]),
      "passes",
    ),
    row(
      "it refuses a key in a file of variables",
      map("A=1\nexport OPENAI_API_KEY=sk-1\n"),
      /OPENAI_API_KEY.*in data\.file-0/,
    ),
    row("it refuses a key in a file of settings", map("openai_api_key: sk-1\n"), /openai_api_key.*in data\.file-0/),
    row(
      "a file that names an address is judged by it",
      map("OPENAI_API_KEY=sk-1\nLLM_BASE_URL=http://llm.ai.svc\n"),
      "passes",
    ),
    row("a key without a value is none", map("OPENAI_API_KEY=\n"), "passes"),
    row(
      "it refuses a key in an object of an operator's",
      object("a.example.org/v1:Agent", { openaiApiKey: "sk-1" }),
      /openaiApiKey/,
    ),
    row(
      "an address beside it leads elsewhere",
      object("a.example.org/v1:Agent", { openaiApiKey: "sk-1", baseUrl: "http://llm.ai.svc" }),
      "passes",
    ),
    row(
      "it refuses a model by its provider",
      map("llm:\n  provider: openai\n  model: gpt-4o\n"),
      /a model of openai in data\.file-0/,
    ),
    row(
      "it refuses a model by its name alone where the name chooses",
      map("model_list:\n- litellm_params:\n    model: gpt-4o\n"),
      /a model of gpt-4o/,
    ),
    row(
      "it passes such a name with an address of one's own",
      map("model_list:\n- litellm_params:\n    model: gpt-4o\n    api_base: http://llm.ai.svc\n"),
      "passes",
    ),
    row("elsewhere a name alone chooses nothing", map("speech:\n  model: whisper-1\n"), "passes"),
  ]);
  const settings = (data: object): Resource => ({
    type: "kubernetes:core/v1:ConfigMap",
    name: "ai",
    props: { metadata: { name: "ai" }, data },
  });
  stackTable(noPublicAiEndpoint, [
    {
      title: "it refuses a key behind envFrom with a prefix",
      ...own,
      resources: [pod({ envFrom: [{ prefix: "OPENAI_", configMapRef: { name: "ai" } }] }), settings({ API_KEY: "x" })],
      expect: /OPENAI_API_KEY/,
    },
    {
      title: "an address behind the same prefix leads the client elsewhere",
      ...own,
      resources: [
        pod({ envFrom: [{ prefix: "OPENAI_", configMapRef: { name: "ai" } }] }),
        settings({ API_KEY: "x", BASE_URL: "http://llm.ai.svc" }),
      ],
      expect: "passes",
    },
  ]);
});

describe("UC-OPQ-001: downloads that run, and what a cluster renders", () => {
  const script = (...lines: readonly string[]): Resource => ({
    type: "hcloud:index/server:Server",
    props: { userData: ["#!/bin/sh", ...lines].join("\n") },
  });
  const from = "https://files.crisis.example.ch/a";
  const refused = /a script in userData that is fetched and run/;
  table(opaqueResource, [
    row("it refuses a download that is run in the next line", script(`curl -so /tmp/a ${from}`, "sh /tmp/a"), refused),
    row("one that is made executable", script(`wget -O /usr/bin/a ${from} && chmod +x /usr/bin/a`), refused),
    row("one that is made executable by a number", script(`curl -o a ${from}`, "chmod 0755 ./a"), refused),
    row("one that is written by the shell", script(`curl -fsSL ${from} > i.sh; bash ./i.sh`), refused),
    row("one whose name is a variable", script(`curl -o "$tmp" ${from}`, 'sudo sh -e "$tmp"'), refused),
    row("one that is sourced", script(`curl --output=env ${from}`, ". env"), refused),
    row("one that is a command", script(`curl -o ./a ${from}`, "./a --now"), refused),
    row(
      "it passes one that is compared before",
      script(`curl -o a ${from}`, 'echo "$sum  a" | sha256sum -c -', "sh a"),
      "says nothing",
    ),
    row(
      "it passes one that is only read",
      script(`curl -o data.json ${from}`, "jq . data.json", "chmod 644 data.json"),
      "says nothing",
    ),
    row("it passes a file that came along", script(`curl -o data.json ${from}`, "sh /opt/install.sh"), "says nothing"),
    ...(
      [
        "infra.contrib.fluxcd.io/v1alpha2:Terraform",
        "gitops.kluctl.io/v1beta1:KluctlDeployment",
        "kappctrl.k14s.io/v1alpha1:App",
        "kro.run/v1alpha1:ResourceGraphDefinition",
        "apiextensions.crossplane.io/v1:Composition",
        "image.toolkit.fluxcd.io/v1beta2:ImageUpdateAutomation",
      ] as const
    ).map((type) => row(`it refuses ${type}, which the cluster renders later`, object(type, {}), /cannot be judged/)),
  ]);
});

describe("UC-NET-001: other ways to what is isolated", () => {
  const pack = { pack: { isolated: ["10.0.0.0/16"] } };
  const isolated = (title: string, resource: Resource, expect: Expectation): Row => row(title, resource, expect, pack);
  const into = /a route to 10\.0\.3\.\d.*, which contains the isolated range 10\.0\.0\.0\/16/;
  table(mailDirectoryUnreachable, [
    isolated(
      "it refuses a volume on a server of files",
      object("core/v1:PersistentVolume", { nfs: { server: "10.0.3.3" } }),
      into,
    ),
    isolated("one of iSCSI", object("core/v1:PersistentVolume", { iscsi: { targetPortal: "10.0.3.3:3260" } }), into),
    isolated(
      "one of a driver",
      object("core/v1:PersistentVolume", { csi: { volumeAttributes: { source: "//10.0.3.3/a" } } }),
      into,
    ),
    isolated("one in a pod", pod({}, { volumes: [{ nfs: { server: "10.0.3.3" } }] }), into),
    isolated("an alias in a pod", pod({}, { hostAliases: [{ ip: "10.0.3.3" }] }), into),
    isolated("a resolver in a pod", pod({}, { dnsConfig: { nameservers: ["10.0.3.3"] } }), into),
    isolated(
      "a volume elsewhere is somebody's",
      pod({}, { volumes: [{ nfs: { server: "10.9.3.3" } }, { nfs: { server: "nas" } }] }),
      /10\.9\.3\.3 .*nothing says whose it is/,
    ),
    isolated("a volume by name passes", pod({}, { volumes: [{ nfs: { server: "nas" } }] }), "passes"),
    isolated("an address of a service", object("core/v1:Service", { loadBalancerIP: "10.0.3.3" }), into),
    isolated("a set of Calico's", object("projectcalico.org/v3:GlobalNetworkSet", { nets: ["10.0.3.0/24"] }), into),
    isolated(
      "a set of Cilium's",
      object("cilium.io/v2alpha1:CiliumCIDRGroup", { externalCIDRs: ["10.0.3.0/24"] }),
      into,
    ),
    isolated(
      "a gateway of Cilium's",
      object("cilium.io/v2:CiliumEgressGatewayPolicy", { destinationCIDRs: ["10.0.3.0/24"] }),
      into,
    ),
    isolated(
      "an entry of Istio's",
      object("networking.istio.io/v1:ServiceEntry", { endpoints: [{ address: "10.0.3.3" }] }),
      into,
    ),
    isolated(
      "a pool of a balancer's",
      object("metallb.io/v1beta1:IPAddressPool", { addresses: ["10.0.3.1-10.0.3.9"] }),
      into,
    ),
    isolated(
      "a port by name with a range of addresses is judged by the range",
      object("networking.k8s.io/v1:NetworkPolicy", {
        egress: [{ to: [{ ipBlock: { cidr: "10.0.7.0/24" } }], ports: [{ port: "web" }] }],
      }),
      /peer 10\.0\.7\.0\/24/,
    ),
    isolated(
      "a port by name elsewhere opens no port of the isolated systems'",
      object("networking.k8s.io/v1:NetworkPolicy", {
        egress: [{ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ port: "web" }] }],
      }),
      "passes",
    ),
    isolated(
      "names outside are outside, whatever their addresses",
      object("cilium.io/v2:CiliumNetworkPolicy", {
        egress: [
          { toFQDNs: [{ matchName: "m.crisis.example.ch" }], toPorts: [{ ports: [{ port: "25", protocol: "TCP" }] }] },
        ],
      }),
      /opens SMTP 25 outwards/,
    ),
    row(
      "a listener of a gateway on a port of theirs",
      object("gateway.networking.k8s.io/v1:Gateway", { listeners: [{ port: 389, protocol: "TCP" }] }),
      /opens LDAP 389 inwards/,
    ),
    row(
      "one of Istio's",
      object("networking.istio.io/v1:Gateway", { servers: [{ port: { number: 445, protocol: "TCP" } }] }),
      /opens SMB 445 inwards/,
    ),
    row(
      "one for the web passes",
      object("gateway.networking.k8s.io/v1:Gateway", { listeners: [{ port: 443, protocol: "TLS" }] }),
      "passes",
    ),
  ]);
});

describe("UC-HA-001: figures inside lists", () => {
  table(nPlusOne, [
    row(
      "it refuses one node",
      object("elasticsearch.k8s.elastic.co/v1:Elasticsearch", { nodeSets: [{ count: 3 }, { count: 1 }] }),
      /spec\.nodeSets\.1\.count 1/,
    ),
    row(
      "it passes lists in which every figure is enough",
      object("elasticsearch.k8s.elastic.co/v1:Elasticsearch", { nodeSets: [{ count: 3 }] }),
      "passes",
    ),
    row(
      "it refuses a list that is not there",
      object("psmdb.percona.com/v1:PerconaServerMongoDB", {}),
      /no spec\.replsets/,
    ),
    row(
      "it refuses a figure deeper in the object",
      object("kafka.strimzi.io/v1beta2:Kafka", { kafka: { replicas: 1 } }),
      /spec\.kafka\.replicas 1/,
    ),
    row(
      "where others count instead, nothing has to be said",
      object("kafka.strimzi.io/v1beta2:Kafka", { kafka: {} }),
      "passes",
    ),
  ]);
});

describe("Providers and clusters in other spellings", () => {
  const config = (...documents: readonly string[]): Resource => ({
    type: "pulumi:providers:kubernetes",
    props: { kubeconfig: documents.join("\n---\n") },
  });
  const at = (server: string): string => `clusters: [{cluster: {server: '${server}'}}]\nusers: []\n`;
  table(providerAllowlist, [
    row(
      "it refuses an address under a longer name",
      { type: "pulumi:providers:hcloud", props: { endpointHetzner: "https://a.example.com" } },
      /the endpointHetzner a\.example\.com/,
    ),
    row(
      "it passes such a name with the provider's own interface",
      { type: "pulumi:providers:hcloud", props: { endpointHetzner: "https://api.hetzner.com/v1" } },
      "passes",
    ),
  ]);
  table(clusterJurisdiction, [
    row(
      "it reads every document of a kubeconfig",
      config(at("https://10.9.0.1"), at("https://a.azmk8s.io")),
      /a\.azmk8s\.io/,
    ),
    row(
      "it passes where all of them are one's own",
      config(at("https://10.9.0.1"), at("https://k.crisis.example.ch")),
      "passes",
    ),
  ]);
});
