import { annotationWords } from "../facts/annotations";
import { type ChoiceFact, choices } from "../facts/choices";
import type { EntityId } from "../facts/entities";
import { lineWords, memberWords } from "../facts/keys";
import { imageWords, keyWords, programs } from "../facts/programs";
import type { Subject } from "../rule";
import { spokenLines } from "./comments";
import { commandsOf } from "./commands";
import { image } from "./images";
import { having } from "./keys";
import { manifestsIn } from "./manifests";
import { ofLeaf } from "./leaf";
import { remembering } from "./memo";
import { containers } from "./scan";
import type { Reading } from "./text";
import { at, entries, isList, isObject, items, unknown, type Value } from "./value";
import type { Chosen } from "./words";

const ours = "use a service of your own, or name its endpoint";
const place = (path: string): string => (path === "" ? "" : ` in ${path}`);
const chosen = (party: EntityId, what: string): Chosen => ({ what, party, action: ours });

/** True if a word is the one of a row; `*` at a row's end stands for any end. */
export const fits = (pattern: string, word: string): boolean =>
  pattern.endsWith("*") ? word.startsWith(pattern.slice(0, -1)) : word === pattern;

/** True if one of some keys leads elsewhere. What is not known may lead anywhere, so it counts. */
const isLed = (value: Value, keys: readonly string[]): boolean =>
  keys.some((key) => {
    const given = at(value, ...key.split("."));
    return given === unknown || (given !== undefined && given !== null && given !== "");
  });

/** Rows of a group and a kind, with the steps of their paths. */
const ofKind = remembering((name) => {
  const slash = name.lastIndexOf("/");
  const [group, kind] = [name.slice(0, slash), name.slice(slash + 1)];
  return choices
    .filter((row) => (row.group === "" ? "core" : row.group) === group && row.kinds?.includes(kind) !== false)
    .map((row) => ({ row, path: steps(row.path) }));
});

/** Any of the programs as a word: most texts name none. */
const anyProgram = new RegExp(
  `(^|[^\\w.-])(${programs.map(({ program }) => program.replace(/\./g, "\\.")).join("|")})["']?\\s`,
);

/** Services that objects, files, commands, images and variables choose by a word alone. */
export function choicesIn(subject: Subject, read: Reading): readonly Chosen[] {
  return [
    ...manifestsIn(subject, read).flatMap(({ group, kind, value, path }) => [
      ...ofKind(`${group}/${kind}`).flatMap(({ row, path: way }) => ofObject(row, way, kind, value, path)),
      ...annotated(value, path),
    ]),
    ...read.documents.flatMap(({ path, value }) => (hasMembers(value) ? members(value, "", path) : [])),
    ...read.texts.flatMap((leaf) => [...chosenIn(leaf), ...(starts(leaf) ? started(leaf.text, leaf.path, read) : [])]),
    ...containers(read).flatMap((container) => [
      ...imaged(container.image, container.environment, container.path),
      ...keyed(container.environment, container.path),
      ...started(container.command, container.path, read),
    ]),
  ];
}

/** Values at the end of a path, each with the object that holds it. Most paths end early in most objects. */
function ends(value: Value, path: readonly string[], i = 0): readonly (readonly [holder: Value, value: Value])[] {
  const step = path[i] ?? "";
  if (step === "*" && i < path.length - 1)
    return (isList(value) ? value : isObject(value) ? Object.values(value) : []).flatMap((item) =>
      ends(item, path, i + 1),
    );
  const next = at(value, step);
  if (next === undefined) return [];
  return i < path.length - 1 ? ends(next, path, i + 1) : [[value, next]];
}

/** Steps of a path. A key of an annotation has dots in it, so it is the last step whatever follows. */
const steps = (path: string): readonly string[] => {
  const [before = "", annotation] = path.split(/(?<=\.annotations)\.(?=.)/);
  return annotation === undefined ? path.split(".") : [...before.split("."), annotation];
};

function ofObject(
  row: ChoiceFact,
  way: readonly string[],
  kind: string,
  value: Value,
  path: string,
): readonly Chosen[] {
  const found = ends(value, way);
  if (found.length === 0) return [];
  const where = `${row.path} of a ${kind}${place(path)}`;
  return found.flatMap(([holder, end]) => {
    if (typeof end === "string")
      return fits(row.word, end) && !isLed(holder, row.led) ? [chosen(row.party, `"${end}" as ${where}`)] : [];
    return entries(end).flatMap(([key, below]) =>
      fits(row.word, key) && !isLed(below, row.led) ? [chosen(row.party, `${key} under ${where}`)] : [],
    );
  });
}

function annotated(value: Value, path: string): readonly Chosen[] {
  return entries(at(value, "metadata", "annotations")).flatMap(([key]) => {
    const row = ofAnnotation(key);
    return row === undefined ? [] : [chosen(row.party, `the annotation ${key}${place(path)}`)];
  });
}

const ofAnnotation = remembering((key) => annotationWords.find(({ prefix }) => key.startsWith(prefix)));

