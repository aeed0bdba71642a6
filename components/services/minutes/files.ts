import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Scripts inside the pods, byte for byte as they stand in `files/`. */
export const minutesScripts = {
  "fetch-worker.mjs": readFileSync(join(__dirname, "files", "fetch-worker.mjs"), "utf8"),
} as const;
