import { acceptedText, objection, residualExposure } from "../../policies/exposure";
import { ofHost } from "../../policies/extract/hosts";
import { wrongFact } from "../../policies/own-facts";
import { isProfileName, profiles } from "../../policies/profiles";
import { isOwn, settings } from "../../policies/settings";

const row = {
  host: "api.example.org",
  party: "Example AG",
  country: "CH",
  nexus: "none",
  source: "https://example.org",
  reviewed: "2026-11-28",
};

describe("A review that an operator brings", () => {
  const rows: readonly (readonly [title: string, change: object, expected: string | undefined])[] = [
    ["a host", { host: "example.org" }, undefined],
    ["a host of digits and hyphens", { host: "a-1.2b.example.org" }, undefined],
    ["an address", { host: "2001:db8::1" }, undefined],
    ["an address of IPv4", { host: "192.0.2.1" }, undefined],
    ["a bare name", { host: "example" }, "host"],
    ["a host with a port", { host: "example.org:443" }, "host"],
    ["a host in a URL", { host: "https://example.org" }, "host"],
    ["a host in capitals", { host: "Example.org" }, "host"],
    ["a label that ends with a hyphen", { host: "a-.example.org" }, "host"],
    ["a label that begins with one", { host: "-a.example.org" }, "host"],
    ["an address that goes on", { host: "2001:db8::1/64" }, "host"],
    ["an address that begins with something else", { host: "[2001:db8::1" }, "host"],
    ["a party of three letters", { party: "BIT" }, undefined],
    ["a party of two letters", { party: "AG" }, "party"],
    ["a party of blanks", { party: "    " }, "party"],
    ["a party with blanks around two letters", { party: " AG " }, "party"],
    ["a country in small letters", { country: "ch" }, "country"],
    ["a country of three letters", { country: "CHE" }, "country"],
    ["a country after something else", { country: "xCH" }, "country"],
    ...["none", "presence", "listed", "controlled"].map(
      (nexus) => [`the grade ${nexus}`, { nexus }, undefined] as const,
    ),
    ["an undetermined grade", { nexus: "undetermined" }, "nexus"],
    ["a source of eight letters", { source: "RFC 3261" }, undefined],
    ["a source of seven letters", { source: "RFC 326" }, "source"],
    ["a source of blanks", { source: "          " }, "source"],
    ["a source with blanks around it", { source: "  RFC 326  " }, "source"],
    ["a day that there is not", { reviewed: "2026-13-01" }, "reviewed"],
    ["a day with a time", { reviewed: "2026-11-28T00:00:00Z" }, "reviewed"],
    ["a day after something else", { reviewed: "+002026-11-28" }, "reviewed"],
    ["a month", { reviewed: "2026-11" }, "reviewed"],
    ["a host that is a number", { host: 1 }, "host"],
  ];
  test.each(rows)("with %s", (_, change, expected) => {
    expect(wrongFact({ ...row, ...change })).toBe(expected);
  });

  test.each([
    ["nothing", null],
    ["a text", "a"],
    ["no value", undefined],
  ])("that is %s is no row", (_, given) => {
    expect(wrongFact(given)).toBe("a row");
  });

  test("with something more is refused for it", () => {
    expect(wrongFact({ ...row, other: "a" })).toBe("other");
    const { nexus: _, ...rest } = row;
    expect(wrongFact(rest)).toBe("nexus");
  });

  const { hosts } = settings({ facts: [row] }, {}).tables;
  test.each([
    ["api.example.org", true],
    ["a.api.example.org", true],
    ["example.org", false],
    ["myapi.example.org", false],
    ["api.example.org.evil.com", false],
  ])("says of %s: %j", (host, expected) => {
    expect(ofHost(hosts, host)?.source === row.source).toBe(expected);
  });
});

describe("One's own domains", () => {
  test.each([
    ["crisis.example.ch", true],
    ["a.crisis.example.ch", true],
    ["mycrisis.example.ch", false],
    ["example.ch", false],
    ["crisis.example.ch.evil.com", false],
  ])("hold %s: %j", (host, expected) => {
    expect(isOwn(settings({ ownDomains: ["crisis.example.ch"] }, {}), host)).toBe(expected);
  });

  test.each([
    ["a domain of 63 letters in a label", `${"a".repeat(63)}.ch`, true],
    ["a domain of 64 letters in a label", `${"a".repeat(64)}.ch`, false],
    ["a domain of four letters", "a.ch", true],
    ["a domain of more than 253 letters", `${"a.".repeat(130)}ch`, false],
    ["a domain that ends with a dot", "example.ch.", false],
    ["a domain that ends with digits", "example.c1", false],
    ["a domain after something else", "*.example.ch", false],
    ["a domain with a port", "example.ch:443", false],
    ["a third party's domain", "gravatar.com", false],
    ["a domain above a third party's", "services.mozilla.com", false],
    ["a domain that only ends like a third party's", "mygravatar.com", true],
    ["a domain that begins like a third party's", "gravatar.com.example.ch", true],
    ["an authority for certificates", "letsencrypt.org", false],
    ["a domain above an authority's", "zerossl.com", false],
    ["a number", 1, false],
    ["nothing", null, false],
  ])("may be %s: %j → %j", (_, domain, accepted) => {
    const read = (): unknown => settings({ ownDomains: [domain] }, {});
    if (accepted) expect(read).not.toThrow();
    else expect(read).toThrow(RangeError);
  });
});

