/** Two platforms in one stack, and a stack that was made when a platform's edge had the same names whatever the platform's. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { State } from "./clear-text";
import { PlainEngine } from "./plain-engine";

jest.setTimeout(900_000);

const unchanged = { ok: true, text: "", steps: [] };

/** Names of what stands below the edge of a platform. */
const below = (state: unknown): readonly string[] =>
  (state as State).deployment.resources.flatMap(({ urn = "" }) => {
    const name = /sovereign-uc:index:Edge\$.*::(.*)$/.exec(urn)?.[1];
    return name === undefined ? [] : [name];
  });

test("an old stack takes the new names without a change, and then a second platform beside the first", async () => {
  const folder = mkdtempSync(join(tmpdir(), "two-platforms-"));
  const one = new PlainEngine("crisis-hetzner", "one-platform", folder);
  const two = new PlainEngine("crisis-hetzner", "two-platforms", folder);
  try {
    expect((await one.run()).text).toBe("");
    const names = below(await one.state());
    expect(names.filter((name) => !name.startsWith("a-edge"))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["a-edge", "a-edge-0", "a-edge-acme", "a-edge-placeholder"]));

    await one.changeState((text) => text.replace(/(sovereign-uc:index:Edge\$[^"]*::)a-edge/g, "$1edge"));
    expect(below(await one.state())).toEqual(names.map((name) => name.slice("a-".length)));
    expect(await one.run()).toEqual(unchanged);
    expect([...below(await one.state())].sort()).toEqual([...names].sort());

    const added = await two.run();
    expect(added.text).toBe("");
    expect([...new Set(added.steps.map(({ op }) => op))]).toEqual(["create"]);
    expect(added.steps.map(({ name }) => name).filter((name) => !name.startsWith("b"))).toEqual([]);
    expect(await two.run()).toEqual(unchanged);
  } finally {
    two.remove();
  }
});
