import type { Program, SettingLine, SwitchFact, Test } from "../../policies/facts/switch";
import { commandLine } from "../../policies/facts/switch";
import type { Rule } from "../../policies/rule";
import { type Given, pod, text } from "./cases/case";
import { nested } from "./probe";
import { variants } from "./variants";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A question to a rule, as it stands in its golden file: the name of a form, and what fills it. */
export type Question = readonly [form: string, ...filling: readonly Json[]];

/** Questions about the rows of some tables, and the rule that answers them. */
export interface Asked {
  readonly rule: Rule;
  /** True where the party of a question is one that a profile accepts. @default nobody is accepted, so that every row says whose it is */
  readonly accepting?: true;
  readonly questions: readonly Question[];
}

type Settings = Readonly<Record<string, Json>>;

const registry = "registry.crisis.example.ch";

const environment = (variables: Settings): readonly object[] =>
  Object.entries(variables).map(([name, value]) => ({ name, value }));

/** A machine that tells nobody what it records, as far as the words allow. */
const machine = (userData: Json): Given => ({
  type: "hcloud:index/server:Server",
  props: { serverType: "cpx22", location: "fsn1", userData },
});

const object = (kind: string, props: Readonly<Record<string, unknown>>, name = "it"): Given => ({
  type: `kubernetes:${kind}`,
  name,
  props,
});

/** Resources of a form. */
const forms: Readonly<Record<string, (...filling: readonly Json[]) => readonly Given[]>> = {
  /** A text in a file, with a line before it that means nothing. */
  lines: (...lines) => [text(["a b", ...lines, ""].join("\n"))],
  /** A file that is data. */
  file: (value) => [text(JSON.stringify(value))],
  /** A variable of a container. */
  variable: (name, value) => [pod({ env: [{ name, value }] })],
  /** A container of an image with its variables, and the words of its command line. */
  image: (image, variables = {}, args = []) => [
    pod({ image: `${registry}/${String(image)}`, env: environment(variables as Settings), args }),
  ],
  /** A resource of a type with its inputs, and others beside it. */
  inputs: (type, props, ...others) => [
    { type: String(type), props: props as Settings },
    ...others.map((one, i) => {
      const [of, inputs] = one as readonly [string, Settings];
      return { type: of, name: `other${i}`, props: inputs };
    }),
  ],
  machine: (...lines) => [machine(["#!/bin/sh", ...lines, ""].join("\n"))],
  "cloud-config": (...lines) => [machine(["#cloud-config", ...lines, ""].join("\n"))],
  /** A machine beside an empty volume. */
  volume: (...lines) => [
    machine(["#!/bin/sh", ...lines, ""].join("\n")),
    { type: "hcloud:index/volume:Volume", name: "data", props: { size: 10 } },
  ],
  /** A machine beside a program on every node. */
  "machine with": (image) => [
    machine(""),
    object("apps/v1:DaemonSet", {
      spec: { template: { spec: { containers: [{ name: "a", image: `${registry}/a/${String(image)}:1` }] } } },
    }),
  ],
  /** A cluster that runs an image of somebody else's, and an object about its signatures. */
  "policy on": (type, spec) => [
    pod({ image: "codeberg.org/a/b:1" }),
    object(String(type), { metadata: { name: "other" }, spec }, "other"),
  ],
};

export const resources = ([form, ...filling]: Question): readonly Given[] => {
  const make = forms[form];
  if (make === undefined) throw new Error(`expected one of ${Object.keys(forms).join(", ")}, got ${form}`);
  return make(...filling);
};

/** Lines of files that are no data. */
export const ofLines = (rows: readonly Pick<SettingLine, "pattern">[]): readonly Question[] =>
  rows.flatMap(({ pattern }) => variants(pattern).map((line): Question => ["lines", ...line.split("\n")]));

