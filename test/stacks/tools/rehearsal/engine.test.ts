import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Engine, EngineUnavailable, findEngine, pulumiCommand } from "../../../../stacks/tools/rehearsal/engine";

let home: string;
let environment: Record<string, string>;
let told: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "engine-"));
  environment = { HOME: home, PATH: join(home, "bin") };
  told = "";
  await program("bin/npm", 'echo npm >> "$HOME/calls"\necho "no network" >&2\nexit 1');
});

afterEach(() => rm(home, { recursive: true, force: true }));

async function program(path: string, body: string): Promise<string> {
  const full = join(home, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return full;
}

const cli = (path: string, version: string): Promise<string> => program(path, `echo ${version}`);
const kept = (version: string): string => `.pulumi/versions/${version}/bin/pulumi`;
const built = ".cache/sovereign-uc/engine/3.256.0/bin/pulumi";
const go = (): Promise<string> =>
  program(
    "bin/go",
    'echo go >> "$HOME/calls"\nwhile [ "$1" != -o ]; do shift; done\nprintf "#!/bin/sh\\necho v3.256.0\\n" > "$2"\n/bin/chmod +x "$2"',
  );
const calls = (): string => (existsSync(join(home, "calls")) ? readFileSync(join(home, "calls"), "utf8") : "");
const find = (): Promise<Engine> => findEngine({ environment, terminal: { write: (text) => (told += text) } });

describe("the engine", () => {
  it("is the CLI on PATH, where there is one", async () => {
    const binary = await cli("bin/pulumi", "v3.249.0");
    await cli(kept("3.260.0"), "v3.260.0");
    expect(await find()).toEqual({ binary, version: "3.249.0", source: "path" });
  });

  it.each([
    ["older than what the packs need", "echo v3.248.9", "expected a version from 3.249.0 on and below 4, got 3.248.9"],
    ["of another major version", "echo v4.0.0", "expected a version from 3.249.0 on and below 4, got 4.0.0"],
    ["that does not start", "echo broken >&2; exit 3", "expected its version, got exit 3 (broken)"],
    ["that does not answer with a version", "echo hello", "expected its version, got exit 0"],
  ])("is not a CLI on PATH %s, which is told", async (_, body, reason) => {
    await program("bin/pulumi", body);
    const binary = await cli(kept("3.256.0"), "v3.256.0");
    expect(await find()).toEqual({ binary, version: "3.256.0", source: "npm" });
    expect(told).toContain(`passing over ${join(home, "bin/pulumi")}: ${reason}`);
  });

  it("is never asked of the npm launcher on PATH, which would fetch one unseen", async () => {
    const launcher = await program("node_modules/pulumi/run.js", 'echo launcher >> "$HOME/calls"\necho v3.256.0');
    await symlink(launcher, join(home, "bin/pulumi"));
    const binary = await cli(kept("3.256.0"), "v3.256.0");
    expect((await find()).binary).toBe(binary);
    expect(calls()).toBe("");
  });

  it("is the newest that the npm launcher has fetched before", async () => {
    for (const version of ["3.99.0", "3.260.1", "3.260.0"]) await cli(kept(version), `v${version}`);
    expect((await find()).version).toBe("3.260.1");
  });

  it("is looked for where PULUMI_HOME says", async () => {
    environment["PULUMI_HOME"] = join(home, "elsewhere");
    const binary = await cli("elsewhere/versions/3.256.0/bin/pulumi", "v3.256.0");
    expect(await find()).toEqual({ binary, version: "3.256.0", source: "npm" });
  });

  it("is the one built before, rather than one to fetch", async () => {
    const binary = await cli(built, "v3.256.0");
    expect(await find()).toEqual({ binary, version: "3.256.0", source: "built" });
    expect(calls()).toBe("");
  });

  it("is built where it cannot be fetched, and found at once afterwards", async () => {
    await go();
    expect(await find()).toEqual({ binary: join(home, built), version: "3.256.0", source: "built" });
    expect(calls()).toBe("npm\ngo\n");
    expect(told).toContain("fetching the Pulumi CLI through the npm package pulumi (happens once): failed");
    expect(told).toContain(
      "building pulumi 3.256.0 from its Go module (happens once, 3 to 8 minutes on two cores): done",
    );
    told = "";
    await find();
    expect(calls()).toBe("npm\ngo\n");
    expect(told).toBe("");
  });

  it("is not fetched by a launcher with another checksum", async () => {
    await program("bin/npm", "echo other > pulumi.tgz\necho pulumi.tgz");
    await program("bin/tar", 'echo tar >> "$HOME/calls"');
    await expect(find()).rejects.toThrow(
      /tried npm: expected pulumi@3\.256\.0 with sha512-\S+, got sha512-\S+; do not use this package/,
    );
    expect(calls()).toBe("");
  });

  it("is missed in one message that says what was tried and what to install", async () => {
    const error: unknown = await find().catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect((error as Error).message.split("\n")).toEqual([
      "expected a Pulumi CLI from 3.249.0 on, got none; install it (https://www.pulumi.com/docs/iac/download-install) or install Go from 1.25.11 on, and run again",
      "  tried path: no pulumi on PATH",
      "  tried npm: expected `npm pack` to succeed, got 1 (no network)",
      "  tried built: expected Go on PATH to build pulumi 3.256.0, got none; install Go (https://go.dev/dl)",
    ]);
  });

  it.each([
    ["path", "bin/pulumi"],
    ["npm", kept("3.256.0")],
    ["built", built],
  ])("comes from %s alone when SOVEREIGN_UC_ENGINE says so", async (source, path) => {
    for (const one of ["bin/pulumi", kept("3.256.0"), built]) await cli(one, "v3.256.0");
    environment["SOVEREIGN_UC_ENGINE"] = source;
    expect(await find()).toEqual({ binary: join(home, path), version: "3.256.0", source });
  });

  it("refuses a SOVEREIGN_UC_ENGINE that names no source", async () => {
    environment["SOVEREIGN_UC_ENGINE"] = "docker";
    await expect(find()).rejects.toThrow(
      'SOVEREIGN_UC_ENGINE: expected path, npm, built or nothing, got "docker"; set one of these',
    );
  });

  it("reaches the Automation API as the binary that was found", async () => {
    const binary = await cli(built, "v3.256.0");
    const command = await pulumiCommand(await find());
    expect(command.command).toBe(binary);
    expect(command.version?.toString()).toBe("3.256.0");
  });
});
