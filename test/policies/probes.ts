import { aiModels, aiServices, aiVariables } from "../../policies/facts/ai";
import { annotationWords } from "../../policies/facts/annotations";
import { choices } from "../../policies/facts/choices";
import { clusters, loginPrograms } from "../../policies/facts/clusters";
import { controllers } from "../../policies/facts/controllers";
import { memberWords } from "../../policies/facts/keys";
import { imageWords, keyWords, programs } from "../../policies/facts/programs";
import { certificateAuthorities, hosts } from "../../policies/facts/hosts";
import { identifiers } from "../../policies/facts/identifiers";
import { locations, placements } from "../../policies/facts/locations";
import { objectStores } from "../../policies/facts/object-stores";
import { opaqueTypes, renderers } from "../../policies/facts/opaque";
import { placeless, placesOf } from "../../policies/facts/places";
import { isolatedPorts, plainSipPorts } from "../../policies/facts/ports";
import { endpointWords, pluginSources, providers } from "../../policies/facts/providers";
import { registries } from "../../policies/facts/registries";
import { replicated } from "../../policies/facts/replicated";
import { services } from "../../policies/facts/services";
import { dnsWords, loginWords, secretWords, solverWords, storeWords } from "../../policies/facts/words";
import { examples } from "./examples";

/** A resource as a probe makes it. */
export interface Probed {
  readonly type: string;
  readonly props?: Readonly<Record<string, unknown>>;
  /** Package of its provider, and the provider's inputs. */
  readonly provider?: readonly [name: string, props?: Readonly<Record<string, unknown>> | undefined];
}

/** One way in which a stack meets the rows of a table. */
export interface Probe {
  /** Words that choose a row, each with a resource of its own: a host, a package and a code. */
  readonly words: readonly string[];
  readonly make: (...words: readonly string[]) => Probed;
}

const kubernetes = (type: string, props: Readonly<Record<string, unknown>>): Probed => ({
  type: `kubernetes:${type}`,
  props: { metadata: { name: "it", namespace: "it" }, ...props },
});

const text = (a: string): Probed => kubernetes("core/v1:ConfigMap", { data: { a } });

const pod = (container: Readonly<Record<string, unknown>>): Probed =>
  kubernetes("apps/v1:Deployment", {
    spec: {
      replicas: 2,
      template: { spec: { containers: [{ image: "registry.crisis.example.ch/a:1", ...container }] } },
    },
  });

const kubeconfig = (server: string, user: object = {}): Probed => ({
  type: "pulumi:providers:kubernetes",
  props: {
    kubeconfig: JSON.stringify({ kind: "Config", clusters: [{ cluster: { server } }], users: [{ user }] }),
  },
});

/** Hosts of a table, with examples of those that only a pattern describes. */
const named = (table: readonly { readonly host: string; readonly pattern?: RegExp }[]): readonly string[] =>
  table.flatMap(({ host, pattern }) => (pattern === undefined ? [host] : examples(pattern)));

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);

const opening = (port: string, protocol: string): Probed => ({
  type: "hcloud:index/firewall:Firewall",
  props: { rules: [{ direction: "in", protocol, port, sourceIps: ["0.0.0.0/0"] }] },
});

/** A word of a row, with something at its end where any end will do. */
const whole = (word: string): string => word.replace(/\*$/, "x");

/** A line for each row of the lines that choose a service. */
const lineExamples: readonly string[] = [
  ...["awskms", "azurekeyvault", "gcpckms", "ocikms"].map((word) => `seal "${word}" {`),
  ...["dynamodb", "gcs", "azure"].map((word) => `storage "${word}" {`),
  ...["cloudwatch", "cloudwatch_logs", "kinesis_firehose", "kinesis_streams", "datadog", "stackdriver", "bigquery"].map(
    (word) => `Name ${word}`,
  ),
  ...["azure", "azure_blob", "azure_kusto", "azure_logs_ingestion", "nrlogs", "logdna", "slack", "s3"].map(
    (word) => `name ${word}`,
  ),
  ...["cloudwatch_logs", "google_cloud", "datadog", "s3"].map((word) => `@type ${word}`),
  ...["gcs", "azure"].map((word) => `repo1-type=${word}`),
  ...["google", "github", "azuread"].map((word) => `[auth.${word}]`),
  ...["cloudflare", "route53", "googleclouddns", "azure"].flatMap((word) => [`dns ${word} {`, `acme_dns ${word} {`]),
  ...["aws", "awscc", "google", "google-beta", "azurerm", "azuread", "azapi", "cloudflare", "digitalocean"].map(
    (word) => `provider "${word}" {`,
  ),
  ...["aws_instance", "google_project", "azurerm_subnet"].map((word) => `resource "${word}" "a" {`),
  "add-apt-repository ppa:a/b",
  "nixos-rebuild switch --flake github:a/b",
  "ssh_import_id: [gh:a]",
  "ssh_import_id: [lp:a]",
];

