import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components";
import { isolatedFrom } from "../support/arguments";
import { deploy } from "../support/mocks";

const { hetzner } = library;

type Component = new (name: string, args: never) => pulumi.ComponentResource;
const isComponent = (value: unknown): value is Component =>
  typeof value === "function" && value.prototype instanceof pulumi.ComponentResource;

/** Every component that the library exports: a new one is in this table by itself. */
const components = Object.fromEntries(
  Object.entries(library).flatMap(([kind, value]) => (isComponent(value) ? [[kind, value]] : [])),
);
const made = (kind: string, args: unknown): Promise<unknown> =>
  deploy(() => {
    const Component = components[kind];
    if (Component === undefined) throw new Error(`expected a component, got ${kind}`);
    void new Component("tools", args as never);
  });

describe.each(Object.keys(components))("%s from a program without types", (kind) => {
  test.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /^"tools": expected an object of arguments, got nothing; give one with \w+/],
    ["null", null, /^"tools": expected an object of arguments, got null; give one with \w+/],
    ["a text", "crisis", /^"tools": expected an object of arguments, got "crisis"; give one with \w+/],
    ["an output", pulumi.output({}), /^"tools": expected an object of arguments, got an output; .*config\.require$/],
  ])("says what it wants in place of %s", async (_, args, message) => {
    await expect(made(kind, args)).rejects.toThrow(message);
  });

  test("refuses every key that it does not know", async () => {
    await expect(made(kind, { colour: "red", Shape: "round" })).rejects.toThrow(
      /^"tools": colour: expected one of the arguments \w+[^\n]*, got "colour"; remove it\n"tools": Shape: expected one of/,
    );
  });
});

test("the table has all components", () => {
  expect(Object.keys(components).length).toBeGreaterThanOrEqual(25);
});

test.each([
  ["Namespace", "cluster"],
  ["Edge", "cluster"],
  ["Postgres", "on"],
  ["AdoptedPlatform", "cluster"],
  ["Workload", "namespace"],
  ["Workload", "tier"],
  ["Task", "namespace"],
  ["Task", "tier"],
  ["Policies", "namespace"],
  ["Valkey", "on"],
  ["Jitsi", "on"],
  ["Matrix", "on"],
  ["OpenVidu", "on"],
])("%s without its %s says so", async (kind, argument) => {
  await expect(made(kind, {})).rejects.toThrow(
    new RegExp(`^(.*\n)*"tools": ${argument}: expected an object, got nothing; give \\w+`),
  );
});

test.each([
  ["Workload", "replica", "replicas"],
  ["Workload", "namspace", "namespace"],
  ["Task", "scheduel", "schedule"],
  ["Namespace", "podsecurity", "podSecurity"],
  ["Postgres", "archve", "archive"],
  ["Matrix", "databaze", "database"],
  ["OpenVidu", "drainSecond", "drainSeconds"],
])("%s, given %s, names %s", async (kind, wrong, right) => {
  await expect(made(kind, { [wrong]: 1 })).rejects.toThrow(`got "${wrong}"; write ${right}, or remove it`);
});

test("a key that is nearly right is named", async () => {
  await expect(made("HostPool", { dataGiB: 20, joinz: 1 })).rejects.toThrow(
    /got "dataGiB"; write dataGib, or remove it\n.*got "joinz"; write joins, or remove it/,
  );
});

test.each<[string, object, string]>([
  ["range", { range: pulumi.output("10.20.0.0/24") }, "range"],
  ["location", { location: pulumi.output("fsn1") }, "location"],
  ["location that is a promise", { location: Promise.resolve("fsn1") }, "location"],
])("an output where a preview judges the %s says so, and what to use", async (_, changes, argument) => {
  await expect(made("Network", { cloud: hetzner(), location: "fsn1", isolatedFrom, ...changes })).rejects.toThrow(
    new RegExp(
      `"tools": ${argument}: expected .*, got an? (output|Promise); a preview judges this value, and an output is known only later: .* config\\.require`,
    ),
  );
});
