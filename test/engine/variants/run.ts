/** One operation on a variant of a blueprint, judged by the real pack, in a process of its own; the answer goes into a file. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProviderResource, type ResourceTransformation, runtime } from "@pulumi/pulumi";
import { rules } from "../../../policies/pack";
import { policyName } from "../../../policies/rule";
import { program as blueprint } from "../../../stacks/blueprints";
import type { Folders } from "../../../stacks/tools/rehearsal/folders";
import { withoutLateRefusals } from "../../../stacks/tools/rehearsal/late-refusals";
import { startSimulatedClouds } from "../../../stacks/tools/rehearsal/simulated";
import { opened } from "../plain-engine";
import { variants } from ".";
import type { Variant } from "./variant";

/** Request: the variant by its words; a blueprint as it is where there is no such one. */
export interface Asked {
  readonly folder: string;
  readonly folders: Folders;
  readonly stack: string;
  readonly change: string;
  readonly operation: "preview" | "up";
  /** Files of configuration for the pack. */
  readonly configs: readonly string[];
}

/** Something that the pack said under a rule. */
export interface Said {
  readonly rule: string;
  readonly mandatory: boolean;
  readonly resource: string;
  readonly message: string;
}

/** Answer: code of the engine's command, what the pack said, and what was made. */
export interface Answered {
  readonly code: number;
  readonly text: string;
  readonly said: readonly Said[];
  /** Resources of the blueprint that are not as it made them, and those that stand beside them. */
  readonly changed: readonly string[];
  /** Objects in the simulated clouds, after the operation. */
  readonly made: readonly string[];
}

interface PolicyEvent {
  readonly policyName: string;
  readonly enforcementLevel: string;
  readonly resourceUrn?: string;
  readonly message: string;
}

const policies = join(__dirname, "..", "..", "..", "policies");
const ids = new Map(
  rules.flatMap((rule) => [policyName(rule), `${policyName(rule)}-stack`].map((name) => [name, rule.id])),
);

/** The blueprint with the variant's change. */
function changedProgram({ inputs, beside }: Partial<Variant>, changed: string[]): () => Record<string, unknown> {
  return () => {
    let cluster: ProviderResource | undefined;
    let isBeside = false;
    const change: ResourceTransformation = (given) => {
      const { type, name, resource, opts } = given;
      if (type === "pulumi:providers:kubernetes") cluster = resource as ProviderResource;
      const props = isBeside ? given.props : inputs?.(given);
      if (props === undefined) return undefined;
      changed.push(`${type} ${name}`);
      return { props: props as object, opts };
    };
    runtime.registerStackTransformation(change);
    const outputs = blueprint();
    isBeside = true;
    if (cluster === undefined) throw new Error("expected a blueprint with a cluster of its own, got none");
    beside?.(cluster);
    return outputs;
  };
}

async function answered({ folder, folders, stack, change, operation, configs }: Asked): Promise<Answered> {
  const variant: Partial<Variant> = variants.find((one) => one.change === change) ?? {};
  const clouds = await startSimulatedClouds({ folder: folders.clouds });
  const changed: string[] = [];
  const said: Said[] = [];
  let [code, text] = [0, ""];
  try {
    const engine = await opened(stack, folders, changedProgram(variant, changed), clouds.environment);
    if (variant.login !== undefined) logIn(engine.workspace, join(folder, "login"), variant.login);
    const onEvent = ({ policyEvent }: { readonly policyEvent?: PolicyEvent }): void => {
      const rule = ids.get(policyEvent?.policyName ?? "");
      if (policyEvent === undefined || rule === undefined) return;
      const { enforcementLevel, resourceUrn = "", message } = policyEvent;
      const resource = resourceUrn.split("::").pop() ?? "";
      said.push({ rule, mandatory: enforcementLevel === "mandatory", resource, message });
    };
    try {
      await engine[operation]({ onEvent, policyPacks: [policies], policyPackConfigs: [...configs] });
    } catch (error) {
      [code, text] = [exitCode(error), (error as Error).message];
    }
  } finally {
    await clouds.close();
  }
  return { code, text, said, changed, made: objectsBelow(folders.clouds) };
}

/** Code with which the engine's command ended; the SDK keeps it in the error of the process (`automation/cmd.js` of @pulumi/pulumi 3.248.0). */
const exitCode = (error: unknown): number =>
  (error as { readonly commandResult?: { readonly err?: { readonly exitCode?: number } } }).commandResult?.err
    ?.exitCode ?? -1;

/** Lets the user be logged in somewhere else than at the project's own backend, which no variable names any more. */
function logIn({ envVars }: { readonly envVars: Record<string, string> }, folder: string, current: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, "credentials.json"), JSON.stringify({ current, accessTokens: {}, accounts: {} }));
  Reflect.deleteProperty(envVars, "PULUMI_BACKEND_URL");
  envVars["PULUMI_CREDENTIALS_PATH"] = folder;
}

/** Objects of all simulated clouds, with their types. */
function objectsBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((file) => {
    if (!file.endsWith(".json")) return [];
    const { objects } = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
      readonly objects: Readonly<Record<string, object>>;
    };
    return Object.entries(objects).flatMap(([type, all]) => Object.keys(all).map((id) => `${type} ${id}`));
  });
}

withoutLateRefusals();
const [asked = "", answer = ""] = process.argv.slice(2);
answered(JSON.parse(asked) as Asked).then(
  (found) => {
    writeFileSync(answer, JSON.stringify(found));
    process.exit(0);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
