import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { identityImages } from "../../../components/services/identity/images";
import { scripts } from "../../../components/services/identity/files";
import { buildEnv } from "../../../components/services/identity/settings";
import { cacheFolder } from "../../../stacks/tools/rehearsal/engine";
import { describeWith, installed } from "./programs";

const { version } = identityImages.keycloak;
const scriptFile = join(__dirname, "../../../components/services/identity/files/build-server.sh");

const folder = (): string => join(cacheFolder(process.env), "keycloak");

/** Upstream's distribution: what the image has below /opt/keycloak. */
const distribution = (): string => join(folder(), version);

/** Folder of upstream's distribution, as upstream's image has it. @throws Error when it cannot be fetched. */
export function keycloakDistribution(): string {
  makeKeycloak();
  return distribution();
}

/** A server that the pods' own script built of it: another script or other settings are another server. */
const built = (): string => {
  const made = JSON.stringify([version, scripts.server, buildEnv()]);
  return join(folder(), `${version}-${createHash("sha256").update(made).digest("hex").slice(0, 16)}`);
};

/** A `describe` whose tests need Keycloak beside programs: skipped with the reason where it was not made, never under `CI=true`. */
export const describeWithKeycloak: typeof describeWith = (programs, title, tests) => {
  if (existsSync(built()) || process.env["CI"] === "true") describeWith(programs, title, tests);
  else describe.skip(`${title} (skipped: Keycloak was not built; see test/support/programs/keycloak.ts)`, tests);
};

/**
 * Folder of a built server, never changed. It is fetched once from the machine's own source of Maven packages, and built once by the script of the pods.
 *
 * @throws Error when that is not possible.
 */
export function makeKeycloak(): string {
  if (existsSync(built())) return built();
  const absent = ["mvn", "unzip", "java"].filter((name) => installed(name) === undefined);
  if (absent.length > 0)
    throw new Error(`expected ${absent.join(", ")} for Keycloak, got none; install Debian's packages`);
  mkdirSync(folder(), { recursive: true });
  if (!existsSync(distribution())) fetchInto(distribution());
  const draft = mkdtempSync(`${built()}.`);
  process.stderr.write("building Keycloak's server for the tests, about a minute, once\n");
  try {
    const env = { PATH: process.env["PATH"], ...buildEnv() };
    execFileSync("bash", [scriptFile, distribution(), draft], { stdio: ["ignore", "ignore", "pipe"], env });
    renameSync(draft, built());
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return built();
}

function fetchInto(place: string): void {
  const draft = mkdtempSync(`${place}.`);
  const repository = join(draft, "repository");
  const artefact = ["org.keycloak", "keycloak-quarkus-dist", version] as const;
  process.stderr.write("fetching Keycloak for the tests, about a minute, once\n");
  try {
    const options = ["-q", "-B", `-Dmaven.repo.local=${repository}`, "-Dtransitive=false"];
    execFileSync("mvn", [...options, "dependency:get", `-Dartifact=${artefact.join(":")}:zip`], {
      cwd: draft,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const file = join(repository, "org/keycloak", artefact[1], version, `${artefact[1]}-${version}.zip`);
    execFileSync("unzip", ["-q", file, "-d", draft]);
    renameSync(join(draft, `keycloak-${version}`), place);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
