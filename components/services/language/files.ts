import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Scripts inside the pods, byte for byte as they stand in `files/`. */
export const languageScripts = {
  "fetch-weights.sh": readFileSync(join(__dirname, "files", "fetch-weights.sh"), "utf8"),
} as const;
