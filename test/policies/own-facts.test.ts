import { residualExposure } from "../../policies/exposure";
import type { ServiceFacts } from "../../policies/facts/container-fact";
import { serviceFacts } from "../../policies/facts/containers";
import { rules } from "../../policies/pack";
import { settings } from "../../policies/settings";
import { Pack, type Resource } from "./support";

const reviewed = { source: "https://example.org/review", reviewed: "2026-11-28" };
const party = { party: "Example AG", country: "CH", nexus: "none", ...reviewed };
const kubernetes = { type: "pulumi:providers:kubernetes", props: { renderYamlToDirectory: "out" } };

const image = (reference: string, env: readonly object[] = []): Resource => ({
  type: "kubernetes:apps/v1:Deployment",
  provider: kubernetes,
  props: { spec: { replicas: 2, template: { spec: { containers: [{ image: reference, env }] } } } },
});
const text = (content: string): Resource => ({
  type: "kubernetes:core/v1:ConfigMap",
  provider: kubernetes,
  props: { data: { a: content } },
});
const server = (url: string): Resource => ({
  type: "pulumi:providers:kubernetes",
  props: { kubeconfig: JSON.stringify({ clusters: [{ cluster: { server: url } }], users: [] }) },
});
const store = (host: string): Resource => ({
  type: "pulumi:providers:minio",
  props: { minioServer: host },
});
const cloud = (name: string, props: object): Resource => ({
  type: `${name}:index/server:Server`,
  provider: { type: `pulumi:providers:${name}` },
  props: { labels: { owner: "a", "data-class": "b", service: "c", "legal-entity": "d" }, ...props },
});

/** Messages of the pack about a resource, with these facts of the operator's. */
async function about(resource: Resource, facts: readonly object[], profile = "european"): Promise<string> {
  // Where an image and its pods stand is not asked here: the resources have no more than the fact is about.
  const asking = rules.filter(({ id }) => !/^UC-(SUP|SEC|HA-002|NET-003)/.test(id));
  const pack = new Pack(asking, { pack: { facts, profile, ownDomains: ["own.example.ch"] } });
  const { violations, open } = await pack.ask(resource);
  return [...violations, ...open].map(({ message }) => message).join("\n");
}

