/** One deployment onto simulated clouds, and the time that it takes of the engine and of the program. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { madeUpSecrets } from "../../stacks/keys";
import { engineEnvironment, findEngine, pulumiCommand } from "../../stacks/tools/rehearsal/engine";
import { folders, make } from "../../stacks/tools/rehearsal/folders";
import { stackKeys } from "../../stacks/tools/rehearsal/config-keys";
import { startSimulatedClouds } from "../../stacks/tools/rehearsal/simulated";
import { stackConfig } from "../../stacks/tools/rehearsal/stack-files";
import { engineStack, writeConfig } from "../../stacks/tools/rehearsal/workspace";
import { savedOnce } from "../support/rehearsal";
import { ofChildren } from "./time";

const root = join(__dirname, "..", "..");

/** Stack whose deployment is measured. */
export const stack = "crisis-hetzner";

/** Time and size of one deployment. */
export interface Timed {
  readonly seconds: number;
  /** Processor time of this process, which runs program and simulated clouds. */
  readonly program: number;
  /** Processor time of the engine, and of the pack that it starts. */
  readonly engine: number;
  readonly resources: number;
  readonly components: number;
  /** Size of the state, and of the components' outputs in it. */
  readonly kib: number;
  readonly componentsKib: number;
  /** Most memory that this process held: program and simulated clouds. */
  readonly mib: number;
  /** Objects in Kubernetes. */
  readonly objects: number;
  readonly state: unknown;
}

interface Exported {
  readonly custom: boolean;
  readonly type: string;
}

/** Differences between deployments. */
export interface Deployed {
  /** @default "crisis-hetzner" */
  readonly of?: string;
  /** @default [] */
  readonly packs?: readonly string[];
  /** True if the engine writes the state at its end only. @default false */
  readonly once?: boolean;
}

/** One `up` of a program into an empty stack on empty clouds. */
export async function up(
  program: PulumiFn,
  { of: name = stack, packs = [], once = false }: Deployed = {},
): Promise<Timed> {
  const out = mkdtempSync(join(tmpdir(), "bench-"));
  const place = folders(out, name);
  make(place);
  const clouds = await startSimulatedClouds({ folder: place.clouds });
  try {
    const engine = await findEngine();
    const config = stackConfig(join(root, "stacks"), name);
    writeConfig(place, name, {
      ...config,
      ...madeUpSecrets(stackKeys(config), config["sovereign-uc:cloud"]),
      "sovereign-uc:unlockedMirror": "accepted",
      "sovereign-uc:birthSecret": "a secret of the benchmark's",
    });
    const opened = await engineStack({
      stack: name,
      folders: place,
      command: await pulumiCommand(engine),
      program,
      environment: {
        ...(await engineEnvironment(engine)),
        ...clouds.environment,
        ...(once ? savedOnce : {}),
        PULUMI_CONFIG_PASSPHRASE: "a passphrase of the benchmark's",
        HCLOUD_TOKEN: "0".repeat(64),
        EXOSCALE_API_KEY: `EXO${"0".repeat(24)}`,
        EXOSCALE_API_SECRET: "0".repeat(43),
      },
    });
    const [begun, own, children] = [performance.now(), process.cpuUsage(), ofChildren()];
    await opened.up({ policyPacks: [...packs] });
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(own);
    const engineSeconds = ofChildren() - children;
    const state = await opened.exportStack();
    const { resources } = state.deployment as { readonly resources: readonly Exported[] };
    const components = resources.filter(({ custom }) => !custom);
    const kib = (value: unknown): number => JSON.stringify(value).length / 1024;
    return {
      seconds,
      program: (user + system) / 1e6,
      engine: engineSeconds,
      resources: resources.length - components.length,
      components: components.length,
      kib: kib(resources),
      componentsKib: kib(components),
      mib: process.resourceUsage().maxRSS / 1024,
      objects: resources.filter(({ type }) => type.startsWith("kubernetes:")).length,
      state,
    };
  } finally {
    await clouds.close();
    rmSync(out, { recursive: true });
  }
}