/** A command for each row of a program that counts in some commands only, and commands that lead programs elsewhere. */
const commands: readonly string[] = [
  "tailscale up --ssh",
  "tailscale login a",
  "tailscale status a",
  "acme.sh --issue -d a",
  "acme.sh --register-account -m a",
  ...["dns_cf", "dns_aws", "dns_gcloud", "dns_azure"].map((word) => `acme.sh --server a --issue --dns ${word}`),
  ...["certonly", "run", "register", "--standalone", "--webroot", "--nginx"].map((word) => `certbot ${word} -d a`),
  ...["route53", "cloudflare", "google", "digitalocean"].map((word) => `certbot certonly --server a --dns-${word}`),
  "lego --email a run",
  "snap install a",
  "snap refresh a",
  "snap list a",
  "ssh-import-id lp:a",
  "pro attach a",
  "ua attach a",
  "pro status a",
  ...["b2", "gcs", "google cloud storage", "drive", "azureblob", "onedrive", "dropbox"].map(
    (word) => `rclone copy a :${word}:b`,
  ),
  "duplicity a b2://c",
  "duplicity a s3://c",
  "duplicity a boto3+s3://c",
  "duplicity --s3-endpoint-url a b s3://c",
  ..."s3 s3api eks ecr ecr-public sts ssm secretsmanager configure ec2 iam kms lambda sns sqs rds route53 logs cloudformation sso dynamodb bedrock-runtime transcribe --region"
    .split(" ")
    .map((word) => `aws ${word} a`),
  "aws region a",
  ...["query", "load", "ls", "mk", "extract", "show", "cp", "said"].map((word) => `bq ${word} a`),
  ..."login account acr aks storage keyvault group vm network webapp ad identity monitor role sql deployment rest said"
    .split(" ")
    .map((word) => `az ${word} a`),
  ..."os compute setup iam network db ce vault secrets session image".split(" ").map((word) => `oci ${word} a`),
  ..."file bucket account sync key authorize-account authorize_account upload-file upload_file download-file size"
    .split(" ")
    .map((word) => `b2 ${word} a`),
  ...["http", "tcp", "tls", "start", "config", "authtoken", "said"].map((word) => `ngrok ${word} a`),
  ...["run", "secrets", "setup", "login", "configure", "effect"].map((word) => `doppler ${word} a`),
  ..."auth pr release repo api run workflow issue secret gist said".split(" ").map((word) => `gh ${word} a`),
  "aws --endpoint-url a s3 ls",
  "aws --endpoint=a s3 ls",
  "AWS_ENDPOINT_URL=a aws s3 ls",
  "gh --hostname a auth",
  "GH_HOST=a gh pr",
  "tailscale up --login-server a",
  "sentry-cli --url a info",
  "SENTRY_URL=a sentry-cli info",
  "acme.sh --issue --server a",
  "certbot certonly --server a",
  "lego --server a run",
];

