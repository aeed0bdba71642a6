const { lines } = jest.requireActual<{ lines(results: readonly object[]): readonly string[] }>("./time-reporter.cjs");

const result = (name: string, seconds: number, skipped = false) => ({
  testFilePath: `/somewhere/test/${name}`,
  perfStats: { runtime: seconds * 1000 },
  skipped,
});
const many = Array.from({ length: 20 }, (_, i) => result(`components/core/part-${i}.test.ts`, 1));

test("time is summed by folder, the longest first, and the slowest files are named", () => {
  const [sums, slowest] = lines([...many, result("engine/a.test.ts", 70), result("sequencer.test.ts", 0.6)]);
  expect(sums).toBe("Time of workers: 91 s. engine 70, components 20, test 1.");
  expect(slowest).toMatch(/^Slowest: engine\/a\.test\.ts 70, components\/core\/part-0\.test\.ts 1, /);
});

test("files that were skipped and runs of a few files say nothing", () => {
  expect(lines([...many.slice(1), result("engine/a.test.ts", 70, true)])).toEqual([]);
});
