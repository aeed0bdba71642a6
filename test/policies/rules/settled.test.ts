import { Cidr } from "../../../components/core/cidr";
import { ruleset } from "../../../components/recipe/nftables";
import { clusterJurisdiction } from "../../../policies/rules/k8s-001-cluster-jurisdiction";
import { controllingEntity } from "../../../policies/rules/jur-002-controlling-entity";
import { locationAllowlist } from "../../../policies/rules/reg-001-location-allowlist-explicit";
import { mailDirectoryUnreachable } from "../../../policies/rules/net-001-mail-directory-unreachable";
import { noPublicAiEndpoint } from "../../../policies/rules/ai-001-no-public-ai-endpoint";
import { providerAllowlist } from "../../../policies/rules/jur-001-provider-allowlist";
import { registryJurisdiction } from "../../../policies/rules/img-001-registry-jurisdiction";
import type { Rule, Subject, Verdict } from "../../../policies/rule";
import { settings, type Settings } from "../../../policies/settings";

/** Rules under settings that no profile has, and tables that have rows which ours have not yet. */
const given = settings({}, {});
const judged = (rule: Rule, type: string, properties: Subject["properties"], of: Settings): Verdict =>
  rule.check?.(
    {
      type,
      name: "it",
      urn: `urn:pulumi:test::project::${type}::it`,
      properties,
      provider: {
        type: `pulumi:providers:${type.split(":")[0] ?? ""}`,
        name: "default",
        properties: {},
      },
    },
    { settings: of, isolated: of.isolated, inputs: new Map() },
  );
const found = (verdict: Verdict): string =>
  (verdict ?? []).map((item) => ("found" in item ? `${item.found} (${item.allowed})` : "")).join("\n");

test("a zone that spans two countries is allowed where both are", () => {
  const within = (...countries: readonly string[]): Verdict =>
    judged(
      locationAllowlist,
      "hcloud:index/networkSubnet:NetworkSubnet",
      { networkZone: "eu-central" },
      { ...given, profile: { ...given.profile, countries } },
    );
  expect(within("DE", "FI")).toEqual([]);
  expect(found(within("DE"))).toMatch(/networkZone "eu-central".*DE and FI/);
  expect(found(within("FI"))).toMatch(/networkZone "eu-central"/);
});

test("a service of a party that the profile accepts passes", () => {
  const domain = (of: Settings): string => found(judged(controllingEntity, "exoscale:index/domain:Domain", {}, of));
  expect(domain(given)).toMatch(/runs on the servers of/);
  const lax = {
    ...given.profile,
    nexus: ["none", "presence", "listed", "controlled"] as const,
  };
  expect(judged(controllingEntity, "exoscale:index/domain:Domain", {}, { ...given, profile: lax })).toEqual([]);
  expect(domain({ ...given, profile: lax })).toBe("");
});

test("a provider that is refused without anybody behind it is said to be nobody's", () => {
  const row = {
    package: "a",
    kind: "local",
    accepted: false,
    source: "https://example.org",
    reviewed: "2026-11-29",
  } as const;
  const tables = { ...given.tables, provider: () => row };
  expect(found(judged(providerAllowlist, "a:b:C", {}, { ...given, tables }))).toMatch(
    /provider "a" of nobody in particular/,
  );
});

test("where no domain is declared, the message says so; where some are, it names them", () => {
  const cluster = { kubeconfig: JSON.stringify({ clusters: [{ cluster: { server: "https://a.example.org" } }] }) };
  const pod = { spec: { containers: [{ image: "nginx" }] } };
  const own = settings({ ownDomains: ["a.example.ch", "b.example.ch"] }, {});
  for (const [of, text] of [
    [given, /own domains \(none declared\)/],
    [own, /own domains \(a\.example\.ch, b\.example\.ch\)/],
  ] as const) {
    expect(found(judged(clusterJurisdiction, "pulumi:providers:kubernetes", cluster, of))).toMatch(text);
    expect(found(judged(registryJurisdiction, "kubernetes:core/v1:Pod", pod, of))).toMatch(text);
  }
});

test("an AI service under a domain of one's own is one's own, whatever a reviewed row says of it", () => {
  const row = {
    table: "aiServices",
    host: "ai.example.ch",
    party: "Example Inc.",
    country: "US",
    nexus: "controlled",
    source: "https://example.org/review",
    reviewed: "2026-11-29",
  };
  const map = { data: { a: "https://ai.example.ch/v1" } };
  const of = (pack: object): Verdict =>
    judged(noPublicAiEndpoint, "kubernetes:core/v1:ConfigMap", map, settings({ facts: [row], ...pack }, {}));
  expect(found(of({}))).toMatch(/AI service ai\.example\.ch/);
  expect(of({ ownDomains: ["example.ch"] })).toEqual([]);
});

test("a public service is refused for its place where every service of the party stands abroad", () => {
  const service = (...countries: readonly string[]) => ({
    host: `${countries.join("-").toLowerCase()}.example.org`,
    party: "mistral" as const,
    countries,
    source: "https://example.org",
    reviewed: "2026-11-29",
  });
  const of = (
    type: string,
    props: Subject["properties"],
    ...aiServices: readonly ReturnType<typeof service>[]
  ): string => found(judged(noPublicAiEndpoint, type, props, { ...given, tables: { ...given.tables, aiServices } }));
  const key = { spec: { containers: [{ image: "a", env: [{ name: "MISTRAL_API_KEY", value: "a" }] }] } };
  const model = { data: { a: '{"model": "mistral/a"}' } };
  for (const [type, props] of [
    ["kubernetes:core/v1:Pod", key],
    ["kubernetes:core/v1:ConfigMap", model],
  ] as const) {
    expect(of(type, props, service("FR"), service("US"))).toBe("");
    expect(of(type, props)).toBe("");
  }
  expect(of("kubernetes:core/v1:ConfigMap", model, service("US"), service("FR", "IN"))).toMatch(
    /which Mistral AI.* runs: it processes in US and IN/,
  );
  expect(of("kubernetes:core/v1:Pod", key, service("US"))).toMatch(/MISTRAL_API_KEY without MISTRAL_BASE_URL/);
});

