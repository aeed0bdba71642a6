/** Results of every reader and every rule for inputs at the edges of what they look for, as they were read last: `UPDATE_GOLDEN=1` writes it, and a reviewer reads what changed. */
import { golden } from "../support/golden";
import { edgeStacks, edgeTexts } from "./cases/edges";
import { ofStack, ofText } from "./observed";

const lines = (rows: readonly (readonly [title: string, found: readonly string[]])[]): string =>
  rows
    .map(
      ([title, found]) =>
        `${title.length > 300 ? `${title.slice(0, 80)}… (${title.length} characters)` : title}\n${found.map((line) => `  ${line.length > 2000 ? `${line.slice(0, 80)}… (${line.length} characters)` : line}\n`).join("")}`,
    )
    .join("");

const oneLine = (line: string): string => line.replaceAll("\n", "\\n");

describe("What stands at the edge of what a reader looks for is read as before", () => {
  test("in texts", () => {
    expect(edgeTexts.length).toBe(new Set(edgeTexts).size);
    golden(
      "policies/readers/edges-of-texts.txt",
      lines(edgeTexts.map((text) => [oneLine(text), ofText(text).map(oneLine)])),
    );
  });

  test.each(Object.entries(edgeStacks))("in resources: %s", (name, stacks) => {
    golden(
      `policies/readers/edges-of-${name}.txt`,
      lines(
        stacks.map((given) => [
          oneLine(JSON.stringify(given.length === 1 ? given[0] : given)),
          ofStack(given).map(oneLine),
        ]),
      ),
    );
  });
});
