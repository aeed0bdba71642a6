import { stackConfiguration } from "../../policies/configuration";
import { profiles } from "../../policies/profiles";
import { dataset } from "../../policies/facts/dataset";
import { registries } from "../../policies/facts/registries";
import { residualExposure } from "../../policies/exposure";
import { entities, type Entity } from "../../policies/facts/entities";
import { isOwn, settings } from "../../policies/settings";
import { rules } from "../../policies/pack";
import { Pack } from "./support";

/** Every domain in the tables of facts. */
const domains = Object.entries(dataset).flatMap(([table, rows]) =>
  rows.flatMap((row) =>
    Object.entries(row).flatMap(([key, value]) =>
      ["host", "domain"].includes(key) && typeof value === "string" && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(value)
        ? [[table, value] as const]
        : [],
    ),
  ),
);

describe("Settings", () => {
  test("nobody's domain in any table can be one's own", () => {
    expect(new Set(domains.map(([table]) => table)).size).toBeGreaterThan(5);
    const accepted = domains.filter(([, domain]) => {
      try {
        settings({ ownDomains: [domain] }, {});
        return true;
      } catch {
        return false;
      }
    });
    expect(accepted).toEqual([]);
  });

  test("without any, the profile is european and nothing is one's own", () => {
    expect(settings({}, {})).toEqual({
      profile: profiles.european,
      profileFrom: "nobody",
      ownDomains: [],
      ownDomainsFrom: "nobody",
      isolated: [],
      opaque: [],
      ownPorts: [],
      facts: [],
      exemptions: [],
      day: new Date().toISOString().slice(0, 10),
      tables: expect.objectContaining({ registries, overridden: [] }) as unknown,
    });
  });

  test("the pack's own settings come before the stack's", () => {
    const stack = { "sovereign-uc:profile": "swiss", "sovereign-uc:ownDomains": '["a.example.ch"]' };
    expect(settings({}, stack)).toMatchObject({ profile: profiles.swiss, ownDomains: ["a.example.ch"] });
    expect(settings({ profile: "strict", ownDomains: ["b.example.ch"] }, stack)).toMatchObject({
      profile: profiles.strict,
      ownDomains: ["b.example.ch"],
    });
  });

  test.each([
    [
      "an unknown key",
      { profil: "swiss" },
      {},
      /expected one of the settings profile, ownDomains, isolated, opaque, ownPorts, facts, exemptions, got "profil"; remove it or correct its name/,
    ],
    [
      "an unknown profile",
      { profile: "swis" },
      {},
      /expected a profile out of swiss, european, strict, got "swis"; choose one of them/,
    ],
    [
      "an unknown profile of the stack",
      {},
      { "sovereign-uc:profile": "toString" },
      /expected a profile out of .*, got "toString"/,
    ],
    [
      "a domain below a content network's",
      { ownDomains: ["assets.cdn77.org"] },
      {},
      /expected a domain of your own in ownDomains, got "assets.cdn77.org"/,
    ],
    ["a domain that is none", { ownDomains: ["https://a.example.ch"] }, {}, /expected a domain of at least two labels/],
    ["a whole top-level domain", { ownDomains: ["ch"] }, {}, /expected a domain of at least two labels/],
    ["a domain in capitals", { ownDomains: ["A.example.ch"] }, {}, /expected a domain of at least two labels/],
    ["one domain in place of a list", { ownDomains: "a.example.ch" }, {}, /expected a list of domains/],
    [
      "a list of the stack that is no JSON",
      {},
      { "sovereign-uc:ownDomains": "a.example.ch" },
      /expected JSON under sovereign-uc:ownDomains/,
    ],
    ["a range that is none", { isolated: ["10.0.0.0/33"] }, {}, /expected a range in isolated, got "10\.0\.0\.0\/33"/],
    ["one range in place of a list", { isolated: "10.0.0.0/8" }, {}, /expected a list of ranges/],
    ["an accepted resource without a reason", { opaque: [{ resource: "a" }] }, {}, /expected a resource and a reason/],
    [
      "an accepted resource with an empty reason",
      { opaque: [{ resource: "a", reason: " " }] },
      {},
      /expected a resource and a reason/,
    ],
    [
      "an accepted resource with an expiry that nobody checks",
      { opaque: [{ resource: "a", reason: "b", until: "2027" }] },
      {},
      /and nothing else/,
    ],
    ["a port without a reason", { ownPorts: [{ port: 993 }] }, {}, /expected a port and a reason, and nothing else/],
    ["a port with an empty reason", { ownPorts: [{ port: 993, reason: " " }] }, {}, /expected a port and a reason/],
    ["a port as text", { ownPorts: [{ port: "993", reason: "ours" }] }, {}, /expected a port and a reason/],
    [
      "a port that no rule refuses",
      { ownPorts: [{ port: 443, reason: "ours" }] },
      {},
      /expected a port of a mail, directory or file service in ownPorts, got 443; remove it: no rule refuses it/,
    ],
    ["one port in place of a list", { ownPorts: 993 }, {}, /expected a list of ports as ownPorts/],
    ["a name in place of accepted resources", { opaque: "a" }, {}, /expected a list of accepted resources/],
  ])("%s is refused with a sentence", (_, pack, stack, expected) => {
    expect(() => settings(pack, stack)).toThrow(expected);
  });

  test("all problems are said at once", () => {
    expect(() => settings({ profile: "a", ownDomains: 1, other: 2 }, {})).toThrow(/settings.*\n.*profile.*\n.*domains/);
  });

  test("a pack with wrong settings judges nothing and says why, without a stack trace", async () => {
    const asked = new Pack(rules, { pack: { profile: "swis" } }).ask({ type: "pulumi:providers:hcloud" });
    await expect(asked).rejects.toThrow(/got "swis"; choose one of them/);
    await expect(asked).rejects.not.toThrow(/settings\.ts/);
  });
});

