import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { type Engine, engineEnvironment, findEngine, pulumiCommand } from "../../../../stacks/tools/rehearsal/engine";

jest.setTimeout(600_000);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "engine-environment-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "#!/bin/sh\n", { mode: 0o755 });
}

describe("the environment of the engine", () => {
  const engine = (): Engine => ({ binary: join(folder, "bin/pulumi"), version: "3.256.0", source: "path" });
  const environment = (): Promise<Readonly<Record<string, string>>> =>
    engineEnvironment(engine(), { HOME: folder, PATH: "/usr/bin", PULUMI_ACCESS_TOKEN: "pul-example" });
  const starter = async (): Promise<string> =>
    join(
      (await environment())["PULUMI_HOME"] ?? "",
      "plugins/analyzer-policy-nodejs-v1.0.0/pulumi-analyzer-policy-nodejs",
    );

  it("has its own home, closed to others, and keeps only PATH of the caller's variables", async () => {
    const { PATH, PULUMI_HOME, ...rest } = await environment();
    expect(PATH).toBe([join(folder, "bin"), "/usr/bin"].join(delimiter));
    expect(dirname(PULUMI_HOME ?? "")).toBe(join(folder, ".cache/sovereign-uc/engine"));
    expect((await stat(PULUMI_HOME ?? "")).mode & 0o777).toBe(0o700);
    expect(rest).toEqual({
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_NEO: "false",
      PULUMI_SUPPRESS_NEO_LINK: "true",
      PULUMI_LOG_ROTATION_MAX_AGE_DAYS: "1",
      PULUMI_LOG_ROTATION_MAX_TOTAL_MB: "50",
    });
  });

  it("has an executable starter for Node packs where the CLI has no Node language host", async () => {
    expect((await stat(await starter())).mode & 0o777).toBe(0o755);
  });

  it("leaves packs to the Node language host beside the CLI", async () => {
    await program(join(folder, "bin/pulumi-language-nodejs"));
    await expect(stat(await starter())).rejects.toThrow("ENOENT");
  });
});

describe("the engine itself", () => {
  /** Previews one component under a pack that forbids components named "forbidden", and returns the engine's output. */
  async function preview(name: string): Promise<string> {
    const pack = join(folder, "pack");
    await mkdir(pack, { recursive: true });
    const sdk = JSON.stringify(require.resolve("@pulumi/policy"));
    await writeFile(join(pack, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.js\nversion: 1.0.0\n");
    await writeFile(join(pack, "package.json"), JSON.stringify({ name: "test-pack", version: "1.0.0" }));
    await writeFile(
      join(pack, "index.js"),
      `const { PolicyPack } = require(${sdk});
       new PolicyPack("test-pack", { policies: [{ name: "no-forbidden", description: "none", enforcementLevel: "mandatory",
         validateResource: ({ name }, report) => { if (name === "forbidden") report("found it"); } }] });`,
    );
    const engine = await findEngine();
    const backend = `file://${folder}`;
    const stack = await LocalWorkspace.createStack(
      {
        projectName: "engine-test",
        stackName: "test",
        program: () => Promise.resolve(void new pulumi.ComponentResource("test:index:Thing", name)),
      },
      {
        workDir: folder,
        pulumiCommand: await pulumiCommand(engine),
        envVars: {
          ...(await engineEnvironment(engine)),
          PULUMI_BACKEND_URL: backend,
          PULUMI_CONFIG_PASSPHRASE: "only for this test",
        },
      },
    );
    let said = "";
    await stack.preview({ policyPacks: [pack], onOutput: (text) => (said += text) }).catch(() => {});
    return said;
  }

  it.each([
    ["passes", "allowed", /✅ test-pack@v1\.0\.0/],
    ["blocks", "forbidden", /❌ test-pack@v1\.0\.0[^]*\[mandatory\] {2}no-forbidden[^]*found it/],
  ])(
    "runs a pack that %s %s, without a warning of its own",
    async (_, name, verdict) => {
      const said = await preview(name);
      expect(said).toMatch(verdict);
      expect(said).not.toContain("warning");
    },
    60_000,
  );
});
