import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rules } from "../../../../policies/pack";
import { run } from "../../../../stacks/tools/audit/run";
import { pinned, soundManifest } from "../../../support/sound-manifest";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "audit-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function audit(files: Readonly<Record<string, string>>, ...args: readonly string[]): { code: number; text: string } {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const lines: string[] = [];
  const code = run([folder, "--own", "crisis.example.ch", ...args], (line) => lines.push(line));
  return { code, text: lines.join("\n") };
}

const deployment = (image: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  template: {spec: {containers: [{name: a, image: "${image}"}]}}\n`;

describe("An audit of files", () => {
  test("a manifest of one's own registry passes", () => {
    const { code, text } = audit({ "a.yaml": soundManifest(pinned("registry.crisis.example.ch/a")) });
    expect(text).toMatch(/3 resources, \d+ rules: 0 findings, 0 undetermined/);
    expect(code).toBe(0);
  });

  test.each([
    ["a manifest", "a.yaml", deployment("nginx:1"), /a\.yaml:1 web[\s\S]*library\/nginx/],
    [
      "the second document of a file, by its line",
      "a.yaml",
      `${deployment("registry.crisis.example.ch/a:1")}---\n${deployment("nginx:1")}`,
      /a\.yaml:8 web[\s\S]*library\/nginx/,
    ],
    [
      "an item of a list",
      "a.json",
      '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"image":"nginx"}]}}]}',
      /library\/nginx/,
    ],
    ["a compose file", "compose.yaml", "services:\n  web:\n    image: nginx\n", /library\/nginx/],
    ["user data", "user-data", "#cloud-config\nruncmd:\n  - curl https://api.openai.com/v1\n", /api\.openai\.com/],
    ["values of a chart", "values.yaml", "image:\n  repository: bitnami/redis\n  tag: '7'\n", /bitnami\/redis/],
  ])("%s is judged", (_, name, content, expected) => {
    const { code, text } = audit({ [name]: content });
    expect(text).toMatch(expected);
    expect(code).toBe(1);
  });

  test("a template that nobody rendered is undetermined, and its text is judged all the same", () => {
    const { code, text } = audit({ "a.yaml": "a: {{ .Values.a }}\n  b: [\nurl: https://api.openai.com\n" });
    expect(text).toMatch(/render it first/);
    expect(text).toMatch(/api\.openai\.com/);
    expect(code).toBe(1);
  });

  test("a template that is YAML by chance is undetermined as well, and what stands in its braces is judged", () => {
    const { code, text } = audit({ "a.yaml": "a: {{ https://hooks.slack.com/x }}\n" });
    expect(text).toMatch(/\? a\.yaml\n {2}nobody can judge it: it is no YAML; render it first if it is a template/);
    expect(text).toMatch(/hooks\.slack\.com/);
    expect(code).toBe(1);
  });

  test("the summary and SARIF say with which settings it was judged, and who gave them", () => {
    const facts = join(folder, "own-facts");
    const row = {
      party: "Example AG",
      country: "CH",
      nexus: "none",
      source: "https://example.org",
      reviewed: "2026-11-28",
    };
    writeFileSync(facts, JSON.stringify([{ ...row, table: "registries", host: "ghcr.io" }]));
    const file = join(folder, "out.sarif");
    const { code, text } = audit({ "a.yaml": soundManifest(pinned("ghcr.io/a")) }, "--facts", facts, "--sarif", file);
    // The party is accepted; that nobody checks its signatures is another matter.
    expect([code, [...new Set(text.match(/UC-[A-Z]+-\d{3}/g))]]).toEqual([1, ["UC-SUP-002"]]);
    expect(text).toMatch(/own domains crisis\.example\.ch: given on the command line/);
    expect(text).toMatch(/in place of a table's: registries ghcr\.io: Example AG/);
    const log = JSON.parse(readFileSync(file, "utf8")) as {
      runs: [{ invocations: [{ toolConfigurationNotifications: { message: { text: string } }[] }] }];
    };
    const said = log.runs[0].invocations[0].toolConfigurationNotifications.map(({ message }) => message.text);
    expect(said).toEqual(
      expect.arrayContaining([
        "own domains crisis.example.ch: given on the command line",
        expect.stringMatching(/registries ghcr\.io/),
      ]),
    );
  });

  test("SARIF names rule, place and what is open", () => {
    const file = join(folder, "out.sarif");
    audit({ "a.yaml": deployment("nginx:1"), "b.yaml": "{{" }, "--sarif", file);
    const log = JSON.parse(readFileSync(file, "utf8")) as {
      version: string;
      runs: [{ tool: { driver: { rules: unknown[] } }; results: Record<string, unknown>[] }];
    };
    expect(log.version).toBe("2.1.0");
    expect(log.runs[0].tool.driver.rules).toHaveLength(rules.length);
    expect(log.runs[0].results).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ruleId: "UC-IMG-001",
          kind: "fail",
          level: "error",
          locations: [{ physicalLocation: { artifactLocation: { uri: "a.yaml" }, region: { startLine: 1 } } }],
        }),
        expect.objectContaining({ kind: "open", level: "none" }),
      ]),
    );
  });

  test.each([
    ["no folder", [], /expected one folder, got 0/],
    ["a folder that is not there", ["/no/such/folder"], /expected a folder, got "\/no\/such\/folder"/],
    ["an option that nobody knows", ["--profil", "swiss"], /expected known options.*--profil/],
    ["a profile that nobody knows", [".", "--profile", "swis"], /expected a profile.*"swis"/],
    ["a domain of a party", [".", "--own", "docker.io"], /got "docker\.io"/],
  ])("%s is refused", (_, args, expected) => {
    const lines: string[] = [];
    expect(run(args, (line) => lines.push(line))).toBe(2);
    expect(lines.join("\n")).toMatch(expected);
  });

  test("it says how it is used", () => {
    const lines: string[] = [];
    expect(run(["--help"], (line) => lines.push(line))).toBe(0);
    expect(lines.join("\n")).toMatch(/--profile NAME[\s\S]*--sarif FILE/);
  });
});
