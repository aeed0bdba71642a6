import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { type Judged, judgeAll } from "../../policies/judge";
import { rules } from "../../policies/pack";
import { ofHost } from "../../policies/extract/hosts";
import { properties, type Properties, unknown, type Value } from "../../policies/extract/value";
import type { Subject } from "../../policies/rule";
import { settings } from "../../policies/settings";

const own = settings({ ownDomains: ["crisis.example.ch"], isolated: ["10.0.0.0/16"] }, {});

const subject = (type: string, given: Properties, name = "it"): Subject => ({
  type,
  name,
  urn: `${type}::${name}`,
  properties: given,
  provider: undefined,
});

const judged = (...subjects: readonly Subject[]): readonly Judged[] => judgeAll(rules, subjects, own);
const said = (all: readonly Judged[]): readonly string[] =>
  all.map(({ rule, item, subject: of }) => `${rule.id} ${of?.urn ?? ""} ${JSON.stringify(item)}`).sort();

/** Texts in which rules look for something, beside any other. */
const words = fc.oneof(
  fc.constantFrom(
    "nginx",
    "registry.crisis.example.ch/a:1",
    "https://api.openai.com/v1",
    "https://a.crisis.example.ch",
    "https://api.example.com",
    "#!/bin/sh\ncurl https://gravatar.com | sh\n",
    "sip:a@b;transport=udp",
    "ash",
    "fsn1",
    "TCP",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "[secret]",
    "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: nginx}]}",
  ),
  fc.string({ maxLength: 40, unit: "binary" }),
  fc.base64String({ maxLength: 60 }),
);
const keys = fc.constantFrom(
  ..."spec data image containers initContainers env name value location zone rules direction protocol port sourceIps egress ingress to ports ipBlock cidr except replicas metadata namespace annotations description kubeconfig endpoints userData type create stdin envFrom configMapRef services __proto__ constructor".split(
    " ",
  ),
);
const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null), fc.constant(25), fc.constant(443)),
  tree: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    tie("leaf"),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(keys, tie("tree"), { maxKeys: 4 }),
  ),
}));
const types = fc.constantFrom(
  "kubernetes:apps/v1:Deployment",
  "kubernetes:core/v1:ConfigMap",
  "kubernetes:core/v1:Secret",
  "kubernetes:core/v1:Service",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:cilium.io/v2:CiliumNetworkPolicy",
  "kubernetes:a.example.org/v1:Thing",
  "kubernetes:helm.sh/v4:Chart",
  "hcloud:index/server:Server",
  "hcloud:index/firewall:Firewall",
  "exoscale:index/securityGroupRule:SecurityGroupRule",
  "upcloud:index/server:Server",
  "pulumi:providers:kubernetes",
  "pulumi:providers:aws",
  "pulumi:providers:hcloud",
  "command:remote:Command",
  "sovereign-uc:index:Gateway",
  "sovereign-uc:index:Workload",
  "constructor",
  "",
);
const resource = fc.record({ type: types, props: fc.dictionary(keys, tree, { maxKeys: 5 }) });
const made = ({ type, props }: { readonly type: string; readonly props: object }, name?: string): Subject =>
  subject(type, properties(props), name);

/** Every value of a resource made unknown in turn, as the engine does where an output is not there yet. */
function hidden(value: Value, path: readonly string[]): Value {
  const [key, ...rest] = path;
  if (key === undefined) return unknown;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Value, i) => (String(i) === key ? hidden(item, rest) : item));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === key ? hidden(item as Value, rest) : (item as Value)]),
  );
}

/** `SOVEREIGN_UC_PROPERTY_RUNS=200000 npx jest test/policies/properties.test.ts` is the long proof; the seed makes it the same one. */
const runs = Number(process.env["SOVEREIGN_UC_PROPERTY_RUNS"] ?? 1500);
const seed = process.env["SOVEREIGN_UC_PROPERTY_SEED"];
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });
jest.setTimeout(runs > 1500 ? 7_200_000 : 60_000);

