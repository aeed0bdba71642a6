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

/** Steps of a stack whose location changes, once the change is through. */
async function moved(stack: string, program: string, location: string): Promise<readonly string[]> {
  const engine = new PlainEngine(stack, program);
  const set = { "sovereign-uc:location": location };
  try {
    expect(await engine.run()).toMatchObject({ ok: true });
    const { ok, text, steps } = await engine.run({ set });
    expect({ ok, text }).toEqual({ ok: true, text: "" });
    expect(await engine.run({ set })).toMatchObject({ ok: true, steps: [] });
    return seen(steps);
  } finally {
    engine.remove();
  }
}

test("at Hetzner a gateway's new address is made before the old gateway goes, and the old address goes last", async () => {
  const steps = await moved("crisis-hetzner", "moving-hetzner", "nbg1");
  for (const host of ["door-1", "door-2"])
    order(
      steps,
      `create-replacement PrimaryIp ${host}-public`,
      `delete-replaced Server ${host}`,
      `create-replacement Server ${host}`,
      `delete-replaced PrimaryIp ${host}-public`,
    );
});

test("at Exoscale gateways, their network and their elastic addresses move to another zone", async () => {
  const steps = await moved("crisis-exoscale", "moving-exoscale", "ch-dk-2");
  for (const host of ["door-1", "door-2"])
    order(
      steps,
      "create-replacement PrivateNetwork net",
      `delete-replaced ComputeInstance ${host}`,
      `create-replacement ComputeInstance ${host}`,
      "delete-replaced PrivateNetwork net",
    );
});
