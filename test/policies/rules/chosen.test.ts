import { defaultLeakEndpoints } from "../../../policies/rules/net-002-default-leak-endpoints";
import { opaqueResource } from "../../../policies/rules/opq-001-opaque-resource";
import { providerAllowlist } from "../../../policies/rules/jur-001-provider-allowlist";
import { type Expectation, own, type Resource, type Row, table, unknownString } from "../support";
import { host, map, pod } from "./fixtures";

const row = (title: string, resource: Resource, expect: Expectation): Row => ({ title, resource, expect, ...own });
const object = (type: string, props: Readonly<Record<string, unknown>>): Resource => ({
  type: `kubernetes:${type}`,
  props,
});
const file = (text: string, name = "a.yaml"): Resource => map({ [name]: text });
const script = (text: string): Resource => host(`#!/bin/sh\n${text}\n`);

describe("UC-NET-002: services that are chosen by a word", () => {
  const scaled = (trigger: object): Resource =>
    object("keda.sh/v1alpha1:ScaledObject", { spec: { minReplicaCount: 2, triggers: [trigger] } });
  table(defaultLeakEndpoints, [
    row("it refuses a scaler that asks a cloud", scaled({ type: "aws-sqs-queue" }), /aws-sqs-queue.*Amazon/),
    row("it passes one that asks a server of the cluster", scaled({ type: "prometheus" }), "passes"),
    row(
      "it refuses a scaler for runners of GitHub's",
      scaled({ type: "github-runner", metadata: { owner: "a" } }),
      /github-runner.*GitHub/,
    ),
    row(
      "it passes one that is told the address of a server of one's own",
      scaled({ type: "github-runner", metadata: { githubApiURL: "https://git.crisis.example.ch/api" } }),
      "passes",
    ),
    row(
      "an address that only the update knows may lead anywhere",
      scaled({ type: "github-runner", metadata: { githubApiURL: unknownString } }),
      "is undetermined",
    ),
    row(
      "an empty address leads nowhere",
      scaled({ type: "github-runner", metadata: { githubApiURL: "" } }),
      /github-runner.*GitHub/,
    ),
    row(
      "it refuses a store of secrets that a word alone names",
      object("external-secrets.io/v1:SecretStore", { spec: { provider: { infisical: { auth: {} } } } }),
      /infisical under spec\.provider of a SecretStore/,
    ),
    row(
      "it passes the same program on a host of one's own",
      object("external-secrets.io/v1:SecretStore", {
        spec: { provider: { infisical: { hostAPI: "https://infisical.crisis.example.ch" } } },
      }),
      "passes",
    ),
    row(
      "the same word in another kind of the group chooses nothing",
      object("external-secrets.io/v1:PushSecret", { spec: { provider: { infisical: {} } } }),
      "says nothing",
    ),
    row(
      "it refuses volumes of a cloud",
      object("storage.k8s.io/v1:StorageClass", { provisioner: "ebs.csi.aws.com" }),
      /ebs\.csi\.aws\.com.*Amazon/,
    ),
    row(
      "it passes volumes of an accepted cloud",
      object("storage.k8s.io/v1:StorageClass", { provisioner: "csi.hetzner.cloud" }),
      "passes",
    ),
    row(
      "it refuses an ingress by the annotation of old",
      object("networking.k8s.io/v1:Ingress", { metadata: { annotations: { "kubernetes.io/ingress.class": "gce" } } }),
      /"gce" as metadata\.annotations\.kubernetes\.io\/ingress\.class of a Ingress.*Google/,
    ),
    row(
      "it refuses an account of a cloud's that pods log in to",
      object("core/v1:ServiceAccount", { metadata: { annotations: { "eks.amazonaws.com/role-arn": "a" } } }),
      /the annotation eks\.amazonaws\.com\/role-arn.*Amazon/,
    ),
    row(
      "it finds the same in a manifest that stands in a text",
      file(
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: a}\nprovisioner: pd.csi.storage.gke.io\n",
      ),
      /pd\.csi\.storage\.gke\.io.*in data\["a\.yaml"\].*Google/,
    ),
    row(
      "it refuses an exporter with a name of its own",
      file("exporters:\n  datadog/eu: {api: {key: a}}\nservice: {}\n"),
      /datadog/i,
    ),
    row(
      "it passes exporters of one's own",
      file("exporters:\n  otlp: {endpoint: tempo:4317}\nservice: {}\n"),
      "passes",
    ),
    ...[
      ["aws", "Amazon"],
      ["oci", "Oracle"],
    ].map(([word = "", party = ""]) =>
      row(
        `it refuses to look for targets with ${word}_sd_configs`,
        file(`scrape_configs:\n- job_name: a\n  ${word}_sd_configs:\n  - region: eu-central-1\n`),
        new RegExp(`${word}_sd_configs.*${party}`),
      ),
    ),
    row(
      "it refuses a receiver without an address",
      file("receivers:\n- name: a\n  slack_configs:\n  - channel: a\n"),
      /slack_configs.*Slack/,
    ),
    row(
      "it passes one that is told the address of a chat of one's own",
      file("receivers:\n- name: a\n  slack_configs:\n  - api_url: https://chat.crisis.example.ch/hooks/a\n"),
      "passes",
    ),
    row(
      "it refuses two receivers of which one has no address",
      file(
        "receivers:\n- name: a\n  slack_configs:\n  - api_url: https://chat.crisis.example.ch/hooks/a\n  - channel: b\n",
      ),
      /slack_configs/,
    ),
    row(
      "it passes a list of stores with no bucket in it",
      file("storage:\n  type: filesystem\n  gcs: {bucketName: ''}\n  azure: {accountName: null}\n"),
      "passes",
    ),
    row(
      "it refuses a registry's store in a cloud",
      file("version: 0.1\nstorage:\n  gcs: {bucket: a}\n"),
      /gcs under storage/,
    ),
    row(
      "it passes a store with an endpoint",
      file("version: 0.1\nstorage:\n  s3: {bucket: a, regionendpoint: 'https://s3.crisis.example.ch'}\n"),
      "passes",
    ),
    row(
      "it refuses an output to a cloud's store",
      map({ "a.conf": "[OUTPUT]\n    Name s3\n    bucket a\n" }),
      /Name s3.*Amazon/,
    ),
    row(
      "it passes one with an endpoint",
      map({ "a.conf": "[OUTPUT]\n    Name s3\n    endpoint https://s3.crisis.example.ch\n" }),
      "passes",
    ),
    row("it passes a seal of one's own", map({ "a.hcl": 'seal "transit" {\n}\n' }), "passes"),
    row(
      "it refuses a bucket whose host is only a region",
      file("storage_config:\n  aws:\n    s3: s3://eu-central-1/a\n"),
      /a store without an endpoint \(aws\)/,
    ),
    row(
      "it refuses a program behind words that only run it",
      script("test -f a && sudo -E env A=b nice -n 10 gcloud secrets list"),
      /the program gcloud.*Google/,
    ),
    row(
      "it refuses a program in a unit",
      host("[Service]\nExecStartPre=-/usr/bin/gsutil cp a gs://b\n"),
      /the program gsutil/,
    ),
    row("it refuses a program that a shell runs", script("bash -c 'gcloud auth list'"), /the program gcloud/),
    row("it passes a program that is only a word", script("echo gcloud is not here\ngcloud_x a\n"), "passes"),
    row(
      "it passes a setting that is called like a program",
      map({ "a.conf": "gcloud = on\ngcloud: off it goes\n" }),
      "passes",
    ),
    row("it refuses a tunnel from a mirror", pod("a/cloudflared:1"), /the program cloudflared.*Cloudflare/),
    row("it refuses a key without an address", pod("a:1", [["DD_API_KEY", "a"]]), /DD_API_KEY.*Datadog/),
    row("it refuses a key that another object holds", pod("a:1", [["DD_API_KEY", "elsewhere"]]), /DD_API_KEY.*Datadog/),
    row("it passes an empty key", pod("a:1", [["DD_API_KEY", ""]]), "passes"),
    row(
      "it passes a key beside an address of one's own",
      pod("a:1", [
        ["DD_API_KEY", "a"],
        ["DD_DD_URL", "https://dd.crisis.example.ch"],
      ]),
      "passes",
    ),
    row("it passes what is switched off", pod("a:1", [["RECAPTCHA_ENABLED", "false"]]), "passes"),
    row(
      "it refuses DNS of a cloud by a variable",
      pod("a:1", [["EXTERNAL_DNS_PROVIDER", "google"]]),
      /the provider google by EXTERNAL_DNS_PROVIDER/,
    ),
    row(
      "it refuses a login with somebody else's account",
      pod("a:1", [], { args: ["--provider=github"] }),
      /the provider github by --provider.*GitHub/,
    ),
    row("it passes a login at one's own", pod("a:1", [], { args: ["--provider=oidc"] }), "passes"),
    row(
      "it refuses the provider in a chart's values",
      object("helm.sh/v4:Chart", {
        chart: "oci://registry.crisis.example.ch/external-dns",
        values: { provider: { name: "aws" } },
      }),
      /the provider aws by values\.provider.*Amazon/,
    ),
  ]);
});