/** The plainest text of a pattern. */
export const plainest = (pattern: RegExp): string => variants(pattern).find((text) => pattern.test(text)) ?? "";

/** Values with which a setting can be tested. Nothing stands for one that is not there. */
function values(test: Test): readonly (Json | undefined)[] {
  const usual = [undefined, "", true, false, "no", "a"];
  if (test instanceof RegExp) return [...usual, ...variants(test)];
  if (test === "not named") return [...usual, [], ["*"], ["other.example.ch"]];
  return typeof test === "string" ? usual : [...usual, ...test, ...test.map((word) => word.toUpperCase())];
}

/** A value that passes a test; nothing where none has to be there. */
function fitting(test: Test): Json | undefined {
  if (test instanceof RegExp) return plainest(test);
  if (test === "not on" || test === "empty" || test === "not named") return undefined;
  if (test === "off") return false;
  return typeof test === "string" ? true : test[0];
}

/** Images of a program, each under its folders and under none. */
const imagesOf = ({ images = [], folders = [], tags }: Program): readonly string[] => {
  const named = images.flatMap((image) => [`a/${image}`, ...folders.map((folder) => `${folder}/${image}`)]);
  return named.flatMap((name) =>
    tags === undefined ? [`${name}:1`] : ["1", ...variants(tags)].map((tag) => `${name}:${tag.replace(/^-/, "v-")}`),
  );
};

/** A setting at the end of its path, beside others; `*` is a list with one member. */
function set(given: ReadonlyMap<string, Json>): Settings {
  let made: Settings = {};
  for (const [path, value] of given) made = merged(made, nested(path.split("."), value) as Settings);
  return made;
}

function merged(one: Settings, other: Settings): Settings {
  const isPart = (value: Json | undefined): value is Settings =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  return Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => {
      const [first, second] = [one[key], other[key]];
      return [key, isPart(first) && isPart(second) ? merged(first, second) : (second ?? first ?? null)];
    }),
  );
}

const having = (pairs: readonly (readonly [string, Json | undefined])[]): ReadonlyMap<string, Json> =>
  new Map(pairs.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));

/** A program with the same settings, in each way in which a stack can have it. */
function ways({ program }: SwitchFact, given: ReadonlyMap<string, Json>): readonly Question[] {
  const { [commandLine]: command, ...variables } = Object.fromEntries(given);
  const words = command === undefined ? [] : [String(command as string)];
  return [
    ...imagesOf(program).map((image): Question => ["image", image, variables, words]),
    ...(program.files ?? []).map((keys): Question => [
      "file",
      merged(Object.fromEntries(keys.map((key) => [key, key === "realm" ? "a" : { a: 1 }])), set(given)),
    ]),
    ...(program.types ?? []).map((type): Question => ["inputs", type, set(given)]),
  ];
}

/** Each value of each setting, and each value of each setting beside it while it is refused itself. */
export const ofSwitches = (rows: readonly SwitchFact[]): readonly Question[] =>
  rows.flatMap((row) => {
    const path = row.path.join(".");
    const beside = Object.entries(row.where ?? {});
    const usual = beside.map(([key, test]) => [key, fitting(test)] as const);
    const refused = row.absent === "refused" ? undefined : fitting(row.refused);
    return [
      ...values(row.refused).flatMap((value) => ways(row, having([...usual, [path, value]]))),
      ...beside.flatMap(([key, test]) =>
        values(test).flatMap((value) => ways(row, having([[path, refused], ...usual, [key, value]]))),
      ),
    ];
  });

/** Names of settings of any program, switched on and off. */
export const ofNames = (rows: readonly { readonly name: RegExp }[]): readonly Question[] =>
  rows.flatMap(({ name }) =>
    variants(name).flatMap((one) => [true, false].map((value): Question => ["file", { [one]: value }])),
  );

export const each = (form: string, ...words: readonly Json[]): readonly Question[] =>
  words.map((word): Question => [form, word]);
