import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of `files/`, byte for byte as it stands there. */
const read = (name: string): Record<string, string> => ({
  [name]: readFileSync(join(__dirname, "files", name), "utf8"),
});

/** Scripts inside the pods, by where they are needed. */
export const scripts = {
  worker: read("start-worker.sh"),
  /** A page in the place of Element's own for telephones, and its script. */
  phones: { ...read("phones.html"), ...read("phones.js") },
} as const;
