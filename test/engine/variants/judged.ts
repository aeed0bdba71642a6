import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rules } from "../../../policies/pack";
import { madeUpSecrets } from "../../../stacks/keys";
import { stackKeys } from "../../../stacks/tools/rehearsal/config-keys";
import { folders, make } from "../../../stacks/tools/rehearsal/folders";
import { compilePacks } from "../../../stacks/tools/rehearsal/packs";
import { type ConfigValue, stackConfig } from "../../../stacks/tools/rehearsal/stack-files";
import { writeConfig } from "../../../stacks/tools/rehearsal/workspace";
import { bundled } from "../../support/bundled";
import { roomy } from "../../support/rehearsal";
import { spawnText } from "../../support/spawn-text";
import type { Answered, Asked } from "./run";
import { usualStack, type Variant } from "./variant";

const root = join(__dirname, "..", "..", "..");

/** One operation on a variant, with the real engine and the complete pack, on simulated clouds. */
export async function judged(
  { change, stack = usualStack, set = {}, pack }: Omit<Variant, "rule">,
  operation: "preview" | "up" = "preview",
): Promise<Answered> {
  const out = mkdtempSync(join(tmpdir(), "variant-"));
  try {
    await compilePacks(join(root, "policies"));
    const place = folders(out, stack);
    make(place);
    writeConfig(place, stack, { ...configuration(stack), ...set });
    const config = join(out, "pack.json");
    if (pack !== undefined) writeFileSync(config, JSON.stringify(pack(out)));
    const configs = pack === undefined ? [] : [config];
    const asked: Asked = { folder: out, folders: place, stack, change, operation, configs };
    const answer = join(out, "answer.json");
    const program = await bundled("test/engine/variants/run.ts");
    const { code, text } = await spawnText(process.execPath, [roomy.node, program, JSON.stringify(asked), answer], {
      env: { ...process.env, ...roomy.environment },
    });
    if (code !== 0) throw new Error(`a run of the engine ended with ${code}: ${text}`);
    return JSON.parse(readFileSync(answer, "utf8")) as Answered;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** A stack file's configuration, with what a rehearsal makes up where the operator's own is needed. */
function configuration(stack: string): Readonly<Record<string, ConfigValue>> {
  const config = stackConfig(join(root, "stacks"), stack);
  return {
    "sovereign-uc:unlockedMirror": "accepted",
    "sovereign-uc:birthSecret": "a secret that protects nothing",
    ...madeUpSecrets(stackKeys(config), config["sovereign-uc:cloud"]),
    ...config,
  };
}

/** Rules that stopped an operation, and those that found something at any level. */
export function broken({ said }: Answered): { readonly stopped: readonly string[]; readonly found: readonly string[] } {
  const of = (lines: Answered["said"]): readonly string[] => [...new Set(lines.map(({ rule }) => rule))].sort();
  return {
    stopped: of(said.filter(({ mandatory }) => mandatory)),
    found: of(said.filter(({ rule, message }) => message.includes(`${rule}: found `))),
  };
}

const advising = new Set<string>(rules.filter(({ enforcement }) => enforcement === "advisory").map(({ id }) => id));

/** Checks that the rule of a variant finds it, that no other one does, and that the operation ends there: one that only advises says so and stops nothing. */
export async function expectBlocked(variant: Variant): Promise<void> {
  const { rule, seen = "preview", also } = variant;
  const answer = await judged(variant, seen);
  const expected = [rule, ...(also === undefined ? [] : [also.rule])].sort();
  const advises = advising.has(rule);
  const { code, changed, made } = answer;
  const isProgram = variant.inputs !== undefined || variant.beside !== undefined;
  expect({ ...broken(answer), code, text: code === 0 || code === 1 ? "" : answer.text }).toEqual({
    stopped: advises ? [] : expected,
    found: expected,
    code: advises ? 0 : 1,
    text: "",
  });
  // A change that reaches nothing would be no variant.
  expect(changed.length > 0).toBe(isProgram);
  if (seen === "preview") expect(made).toEqual([]);
  else {
    const before = await judged(variant);
    expect({ code: before.code, ...broken(before) }).toEqual({ code: 0, stopped: [], found: [] });
  }
}
