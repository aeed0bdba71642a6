/** Gateways that move to another location, on the real engine: new objects may not collide with old ones. */
import type { Step } from "./plain-engine";
import { PlainEngine } from "./plain-engine";

jest.setTimeout(600_000);

/** Operations on resources in their order; the steps of commands are left out. */
const seen = (steps: readonly Step[]): readonly string[] =>
  steps
    .filter(({ type }) => !type.startsWith("command:"))
    .map(({ op, type, name }) => `${op} ${type.split(":")[2] ?? ""} ${name}`);

const order = (steps: readonly string[], ...wanted: readonly string[]): void => {
  const places = wanted.map((step) => steps.indexOf(step));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
};

test("at Hetzner a gateway's new address is made before the old gateway goes, and the old address goes last", async () => {
  const engine = new PlainEngine("crisis-hetzner", "moving-hetzner");
  try {
    expect(await engine.run()).toMatchObject({ ok: true });
    const { ok, text, steps } = await engine.run({ set: { "sovereign-uc:location": "nbg1" } });
    expect({ ok, text }).toEqual({ ok: true, text: "" });
    for (const host of ["door-1", "door-2"])
      order(
        seen(steps),
        `create-replacement PrimaryIp ${host}-public`,
        `delete-replaced Server ${host}`,
        `create-replacement Server ${host}`,
        `delete-replaced PrimaryIp ${host}-public`,
      );
    expect(await engine.run({ set: { "sovereign-uc:location": "nbg1" } })).toMatchObject({ ok: true, steps: [] });
  } finally {
    engine.remove();
  }
});

test("at Exoscale gateways, their network and their elastic addresses move to another zone", async () => {
  const engine = new PlainEngine("crisis-exoscale", "moving-exoscale");
  try {
    expect(await engine.run()).toMatchObject({ ok: true });
    const { ok, text, steps } = await engine.run({ set: { "sovereign-uc:location": "ch-dk-2" } });
    expect({ ok, text }).toEqual({ ok: true, text: "" });
    for (const host of ["door-1", "door-2"])
      order(
        seen(steps),
        "create-replacement PrivateNetwork net",
        `delete-replaced ComputeInstance ${host}`,
        `create-replacement ComputeInstance ${host}`,
        "delete-replaced PrivateNetwork net",
      );
    expect(await engine.run({ set: { "sovereign-uc:location": "ch-dk-2" } })).toMatchObject({ ok: true, steps: [] });
  } finally {
    engine.remove();
  }
});
