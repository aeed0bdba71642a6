// Scripts travel verbatim: copies every `files/` folder beside the compiled sources.
import { cpSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
for (const entry of readdirSync(here, { withFileTypes: true, recursive: true }))
  if (entry.isDirectory() && entry.name === "files") {
    const folder = join(entry.parentPath, entry.name);
    cpSync(folder, join(here, "..", "dist", "components", relative(here, folder)), { recursive: true });
  }
