import { noPublicAiEndpoint } from "../../../policies/rules/ai-001-no-public-ai-endpoint";
import { registryJurisdiction } from "../../../policies/rules/img-001-registry-jurisdiction";
import { defaultLeakEndpoints } from "../../../policies/rules/net-002-default-leak-endpoints";
import { opaqueResource } from "../../../policies/rules/opq-001-opaque-resource";
import { own, type Resource, stackTable, table, unknownString } from "../support";
import { host, map, pod } from "./fixtures";

const leaks = (title: string, text: string, key = "a") => ({
  title,
  ...own,
  resource: map({ [key]: text }),
  expect: /amplitude\.com/,
});
const silent = (title: string, text: string, key = "a") => ({
  title,
  ...own,
  resource: map({ [key]: text }),
  expect: "passes" as const,
});

describe("A contact in a hostile spelling", () => {
  table(defaultLeakEndpoints, [
    leaks("a line of a crontab is a command", "*/5 * * * * root curl https://api.amplitude.com/2\n"),
    leaks("a shell goes on after a semicolon", "#!/bin/sh\ntrue \\\n; curl https://api.amplitude.com/2\n"),
    leaks("a key named description hides nothing in a map", "https://api.amplitude.com/2", "description"),
    leaks("a key of JSON may be a URL", '{"https://api.amplitude.com/2":{"a":1}}'),
    leaks("slashes may be escaped", 'url = "https:\\/\\/api.amplitude.com\\/2"'),
    leaks("colons may be escaped", "url=https\\://api.amplitude.com/2"),
    leaks("letters may be percent codes", "https://%61pi.amplitude.com/2"),
    leaks("a dot may be a Unicode escape", "x = 'https://api.amplitude\\u002ecom'"),
    leaks("a dot may be an ideographic full stop", "https://api\u3002amplitude\u3002com/2"),
    leaks("letters may be of full width", "https://ａｐｉ．ａｍｐｌｉｔｕｄｅ．ｃｏｍ/2"),
    leaks("a shell opens a host as a file", "exec 3<>/dev/tcp/api.amplitude.com/443"),
    leaks("a multiaddress has a host between slashes", "/dns4/api.amplitude.com/tcp/443"),
    leaks("one slash is enough for some clients", "https:/api.amplitude.com/2"),
    leaks("a division is no comment", "n = a // b; u = 'https://api.amplitude.com'"),
    leaks("a mark inside quotes is no comment", 'echo "a # b https://api.amplitude.com"'),
    leaks("base64 stands inside a script", "echo Y3VybCBodHRwczovL2FwaS5hbXBsaXR1ZGUuY29tLzIK | base64 -d | cat"),
    leaks(
      "base64 needs no padding",
      Buffer.from("curl https://api.amplitude.com/23").toString("base64").replace(/=+$/, ""),
    ),
    {
      title: "binary data of a map is base64, however short",
      ...own,
      resource: {
        type: "kubernetes:core/v1:ConfigMap",
        props: { binaryData: { u: Buffer.from("amplitude.com").toString("base64") } },
      },
      expect: /amplitude\.com/,
    },
    {
      title: "a MIME part is base64 where it says so",
      ...own,
      resource: host(
        `Content-Type: multipart/mixed; boundary="B"\nMIME-Version: 1.0\n\n--B\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\n${Buffer.from("#!/bin/sh\ncurl https://api.amplitude.com\n").toString("base64")}\n--B--\n`,
      ),
      expect: /amplitude\.com/,
    },
    {
      title: "an address of a resolver may be of the sixth version",
      ...own,
      resource: map({ "resolv.conf": "nameserver 2001:4860:4860::8888\n" }),
      expect: /2001:4860:4860::8888.*Google/s,
    },
  ]);
});

