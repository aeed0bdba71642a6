import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

interface File {
  readonly path: string;
  readonly context: {
    readonly config: { readonly cache: boolean };
    readonly hasteFS: { getSize(path: string): number };
  };
}

const SlowestFirst = jest.requireActual<{
  new (): { sort(files: readonly File[]): readonly File[] };
  readonly slow: readonly string[];
}>("./sequencer.cjs");

const file = (name: string): File => ({
  path: join(__dirname, name),
  context: { config: { cache: false }, hasteFS: { getSize: (path) => statSync(path).size } },
});

test("slow files come first, in the order of the list, and the larger of two that are not in it", () => {
  const names = [
    "sequencer.test.ts",
    "engine/crisis/hetzner.test.ts",
    "components/core/core.test.ts",
    "engine/contract/hetzner.test.ts",
  ];
  const sorted = new SlowestFirst().sort(names.map(file)).map(({ path }) => path);
  expect(sorted).toEqual(
    [
      "engine/crisis/hetzner.test.ts",
      "engine/contract/hetzner.test.ts",
      "components/core/core.test.ts",
      "sequencer.test.ts",
    ].map((name) => file(name).path),
  );
});

test("the list names files and folders that there are", () => {
  expect(SlowestFirst.slow.length).toBeGreaterThan(5);
  // Nodes that are no part of every checkout.
  const named = SlowestFirst.slow.filter((name) => name !== "live/");
  expect(named.filter((name) => !existsSync(join(__dirname, name)))).toEqual([]);
});
