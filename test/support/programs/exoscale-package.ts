import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../../stacks/tools/rehearsal/engine";

const name = "pulumiverse_exoscale-0.66.1";

/** Folder of the published Python package of the Exoscale plugin, which states every property; undefined where it was not fetched. */
export function exoscalePackage(): string | undefined {
  const folder = join(cacheFolder(process.env), "exoscale-package", name, "pulumiverse_exoscale");
  return existsSync(folder) ? folder : undefined;
}

/** Fetches it with pip, once, into the cache folder. @throws Error when pip is missing or cannot. */
export function fetchExoscalePackage(): void {
  if (exoscalePackage() !== undefined) return;
  const place = join(cacheFolder(process.env), "exoscale-package");
  const draft = `${place}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    execFileSync("pip3", ["download", "--quiet", "--no-deps", "--dest", draft, name.replace(/-(?=\d)/, "==")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    execFileSync("tar", ["-xzf", join(draft, `${name}.tar.gz`), "-C", draft]);
    renameSync(draft, place);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Arguments of a class of the package, in Pulumi's own spelling, with whether each is required. */
export function argumentsOf(folder: string, module: string, className: string): Readonly<Record<string, boolean>> {
  const source = readFileSync(join(folder, `${module}.py`), "utf8");
  const begun = source.indexOf(`class ${className}Args:`);
  const constructor = source.slice(begun, source.indexOf('"""', begun));
  return Object.fromEntries(
    [...constructor.matchAll(/^\s{17}(\w+): (Optional\[)?/gm)].map(([, snake = "", optional]) => [
      snake.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      optional === undefined,
    ]),
  );
}