describe("What settings refuse", () => {
  const message = (pack: Readonly<Record<string, unknown>>): string => {
    try {
      settings(pack, {});
      return "";
    } catch (error) {
      return error instanceof RangeError ? error.message : `a fault: ${String(error)}`;
    }
  };

  test.each([
    ["a range that is a number", { isolated: [1] }, /expected a range in isolated, got 1;/],
    ["ranges that are none", { isolated: "a" }, /expected a list of ranges as isolated, got "a"/],
    ["an accepted resource that is nothing", { opaque: [null] }, /expected a resource and a reason.*got null/],
    ["an accepted resource that is a text", { opaque: ["ab"] }, /expected a resource and a reason.*got "ab"/],
    [
      "an accepted resource without a name",
      { opaque: [{ other: "a", reason: "b" }] },
      /expected a resource and a reason/,
    ],
    [
      "an accepted resource whose name is empty",
      { opaque: [{ resource: " ", reason: "b" }] },
      /expected a resource and a reason/,
    ],
    [
      "an accepted resource whose name is a number",
      { opaque: [{ resource: 1, reason: "b" }] },
      /expected a resource and a reason/,
    ],
    [
      "an accepted resource without a reason",
      { opaque: [{ resource: "a", other: "b" }] },
      /expected a resource and a reason/,
    ],
    ["reviews that are no list", { facts: "a" }, /expected a list of reviewed rows as facts, got "a"/],
    ["a review of nothing", { facts: [undefined] }, /got nothing;/],
    ["a function", { isolated: [() => 1] }, /expected a range in isolated, got \(\) ?=> ?1;/],
  ])("%s", (_, pack, expected) => {
    expect(message(pack)).toMatch(expected);
  });

  test.each([
    [78, /got "a{78}";/],
    [79, /got "a{76}\.\.\.;/],
  ])("a text of %d letters is cut after 80 signs", (length, expected) => {
    expect(message({ isolated: ["a".repeat(length)] })).toMatch(expected);
  });

  test("an error that is none of theirs is thrown on", () => {
    const pack = {
      get isolated(): unknown {
        throw new TypeError("a fault");
      },
    };
    expect(message(pack)).toBe("a fault: TypeError: a fault");
  });
});

describe("Profiles and parties", () => {
  test("a profile's grades are said", () => {
    expect(Object.values(profiles).map(acceptedText)).toEqual([
      'a US nexus of "none" or "presence" or "listed" (profile swiss)',
      'a US nexus of "none" or "presence" or "listed" (profile european)',
      'a US nexus of "none", nothing undetermined (profile strict)',
    ]);
  });

  test.each([
    ["swiss", true],
    ["toString", false],
    [1, false],
    [["swiss"], false],
  ])("%j is the name of a profile: %j", (name, expected) => {
    expect(isProfileName(name)).toBe(expected);
  });

  test("the strict profile takes a party without a nexus only if it is European and looked at", () => {
    expect(objection(profiles.strict, "infomaniak")).toBeUndefined();
    expect(objection(profiles.strict, "scaleway")).toBe("its facts are assumed, not reviewed");
    const undetermined = { ...profiles.strict, nexus: ["none", "presence", "listed"] as const };
    expect(objection(undetermined, "exoscale")).toMatch(/owners outside Europe/);
    expect(objection(undetermined, "hetzner")).toBeUndefined();
  });

  test("exposure remains where a nexus is, where Europe does not control, and where somebody only assumes", () => {
    const remain = (name: string): number => residualExposure("european", [name]).length;
    expect([remain("hcloud"), remain("exoscale"), remain("scaleway"), remain("infomaniak"), remain("random")]).toEqual([
      1, 1, 1, 0, 0,
    ]);
    expect(residualExposure("european", ["a"])).toEqual([]);
    expect(residualExposure("european", ["hcloud", "hcloud"])).toHaveLength(1);
  });
});
