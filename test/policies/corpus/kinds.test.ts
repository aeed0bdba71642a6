import { contactsIn } from "../../../policies/extract/hosts";
import { image } from "../../../policies/extract/images";
import { documents, parsed } from "../../../policies/extract/documents";
import type { Properties } from "../../../policies/extract/value";
import { judgeAll } from "../../../policies/judge";
import { rules } from "../../../policies/pack";
import { settings } from "../../../policies/settings";

const own = settings({ ownDomains: ["crisis.example.ch"] }, {});

/** Everything that the rules about contacts and images say of one resource. */
const said = (type: string, properties: Properties): string =>
  judgeAll(rules, [{ type, name: "it", urn: "it", properties, provider: undefined }], own)
    .filter(({ rule }) => ["UC-NET-002", "UC-IMG-001"].includes(rule.id))
    .map(({ item }) => ("found" in item ? item.found : item.undetermined))
    .join("\n");

const map = (text: string, file = "a.conf"): readonly [string, Properties] => [
  "kubernetes:core/v1:ConfigMap",
  { data: { [file]: text } },
];
const values = (given: Properties): readonly [string, Properties] => ["docker:values:File", given];
const pod = (container: Properties): readonly [string, Properties] => [
  "kubernetes:core/v1:Pod",
  { spec: { containers: [{ image: "registry.crisis.example.ch/a:1", ...container }] } },
];

/** Kinds of contacts that files of others have, and that were missed. */
describe("A contact is seen", () => {
  test.each<readonly [title: string, resource: readonly [string, Properties], host: string]>([
    ["in a list of hosts", values({ probe: { hosts: ["a.vendor.example.net"] } }), "a.vendor.example.net"],
    ["in a list in a file", map("targets:\n  hosts:\n    - a.vendor.example.net\n"), "a.vendor.example.net"],
    ["in a list that is a whole file", map("- name: one\n  server: a.vendor.example.net\n"), "a.vendor.example.net"],
    ["in an option", pod({ args: ["--upstream=a.vendor.example.net:443"] }), "a.vendor.example.net"],
    ["in a line of a file", map("[smtp]\nserver = a.vendor.example.net\n"), "a.vendor.example.net"],
    ["as a store of files", values({ assetsNfs: "a.vendor.example.net" }), "a.vendor.example.net"],
    [
      "as a registry that stands alone",
      values({ docker: { registry: "a.vendor.example.net" } }),
      "a.vendor.example.net",
    ],
    ["as a public address of a server", values({ db: { host: "185.12.64.1" } }), "185.12.64.1"],
    ["as an argument of ping", pod({ command: ["ping", "-c", "1", "a.vendor.example.net"] }), "a.vendor.example.net"],
    ...["Resolve-DnsName", "Test-Connection", "Test-NetConnection", "Invoke-WebRequest", "Invoke-RestMethod"].flatMap(
      (word) =>
        ["powershell", "pwsh"].map((shell): [string, readonly [string, Properties], string] => [
          `as an argument of ${word} in ${shell}`,
          pod({ command: [shell, word, "-Name", "a.vendor.example.net", "-Type", "A"] }),
          "a.vendor.example.net",
        ]),
    ),
    ["before a semicolon", pod({ command: ["sh", "-c", "dig a.vendor.example.net; true"] }), "a.vendor.example.net"],
    ["after -h of a client", pod({ command: ["psql", "-h", "a.vendor.example.net"] }), "a.vendor.example.net"],
    ["by a domain of a party that is asked", values({ relay: { host: "smtp.google.com" } }), "smtp.google.com"],
    [
      "where a Service leads outside by name",
      ["kubernetes:core/v1:Service", { spec: { type: "ExternalName", externalName: "a.vendor.example.net" } }],
      "a.vendor.example.net",
    ],
    [
      "where a Service leads outside by address",
      ["kubernetes:core/v1:Endpoints", { subsets: [{ addresses: [{ ip: "185.12.64.1" }, { ip: "10.0.0.1" }] }] }],
      "185.12.64.1",
    ],
    [
      "the same in slices",
      ["kubernetes:discovery.k8s.io/v1:EndpointSlice", { endpoints: [{ addresses: ["185.12.64.1"] }] }],
      "185.12.64.1",
    ],
    [
      "at the end of a route",
      [
        "kubernetes:networking.istio.io/v1:VirtualService",
        { spec: { hosts: ["a.b"], http: [{ route: [{ destination: { host: "a.vendor.example.net" } }] }] } },
      ],
      "a.vendor.example.net",
    ],
    [
      "as an artifact that nobody builds here",
      ["kubernetes:skaffold/v3:Config", { build: { artifacts: [{ image: "vendor/a" }] } }],
      "docker.io/vendor/a",
    ],
    [
      "as an image whose tag is a variable",
      ["docker:compose:File", { services: { a: { image: "vendor/a:${TAG}" } } }],
      "docker.io/vendor/a",
    ],
    [
      "as an image whose registry is a default",
      ["docker:compose:File", { services: { a: { image: "${REPO:-ghcr.io/vendor}/a:1" } } }],
      "ghcr.io/vendor/a",
    ],
    [
      "as an image of compose that nobody can read",
      ["docker:compose:File", { services: { a: { image: "${IMAGE}" } } }],
      "cannot be read",
    ],
  ])("%s", (_, [type, properties], host) => expect(said(type, properties)).toContain(host));
});