describe("UC-NET-001 says why pods are not isolated for certain", () => {
  const subject = (type: string, name: string, properties: object = {}, urn?: string): Subject => ({
    type,
    name,
    urn: urn ?? `urn:pulumi:test::project::${type}::${name}`,
    properties: properties as Subject["properties"],
    provider: undefined,
  });
  const pods = (spec: object = {}): Subject =>
    subject("kubernetes:apps/v1:Deployment", "web", { spec: { template: { spec } } });
  const policy = (...policyTypes: readonly string[]): Subject =>
    subject("kubernetes:networking.k8s.io/v1:NetworkPolicy", "closed", { spec: { podSelector: {}, policyTypes } });
  const adopted = subject("sovereign-uc:index:AdoptedCluster", "theirs");
  const managed = subject("sovereign-uc:index:ManagedCluster", "managed");
  const ours = subject("sovereign-uc:index:Cluster", "ours");
  const host = { hostNetwork: true };
  const stack = (
    subjects: readonly Subject[],
    opaque: readonly object[] = [],
    inputs: readonly Subject[] = subjects,
    isolated: readonly string[] = ["10.0.0.0/16"],
  ): readonly string[] => {
    const of = settings({ isolated, opaque }, {});
    const context = { settings: of, isolated: of.isolated, inputs: new Map(inputs.map((one) => [one.urn, one])) };
    return (mailDirectoryUnreachable.checkStack?.(subjects, context) ?? []).map((item) =>
      "undetermined" in item ? `${item.undetermined}; ${item.action ?? ""}` : "",
    );
  };
  const accepted = (resource: string) => [{ resource, reason: "read by the team" }];

  test.each<[string, readonly Subject[], RegExp]>([
    ["closed inwards only", [adopted, pods(), policy("Ingress")], /closes outwards: .*10\.0\.0\.0\/16; add a Network/],
    ["closed outwards only", [adopted, pods(), policy("Egress")], /closes inwards: /],
    ["closed not at all", [adopted, pods()], /closes inwards and outwards: /],
    ["on hosts of others", [adopted, pods(host)], /whose filter this stack does not show: .*; take them off/],
    ["on hosts of nobody", [pods(host)], /whose filter this stack does not show: .*; take them off/],
    ["on hosts of ours", [ours, pods(host)], /whose filters, as this stack shows them, let it .*; name it in isolated/],
    ["on a cluster of ours", [ours, pods()], /closes inwards and outwards: nothing proves/],
  ])("pods %s", (_, subjects, text) => {
    const said = stack(subjects);
    expect(said.length).toBe(1);
    expect(said[0]).toMatch(text);
  });

  test("only what the hosts let through is named where it shows", () => {
    const pool = {
      ...subject("sovereign-uc:index:HostPool", "pool", {
        rendered: {
          a: { files: { "/etc/nftables.conf": ruleset({ isolatedFrom: [Cidr.parse("10.0.0.0/16")], openings: [] }) } },
        },
      }),
      urn: "urn:pulumi:test::project::sovereign-uc:index:Cluster$sovereign-uc:index:HostPool::pool",
    };
    const ranges = ["10.0.0.0/16", "10.1.0.0/16"];
    expect(stack([ours, pool, pods(host)], [], undefined, ranges)[0]).toMatch(/isolated from 10\.1\.0\.0\/16;/);
    expect(stack([adopted, pods(host)], [], undefined, ranges)[0]).toMatch(/from 10\.0\.0\.0\/16, 10\.1\.0\.0\/16;/);
  });

  test.each<[string, readonly Subject[], readonly object[], number]>([
    ["a workload by its name", [adopted, pods()], accepted("web"), 0],
    ["a workload by its URN", [adopted, pods()], accepted(pods().urn), 0],
    ["another one", [adopted, pods()], accepted("other"), 1],
    ["the hosts of its cluster", [adopted, pods(host)], accepted("theirs"), 0],
    ["the hosts of both clusters", [adopted, managed, pods(host)], [...accepted("theirs"), ...accepted("managed")], 0],
    ["those of one of them", [adopted, managed, pods(host)], accepted("theirs"), 1],
    ["hosts, which closes no pods", [adopted, pods()], accepted("theirs"), 1],
    ["nothing where there is no cluster", [pods(host)], accepted("theirs"), 1],
    ["a managed cluster", [managed, pods(host)], accepted("managed"), 0],
  ])("somebody accepts %s", (_, subjects, opaque, count) => {
    expect(stack(subjects, opaque).length).toBe(count);
  });

  test("what a policy and pods were given counts, whatever their outputs say", () => {
    const bare = (one: Subject): Subject => ({ ...one, properties: {} });
    const closed = policy("Ingress", "Egress");
    expect(stack([adopted, pods(), bare(closed)], [], [closed])).toEqual([]);
    expect(stack([adopted, pods(), bare(closed)], []).length).toBe(1);
    expect(stack([adopted, bare(pods(host)), closed], [], [pods(host)]).length).toBe(1);
    expect(stack([adopted, bare(pods(host)), closed])).toEqual([]);
  });
});
