/** Roles and keys of the simulated Exoscale. */
import type { Properties } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { seen, types, World } from "./world";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

const role = (action = "allow", more: Properties = {}): Properties => ({
  name: "backups-chat",
  editable: true,
  policy: {
    defaultServiceStrategy: "deny",
    services: { sos: { type: "rules", rules: [{ action, expression: "parameters.bucket == 'backups'" }] } },
  },
  ...more,
});

test("a key belongs to a role, tells its secret, and keeps the role from being deleted", async () => {
  await expect(world.make(types.apiKey, "k", { name: "k", roleId: "none" })).rejects.toThrow(/Not Found: role none/);
  const made = await world.make(types.role, "r", role());
  const key = await world.make(types.apiKey, "k", { name: "k", roleId: made.id });
  expect(key.id).toMatch(/^EXO[0-9a-f]{24}$/);
  expect(seen(key)).toMatchObject({ key: key.id, secret: expect.stringMatching(/^.{43}$/) });
  await expect(world.remove(made)).rejects.toThrow(/IAM role .* is in use by EXO/);
  await world.remove(key);
  await world.remove(made);
});

test("another name or role makes another key, another policy the same role", async () => {
  const made = await world.make(types.role, "r", role());
  const key = await world.make(types.apiKey, "k", { name: "k", roleId: made.id });
  expect(world.replaces(key, { name: "k2", roleId: made.id })).toEqual(["name"]);
  expect(world.replaces(key, { name: "k", roleId: "other" })).toEqual(["roleId"]);
  expect(world.replaces(made, role("deny"))).toEqual([]);
  expect(world.replaces(made, role("allow", { name: "other" }))).toEqual(["name"]);
  await world.update(made, role("deny"));
});

test("whether a role can be edited is told when it is made, and a later word changes nothing", async () => {
  const made = await world.make(types.role, "r", role());
  const locked = role("allow", { editable: false });
  expect(world.replaces(made, locked)).toEqual([]);
  expect(seen(await world.update(made, locked))).toMatchObject({ editable: true });
});

test("what is left out of a role stays as it was, and so do parts of its policy", async () => {
  const made = await world.make(types.role, "r", role());
  const { editable: _editable, policy: _policy, ...least } = role();
  expect(world.diff(made, least).changes.size).toBe(0);
  expect(world.diff(made, { ...least, policy: {} }).changes.size).toBe(0);
  expect([...world.diff(made, role("deny")).changes.keys()]).toEqual(["policy.services.sos.rules[0].action"]);
});

test("a role that cannot be edited keeps its policy", async () => {
  const made = await world.make(types.role, "r", role("allow", { editable: false }));
  await expect(world.update(made, role("deny", { editable: false }))).rejects.toThrow(/the role is not editable/);
});

test.each<[string, Properties, string]>([
  ["an action", role("permit"), "policy.services.sos.rules[0].action"],
  ["a strategy", role("allow", { policy: { defaultServiceStrategy: "ask" } }), "policy.defaultServiceStrategy"],
  ["a type of rules", role("allow", { policy: { services: { sos: { type: "some" } } } }), "policy.services.sos.type"],
])("%s that there is not is refused", (_, inputs, property) => {
  expect(world.check(types.role, inputs).map((problem) => problem.property)).toEqual([property]);
});
