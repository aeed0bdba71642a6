import type { NamedSwitch } from "../facts/transcription";
import type { Finding, Undetermined } from "../rule";
import { containersIn } from "./containers";
import { having } from "./keys";
import { attached, remembering } from "./memo";
import { containers, place } from "./scan";
import { type Found, nothing } from "./switches";
import type { Reading } from "./text";
import { entries, isList, isObject, isOn, unknown, type Value } from "./value";

/** Name of a setting in one spelling: `app.autoTranscribe` is `app_auto_transcribe`. */
export const plainName = remembering((name): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, ""),
);

/** Switches of any program that are refused by what their names say: variables of containers, and keys of data. */
export function namedSwitches(read: Reading, rows: readonly NamedSwitch[], allowed: string): Found {
  const found = settings(read, rows).flatMap(({ name, path, value, row }): readonly (Finding | Undetermined)[] => {
    if (value === unknown || (typeof value === "string" && /\$[({A-Za-z_]|\{\{/.test(value)))
      return [
        { undetermined: `${name}${place(path)}, whose value is not here`, action: "write the value as plain text" },
      ];
    const refused = row.refused === "on" ? isOn(value) : isOff(value);
    return refused ? [{ found: `${name}${place(path)}, ${row.what}`, allowed, action: row.action }] : [];
  });
  return found.length === 0 ? nothing : { items: found, related: true };
}

const isOff = (value: Value): boolean =>
  value === false ||
  value === 0 ||
  (typeof value === "string" && ["0", "false", "no", "off"].includes(value.toLowerCase()));

interface Setting {
  readonly name: string;
  readonly path: string;
  readonly value: Value;
  readonly row: NamedSwitch;
}

const rowOf = attached((rows: readonly NamedSwitch[]) =>
  remembering((name) => (name.length > 120 ? undefined : rows.find((row) => row.name.test(plainName(name))))),
);

const mayHold = attached((rows: readonly NamedSwitch[]) => having((key) => rowOf(rows)(key) !== undefined));

function settings(read: Reading, rows: readonly NamedSwitch[]): readonly Setting[] {
  const found: Setting[] = [];
  const add = (name: string, path: string, value: Value): void => {
    const row = rowOf(rows)(name);
    if (row !== undefined && !isList(value) && !isObject(value)) found.push({ name, path, value, row });
  };
  for (const { path, environment } of containers(read)) for (const [name, value] of environment) add(name, path, value);
  const walk = (value: Value, path: string): void => {
    if (isList(value)) return value.forEach((item) => walk(item, path));
    for (const [name, item] of entries(value)) {
      add(name, path, item);
      walk(item, path);
    }
  };
  for (const { path, value } of read.documents)
    if (mayHold(rows)(value) && containersIn(value).length === 0) walk(value, path);
  return found;
}
