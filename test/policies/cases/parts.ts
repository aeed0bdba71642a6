import { type Case, type Given, kube, open, text } from "./case";

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/** References of images, and texts that are none. */
export const references: readonly string[] = [
  ...words(`
    nginx nginx:1 nginx@sha256:ab nginx:1@sha256:ab nginx@sha512:ab library/nginx a/b/c a.b/c localhost/c localhost:5000/c A.B/c a.b:80/c:1 [::1]/c [2001:db8::1]:5000/a/b index.docker.io/a docker.io/a
    docker.io/a/b docker://a.b/c oci://a.b/c xdocker://a.b/c a..b/c -a/b a-/b a/b- a/-b a/B A/b a//b /a a/ a.b/ a:b:c a_b/c a.b:123456/c a.b:x/c \${A}/b \${A:-a.b}/c \${A-a.b}/c:\${T} a.b/c:\${T} a.b/c:$T
    a.b/c:$(T) a.b/c@$T $A $A/b a.b/$C/d a.b/\${C}/d a.b/$(C):1 a.b/c$C \${A:-} \${A:-\${B}}/c a.b/c:\${T:-1}
  `),
  `${"a".repeat(254)}/b`,
  `a.b/${"c".repeat(255)}`,
  `a.b/${"c".repeat(256)}`,
  `a.b/c:${"1".repeat(128)}`,
  `a.b/c:${"1".repeat(129)}`,
  `a.b/$C/${"d".repeat(990)}`,
  `a.b/$C/${"d".repeat(250)}`,
  ...words(`
    docker://b xoci://a.b/c oci://docker://a a@sha256:xyz a@sha384:ab a@sha256:ab/c a.b/c@sha256:ab:1 LOCALHOST/c localhostx/c A.B:80/c a/b:1:2 a.b/c:.1 a.b/c:-1 a.b/c:_1 a/b:1/c a.b/-c/d a.b/c/d- a.b/c-/d a.b/C/d
    -a.b/c a.b-/c a_.b/c [::1/c ::1]/c [g::1]/c x[::1]/c [::1]x/c [::1]:1x/c a.b:/c [::]/c index.docker.io/a/b INDEX.docker.io/a a.b:1/c:2 docker.io/c:1 $A:1 $A/$B a$A \${A}b/c a.b/c:\$(T)x a.b/c@\${T} a.b/c:1\$T
    /$A \${A}/\${B}:\${C} \${A-b}/\${C:-d} \${A:-b/}c $A.b/c
  `),
  `a.b/c:${"1".repeat(127)}`,
  `${"a".repeat(251)}.b/c`,
  `${"a".repeat(252)}.b/c`,
  `a/${"c".repeat(253)}`,
  `a/${"c".repeat(254)}`,
  `${"a".repeat(255)}`,
  `$A/${"c".repeat(997)}`,
  `a.b/${"c".repeat(200)}$C/${"d".repeat(790)}`,
  "",
  " ",
  "a b",
];

const reference = "a.example.ch/b:1";
const named = (keys: string, ...values: readonly unknown[]): readonly object[] =>
  words(keys).flatMap((key) => values.map((value) => ({ spec: { [key]: value } })));

