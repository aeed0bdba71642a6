import { filesOf } from "../../../policies/evidence/bundle";
import type { Evidence } from "../../../policies/evidence/model";
import { identifier } from "../../../policies/evidence/oscal";
import { type Report, reportOf } from "../../../policies/evidence/report";
import { titleOf } from "../../../policies/evidence/words";
import { tablesWith } from "../../../policies/tables";
import { mixed } from "./fixture";

const report = (change: Partial<Evidence> = {}): Report =>
  reportOf({ ...mixed, ...change }, { ownDomains: ["example.ch"], reasons: {}, tables: tablesWith([]) });

describe("Files of a bundle", () => {
  test("are the same bytes for the same input", () => {
    expect(filesOf(report())).toEqual(filesOf(report()));
  });

  test("hold no clock: nothing but the input's own time stands in them", () => {
    const times = Object.values(filesOf(report())).flatMap(
      (text) => text.match(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/g) ?? [],
    );
    expect(new Set(times)).toEqual(new Set(["2026-11-30T12:00:00", "2027-01-01T23:59:59"]));
  });

  test("what is exempt is in each of them with who answers for it", () => {
    const files = filesOf(report());
    for (const name of [
      "evidence.md",
      "evidence.html",
      "evidence.json",
      "findings.sarif",
      "oscal-assessment-results.json",
    ])
      expect([name, files[name]]).toEqual([name, expect.stringContaining("moves with the next window")]);
    expect(files["junit.xml"]).toContain('<skipped message="UC-MED-001: exempt until');
  });

  test("OSCAL calls a rule satisfied only if everything passed, and has a risk for what is exempt", () => {
    interface Finding {
      readonly title: string;
      readonly target: { readonly status: { readonly state: string; readonly reason: string } };
      readonly "related-risks"?: readonly object[];
    }
    const { "assessment-results": document } = JSON.parse(filesOf(report())["oscal-assessment-results.json"] ?? "") as {
      "assessment-results": { results: [{ findings: Finding[]; risks: object[]; description: string }] };
    };
    const [{ findings, risks, description }] = document.results;
    expect(
      findings.map(({ title, target: { status }, ...rest }) => [
        title,
        status.state,
        status.reason,
        rest["related-risks"]?.length ?? 0,
      ]),
    ).toEqual([
      ["UC-JUR-001", "satisfied", "pass", 0],
      ["UC-REG-001", "not-satisfied", "fail", 0],
      ["UC-IMG-001", "not-satisfied", "other", 0],
      ["UC-MED-001", "not-satisfied", "other", 1],
    ]);
    expect(risks).toMatchObject([{ statement: "moves with the next window", deadline: "2027-01-01T23:59:59Z" }]);
    expect(description).toContain("No proof by rules that judged nothing: UC-JUR-002");
  });

  test("JUnit counts what failed, what is open and what is exempt, and a rule that judged nothing has no case", () => {
    const text = filesOf(report())["junit.xml"] ?? "";
    const suite = (id: string) =>
      new RegExp(`name="${id}" tests="(\\d)" failures="(\\d)" errors="(\\d)" skipped="(\\d)"`)
        .exec(text)
        ?.slice(1)
        .join("");
    expect(
      ["UC-JUR-001", "UC-REG-001", "UC-IMG-001", "UC-MED-001", "UC-NET-001", "OTHER-PACK-RULE"].map(suite),
    ).toEqual(["1000", "1100", "1010", "1001", "0000", "1100"]);
  });

  test("SARIF has what was found and what is open, suppresses what is exempt alone, and names a file that nobody can judge", () => {
    const { runs } = JSON.parse(filesOf(report())["findings.sarif"] ?? "") as {
      runs: [{ results: { ruleId: string; kind: string; suppressions?: object[]; locations?: unknown }[] }];
    };
    expect(runs[0].results.map(({ ruleId, kind, suppressions }) => [ruleId, kind, suppressions?.length ?? 0])).toEqual([
      ["UC-REG-001", "fail", 0],
      ["UC-IMG-001", "open", 0],
      ["UC-MED-001", "fail", 1],
      ["OTHER-PACK-RULE", "fail", 0],
      ["UC-OPQ-001", "open", 0],
    ]);
    expect(JSON.stringify(runs[0].results.at(-1)?.locations)).toContain("a%20b/%C3%BC.yaml");
  });

  test("the data names rules by their ids and holds no inputs of resources", () => {
    const resources = [
      {
        type: "sovereign-uc:index:Jitsi",
        name: "meetings",
        urn: "meetings",
        properties: { confidentiality: "transport", note: "inner" },
        provider: undefined,
      },
    ];
    const text = filesOf(report({ resources }))["evidence.json"] ?? "";
    const { nis2: cells, resources: named } = JSON.parse(text) as {
      nis2: { measures: { rule: unknown }[] }[];
      resources: unknown;
    };
    expect(cells[3]?.measures[0]?.rule).toBe("UC-JUR-001");
    expect(named).toEqual([{ urn: "meetings", type: "sovereign-uc:index:Jitsi" }]);
    expect(text).not.toContain("inner");
  });

  test("texts of the input are no markup in any of them", () => {
    const files = filesOf(report());
    expect(files["evidence.html"]).not.toContain("<script");
    expect(files["evidence.html"]).not.toContain("live <b>");
    expect(files["junit.xml"]).not.toMatch(/<script|\u0001/);
    const row = (files["evidence.md"] ?? "").split("\n").find((line) => line.includes("alert"));
    expect(row).toContain("&lt;script&gt;");
    // Four cells: a bar in the text ends none.
    expect(row?.replace(/\\\|/g, "").match(/\|/g)).toHaveLength(5);
  });

  test("a rule without a title in a language keeps its English one, and says so", () => {
    expect(titleOf({ id: "UC-XXX-999", title: "A rule." }, "de")).toBe("A rule. (en)");
    expect(titleOf({ id: "UC-MED-001", title: "A rule." }, "fr")).toBe("Aucun RTP non chiffré");
    expect(titleOf({ id: "constructor", title: "A rule." }, "fr")).toBe("A rule. (en)");
  });

  test("identifiers are UUIDs of version 4, differ by name, and are always the same", () => {
    expect(identifier("a", "b")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(identifier("a", "b")).toBe(identifier("a", "b"));
    expect(identifier("a", "b")).not.toBe(identifier("ab", ""));
  });
});
