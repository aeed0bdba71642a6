/** Images by digest, and secrets in clear. */
import { imageDigestPinned } from "../../../policies/rules/sup-001-image-digest-pinned";
import { secretInClear } from "../../../policies/rules/sec-001-secret-in-clear";
import { own, type Resource, type Row, secret, shape, stackTable, table, unknownString } from "../support";
import { subject } from "../judged";
import { host, map, pod } from "./fixtures";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("UC-SUP-001 image-digest-pinned", () => {
  const image = (reference: unknown, where = "containers"): Resource => ({
    type: "kubernetes:apps/v1:Deployment",
    props: { spec: { template: { spec: { [where]: [{ name: "a", image: reference }] } } } },
  });
  const row = (title: string, reference: string, expect: Row["expect"], where?: string): Row => ({
    title: `it ${title}`,
    ...own,
    resource: image(reference, where),
    expect,
  });
  const registry = "registry.crisis.example.ch";
  shape(imageDigestPinned);
  table(imageDigestPinned, [
    row("accepts a digest, wherever it comes from", `ghcr.io/jitsi/web@${digest}`, "passes"),
    row("accepts a digest beside a tag that moves", `${registry}/web:latest@${digest}`, "passes"),
    row("accepts a full version in a registry of one's own", `${registry}/web:v1.8.5-api`, "passes"),
    row("accepts a build's number in a registry of one's own", `${registry}/jitsi/jvb:stable-11146-2`, "passes"),
    row("accepts a revision in a registry of one's own", `${registry}/web:3f2a91c`, "passes"),
    row("accepts a full version in a registry of the cluster", "registry.infra.svc:5000/web:1.2.3", "passes"),
    row(
      "refuses a full version that somebody else can move",
      "ghcr.io/jitsi/web:1.2.3",
      /ghcr\.io\/jitsi\/web .*"1\.2\.3", which somebody else's registry can move/,
    ),
    row("refuses no tag", `${registry}/web`, /without a tag: latest/),
    row("takes the port of a registry for no tag", "registry.crisis.example.ch:5000/web", /without a tag/),
    row("refuses latest", `${registry}/web:latest`, /the tag "latest", which is made to move/),
    row("refuses latest in capitals", `${registry}/web:LATEST`, /"LATEST"/),
    row("refuses a version that says only its first part", `${registry}/node:24-alpine`, /"24-alpine"/),
    row("accepts a version of two numbers in a registry of one's own", `${registry}/postgres:17.2`, "passes"),
    row("takes a word of hexadecimal letters for no revision", `${registry}/web:facade-deadbee`, /made to move/),
    row("refuses a digest that is cut off", `${registry}/web@sha256:0123`, /without a tag/),
    row("leaves what cannot be read to UC-IMG-001", `${registry}/web@latest`, "passes"),
    row("refuses the implicit registry", "nginx", /image docker\.io\/library\/nginx/),
    row("looks at init containers", `${registry}/web:latest`, /initContainers\[0\]/, "initContainers"),
    row("looks at ephemeral containers", `${registry}/web:latest`, /ephemeralContainers\[0\]/, "ephemeralContainers"),
    {
      title: "it cannot judge a tag that is put in later",
      ...own,
      resource: image(`${registry}/web:\${VERSION}`),
      expect: { undetermined: /registry\.crisis\.example\.ch\/web .*whose tag is put in later/ },
    },
    { title: "it cannot judge what is not known", ...own, resource: image(unknownString), expect: "is undetermined" },
    {
      title: "it puts a chart's repository and tag together",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v3:Release",
        props: { values: { image: { registry, repository: "web", tag: "latest" } } },
      },
      expect: /"latest"/,
    },
    {
      title: "it accepts a chart's digest",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v3:Release",
        props: { values: { image: { registry, repository: "web", digest } } },
      },
      expect: "passes",
    },
    {
      title: "it looks at commands of scripts",
      ...own,
      resource: host(`#!/bin/sh\ndocker run ${registry}/web:latest\n`),
      expect: /"latest"/,
    },
    {
      title: "it looks at compose files in user data",
      ...own,
      resource: host(
        `#cloud-config\nwrite_files:\n- content: |\n    services:\n      web:\n        image: ${registry}/web\n`,
      ),
      expect: /userData.* without a tag/,
    },
    {
      title: "it says nothing about what a build makes",
      ...own,
      resource: { type: "docker:index/image:Image", props: { imageName: `${registry}/web:latest` } },
      expect: "says nothing",
    },
    {
      title: "it judges texts of a type whose name only ends like a build's",
      ...own,
      resource: {
        type: "acme-docker-build:index:Host",
        props: { script: `#!/bin/sh\ndocker run ${registry}/web:latest\n` },
      },
      expect: /"latest"/,
    },
    ...["docker:index/tag:Tag", "docker:index/registryImage:RegistryImage", "docker-build:index:Image"].map((type) => ({
      title: `it says nothing about what ${type} makes`,
      ...own,
      resource: { type, props: { script: `#!/bin/sh\ndocker run ${registry}/web:latest\n` } },
      expect: "says nothing" as const,
    })),
    {
      title: "it takes the image of a machine for none, though its provider's name ends like Kubernetes'",
      ...own,
      resource: { type: "acme-kubernetes:index:Machine", props: { image: "debian:latest" } },
      expect: "passes",
    },
    {
      title: "it takes the name of a machine for no image",
      ...own,
      resource: { type: "hcloud:index/server:Server", props: { name: `${registry}/web:latest` } },
      expect: "passes",
    },
    ...["web1", "1web"].map((key) => ({
      title: `it puts a chart's repository and digest together under the key ${key}`,
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v3:Release",
        props: { values: { [key]: { image: { registry, repository: "web", digest } } } },
      },
      expect: "passes" as const,
    })),
    {
      title: "it takes an empty digest for none",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v3:Release",
        props: { values: { image: { registry, repository: "web", tag: "1.2.3", digest: "" } } },
      },
      expect: "passes",
    },
    {
      title: "it takes an empty tag for none",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v3:Release",
        props: { values: { image: { registry, repository: "web", tag: "" } } },
      },
      expect: /without a tag/,
    },
    {
      title: "it reads a tag that is a number",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v3:Release",
        props: { values: { image: { registry, repository: "web", tag: 3 } } },
      },
      expect: /the tag "3", which is made to move/,
    },
    row("refuses a full version at what is no address", "256.1.1.1:5000/web:1.2.3", /somebody else's registry/),
    {
      title: "it puts an image and a digest together where they are a list's own",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v3:Release",
        props: { values: { sidecars: [{ image: `${registry}/web`, digest }] } },
      },
      expect: "passes",
    },
    {
      title: "it puts a registry, a repository and a digest together where they are a list's own",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v3:Release",
        props: { values: { images: [{ registry, repository: "web", digest }] } },
      },
      expect: "passes",
    },
    {
      title: "it refuses a registry and a repository of a list with a tag that moves",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v3:Release",
        props: { values: { images: [{ registry, repository: "web", tag: "latest" }] } },
      },
      expect: /values\.images\[0\]/,
    },
    {
      title: "it refuses an image of a list without either",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v3:Release",
        props: { values: { sidecars: [{ image: `${registry}/web` }] } },
      },
      expect: /web in values\.sidecars\[0\] without a tag/,
    },
    row("accepts a full version at a private address", "10.20.0.9:5000/web:1.2.3", "passes"),
    {
      title: "it judges a container outside a cluster, and says where its image stands",
      ...own,
      resource: { type: "docker:index/container:Container", props: { image: `${registry}/web:latest` } },
      expect: /image registry\.crisis\.example\.ch\/web in image by the tag/,
    },
    {
      title: "it judges a component of ours",
      ...own,
      resource: { type: "sovereign-uc:index:Workload", props: { image: `${registry}/web:latest` } },
      expect: /"latest"/,
    },
    {
      title: "it puts a chart's repository and digest together in a list",
      ...own,
      resource: {
        type: "kubernetes:helm.sh/v3:Release",
        props: { values: { list: [{ image: { registry, repository: "web", digest } }] } },
      },
      expect: "passes",
    },
    {
      title: "it takes the image of a machine for none of a container",
      ...own,
      resource: { type: "hcloud:index/server:Server", props: { image: "debian-12" } },
      expect: "passes",
    },
    {
      title: "it looks at the name of a remote image",
      ...own,
      resource: { type: "docker:index/remoteImage:RemoteImage", props: { name: `${registry}/web:3` } },
      expect: /"3", which is made to move/,
    },
  ]);
  stackTable(imageDigestPinned, [
    {
      title: "it reads what a component shows of its hosts",
      ...own,
      resources: [{ type: "sovereign-uc:index:Host", props: { files: [`docker run ${registry}/web:latest`] } }],
      expect: /"latest"/,
    },
    {
      title: "it says nothing about a stack without components",
      ...own,
      resources: [image(`${registry}/web:latest`)],
      expect: "says nothing",
    },
  ]);
});

