import { Progress } from "../../../../stacks/tools/mirror/progress";

/** A terminal or log that records its output, with a clock that advances a second at each call. */
function watched(isTTY: boolean) {
  const written: string[] = [];
  let time = 0;
  const out = { isTTY, columns: 30, write: (text: string) => written.push(text) };
  return { written, progress: new Progress(out, 12, () => new Date((time += 1_000))) };
}

describe("progress", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test("in a log is a line for each thing, and one every 20 seconds for what takes long", async () => {
    const { written, progress } = watched(false);
    await progress.item("file a", 2_000_000, async (note) => {
      note(500_000);
      jest.advanceTimersByTime(45_000);
      return Promise.resolve("copied");
    });
    expect(written).toEqual([
      "[ 1/12] file a: 500.0 kB of 2.0 MB\n",
      "[ 1/12] file a: 500.0 kB of 2.0 MB\n",
      "[ 1/12] file a: copied (1 s)\n",
    ]);
  });

  test("on a terminal is one line that changes and is never wider than it", async () => {
    const { written, progress } = watched(true);
    await progress.item("file with a long name", 2_000_000, async (note) => {
      note(500_000);
      jest.advanceTimersByTime(500);
      return Promise.resolve("copied");
    });
    expect(written).toEqual([
      "\r\x1b[2K[ 1/12] file with a long name",
      "\r\x1b[2K[ 1/12] file with a long name",
      "\r\x1b[2K[ 1/12] file with a long name: copied (1 s)\n",
    ]);
  });

  test("on a terminal leaves the lines between beginning and end to a program that draws itself", async () => {
    const { written, progress } = watched(true);
    const work = async (): Promise<string> => {
      jest.advanceTimersByTime(60_000);
      return Promise.resolve("copied");
    };
    await progress.item("image a", 5, work, true);
    expect(written).toEqual(["[ 1/12] image a: 5 B\n", "\r\x1b[2K[ 1/12] image a: copied (1 s)\n"]);
  });

  test("reports what was not copied", async () => {
    const { written, progress } = watched(false);
    await expect(progress.item("file a", undefined, () => Promise.reject(new RangeError("no")))).rejects.toThrow("no");
    expect(written).toEqual(["[ 1/12] file a: not copied\n"]);
  });
});
