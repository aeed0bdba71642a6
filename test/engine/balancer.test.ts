/** A balancer and a zone on the real engine, with the packs before them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Rehearsal, savedOnce } from "../support/rehearsal";
import { PlainEngine } from "./plain-engine";

jest.setTimeout(600_000);

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKR6Zr1mQ duty-officer";

describe("hosts behind a balancer on Hetzner", () => {
  const rehearsal = new Rehearsal();
  const engine = new PlainEngine(rehearsal.stack, "front", rehearsal.out);
  beforeAll(async () => {
    await rehearsal.up({ program: "front", environment: savedOnce });
  });
  afterAll(() => rehearsal.remove());

  const objects = (type: string) => rehearsal.objects("hcloud", type);

  test("are its targets, and its address is in the zone", () => {
    const [balancer] = objects("LoadBalancer");
    expect(objects("LoadBalancerTarget").map(({ usePrivateIp }) => usePrivateIp)).toEqual([true, true]);
    expect(objects("LoadBalancerNetwork").map(({ ip }) => ip)).toEqual(["10.20.0.99"]);
    expect(objects("ZoneRrset").map(({ name, records }) => [name, records])).toEqual(
      expect.arrayContaining([
        ["meet", [{ value: balancer?.["ipv4"] }]],
        ["@", [{ value: '"v=spf1 -all"' }]],
      ]),
    );
    expect(objects("NetworkRoute")).toHaveLength(1);
    expect(objects("NetworkSubnet").map(({ type }) => type)).toEqual(["cloud", "vswitch"]);
  });

  test("each gateway has a floating address, which private hosts are reached through and the report shows", () => {
    const servers = new Map(objects("Server").map(({ name, id }) => [String(id), String(name)]));
    expect(
      objects("FloatingIpAssignment")
        .map(({ serverId }) => servers.get(String(serverId)))
        .sort(),
    ).toEqual(["door-1", "door-2"]);
    const addresses = objects("FloatingIp").map(({ ipAddress }) => String(ipAddress));
    expect(addresses).toHaveLength(2);
    const report = readFileSync(join(rehearsal.folder, "report.html"), "utf8");
    for (const address of addresses) expect(report).toContain(address);
  });

  test("a second run changes nothing", async () => {
    expect(await engine.run()).toEqual({ ok: true, text: "", steps: [] });
  });

  test("a replaced host leaves the balancer before its deletion, and returns after its creation", async () => {
    const { text, steps } = await engine.run({ set: { "sovereign-uc:administratorKeys": [key] } });
    expect(text).toBe("");
    const words = steps.map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`);
    for (const name of ["web-1", "web-2"]) {
      const order = [
        words.indexOf(`delete-replaced LoadBalancerTarget front-target-${name}`),
        words.indexOf(`delete-replaced Server ${name}`),
        words.indexOf(`create-replacement Server ${name}`),
        words.indexOf(`create-replacement LoadBalancerTarget front-target-${name}`),
      ];
      expect(order).not.toContain(-1);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
    expect(words.filter((step) => /LoadBalancer front|Zone/.test(step))).toEqual([]);
  });
});

describe("a managed cluster behind a balancer on Exoscale", () => {
  const rehearsal = new Rehearsal("crisis-exoscale");
  const managed = { program: "managed" };
  beforeAll(async () => {
    await rehearsal.up(managed);
  });
  afterAll(() => rehearsal.remove());

  const objects = (type: string) => rehearsal.objects("exoscale", type);

  test("goes up, and the balancer targets the pool of its nodes", () => {
    const [nodes] = objects("SksNodepool");
    const [pool] = objects("InstancePool");
    expect(pool).toMatchObject({ id: nodes?.["instancePoolId"], size: 3, zone: "ch-gva-2" });
    expect(objects("NlbService").map(({ instancePoolId }) => instancePoolId)).toEqual([pool?.["id"]]);
  });

  test("grows in place: the balancer stays with its pool", async () => {
    const { code, text } = await rehearsal.run(["--set", "sovereign-uc:participants=300"], managed);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    // The log has the preview before the deployment.
    expect(new Set(rehearsal.steps().filter((step) => /Nlb|Sks/.test(step)))).toEqual(
      new Set(["update SksNodepool portal-application"]),
    );
    expect(objects("InstancePool").map(({ size }) => size)).toEqual([4]);
  });
});

test("a balancer in Ashburn is blocked, and nothing is made", async () => {
  const rehearsal = new Rehearsal();
  try {
    const { code, text } = await rehearsal.run(["--set", "sovereign-uc:location=ash"], { program: "front" });
    expect(code).toBe(1);
    expect(text).toMatch(/UC-REG-001[^]*ash/);
    expect(text).toMatch(/LoadBalancer/);
    expect(text).toMatch(/Nothing was changed/);
  } finally {
    rehearsal.remove();
  }
});
