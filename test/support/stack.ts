import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { program } from "../../stacks/blueprints";
import { madeUpSecrets } from "../../stacks/keys";
import { stackKeys } from "../../stacks/tools/rehearsal/config-keys";
import { stackConfig } from "../../stacks/tools/rehearsal/stack-files";
import { outputs, proven } from "./infrastructure";
import { type Deployment, deploy } from "./mocks";

/** The folder of the stack files. */
export const stacks = join(__dirname, "../../stacks");

const birthSecret = "protects nothing here";

/**
 * Deploys a stack of the repository in mocks: its blueprint with its stack file. Whoever calls it clears the configuration afterwards.
 *
 * @param change keys of the configuration that are different; undefined leaves one out.
 */
export function deployStack(name: string, change: Readonly<Record<string, unknown>> = {}): Promise<Deployment> {
  const file = stackConfig(stacks, name);
  return deploy(
    () => {
      const config: Readonly<Record<string, unknown>> = {
        "sovereign-uc:unlockedMirror": "accepted",
        "sovereign-uc:birthSecret": birthSecret,
        ...madeUpSecrets(stackKeys(file), file["sovereign-uc:cloud"]),
        ...file,
        ...Object.fromEntries(Object.entries(change).map(([key, value]) => [`sovereign-uc:${key}`, value])),
      };
      const texts = Object.entries(config).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, typeof value === "string" ? value : JSON.stringify(value)] as const],
      );
      pulumi.runtime.setAllConfig(Object.fromEntries(texts));
      return program();
    },
    { outputs: (resource) => ({ ...outputs(resource), ...proven(birthSecret)(resource) }) },
  );
}
