import { commandLine, type Program, type SettingLine, type SwitchFact, type Test } from "../facts/switch";
import type { Deferred, Finding, Item, Subject, Undetermined, Verdict } from "../rule";
import { readableLines } from "./comments";
import type { Container } from "./containers";
import { filesOf } from "./files";
import { type Environment, judgeResolved } from "./environments";
import { image } from "./images";
import { attached, remembering } from "./memo";
import { containers, partial, place, reading } from "./scan";
import { isProvider, kindOf } from "./subject";
import { inLeaves, type Leaf, ofLeafUnder } from "./leaf";
import type { Reading } from "./text";
import { at, isList, isObject, isOn, items, unknown, type Value } from "./value";

/** Settings that a rule judges, with the words of its messages. */
export interface Switches {
  readonly rows: readonly SwitchFact[];
  /** @default none */
  readonly lines?: readonly SettingLine[];
  /** State that is allowed, as it stands in a message. */
  readonly allowed: string;
}

/** Items that a rule found by itself, with a mark for a resource that is about it at all. */
export interface Found {
  readonly items: readonly Item[];
  readonly related: boolean;
}

export const nothing: Found = { items: [], related: false };

/** Several of them together. Most resources have nothing of what most rules look for. */
export function all(...parts: readonly Found[]): Found {
  const found = parts.filter((one) => one.related || one.items.length > 0);
  const [first = nothing, ...more] = found;
  if (more.length === 0) return first;
  return { items: found.flatMap(({ items: some }) => some), related: found.some(({ related }) => related) };
}

/**
 * Judges the settings of programs that a resource has. A resource that has none of them: the rule is unrelated, unless a part of it is not known, or was not read.
 */
export function judgeSwitches(
  subject: Subject,
  switches: Switches,
  more: (read: Reading) => Found = () => nothing,
): Verdict {
  const read = reading(subject);
  const { items: found, related } = all(
    ofInputs(subject, switches),
    ofContainers(subject, read, switches),
    ofFiles(read, switches),
    ofLines(read, switches),
    more(read),
  );
  if (!related && found.length === 0 && !read.partial && read.unread.length === 0) return undefined;
  const open: readonly Undetermined[] = [
    ...(read.partial && !isProvider(subject) ? [partial] : []),
    ...read.unread.map((what) => ({
      undetermined: `${what}, which no rule reads`,
      action: "split it, or give it unpacked",
    })),
  ];
  return related || found.length + open.length > 0 ? [...unique(found), ...open] : undefined;
}

/** The same for containers whose variables come from other objects of the stack. */
export const judgeSourced = (subjects: readonly Subject[], switches: Switches): Verdict =>
  sourced(
    subjects.filter(serves),
    ({ image: reference, path }) => !path.includes("initContainers") && rowsOf(switches.rows).of(reference).length > 0,
    (container, environment) => ofContainer(container, environment, switches),
  );

/** Judges such containers where a rule is about one at all. */
export function sourced(
  subjects: readonly Subject[],
  isAbout: (container: Container, environment: Environment) => boolean,
  judged: (container: Container, environment: Environment) => readonly Item[],
): Verdict {
  let related = false;
  const verdict = judgeResolved(subjects, (container, environment) => {
    if (!isAbout(container, environment)) return [];
    related = true;
    return judged(container, environment);
  });
  return related ? verdict : undefined;
}

/** Tasks end, and nobody signs in to one. */
const serves = ({ type }: Subject): boolean => !/^(Job|CronJob)(List|Patch)?$/.test(kindOf(type)?.kind ?? "");

function unique(found: readonly Item[]): readonly Item[] {
  return [...new Map(found.map((item) => [JSON.stringify(item), item])).values()];
}

type Given = (path: readonly string[]) => Value;

