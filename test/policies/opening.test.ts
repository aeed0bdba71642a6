import {
  collect,
  everything,
  holdsUnknown,
  type Opening,
  portNumber,
  portText,
  shown,
} from "../../policies/extract/opening";
import { plain, unknown, type Value } from "../../policies/extract/value";

const opening: Opening = {
  what: "a",
  direction: "in",
  protocol: "tcp",
  first: 1,
  last: 2,
  peers: [],
  except: [],
  inside: false,
};

/** A list of values of any kind. */
const values = (...list: readonly Value[]): readonly Value[] => list;

test("a port is a number, digits, or a name that everybody gives to it", () => {
  expect([25, "25", "65535", "LDAP", "smtp"].map((port) => portNumber(port))).toEqual([25, 25, 65535, 389, 25]);
  expect(
    values("255555", "x25", "25x", "", "nothing", null, true, unknown, [25]).map((port) => portNumber(port)),
  ).toEqual(Array.from({ length: 9 }, () => undefined));
});

test("ports are one, or a range; anything else is all of them", () => {
  const all = [everything.first, everything.last];
  expect(
    values(
      25,
      "25",
      "ldap",
      "20-30",
      " 20 - 30 ",
      "any",
      "",
      "-30",
      "20-",
      "20-30-40",
      "x20-30",
      "20-30x",
      "255555",
      "1.5",
      null,
      unknown,
      undefined,
    ).map((port) => {
      const { first, last } = portText(port);
      return [first, last];
    }),
  ).toEqual([
    [25, 25],
    [25, 25],
    [389, 389],
    [20, 30],
    [20, 30],
    all,
    all,
    all,
    all,
    all,
    all,
    all,
    all,
    all,
    all,
    all,
    all,
  ]);
  expect(all).toEqual([1, 65535]);
});

test("a port in a message is as it was written, or every one", () => {
  expect(values(25, "ldap", "", null, undefined, unknown, [25]).map((port) => shown(port))).toEqual([
    "25",
    "ldap",
    "",
    "every port",
    "every port",
    "every port",
    "every port",
  ]);
});

test("an unknown is found at any depth", () => {
  const open = values(unknown, plain([1, [{ a: "[secret]" }]]), plain({ a: 1, b: "[secret]" }));
  expect(open.map((value) => holdsUnknown(value))).toEqual([true, true, true]);
  expect(
    values(null, undefined, "a", 1, [], {}, plain([{ a: [null, 1] }])).map((value) => holdsUnknown(value)),
  ).toEqual(Array.from({ length: 7 }, () => false));
});

test("members that are known are read with their place, and an unknown makes it partial", () => {
  const seen: unknown[] = [];
  const read = (item: Value, i: number): readonly Opening[] => {
    seen.push([item, i]);
    return [opening];
  };
  expect(collect(plain([1, "[secret]", { a: "[secret]" }]), read)).toEqual({
    openings: [opening, opening],
    partial: true,
  });
  expect(seen).toEqual([
    [1, 0],
    [{ a: unknown }, 2],
  ]);
  expect(collect(plain([1]), read)).toEqual({ openings: [opening], partial: false });
  expect(collect(unknown, read)).toEqual({ openings: [], partial: true });
  expect(collect("a", read)).toEqual({ openings: [], partial: false });
});
