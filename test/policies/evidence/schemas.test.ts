/** Outputs against the schemas that their standards publish. */
import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv";
import { filesOf } from "../../../policies/evidence/bundle";
import { reportOf } from "../../../policies/evidence/report";
import { tablesWith } from "../../../policies/tables";
import { describeWithSchemas, makeEvidenceSchemas } from "../../support/programs/evidence-schemas";
import { python } from "../../support/programs/synapse";
import { mixed } from "./fixture";

const given = { ownDomains: [], reasons: {}, tables: tablesWith([]) };
const bundles = { "with results of every state": mixed, "without any result": { ...mixed, results: [], unread: [] } };
const file = (bundle: keyof typeof bundles, name: string): string =>
  filesOf(reportOf(bundles[bundle], given))[name] ?? "";
const all = Object.keys(bundles) as readonly (keyof typeof bundles)[];

describe("SARIF 2.1.0, by the schema in the package @microsoft/jest-sarif", () => {
  const json = (path: string): object => JSON.parse(readFileSync(require.resolve(path), "utf8")) as object;
  const ajv = new Ajv({ schemaId: "auto", allErrors: true });
  ajv.addMetaSchema(json("ajv/lib/refs/json-schema-draft-04.json"));
  const validate = ajv.compile(json("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));
  const problems = (text: string): unknown => (validate(JSON.parse(text)) === true ? [] : validate.errors);

  test.each(all)("a bundle %s is valid", (bundle) => {
    expect(problems(file(bundle, "findings.sarif"))).toEqual([]);
  });

  test.each([
    ['"kind": "external"', '"kind": "outside"'],
    ['"status": "accepted"', '"status": "ok"'],
    ['"kind": "open"', '"kind": "unknown"'],
    ['"level": "error"', '"level": "fatal"'],
  ])("the schema refuses %s as %s", (right, wrong) => {
    const text = file("with results of every state", "findings.sarif");
    expect(text).toContain(right);
    expect(problems(text.replace(right, wrong))).not.toEqual([]);
  });
});

describeWithSchemas(["xmllint"], "By fetched schemas", () => {
  let folder: string;
  let schemas: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "schemas-"));
    schemas = makeEvidenceSchemas();
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const written = (text: string): string => {
    const path = join(folder, "file");
    writeFileSync(path, text);
    return path;
  };
  const quiet: ExecFileSyncOptionsWithStringEncoding = { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
  const junit = (text: string): string =>
    execFileSync("xmllint", ["--noout", "--nonet", "--schema", join(schemas, "junit.xsd"), written(text)], quiet);
  const model =
    "import sys; from trestle.oscal.assessment_results import Model; Model.model_validate_json(open(sys.argv[1]).read()); print('valid')";
  const oscal = (text: string): string =>
    execFileSync(python, ["-c", model, written(text)], {
      ...quiet,
      env: { PYTHONPATH: join(schemas, "oscal"), PATH: process.env["PATH"] },
    });

  test.each(all)("JUnit of a bundle %s is valid", (bundle) => {
    expect(junit(file(bundle, "junit.xml"))).toBe("");
  });

  test.each([
    ["<failure ", "<broken ", "</failure>", "</broken>"],
    [' classname="', ' class="', "", ""],
  ])("JUnit's schema refuses %s as %s", (right, wrong, close, closed) => {
    const text = file("with results of every state", "junit.xml");
    expect(text).toContain(right);
    expect(() => junit(text.replace(right, wrong).replace(close, closed))).toThrow(/fails to validate/);
  });

  test.each(all)(
    "OSCAL of a bundle %s is valid",
    (bundle) => {
      expect(oscal(file(bundle, "oscal-assessment-results.json"))).toBe("valid\n");
    },
    60_000,
  );

  test.each([
    ['"satisfied"', '"fine"'],
    ['"methods"', '"method"'],
    ['"status": "deviation-approved"', '"state": "deviation-approved"'],
    ['"uuid": "', '"uuid": "x'],
  ])(
    "OSCAL's models refuse %s as %s",
    (right, wrong) => {
      const text = file("with results of every state", "oscal-assessment-results.json");
      expect(text).toContain(right);
      expect(() => oscal(text.replace(right, wrong))).toThrow(/validation error/);
    },
    60_000,
  );
});
