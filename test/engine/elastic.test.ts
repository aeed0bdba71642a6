/** A cluster that grows, on the real engine, with the packs before it. What its autoscaler would make, no simulated cloud makes. */
import { Rehearsal } from "../support/rehearsal";

jest.setTimeout(240_000);

describe("a cluster whose hosts come and go", () => {
  const rehearsal = new Rehearsal();
  const elastic = { program: "elastic" };
  beforeAll(async () => {
    const { code, text } = await rehearsal.run([], elastic);
    if (code !== 0) throw new Error(text);
  });
  afterAll(() => rehearsal.remove());

  const objects = (type: string) => rehearsal.objects("hcloud", type);

  test("has a subnet, a key and placement groups for them at the cloud", () => {
    expect(objects("NetworkSubnet").map(({ ipRange }) => ipRange)).toEqual(["10.20.0.0/25", "10.20.0.128/26"]);
    expect(objects("SshKey").map(({ name }) => name)).toContain("uc-elastic-welcome");
    expect(objects("PlacementGroup").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["uc-elastic-spread", "uc-elastic-2-spread"]),
    );
  });

  test("a second run changes nothing", async () => {
    const { code } = await rehearsal.run([], elastic);
    expect({ code, steps: rehearsal.steps() }).toEqual({ code: 0, steps: [] });
  });

  test("fewer of them is told to the control plane in place, and to the autoscaler", async () => {
    const { code, text } = await rehearsal.run(["--set", "sovereign-uc:participants=100"], elastic);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    const steps = rehearsal.steps();
    expect(steps).toEqual(
      expect.arrayContaining([
        "update Command uc-control-1-converge",
        "update Deployment grow",
        "delete PlacementGroup uc-elastic-2-spread",
      ]),
    );
    expect(steps.filter((step) => / (Server|NetworkSubnet|SshKey) /.test(step))).toEqual([]);
  });
});
