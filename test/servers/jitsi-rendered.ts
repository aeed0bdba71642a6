import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manifests, object } from "../components/kubernetes/target";
import { jitsi } from "../components/services/jitsi/support";
import type { Deployment } from "../support/mocks";

/** Plain files of a workload's mount, by the path that they have below it. */
export const filesOf = (made: Deployment, configMap: string): Readonly<Record<string, string>> =>
  object(made.resources, "ConfigMap", configMap)["data"] as Record<string, string>;

/** Every file that is rendered (not the scripts, which travel as they are), under the workload and mount that it belongs to. */
export async function renderedFiles(): Promise<Readonly<Record<string, string>>> {
  const made = await jitsi();
  const files = manifests(made.resources)
    .filter(({ kind, metadata }) => kind === "ConfigMap" && /-config$/.test(metadata.name))
    .flatMap(({ metadata, data }) =>
      Object.entries(data as Record<string, string>).map(
        ([file, text]) => [`${metadata.name.replace(/-config$/, "")}/${file}`, text] as const,
      ),
    );
  return Object.fromEntries(files);
}

/** A folder that is removed after the tests of a file. */
export function workFolder(): () => string {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sovereign-uc-jitsi-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return () => folder;
}

/** Runs a program; its error fails the test. */
export function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  try {
    return execFileSync(program, args, {
      encoding: "utf8",
      stdio: "pipe",
      env: { ...process.env, ...env, PATH: `${env["PATH"] ?? process.env["PATH"]}:/usr/sbin` },
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} refuses:\n${stdout}${stderr}`);
  }
}

/** The folder of the scripts that run in the pods. */
export const scriptFolder = join(__dirname, "..", "..", "components", "services", "jitsi", "files");

/** Folder of the relays' scripts. */
export const relayScriptFolder = join(__dirname, "..", "..", "components", "kubernetes", "relay", "files");

/** Runs a script and waits for its end, while this process goes on answering. */
export async function finished(
  script: string,
  env: Readonly<Record<string, string>>,
  folder = scriptFolder,
): Promise<number> {
  const child = spawn("bash", [join(folder, script)], { env: { ...process.env, ...env }, stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number];
  return code;
}