const ofInputs = ({ type, properties }: Subject, { rows, allowed }: Switches): Found => {
  const own = rowsOf(rows).types.get(type);
  if (own === undefined) return nothing;
  return {
    related: own.length > 0,
    items: own.flatMap((row) =>
      ends(row.path, properties).flatMap((value) => judge(row, value, (path) => at(properties, ...path), "", allowed)),
    ),
  };
};

function ofContainers(subject: Subject, read: Reading, switches: Switches): Found {
  if (switches.rows.length === 0 || containers(read).length === 0 || !serves(subject)) return nothing;
  const found = containers(read)
    .filter(({ path }) => !path.includes("initContainers"))
    .map((container): Found => {
      const related = rowsOf(switches.rows).of(container.image).length > 0;
      return { related, items: related ? ofContainer(container, undefined, switches) : [] };
    });
  return all(...found);
}

/**
 * @param resolved variables from the objects that the container names, once they are known: until then what is not set may be set there.
 */
function ofContainer(
  container: Container,
  resolved: Environment | undefined,
  { rows, allowed }: Switches,
): readonly (Finding | Undetermined | Deferred)[] {
  const environment = new Map([...(resolved ?? []), ...container.environment]);
  const given: Given = ([name = ""]) => (name === commandLine ? container.command : environment.get(name));
  const open = container.sources.length > 0 && resolved === undefined;
  return rowsOf(rows)
    .of(container.image)
    .flatMap((row): readonly (Finding | Undetermined | Deferred)[] => {
      const asked = [row.path[0], ...Object.keys(row.where ?? {})];
      if (open && asked.some((name) => given([name]) === undefined))
        return [{ deferred: `the environment of ${container.path} comes from another object` }];
      return judge(row, given(row.path), given, container.path, allowed);
    });
}

function ofFiles(read: Reading, { rows, allowed }: Switches): Found {
  const { files } = rowsOf(rows);
  if (files.length === 0) return nothing;
  const having = filesOf(read);
  const found = files.flatMap(([keys, own]) =>
    having(keys).map(({ path, value }): Found => ({
      related: true,
      items: own.flatMap((row) =>
        ends(row.path, value).flatMap((end) => judge(row, end, (steps) => at(value, ...steps), path, allowed)),
      ),
    })),
  );
  return all(...found);
}

/** One row on one value: nothing, a finding, or what cannot be judged. */
function judge(
  row: SwitchFact,
  value: Value,
  given: Given,
  path: string,
  allowed: string,
): readonly (Finding | Undetermined)[] {
  const others = Object.entries(row.where ?? {}).map(([key, test]) => holds(test, known(given(key.split(".")))));
  if (others.includes(false)) return [];
  const setting = known(value);
  const isAbsent = setting === undefined || setting === null || setting === "";
  const here = isAbsent ? row.absent === "refused" : holds(row.refused, setting);
  if (here === false) return [];
  const what = `${row.path.join(".")} of ${row.program.name}${place(path)}`;
  if (here === "not known" || others.includes("not known"))
    return [
      {
        undetermined: `${what}, or a setting beside it, whose value is not here`,
        action: "write the value as plain text",
      },
    ];
  return [{ found: `${what} ${isAbsent ? "not set" : "as it is set"}: ${row.otherwise}`, allowed, action: row.action }];
}

type Holds = boolean | "not known";

