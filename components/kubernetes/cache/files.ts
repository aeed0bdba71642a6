import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of `files/`, byte for byte as it stands there. */
const read = (name: string): Record<string, string> => ({
  [name]: readFileSync(join(__dirname, "files", name), "utf8"),
});

const common = read("common.sh");

/** Scripts inside the pods of a cache, by tier. */
export const cacheScripts = {
  replica: {
    ...common,
    ...read("start-replica.sh"),
    ...read("replica-ready.sh"),
    ...read("answers.sh"),
    ...read("hand-over.sh"),
  },
  watcher: { ...common, ...read("start-watcher.sh"), ...read("answers.sh") },
} as const;
