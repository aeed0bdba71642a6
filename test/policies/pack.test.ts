import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { crossguard } from "../../policies/crossguard";
import { aiRules, isolationRules, jurisdictionRules, mediaRules, resilienceRules, rules } from "../../policies/pack";
import { policyName } from "../../policies/rule";

const root = join(__dirname, "../..");
const policies = join(root, "policies");
const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
const packs = [policies, ...readdirSync(join(policies, "packs")).map((name) => join(policies, "packs", name))];

const manifest = (folder: string): { readonly version: string; readonly main?: string; readonly name: string } =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string; main: string; name: string };

describe("The packs", () => {
  test("the complete pack holds every rule of the folder, once", () => {
    const files = rules.map((rule) => `${policyName(rule).replace(/^uc-/, "")}.ts`);
    expect(
      readdirSync(join(policies, "rules"))
        .filter((name) => name.endsWith(".ts"))
        .sort(),
    ).toEqual(files.sort());
  });

  const parts = {
    jurisdiction: jurisdictionRules,
    isolation: isolationRules,
    media: mediaRules,
    resilience: resilienceRules,
    ai: aiRules,
  };

  test.each(Object.entries(parts))("the pack %s is a part of it, in its order, and has a folder", (name, part) => {
    expect(part).toEqual(rules.filter((rule) => part.includes(rule)));
    expect(readFileSync(join(policies, "packs", name, "index.ts"), "utf8")).toContain(
      `serve("sovereign-uc-${name}", ${name}Rules,`,
    );
  });

  test("every rule is in one of the parts", () => {
    const all = Object.values(parts).flat();
    expect(rules.filter((rule) => !all.includes(rule)).map(({ id }) => id)).toEqual([]);
    expect(readdirSync(join(policies, "packs")).sort()).toEqual(Object.keys(parts).sort());
  });

  test("names of policies are unique, and every rule has a policy that begins with its id", () => {
    const names = crossguard(rules, () => ({})).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const rule of rules)
      expect(names.some((name) => name.startsWith(rule.id.toLowerCase()) && name.startsWith(policyName(rule)))).toBe(
        true,
      );
  });

  test("every policy is mandatory, unless its severity is low, and carries its legal mapping", () => {
    for (const policy of crossguard(rules, () => ({})).filter(({ name }) => !name.startsWith("settings"))) {
      expect(policy.enforcementLevel).toBe(policy.severity === "low" ? "advisory" : "mandatory");
      expect(policy.framework?.reference).toMatch(/^\d/);
      expect(policy.tags?.length).toBeGreaterThan(1);
      expect(policy.remediationSteps).toBeDefined();
    }
  });

  test.each(packs)("%s has the version of the whole project, and a description", (folder) => {
    expect(manifest(folder).version).toBe(manifest(root).version);
    expect(manifest(folder).main).toBe("bin/index.js");
    expect(readFileSync(join(folder, "PulumiPolicy.yaml"), "utf8")).toMatch(/^runtime: nodejs\ndescription: .+\./);
  });

  test("the policies import nothing from the other folders", () => {
    const files = readdirSync(policies, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    for (const file of files) {
      const imports = [...readFileSync(join(policies, file), "utf8").matchAll(/from "(\.[^"]+)"/g)].map(([, path]) =>
        join(dirname(file), path ?? ""),
      );
      expect(imports.filter((path) => path.startsWith(".."))).toEqual([]);
    }
  });
});

describe("A pack that is started", () => {
  beforeAll(() => {
    execFileSync(process.execPath, [join(policies, "build.mjs")], { cwd: root });
  }, 60_000);

  test.each(packs)("%s prints its port, and nothing else", async (folder) => {
    expect(await output(folder, [join(folder, "bin/index.js")])).toMatch(/^\d{4,5}\n$/);
  });

  test.each(packs)("%s starts the way the engine starts it", async (folder) => {
    expect(await output(folder, [runner, "127.0.0.1:1", "."])).toMatch(/^\d{4,5}\n$/);
  });

  test("a pack that nobody has compiled starts from its sources", async () => {
    const folder = mkdtempSync(join(tmpdir(), "policies-"));
    try {
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
      cpSync(policies, join(folder, "policies"), { recursive: true, filter: (path) => basename(path) !== "bin" });
      expect(await output(join(folder, "policies"), [runner, "127.0.0.1:1", "."])).toMatch(/^\d{4,5}\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 600_000);
});

/** Standard output of a pack up to the line that the engine waits for. The engine takes the first line for the port, whatever it is. */
function output(cwd: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    let errors = "";
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
    child.stdout.on("data", (data: Buffer) => {
      text += data.toString();
      if (text.includes("\n")) child.kill();
    });
    child.on("error", reject);
    child.on("close", () => (text === "" ? reject(new Error(errors)) : resolve(text)));
  });
}
