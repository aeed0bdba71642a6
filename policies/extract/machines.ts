import type { Subject } from "../rule";
import { attached } from "./memo";
import { reading } from "./scan";
import { read, type Reading } from "./text";
import { at, entries, hasKey, isObject, type Value } from "./value";

/** Machines of clouds, with the property that says where each stands. */
const types: Readonly<Record<string, string>> = {
  "hcloud:index/server:Server": "location",
  "exoscale:index/computeInstance:ComputeInstance": "zone",
  "exoscale:index/instancePool:InstancePool": "zone",
};

/** True for types of machines whose user data a program writes. */
export const isMachine = (type: string): boolean => hasKey(types, type);

/** A machine of a stack, with everything that the stack tells it. */
export interface Machine {
  readonly name: string;
  readonly urn: string;
  readonly told: readonly Reading[];
}

const pool = "sovereign-uc:index:HostPool";

/** Commands that go to machines: each may be for any of them, since its address is known to the update only. */
const commands = /^command:(remote|local):/;

/**
 * Machines of a stack: those of clouds, and those of an inventory, which pools of ours show. What is told to one is its user data, the files that a pool of ours
 * has rendered for it, and every command of the stack.
 *
 * @param inputs resources as their programs gave them: providers keep a digest of user data only.
 */
export const machinesOf = (subjects: readonly Subject[], inputs: ReadonlyMap<string, Subject>): readonly Machine[] =>
  of(subjects)(inputs);

const of = attached((subjects: readonly Subject[]) =>
  attached((inputs: ReadonlyMap<string, Subject>): readonly Machine[] => machines(subjects, inputs)),
);

function machines(subjects: readonly Subject[], inputs: ReadonlyMap<string, Subject>): readonly Machine[] {
  const given = (subject: Subject): Subject => inputs.get(subject.urn) ?? subject;
  const rendered = new Map(subjects.filter(({ type }) => type === pool).flatMap(hostsOf));
  const common = subjects.filter(({ type }) => commands.test(type)).map((subject) => reading(given(subject)));
  const own = subjects.filter(({ type }) => isMachine(type));
  const named = new Set(own.map(({ name }) => name));
  return [
    ...own.map((subject) => ({
      name: subject.name,
      urn: subject.urn,
      told: [read(at(given(subject).properties, "userData")), ...(rendered.get(subject.name)?.told ?? []), ...common],
    })),
    ...[...rendered].filter(([name]) => !named.has(name)).map(([, host]) => host),
  ];
}

/** Hosts of a pool, by name, with the files that it has rendered. */
function hostsOf({ urn, properties }: Subject): readonly (readonly [name: string, host: Machine])[] {
  const common = files(at(properties, "renderedOnAll"));
  return entries(at(properties, "rendered")).map(([name, host]) => [
    name,
    { name, urn, told: [read([at(host, "userData"), ...common, ...files(at(host, "files"))])] },
  ]);
}

/** Files as their paths and contents, as they stand in cloud-config, too. */
const files = (value: Value): readonly Value[] =>
  isObject(value) ? entries(value).map(([path, content]) => ({ path, content })) : [];

/** Location of a machine: a site of Hetzner's has several data centres. */
export const placeOfMachine = ({ type, properties }: Subject): Value => {
  if (!hasKey(types, type)) return undefined;
  const place = at(properties, types[type] ?? "") ?? at(properties, "datacenter");
  return typeof place === "string" ? place.replace(/-dc\d+$/, "") : place;
};
