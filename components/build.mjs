// Compiles the components to dist/components: node components/build.mjs
//
// Three steps, into an empty folder: the compiler; scripts, which travel as they are; the SDKs of providers, which a compiled module loads when it first
// uses them and not when it is loaded itself. So an importer installs the SDKs of its own stack only, and sources keep ordinary imports.
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const dist = join(root, "dist", "components");
const { peerDependencies, peerDependenciesMeta } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

rmSync(dist, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", here], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

for (const entry of readdirSync(here, { withFileTypes: true, recursive: true }))
  if (entry.isDirectory() && entry.name === "files") {
    const folder = join(entry.parentPath, entry.name);
    cpSync(folder, join(dist, relative(here, folder)), { recursive: true });
  }

/** Name of the package that a module belongs to: `@pulumi/kubernetes` of `@pulumi/kubernetes/core/v1/service`. */
const packageOf = (module) => module.split("/").slice(0, 2).join("/");

const isOptional = (module) => peerDependenciesMeta[packageOf(module)]?.optional === true;

/** An import as TypeScript 5.9 writes it: with `__importStar` for `import * as`, without it for named ones. */
const imported = /^const (\w+) = (?:__importStar\()?require\("(@[\w-]+\/[^"]+)"\)\)?;$/gm;
/** The same in declarations. */
const declared = /^import [^;]* from "(@[\w-]+\/[^"]+)";$/gm;
/** Any other way to name a package, which would need it at load. */
const mentioned = /^(?!.*optionalSdk\(|import ).*(?:require|import)\("(@[\w-]+\/[^"]+)"\).*$/gm;

for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
  if (!entry.isFile() || !/\.(js|d\.ts)$/.test(entry.name)) continue;
  const file = join(entry.parentPath, entry.name);
  const text = readFileSync(file, "utf8");
  const core = relative(entry.parentPath, join(dist, "core", "optional-sdk"));
  const loader = JSON.stringify(core.startsWith(".") ? core : `./${core}`);
  const built = text
    .replace(imported, (line, name, module) => {
      const owner = packageOf(module);
      const wanted = JSON.stringify(`${owner}@${peerDependencies[owner]}`);
      return isOptional(module)
        ? `const ${name} = require(${loader}).optionalSdk(${wanted}, () => require("${module}"));`
        : line;
    })
    // Where a package is absent, its types are any; otherwise an importer whose compiler checks declarations would need every SDK.
    .replace(declared, (line, module) =>
      isOptional(module) ? `// @ts-ignore the package is optional\n${line}` : line,
    );
  const needed = [...built.matchAll(mentioned)].filter(([, module]) => isOptional(module));
  if (needed.length > 0)
    throw new Error(
      `expected an import of optional packages that can wait, got ${needed[0][0]} in ${file}; import it by \`import * as\` or by name`,
    );
  if (built !== text) writeFileSync(file, built);
}
