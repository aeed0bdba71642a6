/** A cluster that grows, on the real engine, with the packs before it. No simulated cloud makes the autoscaler's hosts. */
import { Rehearsal, savedOnce } from "../support/rehearsal";
import { PlainEngine } from "./plain-engine";

jest.setTimeout(600_000);

describe("a cluster whose hosts come and go", () => {
  const rehearsal = new Rehearsal();
  const engine = new PlainEngine(rehearsal.stack, "elastic", rehearsal.out);
  beforeAll(async () => {
    await rehearsal.up({ program: "elastic", environment: savedOnce });
  });
  afterAll(() => rehearsal.remove());

  const objects = (type: string) => rehearsal.objects("hcloud", type);

  test("has a subnet, a key and placement groups for them at the cloud", () => {
    expect(objects("NetworkSubnet").map(({ ipRange }) => ipRange)).toEqual(["10.20.0.0/25", "10.20.0.128/26"]);
    expect(objects("SshKey").map(({ name }) => name)).toContain("uc-elastic-join");
    expect(objects("PlacementGroup").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["uc-elastic-spread", "uc-elastic-2-spread"]),
    );
  });

  test("a second run changes nothing", async () => {
    expect(await engine.run()).toEqual({ ok: true, text: "", steps: [] });
  });

  test("a lower maximum reaches the control plane in place, and the autoscaler", async () => {
    const { text, steps } = await engine.run({ set: { "sovereign-uc:participants": "100" } });
    expect(text).toBe("");
    const words = steps.map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`);
    expect(words).toEqual(
      expect.arrayContaining([
        "update Command uc-control-1-converge",
        "update Deployment grow",
        "delete PlacementGroup uc-elastic-2-spread",
      ]),
    );
    expect(words.filter((step) => / (Server|NetworkSubnet|SshKey) /.test(step))).toEqual([]);
  });
});