/** True if a store has the name of a bucket: charts list every kind of store that there is, with nothing in it. */
const holdsBucket = (store: Value): boolean =>
  entries(store).some(
    ([key, value]) => /bucket|container|account/i.test(key) && typeof value === "string" && value !== "",
  );

const under: ReadonlyMap<string, typeof memberWords> = new Map(
  memberWords.map(({ under: key }) => [key, memberWords.filter((row) => row.under === key)]),
);

const hasMembers = having((key) => under.has(key));

/** Type of a member by its own key: `otlp/keeper` is one of `otlp`. Exporters of OpenTelemetry's collector have names with underscores and without. */
const typeIn = (key: string, name: string): string => {
  const type = name.split("/")[0] ?? "";
  return key === "exporters" ? type.replace(/_/g, "") : type;
};

/** Members of lists and maps in configuration files, wherever the file has them. */
function members(value: Value, key: string, path: string): readonly Chosen[] {
  if (isList(value)) return value.flatMap((item) => members(item, key, path));
  if (!isObject(value)) return [];
  const rows = under.get(key) ?? [];
  const found = rows.flatMap(({ key: named, word, party, led }) => {
    if (named === "")
      return entries(value).flatMap(([name, item]) =>
        fits(word, typeIn(key, name)) &&
        (key !== "storage" || holdsBucket(item)) &&
        (isObject(item) || isList(item) || (typeof item === "string" && item !== "")) &&
        !(isList(item) ? items(item) : [item]).every((one) => isLed(one, led))
          ? [chosen(party, `${name} under ${key}${place(path)}`)]
          : [],
      );
    return [value, ...Object.values(value)].flatMap((item) => {
      const given = at(item, named);
      return typeof given === "string" &&
        fits(word, given.toLowerCase()) &&
        !isLed(item, led) &&
        !isLed(at(item, "config"), led)
        ? [chosen(party, `${given} under ${key}${place(path)}`)]
        : [];
    });
  });
  return [...found, ...entries(value).flatMap(([name, item]) => members(item, name, path))];
}

const lines = (text: string, path: string): readonly Chosen[] =>
  linesOf(text).map(({ party, hit }) => chosen(party, `"${hit}"${place(path)}`));

/** Lines of a text that choose somebody's service, with the party. */
const linesOf = remembering((text) => {
  // Words whose parts are put together stand in the lines only, and a comment leads nowhere.
  const spoken = spokenLines(text).filter((line) => line.length < 2000);
  const whole = spoken.join("\n");
  const lower = whole.toLowerCase();
  return lineWords.flatMap(({ word, led, pattern, party }) => {
    if (!lower.includes(word) || led?.test(whole) === true) return [];
    const hit = spoken.map((line) => pattern.exec(line)?.[0]).find((one) => one !== undefined);
    return hit === undefined ? [] : [{ party, hit: hit.trim() }];
  });
});

const chosenIn = ofLeaf(({ path, text }) => lines(text, path));
const starts = ofLeaf(({ text }) => startedBy(text).length > 0);

/** Programs that commands start. */
function started(text: string, path: string, { leaves }: Reading): readonly Chosen[] {
  const rows = startedBy(text);
  if (rows.length === 0) return [];
  // Variables of a container and files beside a script are texts of the same resource.
  const isSaid = (pattern: RegExp): boolean =>
    leaves.some((leaf) => pattern.test(leaf.text) || pattern.test(leaf.path));
  return rows
    .filter(({ setting }) => setting === undefined || !isSaid(setting))
    .map(({ party, program }) => chosen(party, `the program ${program}${place(path)}`));
}

const startedBy = remembering((text) =>
  anyProgram.test(spokenLines(text).join("\n"))
    ? commandsOf(text).flatMap(({ program, line }) =>
        programs.filter(
          (row) => row.program === program && row.when?.test(line) !== false && row.led?.test(line) !== true,
        ),
      )
    : [],
);

type Environment = ReadonlyMap<string, unknown>;

const isSet = (environment: Environment, keys: readonly string[]): boolean =>
  keys.some((key) => environment.has(key) && environment.get(key) !== "");

function imaged(reference: unknown, environment: Environment, path: string): readonly Chosen[] {
  if (typeof reference !== "string") return [];
  const { name, rows } = ofImage(reference);
  return rows
    .filter((row) => !isSet(environment, row.led))
    .map(({ party }) => chosen(party, `the program ${name}${place(path)}`));
}

const ofImage = remembering((reference) => {
  const name = image(reference)?.repository.split("/").at(-1) ?? "";
  return { name, rows: imageWords.filter((row) => fits(row.image, name)) };
});

function keyed(environment: Environment, path: string): readonly Chosen[] {
  return [...environment].flatMap(([name, value]) => {
    const row = ofVariable(name);
    if (row === undefined || value === "" || isSet(environment, row.led)) return [];
    if (typeof value === "string" && /^(0|false|no|off|disabled)$/i.test(value)) return [];
    return [chosen(row.party, `the variable ${name}${place(path)}`)];
  });
}

/** The row of a variable. */
const ofVariable = remembering((name) => keyWords.find(({ variable }) => fits(variable, name)));
