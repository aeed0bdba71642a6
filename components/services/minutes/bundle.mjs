// Makes one file of the worker with all of its packages, for a stock image of Node: node components/services/minutes/bundle.mjs FILE
//
// It prints the SHA-256 of the file, which `planMinutes` takes. The file is no part of the repository: what the packages are is in package-lock.json.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const [outfile] = process.argv.slice(2);
if (outfile === undefined) throw new Error("expected the file to write, got nothing");

await build({
  entryPoints: [join(here, "worker", "start.ts")],
  outfile,
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  // The PDF is text: no HTML is rendered, no picture drawn. The database's native client is not used.
  external: ["canvg", "html2canvas", "dompurify", "pg-native"],
  legalComments: "eof",
  logLevel: "warning",
});

process.stdout.write(`${createHash("sha256").update(readFileSync(outfile)).digest("hex")}\n`);
