import { noPublicAiEndpoint } from "../../../policies/rules/ai-001-no-public-ai-endpoint";
import { registryJurisdiction } from "../../../policies/rules/img-001-registry-jurisdiction";
import { mailDirectoryUnreachable } from "../../../policies/rules/net-001-mail-directory-unreachable";
import { defaultLeakEndpoints } from "../../../policies/rules/net-002-default-leak-endpoints";
import { opaqueResource } from "../../../policies/rules/opq-001-opaque-resource";
import { type Expectation, own, type Row, table } from "../support";
import { host, map, pod } from "./fixtures";

const isolated = { ...own, pack: { isolated: ["10.0.0.0/16"] } };
const script = (title: string, lines: string, expect: Expectation, options: object = own): Row => ({
  title,
  ...options,
  resource: host(`#!/bin/sh\n${lines}\n`),
  expect,
});
const file = (title: string, text: string, expect: Expectation, options: object = own): Row => ({
  title,
  ...options,
  resource: map({ a: text }),
  expect,
});
const object = (title: string, type: string, spec: object, expect: Expectation): Row => ({
  title,
  ...own,
  resource: { type: `kubernetes:${type}`, props: { metadata: { name: "a", namespace: "a" }, spec } },
  expect,
});

describe("UC-IMG-001: images that nobody names", () => {
  const cluster = "postgresql.cnpg.io/v1:Cluster";
  table(registryJurisdiction, [
    object(
      "it refuses what an operator takes of its publisher",
      cluster,
      { instances: 3 },
      /cloudnative-pg\/postgresql in the Cluster, which names none in spec\.imageName/,
    ),
    object("it accepts an image of one's own", cluster, { imageName: "registry.crisis.example.ch/a:17" }, "passes"),
    object("it accepts a catalogue, whose images it judges", cluster, { imageCatalogRef: { name: "a" } }, "passes"),
    object(
      "it judges that catalogue",
      "postgresql.cnpg.io/v1:ImageCatalog",
      { images: [{ image: "ghcr.io/a/b" }] },
      /ghcr\.io/,
    ),
    object(
      "it refuses the exporter beside an image of one's own",
      "kafka.strimzi.io/v1beta2:Kafka",
      { kafka: { image: "registry.crisis.example.ch/k" }, kafkaExporter: {} },
      /spec\.kafkaExporter\.image/,
    ),
    object(
      "it has nothing against a kind that runs nothing",
      "kafka.strimzi.io/v1beta2:KafkaTopic",
      { partitions: 3 },
      "says nothing",
    ),
    script("it refuses a chart as an artefact", "helm pull oci://ghcr.io/a/b", /ghcr\.io/),
    script("it refuses what a scanner takes", "trivy image python:3", /library\/python/),
    script("it has nothing against volumes of Docker", "docker volume create --driver local data", "passes"),
    file("it refuses the host of a mirror", '[host."https://mirror.gcr.io"]\n', /mirror\.gcr\.io/),
    file("it takes the variable of a Dockerfile for what it is", "ARG BASE=alpine\nFROM ${BASE}\n", /library\/alpine/),
  ]);
});

describe("UC-NET-001: filters, tunnels and shares in texts", () => {
  const rules = (text: string): string =>
    `table inet a {\n chain b {\n  type filter hook output priority 0; policy drop;\n${text}\n }\n}\n`;
  const set = " set dirs {\n  type ipv4_addr\n  elements = { 10.0.3.5,\n   10.0.4.0/24 }\n }\n";
  table(mailDirectoryUnreachable, [
    file(
      "it refuses a set that a filter opens",
      `table inet a {\n${set}}\n${rules("ip daddr @dirs accept")}`,
      /opens 10\.0\.3\.5/,
      isolated,
    ),
    file(
      "it takes a set that a filter drops",
      `table inet a {\n${set}}\n${rules("ip daddr @dirs drop\ntcp dport 443 accept")}`,
      "passes",
      isolated,
    ),
    file(
      "it takes a wide rule behind a drop",
      rules("ip daddr 10.0.0.0/16 drop\nip daddr 10.0.0.0/8 accept"),
      "passes",
      isolated,
    ),
    file(
      "it refuses an address in each of two isolated ranges in one text",
      "wget https://10.0.5.3/a\nserver 10.7.6.1\n",
      /10\.7\.6\.1 in data\.a, which is in the isolated range 10\.7\.0\.0\/16/,
      { ...own, pack: { isolated: ["10.0.0.0/16", "10.7.0.0/16"] } },
    ),
    file("it refuses the wide rule alone", rules("ip daddr 10.0.0.0/8 accept"), /opens 10\.0\.0\.0\/8/, isolated),
    file("it refuses a port of directories", rules("tcp dport { 389, 443 } accept"), /LDAP 389 outwards/),
    file(
      "it refuses a peer that leads there",
      "[Peer]\nAllowedIPs = 10.66.0.0/24, 10.0.3.0/24\n",
      /AllowedIPs to 10\.0\.3\.0\/24/,
      isolated,
    ),
    file("it takes a peer that leads elsewhere", "[Peer]\nAllowedIPs = 10.66.0.0/24\n", "passes", isolated),
    script(
      "it refuses a command that opens it",
      "iptables -A OUTPUT -d 10.0.3.0/24 -j ACCEPT",
      /opens 10\.0\.3\.0\/24/,
      isolated,
    ),
    script("it takes a command that closes it", "iptables -A OUTPUT -d 10.0.3.0/24 -j DROP", "says nothing", isolated),
    file("it takes a list of what is refused", "denied-peer-ip=10.0.0.0-10.0.255.255\n", "passes", isolated),
    object(
      "it refuses files at an address",
      "core/v1:PersistentVolume",
      { nfs: { server: "10.20.5.9", path: "/a" } },
      /10\.20\.5\.9 in spec\.nfs\.server, and nothing says whose it is/,
    ),
    object(
      "it takes files by a name in the cluster",
      "core/v1:PersistentVolume",
      { nfs: { server: "nfs.a.svc", path: "/a" } },
      "passes",
    ),
    file("it refuses a directory at an address", "uri ldaps://10.20.5.3\n", /ldaps:\/\/10\.20\.5\.3/),
    file("it takes the directory of the machine itself", "uri ldap://127.0.0.1\n", "passes"),
    file(
      "it cannot judge a filter that never ends",
      rules(`ip daddr { ${"10.66.3.5, ".repeat(100)} } accept\n`.repeat(1)) +
        `table inet c {\n set d {\n  elements = { ${"10.66.3.5, ".repeat(5_000)} }\n }\n chain e {\n${Array.from({ length: 30 }, (_, i) => `ip daddr @d tcp dport ${1000 + i} accept`).join("\n")}\n }\n}\n`,
      "is undetermined",
    ),
  ]);
});

