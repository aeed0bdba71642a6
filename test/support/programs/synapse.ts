import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../../stacks/tools/rehearsal/engine";
import { describeWith, installed } from "./programs";

const requirements = join(__dirname, "synapse.txt");

/** Debian's own Python: the image of the live nodes has the same. */
export const python = "/usr/bin/python3";

const place = (): string => {
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
  return join(cacheFolder(process.env), "synapse", digest);
};

/** Folder of Synapse's Python packages, for PYTHONPATH, never changed; undefined where it was not made. */
export const synapsePackages = (): string | undefined => (existsSync(place()) ? place() : undefined);

/** A `describe` whose tests need Synapse beside programs: skipped with the reason where it was not made, never under `CI=true`. */
export const describeWithSynapse: typeof describeWith = (programs, title, tests) => {
  if (synapsePackages() !== undefined || process.env["CI"] === "true") describeWith(programs, title, tests);
  else describe.skip(`${title} (skipped: Synapse was not installed; see test/support/programs/synapse.ts)`, tests);
};

/** Installs Synapse's packages once, from the machine's own source of PyPI packages. @throws Error when that is not possible. */
export function makeSynapse(): string {
  const made = synapsePackages();
  if (made !== undefined) return made;
  if (installed("pip3") === undefined)
    throw new Error("expected pip3 for Synapse's packages, got none; install python3-pip");
  const draft = `${place()}.${process.pid}`;
  mkdirSync(dirname(draft), { recursive: true });
  process.stderr.write("installing Synapse for the tests, about a minute, once\n");
  try {
    const options = ["--quiet", "--no-deps", "--no-warn-script-location", "--root-user-action=ignore"];
    execFileSync(python, ["-m", "pip", "install", ...options, "--target", draft, "-r", requirements], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    renameSync(draft, place());
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return place();
}
