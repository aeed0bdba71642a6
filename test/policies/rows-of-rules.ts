import { noThirdPartyProxy } from "../../policies/rules/cdn-001-no-third-party-proxy";
import { dnsJurisdiction } from "../../policies/rules/dns-001-dns-jurisdiction";
import { idpJurisdiction } from "../../policies/rules/idn-002-idp-jurisdiction";
import { fallbackAnnotations, fallbackChannel } from "../../policies/rules/emg-001-fallback-channel";
import { singletonAnnotation, tierLabel } from "../../policies/rules/ha-001-n-plus-one";
import { spreadReplicas } from "../../policies/rules/ha-002-spread";
import { loggingRetained } from "../../policies/rules/log-001-logging-present-retained";
import { ownTelemetry } from "../../policies/rules/mon-001-telemetry-saas";
import { deleteProtection } from "../../policies/rules/prt-001-delete-protection";
import { pushGateway } from "../../policies/rules/psh-001-push-gateway";
import { secretInClear } from "../../policies/rules/sec-001-secret-in-clear";
import { stateBackend } from "../../policies/rules/sta-001-state-backend";
import { imageDigestPinned } from "../../policies/rules/sup-001-image-digest-pinned";
import { signatureChecked } from "../../policies/rules/sup-002-signature-sbom";
import { assetLabels } from "../../policies/rules/tag-001-asset-labels";
import { clocks } from "../../policies/rules/tim-001-ntp";
import { tlsOfToday } from "../../policies/rules/tls-001-ca-and-tls";
import { open } from "./cases/case";
import type { Asked, Json, Question } from "./rows";

type Inputs = { readonly [key: string]: Json };

const server = "hcloud:index/server:Server";
const of = (type: string, props: Inputs, ...others: readonly Json[]): Question => ["inputs", type, props, ...others];
const each = (list: readonly Json[], make: (value: Json) => Question): readonly Question[] => list.map(make);

const labels = { owner: "a", "data-class": "b", service: "c", "legal-entity": "d" } as const;
const names =
  "owner owners owned-by owner_team team contact responsible data-class dataClassification classification confidentiality sensitivity service service.name app application part-of project system workload legal-entity entity company organisation organization tenant customer";

/** Labels without one, and with another name for it. */
const renamed = (name: string): readonly Question[] =>
  Object.keys(labels).map((key) =>
    of(server, {
      labels: { ...Object.fromEntries(Object.entries(labels).filter(([one]) => one !== key)), [name]: "a" },
    }),
  );

const declared = { product: "matrix", provider: "other", location: "hel1" } as const;
const platform = (fallback: Json | undefined, services: Json = [{ service: "jitsi" }]): Question =>
  of("sovereign-uc:index:Platform", { location: "fsn1", services, ...(fallback === undefined ? {} : { fallback }) });

/** A pod of Jitsi's bridge beside a note of a second channel, a machine and a volume. */
const stranger = (note: Inputs, machine: Inputs = { location: "fsn1" }, image = "a/jvb:1"): Question =>
  of(
    "kubernetes:core/v1:Pod",
    { spec: { containers: [{ image: `registry.crisis.example.ch/${image}` }] } },
    [
      "kubernetes:core/v1:ConfigMap",
      {
        metadata: {
          annotations: Object.fromEntries(
            Object.entries(note).map(([key, value]) => [fallbackAnnotations[key as keyof typeof declared], value]),
          ),
        },
      },
    ],
    [server, machine],
    ["hcloud:index/volume:Volume", { location: "hel1" }],
  );

/** Changes of each of three words: left out, empty, not known, no text. */
const notes: readonly Inputs[] = Object.keys(declared).flatMap((key) =>
  ["", " ", open, 1].map((value): Inputs => ({ ...declared, [key]: value })),
);

const workload = (spec: Inputs, pods: Inputs, more: Inputs = {}, type = "apps/v1:Deployment"): Question =>
  of(
    `kubernetes:${type}`,
    {
      metadata: { name: "a", ...more },
      spec: { ...spec, template: { metadata: { labels: { app: "a" } }, spec: { containers: [], ...pods } } },
    },
    ["kubernetes:policy/v1:PodDisruptionBudget", { metadata: {}, spec: { selector: { matchLabels: { app: "a" } } } }],
  );

