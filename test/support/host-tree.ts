import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A file on a host, as convergence or cloud-init writes it. */
export interface HostFile {
  /** As `0644`; `-` for user data, which is no file there. */
  readonly mode: string;
  readonly content: string;
}

const scripts = "components/recipe/files";

/** Scripts of the sources by their content. */
const scriptByContent = (): ReadonlyMap<string, string> => {
  const folder = join(__dirname, "../..", scripts);
  return new Map(readdirSync(folder).map((name) => [readFileSync(join(folder, name), "utf8"), `${scripts}/${name}`]));
};

/**
 * The golden files of hosts, by path: a list per host (mode, path, where the content stands), and each content once.
 *
 * A script that is the same as its source is named by that source. Any other content stands under `files/`: at its path on the host when all hosts that have the
 * file have the same one, else in a folder of that path, in a file named after the first host that has it.
 *
 * @param hosts files by path, by host (`hetzner/door-1`).
 */
export function hostTree(
  hosts: Readonly<Record<string, Readonly<Record<string, HostFile>>>>,
): Readonly<Record<string, string>> {
  const sources = scriptByContent();
  const contents = new Map<string, Map<string, string>>();
  for (const [host, files] of Object.entries(hosts))
    for (const [path, { content }] of Object.entries(files)) {
      if (sources.has(content)) continue;
      const variants = contents.get(path) ?? new Map<string, string>();
      if (!variants.has(content)) variants.set(content, host.replace("/", "."));
      contents.set(path, variants);
    }
  const place = (path: string, content: string): string => {
    const variants = contents.get(path);
    const source = sources.get(content);
    if (source !== undefined) return source;
    return variants?.size === 1 ? `files${path}` : `files${path}/${variants?.get(content) ?? ""}`;
  };
  const lists = Object.entries(hosts).map(([host, files]) => [
    host,
    Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, { mode, content }]) => `${mode.padEnd(4)} ${path} ${place(path, content)}\n`)
      .join(""),
  ]);
  const texts = [...contents].flatMap(([path, variants]) =>
    [...variants.keys()].map((content) => [place(path, content), content]),
  );
  return Object.fromEntries([...lists, ...texts]) as Record<string, string>;
}

/** Files of a host as its list names them, read back: the opposite of {@link hostTree}. */
export function hostFiles(tree: Readonly<Record<string, string>>, host: string): Readonly<Record<string, HostFile>> {
  const lines = (tree[host] ?? "").split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [, mode = "", path = "", place = ""] = /^(\S+) +(\S+) (\S+)$/.exec(line) ?? [];
      const content = place.startsWith(scripts) ? readFileSync(join(__dirname, "../..", place), "utf8") : tree[place];
      if (content === undefined) throw new Error(`expected ${place} for ${host}${path}, got none`);
      return [path, { mode, content }];
    }),
  );
}
