/** What a change does to hosts that run, on the real engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Rehearsal } from "../support/rehearsal";

jest.setTimeout(180_000);

const key = '["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKR6Zr1mQ duty-officer"]';
const members = ["uc-control-1", "uc-control-2", "uc-control-3"];

describe("a cluster of three", () => {
  const rehearsal = new Rehearsal();
  const quorum = { program: "quorum" };
  beforeAll(async () => {
    const { code, text } = await rehearsal.run([], quorum);
    if (code !== 0) throw new Error(text);
  });
  afterAll(() => rehearsal.remove());

  /** Ids of the hosts that the simulated cloud has, by name. */
  const servers = (): Readonly<Record<string, string>> => {
    const { objects } = JSON.parse(readFileSync(join(rehearsal.folder, "clouds", "hcloud.json"), "utf8")) as {
      readonly objects: Readonly<Record<string, Readonly<Record<string, { readonly name: string }>>>>;
    };
    return Object.fromEntries(
      Object.entries(objects["hcloud:index/server:Server"] ?? {}).map(([id, { name }]) => [name, id]),
    );
  };

  test("a second run changes nothing", async () => {
    const { code, text } = await rehearsal.run([], quorum);
    expect({ code, steps: rehearsal.steps() }).toEqual({ code: 0, steps: [] });
    expect(text).toContain("Nothing had to change");
  });

  test("a changed opening is applied in place and replaces no host", async () => {
    const before = servers();
    const { code } = await rehearsal.run(["--set", 'sovereign-uc:administrators=["198.51.100.0/24"]'], quorum);
    expect(code).toBe(0);
    expect(rehearsal.steps().filter((step) => /Server/.test(step))).toEqual([]);
    expect(rehearsal.steps()).toEqual(
      expect.arrayContaining(["update Firewall door-wall", "update Command door-1-converge"]),
    );
    expect(servers()).toEqual(before);
  });

  test("a changed frozen part replaces hosts strictly one after another, each left, joined and healthy before the next", async () => {
    await rehearsal.run([], quorum);
    const before = servers();
    const { code, text } = await rehearsal.run(["--set", `sovereign-uc:administratorKeys=${key}`], quorum);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    const after = servers();
    expect(members.filter((name) => before[name] === after[name])).toEqual([]);

    const steps = rehearsal.steps();
    // The log has the preview before the deployment: what counts is the last time that each step stands in it.
    const at = (step: string): number => steps.lastIndexOf(step);
    const order = members.flatMap((name) => [
      at(`delete-replaced Command ${name}-ready`),
      at(`delete-replaced Command ${name}-leave`),
      at(`delete-replaced Server ${name}`),
      at(`create-replacement Server ${name}`),
      at(`create-replacement Command ${name}-contact`),
      at(`create-replacement Command ${name}-converge`),
      at(`create-replacement Command ${name}-leave`),
      at(`create-replacement Command ${name}-ready`),
    ]);
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(steps.filter((step) => /Volume |kubernetes|PrivateKey|RandomPassword/.test(step))).toEqual([]);
  });
});
