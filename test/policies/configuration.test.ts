import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPreview, printsEach, stackConfiguration, operation } from "../../policies/configuration";

const told = ["PULUMI_NODEJS_PROJECT", "PULUMI_NODEJS_STACK", "PULUMI_NODEJS_DRY_RUN"];
const names = ["PULUMI_CONFIG", "SOVEREIGN_UC_NOTES", ...told];

/** Value of an expression under an environment of its own. */
function under<T>(environment: Readonly<Record<string, string>>, run: () => T): T {
  const before = names.map((name) => [name, process.env[name]] as const);
  try {
    for (const name of names) delete process.env[name];
    Object.assign(process.env, environment);
    return run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

const engine = Object.fromEntries(told.map((name) => [name, "true"]));
const config = '{"sovereign-uc:profile":"swiss"}';

describe("The environment of a pack", () => {
  test("the engine gives the stack's configuration", () => {
    expect(under({ ...engine, PULUMI_CONFIG: config }, stackConfiguration)).toEqual({
      "sovereign-uc:profile": "swiss",
    });
  });

  test.each(told)("without %s it is not the engine that speaks", (name) => {
    const { [name]: _, ...rest } = engine;
    expect(under({ ...rest, PULUMI_CONFIG: config }, stackConfiguration)).toEqual({});
  });

  test("an engine without configuration gives none", () => {
    expect(under(engine, stackConfiguration)).toEqual({});
    expect(under({ ...engine, PULUMI_CONFIG: "" }, stackConfiguration)).toEqual({});
  });

  test.each([
    ["true", true],
    ["false", false],
    ["", false],
  ])("a dry run of %j is a preview: %j", (value, expected) => {
    expect(under({ PULUMI_NODEJS_DRY_RUN: value }, isPreview)).toBe(expected);
  });

  test.each([
    [{ SOVEREIGN_UC_NOTES: "each" }, true],
    [{ SOVEREIGN_UC_NOTES: "all" }, false],
    [{}, false],
  ])("under %j a preview prints each note: %j", (environment, expected) => {
    expect(under(environment, printsEach)).toBe(expected);
  });

  test("without an engine nothing is a preview", () => {
    expect(under({}, isPreview)).toBe(false);
  });
});

describe("The operation that a pack is told of", () => {
  const names = ["ORGANIZATION", "PROJECT", "STACK", "DRY_RUN"].map((name) => `PULUMI_NODEJS_${name}`);
  const before = { ...process.env };
  const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-credentials-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => {
    for (const name of [...names, "PULUMI_BACKEND_URL", "PULUMI_HOME"]) delete process.env[name];
    Object.assign(process.env, before);
  });

  test("has its organization and, where the environment names one, its backend", () => {
    for (const name of names) process.env[name] = "organization";
    delete process.env["PULUMI_BACKEND_URL"];
    process.env["PULUMI_HOME"] = folder;
    expect(operation()).toEqual({ organization: "organization" });
    process.env["PULUMI_BACKEND_URL"] = "file:///state";
    expect(operation()).toEqual({ organization: "organization", backend: "file:///state" });
  });

  test("has the backend that somebody has logged in to, where the environment names none", () => {
    for (const name of names) process.env[name] = "organization";
    delete process.env["PULUMI_BACKEND_URL"];
    process.env["PULUMI_HOME"] = folder;
    const credentials = join(folder, "credentials.json");
    writeFileSync(credentials, JSON.stringify({ current: "s3://state?endpoint=objects.example.ch", accounts: {} }));
    expect(operation()).toEqual({ organization: "organization", backend: "s3://state?endpoint=objects.example.ch" });
    process.env["PULUMI_BACKEND_URL"] = "file:///state";
    expect(operation()?.backend).toBe("file:///state");
    delete process.env["PULUMI_BACKEND_URL"];
    for (const unread of ["", "{}", '{"current":7}']) {
      writeFileSync(credentials, unread);
      expect(operation()).toEqual({ organization: "organization" });
    }
    rmSync(credentials);
  });

  test("is none where a state is judged, whatever somebody's shell says", () => {
    for (const name of names) delete process.env[name];
    process.env["PULUMI_BACKEND_URL"] = "file:///state";
    process.env["PULUMI_NODEJS_ORGANIZATION"] = "organization";
    expect(operation()).toBe(undefined);
  });
});
