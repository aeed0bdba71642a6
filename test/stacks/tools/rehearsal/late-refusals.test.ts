import { join } from "node:path";
import { spawnText } from "../../../support/spawn-text";

/** A process in which a promise is rejected that nobody awaits. */
const rejecting = (error: string) =>
  spawnText(process.execPath, [
    "--require",
    require.resolve("tsx/cjs"),
    "--eval",
    `require(${JSON.stringify(join(__dirname, "..", "..", "..", "..", "stacks", "tools", "rehearsal", "late-refusals"))}).withoutLateRefusals();
     void Promise.reject(${error});
     setImmediate(() => console.log("went on"));`,
  ]);

test("an engine that refuses what a program still registers does not end the rehearsal", async () => {
  expect(await rejecting(`Object.assign(new Error("Resource monitor is terminating"), { code: 14 })`)).toEqual({
    code: 0,
    text: "went on\n",
  });
});

test("any other error that nobody waits for does", async () => {
  const { code, text } = await rejecting(`new Error("a mistake of ours")`);
  expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining("a mistake of ours") });
});
