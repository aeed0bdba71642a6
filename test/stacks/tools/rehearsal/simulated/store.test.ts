import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaultPlan } from "../../../../../stacks/tools/rehearsal/simulated/faults";
import { Store } from "../../../../../stacks/tools/rehearsal/simulated/store";

describe("the file of a simulated package", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sovereign-uc-store-"));
    file = join(folder, "below", "hcloud.json");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("objects outlive the process that made them", async () => {
    const store = new Store(file);
    store.put("t", "1", { name: "a" });
    store.record({ n: 1 });
    const next = store.nextId();
    await store.flush();
    const again = new Store(file);
    expect(again.get("t", "1")).toEqual({ type: "t", id: "1", properties: { name: "a" } });
    expect(again.journal).toEqual([{ n: 1 }]);
    expect(again.nextId()).toBe(next + 1);
  });

  test("changes that come together are all in the file once one flush is over", async () => {
    const store = new Store(file);
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => {
        store.put("t", String(i), {});
        return store.flush();
      }),
    );
    expect(new Store(file).of("t")).toHaveLength(50);
  });

  test("what a person changes in the file is seen by the next request", async () => {
    const store = new Store(file);
    store.put("t", "1", { name: "a" });
    await store.flush();
    writeFileSync(file, readFileSync(file, "utf8").replace('"a"', '"by hand"'));
    store.refresh();
    expect(store.get("t", "1")?.properties).toEqual({ name: "by hand" });
  });

  test("a removed object is gone, and so is a type without objects", async () => {
    const store = new Store(file);
    store.put("t", "1", {});
    store.remove("t", "1");
    await store.flush();
    expect(store.types).toEqual([]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ objects: {} });
  });

  test.each([
    ["no JSON", "{"],
    ["no state", "{}"],
    ["a list", "[]"],
  ])("a file with %s in it is refused by name", (_, content) => {
    new Store(file);
    writeFileSync(file, content);
    expect(() => new Store(file)).toThrow(/^expected .*hcloud\.json.*; correct the file or remove it$/);
  });
});

describe("a fault plan", () => {
  test("fails the operation that it names, and only that one", () => {
    const plan = new FaultPlan([{ type: "a", operation: "create", nth: 2, kind: "quota" }]);
    expect([
      plan.next("a", "create"),
      plan.next("b", "create"),
      plan.next("a", "update"),
      plan.next("a", "create"),
      plan.next("a", "create"),
    ]).toEqual([undefined, undefined, undefined, "quota", undefined]);
  });

  test.each([
    ["a position below 1", { type: "a", operation: "create", nth: 0, kind: "quota" }],
    ["a time-out after a delete", { type: "a", operation: "delete", nth: 1, kind: "timeout-with-id" }],
  ] as const)("refuses %s", (_, fault) => {
    expect(() => new FaultPlan([fault])).toThrow(RangeError);
  });
});