describe("A text that is no contact", () => {
  table(defaultLeakEndpoints, [
    silent("a comment of XML", "<a>\n<!-- see https://amplitude.com/docs -->\n</a>"),
    silent("a comment of a template", "{{/* see https://amplitude.com */}}\n{{ .Title }}"),
    silent("a comment over several lines", "/*\n  Manual: https://amplitude.com\n*/\nvar a = {};"),
    silent("a comment of SQL", "-- from https://amplitude.com\nSELECT 1;"),
    silent("a comment of Erlang", "%% see https://amplitude.com\n{loglevel, 4}."),
    silent("a comment of an ini file", "[section]\n; see https://amplitude.com\na = 1\n"),
    {
      title: "a manual",
      ...own,
      resource: map({ "README.md": "See https://amplitude.com for more." }),
      expect: "says nothing",
    },
    silent("the name of a schema", '{"$schema":"https://amplitude.com/schema.json","a":1}'),
    silent("the right side of a mail address", "1+bot@users.noreply.amplitude.com"),
    silent("an import path", 'scope.name == "github.com/labstack/echo/otelecho"'),
    silent("a version", "app: registry.crisis.example.ch/a:1.0.0.1"),
    silent("a line of a hosts file that leads nowhere", "0.0.0.0 www.amplitude.com\n"),
    silent("a name that dnsmasq refuses", "address=/amplitude.com/0.0.0.0\n"),
    silent("a response policy zone", "*.amplitude.com CNAME .\n"),
    silent("a template of CoreDNS that answers nothing", "template IN ANY amplitude.com {\n  rcode NXDOMAIN\n}\n"),
    silent("a list that squid refuses", "acl t dstdomain .amplitude.com\nhttp_access deny t\n"),
    {
      title: "groups of an API and labels",
      ...own,
      resource: {
        type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
        props: { rules: [{ apiGroups: ["app.amplitude.com"], resources: ["*"] }] },
      },
      expect: "passes",
    },
    {
      title: "ranges that a policy cuts out",
      ...own,
      resource: {
        type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        props: { spec: { egress: [{ to: [{ ipBlock: { cidr: "1.0.0.0/8", except: ["1.1.1.1/32"] } }] }] } },
      },
      expect: "passes",
    },
    {
      title: "an alert's runbook",
      ...own,
      resource: {
        type: "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
        props: { spec: { groups: [{ rules: [{ annotations: { runbook_url: "https://amplitude.com/a.md" } }] }] } },
      },
      expect: "says nothing",
    },
  ]);
  table(registryJurisdiction, [
    {
      title: "FROM in SQL names no image",
      ...own,
      resource: map({ q: "SELECT datname, count(*) FROM pg_stat_activity GROUP BY datname" }),
      expect: "passes",
    },
    {
      title: "FROM in a Dockerfile does",
      ...own,
      resource: map({ Dockerfile: "FROM nginx\nRUN true\n" }),
      expect: /library\/nginx/,
    },
    {
      title: "a picture is no image of a container",
      ...own,
      resource: map({ "settings.yaml": "title: a\nbackground:\n  image: logo.png\n" }),
      expect: "passes",
    },
    {
      title: "a registry that a policy forbids is no contact",
      ...own,
      resource: {
        type: "kubernetes:kyverno.io/v1:ClusterPolicy",
        props: { spec: { rules: [{ validate: { deny: { conditions: { any: [{ value: ["docker.io"] }] } } } }] } },
      },
      expect: "says nothing",
    },
  ]);
});

describe("A host in no table", () => {
  const unread = (title: string, text: string, expect: "passes" | "is undetermined") => ({
    title,
    ...own,
    resource: map({ a: text }),
    expect,
  });
  const login = (connection: object) => ({ type: "command:remote:Command", props: { connection } });
  table(defaultLeakEndpoints, [
    unread("cannot be judged where it is contacted", "url = https://api.example.com/v1", "is undetermined"),
    unread("cannot be judged as a STUN server", "stun:stun.example.com:3478", "is undetermined"),
    unread("cannot be judged after a command that fetches", "curl -o a boot.example.com/a", "is undetermined"),
    {
      title: "cannot be judged as the value of a variable that says where something is reached",
      ...own,
      resource: pod("a", [["DB_HOST", "db.example.com:5432"]]),
      expect: "is undetermined",
    },
    {
      title: "cannot be judged under a key that says so",
      ...own,
      resource: map({ "smtp-server": "mail.example.com" }),
      expect: "is undetermined",
    },
    {
      title: "is nothing in a variable that names a file or a domain of its own",
      ...own,
      resource: pod("a", [
        ["A_URL", "config.yaml"],
        ["XMPP_DOMAIN", "meet.jitsi"],
        ["DB_HOST", "db.crisis.example.ch"],
      ]),
      expect: "passes",
    },
    {
      title: "is left to the whole stack where a command logs in to an address, or goes through one",
      ...own,
      resource: login({ host: "198.18.7.7", proxy: { host: "198.18.7.8" } }),
      expect: "says nothing",
    },
    {
      title: "cannot be judged where a command logs in to a name",
      ...own,
      resource: login({ host: "shell.example.com" }),
      expect: "is undetermined",
    },
    {
      title: "cannot be judged as an address in what a command sends",
      ...own,
      resource: { type: "command:remote:Command", props: { environment: { DB_HOST: "198.18.7.7" } } },
      expect: "is undetermined",
    },
    unread("is no contact where it is only a word", "title: example.com", "passes"),
    unread("is one's own under an own domain", "url = https://api.crisis.example.ch/v1", "passes"),
    unread("is near within the cluster", "url = http://a.b.svc:8080 http://10.0.0.5 http://a", "passes"),
    unread(
      "is a name of a schema",
      '<a xsi:schemaLocation="http://www.w3.org/a b"/>\nhttp://www.w3.org/2001/a',
      "passes",
    ),
    unread(
      "hides where a value became text too early",
      "https://Calling [toString] on an [Output<T>]",
      "is undetermined",
    ),
  ]);
});