const pem = `-----BEGIN PRIVATE KEY-----\n${"MC4CAQAwBQYDK2VwBCIEIA".repeat(3)}\n-----END PRIVATE KEY-----\n`;
const random = "q7Rk2vX9pL4mT8sW1zYb";

describe("UC-SEC-001 secret-in-clear", () => {
  const text = (content: string): Resource => map({ "app.conf": content });
  const labelled = (labels: object): Resource => ({ type: "hcloud:index/volume:Volume", props: { labels } });
  const annotated = (annotations: object): Resource => ({
    type: "kubernetes:core/v1:Pod",
    props: { metadata: { annotations } },
  });
  shape(secretInClear);
  table(secretInClear, [
    {
      title: "it refuses a password in a variable",
      resource: pod("a", [["DB_PASSWORD", "correct horse"]]),
      expect: /the variable DB_PASSWORD of spec\.template\.spec\.containers\[0\]/,
    },
    {
      title: "it accepts the public half of a pair",
      resource: pod("a", [["LIVEKIT_API_KEY", "citizens-1"]]),
      expect: "passes",
    },
    {
      title: "it refuses a short one too",
      resource: pod("a", [["ADMIN_TOKEN", "a"]]),
      expect: /the variable ADMIN_TOKEN/,
    },
    {
      title: "it reads names in camel case",
      resource: pod("a", [["clientSecret", "correct"]]),
      expect: /clientSecret/,
    },
    {
      title: "it accepts one that another object holds",
      resource: pod("a", [["DB_PASSWORD", "elsewhere"]]),
      expect: "passes",
    },
    {
      title: "it accepts the path of a file",
      resource: pod("a", [
        ["DB_PASSWORD_FILE", "/run/secrets/db"],
        ["DB_PASSWORD", "/run/secrets/db"],
      ]),
      expect: "passes",
    },
    {
      title: "it accepts a variable of the shell",
      resource: pod("a", [
        ["DB_PASSWORD", "$(OTHER)"],
        ["API_KEY", "${OTHER}"],
      ]),
      expect: "passes",
    },
    {
      title: "it accepts a switch",
      resource: pod("a", [
        ["ENABLE_TOKEN", "secret-less"],
        ["REFRESH_TOKEN", "false"],
      ]),
      expect: "passes",
    },
    { title: "it accepts an empty one", resource: pod("a", [["DB_PASSWORD", ""]]), expect: "passes" },
    {
      title: "it cannot judge one that is not known",
      resource: pod("a", [["DB_PASSWORD", unknownString]]),
      expect: "is undetermined",
    },
    {
      title: "it refuses a private key in a ConfigMap",
      resource: map({ "tls.key": pem }),
      expect: /a private key in data\["tls\.key"\]/,
    },
    {
      title: "it refuses one in an older form",
      resource: map({ key: pem.replace(/PRIVATE/g, "RSA PRIVATE") }),
      expect: /a private key/,
    },
    {
      title: "it accepts a certificate and a public key",
      resource: map({ crt: pem.replace(/PRIVATE KEY/g, "CERTIFICATE"), pub: pem.replace(/PRIVATE/g, "PUBLIC") }),
      expect: "passes",
    },
    {
      title: "it accepts a key that is put in later",
      resource: map({ key: "-----BEGIN PRIVATE KEY-----\n{{ key }}\n-----END PRIVATE KEY-----" }),
      expect: "passes",
    },
    {
      title: "it finds a private key in user data",
      resource: host(
        `#cloud-config\nwrite_files:\n- path: /etc/key\n  content: |\n    ${pem.trim().replace(/\n/g, "\n    ")}\n`,
      ),
      expect: /a private key in userData/,
    },
    {
      title: "it finds one in base64",
      resource: host(
        `#cloud-config\nwrite_files:\n- encoding: b64\n  content: ${Buffer.from(pem).toString("base64")}\n`,
      ),
      expect: /a private key/,
    },
    {
      title: "it finds one in user data that is packed as a whole",
      resource: host(Buffer.from(`#!/bin/sh\ncat <<E\n${pem}E\n`).toString("base64")),
      expect: /a private key/,
    },
    {
      title: "it refuses a password for logins in user data",
      resource: host(`#cloud-config\nusers:\n- name: a\n  plain_text_passwd: ${random}\n`),
      expect: /a secret in userData\.users\[0\]\.plain_text_passwd/,
    },
    {
      title: "it refuses a token by its form in a label",
      resource: labelled({ note: `glpat-${random}` }),
      expect: /a token of GitLab's in labels\["note"\]/,
    },
    {
      title: "it refuses a random text under a secret's name in a label",
      resource: labelled({ "api-key": random }),
      expect: /a secret in labels\["api-key"\]/,
    },
    {
      title: "it finds it behind a domain",
      resource: labelled({ "crisis.example.ch/api-key": random }),
      expect: /a secret in labels\["crisis\.example\.ch\/api-key"\]/,
    },
    {
      title: "it finds it under the label of an object",
      resource: { type: "kubernetes:core/v1:Pod", props: { metadata: { labels: { "api-key": random } } } },
      expect: /a secret in metadata\.labels\["api-key"\]/,
    },
    {
      title: "it reads an annotation that only documents",
      resource: annotated({ description: `glpat-${random}` }),
      expect: /a token of GitLab's in metadata\.annotations\["description"\]/,
    },
    {
      title: "it finds a random text under a secret's name in an annotation, behind a domain",
      resource: annotated({ "crisis.example.ch/api-key": random }),
      expect: /a secret in metadata\.annotations\["crisis\.example\.ch\/api-key"\]/,
    },
    {
      title: "it finds one under a name with a dot",
      resource: map({ "db.password": random }),
      expect: /a secret in data\["db\.password"\]/,
    },
    {
      title: "it accepts a place of a secret under its name",
      resource: map({ "db-password": `vault:kv/data/${random}` }),
      expect: "passes",
    },
    {
      title: "it reads a label that is no text",
      resource: labelled({ "api-key": 12, note: null }),
      expect: "says nothing",
    },
    ...["PGPASSWORD", "S3SecretKey", "oauth2Token", "DB_PASSWD", "signing-key"].map((name) => ({
      title: `it knows the name ${name}`,
      resource: pod("a", [[name, "correct horse"]]),
      expect: new RegExp(`a secret in the variable ${name} of `),
    })),
    {
      title: "it accepts names that go on behind the word",
      resource: pod("a", [
        ["TOKENS", "many"],
        ["PASSWORD_FILE", "db"],
        ["SECRET_NAME", "records"],
      ]),
      expect: "passes",
    },
    {
      title: "it accepts a word under such a name",
      resource: labelled({ "api-key": "rotated-by-operations" }),
      expect: "says nothing",
    },
    {
      title: "it refuses a random text in a line of a file",
      resource: text(`listen = 1\nshared_secret = "${random}"\n`),
      expect: /a secret under shared_secret in data\["app\.conf"\]/,
    },
    {
      title: "it leaves comments out",
      resource: text(`listen = 1\n# shared_secret = "${random}"\n`),
      expect: "passes",
    },
    {
      title: "it accepts what a line computes",
      resource: text(`listen = 1\npassword = hmac_sha1("${random}", name9)\n`),
      expect: "passes",
    },
    {
      title: "it refuses an address with a password",
      resource: text(`a = b\nurl = postgres://app:${random}@records/app\n`),
      expect: /an address with a password/,
    },
    {
      title: "it accepts an address whose password is put in",
      resource: text("a = b\nurl = postgres://app:${PASSWORD}@records/app\n"),
      expect: "passes",
    },
    {
      title: "it accepts an address with a name only",
      resource: text("a = b\nurl = ssh://git@git.crisis.example.ch/a\n"),
      expect: "passes",
    },
    {
      title: "it leaves Secrets alone",
      resource: { type: "kubernetes:core/v1:Secret", props: { stringData: { key: pem } } },
      expect: "says nothing",
    },
    {
      title: "it takes no kind for one that only ends like it",
      resource: { type: "kubernetes:example.org/v1:NotASecret", props: { spec: { key: pem } } },
      expect: /a private key/,
    },
    {
      title: "it leaves sealed ones alone",
      resource: {
        type: "kubernetes:bitnami.com/v1alpha1:SealedSecret",
        props: { spec: { encryptedData: { password: random } } },
      },
      expect: "says nothing",
    },
    {
      title: "it leaves inputs alone that a provider keeps secret",
      resource: { type: "hcloud:index/storageBox:StorageBox", props: { password: secret(random) } },
      expect: "passes",
    },
    ...["password", "adminPassword", "rootPassword", "privateKey", "kubeconfig"].map((input) => ({
      title: `it leaves the input ${input} alone`,
      resource: { type: "exoscale:index/database:Database", props: { [input]: pem } },
      expect: "passes" as const,
    })),
    ...[{ privateKey: { pem } }, { settings: { privateKey: pem } }].map((props) => ({
      title: `it reads what only has a part of such a path: ${Object.keys(props).join()}`,
      resource: { type: "hcloud:index/storageBox:StorageBox", props },
      expect: /a private key/,
    })),
    {
      title: "it says nothing about makers of keys",
      resource: { type: "tls:index/certRequest:CertRequest", props: { privateKeyPem: pem } },
      expect: "says nothing",
    },
    {
      title: "it finds one in the inputs of a component of ours",
      resource: { type: "sovereign-uc:index:Jitsi", props: { key: pem } },
      expect: /a private key in key/,
    },
    {
      title: "it accepts names of objects that hold secrets",
      resource: {
        type: "kubernetes:example.org/v1:Thing",
        props: { spec: { existingSecret: "records-7f9c2b41d8e0aa53", imagePullSecrets: [{ name: random }] } },
      },
      expect: "passes",
    },
  ]);
});