/** A value; one that a template or a shell puts in later is not known. */
const known = (value: Value): Value =>
  typeof value === "string" && /\$[({A-Za-z_]|\{\{/.test(value) ? unknown : value;

function holds(test: Test, value: Value): Holds {
  // What stands in another object is there, whatever it is.
  if (test === "filled") return value === unknown || !isEmpty(value);
  if (value === unknown) return "not known";
  if (test === "empty") return isEmpty(value);
  if (test === "on") return isOn(value);
  if (test === "not on") return !isOn(value);
  if (test === "off") return isOff(value);
  if (test === "not named") return unnamed(value);
  if (test instanceof RegExp) return (typeof value === "string" || typeof value === "number") && test.test(`${value}`);
  return (
    ["string", "number", "boolean"].includes(typeof value) &&
    test.includes(
      String(value as string)
        .trim()
        .toLowerCase(),
    )
  );
}

const isEmpty = (value: Value): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  (isList(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);

const isOff = (value: Value): boolean =>
  value === false ||
  value === 0 ||
  (typeof value === "string" && ["0", "false", "no", "off"].includes(value.trim().toLowerCase()));

function unnamed(value: Value): Holds {
  if (!isList(value)) return true;
  const names = value.filter((item) => item !== unknown);
  const isName = (item: Value): boolean => typeof item === "string" && /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/i.test(item);
  if (!names.every(isName)) return true;
  return names.length < value.length ? "not known" : false;
}

/** Values at the end of a path; `*` stands for each member of a list. */
function ends([step, ...rest]: readonly string[], value: Value): readonly Value[] {
  if (step === undefined) return [value];
  return step === "*" ? items(value).flatMap((item) => ends(rest, item)) : ends(rest, at(value, step));
}

/** Rows by where they are looked for. */
const rowsOf = attached((rows: readonly SwitchFact[]) => {
  const types = new Map<string, readonly SwitchFact[]>();
  const files = new Map<readonly string[], readonly SwitchFact[]>();
  for (const row of rows) {
    for (const type of row.program.types ?? []) types.set(type, [...(types.get(type) ?? []), row]);
    for (const keys of row.program.files ?? []) files.set(keys, [...(files.get(keys) ?? []), row]);
  }
  const of = remembering((reference) => rows.filter(({ program }) => isImageOf(program, reference)));
  return {
    types,
    files: [...files],
    of: (reference: Container["image"]): readonly SwitchFact[] => (typeof reference === "string" ? of(reference) : []),
  };
});

/** True if a reference is one of a program's images. A mirror may keep the folder in the image's name: `jitsi-prosody` is `jitsi/prosody`. */
export function isImageOf({ images = [], folders, tags }: Program, reference: string): boolean {
  const parts = image(reference)?.repository.toLowerCase().split("/") ?? [];
  const [above, last = ""] = [parts.slice(0, -1), parts[parts.length - 1]];
  const prefix = folders?.find((word) => last.startsWith(`${word}-`));
  const name = (prefix === undefined ? last : last.slice(prefix.length + 1)).replace(/^(docker|meet)-/, "");
  const tag = /:([\w.-]+)$/.exec(reference.split("@")[0]?.split("/").pop() ?? "")?.[1];
  return (
    images.includes(name) &&
    (folders === undefined ||
      prefix !== undefined ||
      above.some((part) => folders.some((word) => part.includes(word)))) &&
    (tags === undefined || tag === undefined || tags.test(tag))
  );
}

function ofLines({ leaves }: Reading, { lines = [], allowed }: Switches): Found {
  if (lines.length === 0) return nothing;
  const ofLeaf = saidIn(lines);
  const found = inLeaves(leaves, (leaf) => ofLeaf(leaf, allowed));
  return found.length === 0 ? nothing : { items: found, related: true };
}

const said = ({ path, text }: Leaf, lines: readonly SettingLine[], allowed: string): readonly Finding[] =>
  linesOf(lines)(text).map(({ what, action }) => ({ found: `${what}${place(path)}`, allowed, action }));

const saidIn = attached((lines: readonly SettingLine[]) =>
  ofLeafUnder((leaf, allowed: string) => said(leaf, lines, allowed)),
);

/** Rows whose pattern a line of a text fits. */
const linesOf = attached((lines: readonly SettingLine[]) =>
  remembering((text): readonly SettingLine[] => {
    const lower = text.toLowerCase();
    const rows = lines.filter(({ word }) => lower.includes(word));
    if (rows.length === 0) return [];
    const spoken = readableLines(text);
    return rows.filter(({ pattern }) => spoken.some((line) => pattern.test(line)));
  }),
);