/** Data that names images, under keys and in shapes of every kind, and data that only looks like it. */
export const imageData: readonly object[] = [
  ...named(
    `image imageName imageRef containerImage fooImage foo_image imageRepository fooImageRepository image_repository foo_image_repository images Image imageNames ximage imagex foo_images ImageRepositoryX x-imageName
    imageRefs containerImages xcontainerImagex`,
    reference,
  ),
  ...named(
    "agent-image agent.x-image x.y/agent-image proxyImage x.y/proxyImage agent-images /agent-image x/y/agent-image my/proxyImages -image",
    reference,
    "b/c",
    "b:1",
    "b",
    "b c/d",
    "b/c.png",
    "$A/c",
    "\${A}/b-c",
    "https://a.example.ch/b",
    "x b:1",
    "b:1 x",
    "@b/c",
  ),
  ...named(
    "image",
    ...words(`
    a.png a.jpg a.jpeg a.gif a.svg a.webp a.ico a.bmp a.avif a.tif a.tiff a.PNG a.png?x a.pngx apng a/b.png https://a/b http://a/b HTTPS://a/b xhttps://a data:x DATA:x xdata:x file:x xfile:x /a ./a ../a .../a x/a #a
    a#b httpsx:a
  `),
    "",
    "a b",
    " a:1 ",
    "a:1\n",
    1,
    null,
    ["a:1"],
    { a: 1 },
  ),
  { image: reference },
  { containers: [{ image: reference }] },
  { spec: { containers: [{ image: reference }, { image: "$A" }] } },
  {
    spec: {
      initContainers: [{ image: reference }],
      myContainers: [{ image: reference }],
      xcontainers: [{ image: reference }],
    },
  },
  {
    spec: {
      containers: [{ x: { image: reference } }],
      containersX: [{ image: reference }],
      "my-containers": [{ image: reference }],
    },
  },
  { spec: { containers: { image: reference } } },
  { services: { a: { image: reference, x: { image: reference } } } },
  { x: { services: { a: { image: reference } } }, services: [{ image: reference }] },
  { rbd: { image: "a/b", jobImage: "a/b" } },
  {
    volumes: [
      { rbd: { image: "a/b" } },
      { xrbd: { image: "a/b" } },
      { rbds: { image: "a/b" } },
      { rbd: [{ image: "a/b" }] },
    ],
  },
  { contexts: { a: "docker-image://alpine", b: "xdocker-image://alpine", image: "docker-image://b/c" } },
  { job: { container: "node:1", "runs-on": "x" } },
  { job: { container: "node:1", steps: [] } },
  { job: { container: "node:1", script: [] } },
  { job: { containers: "node:1", steps: [] } },
  { container: "node:1", steps: [] },
  ...["script", "before_script", "stages", "stage", "scripts"].map((key) => ({
    job: { [key]: [], services: ["a:1", { name: "b:1" }, { name: "" }, "", { alias: "c" }, 1, [{ name: "c:1" }]] },
  })),
  { script: [], services: ["a:1"], image: "b:1" },
  { job: { script: [], services: { a: "b:1" }, others: ["a:1"] } },
  ...["image", "jobImage", "other"].flatMap((key) =>
    [
      { repository: "a/b" },
      { name: "a/b" },
      { reference: "a/b" },
      { repository: "", name: "c" },
      { repository: 1, name: "c" },
      { repository: "a/b", tag: "1" },
      { repository: "a/b", registry: "r.example.ch" },
      { name: "a/b", tag: "1" },
      { repository: "a/b", registry: "" },
      { repository: "a/b", registry: 1 },
      { repository: "a/b", registry: null },
      { tag: "1" },
      [{ repository: "a/b" }],
      [{ image: "a/b" }],
    ].map((value) => ({ [key]: value })),
  ),
];

/** Ranges and addresses, and texts that are none. */
export const ranges: readonly string[] = words(`
  10.0.0.0/8 10.0.0.0/16 10.0.0.0/9 10.128.0.0/9 10.0.0.5 10.0.0.5/32 192.168.1.1 172.16.0.0/12 172.32.0.1 100.64.0.1 100.128.0.1 127.0.0.1 0.0.0.0/0 ::/0 ::1 fc00::/7 fd00::1 fe80::1 ff02::1 2a00::1 2a00::/16
  ::ffff:10.0.0.5 ::ffff:10.0.0.0/104 ::ffff:0:0/96 ::ffff:0:0/95 10.0.0 10.0.0.0.0 10.0.0.0/33 x 1 a:b 10.0.0.0/ /8 fd00::/8 fd00::/9 fd80::/9
`);

