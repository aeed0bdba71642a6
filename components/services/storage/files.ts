import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of `files/`, byte for byte as it stands there. */
const read = (name: string): string => readFileSync(join(__dirname, "files", name), "utf8");

/** Scripts inside the pods. */
export const storageScripts = {
  gateway: {
    "start-gateway.sh": read("start-gateway.sh"),
    "answers.sh": read("answers.sh"),
    "alive.sh": read("alive.sh"),
  },
  buckets: { "make-buckets.sh": read("make-buckets.sh") },
  expire: { "expire.sh": read("expire.sh") },
} as const;
