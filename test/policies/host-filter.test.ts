import { dropped, hostFilters } from "../../policies/extract/host-filter";
import { properties } from "../../policies/extract/value";

const chain = (hook: string, ...lines: readonly string[]): string =>
  [
    `  chain ${hook} {`,
    `    type filter hook ${hook} priority -300; policy accept;`,
    ...lines.map((line) => `    ${line}`),
    "  }",
  ].join("\n");
const from = "ip saddr @far drop";
const to = 'ip daddr @far counter drop comment "never"';
const set = "  set far {\n    type ipv4_addr\n    flags interval\n    elements = { 10.0.0.0/9,  10.128.0.0/9 }\n  }";
const table = (...parts: readonly string[]): string => ["table inet walls {", ...parts, "}"].join("\n");
const both = (...lines: readonly string[]): readonly string[] => [
  chain("prerouting", ...lines),
  chain("postrouting", ...lines),
];
const far = ["10.0.0.0/9", "10.128.0.0/9"];

describe("Ranges that a host's filter drops before anything else", () => {
  test.each<readonly [title: string, ruleset: string, found: readonly string[]]>([
    ["both ways, on the way in and out", table(set, ...both(from, to)), far],
    ["in any order", table(set, ...both(to, from)), far],
    ["of both families", table(set.replace("far", "six"), ...both("ip6 saddr @six drop", "ip6 daddr @six drop")), far],
    [
      "in one chain of several with the same hook",
      table(set, chain("prerouting", from), chain("prerouting", "accept"), ...both(from, to)),
      far,
    ],
    ["not one way", table(set, ...both(from)), []],
    ["not the other way", table(set, ...both(to)), []],
    ["not on the way in only", table(set, chain("prerouting", from, to)), []],
    ["not on the way out only", table(set, chain("postrouting", from, to)), []],
    ["not on other hooks", table(set, chain("input", from, to), chain("output", from, to)), []],
    ["not behind another verdict", table(set, ...both("tcp dport 25 accept", from, to)), []],
    ["not behind one between the two", table(set, ...both(from, "tcp dport 25 accept", to)), []],
    ["not on a condition", table(set, ...both("ip saddr @far tcp dport 25 drop", to)), []],
    [
      "not what an address beside a set is",
      table(set, ...both("ip saddr 10.0.0.0/8 drop", "ip daddr 10.0.0.0/8 drop")),
      [],
    ],
    ["not by a line that begins with something else", table(set, ...both(`iifname x ${from}`, to)), []],
    ["not by a line that goes on", table(set, ...both(`${from} comment "a" x`, to)), []],
    ["not by the interface's name", table(set, ...both("ip iif @far drop", to)), []],
    ["not another set", table(set, set.replace("far", "near").replace(/10\./g, "172."), ...both(from, to)), far],
    ["not a set on one line", table("set far { type ipv4_addr; elements = { 10.0.0.0/9 } }", ...both(from, to)), []],
    ["not a map", table(set.replace("  set", "  a set"), ...both(from, to)), []],
    ["not a chain on one line", table(set, ...both(from, to).map((text) => text.replace(" {", " { comment a"))), []],
    ["not members in a comment", table(set.replace("elements", "# elements"), ...both(from, to)), []],
    ["not members that go on", table(set.replace(" }\n  }", " }; x\n  }"), ...both(from, to)), []],
    [
      "not a hook in a comment",
      table(set, ...both(from, to).map((text) => text.replace("type filter", "# type filter"))),
      [],
    ],
    ["none without chains", table(set), []],
    ["none of nothing", "", []],
  ])("%s", (_, ruleset, found) => {
    expect(dropped(ruleset)).toEqual(found);
  });
});

describe("Filters of the hosts that a component shows", () => {
  const path = "/etc/nftables.conf";
  const filters = (props: object) =>
    hostFilters({
      type: "sovereign-uc:index:HostPool",
      name: "it",
      urn: "it",
      properties: properties(props),
      provider: undefined,
    });
  test("are its own, else those that all have in common; one that is none counts as empty", () => {
    expect(
      filters({
        rendered: { a: { files: { [path]: "A" } }, b: { files: {} }, c: { files: { [path]: "[secret]" } }, d: 1 },
        renderedOnAll: { [path]: "B" },
      }),
    ).toEqual(["A", "B", "", "B"]);
    expect(filters({ rendered: { a: {} } })).toEqual([""]);
    expect(filters({ rendered: [] })).toBeUndefined();
    expect(filters({ rendered: "[secret]" })).toBeUndefined();
    expect(filters({})).toBeUndefined();
  });
});
