import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";

const root = join(__dirname, "..", "..");

/** The repository's sources find their files beside themselves, also from inside a bundle. */
const atHome: Plugin = {
  name: "at-home",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (path.includes("node_modules")) return undefined;
      const own = `const __dirname = ${JSON.stringify(dirname(path))}, __filename = ${JSON.stringify(path)};`;
      return { contents: `${own}${readFileSync(path, "utf8")}`, loader: "ts" };
    });
  },
};

const made = new Map<string, Promise<string>>();

/**
 * The path of a TypeScript program as one file of JavaScript, whose packages stay outside. A program that is started a hundred times through a loader
 * resolves and compiles the same three hundred files a hundred times, which takes a second of a processor each time.
 *
 * It also loads Pulumi's SDK without what writes functions down (no-closures.cjs): another half a second of a processor.
 *
 * It is compiled once in a process and kept in `out/bundles` under a digest of its content, so that what runs is always what the sources say.
 *
 * @param source the program's path in the repository: `test/engine/child.ts`.
 */
export function bundled(source: string): Promise<string> {
  const known = made.get(source) ?? compiled(source);
  made.set(source, known);
  return known;
}

async function compiled(source: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, source)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "cjs",
    packages: "external",
    plugins: [atHome],
    banner: { js: `require(${JSON.stringify(join(__dirname, "no-closures-hook.cjs"))});` },
    logLevel: "warning",
  });
  const [{ text = "" } = {}] = outputFiles;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const folder = join(root, "out", "bundles");
  const path = join(folder, `${basename(source, ".ts")}-${digest}.js`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  sweep(folder);
  // Renamed, so that a parallel run never starts half a program.
  const half = `${path}.${randomUUID()}`;
  writeFileSync(half, text);
  renameSync(half, path);
  return path;
}

/** Removes bundles that are older than any test run. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const { mtimeMs = Infinity } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > 86_400_000) rmSync(path, { force: true });
  }
}