/** Kinds of texts that look like contacts in files of others, and were taken for some. */
describe("No contact is", () => {
  const host = "a.vendor.example.net";
  test.each<readonly [title: string, resource: readonly [string, Properties]]>([
    ["a name of an Ingress", ["kubernetes:networking.k8s.io/v1:Ingress", { spec: { rules: [{ host }] } }]],
    [
      "the same in a file",
      map(`apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec:\n  rules:\n    - host: ${host}\n`),
    ],
    ["a name of an HTTPRoute", ["kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", { spec: { hostnames: [host] } }]],
    [
      "a name of an ingress in values",
      values({ web: { ingress: { main: { hosts: [{ host }], tls: [{ hosts: [host] }] } } } }),
    ],
    [
      "a name of an ingress in a template",
      map(`ingress:\n  enabled: true\n  hosts:\n    - host: ${host}\n{{ end }}\n`),
    ],
    ["a name that a program answers to", pod({ env: [{ name: "APP_ALLOWED_HOSTS", value: host }] })],
    ["a header with one's own name", map("X-Forwarded-Host: a.vendor.example.net\n\n")],
    ["a name that is refused", values({ dns: { blocked_hosts: [host] } })],
    ["a name for the hosts file", values({ hostAliases: [{ ip: "10.1.2.3", hostnames: [host] }] })],
    [
      "a link of a catalogue",
      [
        "kubernetes:backstage.io/v1alpha1:Component",
        { metadata: { links: [{ title: "Code", url: `https://${host}` }] } },
      ],
    ],
    [
      "a link with a name",
      [
        "kubernetes:operators.coreos.com/v1alpha1:Thing",
        {
          spec: {
            links: [{ name: "Code", url: `https://${host}` }],
            maintainers: [{ name: "A", url: `https://${host}` }],
          },
        },
      ],
    ],
    [
      "an annotation with the source",
      [
        "kubernetes:core/v1:Namespace",
        { metadata: { annotations: { "a.example.org/source-code": `https://${host}` } } },
      ],
    ],
    [
      "an annotation of a kustomization",
      [
        "kubernetes:kustomize.config.k8s.io/v1beta1:Kustomization",
        { commonAnnotations: { "a.example.org/support": `https://${host}` } },
      ],
    ],
    [
      "the name that a proxy gives to what stands behind it",
      [
        "kubernetes:networking.k8s.io/v1:Ingress",
        { metadata: { annotations: { "nginx.ingress.kubernetes.io/upstream-vhost": host } } },
      ],
    ],
    [
      "an image that is built of a folder",
      ["kubernetes:skaffold/v3:Config", { build: { artifacts: [{ image: "vendor/a", context: "src/a" }] } }],
    ],
    [
      "the image that a kustomization replaces",
      [
        "kubernetes:kustomize.config.k8s.io/v1beta1:Kustomization",
        { images: [{ name: "ghcr.io/vendor/a", newName: "registry.crisis.example.ch/a" }] },
      ],
    ],
    ["a note in words", values({ notes: `Read the manual at https://${host}/manual first.` })],
    ["a link to the manual", map(JSON.stringify({ docs_link: `https://${host}`, help: `https://${host}` }))],
    ["a bookmark", map(`- Search:\n    - href: https://${host}\n`)],
    [
      "who has to have signed",
      [
        "kubernetes:kyverno.io/v1:ClusterPolicy",
        { spec: { keyless: { issuer: `https://${host}`, subject: `https://${host}/*` } } },
      ],
    ],
    ["a key of a host", map(`# keys\ngithub.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\n`, "ssh_known_hosts")],
    ["an object of Python's logging", map("handlers:\n  console:\n    stream: ext://sys.stdout\n")],
    ["a package that ko builds", pod({ args: [`-image=ko://${host}/cmd/a`] })],
    ["an identity of SPIFFE", values({ principal: `spiffe://${host}/ns/a` })],
    ["a package by its URL", map('{"uri": "pkg:example.github.com"}')],
    ["a table of a database", pod({ args: ["psql -c 'SELECT 1 FROM information_schema.tables'"] })],
    [
      "a disk of Ceph",
      ["kubernetes:core/v1:PersistentVolume", { spec: { rbd: { image: "disk-1", monitors: ["10.0.0.1"] } } }],
    ],
    ["an address for manuals", values({ db: { host: "192.0.2.1" } })],
    ["one's own address", values({ advertise: { address: "185.12.64.1" } })],
  ])("%s", (_, [type, properties]) => expect(said(type, properties)).toBe(""));
});