/** Texts that hold others. */
export const packed: readonly string[] = [
  "aHR0cHM6Ly9hLmV4YW1wbGUub3Jn",
  "aHR0cHM6Ly9hLmV4YW1wbGUub3Jn=",
  "aHR0cHM6\nLy9hLmV4YW1wbGUub3Jn",
  "aHR0cHM6Ly9hLmV4YW1wbGUub3J",
  "aHR0cHM6Ly9hLmV4",
  "Y3VybCBhLmV4YW1wbGUub3Jn",
  "Y3VybCBhLmV4YW1wbGUub3JnIHw_-A",
  "YQ==",
  "abcdefghijklmnop",
  "abcdefghijklmnopqrstuvwxyz",
  "AAECAwQFBgcICQoLDA0ODw==",
  "/wD/AP8A/wD/AP8A/wD/AA==",
  "H4sIAAAAAAAAA8soKSmw0tdP1EutSMwtyEnVyy9KBwAqF2MuFQAAAA==",
  "H4sIAAAAAAAAAA==",
  "echo aHR0cHM6Ly9hLmV4YW1wbGUub3Jn | base64 -d",
  "echo aHR0cHM6Ly9hLmV4 | base64 -d",
  "x68747470733a2f2f612e6578616d706c652e6f7267",
  "xxd -r 68747470733a2f2f612e6578616d706c652e6f7267",
  "unhex 68747470733A2F2F612E6578616D706C652E6F7267",
  "fromhex 68747470733a2f2f612e",
  "hex 68747470733a2f",
  "hexes 68747470733a2f2f612e6578616d706c652e6f7267",
  "url(data:text/plain,https%3A%2F%2Fa.example.org)",
  "data:text/plain;charset=utf-8;base64,aHR0cHM6Ly9hLmV4YW1wbGUub3Jn",
  "data:,https%3a//a.example.org",
  "data:,short",
  "xdata:text/plain,https%3A%2F%2Fa.example.org",
  "data:text/plain,'https%3A%2F%2Fa.example.org",
  ...["base64", "BASE64", "quoted-printable", "7bit", "other"].map(
    (coding) =>
      `Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Transfer-Encoding: ${coding}\n\naHR0cHM6Ly9h=\nLmV4=41YW1wbGU=zz\n--x--\n`,
  ),
  "content-type: multipart/mixed;\n boundary=y\n\n--y\r\n\r\n#!/bin/sh\r\ncurl a.example.org\r\n--y\n\n\n--y--",
  "content-type: text/plain\n\n--x\n\na",
  'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Transfer-Encoding: base64\n\n???\n--x\nno body\n--x--',
];

const structured: readonly string[] = [
  ...["---", "apiVersion", "kind", "services", "write_files", "mirrors", "xkind", "kinds", "other"].flatMap((word) => [
    `${word}: a`,
    `${word}:\n- a`,
    `x ${word}: a`,
    `x y\n${word}: a`,
    `${word}:a b`,
    `${word}\na: b`,
  ]),
  "a: b\nc: d",
  "a: b",
  "- a: b\n- c",
  "- a\n- b",
  "x- a: b\n- c",
  "# x\na: b\nc: d",
  "  # x y\n\n  \na: b\nc: d",
  "a: b # x\nc: d",
  "a: b\nfoo bar\nc: d",
  "a: b\nc: d\nhalf a",
  "half a\na: b",
  "a: b\nc:d",
  "a:b\nc:d",
  "a:\n  - b\nc:",
  "a: {\n}\nb: [\n]",
  "\"a\": b\n'c': d",
  "a/b: c\nd: e",
  "a b: c\nd: e",
  "a.$b-c: d\ne: f",
  "-\n  a: b\n-\n  c: d",
  "-x\na: b",
  "x: y\n-x\na: b",
  '"a b"',
  '"a {b"',
  'x {"a": 1}',
  ' \n{"a": 1}',
  '[{"a": 1}]',
  "{a: 1}",
  "#cloud-config\nruncmd: [a]",
  '#cloud-config\n{"a": 1}',
  "#cloud-config\nhalf a",
  "x #cloud-config\nruncmd: [a]",
  "kind: a\nb: [*c]",
  "kind: a\nb: &c [*c]",
  "kind: {{ a }}",
  "kind: !Ref a\nb: !Sub [c]\nd: !Map {e: f}",
  "kind: a\n---\nkind: b\n---\ntext\n---\n- c",
  "kind: a\nkind: b",

  '{"a": 1}',
  "[1]",
  " {a: b}",
  "{a",
  "{{ x }}: 1",
  "a: b",
  "a: b\nc: d",
  "a: b\nc",
  "- a\n- b",
  "a:\n  - b\n",
  "#cloud-config\na: b",
  "#cloud-config\n- a",
  "#cloud-config",
  "---\na: b\n---\nc: d",
  "kind: a",
  "apiVersion: a",
  "services:\n  a: b",
  "write_files: []",
  "mirrors: x",
  "kind",
  "kind x",
  "xkind: a",
  "a: &x [1]\nb: *x",
  "a: *x",
  "a: 1\na: 2",
  "<<: {a: 1}\nb: 2",
  "a: !Ref b\nc: !x [d]\ne: !y {f: g}",
  "a: {{ b }}\nc: d",
  "a: b # c\n# d\ne: f\n}",
  "a: b\n  c\n]",
  "\"a\": b\n'c': d",
  "a-b.c$: d\nx: y",
  "- \n- a: b",
  "a\nb: c\nd: e",
  "a: 0o17\nb: 0x1f\nc: yes\nd: ~\ne: 2020-01-01\nf: 1_000",
  "a: >\n  b\n  c\nd: |\n  e\n",
];

