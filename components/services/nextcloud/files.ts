import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of `files/`, byte for byte as it stands there. */
const read = (name: string): Record<string, string> => ({
  [name]: readFileSync(join(__dirname, "files", name), "utf8"),
});

/** Scripts inside the pods, by where they are needed. */
export const scripts = {
  web: read("run-hub.sh"),
  keeper: { ...read("run-hub.sh"), ...read("keep-hub.php"), ...read("occ.php") },
  config: read("config.php"),
  janus: { ...read("start-janus.sh"), ...read("drain-janus.sh") },
} as const;
