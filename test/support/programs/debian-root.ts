import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../../stacks/tools/rehearsal/engine";
import { describeWith, installed } from "./programs";

const place = (): string => join(cacheFolder(process.env), "debian-root", "bookworm-ssh");

/** Folder of a minimal Debian with an SSH server, to be copied and never changed; undefined where it was not made. */
export const debianRoot = (): string | undefined => (existsSync(place()) ? place() : undefined);

/** A `describe` whose tests need it beside programs: skipped with the reason where it was not made, never under `CI=true`. */
export const describeWithRoot: typeof describeWith = (programs, title, tests) => {
  if (debianRoot() !== undefined || process.env["CI"] === "true") describeWith(programs, title, tests);
  else describe.skip(`${title} (skipped: no Debian root was made; see test/support/programs/debian-root.ts)`, tests);
};

/** Makes it with debootstrap, once, from this machine's Debian source. @throws Error when that is not possible. */
export function makeDebianRoot(): void {
  if (debianRoot() !== undefined) return;
  const debootstrap = installed("debootstrap");
  if (process.getuid?.() !== 0 || debootstrap === undefined)
    throw new Error("expected root and debootstrap for a Debian root, got neither or one; install debootstrap as root");
  const source = packageSource();
  const draft = `${place()}.${process.pid}`;
  mkdirSync(dirname(draft), { recursive: true });
  process.stderr.write("making a Debian root for the tests, about a minute, once\n");
  try {
    execFileSync(debootstrap, ["--variant=minbase", "--include=openssh-server", "bookworm", draft, source], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
    });
    renameSync(draft, place());
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Source of this machine's Debian packages. */
function packageSource(): string {
  const format = ["--format", "$(REPO_URI) $(CODENAME)"];
  const wanted = ["Created-By: Packages", "Origin: Debian", "Component: main"];
  const targets = execFileSync("apt-get", ["indextargets", ...format, ...wanted], { encoding: "utf8" });
  const [, source] = /^(\S+) bookworm$/m.exec(targets) ?? [];
  if (source === undefined)
    throw new Error("expected a source of Debian bookworm in apt's configuration, got none; add one");
  return source;
}
