import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of `files/`, byte for byte as it stands there. */
const read = (name: string): Record<string, string> => ({
  [name]: readFileSync(join(__dirname, "files", name), "utf8"),
});

/** Scripts inside the pods, by where they are needed. */
export const scripts = {
  server: read("build-server.sh"),
  realm: {
    ...read("keep-realm.mjs"),
    ...read("realm-api.mjs"),
    ...read("realm-flows.mjs"),
    ...read("realm-people.mjs"),
  },
} as const;