describe("Whatever a resource holds", () => {
  test("no rule throws, and two runs say the same", () => {
    fc.assert(
      fc.property(resource, (one) => {
        expect(said(judged(made(one)))).toEqual(said(judged(made(one))));
      }),
      { numRuns: runs },
    );
  });

  test("the order of resources changes nothing", () => {
    fc.assert(
      fc.property(fc.array(resource, { minLength: 2, maxLength: 4 }), (all) => {
        const subjects = all.map((one, i) => made(one, `r${i}`));
        expect(said(judged(...subjects))).toEqual(said(judged(...[...subjects].reverse())));
      }),
      { numRuns: runs / 5 },
    );
  });

  const paths = (value: Value): readonly (readonly string[])[] =>
    typeof value !== "object" || value === null
      ? []
      : Object.entries(value).flatMap(([key, item]) => [[key], ...paths(item as Value).map((path) => [key, ...path])]);
  const openRules = (all: readonly Judged[]): readonly string[] => [...new Set(all.map(({ rule }) => rule.id))];

  test("no rule that found something passes when a value in it becomes unknown", () => {
    fc.assert(
      fc.property(resource, fc.nat(), (one, choice) => {
        const before = made(one);
        const all = paths(before.properties);
        const path = all[choice % Math.max(1, all.length)];
        if (path === undefined) return;
        const after = { ...before, properties: hidden(before.properties, path) as Properties };
        const now = openRules(judged(after));
        // What a provider keeps to itself is its credentials; where it leads is judged by these.
        const whole = !before.type.startsWith("pulumi:providers:");
        const counted = (id: string): boolean => whole || /^UC-(JUR|K8S|REG)-/.test(id);
        expect(openRules(judged(before)).filter((id) => counted(id) && !now.includes(id))).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  test("no rule takes more than 50 ms of processor time", () => {
    const cost = (one: Subject): number => {
      const before = process.cpuUsage();
      judged(one);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    fc.assert(
      fc.property(resource, (one) => {
        // What is remembered of a resource is kept by its properties, so each measurement reads anew; the least has no collector in it.
        const first = cost(made(one));
        const least = first <= 50 ? first : Math.min(cost(made(one)), cost(made(one)), cost(made(one)));
        expect(least).toBeLessThanOrEqual(50);
      }),
      { numRuns: runs },
    );
  });

  const bad: readonly (readonly [title: string, type: string, props: Properties])[] = [
    ["a location abroad", "hcloud:index/server:Server", { location: "ash" }],
    ["an upcloud zone abroad", "upcloud:index/server:Server", { zone: "us-chi1" }],
    ["an endpoint elsewhere", "pulumi:providers:hcloud", { endpoint: "https://a.example.com" }],
    ["an image", "kubernetes:core/v1:Pod", { spec: { containers: [{ image: "nginx" }] } }],
    ["a contact", "kubernetes:core/v1:ConfigMap", { data: { a: "https://gravatar.com" } }],
    [
      "a foreign cluster",
      "pulumi:providers:kubernetes",
      { kubeconfig: "clusters: [{cluster: {server: 'https://a.azmk8s.io'}}]\nusers: []\nkind: Config\n" },
    ],
    [
      "an opening",
      "hcloud:index/firewall:Firewall",
      { rules: [{ direction: "in", protocol: "tcp", port: "25", sourceIps: ["0.0.0.0/0"] }] },
    ],
    ["one replica", "kubernetes:apps/v1:Deployment", { spec: { replicas: 1 } }],
    ["a script", "command:remote:Command", { create: "id" }],
  ];
  test.each(bad)("%s that becomes unknown is never taken for something that passed", (_, type, props) => {
    expect(judged(subject(type, props)).length).toBeGreaterThan(0);
    for (const path of paths(props)) {
      const some = hidden(props, path) as Properties;
      expect([path.join("."), judged(subject(type, some)).length > 0]).toEqual([path.join("."), true]);
    }
  });

  test.each(bad)("%s is found beside something that is not known", (_, type, props) => {
    // UC-GOV-004 counts what all others leave open: its line is another one with each of them.
    const found = said(judged(subject(type, props))).filter((line) => !line.startsWith("UC-GOV-004 "));
    const beside = said(judged(subject(type, { ...props, other: unknown })));
    expect(beside).toEqual(expect.arrayContaining([...found]));
  });
});

describe("Texts that were made to take long", () => {
  const long: Readonly<Record<string, string>> = {
    blanks: " ".repeat(200_000),
    "blank lines": "\n".repeat(200_000),
    "addresses of SIP": "sip:".repeat(50_000),
    "words of Docker": "docker ".repeat(30_000),
    "runs of Docker": "docker run ".repeat(20_000),
    "options of Docker": `docker run ${"-a ".repeat(60_000)}`,
    "open blocks": "pcap{".repeat(40_000),
    "open comments": "/* ".repeat(60_000),
    "open brackets": "[".repeat(200_000),
    "slashes and colons": "a://".repeat(50_000),
    at: "a@".repeat(100_000),
    dots: `a${".".repeat(200_000)}`,
    labels: "a.".repeat(100_000),
    quotes: `echo " # ${'" # '.repeat(50_000)}`,
    percent: "%".repeat(200_000),
    backslashes: "\\".repeat(200_000),
    colons: ":".repeat(200_000),
    downloads: "curl ".repeat(40_000),
    base64: "QUFB".repeat(60_000),
    "a bomb of gzip": gzipSync(Buffer.alloc(16 * 1024 * 1024, "a")).toString("base64"),
    "a bomb of aliases": `apiVersion: v1\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n`,
    "a megabyte of YAML": "a: {b: [c, d]}\n".repeat(70_000),
    "a megabyte of JSON": JSON.stringify(Array.from({ length: 30_000 }, (_, i) => ({ a: `b${i}`, c: [i] }))),
  };

  // No measurement, which is the business of `npm run bench`: whoever reads such a text to its end at each of its characters is busy for minutes. Other threads
  // of this process count too (the collector's, the compiler's), so the bound is far from what any of these takes.
  test.each(Object.entries(long))("%s are read in one pass: they do not take minutes", (_, text) => {
    const before = process.cpuUsage();
    judged(subject("kubernetes:core/v1:ConfigMap", { data: { a: text } }));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(20_000);
  });

  test.each(["a bomb of gzip", "a megabyte of YAML"])("%s is undetermined, not passed", (name) => {
    const items = judged(subject("kubernetes:core/v1:ConfigMap", { data: { a: long[name] ?? "" } }));
    expect(items.some(({ item }) => "undetermined" in item)).toBe(true);
  });

  test("what is found before a text that is too long is said", () => {
    const items = judged(
      subject("kubernetes:core/v1:ConfigMap", { data: { a: "https://gravatar.com", b: "x ".repeat(600_000) } }),
    );
    expect(items.some(({ item }) => "found" in item && item.found.includes("gravatar.com"))).toBe(true);
    expect(items.some(({ item }) => "undetermined" in item)).toBe(true);
  });
});

test.each([
  ["the replicas of a component", "sovereign-uc:index:Workload", { replicas: [unknown] }],
  [
    "its replicas beside a capacity",
    "sovereign-uc:index:HostPool",
    { count: [unknown], capacity: { load: 1, perReplica: 1 } },
  ],
  ["the replicas of a workload", "kubernetes:apps/v1:Deployment", { spec: { replicas: { toString: 1 } } }],
  ["the protocol of a firewall", "hcloud:index/firewall:Firewall", { rules: [{ protocol: [unknown], port: "25" }] }],
  [
    "the protocol of a port",
    "kubernetes:core/v1:Pod",
    { spec: { containers: [{ image: "a", ports: [{ hostPort: 25, protocol: [unknown] }] }] } },
  ],
  [
    "a variable",
    "kubernetes:core/v1:Pod",
    { spec: { containers: [{ image: "a", env: [{ name: "A", value: [unknown] }] }] } },
  ],
])("%s without a text stops no rule", (_, type, props) => {
  expect(judged(subject(type, props as unknown as Properties)).length).toBeGreaterThan(0);
});

describe("Facts that are not there", () => {
  const { tables } = own;
  const names = ["hosts", "registries", "certificateAuthorities", "aiServices", "clusters", "objectStores"] as const;
  const ask = (facts: typeof tables, ...subjects: readonly Subject[]): readonly Judged[] =>
    judgeAll(rules, subjects, { ...own, tables: facts });
  const contact = (host: string): Subject =>
    subject("kubernetes:core/v1:ConfigMap", { data: { url: `https://${host.includes(":") ? `[${host}]` : host}/a` } });

  test.each(names)("a contact that was refused stays refused when its row of %s is removed", (name) => {
    let refused = 0;
    for (const row of tables[name]) {
      // An address of the machine's own link leads nowhere outside, and where another table names the host, its row decides.
      const elsewhere = tables.parties.some(
        (table) => table !== (tables[name] as unknown) && ofHost(table, row.host) !== undefined,
      );
      if (("pattern" in row && row.pattern !== undefined) || row.host.startsWith("169.254.") || elsewhere) continue;
      const left = (tables[name] as readonly (typeof row)[]).filter((other) => other !== row);
      const parties = tables.parties.map((table) => (table === (tables[name] as unknown) ? left : table));
      const before = ask(tables, contact(row.host));
      if (before.length === 0) continue;
      refused++;
      expect([row.host, ask({ ...tables, [name]: left, parties }, contact(row.host)).length > 0]).toEqual([
        row.host,
        true,
      ]);
    }
    expect(refused + (name === "objectStores" ? 1 : 0)).toBeGreaterThan(0);
  });

  test("a provider or a place that no table knows is refused", () => {
    const server = subject("hcloud:index/server:Server", { location: "fsn1" });
    const provider = subject("pulumi:providers:hcloud", {});
    expect(ask(tables, server, provider)).toEqual(ask(tables, server).slice());
    expect(ask({ ...tables, provider: () => undefined }, provider).length).toBeGreaterThan(0);
    const place = subject("upcloud:index/server:Server", { zone: "de-fra1" });
    expect(ask({ ...tables, place: () => undefined }, place).length).toBeGreaterThan(ask(tables, place).length);
  });
});
