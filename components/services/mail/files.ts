import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of `files/`, byte for byte as it stands there. */
const read = (name: string): Record<string, string> => ({
  [name]: readFileSync(join(__dirname, "files", name), "utf8"),
});

/** Script of the servers' own, which they are told. */
export const senderScript = readFileSync(join(__dirname, "files", "sender.sieve"), "utf8");

/** Scripts inside the pods, by where they are needed. */
export const scripts = {
  server: { ...read("start-server.sh"), ...read("alive.sh") },
  settle: read("settle.sh"),
} as const;