test("a variable that compose passes on from its shell leaves a leak undetermined, and is no finding", () => {
  const judged = (environment: readonly string[]): string =>
    said("docker:compose:File", {
      services: { web: { image: "registry.crisis.example.ch/jitsi/web:1", environment } },
    });
  expect(judged(["DROPBOX_APPKEY=a"])).toContain("DROPBOX_APPKEY set");
  expect(judged(["DROPBOX_APPKEY"])).not.toContain("DROPBOX_APPKEY set");
});

describe("An image with variables", () => {
  test.each([
    ["vendor/a:$TAG", "docker.io", "vendor/a"],
    ["vendor/a-$ARCH", "docker.io", "vendor/a-x"],
    ["ghcr.io/$(TEAM)/a:1", "ghcr.io", "x/a"],
    ["ghcr.io/vendor/a@${DIGEST}", "ghcr.io", "vendor/a"],
    ["${REGISTRY:-quay.io}/vendor/a", "quay.io", "vendor/a"],
  ])("%s comes from %s", (text, registry, repository) => expect(image(text)).toEqual({ registry, repository }));

  test.each(["$IMAGE", "${IMAGE}:1", "${REGISTRY}/a:1"])("%s is none that can be read", (text) =>
    expect(image(text)).toBeUndefined(),
  );
});

describe("Data in YAML", () => {
  test.each([
    [
      "tags of a program are left out",
      "a: !vault b\nc: !list [d]\ne: !map {f: g}\n",
      { a: "b", c: ["d"], e: { f: "g" } },
    ],
    ["an alias is what it stands for", "a: &x {b: c}\nd: *x\n", { a: { b: "c" }, d: { b: "c" } }],
    ["a merge is a key like others", "a: &x {b: c}\nd:\n  <<: *x\n", { a: { b: "c" }, d: { "<<": { b: "c" } } }],
    ["words of YAML 1.1 are words", "a: yes\nb: 2026-11-28\nc: 010\n", { a: "yes", b: "2026-11-28", c: 10 }],
  ])("%s", (_, text, value) => expect(documents(text)).toEqual([value]));

  test("a key that stands twice makes a text, of which each line is read", () => {
    expect(documents("a: 1\na: 2\n")).toEqual([]);
    expect(said(...map("url: https://one.vendor.example.net\nurl: https://two.vendor.example.net\n"))).toMatch(
      /one\.vendor.*two\.vendor/s,
    );
  });

  test.each([
    [
      "aliases of aliases",
      ["a0: &a0 [1]", ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)].join("\n"),
    ],
    ["an alias inside itself", "a: &a\n  b: *a\nc: 1\n"],
  ])("%s are too long, and not passed", (_, text) => expect(parsed(text)).toEqual({ values: [], tooLong: true }));

  test("45 kB of it take less than 50 ms of the processor", () => {
    const texts = Array.from({ length: 6 }, (_, run) =>
      Array.from(
        { length: 520 },
        (_, i) => `s${run}-${i}:\n  host: h${i}\n  ports: [80, 443]\n  env: {A: "1", B: two}\n`,
      )
        .join("")
        .slice(0, 45_000),
    );
    const times = texts.map((text) => {
      const start = process.cpuUsage();
      expect(documents(text.slice(0, text.lastIndexOf("\ns") + 1))).toHaveLength(1);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    // The first ones pay for the compiler.
    expect(Math.min(...times)).toBeLessThan(50);
  });
});

test("a client of a database contacts the host of its option, and no word of its query", () => {
  expect(contactsIn("psql --host=db.vendor.example.net -c 'SELECT a.name FROM b.org'")).toEqual(
    expect.arrayContaining([
      { host: "db.vendor.example.net", asked: true },
      { host: "a.name", asked: false },
    ]),
  );
});
