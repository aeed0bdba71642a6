// Compiles the packs to bin/index.js, the audit of files to bin/audit.js, and evidence to bin/evidence.js: node policies/build.mjs
// With folders named, only the packs in them: node policies/build.mjs FOLDER…
//
// The engine starts a pack once per operation. With the SDK bundled, and without the parts of it that a pack never runs (the TypeScript compiler and the
// package walker, which serialise functions), a pack listens after 0.12 s; with the SDK outside, after 0.48 s (Node 20, two cores, 23 November 2026).
// The audit and the evidence are compiled since they run where nothing else of this project does: in somebody's pipeline, from the package.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const named = process.argv.slice(2);
const packs =
  named.length > 0 ? named : [here, ...readdirSync(join(here, "packs")).map((name) => join(here, "packs", name))];

/** The policy SDK needs two things of the Pulumi SDK, and importing them through its index loads everything. */
const slim = {
  name: "slim",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@pulumi\/pulumi$/ }, ({ importer }) =>
      importer.includes(join("@pulumi", "policy")) ? { path: "sdk", namespace: "slim" } : undefined,
    );
    onLoad({ filter: /^sdk$/, namespace: "slim" }, () => ({
      contents:
        'exports.asset = require("@pulumi/pulumi/asset"); exports.Output = require("@pulumi/pulumi/output").Output;',
      resolveDir: here,
    }));
    onResolve({ filter: /^(typescript|ts-node|@npmcli\/arborist|.*\/typescript-shim)$/ }, ({ path }) => ({
      path,
      namespace: "unused",
    }));
    onLoad({ filter: /.*/, namespace: "unused" }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, key) => { throw new Error(${JSON.stringify(`a policy pack has no ${path}: `)} + String(key)); } });`,
    }));
  },
};

for (const pack of packs)
  await build({
    entryPoints: [join(pack, "index.ts")],
    outfile: join(pack, "bin/index.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "eof",
    logLevel: "warning",
    plugins: [slim],
  });

if (named.length === 0)
  for (const tool of ["audit", "evidence"])
    await build({
      entryPoints: [join(here, "..", "stacks", "tools", tool, "main.ts")],
      outfile: join(here, "bin", `${tool}.js`),
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      banner: { js: "#!/usr/bin/env node" },
      legalComments: "eof",
      logLevel: "warning",
    });
