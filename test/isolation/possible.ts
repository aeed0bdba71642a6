import { spawnSync } from "node:child_process";
import { missing } from "../support/programs/programs";

/**
 * `describe` for tests that make network namespaces. Where that is not possible they are skipped with the reason in their title; under
 * `CI=true`, where everything must be possible, that is a failure.
 */
export function describeWithNamespaces(programs: readonly string[], title: string, tests: () => void): void {
  const reason = obstacle(programs);
  if (reason === undefined) describe(title, tests);
  else if (process.env["CI"] === "true")
    test(`${title} can be tried`, () => {
      throw new Error(`expected root, network namespaces and ${programs.join(", ")}, got: ${reason}`);
    });
  else describe.skip(`${title} (skipped: ${reason})`, tests);
}

/**
 * `describe` and `test` for a whole file whose tests make namespaces: `const { describe, test } = withNamespaces(…)`. Where that is not possible all of them
 * are skipped, one with the reason in its title; under `CI=true` that is a failure.
 */
export function withNamespaces(
  programs: readonly string[],
  title: string,
): Readonly<Record<"describe", jest.Describe> & Record<"test", jest.It>> {
  const reason = obstacle(programs);
  if (reason === undefined) return { describe, test };
  describeWithNamespaces(programs, title, () => test("can be tried", () => undefined));
  return { describe: describe.skip, test: test.skip };
}

function obstacle(programs: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return "only root may make network namespaces";
  const absent = missing(["ip", ...programs]);
  if (absent.length > 0) return `${absent.join(", ")} not installed`;
  const name = `uc-isolation-${process.pid}-try`;
  const { status, stderr } = spawnSync("ip", ["netns", "add", name], { encoding: "utf8" });
  if (status !== 0) return `no network namespaces: ${stderr.trim()}`;
  spawnSync("ip", ["netns", "delete", name]);
  return undefined;
}