describe("UC-NET-002: contacts in more spellings", () => {
  const asked = (text: string): Row => row(`it asks whose the host is in ${text}`, map({ a: text }), "is undetermined");
  const none = (title: string, text: string, name = "a"): Row => row(title, map({ [name]: text }), "passes");
  table(defaultLeakEndpoints, [
    ...[
      "exec 3<>/dev/udp/a.example.net/53",
      "socat - TCP:a.example.net:443",
      "openssl s_client -connect a.example.net:443",
      "remote a.example.net 1194",
      "server a.example.net iburst",
      "  server one a.example.net:443 check",
      "cache_peer a.example.net parent 3128 0",
      "  right=a.example.net",
      "*.* @@a.example.net:514",
      '<script src="//a.example.net/x.js">',
      "a.example.net:/srv /mnt nfs defaults 0 0",
      "mount -t cifs //a.example.net/share /mnt",
      "ssh root@a.example.net true",
      "dig @a.example.net txt b",
      "wget a.example.net:8080/a",
      "curl ${URL:-https://a.example.net}",
      "#!/usr/bin/env -S curl https://a.example.net",
      "https&colon;&sol;&sol;a&period;example&period;net/",
      "https://\u0430\u0440\u0440\u04cf\u0435.com/",
      "http://0x08090a0b/",
      "printf '\\150\\164\\164\\160://a.example.net'",
      "echo 68747470733a2f2f612e6578616d706c652e6e6574 | xxd -r -p",
      "curl https://a.example.net -j DROP",
      "curl https://a.example.net CNAME .",
      '#!/bin/sh\nxmlns="https://a.example.net"; curl $xmlns',
    ].map(asked),
    row(
      "it asks in a list of hosts",
      pod("a:1", [["KAFKA_BROKERS", "a.example.net:9092,b.example.net:9092"]]),
      "is undetermined",
    ),
    row("it asks for an address of IPv6", pod("a:1", [["DB_HOST", "2a05:d014::1"]]), "is undetermined"),
    row("it passes an address for manuals", pod("a:1", [["DB_HOST", "2001:db8::1"]]), "passes"),
    row("it passes a sentence", pod("a:1", [["MAIL_SERVER", "see mail.example.net, please"]]), "passes"),
    row(
      "it asks for an alias of a public address",
      object("core/v1:Pod", {
        spec: { hostAliases: [{ ip: "52.1.2.3", hostnames: ["db.internal"] }], containers: [] },
      }),
      "is undetermined",
    ),
    none("an address of a clock may be one's own", "server 192.0.2.123 iburst\n"),
    none("a list of names that Pi-hole refuses is none", "(\\.|^)doubleclick\\.net$\n(^|\\.)google-analytics\\.com$\n"),
    none("what a proxy refuses is none", "http-request deny if { hdr(host) -m end openai.com }\n"),
    none("what a rule of ModSecurity compares is none", 'SecRule REMOTE_HOST "@contains amazonaws.com" "id:1,deny"\n'),
    none(
      "what a rule of Suricata compares is none",
      'alert tls any any -> any any (tls.sni; content:"slack.com"; sid:1;)\n',
    ),
    none(
      "what a rule of Falco compares is none",
      '- rule: a\n  condition: fd.sip.name = "slack.com"\n  output: b\n  priority: INFO\n',
      "rules.yaml",
    ),
    none("a pattern that excludes is none", "images: registry.crisis.example.ch/* | !gcr.io/*\n"),
    none("a version in an application's own key is none", 'appVersion: "8.8.4.4"\n'),
  ]);
});

