import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { invalid } from "../../../components/core/errors";
import type { StackFile } from "./options";

/** A configuration value as a stack file holds it: text, or data. */
export type ConfigValue = string | number | boolean | readonly unknown[] | { readonly [key: string]: unknown };

type Config = Readonly<Record<string, ConfigValue>>;

const pattern = /^Pulumi\.([a-z0-9-]+)\.yaml$/;

/** The stacks of a folder. @throws RangeError when a file cannot be read as a stack's. */
export function stackFiles(folder: string): readonly StackFile[] {
  return readdirSync(folder)
    .flatMap((file) => pattern.exec(file)?.[1] ?? [])
    .sort()
    .map((name) => {
      const config = stackConfig(folder, name);
      return {
        name,
        blueprint: String(config["sovereign-uc:blueprint"] ?? name.split("-")[0]),
        cloud: String(config["sovereign-uc:cloud"] ?? ""),
      };
    });
}

/** The configuration in a stack file. @throws RangeError when it is none. */
export function stackConfig(folder: string, name: string): Config {
  const path = join(folder, `Pulumi.${name}.yaml`);
  let read: unknown;
  try {
    read = parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw invalid(`a stack file in YAML at ${path}`, (error as Error).message.split("\n")[0], "correct the file");
  }
  const config: unknown = typeof read === "object" && read !== null && "config" in read ? read.config : undefined;
  if (typeof config !== "object" || config === null)
    throw invalid(`a stack file with "config" at ${path}`, read, "correct the file");
  return config as Config;
}

/** A stack's configuration with the overrides of one run, as Pulumi writes it into a stack file. */
export function configured(
  config: Config,
  set: Readonly<Record<string, string>>,
  isData: (key: string) => boolean,
): Config {
  const over = Object.entries(set).map(([key, value]): [string, ConfigValue] => [
    key,
    isData(key) ? (JSON.parse(value) as ConfigValue) : value,
  ]);
  return { ...config, ...Object.fromEntries(over) };
}