describe("Rows of the operator's own", () => {
  test.each<readonly [table: string, resource: Resource, row: object, otherwise: RegExp]>([
    ["registries", image("registry.example.net/a:1"), { host: "example.net" }, /UC-IMG-001.*in no table/],
    ["clusters", server("https://k.example.net:6443"), { host: "example.net" }, /UC-K8S-001.*in no table/],
    ["objectStores", store("s3.example.net"), { host: "s3.example.net" }, /UC-JUR-001.*with the endpoint/],
    ["hosts", text("https://api.example.net/a"), { host: "example.net" }, /UC-NET-002.*in no table/],
    ["providers", cloud("acme", { zone: "zh1" }), { package: "acme" }, /UC-JUR-001.*in no table/],
  ])(
    "one of %s is accepted where the profile accepts its party, and refused where it does not",
    async (table, resource, row, otherwise) => {
      const place = { table: "locations", provider: "acme", code: "zh*", country: "CH", ...reviewed };
      const facts = (more: object): readonly object[] => [place, { table, ...party, ...row, ...more }];
      expect(await about(resource, [place])).toMatch(otherwise);
      expect(await about(resource, facts({}))).toBe("");
      expect(await about(resource, facts({}), "strict")).toBe("");
      expect(await about(resource, facts({ nexus: "controlled" }))).toMatch(/Example AG.*"controlled"|Example AG/);
      expect(await about(resource, facts({ confidence: "assumed" }), "strict")).toMatch(/Example AG/);
    },
  );

  test("one of certificateAuthorities says who operates it, so that its mention is judged by another rule", async () => {
    const row = { table: "certificateAuthorities", host: "acme.example.net", ...party };
    expect(await about(text("https://acme.example.net/directory"), [])).toMatch(/in no table/);
    expect(await about(text("https://acme.example.net/directory"), [row])).toBe("");
  });

  test("one of aiServices is judged by its party and its country", async () => {
    const row = { table: "aiServices", host: "example.net", ...party };
    const asked = text("https://ai.example.net/v1");
    expect(await about(asked, [{ ...row, nexus: "controlled" }])).toMatch(/UC-AI-001.*Example AG/);
    expect(await about(asked, [{ ...row, country: "US" }])).toMatch(/UC-AI-001.*it stands in US/);
    expect(await about(asked, [row])).toBe("");
  });

  test("one of locations places what the tables do not know, and can move what they know", async () => {
    const known = cloud("hcloud", { location: "fsn1" });
    const row = { table: "locations", provider: "hcloud", code: "fsn1", country: "US", ...reviewed };
    expect(await about(known, [])).toBe("");
    expect(await about(known, [row])).toMatch(/location "fsn1" \(by the operator's review, US\)/);
    const fresh = cloud("hcloud", { location: "zrh1" });
    expect(await about(fresh, [])).toMatch(/in no table/);
    expect(await about(fresh, [{ ...row, code: "zrh*", country: "CH" }])).toBe("");
  });

  test("one of containers asks a variable of an image, forbids one, or lifts what the tables ask", async () => {
    const row = {
      table: "containers",
      image: "bot",
      variable: "QUIET",
      otherwise: "it reports to its maker",
      ...reviewed,
    };
    const bot = (...env: readonly object[]): Resource => image("registry.own.example.ch/a/bot:1", env);
    const on = { name: "QUIET", value: "true" };
    expect(await about(bot(), [])).toBe("");
    expect(await about(bot(), [{ ...row, must: "on" }])).toMatch(/UC-NET-002.*QUIET not set.*it reports to its maker/);
    expect(await about(bot({ ...on, value: "false" }), [{ ...row, must: "on" }])).toMatch(/QUIET not set/);
    expect(await about(bot(on), [{ ...row, must: "on" }])).toBe("");
    expect(await about(bot(on), [{ ...row, must: "unset" }])).toMatch(/QUIET set/);
    expect(await about(bot(on), [{ ...row, must: "any" }])).toBe("");
    const bridge = image("registry.own.example.ch/jitsi/jvb:1");
    expect(await about(bridge, [])).toMatch(/JVB_DISABLE_STUN/);
    expect(await about(bridge, [{ ...row, image: "jvb", variable: "JVB_DISABLE_STUN", must: "any" }])).toBe("");
  });

  test("a row in place of a table's counts, whether it is stricter or not", async () => {
    const accepted = image("codeberg.org/a/b:1");
    expect(await about(accepted, [])).toBe("");
    const row = { host: "codeberg.org", ...party };
    expect(await about(accepted, [{ table: "registries", ...row, nexus: "controlled" }])).toMatch(/Example AG/);
    // A row for every rule counts for this one, too.
    expect(await about(accepted, [{ ...row, nexus: "controlled" }])).toMatch(/UC-IMG-001.*Example AG/);
    expect(await about(image("ghcr.io/a/b:1"), [{ ...row, host: "ghcr.io", table: "registries" }])).toBe("");
    expect(await about(image("ghcr.io/a/b:1"), [{ ...row, host: "ghcr.io" }])).toBe("");
    expect(await about(image("ghcr.io/a/b:1"), [{ ...row, host: "ghcr.io", table: "clusters" }])).toMatch(/GitHub/);
  });

  test("a row for every rule says where an AI service processes, too", async () => {
    const row = { host: "api.deepl.com", ...party };
    expect(await about(text("https://api.deepl.com/v2"), [row])).toBe("");
    expect(await about(text("https://api.deepl.com/v2"), [{ ...row, country: "US" }])).toMatch(
      /UC-AI-001.*Example AG.*it stands in US/,
    );
  });

  test("the parent of an accepted provider can be corrected, and the exposure that remains follows", () => {
    const { tables } = settings({ facts: [{ table: "providers", package: "hcloud", ...party, nexus: "listed" }] }, {});
    expect(residualExposure("european", ["hcloud"], tables.provider)).toMatchObject([
      { party: "Example AG", nexus: "listed" },
    ]);
    expect(tables.overridden).toEqual([expect.stringMatching(/^providers hcloud: Example AG/)]);
    const moved = { table: "locations", provider: "scaleway", code: "fr-par*", country: "US", ...reviewed };
    const fresh = { ...moved, code: "zrh*" };
    expect(settings({ facts: [moved, fresh] }, {}).tables.overridden).toEqual([
      "locations scaleway fr-par*: US for the table's row",
    ]);
  });

  test.each<readonly [title: string, row: object, expected: RegExp]>([
    [
      "a table that takes none",
      { table: "suffixes", host: "a.example" },
      /expected a table that takes rows.*name one of hosts, registries/,
    ],
    [
      "a table by a name of every object",
      { table: "constructor", host: "a.example" },
      /expected a table that takes rows/,
    ],
    [
      "a key of another table",
      { table: "locations", provider: "a", code: "b", country: "CH", host: "a.example" },
      /correct host and nothing else/,
    ],
    [
      "a party where none belongs",
      { table: "locations", provider: "a", code: "b", country: "CH", party: "Example AG" },
      /correct party and/,
    ],
    [
      "no country",
      { table: "registries", host: "a.example", party: "Example AG", nexus: "none" },
      /correct country and/,
    ],
    ["a confidence that nobody knows", { host: "a.example", ...party, confidence: "sure" }, /correct confidence and/],
    [
      "a demand that nobody knows",
      { table: "containers", image: "a", variable: "B", must: "never", otherwise: "it calls" },
      /correct must and/,
    ],
    [
      "an interface that is no list",
      { table: "providers", package: "a", ...party, api: "a.example" },
      /correct api and/,
    ],
    [
      "an interface of which one part is no host",
      { table: "providers", package: "a", ...party, api: ["a.example", "no host"] },
      /correct api and/,
    ],
    [
      "a provider that is judged by where it leads",
      { table: "providers", package: "kubernetes", ...party },
      /expected a provider of a cloud in facts, got "kubernetes"/,
    ],
  ])("%s is refused with a sentence", (_, row, expected) => {
    expect(() => settings({ facts: [{ ...reviewed, ...row }] }, {})).toThrow(expected);
  });

  test("of containers each row of the tables about that variable of that image goes, and no other", () => {
    const containers = (image: string, variable: string, must: string): object => ({
      ...{ table: "containers", image, variable, must, otherwise: "it calls", ...reviewed },
    });
    const { tables } = settings(
      {
        facts: [
          containers("jigasi", "JIGASI_SIP_TRANSPORT", "any"),
          containers("web", "ENABLE_JAAS_COMPONENTS", "any"),
          containers("jigasi", "JIGASI_TRANSCRIBER_CUSTOM_SERVICE", "set"),
          containers("jvb", "JVB_STUN_SERVERS", "on"),
          containers("bot", "QUIET", "unset"),
        ],
      },
      {},
    );
    const rows = (all: readonly ServiceFacts[]): readonly string[] =>
      all.flatMap(({ leaks, media, speech }) =>
        [...leaks, ...media, ...speech].map((row) => `${"image" in row ? row.image : row.file}: ${row.otherwise}`),
      );
    const kept = rows(tables.services.slice(0, -1));
    expect(rows(serviceFacts).filter((row) => !kept.includes(row))).toEqual([
      "jvb: the bridge asks a STUN server of 8x8 for its own address",
      "web: an account at 8x8 is made and trusted",
      "jigasi: the keys of telephone media travel in clear",
      "jigasi: speech goes to Google",
    ]);
    expect(kept).toHaveLength(rows(serviceFacts).length - 4);
    expect([...tables.overridden].sort()).toEqual([
      'containers jitsi jigasi JIGASI_SIP_TRANSPORT: any for "the keys of telephone media travel in clear"',
      'containers jitsi jigasi JIGASI_TRANSCRIBER_CUSTOM_SERVICE: set for "speech goes to Google"',
      'containers jitsi jvb JVB_STUN_SERVERS: on for "the bridge asks a STUN server of 8x8 for its own address"',
      'containers jitsi web ENABLE_JAAS_COMPONENTS: any for "an account at 8x8 is made and trusted"',
    ]);
    expect(tables.services.at(-1)).toMatchObject({
      distinct: ["jigasi", "jvb", "bot"],
      leaks: [
        { action: "set JIGASI_TRANSCRIBER_CUSTOM_SERVICE", needs: { JIGASI_TRANSCRIBER_CUSTOM_SERVICE: "set" } },
        { action: "set JVB_STUN_SERVERS", needs: { JVB_STUN_SERVERS: "on" } },
        { action: "remove QUIET", without: "QUIET" },
      ],
    });
  });

  test("a place of the operator's is one of its provider, and only a star stands for more", () => {
    const row = { table: "locations", provider: "acme", country: "CH", ...reviewed };
    const { tables } = settings(
      {
        facts: [
          { ...row, code: "zrh*" },
          { ...row, code: "gva1" },
        ],
      },
      {},
    );
    const placed = (provider: string, code: string): boolean => tables.ownPlace(provider, code) !== undefined;
    expect([placed("acme", "zrh9"), placed("acme", "gva1")]).toEqual([true, true]);
    expect([placed("other", "zrh9"), placed("acme", "gva12"), placed("acme", "gva")]).toEqual([false, false, false]);
    expect(tables.overridden).toEqual([]);
  });

  test("a provider of the operator's may name its interfaces", () => {
    const row = { table: "providers", ...party, package: "acme", api: ["api.acme.example"] };
    const { tables } = settings({ facts: [{ ...reviewed, ...row }] }, {});
    expect(tables.provider("acme")?.api).toEqual(["api.acme.example"]);
    expect(tables.overridden).toEqual([]);
  });

  test.each<readonly [table: string, one: object, other: object]>([
    ["providers", { package: "a", ...party }, { package: "b" }],
    ["locations", { provider: "a", code: "b", country: "CH" }, { code: "c" }],
    ["locations", { provider: "a", code: "b", country: "CH" }, { provider: "c" }],
    ["containers", { image: "a", variable: "B", must: "on", otherwise: "it calls" }, { variable: "C" }],
    ["containers", { image: "a", variable: "B", must: "on", otherwise: "it calls" }, { image: "c" }],
  ])("rows of %s have a name by which one stands there once", (table, one, other) => {
    const row = { table, ...one, ...reviewed };
    expect(() => settings({ facts: [row, { ...row, ...other }] }, {})).not.toThrow();
    expect(() => settings({ facts: [row, { ...row }] }, {})).toThrow(/expected one row for each name/);
  });

  test("two rows of one name are refused", () => {
    const row = { host: "a.example", ...party };
    expect(() => settings({ facts: [row, { ...row, nexus: "controlled" }] }, {})).toThrow(
      /expected one row for each name/,
    );
    expect(() => settings({ facts: [row, { ...row, table: "clusters" }] }, {})).not.toThrow();
  });
});
