import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const updating = process.env["UPDATE_GOLDEN"] === "1";
const root = join(__dirname, "..", "golden");

/**
 * Compares a rendered file with the one under `test/golden/`, where a reviewer sees changes in the diff.
 *
 * `UPDATE_GOLDEN=1` writes it instead.
 */
export function golden(path: string, content: string): void {
  const file = join(root, path);
  if (updating) write(file, content);
  if (!existsSync(file))
    throw new Error(`expected test/golden/${path}, got none; run the test with UPDATE_GOLDEN=1 and read what it wrote`);
  expect(content).toBe(readFileSync(file, "utf8"));
}

/**
 * Compares rendered files with a whole folder under `test/golden/`: a file there that nothing renders any more is a difference too.
 *
 * `UPDATE_GOLDEN=1` writes the folder anew instead.
 */
export function goldenFolder(folder: string, contents: Readonly<Record<string, string>>): void {
  const base = join(root, folder);
  if (updating) {
    rmSync(base, { recursive: true, force: true });
    for (const [path, content] of Object.entries(contents)) write(join(base, path), content);
  }
  if (!existsSync(base))
    throw new Error(
      `expected test/golden/${folder}, got none; run the test with UPDATE_GOLDEN=1 and read what it wrote`,
    );
  const stored = Object.fromEntries(
    readdirSync(base, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [relative(base, file), readFileSync(file, "utf8")]),
  );
  // Only what differs, so that a failure can be read.
  const differing = new Set([...Object.keys(contents), ...Object.keys(stored)]);
  for (const path of differing) if (contents[path] === stored[path]) differing.delete(path);
  const only = (all: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(all).filter(([path]) => differing.has(path)));
  expect(only(contents)).toEqual(only(stored));
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