const hostname = "kubernetes.io/hostname";
const constraint = (topologyKey: Json, more: Inputs = {}): Inputs => ({
  topologySpreadConstraints: [{ topologyKey, ...more }],
});

const budget = (metadata: Inputs, spec: Inputs, own: Inputs = {}): Question =>
  of(
    "kubernetes:apps/v1:Deployment",
    {
      metadata: { name: "a", ...own },
      spec: { replicas: 2, template: { metadata: { labels: { app: "a" } }, spec: constraint(hostname) } },
    },
    ["kubernetes:policy/v1:PodDisruptionBudget", { metadata, spec }],
  );

const sizes: readonly (readonly [string, string])[] = [
  ["hcloud:index/volume:Volume", "deleteProtection"],
  ["hcloud:index/storageBox:StorageBox", "deleteProtection"],
  ["exoscale:index/blockStorageVolume:BlockStorageVolume", "none"],
  ["exoscale:index/database:Database", "terminationProtection"],
  ["exoscale:index/dbaas:Dbaas", "terminationProtection"],
  ["aws:s3/bucket:Bucket", "none"],
  ["aws:s3/bucketV2:BucketV2", "none"],
  ["minio:index/s3Bucket:S3Bucket", "none"],
  ["hcloud:index/firewall:Firewall", "deleteProtection"],
];

const digest = `@sha256:${"0123456789abcdef".repeat(4)}`;
const random = "q7Zp2Xv9Lk4Rt8Wm3Nd6";
const foreign = "codeberg.org/a/b";

/** A cluster that runs an image of somebody else's, beside a policy about its signatures. */
const kyverno = (spec: Inputs, check: Inputs): Question => [
  "policy on",
  "kyverno.io/v1:ClusterPolicy",
  { ...spec, rules: [{ verifyImages: [{ imageReferences: ["codeberg.org/*"], ...check }] }] },
];
const validating = (spec: Inputs): Question => [
  "policy on",
  "policies.kyverno.io/v1:ImageValidatingPolicy",
  { matchImageReferences: [{ glob: "codeberg.org/*" }], ...spec },
];
const sigstore = (spec: Inputs): Question => [
  "policy on",
  "policy.sigstore.dev/v1beta1:ClusterImagePolicy",
  { images: [{ glob: "codeberg.org/*" }], authorities: [{ key: {} }], ...spec },
];

const record = (type: Json, value: Json): Question =>
  of("hcloud:index/zoneRrset:ZoneRrset", { zone: "crisis.example.ch", type, records: [{ value }] });
const zone = (props: Inputs, ...records: readonly Inputs[]): Question =>
  of(
    "hcloud:index/zone:Zone",
    props,
    ...records.map((one) => ["hcloud:index/zoneRrset:ZoneRrset", { type: "CAA", records: [], ...one }] as const),
  );