/** Texts that are data, and some that only look like it. */
export const data: readonly string[] = [...new Set(structured)];

const container = (given: object, above: object = {}): Given =>
  kube("core/v1:Pod", { spec: { containers: [{ image: "a", ...given }], ...above } });

/** Containers as Kubernetes, compose and others write them. */
export const containers: readonly Case[] = [
  ...[
    {
      env: [
        { name: "A", value: "b" },
        { name: "B", valueFrom: {} },
        { name: "C" },
        { name: 1, value: "d" },
        { value: "e" },
        { name: "D", value: 1 },
        { name: "E", value: null },
        { name: "F", value: open },
        { name: "G", value: { a: 1 } },
      ],
    },
    { env: open },
    { envFrom: open },
    {
      envFrom: [
        { configMapRef: { name: "a" }, prefix: "P_" },
        { secretRef: { name: "b" } },
        { secretRef: { name: 1 }, prefix: 2 },
        {},
      ],
    },
    { envFrom: ["a", null] },
    { environment: [1] },
    { environment: { A: "b", B: null, C: 1, D: open } },
    { environment: ["A=b=c", "B=", "C", 1, ""] },
    { environment: [""] },
    { environment: ["A=b"] },
    { envs: ["A=b"] },
    { envs: { A: "b" } },
    { env_file: "a" },
    { command: ["a", "b"], args: ["c"] },
    { command: "a b", args: "c" },
    { entrypoint: ["a", 1, open], command: null },
    { image: open },
    { image: 1 },
    { image: null },
  ].map((given): Case => [`a container with ${JSON.stringify(given)}`, container(given)]),
  ...["containers", "initContainers", "ephemeralContainers", "sidecarContainers", "container"].map((key): Case => [
    `${key} of an operator`,
    kube("a.example.org/v1:Thing", { spec: { x: [{ [key]: [{ image: "a" }, { name: "b" }, "c", null] }] } }),
  ]),
  [
    "containers that are no list",
    kube("a.example.org/v1:Thing", { containers: { image: "a", containers: [{ image: "b" }] } }),
  ],
  ["containers in a container", container({ containers: [{ image: "b" }] })],
  [
    "services of compose",
    {
      type: "docker:compose:File",
      props: { services: { a: { image: "a" }, b: { build: ".", x: { containers: [{ image: "c" }] } }, c: "d" } },
    },
  ],
  [
    "services that are a list",
    { type: "docker:compose:File", props: { services: [{ image: "a", containers: [{ image: "b" }] }] } },
  ],
  [
    "a manifest in a text",
    text('{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"image":"a","env":[{"name":"A","value":"b"}]}]}}'),
  ],
  [
    "a list of manifests in a text",
    text(
      '[{"apiVersion":"apps/v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"image":"a"}]}},{"kind":"Pod"}]}]',
    ),
  ],
  ["a secret", kube("core/v1:Secret", { data: { a: "aHR0cHM6Ly9h", b: 1 }, stringData: { c: "d" } })],
  ["a secret without data", kube("core/v1:Secret", { data: open })],
];

const policy = (spec: unknown, metadata: object = { namespace: "it" }): Given =>
  kube("networking.k8s.io/v1:NetworkPolicy", { metadata, spec });
const cilium = (spec: unknown, kind = "CiliumNetworkPolicy"): Given =>
  kube(`cilium.io/v2:${kind}`, { metadata: { namespace: "it" }, spec });
const calico = (spec: unknown, kind = "projectcalico.org/v3:NetworkPolicy"): Given =>
  kube(kind, { metadata: { namespace: "it" }, spec });
const terms = ["In", "NotIn", "Exists", "DoesNotExist", "Other"].flatMap((operator) =>
  [["a"], ["b"], []].flatMap((list) => ["app", "other"].map((key) => ({ key, operator, values: list }))),
);

