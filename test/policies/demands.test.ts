import type { Container } from "../../policies/extract/containers";
import { demands, demandsIn } from "../../policies/extract/demands";
import { reading } from "../../policies/extract/scan";
import { properties, unknown } from "../../policies/extract/value";
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

/** A service with one row of every shape. */
const shapes: ServiceFacts = {
  service: "shapes",
  folders: ["chat", "other"],
  distinct: ["alone"],
  files: { "a.json": ["mark"], "b.json": ["sign", "mark"] },
  leaks: [
    { ...row, image: "set", needs: { A: "set", B: "set" } },
    { ...row, image: "on", needs: { A: "on" } },
    { ...row, image: "equals", equals: ["A", "Quiet"] },
    { ...row, image: "without", without: "A" },
    { ...row, image: "when", when: "W", needs: { A: "set" } },
    { ...row, image: "alone", needs: { A: "set" } },
    { ...row, image: "docker-set", needs: { C: "set" } },
    { ...row, file: "a.json", key: "a.b", must: "set" },
    { ...row, file: "b.json", key: "c", must: "empty" },
    { ...row, file: "b.json", key: "d", must: "off" },
    { ...row, file: "c.json", key: "e", must: "set" },
  ],
  media: [{ ...row, image: "set", needs: { M: "set" } }],
  speech: [],
};

describe("Demands on containers", () => {
  const asked = (
    image: string | undefined,
    environment: readonly (readonly [string, string | typeof unknown])[],
    given: { readonly resolved?: readonly (readonly [string, string])[]; readonly sources?: Container["sources"] } = {},
    purpose: "leaks" | "media" | "speech" = "leaks",
  ): readonly string[] =>
    demands(
      {
        path: "it",
        image,
        environment: new Map(environment),
        sources: given.sources ?? [],
        command: "",
        hostPorts: [],
      },
      purpose,
      given.resolved === undefined ? undefined : new Map(given.resolved),
      [shapes],
    ).map((item) => ("found" in item ? item.found.replace(/ in it: .*/, "") : item.deferred));

  test.each<
    readonly [
      image: string,
      environment: readonly (readonly [string, string | typeof unknown])[],
      found: readonly string[],
    ]
  >([
    ["a.example.ch/chat/set", [], ["A and B not set"]],
    ["a.example.ch/chat/set", [["A", ""]], ["A and B not set"]],
    ["a.example.ch/chat/set", [["B", "x"]], []],
    ["a.example.ch/chat/set", [["A", unknown]], []],
    ["a.example.ch/chat/on", [["A", "x"]], ["A not set"]],
    ["a.example.ch/chat/on", [["A", "TRUE"]], []],
    ["a.example.ch/chat/on", [["A", unknown]], []],
    ["a.example.ch/chat/equals", [["A", "qUIET"]], []],
    ["a.example.ch/chat/equals", [["A", unknown]], []],
    ["a.example.ch/chat/equals", [["A", "loud"]], ["A other than Quiet"]],
    ["a.example.ch/chat/equals", [["A", ""]], ["A not set"]],
    ["a.example.ch/chat/equals", [], ["A not set"]],
    ["a.example.ch/chat/without", [["A", "x"]], ["A set"]],
    ["a.example.ch/chat/without", [["A", unknown]], ["A set"]],
    ["a.example.ch/chat/without", [["A", "Off"]], []],
    ["a.example.ch/chat/without", [["A", "0"]], []],
    ["a.example.ch/chat/without", [["A", "no"]], []],
    ["a.example.ch/chat/without", [["A", "false"]], []],
    ["a.example.ch/chat/without", [["A", ""]], []],
    ["a.example.ch/chat/without", [], []],
    ["a.example.ch/chat/when", [], []],
    ["a.example.ch/chat/when", [["W", "no"]], []],
    ["a.example.ch/chat/when", [["W", "yes"]], ["A not set"]],
    ["a.example.ch/any/alone", [], ["A not set"]],
    ["a.example.ch/any/set", [], []],
    ["a.example.ch/set", [], []],
    ["a.example.ch/chatter/x/set", [], ["A and B not set"]],
    ["a.example.ch/x/mychat/set", [], ["A and B not set"]],
    ["a.example.ch/other/set", [], ["A and B not set"]],
    ["a.example.ch/x/chat-set", [], ["A and B not set"]],
    ["a.example.ch/x/other-set", [], ["A and B not set"]],
    ["a.example.ch/x/set-chat", [], []],
    ["a.example.ch/x/chatset", [], []],
    ["a.example.ch/chat/docker-set", [], ["A and B not set"]],
    ["a.example.ch/chat/meet-set", [], ["A and B not set"]],
    ["a.example.ch/x/chat-docker-set", [], ["A and B not set"]],
    ["a.example.ch/chat/my-docker-set", [], []],
    ["a.example.ch/chat/unknown", [], []],
    ["no reference", [], []],
  ])("%s with %p", (image, environment, found) => {
    expect(asked(image, environment)).toEqual(found);
  });

  test("an image that is not known is asked for nothing", () => {
    expect(asked(undefined, [])).toEqual([]);
  });

  test("what another object may set is asked of the whole stack; what stands there is judged", () => {
    const sources: Container["sources"] = [{ kind: "ConfigMap", name: "a" }];
    const later = ["the environment of it comes from another object"];
    expect(asked("a.example.ch/chat/set", [], { sources })).toEqual(later);
    expect(asked("a.example.ch/chat/equals", [], { sources })).toEqual(later);
    expect(asked("a.example.ch/chat/equals", [["A", "loud"]], { sources })).toEqual(["A other than Quiet"]);
    expect(asked("a.example.ch/chat/without", [["A", "x"]], { sources })).toEqual(["A set"]);
    expect(asked("a.example.ch/chat/set", [], { sources, resolved: [] })).toEqual(["A and B not set"]);
    expect(asked("a.example.ch/chat/set", [], { sources, resolved: [["A", "x"]] })).toEqual([]);
    expect(asked("a.example.ch/chat/equals", [["A", "loud"]], { sources, resolved: [["A", "quiet"]] })).toEqual([
      "A other than Quiet",
    ]);
    expect(asked("a.example.ch/chat/set", [], {}, "media")).toEqual(["M not set"]);
    expect(asked("a.example.ch/chat/set", [], {}, "speech")).toEqual([]);
  });
});