describe("Profiles", () => {
  test.each([
    ["swiss", ["CH"]],
    ["european", ["AT", "BE", "CH", "DE", "FI", "FR"]],
    ["strict", ["AT", "BE", "CH", "DE", "FI", "FR"]],
  ] as const)("%s allows its countries", (name, countries) => {
    expect(profiles[name].countries).toEqual(expect.arrayContaining([...countries]));
    expect(profiles[name].countries).toHaveLength(name === "swiss" ? 1 : 28);
    for (const outside of ["US", "GB", "SG", "NO"]) expect(profiles[name].countries).not.toContain(outside);
  });

  test("no profile accepts a party that the US controls", () => {
    expect(Object.values(profiles).flatMap(({ nexus }) => nexus)).not.toContain("controlled");
  });

  test.each(["swiss", "european"] as const)(
    "the exposure that remains under %s names Hetzner and Exoscale, with reason and source",
    (profile) => {
      const rows = residualExposure(profile, ["hcloud", "exoscale", "random", "kubernetes"]);
      expect(rows.map(({ party, nexus }) => [party, nexus])).toEqual([
        ["Hetzner Online GmbH", "presence"],
        ["Akenes SA (Exoscale)", "listed"],
      ]);
      for (const { why, source, reviewed } of rows)
        expect([why, source, reviewed].every((text) => text.length > 5)).toBe(true);
    },
  );

  test("nothing remains under strict, which accepts neither", () => {
    expect(residualExposure("strict", ["hcloud", "exoscale", "infomaniak"])).toEqual([]);
  });

  test("what is only assumed remains in sight", () => {
    expect(residualExposure("european", ["scaleway"])).toMatchObject([{ confidence: "assumed" }]);
    const { tables } = settings({}, {});
    const known = { ...entities.infomaniak, confidence: "verified" as const };
    const owned = (europeanControl: Entity["europeanControl"]): number =>
      residualExposure("european", ["a"], () => {
        const row = tables.provider("infomaniak");
        return row === undefined ? undefined : { ...row, party: { ...known, europeanControl } };
      }).length;
    expect([owned(true), owned(false), owned("undetermined")]).toEqual([0, 1, 1]);
  });

  test("who named the own domains is kept: the pack's configuration pins them, the judged stack only claims them", () => {
    const stack = { "sovereign-uc:ownDomains": '["a.example.ch"]' };
    expect(settings({}, stack).ownDomainsFrom).toBe("stack");
    expect(settings({ ownDomains: ["b.example.ch"] }, stack).ownDomainsFrom).toBe("pack");
  });

  test.each<readonly [string, string]>([
    ["a public suffix", "co.uk"],
    ["a suffix of a service of names", "nip.io"],
    ["a registry", "docker.io"],
    ["a domain of a party", "amazonaws.com"],
    ["a name below a domain of a party", "eu-central-1.amazonaws.com"],
    ["a domain that holds a party's", "dkr.ecr.eu-central-1.amazonaws.com"],
    ["an AI service", "openai.com"],
    ["an accepted cloud", "exo.io"],
    ["a certificate authority", "letsencrypt.org"],
    ["a suffix of commerce", "com.au"],
  ])("%s is nobody's own", (_, domain) => {
    expect(() => settings({ ownDomains: ["crisis.example.ch", domain] }, {})).toThrow(
      new RegExp(`own.*got "${domain.replaceAll(".", "\\.")}"`),
    );
  });

  test("a shell's configuration steers nothing: the engine sets more than that variable", () => {
    const names = ["PULUMI_CONFIG", "PULUMI_NODEJS_PROJECT", "PULUMI_NODEJS_STACK", "PULUMI_NODEJS_DRY_RUN"];
    const before = names.map((name) => process.env[name]);
    try {
      for (const name of names) delete process.env[name];
      process.env["PULUMI_CONFIG"] = '{"sovereign-uc:profile":"swiss"}';
      expect(stackConfiguration()).toEqual({});
      for (const name of names.slice(1)) process.env[name] = "true";
      expect(stackConfiguration()).toEqual({ "sovereign-uc:profile": "swiss" });
    } finally {
      names.forEach((name, i) => {
        const value = before[i];
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      });
    }
  });

  const row = {
    host: "api.example.org",
    party: "Example AG",
    country: "CH",
    nexus: "none",
    source: "https://example.org",
    reviewed: "2026-11-28",
  };

  test("a host that the operator has reviewed is accepted where the profile accepts the review", () => {
    const at = (facts: readonly object[], profile = "strict"): boolean =>
      isOwn(settings({ facts, profile }, {}), "a.api.example.org");
    expect(at([row])).toBe(true);
    expect(at([{ ...row, nexus: "presence" }])).toBe(false);
    expect(at([{ ...row, nexus: "presence" }], "european")).toBe(true);
    expect(at([{ ...row, nexus: "controlled" }], "european")).toBe(false);
    expect(at([{ ...row, country: "US" }], "european")).toBe(false);
    expect(at([{ ...row, host: "example.com" }])).toBe(false);
    expect(at([])).toBe(false);
  });

  test("the judged stack cannot bring such a review", () => {
    expect(settings({}, { "sovereign-uc:facts": JSON.stringify([row]) }).facts).toEqual([]);
  });

  test.each([
    ["no source", { ...row, source: "" }, "source"],
    ["no day", { ...row, reviewed: "yesterday" }, "reviewed"],
    ["a grade that nobody knows", { ...row, nexus: "some" }, "nexus"],
    ["a country by name", { ...row, country: "Switzerland" }, "country"],
    ["a pattern", { ...row, host: "*.example.org" }, "host"],
    ["a key that nobody knows", { ...row, note: "a" }, "note"],
    ["nothing", undefined, "a row"],
  ])("a review with %s is refused", (_, given, wrong) => {
    expect(() => settings({ facts: [given] }, {})).toThrow(new RegExp(`correct ${wrong} and nothing else`));
  });
});
