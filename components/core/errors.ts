import * as pulumi from "@pulumi/pulumi";

/** Parsers of a component's arguments: each returns the parsed value or throws a `RangeError` with a sentence. */
export type Parsers = Readonly<Record<string, () => unknown>>;

/** Results of a set of parsers. */
export type Parsed<P extends Parsers> = { readonly [K in keyof P]: ReturnType<P[K]> };

/**
 * Runs every parser and reports all problems at once, so that all arguments can be corrected in one go.
 *
 * @throws pulumi.ResourceError bound to the component, without a stack: one line `argument: expected …, got …; do …` per problem.
 */
export function validateArgs<P extends Parsers>(resource: pulumi.Resource, name: string, parsers: P): Parsed<P> {
  try {
    return validate(parsers);
  } catch (error) {
    throw error instanceof RangeError ? new pulumi.ResourceError(`"${name}": ${error.message}`, resource, true) : error;
  }
}

/**
 * The same for values that belong to no component (a cloud, a configuration file).
 *
 * @throws RangeError with every problem on a line of its own.
 */
export function validate<P extends Parsers>(parsers: P): Parsed<P> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [argument, parse] of Object.entries(parsers)) {
    try {
      values[argument] = parse();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(...error.message.split("\n").map((line) => `${argument}: ${line}`));
    }
  }
  if (problems.length > 0) throw new RangeError(problems.join("\n"));
  return values as Parsed<P>;
}

/** Result of a parser for other checks; undefined if it refuses, which is reported under its own argument. */
export function tryParse<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

/** A problem in the form that every message has: what was expected, what came, what to do. */
export function invalid(expected: string, got: unknown, advice: string): RangeError {
  const late = pulumi.Output.isInstance(got) || got instanceof Promise;
  return new RangeError(`expected ${expected}, got ${shown(got)}; ${late ? lateAdvice : advice}`);
}

/** An output is known only after a preview, which has to judge the value. */
const lateAdvice =
  "a preview judges this value, and an output is known only later: give it plain, from the stack's configuration with config.require";

/** Marks the table of every item of a list, and of every value of a record. */
const everyItem = Symbol("every item");

/** Table of a list or a record: each item has the keys of `[everyItem]`. */
interface Each<Table> {
  readonly [everyItem]: Table;
}

/** The table of a list of objects, or of objects by names of the importer's. */
export const each = <Table>(table: Table): Each<Table> => ({ [everyItem]: table });

/** Marks the tables of objects that are told apart by their `kind`. */
const everyKind = Symbol("every kind");

/** Tables by kind: an object has the keys of its own kind alone. */
interface ByKind<Tables> {
  readonly [everyKind]: Tables;
}

/** The tables of objects that are told apart by their `kind`: one for each kind. */
export const byKind = <Tables>(tables: Tables): ByKind<Tables> => ({ [everyKind]: tables });

type Never<T> = [T] extends [never] ? true : false;
type HasMethod<T> = true extends { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? true : false }[keyof T]
  ? true
  : false;

/** The objects and lists of a type that an importer writes: no text, no output, no resource, and nothing that has methods. */
type Written<T> = unknown extends T
  ? never
  : T extends string | number | boolean | bigint | symbol | null | undefined | ((...args: never[]) => unknown)
    ? never
    : T extends pulumi.Output<unknown> | PromiseLike<unknown> | pulumi.Resource
      ? never
      : T extends readonly unknown[]
        ? T
        : HasMethod<T> extends true
          ? never
          : T;

type KindOf<T> = T extends { readonly kind: infer Kind extends string } ? Kind : never;
/** True for several types that are told apart by their `kind`: each has one of its own. */
type HasKinds<T, Kind extends string = KindOf<T>> = [T] extends [{ readonly kind: string }]
  ? Never<
      Kind extends unknown
        ? true extends Never<Extract<T, { readonly kind: Kind }>> | Never<Exclude<T, { readonly kind: Kind }>>
          ? Kind
          : never
        : never
    >
  : false;

type KeyOf<T> = T extends unknown ? keyof T : never;
type At<T, K> = T extends unknown ? (K extends keyof T ? T[K] : never) : never;
type Items<T> = Table<T> extends true ? true : Each<Table<T>>;
type Inside<T> = [T] extends [readonly (infer Item)[]]
  ? Items<Item>
  : string extends KeyOf<T>
    ? Items<At<T, string>>
    : HasKinds<T> extends true
      ? KeysByKind<T> | "elsewhere"
      : Keys<T> | "elsewhere";
type Table<T> = Never<Written<T>> extends true ? true : Inside<Written<T>>;

/**
 * Every key of an object that an importer writes, and the tables of the objects in it. The compiler refuses a table that has one key too few or one too many, and
 * `true` where an object of its own follows. `"elsewhere"` stands for an object whose keys are checked elsewhere: our functions and components make it, or its parser
 * refuses keys itself.
 */
export type Keys<T> = { readonly [K in KeyOf<T>]-?: Table<Exclude<At<T, K>, undefined>> };

/** The tables of every kind of objects that are told apart by their `kind`. */
export type KeysByKind<T> = ByKind<{ readonly [Kind in KindOf<T>]: Keys<Extract<T, { readonly kind: Kind }>> }>;

/**
 * Keys that a table does not have, by their paths. Outputs, resources and whatever else is no plain object is left to the parsers.
 *
 * @param of words after the list of keys that there are.
 */
