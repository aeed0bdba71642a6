// Writes facts/scripts.ts from the scripts that run on hosts. Run it after a review of the changes in them: node policies/facts/lock.mjs
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = "components/recipe/files";
const target = join(here, "scripts.ts");

let before = "";
try {
  before = readFileSync(target, "utf8");
} catch {
  // There is none before the first run.
}

const rows = readdirSync(join(here, "../..", folder))
  .filter((name) => name.endsWith(".sh"))
  .sort()
  .map((name) => {
    const digest = createHash("sha256")
      .update(readFileSync(join(here, "../..", folder, name)))
      .digest("hex");
    const day =
      new RegExp(`digest: "${digest}",\\s+source: [^\\n]+\\s+reviewed: "([0-9-]+)"`).exec(before)?.[1] ??
      new Date().toISOString().slice(0, 10);
    return `  {\n    digest: "${digest}",\n    source: "${folder}/${name}",\n    reviewed: "${day}",\n  },\n`;
  });

writeFileSync(
  target,
  `import type { Fact } from "./fact";

/** A script of ours that runs on hosts, known by its digest. Written by \`node policies/facts/lock.mjs\`. */
export interface ScriptFact extends Fact {
  /** SHA-256 of the file, in hexadecimal. */
  readonly digest: string;
}

export const knownScripts: readonly ScriptFact[] = [
${rows.join("")}];
`,
);