describe("UC-NET-002: hosts that are put together, and packages", () => {
  table(defaultLeakEndpoints, [
    script("it refuses a host of two variables", "A=hooks.slack\nB=com\ncurl https://$A.$B/x", /hooks\.slack\.com/),
    script("it takes one's own", "D=crisis.example.ch\ncurl https://a.$D/x", "passes"),
    script("it cannot judge two variables that are not there", "curl https://$A.$B/x", "is undetermined"),
    script("it has nothing against one that ends in the cluster", "curl http://$A.$B.svc:8080/", "passes"),
    file("it refuses pieces with an operator", 'const h = "hooks." + "slack.com";\n', /slack\.com/),
    {
      title: "it refuses a variable of a container that takes two others",
      ...own,
      resource: pod("a:1", [
        ["A", "hooks.slack"],
        ["B", "com"],
        ["U", "https://$(A).$(B)/"],
      ]),
      expect: /hooks\.slack\.com/,
    },
    {
      title: "it takes such a variable of one's own",
      ...own,
      resource: pod("a:1", [
        ["A", "a.crisis"],
        ["B", "example.ch"],
        ["U", "https://$(A).$(B)/"],
      ]),
      expect: "passes",
    },
    script("it refuses packages of the public registry", "npm install a", /npm, Inc\./),
    script(
      "it takes packages of one's own registry",
      "npm config set registry https://npm.crisis.example.ch\nnpm install a",
      "passes",
    ),
    {
      title: "it takes a registry that a variable names",
      ...own,
      resource: pod("a:1", [["PIP_INDEX_URL", "https://pypi.crisis.example.ch/simple"]], {
        command: ["sh", "-c", "pip install a"],
      }),
      expect: "passes",
    },
  ]);
});

describe("UC-OPQ-001: what is made of something that is fetched", () => {
  const found = /which cannot be judged/;
  table(opaqueResource, [
    script("it refuses objects of elsewhere", "kubectl apply -f https://a.crisis.example.ch/a.yaml", found),
    script("it takes objects of this host", "kubectl apply -f /srv/a.yaml", "says nothing"),
    script("it refuses a chart that is installed", "helm install a b/c", found),
    script(
      "it takes a message that names such a command",
      'who="run pulumi up, or helm install a b"\necho "$who"',
      "says nothing",
    ),
    script(
      "it refuses a download that a variable holds",
      'S="$(curl -s https://a.crisis.example.ch/a)"\neval "$S"',
      found,
    ),
    script(
      "it refuses a package that is downloaded",
      "curl -LO https://a.crisis.example.ch/a.deb\ndpkg -i a.deb",
      found,
    ),
    script(
      "it takes one that is compared",
      "curl -LO https://a.crisis.example.ch/a.deb\nsha256sum -c a.sha256 --status\ndpkg -i a.deb",
      "says nothing",
    ),
    script(
      "it refuses what is built of a clone",
      "git clone https://a.crisis.example.ch/a.git\ncd a && make install",
      found,
    ),
    script("it takes a clone that is only read", "git clone https://a.crisis.example.ch/a.git\nls a", "says nothing"),
  ]);
});

describe("UC-AI-001: words that choose a service", () => {
  const chosen = (title: string, variables: readonly (readonly [string, string])[], expect: Expectation): Row => ({
    title,
    ...own,
    resource: pod("a:1", variables),
    expect,
  });
  table(noPublicAiEndpoint, [
    chosen("it refuses a provider by name", [["LLM_PROVIDER", "openai"]], /OpenAI/),
    chosen("it refuses a model that is one party's", [["SUMMARY_MODEL", "gpt-4o"]], /OpenAI/),
    chosen("it takes a model that anybody can run", [["SUMMARY_MODEL", "llama3"]], "passes"),
    chosen("it takes a provider of something else", [["DB_PROVIDER", "google"]], "passes"),
    chosen(
      "it takes a model behind an address of one's own",
      [
        ["MODEL", "openai/gpt-4o"],
        ["OPENAI_BASE_URL", "http://models.a.svc"],
      ],
      "passes",
    ),
    file("it refuses a client in a program", "client = OpenAI()\n", /OpenAI/),
    file("it takes a client of one's own model", "client = OpenAI(base_url=own)\n", "passes"),
  ]);
});
