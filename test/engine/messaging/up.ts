/** The blueprint `messaging` on the real engine: it goes up under all rules. Each cloud has a test file of its own. */
import { Rehearsal, savedOnce } from "../../support/rehearsal";

/** The test of one stack. `hosts` is the simulated cloud with its type of hosts. */
export function goesUp(stack: string, hosts: readonly [cloud: string, type: string]): void {
  jest.setTimeout(600_000);
  const rehearsal = new Rehearsal(stack);
  afterAll(() => rehearsal.remove());

  test("no rule blocks it, and its data is on volumes of three private hosts", async () => {
    const { code, text } = await rehearsal.run([], { environment: savedOnce });
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    expect(text).toMatch(/went up[^]*Report: .*report\.html/);
    expect(rehearsal.objects("kubernetes", "PersistentVolume")).toHaveLength(4);
    const names = rehearsal.objects(...hosts).map(({ name }) => String(name));
    expect(names.filter((name) => /-data-\d$/.test(name))).toHaveLength(3);
  });
}
