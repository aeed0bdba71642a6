import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Properties, Secret, Unknown } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { seen, types, World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const result = async (type: string, inputs: Properties): Promise<unknown> =>
  seen(await world.make(type, "r", inputs))["result"];

describe("random texts", () => {
  const cases: readonly (readonly [string, Properties, RegExp])[] = [
    ["as long as asked", { length: 40 }, /^.{40}$/],
    ["without special characters", { length: 64, special: false }, /^[A-Za-z0-9]{64}$/],
    [
      "with the special characters asked for",
      { length: 64, upper: false, lower: false, numeric: false, overrideSpecial: "-_" },
      /^[-_]{64}$/,
    ],
    [
      "with the minima asked for",
      { length: 6, minUpper: 2, minLower: 2, minNumeric: 2 },
      /^(?=(.*[A-Z]){2})(?=(.*[a-z]){2})(?=(.*\d){2}).{6}$/,
    ],
    ["without digits in either spelling", { length: 64, number: false }, /^\D{64}$/],
  ];
  test.each(cases)("are %s", async (_, inputs, form) => {
    expect(await result(types.password, inputs)).toMatch(form);
  });

  test("differ every time", async () => {
    const [one, two] = await Promise.all([
      result(types.password, { length: 20 }),
      result(types.password, { length: 20 }),
    ]);
    expect(one).not.toBe(two);
  });

  const refused: readonly (readonly [string, Properties, string])[] = [
    ["without length", { length: 0 }, "length"],
    ["shorter than their minima", { length: 3, minUpper: 2, minLower: 2 }, "length"],
    ["of no characters", { length: 3, upper: false, lower: false, numeric: false, special: false }, "special"],
  ];
  test.each(refused)("are refused %s", (_, inputs, property) => {
    expect(world.check(types.password, inputs).map((problem) => problem.property)).toContain(property);
  });
});

describe("random values", () => {
  test("passwords are secret, and never in the file", async () => {
    const made = await world.make(types.password, "p", { length: 32 });
    expect([made.state["result"], made.state["bcryptHash"]]).toEqual([expect.any(Secret), expect.any(Secret)]);
    const file = readFileSync(join(world.folder, "random.json"), "utf8");
    expect(file).not.toContain(JSON.stringify(seen(made)["result"]));
    expect((await world.read(made)).properties).toEqual(made.state);
  });

  test("two of a kind are two objects, also where their values are equal", async () => {
    const integer = "random:index/randomInteger:RandomInteger";
    const passwords = [
      await world.make(types.password, "a", { length: 20 }),
      await world.make(types.password, "b", { length: 30 }),
    ];
    const integers = [
      await world.make(integer, "a", { min: 1, max: 1 }),
      await world.make(integer, "b", { min: 1, max: 1 }),
    ];
    for (const made of [...passwords, ...integers]) expect((await world.read(made)).properties).toEqual(made.state);
  });

  test("ids have one value in four forms", async () => {
    const state = seen(await world.make("random:index/randomId:RandomId", "i", { byteLength: 8 }));
    const hex = String(state["hex"]);
    expect(hex).toMatch(/^[0-9a-f]{16}$/);
    expect(state["dec"]).toBe(BigInt(`0x${hex}`).toString());
    expect(state["b64Std"]).toBe(Buffer.from(hex, "hex").toString("base64"));
  });

  test("numbers lie in their range", async () => {
    const type = "random:index/randomInteger:RandomInteger";
    for (let i = 0; i < 20; i++) expect([3, 4]).toContain(await result(type, { min: 3, max: 4 }));
    expect(world.check(type, { min: 4, max: 3 }).map(({ property }) => property)).toEqual(["max"]);
  });

  test("bytes and UUIDs have their form", async () => {
    const bytes = seen(await world.make("random:index/randomBytes:RandomBytes", "b", { length: 16 }));
    expect(Buffer.from(String(bytes["base64"]), "base64").toString("hex")).toBe(bytes["hex"]);
    expect(await result("random:index/randomUuid:RandomUuid", {})).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("bytes have their value as their id, in clear: nothing secret may be made of them", async () => {
    const made = await world.make("random:index/randomBytes:RandomBytes", "b", { length: 32 });
    expect(made.id).toBe(seen(made)["base64"]);
  });

  test("everything is replaced when it changes, and unknown at preview", async () => {
    const made = await world.make(types.password, "p", { length: 32 });
    expect(world.replaces(made, { length: 33 })).toEqual(["length"]);
    expect(world.replaces(made, { length: 32, keepers: { a: "b" } })).toEqual(["keepers"]);
    expect((await world.preview(types.password, "p", { length: 32 }))["result"]).toBe(Unknown.value);
  });
});
