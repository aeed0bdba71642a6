import { isPreview, printsEach, stackConfiguration } from "../../policies/configuration";

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