describe("A service that is chosen by a word, or called sovereign", () => {
  const kind = (type: string, spec: object) => ({ ...own, resource: { type: `kubernetes:${type}`, props: { spec } } });
  const file = (text: string) => ({ ...own, resource: map({ "a.yaml": text }) });
  table(defaultLeakEndpoints, [
    {
      title: "DNS of a solver",
      ...kind("cert-manager.io/v1:Issuer", { acme: { solvers: [{ dns01: { route53: {} } }] } }),
      expect: /route53.*Amazon/s,
    },
    {
      title: "a solver of one's own",
      ...kind("cert-manager.io/v1:Issuer", { acme: { solvers: [{ dns01: { rfc2136: { nameserver: "10.0.0.1" } } }] } }),
      expect: "passes",
    },
    {
      title: "DNS by an option",
      ...own,
      resource: pod("external-dns", [], { args: ["--provider=cloudflare"] }),
      expect: /Cloudflare/,
    },
    {
      title: "a store of Velero",
      ...kind("velero.io/v1:BackupStorageLocation", { provider: "aws" }),
      expect: /Amazon/,
    },
    {
      title: "a store of Velero with an endpoint of one's own",
      ...kind("velero.io/v1:BackupStorageLocation", {
        provider: "aws",
        config: { s3Url: "https://s3.crisis.example.ch" },
      }),
      expect: "passes",
    },
    {
      title: "a store of secrets",
      ...kind("external-secrets.io/v1:ClusterSecretStore", { provider: { aws: { service: "a" } } }),
      expect: /Amazon/,
    },
    {
      title: "a bucket of Loki",
      ...file("common:\n  storage:\n    gcs:\n      bucket_name: logs\n"),
      expect: /Google/,
    },
    { title: "STUN of LiveKit", ...file("port: 7880\nrtc:\n  use_external_ip: true\n"), expect: /STUN/ },
    {
      title: "STUN of LiveKit at one's own server",
      ...file('rtc:\n  use_external_ip: true\n  stun_servers: ["turn.crisis.example.ch:3478"]\n'),
      expect: "passes",
    },
    {
      title: "the European cloud of Amazon is Amazon's",
      ...file("url: https://s3.eusc-de-east-1.amazonaws.eu\nb: 1\n"),
      expect: /European Sovereign Cloud.*controlled/s,
    },
    {
      title: "Bleu runs software of Microsoft",
      ...own,
      resource: map({ a: "https://login.sovcloud-identity.fr" }),
      expect: /Bleu/,
    },
    {
      title: "S3NS runs software of Google",
      ...own,
      resource: map({ a: "https://storage.s3nsapis.fr" }),
      expect: /S3NS/,
    },
  ]);
  table(noPublicAiEndpoint, [
    {
      title: "a model by its name",
      ...file("model_list:\n  - params:\n      model: anthropic/claude\n"),
      expect: /Anthropic/,
    },
    {
      title: "a model by its name at one's own address",
      ...file("model_list:\n  - params:\n      model: openai/own\n      api_base: http://vllm:8000\n"),
      expect: "passes",
    },
    {
      title: "a key alone",
      ...own,
      resource: pod("a", [["ANTHROPIC_API_KEY", "elsewhere"]]),
      expect: /ANTHROPIC_API_KEY/,
    },
    {
      title: "a key in another spelling",
      ...own,
      resource: pod("a", [["OPENAI_API_KEYS", "k;l"]]),
      expect: /OPENAI_API_KEYS/,
    },
    {
      title: "a key with a public address of the sixth version",
      ...own,
      resource: pod("a", [
        ["OPENAI_API_KEY", "k"],
        ["OPENAI_BASE_URL", "https://[2606:4700::1]/v1"],
      ]),
      expect: /2606:4700::1/,
    },
    {
      title: "a key with an address of one's own",
      ...own,
      resource: pod("a", [
        ["OPENAI_API_KEY", "k"],
        ["OPENAI_BASE_URL", "http://vllm:8000/v1"],
      ]),
      expect: "passes",
    },
    {
      title: "a variable that only begins alike",
      ...own,
      resource: pod("a", [["OPENAIRE_KEYWORDS", "k"]]),
      expect: "passes",
    },
  ]);
});

