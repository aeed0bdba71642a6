/** Administrators' SSH closed at the outer wall, and what happens to those who forget it: the engine stops before it has taken a host, and goes on once it is open. */
import { hostsOf } from "../../../stacks/tools/rehearsal/report/hosts";
import { resourcesOfState } from "../../../stacks/tools/rehearsal/report/state";
import { PlainEngine } from "../plain-engine";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKR6Zr1mQ duty-officer";

/** The test of one cloud. */
export function stopsBeforeAHost(cloud: "hetzner" | "exoscale"): void {
  jest.setTimeout(600_000);
  const engine = new PlainEngine(`crisis-${cloud}`, `contract-${cloud}`);
  afterAll(() => engine.remove());

  const unprotected = { "sovereign-uc:keepData": "false" };
  const closed = { ...unprotected, "sovereign-uc:administratorAccess": "closed" };
  const machine = cloud === "hetzner" ? "hcloud:index/server:Server" : "exoscale:index/computeInstance:ComputeInstance";
  const hosts = async (): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries(
      resourcesOfState(await engine.state())
        .filter(({ type }) => type === machine)
        .map(({ name, id = "" }) => [name, id]),
    );

  test("a destroy takes no host, opening completes what it began, with a change of every host in the same update", async () => {
    expect((await engine.run({ set: unprotected })).text).toBe("");
    expect((await engine.run({ set: closed })).text).toBe("");
    const before = await hosts();
    expect(Object.keys(before)).toHaveLength(10);

    const stopped = await engine.run({ operation: "destroy", set: closed });
    expect(stopped.text).toMatch(/proxy: after 60 failed attempts: dial tcp [0-9.]+:22: i\/o timeout/);
    expect(stopped.steps.filter(({ type }) => type === machine)).toEqual([]);
    expect(await hosts()).toEqual(before);

    const changed = { "sovereign-uc:administratorKeys": [key], "sovereign-uc:doorKeys": [key] };
    expect((await engine.run({ set: { ...unprotected, ...changed } })).text).toBe("");
    const after = await hosts();
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    expect(Object.entries(after).filter(([name, id]) => before[name] === id)).toEqual([]);

    const gone = await engine.run({ operation: "destroy", set: { ...unprotected, ...changed } });
    expect(gone.text).toBe("");
    expect(hostsOf(resourcesOfState(await engine.state()))).toEqual([]);
  });
}
