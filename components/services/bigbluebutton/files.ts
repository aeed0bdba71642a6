import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of `files/`, byte for byte as it stands there. */
const read = (name: string): Record<string, string> => ({
  [name]: readFileSync(join(__dirname, "files", name), "utf8"),
});

const start = read("start-rails.sh");
const store = read("store.rb");

/** Scripts inside the pods, by where they are needed. */
export const scripts = {
  scalelite: { ...start, ...store, ...read("puma.rb"), ...read("scalelite-ready.sh") },
  poller: { ...start, ...read("poll.rb") },
  importer: { ...start, ...store, ...read("import.rb") },
  greenlight: { ...start, ...store, ...read("puma.rb"), ...read("with-pages.sh") },
  greenlightSchema: {
    ...start,
    ...read("with-pages.sh"),
    ...read("migrate-greenlight.sh"),
    ...read("decide-greenlight.rb"),
  },
  greenlightSync: { ...start, ...read("sync-greenlight.rb") },
  schema: start,
} as const;