describe("UC-JUR-001: controllers in the cluster", () => {
  table(providerAllowlist, [
    row(
      "it refuses what a controller makes at a cloud",
      object("s3.aws.upbound.io/v1beta1:Bucket", { spec: { forProvider: {} } }),
      /Bucket of s3\.aws\.upbound\.io, of which a controller makes something at Amazon/,
    ),
    row(
      "a group that only ends with the same letters is another",
      object("notaws.upbound.io/v1:Bucket", { spec: {} }),
      "passes",
    ),
    row(
      "it does not pass what a controller makes at nobody knows whose",
      object("storage.somewhere.example/v1:Bucket", { spec: { forProvider: { region: "a" } } }),
      "is undetermined",
    ),
    row(
      "it refuses machines of a cloud",
      object("infrastructure.cluster.x-k8s.io/v1beta2:AWSCluster", { spec: {} }),
      /AWSCluster.*Amazon/,
    ),
    row(
      "it passes the rights to look at such objects",
      object("rbac.authorization.k8s.io/v1:ClusterRole", { rules: [{ apiGroups: ["s3.aws.upbound.io"] }] }),
      "passes",
    ),
  ]);
});

describe("UC-OPQ-001: more ways in which something comes later", () => {
  const fetched = (text: string): Row =>
    row(`it refuses ${text}`, script(text), /a script in userData that is fetched and run/);
  table(opaqueResource, [
    ...[
      "python3 -c \"import urllib.request as u; exec(u.urlopen('https://a.crisis.example.ch').read())\"",
      "iwr -useb https://a.crisis.example.ch/x.ps1 | iex",
      "IEX (New-Object Net.WebClient).DownloadString('https://a.crisis.example.ch/x.ps1')",
      "aria2c https://a.crisis.example.ch/x.sh -o /tmp/x.sh\nsh /tmp/x.sh",
      "git clone https://a.crisis.example.ch/x /opt/x\n/opt/x/install.sh",
      "git clone --depth 1 https://a.crisis.example.ch/tools.git\nsh tools/install.sh",
      "ansible-pull -U https://a.crisis.example.ch/x site.yml",
    ].map(fetched),
    row(
      "it passes a repository of which nothing is run",
      script("git clone https://a.crisis.example.ch/x /opt/x\nls /opt/x"),
      "says nothing",
    ),
    row(
      "it passes a repository beside which something else is run",
      script("git clone https://a.crisis.example.ch/x /opt/x\n/opt/xy/install.sh"),
      "says nothing",
    ),
    row(
      "it refuses a chart in a host's files",
      host(
        "#cloud-config\nwrite_files:\n- path: /m.yaml\n  content: |\n    apiVersion: helm.cattle.io/v1\n    kind: HelmChart\n    metadata: {name: a}\n",
      ),
      /helm\.cattle\.io/,
    ),
    ...[
      "ansible:\n  pull: {url: 'https://a.crisis.example.ch/x'}",
      "chef:\n  server_url: https://a.crisis.example.ch",
      "puppet:\n  install: true",
      "salt_minion:\n  conf: {master: a.crisis.example.ch}",
    ].map((text) =>
      row(
        `it refuses the agent in ${text}`,
        host(`#cloud-config\n${text}\n`),
        /the module \w+ of cloud-init in userData/,
      ),
    ),
    row(
      "a text that another language's runtime made of an unknown value is not known",
      map({ a: "url: <pulumi.output.Output object at 0x7f>" }),
      "is undetermined",
    ),
  ]);
});
