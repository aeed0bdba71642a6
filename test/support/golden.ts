import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Compares a rendered file with the one under `test/golden/`, where a reviewer sees in the diff what will change on hosts.
 *
 * `UPDATE_GOLDEN=1` writes it instead.
 */
export function golden(path: string, content: string): void {
  const file = join(__dirname, "..", "golden", path);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  if (!existsSync(file))
    throw new Error(`expected test/golden/${path}, got none; run the test with UPDATE_GOLDEN=1 and read what it wrote`);
  expect(content).toBe(readFileSync(file, "utf8"));
}
