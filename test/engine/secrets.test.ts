/** Passwords of services stood below the service itself before: stacks that were made then keep them, and each is rotated without touching another. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlainEngine } from "./plain-engine";

jest.setTimeout(600_000);

const password = (op: string, generation: string) => ({
  op,
  type: "random:index/randomPassword:RandomPassword",
  name: `meet-relay-${generation}`,
  failed: false,
});

test("a password that moved into a service's secrets stays, and the old one stays beside a new one until it is forgotten", async () => {
  const folder = mkdtempSync(join(tmpdir(), "secrets-"));
  const engine = (program: string): PlainEngine => new PlainEngine("crisis-hetzner", program, folder);
  const [apart, first, both, second] = ["secrets-apart", "secrets-first", "secrets-both", "secrets-second"].map(engine);
  if (apart === undefined || first === undefined || both === undefined || second === undefined)
    throw new Error("no engine");
  try {
    expect((await apart.run()).steps).toContainEqual({ ...password("create", "1"), name: "meet-relay" });
    expect(await first.run()).toEqual({
      ok: true,
      text: "",
      steps: [{ op: "create", type: "sovereign-uc:index:Secrets", name: "meet", failed: false }],
    });
    const random = async (one: PlainEngine) => (await one.run()).steps.filter(({ type }) => type.startsWith("random:"));
    expect(await random(both)).toEqual([password("create", "2")]);
    expect(await random(second)).toEqual([password("delete", "1")]);
  } finally {
    second.remove();
  }
});