function unknownKeys(value: unknown, table: unknown, path: string, of = ""): readonly string[] {
  if (typeof table !== "object" || table === null) return [];
  if (typeof value !== "object" || value === null || kindOf(value) !== undefined) return [];
  if (everyItem in table) {
    const items: readonly [string | number, unknown][] = Array.isArray(value)
      ? (value as readonly unknown[]).map((item, i) => [i, item])
      : Object.entries(value);
    return items.flatMap(([key, item]) => unknownKeys(item, table[everyItem], within(path, key)));
  }
  if (Array.isArray(value)) return [];
  if (everyKind in table) {
    const tables = new Map(Object.entries(table[everyKind] as Readonly<Record<string, object>>));
    const { kind } = value as { readonly kind?: unknown };
    const own = typeof kind === "string" ? tables.get(kind) : undefined;
    // A kind that there is not is the parser's to refuse.
    return own === undefined
      ? unknownKeys(value, Object.assign({}, ...tables.values()), path)
      : unknownKeys(value, own, path, ` of the kind "${String(kind)}"`);
  }
  const known = Object.keys(table);
  const tables = new Map(Object.entries(table));
  return Object.entries(value).flatMap(([key, item]) =>
    tables.has(key)
      ? unknownKeys(item, tables.get(key), within(path, key))
      : [
          `${within(path, key)}: expected one of the ${path === "" ? "arguments" : "keys"} ${known.join(", ")}${of}, got "${key}"; ${nearest(key, known)}`,
        ],
  );
}

/** A path like `pools.media`, `disks[0]`, `hosts["a.example.ch"]`. */
function within(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (path === "") return key;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/**
 * Reads the arguments of a function: an object, with no key that the function does not know, also inside its objects.
 *
 * @throws RangeError with every problem.
 */
export function knownKeys<Args extends object>(args: Args, keys: Keys<NoInfer<Args>>): Args {
  const known = Object.keys(keys);
  if (!isObject(args) || Array.isArray(args))
    throw invalid("an object of arguments", args, `give one with ${known.join(", ")}`);
  const problems = unknownKeys(args, keys, "");
  if (problems.length > 0) throw new RangeError(problems.join("\n"));
  return args;
}

/**
 * Refuses arguments that are no object, and keys that the component does not know, also inside its objects: an option with a typing error in its name would have no
 * effect.
 *
 * @param needed objects that the component reads before it parses anything, each with an example.
 * @throws pulumi.RunError naming the component, without a stack.
 */
export function givenArgs<Args extends object>(
  name: string,
  args: Args,
  keys: Keys<NoInfer<Args>>,
  needed: { readonly [K in keyof Args]?: string } = {},
): void {
  const problems = [
    ...problemsOf(() => knownKeys(args, keys)),
    ...Object.entries<string | undefined>(isObject(args) ? needed : {}).flatMap(([key, example]) => {
      const value = (args as Readonly<Record<string, unknown>>)[key];
      return isObject(value) ? [] : [`${key}: ${invalid("an object", value, `give ${example}`).message}`];
    }),
  ];
  if (problems.length > 0) throw new pulumi.RunError(problems.map((problem) => `"${name}": ${problem}`).join("\n"));
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !pulumi.Output.isInstance(value);

/** Lines of the error with which a check refuses; none where it does not. */
function problemsOf(check: () => unknown): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message.split("\n");
  }
}

/** Advice for a key that nobody knows. */
function nearest(key: string, known: readonly string[]): string {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const near = known.find((one) => {
    const [a, b] = [plain(one), plain(key)];
    return a.startsWith(b) || b.startsWith(a) || isNear(a, b);
  });
  return near === undefined ? "remove it" : `write ${near}, or remove it`;
}

/** True if one word becomes the other by one letter that is wrong, missing or too many, or by two neighbours that changed places. */
function isNear(a: string, b: string): boolean {
  const [long, short] = a.length < b.length ? [b, a] : [a, b];
  let same = 0;
  while (same < short.length && long[same] === short[same]) same++;
  const rest = (text: string, from: number): string => text.slice(same + from);
  if (long.length > short.length) return rest(long, 1) === rest(short, 0);
  const swapped = long[same] === short[same + 1] && long[same + 1] === short[same];
  return rest(long, 1) === rest(short, 1) || (swapped && rest(long, 2) === rest(short, 2));
}

/**
 * A value as it stands in a message: strings in double quotes, never more than 80 characters. A function, a resource or an output is named by its
 * kind: its content says nothing, and may be a secret.
 */
export function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : (kindOf(value) ?? JSON.stringify(plain(value)));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** As deep as anybody reads on one line. */
const depth = 3;

function plain(value: unknown, above = 0): unknown {
  const kind = kindOf(value);
  if (kind !== undefined || typeof value !== "object" || value === null) return kind ?? value;
  if (above === depth) return "…";
  return Array.isArray(value)
    ? value.map((part) => plain(part, above + 1))
    : Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part, above + 1)]));
}

/** Text for a value that JSON does not have; undefined for others. */
function kindOf(value: unknown): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (pulumi.Output.isInstance(value)) return "an output";
  const made = (Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: string } } | null)
    ?.constructor;
  return made === undefined || made.name === "Object" ? undefined : `a ${made.name}`;
}
