import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../../stacks/tools/rehearsal/engine";

const folder = join(__dirname, "matrix-sdk");

const place = (): string => {
  const digest = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex")
    .slice(0, 16);
  return join(cacheFolder(process.env), "matrix-sdk", digest);
};

/** Folder in which programs find matrix-js-sdk; undefined where it was not made. */
export const matrixSdk = (): string | undefined => (existsSync(place()) ? place() : undefined);

/** Installs matrix-js-sdk once, with its cryptography, and runs no script of it. @throws Error when that is not possible. */
export function makeMatrixSdk(): string {
  const made = matrixSdk();
  if (made !== undefined) return made;
  const draft = `${place()}.${process.pid}`;
  mkdirSync(dirname(draft), { recursive: true });
  mkdirSync(draft);
  process.stderr.write("installing matrix-js-sdk for the tests, some seconds, once\n");
  try {
    for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(folder, name), join(draft, name));
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: draft, stdio: "pipe" });
    renameSync(draft, place());
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return place();
}
