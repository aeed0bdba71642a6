/** One operation on a program that asks for the packs, in a process of its own: a program that fails leaves promises behind. The answer goes into a file. */
import { writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { requirePolicies } from "../../components/infrastructure/policy-guard";
import { engineEnvironment, findEngine, pulumiCommand } from "../../stacks/tools/rehearsal/engine";

/** Request: an operation with packs and their configurations. */
export interface Asked {
  readonly folder: string;
  readonly operation: "preview" | "up";
  readonly packs: readonly string[];
  readonly configs: readonly string[];
}

/** Answer: the error, or the program's output; and the names of the resources in the state. */
export interface Answered {
  readonly error: string;
  readonly judgedBy: unknown;
  readonly names: readonly string[];
}

async function answered({ folder, operation, packs, configs }: Asked): Promise<Answered> {
  const engine = await findEngine();
  const program = async (): Promise<Record<string, unknown>> => {
    const guard = requirePolicies();
    const late = new pulumi.Stash("late", { input: "made" });
    return { judgedBy: guard.judgedBy, late: late.output };
  };
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "guarded", projectName: "guard", program },
    {
      pulumiCommand: await pulumiCommand(engine),
      workDir: folder,
      projectSettings: { name: "guard", runtime: "nodejs", backend: { url: `file://${folder}` } },
      envVars: {
        ...(await engineEnvironment(engine)),
        PULUMI_CONFIG_PASSPHRASE: "of the test",
      } as Record<string, string>,
    },
  );
  const options = { policyPacks: [...packs], policyPackConfigs: [...configs] };
  let error = "";
  let judgedBy: unknown;
  try {
    if (operation === "preview") await stack.preview(options);
    else judgedBy = (await stack.up(options)).outputs["judgedBy"]?.value;
  } catch (problem) {
    error = String(problem);
  }
  const { deployment } = (await stack.exportStack()) as { deployment: { resources?: { urn: string }[] } };
  return { error, judgedBy, names: (deployment.resources ?? []).map(({ urn }) => urn.split("::").at(-1) ?? "") };
}

process.on("unhandledRejection", () => undefined);
const [asked = "", answer = ""] = process.argv.slice(2);
answered(JSON.parse(asked) as Asked).then(
  (found) => {
    writeFileSync(answer, JSON.stringify(found));
    process.exit(0);
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
