import * as pulumi from "@pulumi/pulumi";
import { invalid, validate } from "../components/core/errors";
import { type Generation, readGeneration } from "../components/infrastructure/secrets";

/** Kind of a value in a stack's configuration: text; data, given as JSON; a secret, which the command line does not take. */
export type ConfigKind = "text" | "data" | "secret";

/** Clouds that a stack can be in. */
export const cloudIds = ["hetzner", "exoscale", "metal"] as const;
export type CloudId = (typeof cloudIds)[number];

/** One key of a stack's configuration, and how it is read. */
export interface Key<T> {
  readonly kind: ConfigKind;
  /** The only cloud on which it means something. @default - every cloud */
  readonly cloud?: CloudId;
  /** True if another value makes another stack. @default false */
  readonly owned?: boolean;
  /** True if the stack cannot do without it. @default false */
  readonly required?: boolean;
  /** @throws RangeError, or an error of Pulumi's, when the value is missing or cannot be used. */
  readonly read: (config: pulumi.Config, name: string) => T;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;

/** The values of a table of keys. */
export type Values<K extends Keys> = { readonly [N in keyof K]: ReturnType<K[N]["read"]> };

type More = Pick<Key<unknown>, "cloud" | "owned">;

/** A text that has to be there. */
export const text = (more: More = {}): Key<string> => ({
  ...more,
  kind: "text",
  read: (config, name) => config.require(name),
});

/** A text that may be left out. */
export const optionalText = (more: More = {}): Key<string | undefined> => ({
  ...more,
  kind: "text",
  read: (config, name) => config.get(name),
});

/** One of a few words. The first is the default. */
export const oneWord = <W extends string>(words: readonly [W, ...W[]], what: string, more: More = {}): Key<W> => ({
  ...more,
  kind: "text",
  read: (config, name) => {
    const value = config.get(name) ?? words[0];
    const found = words.find((word) => word === value);
    if (found === undefined)
      throw invalid(words.map((word) => `"${word}"`).join(" or "), value, `set sovereign-uc:${name}: ${what}`);
    return found;
  },
});

/** A number that has to be there. */
export const number = (): Key<number> => ({ kind: "text", read: (config, name) => config.requireNumber(name) });

/** True or false. */
export const boolean = (otherwise: boolean): Key<boolean> => ({
  kind: "text",
  read: (config, name) => config.getBoolean(name) ?? otherwise,
});

/** A generation of secrets: `2`, or `["2", "1"]` for the present one and the one before. @default "1" */
export const generation = (): Key<Generation> => ({
  kind: "text",
  read: (config, name) => {
    const value = config.get(name) ?? "1";
    if (!value.startsWith("[")) return readGeneration(value);
    const [current = "", previous, ...more] = config.requireObject<readonly unknown[]>(name).map(String);
    if (previous === undefined || more.length > 0)
      throw invalid("a generation, or the present one and the one before", value, 'give one like 2, or ["2", "1"]');
    return readGeneration([current, previous]);
  },
});

/** Data that has to be there. Whoever takes it checks its shape. */
export const data = <T>(more: More = {}): Key<T> => ({
  ...more,
  kind: "data",
  read: (config, name) => config.requireObject<T>(name),
});

/** Data that may be left out. */
export const optionalData = <T>(more: More = {}): Key<T | undefined> => ({
  ...more,
  kind: "data",
  read: (config, name) => config.getObject<T>(name),
});

/** A secret that has to be there. */
export const secret = (more: More = {}): Key<pulumi.Output<string>> => ({
  ...more,
  kind: "secret",
  required: true,
  read: (config, name) => config.requireSecret(name),
});

/** A secret that may be left out. */
export const optionalSecret = (more: More = {}): Key<pulumi.Output<string> | undefined> => ({
  ...more,
  kind: "secret",
  read: (config, name) => config.getSecret(name),
});

/**
 * Reads every key of a table that means something on the cloud.
 *
 * @throws RangeError with every problem, one per line.
 */
export function readKeys<K extends Keys>(config: pulumi.Config, keys: K, cloud: CloudId): Values<K> {
  const read = Object.entries(keys)
    .filter(([, key]) => key.cloud === undefined || key.cloud === cloud)
    .map(([name, key]) => [name, () => asRange(() => key.read(config, name))] as const);
  return validate(Object.fromEntries(read)) as Values<K>;
}

/**
 * Made-up values for the secrets that a stack on simulated clouds cannot do without: nobody there looks at them, and they open nothing.
 *
 * @param keys tables of the stack's keys.
 */
export const madeUpSecrets = (keys: Keys, cloud: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(keys)
      .filter(([, key]) => key.kind === "secret" && key.required === true)
      .filter(([, key]) => key.cloud === undefined || key.cloud === cloud)
      .map(([name]) => [`sovereign-uc:${name}`, `made up for a rehearsal: ${name}`]),
  );

/** Pulumi's own errors for missing or malformed keys, as one problem among others. */
function asRange<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new RangeError((error as Error).message.split("\n")[0]);
  }
}
