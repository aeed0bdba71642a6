/** One deployment onto simulated clouds, and the time that it takes of the engine and of the program. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { engineEnvironment, findEngine, pulumiCommand } from "../../stacks/tools/rehearsal/engine";
import { folders, make } from "../../stacks/tools/rehearsal/folders";
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
  readonly state: unknown;
}

interface Exported {
  readonly custom: boolean;
}

/** Differences between deployments. */
export interface Deployed {
  /** @default [] */
  readonly packs?: readonly string[];
  /** True if the engine writes the state at its end only. @default false */
  readonly once?: boolean;
}

/** One `up` of a program into an empty stack on empty clouds. */
export async function up(of: PulumiFn, { packs = [], once = false }: Deployed = {}): Promise<Timed> {
  const out = mkdtempSync(join(tmpdir(), "bench-"));
  const place = folders(out, stack);
  make(place);
  const clouds = await startSimulatedClouds({ folder: place.clouds });
  try {
    const engine = await findEngine();
    writeConfig(place, stack, {
      ...stackConfig(join(root, "stacks"), stack),
      "sovereign-uc:unlockedMirror": "accepted",
      "sovereign-uc:birthSecret": "a secret of the benchmark's",
    });
    const opened = await engineStack({
      stack,
      folders: place,
      command: await pulumiCommand(engine),
      program: of,
      environment: {
        ...(await engineEnvironment(engine)),
        ...clouds.environment,
        ...(once ? savedOnce : {}),
        PULUMI_CONFIG_PASSPHRASE: "a passphrase of the benchmark's",
        HCLOUD_TOKEN: "0".repeat(64),
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
      state,
    };
  } finally {
    await clouds.close();
    rmSync(out, { recursive: true });
  }
}
