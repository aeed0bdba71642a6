import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { engineEnvironment, findEngine } from "../../stacks/tools/rehearsal/engine";
import { startSimulatedClouds } from "../../stacks/tools/rehearsal/simulated";
import { spawnText } from "./spawn-text";

type Ended = ReturnType<typeof spawnText>;

export interface OrdinaryCli {
  /** Runs the CLI in a folder. Not synchronously: the simulated clouds live in this process. */
  readonly run: (cwd: string, ...args: readonly string[]) => Ended;
  /** The same with other variables of the environment. */
  readonly runWith: (environment: Readonly<Record<string, string>>, cwd: string, ...args: readonly string[]) => Ended;
  readonly close: () => Promise<void>;
}

/** Pulumi's ordinary CLI, with a state of its own below a folder and on simulated clouds. */
export async function ordinaryCli(folder: string): Promise<OrdinaryCli> {
  const engine = await findEngine();
  const own = await engineEnvironment(engine);
  const clouds = await startSimulatedClouds({ folder: join(folder, "clouds") });
  // The CLI that was built from its Go module has no language host for Node; users' has.
  const host = join(folder, "bin", "pulumi-language-nodejs");
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "state"));
  writeFileSync(host, `#!/bin/sh\nexec '${process.execPath}' '${join(__dirname, "language-host.cjs")}' "$@"\n`);
  chmodSync(host, 0o755);
  const environment = {
    ...own,
    ...clouds.environment,
    PATH: `${join(folder, "bin")}:${own["PATH"] ?? ""}`,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase of the test's",
    HCLOUD_TOKEN: "0".repeat(64),
    EXOSCALE_API_KEY: `EXO${"0".repeat(24)}`,
    EXOSCALE_API_SECRET: "0".repeat(43),
  };
  const runWith: OrdinaryCli["runWith"] = (more, cwd, ...args) =>
    spawnText(engine.binary, [...args, "--non-interactive"], {
      cwd,
      env: { ...process.env, ...environment, ...more },
    });
  return { runWith, run: (cwd, ...args) => runWith({}, cwd, ...args), close: () => clouds.close() };
}
