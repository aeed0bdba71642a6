import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { pinned, soundManifest } from "../../../support/sound-manifest";
import { end, log, made, passed, policyOf, prelude, said, server } from "../../../policies/evidence/fixture";

const root = join(__dirname, "../../../..");
const script = join(root, "stacks/tools/ci/policies.sh");
let folder: string;
const path = (name: string): string => join(folder, name);

beforeAll(() => execFileSync(process.execPath, [join(root, "policies/build.mjs")]), 120_000);
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "ci-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function run(environment: Readonly<Record<string, string>>): { readonly code: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync("sh", [script], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: `${path("bin")}:${process.env["PATH"] ?? ""}`, POLICIES: join(root, "policies"), ...environment },
  });
  return { code: status, text: `${stdout}${stderr}` };
}

const pod = (image: string): void => {
  mkdirSync(path("manifests"));
  writeFileSync(join(path("manifests"), "a.yaml"), soundManifest(image));
};

/** A program in the place of the Pulumi CLI: writes a log of events to where it is told, and its arguments beside it. */
function cli(events: string, code: number): void {
  mkdirSync(path("bin"));
  writeFileSync(path("events"), events);
  const lines = [
    "#!/bin/sh",
    `printf '%s\\n' "$@" > "${path("arguments")}"`,
    'while [ "$1" != --event-log ]; do shift; done',
    `cp "${path("events")}" "$2"`,
    `exit ${code}`,
  ];
  writeFileSync(join(path("bin"), "pulumi"), `${lines.join("\n")}\n`);
  chmodSync(join(path("bin"), "pulumi"), 0o755);
}
const judged = [prelude, made("a:b:C", "x"), passed(server, policyOf("UC-JUR-001"))];

describe("The script for any forge", () => {
  test("manifests of one's own pass, and those of others fail, with a SARIF file", () => {
    const own = pinned("registry.example.ch/a");
    pod(own);
    expect(run({ MANIFESTS: "manifests", OWN: "example.ch example.org" })).toMatchObject({ code: 0 });
    writeFileSync(
      join(path("manifests"), "a.yaml"),
      readFileSync(join(path("manifests"), "a.yaml"), "utf8").replace(own, "nginx:1"),
    );
    const { code, text } = run({ MANIFESTS: "manifests", OWN: "example.ch" });
    expect([code, text]).toEqual([1, expect.stringContaining("UC-IMG-001")]);
    expect(readFileSync(path("policy-results/manifests.sarif"), "utf8")).toContain("UC-IMG-001");
  });

  test("a stack is previewed with the pack and its configuration, and leaves evidence", () => {
    cli(log(...judged, end(true)), 0);
    writeFileSync(path("config.json"), "{}");
    const { code, text } = run({ STACK: "live", PACK_CONFIG: "config.json" });
    expect([code, text]).toEqual([0, expect.stringContaining("live, preview: 1 passed, 0 failed")]);
    const given = readFileSync(path("arguments"), "utf8").split("\n");
    expect(given.slice(0, 4)).toEqual(["preview", "--stack", "live", "--non-interactive"]);
    expect(given).toEqual(
      expect.arrayContaining(["--policy-pack", join(root, "policies"), "--policy-pack-config", "config.json"]),
    );
    expect(existsSync(path("policy-results/evidence/SHA256SUMS"))).toBe(true);
  });

  test("a blocked preview fails, and its evidence says why", () => {
    cli(log(...judged, said(policyOf("UC-REG-001"), "UC-REG-001: found a; allowed: b; do: c"), end(true)), 1);
    expect(run({ STACK: "live" })).toMatchObject({ code: 1 });
    expect(readFileSync(path("policy-results/evidence/evidence.md"), "utf8")).toContain("UC-REG-001: found a");
  });

  test("a preview that no pack judged fails, though the CLI is content", () => {
    cli(log(prelude, end(true)), 0);
    const { code, text } = run({ STACK: "live" });
    expect([code, text]).toEqual([
      1,
      expect.stringContaining("expected results of a policy pack in the log, got none"),
    ]);
  });

  test.each([
    ["no pack", { POLICIES: "", MANIFESTS: "." }, /the folder of the policy pack in POLICIES, got nothing/],
    ["a folder without a pack", { POLICIES: "/", MANIFESTS: "." }, /a policy pack in \//],
    ["nothing to judge", {}, /something to judge in MANIFESTS or STACK/],
    ["a configuration that is not there", { MANIFESTS: ".", PACK_CONFIG: "none.json" }, /the file none\.json/],
    ["a folder that is not there", { MANIFESTS: "none" }, /expected a folder/],
  ])("%s is refused", (_, environment, problem) => {
    expect(run(environment)).toEqual({ code: 2, text: expect.stringMatching(problem) });
  });
});

test("the template for Forgejo runs the script, with no action and no image of anybody else", () => {
  const text = readFileSync(join(root, "stacks/tools/ci/forgejo.yaml"), "utf8");
  const { jobs } = parse(text) as {
    jobs: Record<
      string,
      { container?: unknown; steps: { run?: string; uses?: string; env?: Record<string, string> }[] }
    >;
  };
  const job = jobs["policies"];
  expect(job?.container).toBeUndefined();
  expect(job?.steps.filter(({ uses }) => uses !== undefined)).toEqual([]);
  const last = job?.steps.at(-1);
  expect(last?.run).toMatch(/stacks\/tools\/ci\/policies\.sh$/);
  const known = readFileSync(script, "utf8");
  for (const name of Object.keys(last?.env ?? {}).filter((one) => !one.startsWith("PULUMI_")))
    expect(known).toContain(name);
});
