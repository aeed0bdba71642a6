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
import { operatorImages } from "../../policies/facts/operator-images";
import { examples } from "./examples";
import { kubeconfig, kubernetes, nested, pod, type Probe, type Probed, text, whole } from "./probe";
import { clientLines, commands, lineExamples, lookalikes } from "./probe-commands";
import { chosenElsewhere } from "./probes-elsewhere";

export type { Probed };

/** Hosts of a table, with examples of those that only a pattern describes. */
export const named = (table: readonly { readonly host: string; readonly pattern?: RegExp }[]): readonly string[] =>
  table.flatMap(({ host, pattern }) => (pattern === undefined ? [host] : examples(pattern)));

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);

const opening = (port: string, protocol: string): Probed => ({
  type: "hcloud:index/firewall:Firewall",
  props: { rules: [{ direction: "in", protocol, port, sourceIps: ["0.0.0.0/0"] }] },
});

/** All probes, by name. */
export const probes: Readonly<Record<string, Probe>> = {
  ...chosenElsewhere,
  contact: {
    words: [
      ...named([...hosts, ...certificateAuthorities, ...aiServices, ...registries, ...clusters, ...identifiers]),
      ...lookalikes,
    ],
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
  image: { words: [...named(registries), ...lookalikes], make: (host = "") => pod({ image: `${host}/team/a:1` }) },
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
      // Canada's part of OVH, and a word that is in no table: neither is a host nearby.
      ...["ovh https://ca.api.ovh.com/1.0", "ovh ovh-au", "exoscale preprod", "hcloud proxy", "ovh http://proxy:8080"],
    ],
    make: (name = "", endpoint = "") => ({ type: `pulumi:providers:${name}`, props: { endpoint } }),
  },
  plugin: {
    words: pluginSources.map(({ url }) => url),
    make: (pluginDownloadURL = "") => ({ type: "pulumi:providers:hcloud", props: { pluginDownloadURL } }),
  },
  place: {
    // A place of another cloud, and one whose name only begins like that of a place, are in no table.
    words: [
      ...placesOf.map(({ provider, code }) => `${provider} ${code.replace("*", "1")}`),
      ...["scaleway de-fra1", "upcloud fi-hel9"],
    ],
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
  "key behind a word": {
    words: aiVariables.map(({ prefix }) => prefix),
    make: (prefix = "") => pod({ env: [{ name: `APP_${prefix}_API_KEY`, value: "a" }] }),
  },
  address: {
    words: aiVariables.flatMap(({ addresses }) => addresses),
    make: (name = "") => pod({ env: [{ name, value: "https://models.example.org" }] }),
  },
  model: {
    words: aiModels.map(({ word }) => word),
    make: (word = "") => text(JSON.stringify({ model: `${word}/a` })),
  },
  "AI line": {
    words: clientLines,
    make: (...words) => text(`a b\n${words.join(" ")}\n`),
  },
  "operator image": {
    words: operatorImages.flatMap(({ group, kind, paths, when = "-", unless }) => [
      `${group}/v1:${kind} - none`,
      ...["none", ...paths, ...(unless === undefined ? [] : [unless])].map(
        (path) => `${group}/v1:${kind} ${when} ${path}`,
      ),
    ]),
    make: (type = "", when = "", path = "") =>
      kubernetes(
        type,
        path !== "none"
          ? nested(path.split("."), "registry.crisis.example.ch/a/b")
          : when === "-"
            ? {}
            : nested(when.split("."), { a: 1 }),
      ),
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
    words: [...controllers.map(({ group, kind = "" }) => `${group}/v1:${kind}Thing`), "cluster.x-k8s.io/v1:OtherThing"],
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
    words: [
      ...memberWords.map(({ under, key, word }) => `${under} ${key === "" ? "-" : key} ${whole(word)}`),
      ...[
        "exporters - splunk_hec",
        "exporters - honeycomb_marker",
        "exporters - splunk_hecx",
        "sinks type new_relic_logs",
      ],
    ],
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
    words: renderers.flatMap(({ group, kinds }) => ["Thing", ...kinds].map((kind) => `${group}/v1:${kind}`)),
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