test("UC-SEC-001 says each secret of a label and of an annotation once", () => {
  const of = (annotations: object): readonly string[] =>
    (
      secretInClear.check?.(
        subject({
          type: "kubernetes:core/v1:Pod",
          props: { metadata: { annotations, labels: { "api-key": random, note: `glpat-${random}` } } },
        }),
        undefined as never,
      ) ?? []
    ).map((item) => ("found" in item ? item.found : "open"));
  const inLabels = ['a secret in metadata.labels["api-key"]', 'a token of GitLab\'s in metadata.labels["note"]'];
  expect(of({})).toEqual(inLabels);
  expect(of({ "api-key": random, note: `glpat-${random}`, "a/source": `https://a:${random}@b.example.ch` })).toEqual([
    "a secret in metadata.annotations.api-key",
    "a token of GitLab's in metadata.annotations.note",
    ...inLabels,
    'an address with a password in metadata.annotations["a/source"]',
  ]);
});

test("the messages of UC-SEC-001 hold no part of a secret", () => {
  const said = JSON.stringify(
    [pem, `a = b\npassword: ${random}`, `glpat-${random}`].map((content) =>
      secretInClear.check?.(
        {
          type: "kubernetes:core/v1:ConfigMap",
          name: "a",
          urn: "a",
          properties: { data: { a: content } },
          provider: undefined,
        },
        undefined as never,
      ),
    ),
  );
  expect(said).toMatch(/private key.*under password.*GitLab/);
  expect(said).not.toContain(random.slice(0, 6));
  expect(said).not.toContain("MC4C");
});