describe("Demands on files of a service with several", () => {
  const inFile = (value: unknown): readonly string[] =>
    demandsIn(
      reading({
        type: "a:b:C",
        name: "it",
        urn: "it",
        properties: properties({ file: JSON.stringify(value) }),
        provider: undefined,
      }),
      "leaks",
      [shapes],
    ).map((item) => ("found" in item ? item.found.replace(/ in file: .*/, "") : item.deferred));

  test.each<readonly [value: unknown, found: readonly string[]]>([
    [{ mark: 1 }, ["a.b not set of a.json"]],
    [{ mark: null, a: { b: "x" } }, []],
    [{ mark: 1, a: { b: "" } }, ["a.b empty of a.json"]],
    [{ mark: 1, a: { b: null } }, ["a.b empty of a.json"]],
    [{ mark: 1, a: { b: [] } }, ["a.b empty of a.json"]],
    [{ mark: 1, a: { b: {} } }, ["a.b empty of a.json"]],
    [{ mark: 1, a: { b: [0] } }, []],
    [{ mark: 1, a: { b: { c: 1 } } }, []],
    [{ mark: 1, a: { b: 0 } }, []],
    [{ mark: 1, a: { b: false } }, []],
    [{ mark: 1, a: { b: "[secret]" } }, []],
    [{ sign: 1, a: {} }, []],
    [["mark"], []],
    ["mark", []],
    [{ sign: 1, mark: 1, a: { b: 1 }, c: "x", d: "x" }, ["c not empty of b.json", "d switched on of b.json"]],
    [{ sign: 1, mark: 1, a: { b: 1 }, c: "", d: "" }, []],
    [{ sign: 1, mark: 1, a: { b: 1 }, c: [], d: 0 }, []],
    [{ sign: 1, mark: 1, a: { b: 1 }, c: {}, d: false }, []],
    [{ sign: 1, mark: 1, a: { b: 1 }, c: null, d: "False" }, []],
    [{ sign: 1, mark: 1, a: { b: 1 }, c: "[secret]", d: "no" }, []],
    [{ sign: 1, mark: 1, a: { b: 1 }, c: 0, d: "off" }, ["c not empty of b.json"]],
    [{ sign: 1, mark: 1, a: { b: 1 }, c: [], d: "0" }, []],
    [{ sign: 1, mark: 1, a: { b: 1 }, c: [], d: 1 }, ["d switched on of b.json"]],
    [{ sign: 1, mark: 1, a: { b: 1 }, c: [], d: true }, ["d switched on of b.json"]],
    [{ sign: 1, mark: 1, a: { b: 1 }, c: [], d: [] }, []],
    [{ sign: 1, mark: 1, a: { b: 1 } }, ["c not set of b.json", "d not set of b.json"]],
  ])("%j", (value, found) => {
    expect(inFile(value)).toEqual(found);
  });

  test("a text in YAML counts where each key begins a line at the top, and no line is too many", () => {
    const inYaml = (text: string): readonly string[] =>
      demandsIn(
        reading({ type: "a:b:C", name: "it", urn: "it", properties: properties({ file: text }), provider: undefined }),
        "leaks",
        [shapes],
      ).map((item) => ("found" in item ? item.found.replace(/ in file: .*/, "") : item.deferred));
    expect(inYaml("mark: 1\n")).toEqual(["a.b not set of a.json"]);
    expect(inYaml('"mark": 1')).toEqual(["a.b not set of a.json"]);
    expect(inYaml("? mark\n: 1")).toEqual([]);
    expect(inYaml("mark:1")).toEqual([]);
    expect(inYaml("x.mark: 1")).toEqual([]);
    const filler = (length: number): string => `mark: 1\n#${"-".repeat(length - 9)}`;
    expect(inYaml(filler(48 * 1024))).toEqual(["a.b not set of a.json"]);
    expect(inYaml(filler(48 * 1024 + 1))).toEqual([]);
  });
});
