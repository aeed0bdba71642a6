/** A program that asks for the packs, on the real engine with the real pack: `requirePolicies`. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnText } from "../support/spawn-text";
import type { Answered, Asked } from "./guard-run";

jest.setTimeout(600_000);

const policies = join(__dirname, "../../policies");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "guard-"));
  execFileSync(process.execPath, [join(policies, "build.mjs")]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ran(
  operation: Asked["operation"],
  packs: readonly string[] = [],
  configs: readonly string[] = [],
): Promise<Answered> {
  const asked: Asked = { folder, operation, packs, configs };
  const answer = join(folder, "answer.json");
  rmSync(answer, { force: true });
  const script = [require.resolve("tsx/cli"), join(__dirname, "guard-run.ts"), JSON.stringify(asked), answer];
  const { code, text } = await spawnText(process.execPath, script, { env: process.env });
  if (code !== 0) throw new Error(text);
  return JSON.parse(readFileSync(answer, "utf8")) as Answered;
}

test("without a pack a preview fails with a sentence", async () => {
  expect((await ran("preview")).error).toMatch(
    /expected the policy pack sovereign-uc to judge this operation, got nothing; run it with --policy-pack policies/,
  );
});

test("without a pack an update without a preview makes nothing that was registered after the guard", async () => {
  const { error, names } = await ran("up");
  expect(error).toMatch(/expected the policy pack sovereign-uc to judge/);
  expect(names).not.toContain("late");
});

test("with the pack it goes up, and says which one judged", async () => {
  const { error, judgedBy, names } = await ran("up", [policies]);
  expect({ error, judgedBy }).toEqual({ error: "", judgedBy: "sovereign-uc" });
  expect(names).toContain("late");
});

test("a state that a pack has judged before is no leave for an operation that none judges", async () => {
  expect((await ran("preview")).error).toMatch(/to judge this operation, got nothing/);
});

test("a pack of which the configuration weakens a rule does not do", async () => {
  const config = join(folder, "pack.json");
  writeFileSync(config, JSON.stringify({ "uc-reg-001-location-allowlist-explicit": "advisory" }));
  expect((await ran("preview", [policies], [config])).error).toMatch(
    /expected the policy pack with all its rules, got .*RULES ARE WEAKENED.*UC-REG-001 advisory/,
  );
});

test("a pack for one subject does not do either", async () => {
  const { error } = await ran("preview", [join(policies, "packs", "jurisdiction")]);
  expect(error).toMatch(/to judge this operation, got nothing/);
});

test("component and pack know the same key", () => {
  const text = (path: string): string => readFileSync(join(__dirname, "../..", path), "utf8");
  for (const path of ["components/infrastructure/policy-guard.ts", "policies/guard.ts"])
    expect(text(path)).toContain('"sovereignUcPolicies"');
});
