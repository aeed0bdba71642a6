import { choices } from "../../../policies/facts/choices";
import { lineWords, memberWords } from "../../../policies/facts/keys";
import { type Case, type Given, kube, open, text } from "./case";

const u = "https://a.example.org/b";
const thing = (props: object): Given => kube("a.example.org/v1:Thing", { ...props });
const config = (data: unknown): Given => text(JSON.stringify(data));

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Keys that explain, name or forbid, and some that look like one. */
const keys = words(`
  description summary message documentation documentationUrl docs homepage changelog runbook runbook_url runbookUrl dashboard_url expr help href subject $schema $id $comment
  extendedDescription note notes doc_link docs_link docs-url docsUri documentation_url help_url helpLink support_uri supportUrl manual_link license_url privacy_url privacypolicy_url
  privacyPolicyUrl terms_url terms_link term_url url_docs xdocs_url docs_urls apiVersion apiGroup apiGroups group kind resourceNames finalizers ownerReferences managedFields labels
  matchLabels selector nodeSelector topologyKey name namespace generateName uid annotations except egressDeny ingressDeny deny denied disallowed blocked forbidden reject rejected denylist
  denyList blocklist blockList blacklist issuer links maintainers other server descriptions
`);
const values: readonly unknown[] = [
  u,
  `see ${u} for more`,
  `${u} `,
  [u],
  [`see ${u}`],
  { a: u },
  { url: u },
  [{ name: "a", url: u }],
  [{ url: u, token: "x" }],
  " ",
  open,
  { a: open },
  [],
  {},
];