/** Policies that close pods of the namespace `it` with the label `app: a`, or do not. */
export const walls: readonly Case[] = [
  ...[
    undefined,
    {},
    { matchLabels: { app: "a" } },
    { matchLabels: { app: "b" } },
    { matchLabels: open },
    { matchLabels: { app: 1 } },
    { matchLabels: { app: "a", x: "y" } },
    { matchExpressions: open },
    open,
    ...terms.map((term) => ({ matchExpressions: [term] })),
  ].map((podSelector): Case => [
    `a selector ${JSON.stringify(podSelector) ?? "nothing"}`,
    policy({ podSelector, policyTypes: ["Ingress", "Egress"] }),
  ]),
  ...[undefined, open, [], ["Ingress"], ["Egress"], ["Ingress", "Egress"]].flatMap((policyTypes) =>
    [undefined, [], [{}]].map((egress): Case => [
      `types ${JSON.stringify(policyTypes) ?? "nothing"} with egress ${JSON.stringify(egress) ?? "nothing"}`,
      policy({ podSelector: {}, policyTypes, egress }),
    ]),
  ),
  ...[{ namespace: "it" }, { namespace: "other" }, {}, { namespace: open }].map((metadata): Case => [
    `a policy of ${JSON.stringify(metadata)}`,
    policy({ podSelector: {}, policyTypes: ["Ingress"] }, metadata),
  ]),
  ["a policy without anything", policy(undefined)],
  ...["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"].flatMap((kind) =>
    [
      { endpointSelector: {}, ingress: [] },
      { endpointSelector: {}, egress: [{}] },
      { endpointSelector: {}, ingressDeny: [{}] },
      { endpointSelector: {}, egressDeny: [{}] },
      { endpointSelector: {}, ingress: open },
      { ingress: [] },
      { endpointSelector: {}, ingress: [], egress: [], enableDefaultDeny: { ingress: false, egress: true } },
      { endpointSelector: {}, egress: [], enableDefaultDeny: { egress: false } },
      { endpointSelector: { matchLabels: { "k8s:app": "a" } }, ingress: [] },
      { endpointSelector: { matchLabels: { "any:app": "a" } }, ingress: [] },
      { endpointSelector: { matchLabels: { "x:app": "a" } }, ingress: [] },
    ].map((spec): Case => [`${kind} ${JSON.stringify(spec)}`, cilium(spec, kind)]),
  ),
  [
    "Cilium in a list",
    kube("cilium.io/v2:CiliumNetworkPolicy", {
      metadata: { namespace: "it" },
      specs: [{ endpointSelector: {}, ingress: [] }, 1],
    }),
  ],
  ...[
    "projectcalico.org/v3:NetworkPolicy",
    "projectcalico.org/v3:GlobalNetworkPolicy",
    "crd.projectcalico.org/v1:NetworkPolicy",
    "crd.projectcalico.org/v1:GlobalNetworkPolicy",
  ].flatMap((kind) =>
    [
      {},
      { selector: "" },
      { selector: "all()" },
      { selector: "app == 'a'" },
      { namespaceSelector: "x" },
      { types: ["Ingress"] },
      { types: ["Egress"] },
      { types: open },
      { types: [], ingress: [] },
      { egress: [] },
      { ingress: [], egress: [] },
      { ingress: open, egress: open },
      open,
    ].map((spec): Case => [`${kind} ${JSON.stringify(spec)}`, calico(spec, kind)]),
  ),
];

/** Pods, by the kinds that make them. */
export const pods: readonly Given[] = [
  kube("core/v1:Pod", { metadata: { labels: { app: "a" }, namespace: "it" }, spec: {} }),
  ...[
    "core/v1:ReplicationController",
    "apps/v1:Deployment",
    "apps/v1:StatefulSet",
    "apps/v1:DaemonSet",
    "apps/v1:ReplicaSet",
    "batch/v1:Job",
  ].map((type) =>
    kube(type, {
      metadata: { namespace: "it" },
      spec: { template: { metadata: { labels: { app: "a" } }, spec: { hostNetwork: true } } },
    }),
  ),
  kube("batch/v1:CronJob", {
    metadata: {},
    spec: { jobTemplate: { spec: { template: { metadata: { labels: { app: "a" } }, spec: { hostNetwork: open } } } } },
  }),
  kube("a.example.org/v1:Pod", { spec: {} }),
];
