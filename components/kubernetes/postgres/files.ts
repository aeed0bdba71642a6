import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of `files/`, byte for byte as it stands there. */
const read = (name: string): Record<string, string> => ({
  [name]: readFileSync(join(__dirname, "files", name), "utf8"),
});

/** Scripts inside the pods. */
export const scripts = {
  ...read("start-postgres.sh"),
  ...read("stop-postgres.sh"),
  ...read("look-after.py"),
  ...read("reach-archive.py"),
  ...read("restore.sh"),
} as const;