/** Questions about the checks themselves, beside those about the rows of tables. */
export const askedOfRules: Readonly<Record<string, Asked>> = {
  "charts of agents": {
    rule: ownTelemetry,
    questions: ["datadog", "splunk-otel-collector", "prometheus"].flatMap((chart): readonly Question[] => [
      of("kubernetes:argoproj.io/v1alpha1:Application", { spec: { source: { chart } } }),
      of("kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease", { spec: { chart: { spec: { chart } } } }),
      of("kubernetes:helm.cattle.io/v1:HelmChart", { spec: { chart } }),
      ["file", { apiVersion: "argoproj.io/v1alpha1", kind: "Application", spec: { source: { chart } } }],
      ["file", { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", spec: { chart: { spec: { chart } } } }],
    ]),
  },
  "labels of assets": {
    rule: assetLabels,
    questions: [
      ...names.split(" ").flatMap(renamed),
      ...["example.org/owner", "a/b/owner", "OWNER", "ow ner", "o-w_n.er", "xowner", "ownerx"].flatMap(renamed),
      ...each([1, true, "", " ", open, null], (owner) => of(server, { labels: { ...labels, owner } })),
      ...each([open, {}, [], "a", null], (given) => of(server, { labels: given })),
      ...assetLabels.types.flatMap((type) => [of(type, {}), of(type, { labels })]),
      ...each(["metal", "hetzner", open], (cloud) => of("sovereign-uc:index:Network", { cloud })),
    ],
  },
  "second channels": {
    rule: fallbackChannel,
    questions: [
      ...each([{}, "text", open, null, declared, { ...declared, location: "fsn1" }], (given) => platform(given)),
      platform(undefined),
      platform({ ...declared, product: " Jitsi " }),
      platform({ ...declared, location: " FSN1 " }),
      platform(declared, [{ service: "matrix" }, { service: "jitsi" }]),
      platform(undefined, [{ service: "matrix" }, { service: "jitsi" }, { service: "storage" }]),
      ...each([[], [{ service: "storage" }], [{ service: open }], [{ service: 1 }], [{}]], (services) =>
        platform(undefined, services),
      ),
      ...notes.map((note) => platform(note)),
      ...notes.map((note) => stranger(note)),
      stranger({}),
      stranger(declared),
      stranger({ product: "matrix" }),
      stranger({ location: "nbg1" }),
      stranger({ provider: "other" }),
      stranger({ ...declared, product: " JITSI" }),
      stranger({ ...declared, location: "fsn1" }),
      stranger({ ...declared, location: "ch-gva-2" }, { zone: "CH-GVA-2" }),
      stranger(declared, {}),
      stranger({}, {}, "a/other:1"),
      stranger({}, {}, "jvb"),
      [...stranger({}), ["sovereign-uc:index:Platform", {}]],
      [
        ...stranger({}),
        ["kubernetes:core/v1:Pod", { spec: { containers: [{ image: "a/jicofo" }, { image: "a/asterisk" }] } }],
      ],
    ],
  },
  clocks: {
    rule: clocks,
    questions: [
      ...[
        ...[
          "ntp.crisis.example.ch",
          "NTP.Crisis.Example.CH.",
          "192.0.2.1",
          "10.0.0.1",
          "2001:db8::1",
          "clock.internal",
        ],
        ...["clock.lan", "clock.local", "clock.home.arpa", "clock", "a.localhost", "xinternal", "clock.internal.org"],
        ...["pool.ntp.org", "0.debian.pool.ntp.org", "time.google.com", "time.cloudflare.com", "ntp.example.org"],
      ].flatMap((host): readonly Question[] => [
        ["machine", `server ${host} iburst`],
        ["cloud-config", `ntp: { servers: ["${host}"] }`],
      ]),
      ["machine", "echo"],
      ["lines", "server ntp.crisis.example.ch iburst"],
      ["cloud-config", "ntp: { enabled: true }"],
      ["cloud-config", "ntp: { enabled: false }"],
      ["cloud-config", "ntp: { pools: [] }"],
      of(server, { userData: open }),
      of(server, {}, [server, { userData: "#!/bin/sh\nserver ntp.crisis.example.ch iburst\n" }]),
    ],
  },
  "spread of replicas": {
    rule: spreadReplicas,
    questions: [
      ...["Deployment", "StatefulSet", "ReplicaSet", "DaemonSet"].map((kind) =>
        workload({ replicas: 2 }, {}, {}, `apps/v1:${kind}`),
      ),
      ...each([0, 1, 2, 3, open, "2", null], (replicas) => workload({ replicas }, {})),
      workload({}, {}),
      ...each(["", "by hand", open], (excuse) =>
        workload({ replicas: 2 }, {}, { annotations: { [singletonAnnotation]: excuse } }),
      ),
      ...[hostname, "topology.kubernetes.io/zone", "topology.kubernetes.io/region", `x${hostname}`, `${hostname}x`].map(
        (key) => workload({ replicas: 2 }, constraint(key)),
      ),
      ...each(["DoNotSchedule", "ScheduleAnyway", open], (whenUnsatisfiable) =>
        workload({ replicas: 2 }, constraint(hostname, { whenUnsatisfiable })),
      ),
      workload({ replicas: 2 }, { topologySpreadConstraints: open }),
      workload({ replicas: 2 }, { topologySpreadConstraints: [] }),
      ...each(
        [
          open,
          {},
          { requiredDuringSchedulingIgnoredDuringExecution: [{}] },
          { requiredDuringSchedulingIgnoredDuringExecution: [] },
          { preferredDuringSchedulingIgnoredDuringExecution: [{}] },
        ],
        (podAntiAffinity) => workload({ replicas: 2 }, { affinity: { podAntiAffinity } }),
      ),
      ...(
        [
          [server, "placementGroupId"],
          ["exoscale:index/computeInstance:ComputeInstance", "antiAffinityGroupIds"],
          ["exoscale:index/instancePool:InstancePool", "antiAffinityGroupIds"],
          ["exoscale:index/sksNodepool:SksNodepool", "antiAffinityGroupIds"],
        ] as const
      ).flatMap(([type, property]) =>
        [{}, { labels: { [tierLabel]: "a" } }].flatMap((more) => [
          of(type, more),
          ...each([null, [], ["1"], 1, open], (group) => of(type, { ...more, [property]: group })),
        ]),
      ),
      budget({}, { selector: { matchLabels: { app: "a" } } }),
      budget({ namespace: "default" }, { selector: { matchLabels: { app: "a" } } }),
      budget({ namespace: "b" }, { selector: { matchLabels: { app: "a" } } }),
      budget({ namespace: "b" }, { selector: { matchLabels: { app: "a" } } }, { namespace: "b" }),
      budget({}, { selector: { matchLabels: { app: "b" } } }),
      budget({}, {}),
      budget({}, { selector: open }),
    ],
  },
  "data that is deleted": {
    rule: deleteProtection,
    questions: [
      ...sizes.flatMap(([type, property]) => [
        of(type, {}),
        ...each([true, false, "true", open], (value) => of(type, { [property]: value })),
      ]),
      ...each(["Retain", "Delete", "Recycle", open, "retain"], (policy) =>
        of("kubernetes:core/v1:PersistentVolume", { spec: { persistentVolumeReclaimPolicy: policy } }),
      ),
      of("kubernetes:core/v1:PersistentVolume", { spec: {} }),
      ...each(["Retain", "Delete", open], (reclaimPolicy) =>
        of("kubernetes:storage.k8s.io/v1:StorageClass", { reclaimPolicy }),
      ),
      of("kubernetes:storage.k8s.io/v1:StorageClass", {}),
      of("kubernetes:core/v1:PersistentVolumeClaim", {}),
    ],
  },
  "stacks of others": {
    rule: stateBackend,
    questions: each(["acme/a/b", "organization/a/b", "a/b", "b", "acme/a/b/c", open], (name) =>
      of("pulumi:pulumi:StackReference", { name }),
    ),
  },
  "pins of images": {
    rule: imageDigestPinned,
    questions: [
      ...[
        ...["registry.crisis.example.ch/a/b", foreign, "nginx", "10.0.0.1:5000/a", "registry:5000/a", "192.0.2.1/a"],
      ].flatMap((name) =>
        ["", ":1.2.3", ":1", ":latest", ":stable", ":main", digest, `:1.2.3${digest}`, ":$TAG", ":{{ .tag }}"].map(
          (end) => of("kubernetes:core/v1:Pod", { spec: { containers: [{ image: `${name}${end}` }] } }),
        ),
      ),
      ...each(
        [
          { repository: foreign },
          { repository: foreign, tag: "1.2.3" },
          { repository: foreign, tag: 1 },
          { repository: foreign, tag: "" },
          { repository: foreign, tag: "1.2.3", digest: digest.slice(1) },
          { repository: foreign, tag: "1.2.3", digest: "" },
          { registry: "codeberg.org", repository: "a/b", tag: "latest" },
        ],
        (image) => of("kubernetes:helm.sh/v3:Release", { values: { image, list: [{ image }] } }),
      ),
      ...each([foreign, `${foreign}:1.2.3`, `${foreign}${digest}`, open, 1], (name) =>
        of("docker:index/remoteImage:RemoteImage", { name }),
      ),
      ...[
        "docker:index/image:Image",
        "docker:index/tag:Tag",
        "docker-build:index:Image",
        "docker:index/container:Container",
      ].map((type) => of(type, { image: foreign, imageName: foreign })),
      of(server, { image: "ubuntu-24.04" }),
      of("xdocker-build:index:Image", { image: foreign }),
      of("xkubernetes:core/v1:Pod", { image: foreign }),
      of("docker:index/container:Container", { name: foreign }),
      ["machine", `docker run ${foreign}`],
      ["machine", `docker run ${foreign}${digest}`],
      ["cloud-config", `a: { services: { b: { image: "${foreign}" } } }`],
    ],
  },
  "strength of policies": {
    rule: signatureChecked,
    accepting: true,
    questions: [
      kyverno({}, {}),
      ...each(["Enforce", "enforce", "Audit", open], (validationFailureAction) =>
        kyverno({ validationFailureAction }, {}),
      ),
      ...each(["Enforce", "Audit", open], (failureAction) =>
        kyverno({ validationFailureAction: "Audit" }, { failureAction }),
      ),
      ...each([true, false, open], (required) => kyverno({ validationFailureAction: "Enforce" }, { required })),
      ...each(["Ignore", "Fail", open], (failurePolicy) =>
        kyverno({ validationFailureAction: "Enforce", failurePolicy }, {}),
      ),
      ...each(
        [["*"], ["codeberg.org"], ["codeberg.orgx/*"], ["other.example.org/*"], [], open, [open]],
        (imageReferences) => kyverno({ validationFailureAction: "Enforce" }, { imageReferences }),
      ),
      kyverno({ validationFailureAction: "Enforce" }, { imageReferences: [], image: "codeberg.org/*" }),
      ["policy on", "kyverno.io/v1:ClusterPolicy", { rules: [{ validate: {} }] }],
      ["policy on", "kyverno.io/v1:ClusterPolicy", open],
      validating({}),
      ...each([["Deny"], ["Audit"], ["Audit", "Deny"], [open], open, []], (validationActions) =>
        validating({ validationActions }),
      ),
      ...each(["Ignore", "Fail", open], (failurePolicy) => validating({ failurePolicy })),
      ...each([[{ expression: "true" }], [{ glob: 1 }], [{ glob: open }], open, []], (matchImageReferences) =>
        validating({ matchImageReferences }),
      ),
      sigstore({}),
      ...each([open, [{ glob: open }], [{ glob: "other.example.org/*" }]], (images) => sigstore({ images })),
      ...each(["warn", "Warn", "enforce", open], (mode) => sigstore({ mode })),
      ...each(
        [[], open, [{ static: { action: "pass" } }], [{ static: { action: "fail" } }], [{ static: { action: open } }]],
        (authorities) => sigstore({ authorities }),
      ),
      ...each(["insecureAcceptAnything", "reject", "sigstoreSigned"], (type) => [
        "file",
        { default: [{ type }], transports: { docker: { a: [{ type }] } } },
      ]),
      ["file", { transports: { "docker-daemon": { "": [{ type: "insecureAcceptAnything" }] } } }],
      ...["dir", "oci", "tarball", "sif", "oci-archive", "docker-archive", "containers-storage", "xdir"].map(
        (transport): Question => [
          "file",
          { transports: { [transport]: { "": [{ type: "insecureAcceptAnything" }] } } },
        ],
      ),
    ],
  },
  "places of secrets": {
    rule: secretInClear,
    questions: [
      ...["labels", "annotations"].flatMap((where) => [
        of("kubernetes:core/v1:ConfigMap", { metadata: { [where]: { token: random, "api-key": random } } }),
        of("kubernetes:core/v1:ConfigMap", { metadata: { [where]: { "api-key": "short" } } }),
        of("kubernetes:core/v1:ConfigMap", { metadata: { [where]: { note: `ghp_${"a1B2".repeat(9)}` } } }),
        of("kubernetes:core/v1:ConfigMap", { metadata: { [where]: { "api-key": open } } }),
      ]),
      of(server, { labels: { "api-key": random } }),
      ..."Secret SealedSecret ExternalSecret SecretStore ClusterSecretStore PushSecret VaultStaticSecret SecretPatch SecretList ConfigMap"
        .split(" ")
        .map((kind) => of(`kubernetes:core/v1:${kind}`, { data: { "api-key": random } })),
      ..."password adminPassword rootPassword privateKey kubeconfig apiKey"
        .split(" ")
        .map((key) => of(server, { [key]: random })),
      ...[
        "kubernetes:a/v1:B",
        "docker:a:B",
        "hcloud:a:B",
        "exoscale:a:B",
        "sovereign-uc:a:B",
        "aws:a:B",
        "xhcloud:a:B",
      ].map((type) => of(type, { text: `ghp_${"a1B2".repeat(9)}`, "api-key": random })),
      ...[
        random,
        "short",
        "a1b2c3d4e5f6g7h",
        "abcdefghijklmnopqrst",
        "1111111111111111a",
        `${random} b`,
        `$${random}`,
        `/run/${random}`,
      ].map((value): Question => ["file", { "api-key": value }]),
      ...[
        "api_key=",
        "export API_KEY=",
        "set api_key ",
        "ENV API_KEY=",
        "- api_key: ",
        '"api_key" => "',
        "api_key(x)=",
        "# api_key=",
      ].map((line): Question => ["lines", `${line}${random}`]),
      ...[
        "correct horse",
        "",
        " ",
        "true",
        "none",
        "changeme",
        "${A}",
        "/run/secret",
        "vault:a",
        "https://a.b/c",
        "https://u:p@a.b/c",
      ].map((value): Question => ["variable", "DB_PASSWORD", value]),
      ...[
        "postgres://u:p4ss@h/d",
        "postgres://u:password@h/d",
        "postgres://u:$P@h/d",
        "postgres://u@h/d",
        "http://h/d",
      ].map((line): Question => ["lines", line]),
    ],
  },
  "files that push": {
    rule: pushGateway,
    questions: [
      ...each(
        [
          {},
          { enabled: false },
          { enabled: true },
          { include_content: false },
          { include_content: true },
          { include_content: open },
          { enabled: open },
          open,
          "a",
        ],
        (push) => ["file", { server_name: "a", push }],
      ),
      ["file", { push: {} }],
      ...each(["apns", "GCM", "webpush", "own.module.Class", 1], (type) => ["file", { apps: { "a.b": { type } } }]),
      of("kubernetes:core/v1:ConfigMap", { data: { apps: { "a.b": { type: open } } } }),
      ...["include_body", "include_sender"].flatMap((key) =>
        each([true, false, "yes"], (value) => ["file", { modules: { mod_push: { [key]: value } } }]),
      ),
      ...each([true, false, "true"], (value) => ["file", { Push_show_message: value }]),
      ["variable", "MM_EMAILSETTINGS_PUSHNOTIFICATIONCONTENTS", "full"],
      ["variable", "MM_EMAILSETTINGS_PUSHNOTIFICATIONSERVER", "https://push.mattermost.com"],
      ["variable", "OVERWRITE_SETTING_Push_show_message", "true"],
      ["file", { PushNotificationContents: "full" }],
    ],
  },
  "keys and authorities": {
    rule: tlsOfToday,
    questions: [
      ...each([1024, 2047, 2048, 4096, open, "1024"], (rsaBits) =>
        of("tls:index/privateKey:PrivateKey", { algorithm: "RSA", rsaBits }),
      ),
      of("tls:index/privateKey:PrivateKey", { algorithm: "ECDSA", rsaBits: 1024 }),
      of("tls:index/privateKey:PrivateKey", { algorithm: "RSA" }),
      of("hcloud:index/managedCertificate:ManagedCertificate", { domainNames: ["a"] }),
      ...each(
        [{ acme: {} }, { acme: { caServer: "https://ca.crisis.example.ch" } }, { acme: 1 }, { tailscale: {} }, 1],
        (resolver) => ["file", { certificatesResolvers: { own: resolver } }],
      ),
      ["variable", "NODE_TLS_REJECT_UNAUTHORIZED", "0"],
      ["variable", "NODE_TLS_REJECT_UNAUTHORIZED", "1"],
      ...each(["TLSv1 TLSv1.2", "TLSv1.2 TLSv1.3"], (value) => ["file", { a: [{ "ssl-protocols": value }] }]),
      ["file", { a: [{ b: { minVersion: "VersionTLS10" } }] }],
    ],
  },
  "audits and lengths": {
    rule: loggingRetained,
    questions: [
      ...each(
        [
          open,
          {},
          { enabled: true },
          { enabled: false, endpoint: "https://logs.crisis.example.ch" },
          { endpoint: "https://logs.crisis.example.ch" },
          { enabled: open, endpoint: "https://logs.crisis.example.ch" },
          { enabled: true, endpoint: open },
          { enabled: true, endpoint: 1 },
          ...[
            "https://logs.crisis.example.ch",
            "https://10.0.0.1",
            "https://logs.example.org",
            "https://a.datadoghq.com",
          ].map((endpoint) => ({ enabled: true, endpoint })),
        ],
        (audit) => of("exoscale:index/sksCluster:SksCluster", { audit }),
      ),
      of("exoscale:index/sksCluster:SksCluster", {}),
      ...["0", "1s", "1m", "8759h", "8760h", "364d", "365d", "52w", "53w", "1y", "364", "365"].map(
        (length): Question => ["lines", `retention_period: ${length}`],
      ),
      ...["12", "13", "365d", "1y"].map((length): Question => ["lines", `-retentionPeriod=${length}`]),
      ["file", { limits_config: { retention_period: "24h" } }],
      ...[989, 988].map((more): Question => ["lines", `KEPT_DAYS=1${" ".repeat(more + 1)}`]),
      ...[996, 995].map((more): Question => ["machine", `a @b${"c".repeat(more)}`]),
      of(server, { userData: "" }, [
        "kubernetes:apps/v1:DaemonSet",
        { spec: { template: { spec: { containers: [{ image: open }] } } } },
      ]),
      of(server, { userData: open }),
    ],
  },
  "zones without authorities": {
    rule: dnsJurisdiction,
    accepting: true,
    questions: [
      zone({ name: "crisis.example.ch" }),
      zone({ name: "crisis.example.ch", mode: "secondary" }),
      zone({ name: "crisis.example.ch", mode: "primary" }),
      ...[
        "10.in-addr.arpa",
        "8.ip6.arpa",
        "home.arpa",
        "a.internal",
        "a.local",
        "lan",
        "a.test",
        "a.invalid",
        "xlocal.ch",
        "a",
      ].map((name) => zone({ name })),
      zone({ name: "crisis.example.ch" }, { zone: "CRISIS.example.ch." }),
      zone({ name: "crisis.example.ch" }, { zone: "other.example.ch" }),
      zone({ name: "crisis.example.ch" }, { zone: open }),
      zone({ name: "crisis.example.ch" }, { zone: "crisis.example.ch", type: open }),
      zone({ name: "crisis.example.ch" }, { zone: "other.example.ch", type: open }),
      zone({ name: "crisis.example.ch" }, { zone: "crisis.example.ch", type: "A" }),
      zone({ name: "crisis.example.ch", id: 7 }, { zone: 7 }),
      zone({ name: open }),
      zone({ name: open, id: "7" }, { zone: "7" }),
    ],
  },
  "records of names": {
    rule: dnsJurisdiction,
    questions: [
      ...each(
        [
          "ns1.crisis.example.ch.",
          "NS1.Crisis.Example.CH",
          "ns1",
          "ns1.example.org",
          "ns1.example.org.",
          " ns1.nsone.net. ",
          "ns1.datadoghq.com.",
          open,
          1,
        ],
        (value) => record("NS", value),
      ),
      ...each(["A", "ns", open, 1], (type) => record(type, "ns1.nsone.net.")),
      ...each(
        [
          ...[
            '0 issue "letsencrypt.org"',
            "0 issuewild 'letsencrypt.org'",
            "0 issuemail letsencrypt.org",
            '0 iodef "mailto:a@letsencrypt.org"',
          ],
          ...[
            '  128 ISSUE "LetsEncrypt.org; validationmethods=dns-01"',
            '0 issue ";"',
            '0 issue "ca.example.ch"',
            "x0 issue letsencrypt.org",
          ],
          ...[open, 1],
        ],
        (value) => record("CAA", value),
      ),
      of("exoscale:index/domainRecord:DomainRecord", { domain: "a", recordType: "NS", content: "ns1.nsone.net." }),
      of("powerdns:index/record:Record", { zone: "a", type: "NS", records: ["ns1.nsone.net.", open] }),
      ...each([[], ["ns1.nsone.net."], [open], open, ["ns1.crisis.example.ch."]], (nameservers) =>
        of("powerdns:index/zone:Zone", { name: "a.ch", nameservers }),
      ),
      of("exoscale:index/domain:Domain", { name: "crisis.example.ch" }),
      ...[
        "a IN NS ns1.nsone.net.",
        "a in ns ns1.nsone.net.",
        "a IN\tNS\tns1.example.org.",
        "IN NS x",
        "a NS ns1.nsone.net.",
        "; a IN NS ns1.nsone.net.",
      ].map((line): Question => ["lines", line]),
      ["lines", "dnssec-validation no;", "recursion yes;"],
      ["file", { "dnssec-validation": "no" }],
      ["file", { dnssec: "off" }],
    ],
  },
  "proxies before it": {
    rule: noThirdPartyProxy,
    questions: [
      ...[
        "cloudflare:index/record:Record",
        "cloudflare:index/dnsRecord:DnsRecord",
        "xcloudflare:index/record:Record",
        "cloudflare:index/recordSet:RecordSet",
      ].flatMap((type) => each([true, "true", false, open], (proxied) => of(type, { proxied }))),
      ...each(["true", true, "false", open], (value) =>
        of("kubernetes:networking.k8s.io/v1:Ingress", {
          metadata: { annotations: { "external-dns.alpha.kubernetes.io/cloudflare-proxied": value } },
        }),
      ),
      ...each(["104.16.0.1", "192.0.2.1", "2606:4700::1", "104.16.0.0/13", "a", open, 1], (value) =>
        record("A", value),
      ),
      of("powerdns:index/record:Record", { zone: "a", type: "A", records: "104.16.0.1" }),
      of("exoscale:index/domainRecord:DomainRecord", { domain: "a", recordType: "A", content: "104.16.0.1" }),
      ...[
        ...[
          "set $a $http_cf_connecting_ip;",
          "proxy_set_header CF-Connecting-IP $a;",
          "real_ip_header X-CF-Connecting-IP;",
          "cf-connecting-ipx",
        ],
        ...[
          "xcf-connecting-ip",
          "request_header_CF_CONNECTING_IP",
          "http-cf-connecting-ip",
          "xhttp-cf-connecting-ip",
          "CF_CONNECTING_IP",
        ],
        ...[
          "http-request del-header CF-Connecting-IP",
          "unset CF-Connecting-IP",
          "log_format a '$http_cf_connecting_ip';",
        ],
        ...[
          'proxy_set_header CF-Connecting-IP "";',
          "CF-Connecting-IP: ''",
          "RequestHeader unset CF-Connecting-IP",
          "strip CF-Connecting-IP",
          "hide CF-Connecting-IP",
        ],
        ...[
          "allow 104.16.0.0/13;",
          "allow 104.16.0.0/130;",
          "ALLOW 2606:4700::/32",
          "deny 104.16.0.0/13;",
          "a 104.16.0.0/12",
        ],
        ...[
          "https://cdn.jsdelivr.net/a.js",
          "https://cdn.crisis.example.ch/a.js",
          "ngrok http 80",
          "cloudflared tunnel run",
        ],
      ].map((line): Question => ["lines", line]),
      ...["remove", "unset", "delete_headers", "deny", "hideHeaders", "headers"].map((key): Question => [
        "file",
        { a: { [key]: ["CF-Connecting-IP"] } },
      ]),
      ["lines", "CF-Connecting-IP", "CF-Connecting-IP", "True-Client-IP"],
    ],
  },
  "providers of sign-in": {
    rule: idpJurisdiction,
    questions: [
      ...[
        "https://login.microsoftonline.com/a",
        "https://auth.crisis.example.ch",
        "https://idp.example.org",
        "https://idp",
        "https://a.okta.com,https://idp.example.org",
        "idp.example.org",
        "",
        "$ISSUER",
        "https://{{ .host }}/a",
        "https://a.datadoghq.com",
        "ldaps://ldap.example.org",
      ].flatMap((value): readonly Question[] => [
        ["variable", "OIDC_ISSUER", value],
        ["variable", "OTHER_WORD", value],
        ["file", { oidc: { issuer: value }, list: [{ issuer_url: value }] }],
        ["lines", `OIDC_ISSUER=${value}`],
        ["lines", `export OIDC_ISSUER="${value}"`],
        ["lines", `- oidc_issuer: ${value}`],
        ["lines", `# OIDC_ISSUER=${value}`],
      ]),
      of("kubernetes:core/v1:ConfigMap", { data: { oidc: { issuer: open } } }),
      ["image", "a/a:1", { OIDC_ISSUER: open }],
    ],
  },
};