/** Objects in which a text may explain, name or forbid. */
export const explained: readonly Case[] = [
  ["links of which one is not known", thing({ spec: { links: [open], maintainers: [{ name: "a" }, open] } })],
  ...keys.flatMap((key) =>
    values.map((value): Case => [`${key}: ${JSON.stringify(value)}`, thing({ spec: { [key]: value } })]),
  ),
  ...[
    "metadata",
    "data",
    "stringData",
    "env",
    "environment",
    "annotations",
    "podAnnotations",
    "myannotations",
    "keyless",
    "identities",
    "auths",
    "binaryData",
  ].flatMap((parent) =>
    [
      ...keys.slice(0, 22),
      "name",
      "issuer",
      "README.md",
      "a.markdown",
      "a.adoc",
      "a.rst",
      "README",
      "LICENSE.txt",
      "CHANGELOG",
      "NOTICE",
      "READMEx",
      "a.mdx",
      "artifacthub.io/x",
      "org.opencontainers.image.x",
      "api-approved.kubernetes.io",
      "meta.helm.sh/x",
      "controller-gen.kubebuilder.io/x",
      "a/maintainer",
      "a/sources",
      "a/repo",
      "a/techdocs-ref",
      "a/logo-url",
      "a/my-image-url",
      "a/image-urls",
      u,
    ].map((key): Case => [`${key} below ${parent}`, thing({ [parent]: { [key]: u } })]),
  ),
  ["a script in a file for people", thing({ data: { "README.md": `#!/bin/sh\ncurl ${u}` } })],
  ...["Deny", "deny", "DENY", "xdeny", "Allow", open].map((action): Case => [
    `an object with action ${action}`,
    thing({ spec: { action, a: u } }),
  ]),
  ...[
    { type: "link", url: u, title: "a" },
    { type: "link", url: u },
    { type: "link", title: "a", a: u },
    { type: "text", options: { content: u } },
    { type: "text", options: { other: u } },
    { type: "other", options: { content: u } },
    { condition: "a", rule: "b", output: u, priority: "c" },
    { condition: "a", rule: "b", output: u },
    { condition: 1, rule: "b", output: u, priority: "c" },
    { apiVersion: "templates.gatekeeper.sh/v1", kind: "ConstraintTemplate", a: u },
    { apiVersion: "templates.gatekeeper.sh/v1", kind: "ConstraintTemplate", a: `http.send ${u}` },
    { apiVersion: "templates.gatekeeper.sh/v1", kind: "Other", a: u },
    { apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicyBinding", a: u },
    { apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhook", a: u },
    ...["K8sDisallowedRepos", "K8sBlockX", "DenyX", "ForbidX", "ProhibitX", "K8sAllowedRepos"].map((kind) => ({
      apiVersion: "constraints.gatekeeper.sh/v1",
      kind,
      a: [u, { b: "http.send" }],
    })),
    { apiVersion: "other/v1", kind: "K8sDisallowedRepos", a: u },
    ...["object", "string", "array", "integer", "boolean", "number", "other", 1].map((type) => ({
      type,
      description: `see${u}`,
      a: 1,
    })),
    { newName: "b.example.org/x", name: "c.example.org/y" },
    { newName: 1, name: `see ${u}` },
    { links: [u] },
    { links: [{ name: "a", title: "b", description: "c", url: u, email: "d", icon: "e", type: "f" }] },
    { [u]: 1 },
    { auths: { [u]: {} } },
  ].map((object): Case => [`the object ${JSON.stringify(object)}`, thing({ spec: object })]),
];

/** Paths at which a host stands alone, some of which say under which name something of one's own is reached. */
const paths = words(`
  ingress.host ingress.hosts ingress.hostname ingresses.a.hosts virtualService.host myingress.host Ingress.Host x-ingress.host ingress.other ingress.a.hostnames.x route.hosts routes.hostnames httpRoute.hosts
  httproute.a.hostnames tls.hosts TLS.hosts tls.a.hosts xtls.hosts routes.host spec.routes.hosts hostAliases.a extra_hosts.a xhostAliases.server server.host db.host db.hosts db.HOSTNAME a.endpoint
`);
const nested = (path: string, value: unknown): object =>
  path.split(".").reduceRight<unknown>((below, key) => ({ [key]: below }), value) as object;

/** Kinds that publish names. */
const kinds = words(
  `Ingress Route HTTPRoute GRPCRoute TLSRoute Gateway VirtualService IngressRoute IngressRouteTCP HTTPProxy Certificate DomainMapping Mapping Host Hosts Service`,
);
const published: readonly object[] = [
  { rules: [{ host: "a.example.org" }] },
  { tls: [{ hosts: ["a.example.org"] }] },
  { tls: { hosts: ["a.example.org"] } },
  { hosts: ["a.example.org"] },
  { host: "a.example.org" },
  { hostname: "a.example.org" },
  { hostnames: ["a.example.org"] },
  { virtualhost: { host: "a.example.org" } },
  { servers: [{ hosts: ["a.example.org"] }] },
  { http: [{ route: [{ destination: { host: "a.example.org" } }] }] },
  { hosted: { host: "a.example.org" } },
];

/** Hosts that stand alone in settings. */
export const reaching: readonly Case[] = [
  ...[
    "server=2a00::1",
    "server 2a00::1",
    "relay: [2a00::1]:443",
    "address=2a00::1",
    "server=fd00::1",
    "server=12:34:56",
  ].map((line): Case => [`a line of a text: ${line}`, text(`first\n${line}\nlast`)]),
  ["numbers that are no address", thing({ server: "aa:bb:cc:dd:ee:ff", endpoint: "1:2:3", host: "abcd" })],
  ...paths.flatMap((path) =>
    [["a.example.org"], "a.example.org", [{ host: "a.example.org" }]].map((value): Case => [
      `${path} of a chart: ${JSON.stringify(value)}`,
      { type: "docker:values:File", props: { ...nested(path, value) } },
    ]),
  ),
  ...kinds.flatMap((kind) =>
    published.map((spec): Case => [`${kind} with ${JSON.stringify(spec)}`, kube(`a.example.org/v1:${kind}`, { spec })]),
  ),
  [
    "a kind that publishes, in a text",
    config({
      apiVersion: "v1",
      kind: "Ingress",
      spec: { rules: [{ host: "a.example.org" }] },
      server: "b.example.org",
    }),
  ],
  ...[
    "server=",
    "server = ",
    "server: ",
    "server ",
    "--server=",
    "-server ",
    "- server: ",
    "export SERVER=",
    '"server": "',
    "'server' = '",
    "server=\t",
    "x server=",
    "server==",
    "1server=",
    "s=",
    "server=",
  ].map((before): Case => [`a line ${JSON.stringify(before)}`, text(`x\n${before}a.example.org\ny`)]),
  ...[";", ",", '"', "'", '",', " x", ";x", ""].map((after): Case => [
    `a line that ends with ${JSON.stringify(after)}`,
    text(`x\nserver=a.example.org${after}\ny`),
  ]),
  ...["ingress:", "hosts:", "rules:", "tls:", "other:", "xhosts:", "ingressx"].flatMap((above): readonly Case[] => [
    [`a host below ${above}`, text(`{{ x }}\n${above}\n  - host: a.example.org`)],
    [`hostnames below ${above}`, text(`{{ x }}\n${above}\n  hostnames: a.example.org`)],
    [`a server below ${above}`, text(`{{ x }}\n${above}\n  - server: a.example.org`)],
    [`a host far below ${above}`, text(`{{ x }}\n${above}\n${"  y\n".repeat(12)}  - host: a.example.org`)],
  ]),
  ["a long line", text(`x\nserver=a.example.org${" ".repeat(400)}\ny`)],
  ...[{ subsets: [{ addresses: [{ ip: "9.9.9.9" }, { ip: "10.0.0.1" }] }] }].map((props): Case => [
    "endpoints outside",
    kube("core/v1:Endpoints", props),
  ]),
  [
    "a slice outside",
    kube("discovery.k8s.io/v1:EndpointSlice", { endpoints: [{ addresses: ["9.9.9.9", "a.example.org"] }] }),
  ],
  [
    "an entry outside",
    kube("networking.istio.io/v1:ServiceEntry", {
      spec: { endpoints: [{ address: "9.9.9.9" }, { address: "a.example.org" }], address: "9.9.9.8" },
    }),
  ],
  ["a workload outside", kube("networking.istio.io/v1:WorkloadEntry", { spec: { address: "9.9.9.9" } })],
  ...[["spec"], ["spec", "template", "spec"], ["spec", "jobTemplate", "spec", "template", "spec"], ["other"]].map(
    (path): Case => [
      `aliases under ${path.join(".")}`,
      thing(
        nested([...path, "hostAliases"].join("."), [
          { ip: "9.9.9.9" },
          { ip: "127.0.0.1" },
          { ip: "a.example.org" },
          "9.9.9.8",
        ]),
      ),
    ],
  ),
  ...words(
    `9.9.9.9 0.0.0.0 127.0.0.1 169.254.1.1 192.0.2.1 198.51.100.1 203.0.113.1 224.0.0.1 229.1.1.1 230.1.1.1 239.1.1.1 240.0.0.1 255.255.255.255 250.1.1.1 223.1.1.1 192.0.3.1 2a00::1 2001:db8::1 ff02::1 3fff::1 ::1 fd00::1 2001:0db8::2 a:b [2a00::1]:443 9.9.9.9:53 1.2.3.4.5`,
  ).map((address): Case => [
    `the address ${address}`,
    thing({ server: address, address, listen_host: `${address},${address}` }),
  ]),
];

/** Services that are chosen by words, in every way that the tables know. */
export const choosing: readonly Case[] = [
  ["a line in capital letters", text("x\n  Name  CloudWatch_Logs\ny")],
  [
    "a line whose words stand in pieces",
    text('x\nNAME=cloud\n  name  "cloud""watch_logs"\n  github = "git" + "hub:a/b"\n"gh" + ":a"'),
  ],
  [
    "a line that a comment leads",
    text("<match a>\n  @type s3\n  # s3_endpoint https://s3.crisis.example.ch\n</match>"),
  ],
  ["a line that another leads", text("<match a>\n  @type s3\n  s3_endpoint https://s3.crisis.example.ch\n</match>")],
  ...memberWords.flatMap(({ under, key, word, led }): readonly Case[] => {
    const name = word.replace("*", "x");
    const member = (more: object): object =>
      key === "" ? { [name]: { bucket: "a", ...more } } : { a: { [key]: name, ...more } };
    return [
      [`${name} under ${under} ${key}`, config({ [under]: member({}) })],
      [
        `${name} in a list under ${under} ${key}`,
        config({ [under]: [key === "" ? { [`${name}/a`]: { container: "a" } } : { [key]: name.toUpperCase() }] }),
      ],
      [`${name} under another key than ${under} ${key}`, config({ [`x${under}`]: member({}) })],
      ...led.map((one): Case => [
        `${name} under ${under} ${key}, led by ${one}`,
        config({ [under]: member({ [one]: "https://b" }) }),
      ]),
      ...led.map((one): Case => [
        `${name} under ${under} ${key}, led by an empty ${one}`,
        config({ [under]: member({ [one]: "" }) }),
      ]),
      ...led.map((one): Case => [
        `${name} under ${under} ${key}, led in its config by ${one}`,
        config({ [under]: { a: { [key === "" ? "type" : key]: name, config: { [one]: "b" } } } }),
      ]),
    ];
  }),
  ...[
    { s3: {} },
    { s3: { bucket: "" } },
    { s3: { bucket: "a" } },
    { s3: { account: "a" } },
    { s3: { other: "a" } },
    { s3: { bucket: 1 } },
    { gcs: "a" },
    { gcs: "" },
    { gcs: ["a"] },
    { gcs: [] },
    { "gcs/x": { bucket: "a" } },
  ].map((storage): Case => [`a store ${JSON.stringify(storage)}`, config({ storage })]),
  ...[...new Map(memberWords.filter(({ key }) => key === "").map((row) => [row.under, row])).values()].flatMap(
    ({ under, word }) =>
      ["a", "", " ", ["a"], [], [{}], [""], 1, true, null, open, {}, { bucket: "a" }, [{ bucket: "a" }]].map(
        (value): Case => [
          `${word} under ${under} as ${JSON.stringify(value)}`,
          config({ [under]: { [word.replace("*", "x")]: value } }),
        ],
      ),
  ),
  ...memberWords
    .filter(
      ({ key, led }, i, all) =>
        key === "" && led.length > 0 && all.findIndex((one) => one.under === all[i]?.under && one.led.length > 0) === i,
    )
    .flatMap(({ under, word, led: [led = ""] }) =>
      [[{ [led]: "b" }, {}], [{ [led]: "b" }], [{ [led]: "" }], { [led]: null }, { [led]: open }, { [led]: {} }].map(
        (value): Case => [
          `${word} under ${under}, led in ${JSON.stringify(value)}`,
          config({ [under]: { [word.replace("*", "x")]: value } }),
        ],
      ),
    ),
  ["Bucket in capital letters", config({ storage: { gcs: { BUCKET_NAME: "a" } } })],
  ["a store of another kind", config({ storage: { xgcs: { bucket: "a" }, gcsx: { bucket: "a" } } })],
  ["schemes at the start of a text", text("gs://a/b")],
  ["schemes behind a digit", text("1gs://a/b c")],
  ["schemes behind a point", text("a.gs://b c")],
  ["restic in pieces", text('res""tic -r b2:a backup')],
  ["a program in pieces", text("aw''s s3 ls x")],
  ["restic as the end of a word", text("xrestic -r b2:a backup")],
  [
    "restic and its repository far away",
    text(`restic ${"x".repeat(198)} -r b2:a`),
    text(`restic ${"x".repeat(200)} -r b2:a`),
  ],
  ["a provider without a type", text("[a]\nprovider = AWS\n")],
  ["a provider beside a type of something", text("[a]\nprovider = AWS\nx type = s3\n")],
  ["a section inside a line", text("x [a]\ntype = drive\n")],
  ["a type inside a line", text("[a]\ntype = local\nx type = drive\n")],
  ["a type that goes on", text("[a]\ntype = local\ntype = drive, x\n")],
  [
    "variables that only look like rclone's",
    thing({
      spec: {
        containers: [
          {
            image: "registry.crisis.example.ch/a",
            env: [
              { name: "X_RCLONE_CONFIG_A_TYPE", value: "drive" },
              { name: "RCLONE_CONFIG_A_TYPES", value: "drive" },
              { name: "RCLONE_CONFIG_A_TYPE", value: open },
              { name: "RESTIC_REPOSITORY", value: open },
              { name: "RESTIC_REPOSITORIES", value: "b2:a" },
              { name: "RESTIC_REPOSITORY", value: "b2" },
            ],
          },
        ],
      },
    }),
  ],
  ["a store at the top", thing({ type: "GCS", config: { bucket: "a" } })],
  ["a store whose type is no word", config({ type: 1, config: { bucket: "a" } })],
  ["a store whose config is no object", config({ type: "GCS", config: "bucket" })],
  ["a store with an endpoint that is none", config({ type: "S3", config: { bucket: "a", endpoint: 1 } })],
  ["a store in a list at the top", config([{ type: "GCS", config: { bucket: "a" } }])],
  ...lineWords.map(({ word, pattern }, i): Case => [`the line ${i} of ${word}`, text(`x\n${sample(pattern)}\ny`)]),
  ...["gs", "s3", "b2", "azblob", "abfs", "wasb", "https", "xgs", "GS", "swift"].flatMap((scheme) =>
    ["a", "$A", "{a}", "<a>", "*", " "].map((rest): Case => [`${scheme}://${rest}`, text(`x ${scheme}://${rest}`)]),
  ),
  ...["b2", "gs", "azure", "s3", "rclone", "rest", "sftp", "x"].flatMap((word): readonly Case[] => [
    [`restic to ${word}`, text(`restic -r ${word}:a init`)],
    [`restic with --repo to ${word}`, text(`x restic --repo="${word}:a" init`)],
    [`restic without an option to ${word}`, text(`restic ${word}:a init`)],
    [`another program to ${word}`, text(`xrestic -r ${word}:a`)],
    [
      `RESTIC_REPOSITORY ${word}`,
      thing({
        spec: {
          containers: [
            { image: "registry.crisis.example.ch/a", env: [{ name: "RESTIC_REPOSITORY", value: `${word}:a` }] },
          ],
        },
      }),
    ],
  ]),
  ...["drive", "dropbox", "onedrive", "s3", "b2", "google cloud storage", "AWS", "Cloudflare", "Minio", "x"].flatMap(
    (word): readonly Case[] => [
      [`a remote of type ${word}`, text(`[a]\ntype = ${word}\n`)],
      [`a remote of provider ${word}`, text(`[a]\ntype = s3\nprovider = ${word}\n`)],
      [`no remote: ${word}`, text(`type = ${word}\n`)],
      ...["TYPE", "PROVIDER", "OTHER"].map((key): Case => [
        `RCLONE_CONFIG_A_${key} ${word}`,
        thing({
          spec: {
            containers: [
              { image: "registry.crisis.example.ch/a", env: [{ name: `RCLONE_CONFIG_A_${key}`, value: word }] },
            ],
          },
        }),
      ]),
    ],
  ),
  ...["S3", "s3", "GCS", "AZURE", "SWIFT", "FILESYSTEM"].flatMap((type) =>
    [
      { bucket: "a" },
      { container: "a" },
      {},
      { bucket: "a", endpoint: "https://b" },
      { bucket: "a", endpoint: "" },
    ].map((of): Case => [`Thanos with ${type} ${JSON.stringify(of)}`, config({ a: [{ type, config: of }] })]),
  ),
  ...["s3", "aws", "gcs", "azure", "s3_storage_config", "swift", "filesystem", "x"].flatMap((key) =>
    [
      { bucket_name: "a" },
      { bucketnames: "a" },
      { bucket: "a" },
      { container_name: "a" },
      {},
      { bucket: "a", endpoint: "b" },
      { bucket: "a", regionendpoint: "b" },
      { bucket: "a", s3: "b" },
      { s3: "s3://eu-x/a" },
      { s3: "s3://k:s@eu-x/a", endpoint: "b" },
      { s3: "s3://b.example/a" },
      { bucket: "a", endpoint_suffix: "b" },
      { bucket: "a", s3Url: "b" },
      { bucket: "a", endpointURL: "b" },
      { bucket: "a", endpoint: 1 },
    ].map((of): Case => [`${key} with ${JSON.stringify(of)}`, config({ common: { [key]: of } })]),
  ),
  ...[
    { use_external_ip: true },
    { use_external_ip: true, stun_servers: ["a"] },
    { use_external_ip: false },
    { use_external_ip: "true" },
  ].map((rtc): Case => [`LiveKit with ${JSON.stringify(rtc)}`, config({ rtc })]),
];

/** An object of each row that chooses by a word in an object. */
export const chosenByObjects: readonly Case[] = [
  ...new Map(
    choices.map(({ group, kinds: of, path, word, led }, i): readonly [string, Case] => {
      const type = `${group === "" ? "core" : group}/v1:${of?.[0] ?? "Any"}`;
      const value = word.replace("*", "x");
      const steps = path.split(/\.(?![^.]*\.io\/)/);
      const build = (leaf: unknown, more: object): object =>
        steps.reduceRight<unknown>(
          (below, step, at) => (step === "*" ? [below] : { [step]: below, ...(at === steps.length - 1 ? more : {}) }),
          leaf,
        ) as object;
      return [
        `${i}`,
        [
          `${type} ${path} ${word}`,
          kube(type, { ...build(value, {}) }),
          kube(type, { ...build({ [value]: {} }, {}) }),
          kube(`${group === "" ? "core" : group}/v1:Otherwise`, { ...build(value, {}) }),
          ...led.map((one) => kube(type, { ...build(value, { [one]: "a" }) })),
          kube(type, { ...build(`x${value}`, {}) }),
        ],
      ];
    }),
  ).values(),
].filter(([title], i, all) => all.findIndex(([other]) => other === title) === i);

/** A line that such a pattern takes: its words in order. */
function sample(pattern: RegExp): string {
  return pattern.source
    .replace(/\\s[*+]?(?=\S)/g, " ")
    .replace(/^\^|\$$/g, "")
    .replace(/\(\^\|[^)]*\)/g, "")
    .replace(/\(([\w-]+)\|[^)]*\)\??/g, "$1")
    .replace(/\([^)]*\)\?/g, "")
    .replace(/\[[^\]]*\][+?]?/g, "a")
    .replace(/\\w\+/g, "a")
    .replace(/\\d\+/g, "1")
    .replace(/\\b/g, "")
    .replace(/\\S/g, "a")
    .replace(/["']\?/g, "")
    .replace(/\\(.)/g, "$1")
    .trim();
}
