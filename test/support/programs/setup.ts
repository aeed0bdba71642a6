import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findEngine } from "../../../stacks/tools/rehearsal/engine";
import { makeDebianRoot } from "./debian-root";
import { makeEvidenceSchemas } from "./evidence-schemas";
import { fetchExoscalePackage } from "./exoscale-package";
import { makeKeycloak } from "./keycloak";
import { makeLlama } from "./llama";
import { makeMatrixSdk } from "./matrix-sdk";
import { program, type ProgramName } from "./programs";
import { makeSeaweedfs } from "./seaweedfs";
import { makeSpeech } from "./speech";
import { makeSynapse } from "./synapse";

/** Programs that tests start. */
const started: readonly ProgramName[] = [
  "kube-apiserver",
  "wireguard-go",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "kubelet",
  "kubectl",
  "kube-router",
  "coredns",
  "flannel-interface",
  "lego",
  "versitygw",
  "metrics-server",
  "livekit-server",
  "signaling-server",
  "signaling-proxy",
];

/**
 * Installs what the tests need before they start: Debian packages, the engine, and the programs that are built once. Prints on standard error what it
 * does and what it skips.
 *
 * @throws Error under `CI=true` when something is not available.
 */
export async function setUp(): Promise<void> {
  const problems: string[] = [];
  const { status, error } = spawnSync("sh", [join(__dirname, "setup.sh")], { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) problems.push(error?.message ?? "Debian packages are missing (see above)");

  const fetched = async (): Promise<void> => fetchExoscalePackage();
  const root = async (): Promise<void> => makeDebianRoot();
  const keycloak = async (): Promise<string> => makeKeycloak();
  const synapse = async (): Promise<string> => makeSynapse();
  const matrixClients = async (): Promise<string> => makeMatrixSdk();
  const llama = async (): Promise<string> => makeLlama();
  const speech = async (): Promise<string> => makeSpeech();
  const schemas = async (): Promise<string> => makeEvidenceSchemas();
  const seaweedfs = async (): Promise<string> => makeSeaweedfs();
  for (const needed of [
    () => findEngine(),
    fetched,
    root,
    synapse,
    matrixClients,
    seaweedfs,
    llama,
    speech,
    schemas,
    keycloak,
    ...started.map((name) => () => program(name)),
  ])
    await needed().catch((problem: Error) => problems.push(problem.message));

  if (problems.length === 0) return;
  if (process.env["CI"] === "true")
    throw new Error(`expected every program that the tests need, got:\n${problems.join("\n")}`);
  process.stderr.write(`the tests that need these are skipped:\n${problems.join("\n")}\n`);
}

if (require.main === module)
  setUp().catch((problem: Error) => {
    process.stderr.write(`${problem.message}\n`);
    process.exitCode = 1;
  });
