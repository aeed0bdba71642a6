import { demandsIn } from "../../policies/extract/demands";
import { reading } from "../../policies/extract/scan";
import { properties } from "../../policies/extract/value";
import type { ServiceFacts } from "../../policies/facts/container-fact";

const row = { otherwise: "it calls home", action: "change it", source: "a file at 0", reviewed: "2026-11-28" };

const chat: ServiceFacts = {
  service: "chat",
  folders: ["chat"],
  files: { "chat.yaml": ["server_name", "listeners"] },
  leaks: [
    { ...row, image: "server", needs: { KEY: "set" } },
    { ...row, file: "chat.yaml", key: "key_servers", must: "empty" },
    { ...row, file: "chat.yaml", key: "report.stats", must: "off", absent: "accepted" },
  ],
  media: [{ ...row, file: "chat.yaml", key: "certificate", must: "set" }],
  speech: [],
};

const found = (data: unknown, purpose: "leaks" | "media" | "speech" = "leaks"): readonly string[] =>
  demandsIn(
    reading({
      type: "kubernetes:core/v1:ConfigMap",
      name: "chat",
      urn: "chat",
      properties: properties({ data }),
      provider: undefined,
    }),
    purpose,
    [chat],
  ).map((item) => ("found" in item ? item.found : item.deferred));

const recognised = "server_name: a.example.ch\nlisteners: []\n";

describe("Demands on configuration files", () => {
  test.each([
    [
      "a key that upstream fills in when it is not there",
      "",
      ["key_servers not set of chat.yaml in data.file: it calls home"],
    ],
    [
      "a list that must be empty",
      "key_servers: [{ name: b }]",
      ["key_servers not empty of chat.yaml in data.file: it calls home"],
    ],
    ["an empty list", "key_servers: []", []],
    ["nothing in the list's place", "key_servers:", []],
    [
      "a switch that is on",
      "key_servers: []\nreport: { stats: true }",
      ["report.stats switched on of chat.yaml in data.file: it calls home"],
    ],
    [
      "a switch with another value",
      "key_servers: []\nreport: { stats: daily }",
      ["report.stats switched on of chat.yaml in data.file: it calls home"],
    ],
    ["a switch that is off", "key_servers: []\nreport: { stats: false }", []],
    ["a switch that says no", "key_servers: []\nreport: { stats: 'no' }", []],
  ])("%s", (_, text, expected) => {
    expect(found({ file: `${recognised}${text}\n` })).toEqual(expected);
  });

  test("a file in JSON is read like one in YAML", () => {
    const file = JSON.stringify({ server_name: "a.example.ch", listeners: [], key_servers: ["b"] });
    expect(found({ file })).toEqual(["key_servers not empty of chat.yaml in data.file: it calls home"]);
  });

  test("a file without one of the keys that it is recognised by is another program's", () => {
    expect(found({ file: "server_name: a.example.ch\n" })).toEqual([]);
    expect(found({ file: "server_name: a.example.ch\nother: { listeners: [] }\n" })).toEqual([]);
  });

  test("a file that is no YAML is not read", () => {
    expect(found({ file: `${recognised}key_servers: [\n` })).toEqual([]);
  });

  test("each purpose has its own rows", () => {
    const file = `${recognised}key_servers: [b]\ncertificate: ''\n`;
    expect(found({ file }, "media")).toEqual(["certificate empty of chat.yaml in data.file: it calls home"]);
    expect(found({ file }, "speech")).toEqual([]);
  });
});

test("a demand on a container counts for images below a folder of the service only", () => {
  const container = (image: string): unknown => ({ containers: [{ image }] });
  expect(found(container("registry.example.ch/chat/server:1"))).toEqual([
    "KEY not set in data.containers[0]: it calls home",
  ]);
  expect(found(container("registry.example.ch/shop/server:1"))).toEqual([]);
  expect(found(container("registry.example.ch/chat/client:1"))).toEqual([]);
});