/** All probes, by name. */
export const probes: Readonly<Record<string, Probe>> = {
  contact: {
    words: named([...hosts, ...certificateAuthorities, ...aiServices, ...registries, ...clusters, ...identifiers]),
    make: (host = "") => text(`url = https://${bracketed(host)}/a`),
  },
  "contact below": {
    words: named([
      ...hosts,
      ...certificateAuthorities,
      ...aiServices,
      ...registries,
      ...clusters,
      ...identifiers,
    ]).filter((host) => !/^[\d.]+$|:/.test(host)),
    make: (host = "") => text(`url = https://a.${host}/a`),
  },
  word: { words: named(hosts), make: (host = "") => text(`server ${host} iburst`) },
  image: { words: named(registries), make: (host = "") => pod({ image: `${host}/team/a:1` }) },
  server: { words: named(clusters), make: (host = "") => kubeconfig(`https://${host}:6443`) },
  "server below": { words: named(clusters), make: (host = "") => kubeconfig(`https://a.${host}:6443`) },
  login: {
    words: loginPrograms.map(({ program }) => program),
    make: (command = "") => kubeconfig("https://api.crisis.example.ch", { exec: { command } }),
  },
  store: {
    words: objectStores.map(({ host }) => host),
    make: (host = "") => ({ type: "pulumi:providers:minio", props: { minioServer: `https://${host}` } }),
  },
  provider: { words: providers.map((row) => row.package), make: (name = "") => ({ type: `pulumi:providers:${name}` }) },
  endpoint: {
    words: [
      ...providers.flatMap((row) => (row.api ?? []).map((host) => `${row.package} https://${host}`)),
      ...endpointWords.map((row) => `${row.package} ${row.word}`),
    ],
    make: (name = "", endpoint = "") => ({ type: `pulumi:providers:${name}`, props: { endpoint } }),
  },
  plugin: {
    words: pluginSources.map(({ url }) => url),
    make: (pluginDownloadURL = "") => ({ type: "pulumi:providers:hcloud", props: { pluginDownloadURL } }),
  },
  place: {
    words: placesOf.map(({ provider, code }) => `${provider} ${code.replace("*", "1")}`),
    make: (provider = "", zone = "") => ({
      type: `${provider}:index/thing:Thing`,
      props: { zone },
      provider: [provider],
    }),
  },
  location: {
    words: locations.flatMap(({ provider, kind, code }) =>
      placements
        .filter(({ type }) => type.startsWith(`${provider}:`))
        .flatMap(({ type, properties }) => Object.entries(properties).map((of) => [type, ...of] as const))
        .filter(([, , of]) => (of === "network-zone") === (kind === "network-zone"))
        .slice(0, 1)
        .map(([type, property]) => `${type} ${property} ${code}`),
    ),
    make: (type = "", property = "", code = "") => ({ type, props: { [property]: code } }),
  },
  placement: {
    words: placements.flatMap(({ type, properties, follows }) => [
      type,
      ...Object.keys(properties).map((property) => `${type} ${property}`),
      ...follows.map((property) => `${type} ${property}`),
    ]),
    make: (type = "", property) => ({ type, props: property === undefined ? {} : { [property]: "nowhere" } }),
  },
  "no place": {
    words: placeless.flatMap(({ provider, types }) => types.map((type) => `${provider}:index/${type}`)),
    make: (type = "") => ({ type, provider: [type.split(":")[0] ?? ""] }),
  },
  service: {
    words: services.map(({ type }) => type),
    make: (type = "") => ({ type, provider: [type.split(":")[0] ?? ""] }),
  },
  key: {
    words: aiVariables.map(({ prefix }) => prefix),
    make: (prefix = "") => pod({ env: [{ name: `${prefix}_API_KEY`, value: "a" }] }),
  },
  address: {
    words: aiVariables.flatMap(({ addresses }) => addresses),
    make: (name = "") => pod({ env: [{ name, value: "https://models.example.org" }] }),
  },
  model: {
    words: aiModels.map(({ word }) => word),
    make: (word = "") => text(JSON.stringify({ model: `${word}/a` })),
  },
  dns: { words: dnsWords.map(({ word }) => word), make: (word = "") => pod({ args: [`--provider=${word}`] }) },
  solver: {
    words: dnsWords.map(({ word }) => word),
    make: (word = "") =>
      kubernetes("cert-manager.io/v1:ClusterIssuer", { spec: { acme: { solvers: [{ dns01: { [word]: {} } }] } } }),
  },
  webhook: {
    words: [...solverWords.map(({ word }) => word), "another"],
    make: (solverName = "") =>
      kubernetes("cert-manager.io/v1:ClusterIssuer", {
        spec: { acme: { solvers: [{ dns01: { webhook: { groupName: "acme.example", solverName } } }] } },
      }),
  },
  "login provider": {
    words: loginWords.map(({ word }) => word),
    make: (word = "") => pod({ args: [`--provider=${word}`] }),
  },
  controller: {
    words: controllers.map(({ group, kind = "" }) => `${group}/v1:${kind}Thing`),
    make: (type = "") => kubernetes(type, { spec: {} }),
  },
  choice: {
    words: choices.flatMap(({ group, kinds = ["Thing"], path, word }) =>
      kinds.map((kind) => `${group === "" ? "core" : group}/v1:${kind} ${path} ${whole(word)}`),
    ),
    make: (type = "", path = "", word = "") =>
      path === "metadata.annotations.kubernetes.io/ingress.class"
        ? kubernetes(type, { metadata: { annotations: { "kubernetes.io/ingress.class": word } } })
        : kubernetes(type, nested(path.split("."), word)),
  },
  annotation: {
    words: annotationWords.map(({ prefix }) => `${prefix}a`),
    make: (key = "") => kubernetes("core/v1:ServiceAccount", { metadata: { annotations: { [key]: "a" } } }),
  },
  member: {
    words: memberWords.map(({ under, key, word }) => `${under} ${key === "" ? "-" : key} ${whole(word)}`),
    make: (under = "", key = "", word = "") =>
      text(
        JSON.stringify({
          [under]: { a: key === "-" ? 1 : { [key]: word }, ...(key === "-" ? { [word]: { bucket: "a" } } : {}) },
        }),
      ),
  },
  line: {
    words: lineExamples,
    make: (...words) => text(`a b\n${words.join(" ")}\n`),
  },
  program: {
    words: [...programs.filter(({ when }) => when === undefined).map(({ program }) => `${program} a`), ...commands],
    make: (...words) => text(`#!/bin/sh\n${words.join(" ")}\n`),
  },
  "service image": {
    words: imageWords.map(({ image }) => whole(image)),
    make: (name = "") => pod({ image: `registry.crisis.example.ch/a/${name}:1` }),
  },
  "service key": {
    words: keyWords.map(({ variable }) => whole(variable)),
    make: (name = "") => pod({ env: [{ name, value: "a" }] }),
  },
  secrets: {
    words: secretWords.map(({ word }) => word),
    make: (word = "") =>
      kubernetes("external-secrets.io/v1:ClusterSecretStore", { spec: { provider: { [word]: {} } } }),
  },
  backup: {
    words: storeWords.map(({ word }) => word),
    make: (provider = "") => kubernetes("velero.io/v1:BackupStorageLocation", { spec: { provider } }),
  },
  bucket: {
    words: storeWords.map(({ word }) => word),
    make: (word = "") => text(JSON.stringify({ [word]: { bucket_name: "a" } })),
  },
  opaque: {
    words: opaqueTypes.map(({ type }) => type.replace("*", type.endsWith(":*") ? "Thing" : ":Thing")),
    make: (type = "") => ({ type }),
  },
  renderer: {
    words: renderers.flatMap(({ group, kinds }) =>
      [...(kinds.length === 0 ? ["Thing"] : kinds)].map((kind) => `${group}/v1:${kind}`),
    ),
    make: (kind = "") => kubernetes(kind, { spec: {} }),
  },
  replicas: {
    words: replicated.flatMap(({ group, kind, path }) =>
      ["none", "1", "2"].map((count) => `${group}/v1:${kind} ${path.join(".")} ${count}`),
    ),
    make: (kind = "", path = "", count = "") =>
      kubernetes(kind, count === "none" ? {} : nested(path.split("."), Number(count))),
  },
  port: {
    words: [
      ...isolatedPorts.flatMap(({ first, last }) => [...new Set([first, last])]),
      ...plainSipPorts.map(({ port }) => port),
    ].flatMap((port) => ["tcp", "udp"].map((protocol) => `${port} ${protocol}`)),
    make: opening,
  },
};

function nested(path: readonly string[], value: unknown): Readonly<Record<string, unknown>> {
  const [key = "", ...rest] = path;
  return { [key]: rest.length === 0 ? value : rest[0] === "*" ? [nested(rest.slice(1), value)] : nested(rest, value) };
}