describe("A key that comes from another object", () => {
  const secretKey: Resource = {
    type: "kubernetes:core/v1:Secret",
    name: "ai",
    props: { metadata: { namespace: "jitsi", name: "ai" }, stringData: { OPENAI_API_KEY: "k" } },
  };
  const client = pod("chat", [], { envFrom: [{ secretRef: { name: "ai" } }, { configMapRef: { name: "settings" } }] });
  stackTable(noPublicAiEndpoint, [
    {
      title: "without an address in any of them goes to the public service",
      ...own,
      resources: [secretKey, map({ A: "b" }), client],
      expect: /OPENAI_API_KEY without OPENAI_BASE_URL/,
    },
    {
      title: "with an address in another of them does not",
      ...own,
      resources: [secretKey, map({ OPENAI_BASE_URL: "http://vllm:8000/v1" }), client],
      expect: "passes",
    },
    {
      title: "cannot be judged where one of them is made elsewhere",
      ...own,
      resources: [secretKey, client],
      expect: "is undetermined",
    },
  ]);
});

describe("What is fetched or rendered later", () => {
  const user = (text: string) => ({ ...own, resource: host(text) });
  const kind = (type: string) => ({ ...own, resource: { type: `kubernetes:${type}`, props: { spec: {} } } });
  table(opaqueResource, [
    {
      title: "a script that is piped into a shell",
      ...user("#!/bin/sh\ncurl -fsS https://a.crisis.example.ch/i.sh | sudo -E sh\n"),
      expect: /fetched and run/,
    },
    {
      title: "a script in a substitution",
      ...user('#!/bin/sh\nbash -c "$(curl -fsS https://a.crisis.example.ch/i.sh)"\n'),
      expect: /fetched and run/,
    },
    {
      title: "user data that includes a file",
      ...user("#include\nhttps://a.crisis.example.ch/i.sh\n"),
      expect: /fetched and run/,
    },
    {
      title: "a download that nobody runs",
      ...user("#!/bin/sh\ncurl -fsS https://a.crisis.example.ch/i.sh -o i.sh\n"),
      expect: "says nothing",
    },
    { title: "a chart that k3s renders", ...kind("helm.cattle.io/v1:HelmChart"), expect: /chart later/ },
    { title: "an application of Argo CD", ...kind("argoproj.io/v1alpha1:Application"), expect: /manifests later/ },
    { title: "a source of Flux", ...kind("source.toolkit.fluxcd.io/v1:GitRepository"), expect: /manifests later/ },
    { title: "a kind that only has the same name", ...kind("app.k8s.io/v1beta1:Application"), expect: "says nothing" },
    {
      title: "a chart in a text",
      ...own,
      resource: {
        type: "kubernetes:yaml/v2:ConfigGroup",
        props: { yaml: "apiVersion: helm.cattle.io/v1\nkind: HelmChart\n" },
      },
      expect: /chart later/,
    },
    {
      title: "a text that is not known yet, and may hold a script",
      ...own,
      resource: map({ a: unknownString }),
      expect: "is undetermined",
    },
  ]);
});
